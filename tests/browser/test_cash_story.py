"""From order to cash without a script: an agreed price, a part sent, its invoice, a part of the money, a return."""

import re

import pytest
from playwright.sync_api import expect

from portal.sales.charges import TaxRate
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.sales.stock import StockMovement
from portal.service.returns import Return
from tests import make

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def shop(world):
    make.address(world.account, is_default_shipping=True, is_default_billing=True)
    make.row(TaxRate, country="PH", tax_class="standard", name="VAT", basis_points=1_200, is_included=True)
    product = make.product(code="RICE-25", name="Dinorado rice, 25 kg", list_minor=158_000, stock=10)
    make.row(StockMovement, product=product, quantity=10, reason="start")
    make.company()
    make.payment_method("qrph")
    return world


@pytest.fixture
def desk(live, open_page, shop):
    return live.sign_in(open_page(scripts=False), shop.mona)


@pytest.fixture
def phone(live, open_page, shop):
    return live.sign_in(open_page(viewport=PHONE, scripts=False), shop.carol)


def agree_on_a_price(desk, live, account):
    desk.goto(f"{live.url}/staff/accounts/{account.number}")
    desk.get_by_text("Agree on a price").click()
    desk.get_by_label("Product code or category").fill("RICE-25")
    desk.get_by_label("Price or discount").fill("10%")
    desk.get_by_role("button", name="Agree on it").click()


def order_four(phone, live):
    phone.goto(f"{live.url}/orders/new")
    phone.get_by_label("Paste or type a list").fill("RICE-25 4")
    phone.get_by_role("button", name="Read my list").click()
    phone.get_by_role("button", name="Review order").first.click()
    expect(phone.get_by_text(re.compile(r"10%\sagreed")).first).to_be_visible()
    phone.get_by_role("button", name="Place order").click()
    return Order.get()


def confirm_and_ship_three(desk, live, order):
    desk.goto(f"{live.url}/staff/orders/{order.number}")
    desk.get_by_role("button", name="Confirm").click()
    desk.get_by_label("How many leave now").fill("3")
    desk.get_by_role("button", name="Ship it").click()
    desk.get_by_role("button", name="Invoice what was shipped").click()
    return Invoice.get()


def pay_a_thousand(desk, live, invoice):
    desk.goto(f"{live.url}/staff/invoices/{invoice.number}")
    desk.get_by_role("link", name="Record a payment").click()
    desk.get_by_label("Amount", exact=True).fill("1000")
    desk.get_by_role("button", name="Record the payment").click()


def ask_to_send_one_back(phone, live, order):
    phone.goto(f"{live.url}/orders/{order.number}")
    phone.get_by_role("link", name="Send something back").click()
    phone.locator("input[name^='goods_']").fill("1")
    phone.get_by_label("Why?").select_option(label="It came damaged")
    phone.get_by_text("Credit", exact=False).first.click()
    phone.get_by_role("button", name="Send it to us").click()
    return Return.get()


def take_it_back(desk, live, asked):
    desk.goto(f"{live.url}/staff/returns/{asked.number}")
    desk.get_by_role("button", name="Approve").click()
    desk.get_by_role("button", name="The goods are here").click()
    desk.get_by_role("button", name="Give credit").click()


def test_an_agreed_price_becomes_money_and_a_return_and_the_statement_balances(live, phone, desk, shop):
    agree_on_a_price(desk, live, shop.account)
    order = order_four(phone, live)
    assert order.total_minor == 4 * 142_200
    invoice = confirm_and_ship_three(desk, live, order)
    assert (Order.get().state, invoice.total_minor) == ("part_shipped", 3 * 142_200)

    phone.goto(f"{live.url}/invoices/{invoice.number}")
    expect(phone.get_by_text("₱4,266").first).to_be_visible()
    expect(phone.locator("svg[role=img], img[src*='qr']").first).to_be_visible()
    assert phone.request.get(f"{live.url}/invoices/{invoice.number}.pdf").body().startswith(b"%PDF")

    pay_a_thousand(desk, live, invoice)
    take_it_back(desk, live, ask_to_send_one_back(phone, live, order))
    note = Invoice.get(Invoice.kind == "credit_note")
    assert (note.total_minor, note.open_minor) == (142_200, 0)
    owed = 3 * 142_200 - 100_000 - 142_200
    assert Invoice.get_by_id(invoice.id).open_minor == owed

    phone.goto(f"{live.url}/statement")
    for amount in ("₱4,266", "₱1,000", "₱1,422", "₱1,844"):
        expect(phone.get_by_text(amount).first, amount).to_be_visible()
    told = phone.goto(f"{live.url}/orders/{order.number}") and phone.locator("#order").inner_text()
    for event in ("Order placed", "Return asked for", "Return approved"):
        assert event in told, event
