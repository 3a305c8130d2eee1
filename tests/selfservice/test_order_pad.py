"""The pad over the wire: two pages and two sends to an order, errors at their line, nothing lost on the way."""

import re
from datetime import timedelta

import pytest

from portal import store, values
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.moves import AddressMove
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from tests import make
from tests.apps import Forms

THERE = {"line1": "5 Mabini St.", "district": "Poblacion", "city": "Makati", "region": "Metro Manila"}
THERE |= {"postal_code": "1210", "country": "PH"}


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=40, list_minor=137_500, name="Sinandomeng rice", unit="sack")
    world.oil = make.product("OIL", list_minor=19_500, name="Palm oil")
    with store.writing():
        world.rice.index()
        world.oil.index()
    world.address = make.address(world.account, line1="7 Sampaguita St.", is_default_shipping=True)
    return world


@pytest.fixture
def carol(client, shop):
    return client.sign_in(shop.carol)


def form_in(answer, action):
    return next(form for form in Forms(answer.text).found if form.action == action)


def pad_form(carol, page="/orders/new"):
    return form_in(carol.get(page), "/orders/new/review").fields


def press(carol, action, fields, **typed):
    """Send these fields by the button that goes to `action`."""
    return carol.post(action, data={name: value for name, value in (fields | typed).items() if value is not None})


def review(carol, page="/orders/new", **typed):
    return press(carol, "/orders/new/review", pad_form(carol, page), **typed)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_two_pages_and_two_sends_place_an_order(carol, shop):
    typed = {"quantity:RICE": "2", "quantity:OIL": "1", "po_number": "PO-7", "note": "Ring\r\ntwice"}
    answer = review(carol, **typed)
    assert answer.status_code == 200 and "₱2,945" in answer.text and "7 Sampaguita St." in answer.text
    assert not Order.select().exists()
    sent = press(carol, "/orders/new/place", form_in(answer, "/orders/new/place").fields)
    order = Order.get()
    assert (sent.status_code, sent.location) == (303, f"/orders/{order.number}")
    assert (order.state, order.total_minor, order.po_number, order.note) == ("placed", 294_500, "PO-7", "Ring\ntwice")
    assert Product.get_by_id(shop.rice.id).free == 38
    shown = carol.get(sent.location)
    assert "We have your order." in shown.text and "Rhea Cruz" in shown.text


def test_an_error_stands_at_its_line_while_good_lines_stay(carol, shop):
    answer = review(carol, **{"quantity:RICE": "60", "quantity:OIL": "3", "quantity:NOPE": "1", "note": "Kept"})
    assert answer.status_code == 422
    assert "Only 40 are left. Write 40 or fewer." in answer.text
    assert "We know no product with this code." in answer.text and 'href="/catalogue?q=NOPE"' in answer.text
    fields = form_in(answer, "/orders/new/review").fields
    assert (fields["quantity:RICE"], fields["quantity:OIL"], fields["quantity:NOPE"]) == ("60", "3", "1")
    assert fields["note"] == "Kept" and 'href="#line-RICE"' in answer.text and 'id="line-RICE"' in answer.text
    assert "₱585" in answer.text  # the sum holds the good line alone
    assert not Order.select().exists()


def test_a_category_that_is_no_number_finds_everything(carol):
    answer = press(carol, "/orders/new", pad_form(carol), category="²")
    assert answer.status_code == 200 and "Palm oil" in answer.text


@pytest.mark.parametrize("quantity", ["-1", "1.5", "x", "\0", "9" * 400, str(2**63), "1000001"])
def test_no_quantity_breaks_the_pad(carol, quantity):
    answer = review(carol, **{"quantity:RICE": quantity})
    assert answer.status_code == 422 and 'id="line-RICE-error"' in answer.text


@pytest.mark.parametrize(
    "typed",
    [
        {"address": "99"},
        {"address": "x" * 99},
        {"delivery": "teleport"},
        {"delivery": "pickup", "branch": "99"},
        {"requested_on": "2001-01-01"},
        {"requested_on": "soon"},
        {"po_number": "x" * 61},
        {"note": "a\0b"},
        {"address": "new", "line1": ""},
        {"address": "new"} | THERE | {"country": "QQ"},
    ],
)
def test_what_concerns_the_whole_order_is_said_and_nothing_is_lost(carol, typed):
    answer = review(carol, **{"quantity:OIL": "3"} | typed)
    assert answer.status_code == 422 and "₱585" in answer.text
    fields = form_in(answer, "/orders/new/review").fields
    assert fields["quantity:OIL"] == "3"
    assert press(carol, "/orders/new/place", fields).status_code == 422 and not Order.select().exists()


def test_nothing_wanted_is_no_order(carol):
    answer = review(carol)
    assert answer.status_code == 422 and "Write how many you need of at least one product." in answer.text


def test_own_products_come_first_with_their_rhythm(carol, shop):
    for day in (1, 10, 19):
        make.order(shop.account, (shop.rice, 6), placed_at=values.now() - timedelta(days=day))
    page = carol.get("/orders/new")
    assert "every 9 days, in 8 days" in page.text
    assert 'name="quantity:RICE"' in page.text and 'name="quantity:OIL"' not in page.text


def test_what_is_kept_drawn_of_the_pad_is_nobody_elses_and_never_of_before(client, shop):
    for account in (shop.account, Account.get_by_id(shop.dave.account)):
        make.order(account, (shop.rice, 6), placed_at=values.now())
    pad_of = lambda who: client.sign_in(who).get("/orders/new").text  # noqa: E731
    first = pad_of(shop.carol)
    assert "7 Sampaguita St." in first and "1,375" in first and pad_of(shop.carol).count("quantity:RICE") == 1
    assert "7 Sampaguita St." not in pad_of(shop.dave)
    with store.writing():
        Product.update(stock=Product.reserved + 3, list_minor=140_000).execute()
    make.address(shop.account, line1="8 Luna St.")
    later = pad_of(shop.carol)
    assert "8 Luna St." in later and "1,400" in later and "3 left" in later and "1,375" not in later


def test_a_search_keeps_what_was_typed(carol):
    fields = pad_form(carol)
    answer = press(carol, "/orders/new", fields, **{"quantity:OIL": "3", "q": "domeng"})
    found = form_in(answer, "/orders/new/review").fields
    assert (found["quantity:OIL"], found["quantity:RICE"]) == ("3", "")
    by_enter = press(carol, "/orders/new/review", fields, **{"quantity:OIL": "3", "q": "domeng"})
    assert by_enter.status_code == 200 and 'name="quantity:RICE"' in by_enter.text
    assert "Nothing fits" in press(carol, "/orders/new", fields, q="zebra").text


def test_a_pasted_list_becomes_lines_and_what_is_unclear_stays(carol):
    answer = review(carol, paste="RICE 5\n3 palm oil\nbananas 2", **{"quantity:OIL": "1"})
    fields = form_in(answer, "/orders/new/review").fields
    assert answer.status_code == 422
    assert (fields["quantity:RICE"], fields["quantity:OIL"], fields["paste"]) == ("5", "4", "bananas 2")
    assert "bananas 2 : We found nothing for this." in text_of(answer)


def test_a_new_address_is_written_in_the_order_and_kept_with_it(carol, shop):
    answer = review(carol, address="new", **{"quantity:OIL": "1"} | THERE)
    assert "5 Mabini St." in answer.text and Address.active(shop.account).count() == 1
    press(carol, "/orders/new/place", form_in(answer, "/orders/new/place").fields)
    assert Order.get().ship_to["line1"] == "5 Mabini St." and Address.active(shop.account).count() == 2


def test_goods_can_be_picked_up(carol, shop):
    branch = make.branch("Cubao")
    answer = review(carol, delivery="pickup", branch=str(branch.id), **{"quantity:OIL": "1"})
    assert "You pick it up at Cubao" in answer.text
    press(carol, "/orders/new/place", form_in(answer, "/orders/new/place").fields)
    assert (Order.get().delivery, Order.get().branch_name) == ("pickup", "Cubao")


def test_the_same_order_again_is_one_page_and_one_send(carol, shop):
    gone = make.product("GONE", name="Old soap")
    old = make.order(shop.account, (shop.rice, 50), (shop.oil, 2), (gone, 1), state="delivered")
    with store.writing():
        Product.update(on_sale_to=values.shop_day() - timedelta(days=1)).where(Product.id == gone.id).execute()
    answer = carol.get(f"/orders/new?again={old.number}")
    said = text_of(answer)
    assert "Old soap : This is not sold any more" in said
    assert "Sinandomeng rice : 40 instead of 50" in said
    sent = press(carol, "/orders/new/place", form_in(answer, "/orders/new/place").fields)
    assert sent.status_code == 303
    lines = Order.get_by_id(old.id + 1).lines
    assert sorted((line.code, line.quantity) for line in lines) == [("OIL", 2), ("RICE", 40)]


def test_what_is_sold_instead_is_offered_and_taken_by_a_tick(carol, shop):
    soap, new = make.product("SOAP", name="Old soap"), make.product("NEW", name="New soap", list_minor=5_000)
    old = make.order(shop.account, (shop.oil, 2), (soap, 3), state="delivered")
    with store.writing():
        gone = {"on_sale_to": values.shop_day() - timedelta(days=1), "successor": new}
        Product.update(gone).where(Product.id == soap.id).execute()
    answer = carol.get(f"/orders/new?again={old.number}")
    assert "Take 3 of New soap instead" in answer.text and "₱390" in answer.text
    fields = form_in(answer, "/orders/new/place").fields
    assert "quantity:NEW" not in fields
    both = press(carol, "/orders/new/review", fields, **{"quantity:NEW": "3"})
    assert "₱540" in both.text
    assert "instead of Old soap" in carol.get("/orders/new").text


def test_single_lines_of_an_order_are_ordered_again(carol, shop):
    old = make.order(shop.account, (shop.rice, 1), (shop.oil, 2), state="delivered")
    assert 'name="line" value="2"' in carol.get(f"/orders/{old.number}").text
    answer = carol.get(f"/orders/new?again={old.number}&line=2")
    assert form_in(answer, "/orders/new/place").fields["quantity:OIL"] == "2"
    assert "quantity:RICE" not in form_in(answer, "/orders/new/place").fields


def test_the_search_narrows_the_own_sheet_and_finds_what_was_never_bought(carol, shop):
    salt = make.found_by(make.product("SALT", name="Palm salt"))
    make.order(shop.account, (shop.rice, 1), (shop.oil, 2), state="delivered")
    answer = press(carol, "/orders/new", pad_form(carol), q="palm", **{"quantity:RICE": "4"})
    said = text_of(answer)
    assert said.index("In this order") < said.index("Sinandomeng rice") < said.index("Palm oil")
    assert said.index("From the catalogue") < said.index(salt.name)
    fields = form_in(answer, "/orders/new/review").fields
    assert fields["quantity:RICE"] == "4"
    every = press(carol, "/orders/new", fields, all="1")
    assert "In this order" not in every.text and form_in(every, "/orders/new/review").fields["quantity:RICE"] == "4"


def test_anothers_order_cannot_be_ordered_again(carol, shop):
    theirs = make.order(shop.other_account)
    assert carol.get(f"/orders/new?again={theirs.number}").status_code == 404
    assert carol.get("/orders/new?again=SO-999999").status_code == 404
    assert carol.get("/orders/new?draft=nonsense").status_code == 404


def test_when_prices_moved_both_totals_stand_there_and_one_more_click_places_it(carol, shop):
    answer = review(carol, **{"quantity:OIL": "2"})
    with store.writing():
        Product.update(list_minor=20_000).where(Product.id == shop.oil.id).execute()
    again = press(carol, "/orders/new/place", form_in(answer, "/orders/new/place").fields)
    assert again.status_code == 422 and "You saw ₱390.00. It is ₱400.00 now." in again.text
    assert not Order.select().exists()
    assert press(carol, "/orders/new/place", form_in(again, "/orders/new/place").fields).status_code == 303
    assert Order.get().total_minor == 40_000


def test_stock_that_went_meanwhile_leads_back_to_the_line(carol, shop):
    answer = review(carol, **{"quantity:RICE": "5"})
    with store.writing():
        Product.update(stock=3).where(Product.id == shop.rice.id).execute()
    again = press(carol, "/orders/new/place", form_in(answer, "/orders/new/place").fields)
    assert again.status_code == 422 and "Only 3 are left. Write 3 or fewer." in again.text
    assert form_in(again, "/orders/new/review").fields["quantity:RICE"] == "5"


def test_the_same_send_twice_is_one_order(carol):
    fields = form_in(review(carol, **{"quantity:OIL": "2"}), "/orders/new/place").fields
    first, second = press(carol, "/orders/new/place", fields), press(carol, "/orders/new/place", fields)
    assert first.location == second.location and Order.select().count() == 1


def test_back_and_other_content_shows_what_was_placed_and_offers_another_order(carol):
    pad = pad_form(carol)
    first = press(carol, "/orders/new/review", pad, **{"quantity:OIL": "2"})
    press(carol, "/orders/new/place", form_in(first, "/orders/new/place").fields)
    changed = press(carol, "/orders/new/review", pad, **{"quantity:OIL": "3"})  # Back to the pad, another number
    again = press(carol, "/orders/new/place", form_in(changed, "/orders/new/place").fields)
    assert again.status_code == 422 and Order.select().count() == 1
    assert "You sent this order already" in again.text and "/orders/SO-000001" in again.text
    assert "Place as another order" in again.text
    fields = form_in(again, "/orders/new/place").fields
    assert fields["quantity:OIL"] == "3"
    assert press(carol, "/orders/new/place", fields).status_code == 303 and Order.select().count() == 2


def test_a_way_back_from_the_review_keeps_everything(carol):
    answer = review(carol, **{"quantity:OIL": "2", "note": "Kept"})
    back = press(carol, "/orders/new", form_in(answer, "/orders/new/place").fields)
    fields = form_in(back, "/orders/new/review").fields
    assert (back.status_code, fields["quantity:OIL"], fields["note"]) == (200, "2", "Kept")


def test_a_draft_is_kept_gone_on_with_and_placed_under_its_number(carol, shop):
    kept = press(carol, "/orders/new/draft", pad_form(carol), **{"quantity:OIL": "2", "note": "Later"})
    draft = Order.get()
    assert (kept.location, draft.state) == (f"/orders/{draft.number}", "draft")
    assert "nothing was sent to us yet" in carol.get(kept.location).text
    fields = pad_form(carol, f"/orders/new?draft={draft.number}")
    assert (fields["quantity:OIL"], fields["note"], fields["draft"]) == ("2", "Later", draft.number)
    answer = press(carol, "/orders/new/review", fields, **{"quantity:OIL": "5"})
    assert press(carol, "/orders/new/place", form_in(answer, "/orders/new/place").fields).location == kept.location
    assert (Order.get().state, Order.get().total_minor) == ("placed", 97_500)


def test_a_draft_is_thrown_away(carol, shop):
    draft = make.order(shop.account, state="draft")
    assert carol.send(f"/orders/{draft.number}", f"/orders/{draft.number}/discard").location == "/orders"
    assert not Order.select().exists()


def test_a_viewer_looks_and_does_not_order(client, shop):
    client.sign_in(shop.cora)
    assert client.get("/orders/new").status_code == 403
    assert client.get("/catalogue").status_code == 200 and "Put on my order" not in client.get("/catalogue").text


def test_scripts_get_the_sum_alone(carol):
    answer = carol.post("/orders/new", data=pad_form(carol) | {"quantity:OIL": "2"}, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith("<section") and "₱390" in answer.text


def test_pages_ask_the_database_little(carol, shop):
    for day in range(1, 20):
        make.order(
            shop.account,
            (shop.rice, 6),
            (shop.oil, 1),
            placed_at=values.now() - timedelta(days=day),
            state="delivered",
        )
    carol.get("/orders/new")  # habits are worked out once after an order, and kept
    before = store.queries()
    carol.get("/orders/new")
    assert store.queries() - before <= 8
    fields = pad_form(carol) | {"quantity:RICE": "1", "quantity:OIL": "2"}
    before = store.queries()
    answer = press(carol, "/orders/new/review", fields)
    assert store.queries() - before <= 8
    fields = form_in(answer, "/orders/new/place").fields
    before = store.queries()
    press(carol, "/orders/new/place", fields)
    locks = 0 if store.is_sqlite() else 2  # PostgreSQL locks account and shelf before it takes from them
    assert store.queries() - before <= 23 + locks


def test_the_browser_may_keep_a_review_for_its_back_button_until_the_person_leaves(carol, shop):
    answer = review(carol, **{"quantity:OIL": "2"})
    assert answer.headers["Cache-Control"] == "private, no-cache" and "Cookie" not in answer.headers["Vary"]
    assert carol.get("/orders/new").headers["Cache-Control"] == "no-store"
    left = carol.send("/orders", "/sign-out")
    assert left.headers["Clear-Site-Data"] == '"cache"'


def test_an_order_wanted_after_the_move_goes_to_the_new_address_unless_asked_otherwise(carol, shop):
    day = values.shop_day() + timedelta(days=20)
    new = make.address(shop.account, line1="9 Roxas Blvd.")
    make.row(AddressMove, account=shop.account, old=shop.address, new=new, from_on=day)
    soon = review(carol, **{"quantity:RICE": "1", "requested_on": (day - timedelta(days=1)).isoformat()})
    assert "7 Sampaguita St." in soon.text and "so this order goes to the new address" not in soon.text
    answer = review(carol, **{"quantity:RICE": "1", "requested_on": day.isoformat()})
    assert "9 Roxas Blvd." in answer.text and "so this order goes to the new address" in answer.text
    fields = form_in(answer, "/orders/new/place").fields
    again = press(carol, "/orders/new/review", fields, stays=str(shop.address.id))
    assert "7 Sampaguita St." in again.text and "so this order goes to the new address" not in again.text
    kept = form_in(again, "/orders/new/place").fields
    assert press(carol, "/orders/new/place", kept).status_code == 303
    assert Order.get().ship_to["line1"] == "7 Sampaguita St."


def test_a_line_that_is_too_long_stays_whole_in_its_box_and_is_named_by_its_beginning(carol):
    page = review(carol, paste="sacks of rice for the feast " * 300).text
    assert "A line has up to 300 characters." in page
    assert 300 <= page.count("sacks of rice for the feast") < 310
