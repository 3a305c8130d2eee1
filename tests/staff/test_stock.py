"""Stock over the wire: what is free, what runs out, who waits, and goods that come in."""

from datetime import timedelta

import pytest

from portal import values
from portal.sales.catalogue import Product
from portal.sales.orders import OrderLine
from tests import make


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=4, allows_backorder=True, name="Sinandomeng rice")
    world.oil = make.product("OIL", stock=50, low_at=20, name="Palm oil")
    make.product("FIX", name="Advice")
    world.order = make.order(world.account, (world.rice, 6), (world.oil, 3), state="confirmed")
    return world


@pytest.fixture
def rhea(client, shop):
    return client.sign_in(shop.rhea)


def test_the_list_says_what_is_on_the_shelf_kept_free_and_waited_for(rhea, shop):
    rows = {row["code"]: row for row in rhea.get("/staff/stock.json").json["rows"]}
    assert set(rows) == {"RICE", "OIL"}
    names = ("stock", "reserved", "free", "waited_for")
    assert [rows["RICE"][name] for name in names] == [4, 4, 0, 2]
    assert [rows["OIL"][name] for name in names] == [50, 3, 47, 0]
    assert [row["code"] for row in rhea.get("/staff/stock.json?low=1").json["rows"]] == ["RICE"]
    assert [row["code"] for row in rhea.get("/staff/stock.json?waited=1").json["rows"]] == ["RICE"]
    assert rhea.get("/staff/stock.json?low=maybe").status_code == 422
    page = rhea.get("/staff/stock").text
    assert "Sinandomeng rice" in page and "/staff/stock/RICE" in page


def test_a_delivery_is_pasted_and_served_to_who_waits(rhea, shop):
    answer = rhea.send("/staff/stock/receive", "/staff/stock/receive", delivery="RICE 5\nOIL\t10", reason="Note 88")
    assert answer.location == "/staff/stock"
    assert "One order got what it waited for." in rhea.get("/staff/stock").text
    assert (Product.get_by_id(shop.rice.id).stock, Product.get_by_id(shop.oil.id).stock) == (9, 60)
    assert [line.waiting for line in shop.order.lines] == [0, 0]


def test_a_delivery_with_faults_names_each_line_and_receives_nothing(rhea, shop):
    typed = "RICE 5\nNOPE 3\nOIL many\nFIX 1"
    answer = rhea.send("/staff/stock/receive", "/staff/stock/receive", delivery=typed)
    assert (
        answer.status_code == 422 and "NOPE 3" in answer.text and "We know no product with this code" in answer.text
    )
    assert "OIL many" in answer.text and "FIX 1" in answer.text and Product.get_by_id(shop.rice.id).stock == 4
    assert rhea.send("/staff/stock/receive", "/staff/stock/receive", delivery=" ").status_code == 422


def test_pieces_of_one_product_come_in_on_its_shelf(rhea, shop):
    here = "/staff/stock/RICE"
    assert shop.order.number in rhea.get(here).text
    assert rhea.send(here, f"{here}/receive", quantity="many").status_code == 422
    assert rhea.send(here, f"{here}/receive", quantity="1", reason="Note 88").location == here
    assert Product.get_by_id(shop.rice.id).stock == 5 and OrderLine.get(OrderLine.product == shop.rice).reserved == 5


def test_a_plan_is_kept_and_moves_the_day_that_was_promised(rhea, shop):
    here, day = "/staff/stock/RICE", values.shop_day() + timedelta(days=9)
    form = rhea.form(here, f"{here}/plan")
    answer = rhea.send(here, f"{here}/plan", low_at="8", allows_backorder="y", expected_on=day.isoformat())
    assert answer.status_code == 303
    product = Product.get_by_id(shop.rice.id)
    assert (product.low_at, product.allows_backorder, product.expected_on) == (8, True, day)
    assert OrderLine.get(OrderLine.product == shop.rice).promised_on == day
    assert rhea.post(f"{here}/plan", data=form.fields | {"low_at": "1"}).status_code == 409
    assert rhea.send(here, f"{here}/plan", low_at="-1").status_code == 422
    assert rhea.send(here, f"{here}/plan", expected_on="2020-01-01").status_code == 422


def test_the_page_of_a_product_shows_its_shelf(rhea, shop):
    page = rhea.get("/staff/catalogue/RICE").text
    assert "Kept for orders" in page and 'href="/staff/stock/RICE"' in page


def test_customers_know_nothing_of_the_shelf(client, shop):
    client.sign_in(shop.carol)
    assert client.get("/staff/stock").status_code == 303


def test_the_list_costs_few_queries(rhea, shop, count_queries):
    for _ in range(30):
        make.product(stock=3)
    assert count_queries(lambda: rhea.get("/staff/stock")) <= 8
    assert count_queries(lambda: rhea.get("/staff/stock/RICE")) <= 8


def test_today_says_what_can_go_what_is_late_and_what_runs_out(rhea, shop):
    page = rhea.get("/staff/").text
    for link, rows in (("goods=ready", 1), ("goods=overdue", 0), ("low=1", 1)):
        assert (link in page) == bool(rows)
        place = "/staff/stock" if "low" in link else "/staff/orders"
        assert len(rhea.get(f"{place}.json?{link}").json["rows"]) == rows
