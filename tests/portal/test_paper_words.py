"""What stands on an invoice, a credit note, a delivery note and a statement, in three languages."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sales import payment_codes, payment_methods
from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.shipments import Shipment, ShipmentLine
from portal.values import Money, Ref
from portal.web import documents, papers, press
from tests import make
from tests.portal.test_documents import AT, PLACE, pages_of, text_of

VAT = {"name": "VAT", "basis_points": 1_200, "is_included": True, "net_minor": 8_929, "tax_minor": 1_071}


@pytest.fixture
def spoken(app):
    """Papers ask for the settings of the app that prints them."""
    with app.test_request_context("/"):
        yield


@pytest.fixture
def invoice(world):
    return written(world.account, number="INV-2026-000001", open_minor=10_000)


def written(account, lines=1, **fields):
    """An invoice as its verbs would leave it, of 100.00 a line."""
    total = 10_000 * lines
    about = {"account": account, "account_name": account.name, "tax_number": "123-456-789", "bill_to": PLACE}
    sums = {"subtotal_minor": total, "total_minor": total, "open_minor": total, "tax_included_minor": 1_071 * lines}
    days = {"issued_on": date(2026, 11, 2), "due_on": date(2026, 12, 2), "created_at": AT}
    made = make.row(Invoice, **about | sums | days | {"currency": account.currency, "taxes": [VAT]} | fields)
    for position in range(1, lines + 1):
        make.row(
            InvoiceLine, invoice=made, position=position, code=f"P{position:03d}", name=f"Rice {position}",
            unit="sack", quantity=2, price_minor=5_000, net_minor=10_000, tax_name="VAT", tax_bp=1_200,
            tax_minor=1_071,
        )  # fmt: skip
    return made


def lines_of(invoice):
    return list(InvoiceLine.select().where(InvoiceLine.invoice == invoice).order_by(InvoiceLine.position))


def printed(invoice, language="en"):
    country = invoice.account.country
    how = payment_methods.offered_for(invoice.currency, country, Money(invoice.open_minor, invoice.currency), "X")
    return press.pdf(documents.invoice_data(invoice, lines_of(invoice), language, how), invoice.created_at)


def test_an_invoice_says_who_owes_what_by_when_and_how_to_pay(spoken, invoice):
    make.company(foot="Salamat po.")
    make.payment_method("qrph", title="QR Ph")
    make.payment_method(title="Bangko ng Bayan")
    text = text_of(printed(invoice)).replace("\xa0", " ")
    for words in (
        "Sales invoice", "INV-2026-000001", "Beatriz Mercado", "123-456-789", "2 Nov 2026", "2 Dec 2026", "₱100.00",
        "2 sack", "12%", "₱89.29", "₱10.71", "Still to pay", "How to pay", "0012-3456-78", "Salamat po.",
        "Page 1 of 1",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(("language", "words"), [("en", "2 Dec 2026"), ("fil", "2 Dis 2026"), ("th", "2 ธ.ค. 2569")])
def test_each_language_prints_its_own_calendar_and_both_signs_of_money(spoken, world, language, words):
    thai = make.account("ครัวคุณแม่ บางจาก", currency="THB", country="TH")
    invoice = written(thai, number="INV-2026-000002")
    make.payment_method("promptpay", "THB")
    text = text_of(printed(invoice, language)).replace("\xa0", " ")
    assert words in text
    assert "฿100.00" in text
    assert "081 555 0100" in text


def test_the_code_on_the_paper_is_the_code_that_was_checked(spoken, invoice):
    make.payment_method("qrph")
    how = payment_methods.offered_for("PHP", "PH", Money(10_000, "PHP"), invoice.number)
    data = documents.invoice_data(invoice, lines_of(invoice), "en", how)
    assert data["pay"]["methods"][0]["svg"].startswith("<svg ")
    assert payment_codes.money_of(how[0].payload) == Money(10_000, "PHP")


def test_a_paid_invoice_asks_for_nothing(spoken, world):
    make.payment_method()
    text = text_of(printed(written(world.account, number="INV-1", open_minor=0)))
    assert "Nothing is left to pay" in text
    assert "How to pay" not in text


def test_what_was_paid_in_part_is_taken_off_and_the_code_asks_for_the_rest(spoken, world):
    invoice = written(world.account, lines=2, number="INV-1", open_minor=7_550)
    make.payment_method("qrph")
    text = text_of(printed(invoice)).replace("\xa0", " ")
    assert "Paid or credited" in text
    assert text.count("₱75.50") == 2


def test_without_a_way_to_pay_the_paper_says_whom_to_ask(spoken, invoice):
    assert "Ask us how to pay" in text_of(printed(invoice))


def test_amounts_that_do_not_add_up_are_never_printed(spoken, world):
    for wrong in ({"total_minor": 9_999}, {"subtotal_minor": 10_001}, {"freight_minor": 1}, {"tax_minor": 5}):
        invoice = written(world.account, number=f"INV-{wrong}"[:30], **wrong)
        with pytest.raises(press.Jammed):
            printed(invoice)


@given(orders=st.lists(st.integers(1, 10**9), min_size=1, max_size=6), freight=st.integers(0, 10**7))
def test_what_is_printed_adds_up_to_the_cent(orders, freight):
    net = sum(orders)
    lines = [SimpleNamespace(kind="goods", net_minor=minor) for minor in orders]
    document = SimpleNamespace(
        number="X", ref=Ref("invoice", 1), currency="PHP", subtotal_minor=net, discount_minor=0, tax_minor=0,
        freight_minor=freight, rounding_minor=0, total_minor=net + freight,
    )  # fmt: skip
    paper = SimpleNamespace(say=str, money=lambda minor, currency: minor)
    parts, (_, total) = papers.sums_of(paper, document, lines)
    assert sum(minor for _, minor in parts) == total == net + freight


def test_a_long_invoice_goes_over_pages_and_loses_no_line(spoken, world):
    made = printed(written(world.account, lines=120, number="INV-1"))
    text = text_of(made)
    assert pages_of(made) >= 4
    assert [n for n in range(1, 121) if f"P{n:03d}" not in text] == []
    assert text.count("Description") >= pages_of(made) - 1


def test_a_credit_note_names_the_invoice_it_takes_back_and_why(spoken, invoice):
    about = {"kind": "credit_note", "credits": invoice, "reason": "Wet sacks", "open_minor": 2_550}
    note = written(invoice.account, number="CN-2026-000001", **about)
    text = text_of(printed(note))
    for words in ("Credit note", "CN-2026-000001", "INV-2026-000001", "Reason: Wet sacks", "₱74.50", "₱25.50"):
        assert words in text
    assert "How to pay" not in text
    assert "Due" not in text


def test_a_delivery_note_counts_pieces_and_names_no_price(spoken, world):
    rice = make.product("RICE", name="Sinandomeng rice")
    order = make.order(world.account, (rice, 10), ship_to=PLACE)
    shipment = make.row(Shipment, order=order, carrier="Lalamove", tracking_number="LM-77", shipped_at=AT)
    part = make.row(ShipmentLine, shipment=shipment, line=order.lines[0], quantity=4)
    text = text_of(press.pdf(documents.delivery_note_data(shipment, order, [part], "en"), AT)).replace("\xa0", " ")
    for words in ("Delivery note", shipment.number, "Sinandomeng rice", "10 piece", "4 piece", "Lalamove", "LM-77"):
        assert words in text, words
    assert "Received by, date, signature" in text
    assert "₱" not in text


def statement(**fields):
    row = {"day": date(2026, 11, 2), "kind": "invoice", "number": "INV-2026-000001", "reference": "SO-000001"}
    row |= {"due_on": date(2026, 12, 2), "minor": 10_000, "balance_minor": 12_000}
    paid = row | {"kind": "payment", "number": "", "id": 1, "due_on": None, "minor": -4_000, "balance_minor": 8_000}
    about = {"currency": "PHP", "first": date(2026, 11, 1), "last": date(2026, 11, 30), "opening_minor": 2_000}
    ages = {"current": 6_000, "to_30": 2_000, "to_60": 0, "to_90": 0, "older": 0, "credit": 0}
    about |= {"rows": [SimpleNamespace(**row), SimpleNamespace(**paid)], "ages": ages, "closing_minor": 8_000}
    return SimpleNamespace(**about | fields)


def test_a_statement_runs_from_balance_to_balance_and_tells_the_age_of_debts(spoken, world):
    make.payment_method()
    how = payment_methods.offered_for("PHP", "PH", Money(8_000, "PHP"), "ACC")
    data = documents.statement_data(world.account, statement(), "en", how)
    text = text_of(press.pdf(data, datetime(2026, 11, 30))).replace("\xa0", " ")
    for words in (
        "Statement of account", "1 Nov 2026 – 30 Nov 2026", "Owed before", "₱20.00", "Invoice INV-2026-000001",
        "Payment PAY-000001", "−₱40.00", "You owe", "₱80.00", "How old it is", "₱60.00", "How to pay",
    ):  # fmt: skip
        assert words in text, words


def test_a_statement_of_credit_asks_for_nothing(spoken, world):
    text = text_of(press.pdf(documents.statement_data(world.account, statement(closing_minor=-500), "th"), AT))
    assert "We owe you" in text or "฿" not in text
    assert "₱5.00" in text
