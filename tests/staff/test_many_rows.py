"""Many rows at once: chosen, tried out, done together or not at all."""

import re

import pytest

from portal.audit import Entry
from portal.customers.accounts import Account
from portal.deeds import Deed
from portal.outbox import Outbox
from portal.sales.catalogue import FIELDS
from portal.sales.orders import Order
from portal.web import list_deeds
from portal.whole import bulk, portions
from staff import many
from tests import make, routes
from tests.apps import Forms

PLACE = "/staff/many/account"


@pytest.fixture
def mona(client, world):
    return client.sign_in(world.mona)


def chosen(*rows):
    return ",".join(f"{row.id}:{row.version}" for row in rows)


def form(client, rows, deed, value="", back="/staff/accounts"):
    """The hidden fields of the page that asks what to do, filled in."""
    numbers = "&".join(f"pick={row.number}" for row in rows)
    page = client.get(f"{PLACE}?{numbers}&back={back}")
    assert page.status_code == 200
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    key = re.search(r'name="form_key" value="([^"]+)"', page.text)[1]
    return {
        "csrf_token": token, "form_key": key, "rows": chosen(*rows), "deed": deed, "value": value, "back": back,
    }  # fmt: skip


def shops(world, count, **fields):
    return [make.account(f"Shop {n:04d}", team=world.north, **fields) for n in range(count)]


def now(rows):
    return [Account.get_by_id(row.id) for row in rows]


def test_the_list_has_a_box_at_each_row_for_whoever_may_change_many(mona, world):
    page = mona.get("/staff/accounts").text
    assert f'name="pick" value="{world.account.number}" form="picks" aria-label="Carol’s Kitchen"' in page
    assert "Change the chosen rows" in page


def test_the_page_offers_what_one_may_do_and_nothing_else(client, world):
    address = f"{PLACE}?pick={world.account.number}"
    assert "Looked after by" in client.sign_in(world.mona).get(address).text
    page = client.sign_in(world.rhea).get(address).text
    assert "Language of papers" in page and "Looked after by" not in page and "Close the accounts" not in page


def test_a_preview_shows_old_and_new_and_changes_nothing(mona, world):
    rows, rhea = shops(world, 3), world.employees["rhea"]
    fields = form(mona, rows, "owner", rhea.number)
    before = routes.dbhash()
    page = mona.post(f"{PLACE}/preview", data=fields)
    assert page.status_code == 200
    assert page.text.count("<ins>") == 3 and "Rhea Cruz" in page.text and "Change these 3 rows" in page.text
    assert routes.dbhash() == before


def test_all_of_them_change_in_one_go_each_with_its_own_entry_and_letter(mona, world):
    rows, rhea = shops(world, 3), world.employees["rhea"]
    fields = form(mona, rows, "owner", rhea.number)
    answer = mona.post(PLACE, data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/accounts")
    assert {row.owner_id for row in now(rows)} == {rhea.id}
    entries = Entry.select().where(Entry.event == "account.reassigned")
    assert {entry.subject for entry in entries} == {str(row.ref) for row in rows}
    assert Outbox.select().where(Outbox.channel == "mail", Outbox.address == "rhea@shop.example").count() == 3
    assert "3 rows are changed." in mona.get("/staff/accounts").text


def test_the_same_form_sent_twice_does_it_once(mona, world):
    rows = shops(world, 2)
    fields = form(mona, rows, "country", "TH")
    for _ in range(2):
        assert mona.post(PLACE, data=fields).status_code == 303
    assert [row.version for row in now(rows)] == [2, 2]


def test_one_row_of_somebody_else_and_nothing_is_changed(client, world):
    rhea = client.sign_in(world.rhea)
    mine = shops(world, 1)
    fields = form(rhea, mine, "country", "TH") | {"rows": chosen(*mine, world.other_account)}
    before = routes.dbhash()
    for address in (PLACE, f"{PLACE}/preview"):
        answer = rhea.post(address, data=fields)
        assert answer.status_code == 422
        assert "not yours to see. Nothing was changed" in answer.text
        assert "Dave Ramos" not in answer.text
    assert routes.dbhash() == before
    assert rhea.get(f"{PLACE}?pick={world.other_account.number}").status_code == 422


def test_a_row_that_changed_meanwhile_is_named_and_nothing_is_changed(mona, world):
    rows = shops(world, 2)
    fields = form(mona, rows, "country", "TH")
    now(rows)[1].edit(by=world.mona, phone="0917 555 0199")
    answer = mona.post(PLACE, data=fields)
    assert answer.status_code == 422
    assert "Changed in the meantime: Shop 0001" in answer.text
    assert [row.country for row in now(rows)] == ["PH", "PH"]


def test_what_would_be_refused_is_shown_with_its_reason_and_stays_out(mona, world):
    south = make.account("Southern", owner=world.employees["owen"])  # of the pool: all see it
    rows = [*shops(world, 1), south]
    page = mona.post(f"{PLACE}/preview", data=form(mona, rows, "team", world.north.number))
    assert "Owen Tan is not in the team" in page.text and "One row cannot be changed" in page.text
    assert f'value="{south.id}:' not in page.text
    answer = mona.post(PLACE, data=form(mona, rows, "team", world.north.number))
    assert answer.status_code == 422 and "It could not be done to Southern" in answer.text
    assert now([south])[0].team_id is None


def test_a_deed_that_is_not_open_to_one_is_refused(client, world):
    rhea = client.sign_in(world.rhea)
    rows = [world.account]
    answer = rhea.post(PLACE, data=form(rhea, rows, "close"))
    assert answer.status_code == 422
    assert now(rows)[0].is_active


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "x",
        "1:",
        "1:1:1",
        "9" * 30 + ":1",
        "-1:1",
        "²:1",
        "5-1:1",
        "1-10001:1",
    ],
)
def test_nonsense_in_place_of_rows_is_said(mona, world, rows):
    answer = mona.post(PLACE, data=form(mona, [world.account], "country", "TH") | {"rows": rows})
    assert answer.status_code == 422
    assert Account.get_by_id(world.account.id).country == "PH"


@pytest.fixture
def few(monkeypatch):
    """Four rows are many here, and six are the most."""
    for name, value in (("AT_ONCE", 4), ("PORTION", 2), ("MOST_ROWS", 6)):
        monkeypatch.setattr(bulk, name, value)
    monkeypatch.setattr(many, "MOST_PREVIEWED", 2)


def test_all_that_fit_a_filter_are_chosen_up_to_the_most(mona, world, few):
    rows = shops(world, 6, country="TH")
    page = mona.get(f"{PLACE}?all=yes&of=country=TH")
    assert "6 rows are chosen" in page.text
    make.account("One more", team=world.north, country="TH")
    answer = mona.get(f"{PLACE}?all=yes&of=country=TH")
    assert answer.status_code == 422 and "More than 6 rows" in answer.text
    assert now(rows)[0].version == 1


def test_more_than_a_page_may_take_are_done_by_the_worker_and_taken_back_as_one(mona, world, few):
    rows = shops(world, 6)
    fields = form(mona, rows[:1], "country", "TH") | {"rows": chosen(*rows)}
    preview = mona.post(f"{PLACE}/preview", data=fields).text
    assert "4 more rows are tried when their turn comes" in preview and "Change these 6 rows" in preview
    place = mona.post(PLACE, data=fields).headers["Location"]
    assert mona.post(PLACE, data=fields).headers["Location"] == place  # pressed twice, done once
    assert "0 of 6" in mona.get(place).text and now(rows)[0].country == "PH"
    now(rows)[3].edit(by=world.rhea, phone="0917 555 0199")
    portions.run()
    assert [row.country for row in now(rows)] == ["TH", "TH", "TH", "PH", "TH", "TH"]
    page = mona.get(place).text
    assert "5 changes were carried out. 1 stays as it is" in page and "What would change back" in page
    assert mona.send(place, f"{place}/take-back").status_code == 303
    assert {row.country for row in now(rows)} == {"PH"}


def test_one_foreign_or_changed_row_among_very_many_and_nothing_is_done(client, world, few):
    rhea, rows = client.sign_in(world.rhea), shops(world, 5)
    fields = form(rhea, rows[:1], "country", "TH")
    before = routes.dbhash()
    foreign = rhea.post(PLACE, data=fields | {"rows": chosen(*rows, world.other_account)})
    assert foreign.status_code == 422 and "Nothing was changed" in foreign.text
    stale = rhea.post(PLACE, data=fields | {"rows": chosen(*rows)[:-1] + "9"})
    assert stale.status_code == 422 and "Changed in the meantime: Shop 0004" in stale.text
    assert routes.dbhash() == before and not portions.run()


def test_whoever_left_meanwhile_does_no_more(mona, world, few):
    rows = shops(world, 5)
    fields = form(mona, rows[:1], "country", "TH") | {"rows": chosen(*rows)}
    assert mona.post(PLACE, data=fields).status_code == 303
    world.employees["mona"].deactivate(by=world.ada)
    portions.run()
    assert {row.country for row in now(rows)} == {"PH"}
    assert not Deed.under_way().exists()


def test_all_that_fit_a_filter_that_cannot_be_read_are_none(mona, world):
    answer = mona.get(f"{PLACE}?all=yes&of=owner=x")
    assert answer.status_code == 422 and "Choose at least one row" in answer.text


def test_the_way_back_stays_in_the_house(mona, world):
    fields = form(mona, [world.account], "country", "TH") | {"back": "https://elsewhere.example/"}
    assert mona.post(PLACE, data=fields).headers["Location"] == "/staff/"
    page = mona.get(f"{PLACE}?pick={world.account.number}&back=//elsewhere.example").text
    assert 'href="//elsewhere' not in page and 'value="//elsewhere' not in page


def test_orders_are_confirmed_together_and_their_customers_told(mona, world):
    rows = [make.order(world.account) for _ in range(3)]
    late = make.order(world.account, state="cancelled")
    fields = form(mona, [world.account], "confirm") | {"rows": chosen(*rows, late)}
    page = mona.post("/staff/many/order/preview", data=fields).text
    assert "Change these 3 rows" in page and late.number in page
    assert mona.post("/staff/many/order", data=fields | {"rows": chosen(*rows)}).status_code == 303
    assert {Order.get_by_id(row.id).state for row in rows} == {"confirmed"}
    assert Outbox.select().where(Outbox.template == "order_confirmed", Outbox.channel == "mail").count() >= 3


def test_customers_have_no_part_in_it(client, world):
    answer = client.sign_in(world.carol).get(f"{PLACE}?pick=1")
    assert answer.status_code == 303 and "/staff/sign-in" in answer.headers["Location"]
    assert client.sign_in(world.mona).get("/staff/many/nonsense").status_code == 404


def test_the_form_of_the_preview_does_what_it_showed(mona, world):
    rows, rhea = shops(world, 2), world.employees["rhea"]
    preview = mona.post(f"{PLACE}/preview", data=form(mona, [*rows, world.account], "owner", rhea.number))
    sent = next(one for one in Forms(preview.text).found if one.action == PLACE)
    assert sent.fields["rows"] == bulk.written(rows)  # the third is hers already
    assert mona.post(PLACE, data=sent.fields).status_code == 303
    assert {row.owner_id for row in now(rows)} == {rhea.id}


def test_a_field_is_set_in_many_rows_only_by_whoever_may_set_it_in_one(world):
    deeds = [list_deeds.edit("catalogue.see", name) for name in ("name", "stock")]
    assert list_deeds.open_to(world.rhea, deeds, FIELDS) == []
    assert [deed.name for deed in list_deeds.open_to(world.mona, deeds, FIELDS)] == ["name"]
