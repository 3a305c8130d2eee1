"""Placing orders: what it costs, what stands against it, and that nothing is half done."""

import inspect
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import audit, outbox, search, store, values
from portal.customers.addresses import Address
from portal.errors import Invalid, Repeated
from portal.sales import placing, quotes
from portal.sales.catalogue import Product
from portal.sales.charges import FreightRule, TaxRate
from portal.sales.orders import STATES, Order, OrderLine
from portal.sales.quotes import Wanted
from portal.whole import invariants
from tests import make


@pytest.fixture
def shop(world):
    """Carol's account with an address, rice on the shelf, oil without end, VAT inside, freight rules."""
    world.rice = make.product("RICE", stock=40, list_minor=137_500, weight_g=25_000, unit="sack")
    world.oil = make.product("OIL", list_minor=19_500, weight_g=1_000)
    world.address = make.address(world.account, is_default_shipping=True, is_default_billing=True)
    make.row(TaxRate, country="PH", tax_class="standard", basis_points=1_200, is_included=True)
    make.row(FreightRule, country="PH", currency="PHP", fee_minor=15_000, free_from_minor=500_000)
    return world


def compute(shop, *lines, by=None, **given):
    given = {"ship_to": shop.address.snapshot} | given
    return quotes.compute(shop.account, [Wanted(*line) for line in lines], by=by or shop.carol, **given)


def place(shop, *lines, by=None, **given):
    by = by or shop.carol
    wanted = [Wanted(*line) for line in lines]
    asked = {name: value for name, value in given.items() if name in inspect.signature(placing.prepare).parameters}
    quote, _ = placing.prepare(by, shop.account, wanted, now=None, **asked)
    shown = {"shown_total_minor": quote.total_minor, "shown_currency": quote.currency}
    return placing.place(by=by, account=shop.account, lines=wanted, **shown | given)


def nothing_happened(shop):
    assert Order.select().count() == OrderLine.select().count() == outbox.Outbox.select().count() == 0
    assert audit.Entry.select().count() == 0
    assert Product.get_by_id(shop.rice.id).free == 40
    return True


# What it costs


def test_a_quote_adds_up_with_tax_inside_and_freight(shop):
    quote = compute(shop, ("rice", "2"), ("oil", "3"))
    assert (quote.subtotal_minor, quote.tax_minor, quote.tax_included_minor) == (333_500, 0, 29_464 + 6_268)
    assert (quote.freight.minor, quote.total_minor) == (15_000, 348_500)
    assert quote.freight.params == {"missing_minor": 166_500}
    assert quote.can_be_placed and nothing_happened(shop)


def test_tax_on_top_is_added_and_pick_up_is_free(shop):
    make.row(TaxRate, country="TH", tax_class="standard", basis_points=700, is_included=False)
    branch = make.branch(country="TH")
    quote = compute(shop, ("oil", "1"), delivery="pickup", branch=branch)
    assert (quote.subtotal_minor, quote.tax_minor, quote.freight.minor) == (19_500, 1_365, 0)
    assert quote.total_minor == 20_865
    assert quote.freight.reason == "freight-picked-up"


def test_where_no_rule_is_known_tax_and_freight_are_nothing_and_that_is_said(shop):
    quote = compute(shop, ("oil", "1"), ship_to=shop.address.snapshot | {"country": "JP"})
    assert (quote.total_minor, quote.taxes, quote.freight.reason) == (19_500, [], "freight-no-rule")


def test_services_need_no_freight(shop):
    make.product("FIX", kind="service", list_minor=50_000)
    assert compute(shop, ("FIX", 1)).freight.reason == "freight-nothing-to-send"


def test_the_same_code_twice_is_added_up(shop):
    quote = compute(shop, ("rice", "20"), ("RICE", "15"), ("oil", "1"))
    assert [(line.code, line.quantity) for line in quote.lines] == [("RICE", 35), ("OIL", 1)]
    assert compute(shop, ("rice", "20"), ("RICE", "21")).lines[0].problem[0] == "stock-short"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("NOPE", "1"), ("product-unknown", {})),
        (("", "1"), ("product-unknown", {})),
        (("RICE", "2.5"), ("quantity-malformed", {})),
        (("RICE", "many"), ("quantity-malformed", {})),
        (("RICE", "1e3"), ("quantity-malformed", {})),
        (("RICE", "\0"), ("quantity-malformed", {})),
        (("RICE", "-3"), ("quantity-too-small", {})),
        (("RICE", "0"), ("quantity-too-small", {})),
        (("RICE", "1000001"), ("quantity-too-large", {"most": 1_000_000})),
        (("RICE", str(2**63)), ("quantity-too-large", {"most": 1_000_000})),
        (("RICE", "9" * 5000), ("quantity-too-large", {"most": 1_000_000})),
        (("RICE", "41"), ("stock-short", {"code": "RICE", "name": "Rice RICE", "left": 40})),
        (("RICE", "1", 500), ("discount-too-high", {"percent": 0})),
        (("RICE", "1", -1), ("discount-malformed", {})),
        (("BAHT", "1"), ("product-other-currency", {"name": "Rice BAHT", "currency": "THB"})),
        (("GONE", "1"), ("product-not-sold", {"name": "Rice GONE"})),
    ],
)
def test_a_line_that_cannot_be_ordered_says_why_beside_the_good_ones(shop, line, problem):
    make.product("BAHT", currency="THB")
    make.product("GONE", on_sale_to=values.shop_day() - timedelta(days=1))
    quote = compute(shop, ("OIL", "2"), line)
    assert [line.problem for line in quote.lines] == [None, problem]
    assert quote.subtotal_minor == 39_000 and not quote.can_be_placed
    with pytest.raises(Invalid) as refused:
        place(shop, ("OIL", "2"), line)
    assert refused.value.problems["lines"] == ("lines-need-change", {"count": 1})
    assert nothing_happened(shop)


@pytest.mark.parametrize(("text", "number"), [(" 12 ", 12), ("1,200", 1200), ("1 200", 1200), ("๑๒", 12), (7, 7)])
def test_quantities_are_read_as_people_write_them(text, number):
    assert quotes.read_quantity(text) == number


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"delivery": "teleport"}, "delivery"),
        ({"delivery": "pickup"}, "branch"),
        ({"delivery": "pickup", "branch": 99}, "branch"),
        ({"address": 99}, "address"),
        ({"po_number": "x" * 61}, "po_number"),
        ({"note": "a\0b"}, "note"),
        ({"requested_on": values.shop_day() - timedelta(days=1)}, "requested_on"),
        ({"new_address": {"line1": "", "country": "PH"}}, "line1"),
    ],
)
def test_what_concerns_the_whole_order_is_refused_at_its_field(shop, given, field):
    with pytest.raises(Invalid) as refused:
        place(shop, ("OIL", "2"), **given)
    assert list(refused.value.problems)[0] == field
    assert nothing_happened(shop)


def test_an_order_needs_lines_and_an_open_account(shop):
    with pytest.raises(Invalid) as refused:
        place(shop)
    assert refused.value.problems == {"lines": ("lines-needed", {})}
    with store.writing():
        type(shop.account).update(is_active=False).execute()
    shop.account.is_active = False
    with pytest.raises(Invalid) as refused:
        place(shop, ("OIL", 1))
    assert list(refused.value.problems) == ["account"]


def test_anothers_address_is_none_of_mine(shop):
    with pytest.raises(Invalid) as refused:
        place(shop, ("OIL", 1), address=make.address(shop.other_account).id)
    assert list(refused.value.problems) == ["address"]


# Placing


def test_a_placed_order_holds_copies_takes_stock_and_tells_both_sides(shop):
    order = place(shop, ("RICE", "3"), ("OIL", "2"), po_number=" PO 7 ", note="Ring twice\r\nplease")
    with store.writing():
        Address.update(line1="Elsewhere").execute()
        Product.update(name="Other", list_minor=1).execute()
    order = Order.get_by_id(order.id)
    assert (order.number, order.state) == ("SO-000001", "placed")
    assert (order.source, order.placed_by) == ("portal", "Carol Dizon")
    assert (order.po_number, order.note, order.rep) == ("PO 7", "Ring twice\nplease", shop.employees["rhea"])
    assert order.ship_to["line1"] == shop.address.line1 and order.bill_to["recipient"] == "Carol’s Kitchen"
    assert [(line.code, line.name, line.quantity, line.net_minor) for line in order.lines] == [
        ("RICE", "Rice RICE", 3, 412_500), ("OIL", "Rice OIL", 2, 39_000),
    ]  # fmt: skip
    assert order.total_minor == 451_500 + 15_000
    assert Product.get_by_id(shop.rice.id).free == 37
    told = {(row.name, row.channel) for row in outbox.Outbox.select() if row.template == "order_placed"}
    assert told >= {("Carol Dizon", "mail"), ("Rhea Cruz", "mail"), ("Rhea Cruz", "inbox")}
    assert not any(name == "Dave Ramos" for name, _ in told)
    assert list(invariants.broken(with_files=False)) == []


def test_an_order_is_found_by_number_product_and_purchase_order(shop):
    order = place(shop, ("RICE", "1"), po_number="PO-778")
    for words in ("SO-000001", "rice", "po-778", "kitchen"):
        assert list(Order.select().where(Order.id.in_(search.matches("order", words)))) == [order]


def test_when_prices_moved_both_totals_are_named_and_nothing_happens(shop):
    shown = compute(shop, ("RICE", "1")).total_minor
    with store.writing():
        Product.update(list_minor=140_000).where(Product.id == shop.rice.id).execute()
    with pytest.raises(Invalid) as refused:
        place(shop, ("RICE", "1"), shown_total_minor=shown)
    assert refused.value.problems == {
        "total": ("prices-moved", {"shown": 152_500, "now": 155_000, "currency": "PHP"})
    }
    with pytest.raises(Invalid):
        place(shop, ("RICE", "1"), shown_currency="THB")
    assert nothing_happened(shop)


def test_the_same_form_twice_is_one_order_and_other_content_is_told_apart(shop):
    once = shop.carol.with_form("key-1", "hash-1")
    order = place(shop, ("RICE", "1"), by=once)
    for body, same in (("hash-1", True), ("hash-2", False)):
        with pytest.raises(Repeated) as earlier:
            place(shop, ("RICE", "2"), by=shop.carol.with_form("key-1", body))
        assert (earlier.value.result, earlier.value.same) == (order.ref, same)
    assert Order.select().count() == 1 and Product.get_by_id(shop.rice.id).free == 39


def test_a_new_address_is_kept_with_the_order_or_not_at_all(shop):
    there = {"line1": "5 Mabini St.", "district": "Poblacion", "city": "Makati", "region": "Metro Manila"}
    there |= {"postal_code": "1210", "country": "PH"}
    with pytest.raises(Invalid):
        place(shop, ("RICE", "99"), new_address=there)
    assert Address.active(shop.account).count() == 1
    order = place(shop, ("RICE", "1"), new_address=there)
    assert order.ship_to["line1"] == "5 Mabini St." and Address.active(shop.account).count() == 2


def test_staff_place_for_a_customer_with_a_discount_up_to_their_limit(shop):
    order = place(shop, ("RICE", "2", 1_000), by=shop.rhea)
    assert (order.source, order.discount_minor, order.subtotal_minor) == ("staff", 27_500, 247_500)
    assert compute(shop, ("RICE", "2", 1_001), by=shop.rhea).lines[0].problem[0] == "discount-too-high"
    assert compute(shop, ("RICE", "2", 3_000), by=shop.mona).can_be_placed
    assert compute(shop, ("RICE", "2", 3_001), by=shop.mona).lines[0].problem[0] == "discount-too-high"
    assert compute(shop, ("RICE", "2", 10_000), by=shop.ada).subtotal_minor == 0


# Drafts


def test_a_draft_takes_nothing_and_is_placed_later_at_todays_price(shop):
    wanted = [Wanted("RICE", "50"), Wanted("OIL", "1")]
    draft = placing.save_draft(by=shop.carol, account=shop.account, lines=wanted)
    assert (draft.state, Product.get_by_id(shop.rice.id).free) == ("draft", 40)
    assert outbox.Outbox.select().count() == 0
    draft = placing.save_draft(by=shop.carol, account=shop.account, lines=[Wanted("RICE", "5")], draft=draft)
    order = place(shop, ("RICE", "5"), draft=draft)
    assert (order.id, order.state, len(order.lines)) == (draft.id, "placed", 1)
    assert Product.get_by_id(shop.rice.id).free == 35
    with pytest.raises(Invalid) as refused:
        place(shop, ("RICE", "5"), draft=draft)
    assert refused.value.problems["state"][0] == "order-not-in-state"
    assert Product.get_by_id(shop.rice.id).free == 35
    assert list(invariants.broken(with_files=False)) == []


def test_a_draft_is_thrown_away_and_a_placed_order_never(shop):
    draft = placing.save_draft(by=shop.carol.with_form("k", "h"), account=shop.account, lines=[Wanted("OIL", 1)])
    placing.discard(draft, by=shop.carol)
    assert not Order.select().exists()
    order = place(shop, ("OIL", 1))
    with pytest.raises(Invalid):
        placing.discard(order, by=shop.carol)
    assert Order.select().count() == 1
    assert list(invariants.broken(with_files=False)) == []


@pytest.mark.parametrize("state", [state for state in STATES if state != "draft"])
@pytest.mark.parametrize("verb", ["place", "save_draft", "discard"])
def test_only_a_draft_is_placed_changed_or_thrown_away(shop, state, verb):
    order = make.order(shop.account, (shop.oil, 1), state=state)
    before = Order.get_by_id(order.id).__data__
    with pytest.raises(Invalid) as refused:
        if verb == "discard":
            placing.discard(order, by=shop.carol)
        elif verb == "place":
            place(shop, ("OIL", 1), draft=order)
        else:
            placing.save_draft(by=shop.carol, account=shop.account, lines=[Wanted("OIL", 2)], draft=order)
    assert refused.value.problems["state"] == ("order-not-in-state", {"number": order.number, "state": state})
    assert Order.get_by_id(order.id).__data__ == before and audit.Entry.select().count() == 0
    assert [line.quantity for line in order.lines] == [1]


def test_a_draft_of_another_account_is_not_placed_under_ones_own(shop):
    theirs = make.order(shop.other_account, (shop.oil, 1), state="draft")
    with pytest.raises(Invalid):
        place(shop, ("OIL", 1), draft=theirs)
    assert Order.get_by_id(theirs.id).state == "draft"


def test_a_customer_goes_on_with_a_draft_at_full_price(shop):
    draft = placing.save_draft(by=shop.carol, account=shop.account, lines=[Wanted("OIL", 2)])
    placing.save_draft(by=shop.rhea, account=shop.account, lines=[Wanted("OIL", 2, 500)], draft=draft)
    assert placing.again(draft, shop.rhea) == [Wanted("OIL", 2, 500)]
    assert placing.again(draft, shop.carol) == [Wanted("OIL", 2, 0)]


def test_what_staff_still_write_is_not_shown_to_the_customer(shop):
    theirs = placing.save_draft(by=shop.rhea, account=shop.account, lines=[Wanted("OIL", 1)])
    mine = placing.save_draft(by=shop.carol, account=shop.account, lines=[Wanted("OIL", 2)])
    assert list(Order.visible_to(shop.carol)) == [mine]
    assert set(Order.visible_to(shop.rhea)) == {theirs, mine}


def test_lines_of_an_earlier_order_say_what_cannot_come_again(shop):
    gone = make.product("GONE")
    order = make.order(shop.account, (shop.rice, 3), (gone, 1))
    with store.writing():
        Product.update(on_sale_to=values.shop_day() - timedelta(days=1)).where(Product.id == gone.id).execute()
    quote = quotes.compute(shop.account, placing.again(order, shop.carol), by=shop.carol)
    assert [(line.code, line.problem and line.problem[0]) for line in quote.lines] == [
        ("RICE", None), ("GONE", "product-not-sold"),
    ]  # fmt: skip


# Races


def test_of_thirty_orders_at_once_only_as_many_stand_as_there_is_rice(postgres):
    shop = make.world()
    shop.rice = make.product("RICE", stock=20, list_minor=1_000)
    make.address(shop.account, is_default_shipping=True)

    def buy(number):
        with store.connection():
            try:
                place(shop, ("RICE", "3"), by=shop.carol.with_form(f"key-{number}", "x"))
            except Invalid as refusal:
                return next(iter(refusal.problems))
            return "placed"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(buy, range(30)))
    assert sorted(outcomes) == ["lines"] * 24 + ["placed"] * 6
    assert Product.get_by_id(shop.rice.id).free == 2
    assert Order.select().count() == 6
    assert list(invariants.broken(with_files=False)) == []


def test_a_customer_keeps_no_draft_with_a_discount_of_his_own(shop):
    with pytest.raises(Invalid) as refused:
        placing.save_draft(by=shop.carol, account=shop.account, lines=[Wanted("OIL", 2, 500)])
    assert refused.value.problems["lines"][0] == "lines-need-change"
    assert not Order.select().exists()


def test_a_draft_placed_by_two_at_once_is_placed_once(postgres):
    shop = make.world()
    shop.rice = make.product("RICE", stock=20, list_minor=1_000)
    make.address(shop.account, is_default_shipping=True)
    draft = placing.save_draft(by=shop.carol, account=shop.account, lines=[Wanted("RICE", 5)])

    def buy(number):
        with store.connection():
            try:
                place(shop, ("RICE", "5"), draft=Order.get_by_id(draft.id))
            except Invalid as refusal:
                return next(iter(refusal.problems))
            return "placed"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(buy, range(6)))
    assert sorted(outcomes) == ["placed"] + ["state"] * 5
    assert Product.get_by_id(shop.rice.id).free == 15
    assert list(invariants.broken(with_files=False)) == []


def test_a_draft_of_more_lines_or_money_than_an_order_holds_is_refused_and_loses_nothing(shop):
    dear = make.product("DEAR", list_minor=values.BIGGEST_MINOR)
    for lines in ([Wanted("DEAR", "1000000")], [Wanted("DEAR", "1", n) for n in range(quotes.MOST_LINES + 1)]):
        with pytest.raises(Invalid) as refusal:
            placing.save_draft(by=shop.ada, account=shop.account, lines=lines)
        assert refusal.value.problems["lines"][0] in ("amount-too-large", "lines-too-many")
    assert not Order.select().exists() and dear.id
