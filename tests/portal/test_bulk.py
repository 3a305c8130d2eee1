"""Many records in one change: tried out without a trace, done to all or to none, by one of two who press at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import store
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.errors import Denied, Invalid, Stale
from portal.sales import shipments, stock
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.whole import bulk
from tests import make, routes
from tests.races import in_line_behind


def shops(world, count):
    return [make.account(f"Shop {n:02d}", team=world.north) for n in range(count)]


def move(country):
    return lambda row, by: row.edit(by=by, version=row.version, country=country)


def carry(world, rows, verb, by=None, **options):
    by = by or world.mona
    about = {"by": by, "may": "accounts.edit", "chosen": bulk.read(bulk.written(rows))} | options
    return bulk.carry_out(Account.visible_to(by), verb, **about)


def countries(rows):
    return {row.country for row in Account.select().where(Account.id.in_([row.id for row in rows]))}


def test_a_rehearsal_says_what_would_come_and_leaves_no_trace(world):
    rows = shops(world, 3)
    before = routes.dbhash()
    tried = bulk.rehearse(rows, move("TH"), by=world.mona, may="accounts.edit", field="country")
    assert [(one.old, one.new, one.problems) for one in tried] == [("PH", "TH", {})] * 3
    assert [(row.country, row.version) for row in rows] == [("PH", 1)] * 3
    assert routes.dbhash() == before


def test_a_rehearsal_names_the_reason_of_each_refusal(world):
    def refuse(row, by):
        if row.name == "Shop 00":
            raise Invalid(country="country-unknown")
        if row.name == "Shop 01":
            raise Stale(row)
        move("TH")(row, by)

    tried = bulk.rehearse(shops(world, 3), refuse, by=world.mona, may="accounts.edit", field="country")
    reasons = [next(iter(one.problems.values()), (None,))[0] for one in tried]
    assert reasons == ["country-unknown", "changed-meanwhile", None]


def test_all_are_changed_each_with_its_own_entry(world):
    rows = shops(world, 4)
    assert carry(world, rows, move("TH")) == 4
    assert countries(rows) == {"TH"}
    assert Entry.select().where(Entry.event == "account.edited").count() == 4
    assert Entry.select().where(Entry.event == "list.changed").count() == 0


def test_a_refusal_in_the_middle_undoes_what_came_before_it(world):
    rows = shops(world, 4)

    def refuse_the_third(row, by):
        if row.id == rows[2].id:
            raise Invalid(country="country-unknown")
        move("TH")(row, by)

    before = routes.dbhash()
    with pytest.raises(Invalid) as refusal:
        carry(world, rows, refuse_the_third)
    assert refusal.value.problems["rows"] == ("many-refused", {"name": "Shop 02"})
    assert "country" in refusal.value.problems
    assert routes.dbhash() == before


def test_one_that_is_not_theirs_or_not_allowed_stops_all(world):
    rows = shops(world, 2)
    with pytest.raises(Invalid, match="many-foreign"):
        carry(world, [*rows, world.other_account], move("TH"))
    with pytest.raises(Denied):
        carry(world, rows, move("TH"), by=world.rhea, may="accounts.close")
    assert countries([*rows, world.other_account]) == {"PH"}


def test_what_changed_since_it_was_chosen_is_named(world):
    rows = shops(world, 2)
    chosen = bulk.read(bulk.written(rows))
    Account.get_by_id(rows[1].id).edit(by=world.mona, phone="0917 555 0123")
    with pytest.raises(Invalid) as refusal:
        carry(world, rows, move("TH"), chosen=chosen)
    assert refusal.value.problems["rows"] == ("many-stale", {"names": "Shop 01", "count": 1})
    assert countries(rows) == {"PH"}


@pytest.mark.parametrize("text", ["", ",", "1", "1:", "x:1", "1:x", "-1:1", "1:-1", "1" * 23 + ":1", "²:1", "1:1:1"])
def test_rows_that_cannot_be_read_are_refused(text):
    with pytest.raises(Invalid, match="many-"):
        bulk.read(text)


def test_ten_thousand_are_the_most():
    assert len(bulk.read(",".join(f"{n}:1" for n in range(1, 20_001, 2)))) == 10_000
    for text in (",".join(f"{n}:1" for n in range(1, 20_003, 2)), "1-10001:1", "1-9:1,999-99999999999:1"):
        with pytest.raises(Invalid, match="many-too-many"):
            bulk.read(text)


def test_neighbours_are_written_in_one_piece(world):
    rows = shops(world, 4)
    rows[2].version = 7
    first = rows[0].id
    assert bulk.written(rows) == f"{first}-{first + 1}:1,{first + 2}:7,{first + 3}:1"
    assert bulk.read(bulk.written(rows)) == {row.id: row.version for row in rows}


def test_of_two_who_change_the_same_rows_at_once_one_does_and_the_other_is_told(postgres):
    world = make.world()
    rows = shops(world, 12)
    chosen = bulk.read(bulk.written(rows))

    def press(country):
        with store.connection():
            try:
                return carry(world, rows, move(country), chosen=chosen)
            except Invalid as refusal:
                return refusal.problems["rows"][0]

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(press, ("TH", "SG", "JP", "US")))
    assert sorted(map(str, came)) == ["12", "many-stale", "many-stale", "many-stale"]
    assert len(countries(rows)) == 1
    assert {row.version for row in Account.select().where(Account.id.in_(list(chosen)))} == {2}


def test_shipping_many_and_one_of_them_at_once_do_not_wait_for_each_other(postgres):
    world = make.world()
    rice = make.product(stock=100)
    first, second = (make.order(world.account, (rice, 3), state="confirmed") for _ in range(2))
    chosen = bulk.read(bulk.written([Order.get_by_id(first.id), Order.get_by_id(second.id)]))
    about = {"by": world.rhea, "may": "orders.ship", "chosen": chosen, "hold": stock.hold_all}

    def ship_many():
        return bulk.carry_out(Order.visible_to(world.rhea), lambda row, by: shipments.ship(row, by=by), **about)

    def ship_one():
        with pytest.raises(Invalid, match="nothing-to-ship"):
            shipments.ship(Order.get_by_id(second.id), by=world.rhea)

    def hold():
        Product.update(version=Product.version).where(Product.id == rice.id).execute()

    assert in_line_behind(hold, ship_many, ship_one) == [2, None]
    assert {order.state for order in Order.select()} == {"shipped"} and Product.get_by_id(rice.id).stock == 94
