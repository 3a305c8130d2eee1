"""The statement of an account at the desk, and what its page says of what is owed."""

from datetime import timedelta

from portal import values
from portal.sales import invoicing
from tests import make

TODAY = values.shop_day()


def test_the_page_of_an_account_says_what_is_owed_and_links_to_it(world, client):
    client.sign_in(world.rhea)
    page = f"/staff/accounts/{world.account.number}"
    assert "Nothing is owed" in client.get(page).text
    order = make.order(world.account, state="delivered")
    invoicing.issue(order, by=world.rhea, issued_on=TODAY - timedelta(days=40))
    make.payment(world.account, 25)
    text = client.get(page).text
    assert "Overdue" in text and "₱100" in text and "₱25" in text and f"{page}/statement" in text


def test_a_statement_is_a_page_and_files(world, client):
    client.sign_in(world.rhea)
    order = make.order(world.account, state="delivered")
    invoice = invoicing.issue(order, by=world.rhea)
    page = f"/staff/accounts/{world.account.number}/statement"
    assert invoice.number in client.get(page).text
    assert invoice.number in client.get(f"{page}.csv").text
    assert client.get(f"{page}.json").json["rows"][-1]["balance"] == "100.00"
    assert client.get(f"{page}?from=2026-02-31").status_code == 422
    assert client.get(f"/staff/accounts/{world.other_account.number}/statement").status_code == 404


def test_today_says_what_is_overdue_and_opens_to_exactly_those(world, client):
    client.sign_in(world.rhea)
    assert "Nobody is late with paying" in client.get("/staff/").text
    for account, days in ((world.account, 40), (world.account, 5), (world.other_account, 40)):
        order = make.order(account, state="delivered")
        invoicing.issue(order, by=world.rhea, issued_on=TODAY - timedelta(days=days))
    text = client.get("/staff/").text
    assert "₱100" in text and "See the invoice<" in text
    assert len(client.get("/staff/invoices.json?state=overdue").json["rows"]) == 1
