"""The customer's own prices over the wire: the same price and the same words wherever a price stands."""

import json
from datetime import timedelta

import pytest

from portal import store, values
from portal.sales import agreed_prices
from portal.sales.orders import Order
from tests import make
from tests.selfservice.test_order_pad import form_in, press, review, text_of

END = values.shop_day() + timedelta(days=30)


@pytest.fixture
def shop(world):
    """Rice for 120.00, for Carol 10 % less as agreed; oil by a list of her group, cheaper from 10 on."""
    world.rice = make.product("RICE", stock=40, list_minor=12_000, name="Sinandomeng rice", unit="sack")
    world.oil = make.product("OIL", list_minor=20_000, name="Palm oil", unit="tin")
    with store.writing():
        world.rice.index()
        world.oil.index()
    make.address(world.account)
    agreed_prices.agree(world.account, by=world.mona, what="RICE", price="10 %", valid_to=END)
    items = [
        {"product": world.oil, "price_minor": 19_050},
        {"product": world.oil, "price_minor": 18_000, "from_quantity": 10},
    ]
    make.price_list(*items, group=make.group("Resellers", world.account), name="Secret name")
    return world


@pytest.fixture
def carol(client, shop):
    return client.sign_in(shop.carol)


def plain(answer):
    return text_of(answer).replace("\N{NO-BREAK SPACE}", " ")


def why_rice():
    return f"list ₱120 − 10% agreed until {END.day} "


def test_the_catalogue_shows_the_own_price_and_why(carol):
    page = plain(carol.get("/catalogue"))
    assert "₱108 .00" in page and why_rice() in page
    assert "₱190 .50" in page and "list ₱200 − ₱9.50 for your group" in page and "Secret name" not in page


def test_a_product_page_shows_the_price_by_how_many(carol):
    page = plain(carol.get("/catalogue/OIL"))
    assert "₱190 .50" in page and "From 10 on ₱180" in page
    assert why_rice() in plain(carol.get("/catalogue/RICE"))


def test_files_of_the_catalogue_hold_the_own_price_in_one_query(carol):
    rows = {row["code"]: row for row in json.loads(carol.get("/catalogue.json").text)["rows"]}
    assert (rows["RICE"]["price"], rows["RICE"]["list_price"]) == ("108.00", "120.00")
    before = store.queries()
    assert "190.50" in carol.get("/catalogue.csv").text
    few = store.queries() - before
    for _ in range(30):
        make.product()
    before = store.queries()
    assert len(carol.get("/catalogue.csv").text.splitlines()) == 33
    assert store.queries() - before == few


def test_pad_review_and_order_show_the_same_price_and_words(carol, shop):
    make.order(shop.account, (shop.rice, 1), (shop.oil, 1))
    page = plain(carol.get("/orders/new"))
    assert why_rice() in page and "₱180 from 10 on" in page
    answer = review(carol, **{"quantity:RICE": "2", "quantity:OIL": "10"})
    text = plain(answer)
    assert why_rice() in text and "list ₱200 − ₱20 for your group from 10 on" in text and "₱2,016" in text
    placed = press(carol, "/orders/new/place", form_in(answer, "/orders/new/place").fields)
    order = Order.select().order_by(Order.id.desc()).get()
    assert (placed.status_code, order.total_minor) == (303, 201_600)
    page = plain(carol.get(f"/orders/{order.number}"))
    assert why_rice() in page and "list ₱200 − ₱20 for your group from 10 on" in page


def test_dave_pays_the_list_price_and_reads_no_reason(client, shop):
    page = plain(client.sign_in(shop.dave).get("/catalogue"))
    assert "₱120 .00" in page and "list ₱" not in page


def test_pages_with_prices_ask_the_database_little(carol, shop):
    for day in range(1, 20):
        make.order(shop.account, (shop.rice, 6), (shop.oil, 1), placed_at=values.now() - timedelta(days=day))
    carol.get("/orders/new")  # habits are worked out once after an order, and kept
    for page in ("/orders/new", "/catalogue", "/catalogue/RICE"):
        before = store.queries()
        assert carol.get(page).status_code == 200
        assert store.queries() - before <= 8, page
