"""What letters let their receiver do in a browser without signing in: one task, and "this was not me"."""

import pytest

from portal import audit, store, values
from portal.customers import address_checks
from portal.customers.address_checks import AddressCheck
from portal.people import task_links
from portal.people.links import Link
from portal.people.logins import Login
from portal.sales import suggestions
from portal.sales.catalogue import Product
from portal.sales.order_stops import OrderStop
from portal.sales.orders import Order
from tests import make, samples, stolen
from tests.browsers import BOTH_MOODS, DESK


@pytest.fixture
def page(open_page, request):
    return open_page(**request.param)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_an_owner_takes_back_a_sign_in_whose_address_and_password_a_thief_changed(page, open_page, live, world):
    shop = stolen.prepare(world)
    owners = stolen.take_over(shop)
    order, thiefs = stolen.order_of(shop), stolen.sent_link("thief@evil.example")
    page.goto(live.url + owners.path)
    assert "E-mail to sign in with changed" in page.inner_text("main")
    assert OrderStop.select().count() == 0  # opening it did nothing
    page.get_by_role("button", name="This was not me: take it back").click()
    assert "A letter" not in page.inner_text("main") and "Open the letter" in page.inner_text("main")
    page.goto(live.url + thiefs.path)
    assert "This link is over" in page.inner_text("h1")
    page.goto(live.url + Link.select().where(Link.purpose == "recover").get().path)
    page.get_by_label("New password").fill("my house has a green roof")
    page.get_by_role("button").filter(has_text="password").first.click()
    page.get_by_role("link", name="Let ordering go on").click()
    page.get_by_label("Number of an invoice from before").fill(shop.invoice.number)
    page.get_by_label("Its whole amount").fill("1")
    page.get_by_role("button", name="Let ordering go on").click()
    assert "do not belong together" in page.inner_text("main")
    page.get_by_label("Its whole amount").fill("100.00")
    page.get_by_role("button", name="Let ordering go on").click()
    assert "Ordering goes on" in page.inner_text("#said")
    assert Login.get_by_id(shop.logins["carol"].id).email == "carol@kitchen.example"
    desk = live.sign_in(open_page(viewport=DESK), world.rhea)
    desk.goto(f"{live.url}/staff/orders/{order.number}")
    desk.get_by_label("How do you know?").fill("She says it is hers")
    desk.get_by_role("button", name="Let it go on").click()
    assert Order.get_by_id(order.id).held_at is None


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_answers_from_the_letter_whether_an_address_is_right(page, live, world):
    address_checks.ask(make.address(world.account), by=world.rhea)
    link = Link.get(Link.login == world.logins["carol"])
    page.goto(live.url + link.path)
    page.get_by_text("No, something is different").click()
    page.get_by_role("button", name="Tell us").click()
    assert "Please fill this in" in page.inner_text("main")
    page.get_by_label("What is right instead?").fill("We moved to 5 Mabini St.")
    page.get_by_role("button", name="Tell us").click()
    assert "put the address right" in page.inner_text("h1")
    assert AddressCheck.get().words == "We moved to 5 Mabini St."
    page.goto(f"{live.url}/account")
    assert "/sign-in" in page.url  # the link opened nothing else


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_orders_the_usual_from_the_letter_after_seeing_the_new_price(page, live, world):
    make.address(world.account)
    suggestion = samples.suggestion(world.account, make.product("RICE", stock=50))
    with audit.change(values.clock("Suki"), "suggestion.sent", suggestion) as change:
        change.happened()
        link = task_links.issue(change, suggestions.TASK, world.logins["carol"], suggestion, account=world.account.id)
    page.goto(live.url + link.path)
    with store.writing():
        Product.update(list_minor=11_000).execute()
    page.get_by_role("button", name="Place this order").click()
    assert "₱660.00" in page.inner_text("main")
    assert Order.select().count() == 0
    page.get_by_role("button", name="Place this order").click()
    assert "Your order is sent" in page.inner_text("h1")
    assert Order.get().total_minor == 66_000
    page.reload()
    assert Order.select().count() == 1
