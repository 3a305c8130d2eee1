"""Lists over the wire: kept from orders, the pad and products, changed by two at once, placed whole or in part."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.sales.shopping_lists import ShoppingList
from tests import make
from tests.apps import Forms


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", list_minor=137_500, name="Sinandomeng rice", unit="sack")
    world.oil = make.product("OIL", list_minor=19_500, name="Palm oil")
    world.address = make.address(world.account, line1="7 Sampaguita St.", is_default_shipping=True)
    return world


@pytest.fixture
def carol(client, shop):
    return client.sign_in(shop.carol)


def form_in(answer, action):
    return next(form for form in Forms(answer.text).found if form.action == action)


def held():
    return [(line.product.code, line.quantity) for line in ShoppingList.get().lines]


def test_an_order_is_kept_as_a_list_and_the_list_is_ordered(carol, shop):
    order = make.order(shop.account, (shop.rice, 2), (shop.oil, 5), state="delivered")
    kept = carol.send(f"/lists/new?order={order.number}", "/lists", name="Monday", is_shared="y", on="new")
    assert kept.status_code == 303 and held() == [("RICE", 2), ("OIL", 5)]
    page = carol.get(kept.location)
    assert "Shared in Carol’s Kitchen, kept by Carol Dizon" in page.text and "₱3,725" in page.text
    part = form_in(page, "/orders/new/review").fields | {"quantity:RICE": ""}
    review = carol.post("/orders/new/review", data=part)
    placed = carol.post("/orders/new/place", data=form_in(review, "/orders/new/place").fields)
    assert placed.status_code == 303 and [line.code for line in Order.get_by_id(order.id + 1).lines] == ["OIL"]
    whole = carol.get(f"/orders/new?list={ShoppingList.get().number}")
    assert "Review your order" in whole.text and held() == [("RICE", 2), ("OIL", 5)]


def test_what_stands_on_the_pad_or_a_products_page_is_put_on_a_list(carol, shop):
    pad = form_in(carol.get("/orders/new"), "/orders/new/review").fields
    asked = carol.post("/lists/new", data=pad | {"quantity:RICE": "3"})
    kept = carol.post("/lists", data=form_in(asked, "/lists").fields | {"name": "Monday"})
    number = kept.location.rpartition("/")[2]
    assert "/lists/new?product=OIL" in carol.get("/catalogue/OIL").text
    carol.send("/lists/new?product=OIL", "/lists", on=number)
    assert held() == [("RICE", 3), ("OIL", 1)]
    assert carol.send("/lists/new?product=OIL", "/lists", on="999").status_code == 422
    again = carol.send("/lists/new?product=OIL", "/lists", name="monday", on="new")
    assert again.status_code == 422 and "You have a list of this name." in again.text


def test_of_two_colleagues_who_change_a_list_the_slower_one_sees_both(carol, shop):
    kept = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), is_shared=True, name="Monday")
    mine = form_in(carol.get(f"/lists/{kept.number}/edit"), f"/lists/{kept.number}/edit").fields
    with store.writing():
        ShoppingList.get().edit(
            by=shop.carol, name="Monday", is_shared=True, quantities={shop.rice.id: 9}, more="OIL 4"
        )
    typed = mine | {f"pieces_{shop.rice.id}": "5"}
    stale = carol.post(f"/lists/{kept.number}/edit", data=typed)
    assert stale.status_code == 409 and "Someone changed this while you were writing" in stale.text
    assert held() == [("RICE", 9), ("OIL", 4)]
    fields = form_in(stale, f"/lists/{kept.number}/edit").fields
    assert (fields[f"pieces_{shop.rice.id}"], fields[f"pieces_{shop.oil.id}"]) == ("5", "4")
    assert carol.post(f"/lists/{kept.number}/edit", data=fields).status_code == 303
    assert held() == [("RICE", 5), ("OIL", 4)]


def test_a_bad_quantity_stands_at_its_line_and_nothing_is_lost(carol, shop):
    kept = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), name="Monday")
    bad = carol.send(f"/lists/{kept.number}/edit", **{f"pieces_{shop.rice.id}": "two", "name": "Tuesday"})
    assert bad.status_code == 422 and f'id="pieces_{shop.rice.id}-error"' in bad.text and "Tuesday" in bad.text
    unread = carol.send(f"/lists/{kept.number}/edit", more="bananas 3")
    assert unread.status_code == 422 and "These lines could not be read: bananas 3." in unread.text
    assert held() == [("RICE", 2)]


def test_what_is_not_sold_any_more_is_said_on_the_list_with_what_is_sold_instead(carol, shop):
    kept = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), (shop.oil, 1), name="Monday")
    yesterday = values.shop_day() - timedelta(days=1)
    with store.writing():
        Product.update(on_sale_to=yesterday, successor=shop.oil).where(Product.id == shop.rice.id).execute()
    page = carol.get(f"/lists/{kept.number}")
    assert "This is not sold any more." in page.text and "Take Palm oil instead" in page.text
    fields = form_in(page, "/orders/new/review").fields
    swapped = carol.post("/orders/new", data=fields | {"instead:RICE": "OIL"})
    assert form_in(swapped, "/orders/new/review").fields["quantity:OIL"] == "3"


def test_a_viewer_sees_shared_lists_and_changes_none(client, shop):
    kept = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), is_shared=True, name="Monday")
    own = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), name="Mine")
    client.sign_in(shop.cora)
    assert "Monday" in client.get("/lists").text and "Mine" not in client.get("/lists").text
    assert client.get(f"/lists/{kept.number}").status_code == 200
    assert client.get(f"/lists/{kept.number}/edit").status_code == 403
    assert client.get(f"/lists/{own.number}").status_code == 404
    assert client.get("/lists.csv").text.splitlines()[1].startswith(f"{kept.number},Monday")


def test_staff_order_for_the_customer_from_a_list_that_is_shared(client, shop):
    kept = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), is_shared=True, name="Monday")
    own = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), name="Mine")
    client.sign_in(shop.rhea)
    page = client.get(f"/staff/lists?account={shop.account.number}")
    assert "Monday" in page.text and "Mine" not in page.text and f"/staff/orders/new?list={kept.id}" in page.text
    assert "Review the order for Carol’s Kitchen" in client.get(f"/staff/orders/new?list={kept.id}").text
    assert client.get(f"/staff/orders/new?list={own.id}").status_code == 404
    client.sign_in(shop.owen)
    assert client.get(f"/staff/orders/new?list={kept.id}").status_code == 404


def test_a_list_is_removed_by_its_owner(carol, shop):
    kept = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), name="Monday")
    assert carol.send(f"/lists/{kept.number}", f"/lists/{kept.number}/remove").location == "/lists"
    assert not ShoppingList.select().exists()


def test_the_pages_ask_the_database_little(carol, shop):
    kept = make.shopping_list(shop.memberships["carol"], (shop.rice, 2), (shop.oil, 1), is_shared=True)
    for page in ("/lists", f"/lists/{kept.number}", f"/lists/{kept.number}/edit", "/lists/new?product=OIL"):
        carol.get(page)
        before = store.queries()
        carol.get(page)
        assert store.queries() - before <= 8, page
