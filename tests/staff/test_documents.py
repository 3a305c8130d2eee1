"""Papers on the wire, staff face: whose language, which name, who may."""

from portal import store, values
from portal.sales import cancelling, invoicing, shipments
from tests import make
from tests.portal.test_documents import PLACE, text_of


def test_an_order_is_printed_in_the_language_of_the_customer(client, world):
    make.company()
    order = make.order(world.account, state="confirmed", bill_to=PLACE, ship_to=PLACE, po_number="PO-4471")
    answer = client.sign_in(world.rhea).get(f"/staff/orders/{order.number}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{order.number}.pdf"')
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    text = text_of(answer.data)
    for words in ("Order confirmation", order.number, "Brgy. Batasan Hills", "PO-4471", "₱100.00", "123-456-789-000"):
        assert words in text.replace("\xa0", " ")


def test_another_language_is_one_click_away(client, world):
    order = make.order(world.account)
    client.sign_in(world.rhea)
    page = client.get(f"/staff/orders/{order.number}").text
    assert f"/staff/orders/{order.number}.pdf?language=th" in page
    assert "25" in text_of(client.get(f"/staff/orders/{order.number}.pdf?language=th").data)


def test_a_shop_that_nobody_described_says_what_is_missing(client, world):
    order = make.order(world.account)
    text = text_of(client.sign_in(world.rhea).get(f"/staff/orders/{order.number}.pdf").data)
    assert "The tax number of the shop is missing." in text
    assert "The address of the shop is missing." in text


def test_an_order_of_another_team_has_no_paper(client, world):
    order = make.order(world.other_account)
    assert client.sign_in(world.rhea).get(f"/staff/orders/{order.number}.pdf").status_code == 404


def test_an_invoice_is_printed_with_the_code_that_pays_it(client, world):
    make.payment_method("qrph")
    order = make.order(world.account, state="confirmed", bill_to=PLACE)
    invoice = invoicing.issue(order, by=world.rhea)
    client.sign_in(world.rhea)
    before = store.queries()
    answer = client.get(f"/staff/invoices/{invoice.number}.pdf")
    assert store.queries() - before <= 8
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{invoice.number}.pdf"')
    text = text_of(answer.data).replace("\xa0", " ")
    for words in (invoice.number, "Still to pay", "₱100.00", "How to pay", "Aling Nena Trading"):
        assert words in text
    assert client.sign_in(world.owen).get(f"/staff/invoices/{invoice.number}.pdf").status_code == 404


def test_a_statement_takes_days_and_refuses_nonsense(client, world):
    invoice = invoicing.issue(make.order(world.account, state="confirmed"), by=world.rhea)
    here = f"/staff/accounts/{world.account.number}/statement.pdf"
    client.sign_in(world.rhea)
    before = store.queries()
    text = text_of(client.get(here).data).replace("\xa0", " ")
    assert store.queries() - before <= 10
    assert invoice.number in text
    assert "You owe" in text
    today = values.shop_day().isoformat()
    assert client.get(f"{here}?from={today}&to={today}&currency=THB").status_code == 200
    page = client.get(here.removesuffix(".pdf")).text
    assert f"{here}?currency=PHP&amp;from=" in page
    for wrong in ("from=yesterday", "to=2026-02-31", f"from={today}&to=2020-01-01", "from=%00"):
        assert client.get(f"{here}?{wrong}").status_code == 422
    assert client.sign_in(world.owen).get(here).status_code == 404


def test_a_delivery_note_comes_with_what_was_sent(client, world):
    rice = make.product("RICE", stock=10, name="Sinandomeng rice")
    order = make.order(world.account, (rice, 6), state="confirmed", ship_to=PLACE)
    shipment = shipments.ship(order, {order.lines[0].id: 4}, by=world.rhea, carrier="Lalamove")
    client.sign_in(world.rhea)
    before = store.queries()
    answer = client.get(f"/staff/shipments/{shipment.number}.pdf")
    assert store.queries() - before <= 8
    text = text_of(answer.data).replace("\xa0", " ")
    for words in (shipment.number, "Sinandomeng rice", "6 piece", "4 piece", "Lalamove"):
        assert words in text
    assert client.sign_in(world.owen).get(f"/staff/shipments/{shipment.number}.pdf").status_code == 404
    assert client.sign_in(world.carol).get(f"/shipments/{shipment.number}.pdf").mimetype == "application/pdf"
    assert client.sign_in(world.dave).get(f"/shipments/{shipment.number}.pdf").status_code == 404


def test_an_order_says_what_was_cancelled_since(client, world):
    order = make.order(world.account, (make.product("RICE", stock=10), 6), state="confirmed", ship_to=PLACE)
    cancelling.cancel_lines(order, {order.lines[0].id: 2}, by=world.rhea, reason="Not needed")
    text = text_of(client.sign_in(world.rhea).get(f"/staff/orders/{order.number}.pdf").data).replace("\xa0", " ")
    for words in ("2 of them cancelled", "Cancelled since", "−₱200.00", "₱400.00"):
        assert words in text
