"""Papers on the wire, the customer's face."""

import pytest

from portal.sales import invoicing
from tests import make
from tests.portal.test_documents import text_of


@pytest.mark.parametrize("language", ["en", "fil", "th"])
def test_the_customer_reads_the_paper_in_the_language_of_the_page(client, world, language):
    order = make.order(world.account)
    client.sign_in(world.cora)
    page = client.get(f"/orders/{order.number}?lang={language}").text
    assert f'href="/orders/{order.number}.pdf"' in page
    text = text_of(client.get(f"/orders/{order.number}.pdf").data)
    assert order.number in text
    assert ("2569" in text) == (language == "th") or "2570" in text


def test_another_customers_paper_is_not_there(client, world):
    order = make.order(world.account)
    assert client.sign_in(world.dave).get(f"/orders/{order.number}.pdf").status_code == 404
    assert client.get("/orders/SO-999999.pdf").status_code == 404


def test_the_customer_has_invoices_and_the_statement_as_papers(client, world):
    invoice = invoicing.issue(make.order(world.account, state="confirmed"), by=world.rhea)
    client.sign_in(world.cora)
    assert invoice.number in text_of(client.get(f"/invoices/{invoice.number}.pdf").data)
    assert invoice.number in text_of(client.get("/statement.pdf").data)
    client.sign_in(world.dave)
    assert client.get(f"/invoices/{invoice.number}.pdf").status_code == 404
    assert invoice.number not in text_of(client.get("/statement.pdf").data)


def test_the_code_is_on_the_page_and_can_be_saved_as_a_picture(client, world):
    method, bank = make.payment_method("qrph"), make.payment_method()
    invoice = invoicing.issue(make.order(world.account, state="confirmed"), by=world.rhea)
    page = client.sign_in(world.cora).get(f"/invoices/{invoice.number}").text
    here = f"/invoices/{invoice.number}/code/{method.number}.png"
    assert '<svg class="qr"' in page
    assert f'href="{here}"' in page
    answer = client.get(here)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data.startswith(b"\x89PNG")
    assert client.get(f"/invoices/{invoice.number}/code/{bank.number}.png").status_code == 404
    assert client.get(f"/invoices/{invoice.number}/code/x.png").status_code == 404
    assert client.sign_in(world.dave).get(here).status_code == 404
