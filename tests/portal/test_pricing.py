"""Prices: which one an account pays, of which parts, why, and that a line always adds up to the cent."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import store, values
from portal.sales import placing, pricing, quotes
from portal.sales.adjustments import Adjustment
from portal.sales.catalogue import Category
from portal.sales.orders import OrderLine
from portal.sales.quotes import Wanted
from tests import make

TODAY = values.shop_day()
DAY = timedelta(days=1)


@pytest.fixture
def shop(world):
    """Rice at 120.00 on the shelf "Staples", Carol's account in the group of resellers."""
    world.staples = make.row(Category, name="Staples")
    world.rice = make.product("RICE", list_minor=12_000, category=world.staples)
    world.resellers = make.group("Resellers", world.account)
    return world


def item(shop, price=None, percent_bp=None, **fields):
    return {"product": shop.rice, "price_minor": price, "discount_bp": percent_bp} | fields


def paid(shop, quantity=1, account=None, on=TODAY):
    return pricing.price(shop.rice, account or shop.account, on, quantity)


# Which price wins


def test_without_any_list_everybody_pays_the_list_price(shop):
    price = paid(shop)
    assert (price.minor, price.parts, price.reason, price.breaks) == (12_000, (("list", 12_000),), "price-list", ())


def test_nobody_known_pays_the_list_price_and_asks_nothing(shop):
    make.price_list(item(shop, 9_000))
    before = store.queries()
    assert pricing.price(shop.rice, None, TODAY).minor == 12_000
    assert store.queries() == before


def test_the_most_specific_list_wins_even_when_another_is_cheaper(shop):
    make.price_list(item(shop, 7_000))
    assert (paid(shop).minor, paid(shop).reason) == (7_000, "price-everybody")
    make.price_list(item(shop, 9_000), group=shop.resellers)
    assert (paid(shop).minor, paid(shop).reason) == (9_000, "price-group")
    assert paid(shop, account=shop.other_account).minor == 7_000
    make.price_list(item(shop, 10_000), account=shop.account, is_agreed=True)
    assert (paid(shop).minor, paid(shop).reason) == (10_000, "price-agreed")
    make.price_list(item(shop, 9_500), account=shop.account)
    assert (paid(shop).minor, paid(shop).reason) == (9_500, "price-account")


def test_the_price_says_its_parts_its_reason_and_until_when(shop):
    end = TODAY + 30 * DAY
    made = make.price_list(item(shop, percent_bp=1_000, valid_to=end), account=shop.account, is_agreed=True)
    price = paid(shop)
    assert price.parts == (("list", 12_000), ("agreed", -1_200)) and price.minor == 10_800
    assert price.params == {"percent_bp": 1_000, "until": end.isoformat(), "from_quantity": 1, "name": made.name}
    assert price.cause == str(made.ref)


def test_of_a_product_and_its_category_the_best_for_the_customer_counts(shop):
    make.price_list(item(shop, 11_000), item(shop, percent_bp=1_000, product=None, category=shop.staples))
    assert paid(shop).minor == 10_800


def test_a_break_counts_from_so_many_pieces_on_and_all_breaks_are_told(shop):
    make.price_list(item(shop, 11_000, from_quantity=10), item(shop, 10_000, from_quantity=50))
    assert [paid(shop, n).minor for n in (1, 9, 10, 49, 50, 1_000)] == [
        12_000,
        12_000,
        11_000,
        11_000,
        10_000,
        10_000,
    ]
    assert paid(shop).breaks == ((1, 12_000), (10, 11_000), (50, 10_000)) == paid(shop, 60).breaks


def test_below_the_first_break_of_an_agreed_price_the_list_of_the_group_counts(shop):
    make.price_list(item(shop, 9_000, from_quantity=10), account=shop.account, is_agreed=True)
    make.price_list(item(shop, 11_000), group=shop.resellers)
    assert [paid(shop, n).minor for n in (9, 10)] == [11_000, 9_000]


def test_the_days_of_a_list_and_of_its_items_both_count_the_last_one_included(shop):
    make.price_list(item(shop, 9_000), valid_from=TODAY, valid_to=TODAY + DAY)
    assert [paid(shop, on=TODAY + n * DAY).minor for n in (-1, 0, 1, 2)] == [12_000, 9_000, 9_000, 12_000]
    make.price_list(item(shop, 8_000, valid_from=TODAY + DAY, valid_to=TODAY + DAY), group=shop.resellers)
    assert [paid(shop, on=TODAY + n * DAY).minor for n in (0, 1, 2)] == [9_000, 8_000, 12_000]


def test_a_list_in_another_currency_is_not_for_this_product(shop):
    make.price_list(item(shop, 100), currency="THB")
    assert paid(shop).minor == 12_000


def test_another_account_never_pays_what_was_agreed_with_this_one(shop):
    make.price_list(item(shop, 9_000), account=shop.account, is_agreed=True)
    assert paid(shop, account=shop.other_account).minor == 12_000


def test_however_many_products_it_costs_one_query(shop):
    make.price_list(item(shop, 9_000), group=shop.resellers)
    products = [shop.rice, *(make.product(category=shop.staples) for _ in range(30))]
    before = store.queries()
    found = pricing.prices(products, shop.account, TODAY, {shop.rice.id: 5})
    assert store.queries() == before + 1
    assert found[shop.rice.id].minor == 9_000 and len(found) == 31
    assert pricing.book(shop.account, TODAY).price(shop.rice).minor == 9_000


# Lines


def test_the_break_goes_by_all_lines_of_the_product(shop):
    make.price_list(item(shop, 10_000, from_quantity=10))
    quote = quotes.compute(shop.account, [Wanted("rice", "6"), Wanted("RICE", "4", 500)], by=shop.rhea)
    assert [line.price.minor for line in quote.lines] == [10_000, 10_000]
    assert quote.subtotal_minor == 60_000 + 38_000


def test_a_quote_costs_at_most_five_queries(shop):
    make.price_list(item(shop, 10_000), group=shop.resellers)
    where = make.address(shop.account).snapshot
    before = store.queries()
    quotes.compute(shop.account, [Wanted("rice", "6", 500)], by=shop.rhea, ship_to=where)
    assert store.queries() - before <= 5


def test_what_made_the_price_is_kept_with_the_lines_of_the_order(shop):
    made = make.price_list(item(shop, percent_bp=1_000), account=shop.account, is_agreed=True)
    make.address(shop.account)
    draft = placing.save_draft(by=shop.rhea, account=shop.account, lines=[Wanted("RICE", "3", 500)])
    (line,) = draft.lines
    agreed, discount = Adjustment.select().order_by(Adjustment.position)
    assert (line.list_minor, line.price_minor, line.net_minor) == (12_000, 10_800, 30_780)
    assert (agreed.kind, agreed.minor, agreed.reason, agreed.cause) == (
        "agreed",
        -3_600,
        "price-agreed",
        str(made.ref),
    )
    assert (discount.kind, discount.minor, discount.params) == ("discount", -1_620, {"percent_bp": 500})
    assert draft.discount_minor == 1_620
    placing.save_draft(by=shop.rhea, account=shop.account, lines=[Wanted("RICE", "1")], draft=draft)
    assert [row.kind for row in Adjustment.select()] == ["agreed"]


def test_list_prices_alone_leave_no_adjustment(shop):
    make.address(shop.account)
    placing.save_draft(by=shop.carol, account=shop.other_account, lines=[Wanted("RICE", "3")])
    assert OrderLine.get().list_minor == 12_000 and not Adjustment.select().exists()


@given(
    list_minor=st.integers(0, 10**9),
    quantity=st.integers(1, quotes.MOST_PIECES),
    discount_bp=st.integers(0, 10_000),
    own=st.none() | st.integers(0, 10**9) | st.integers(0, 10_000).map(lambda bp: (bp,)),
)
def test_list_price_and_parts_make_the_line_to_the_cent(list_minor, quantity, discount_bp, own):
    each = (
        list_minor if own is None else own if isinstance(own, int) else list_minor - values.share(list_minor, own[0])
    )
    parts = (("list", list_minor),) + (() if own is None else (("agreed", each - list_minor),))
    price = pricing.Price(each, "PHP", parts, "price-agreed", {})
    line = quotes.QuoteLine(
        Wanted("X", quantity, discount_bp), quantity=quantity, price=price, discount_bp=discount_bp
    )
    line.parts = pricing.parts_of(price, quantity, discount_bp)
    assert sum(minor for _, minor in parts) == each
    assert line.net_minor == list_minor * quantity + sum(part.minor for part in line.parts)
    assert line.net_minor + line.off_minor == each * quantity
    assert 0 <= line.net_minor <= each * quantity
