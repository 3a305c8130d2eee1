"""Where customers send their money: numbers that can be right, and which method a bill offers to whom."""

import pytest

from portal import audit, demo_papers, outbox, values
from portal.activity import inbox
from portal.errors import Invalid, Stale
from portal.sales import payment_codes, payment_methods
from portal.sales.payment_methods import PaymentMethod
from portal.values import Money
from portal.web import mail
from tests import make

BANK = {"title": "Bank", "kind": "bank", "currency": "PHP"}
ACCOUNT = {"bank": "Bangko ng Bayan", "account_name": "Aling Nena Trading", "account_number": "0012-3456-78"}
PROMPTPAY = {"title": "PromptPay", "kind": "promptpay", "currency": "THB"}
QRPH = {"title": "QR Ph", "kind": "qrph", "currency": "PHP"}
STICKER = (  # a reusable merchant code as a bank prints it
    "00020101021128620011ph.ppmi.p2m0111GXCHPHM2XXX032121702000005469871609905030005204581453036085802PH"
    "5917S and R MBTC 91826006Taguig6104163062650012ph.ppmi.qrph0308SRSU002005212170500000669901340940708GEN00351"
    "63049EE7"
)


def test_an_admin_adds_and_changes_a_method_and_the_audit_says_so(world):
    method = PaymentMethod.add(by=world.ada, **BANK | ACCOUNT, is_active=True)
    method.edit(by=world.ada, version=1, title="Bangko ng Bayan", words="Write the number of the invoice.")
    assert [e.event for e in audit.Entry.select()] == ["payment_method.added", "payment_method.changed"]
    with pytest.raises(Stale):
        PaymentMethod.get().edit(by=world.ada, version=1, title="Other")
    for actor in (world.mona, world.rhea, world.carol):
        with pytest.raises(Invalid, match="field-not-yours"):
            method.edit(by=actor, version=2, account_number="999")


@pytest.mark.parametrize(
    ("given", "field", "problem"),
    [
        (BANK, "account_number", "field-needed"),
        (BANK | ACCOUNT | {"swift": "BNORXX"}, "swift", "swift-malformed"),
        (BANK | ACCOUNT | {"swift": "BNORXXMM"}, "swift", "swift-malformed"),
        (BANK | ACCOUNT | {"account_number": "GB82 WEST 1234 5698 7654 33"}, "account_number", "iban-wrong"),
        (PROMPTPAY, "promptpay_id", "field-needed"),
        (PROMPTPAY | {"promptpay_id": "0812"}, "promptpay_id", "promptpay-id-malformed"),
        (PROMPTPAY | {"promptpay_id": "1234567890122"}, "promptpay_id", "thai-id-wrong"),
        (PROMPTPAY | {"biller_id": "123456789012200"}, "biller_id", "biller-id-malformed"),
        (PROMPTPAY | {"promptpay_id": "0815550100", "currency": "PHP"}, "currency", "currency-of-scheme"),
        (QRPH, "swift", "field-needed"),
        (QRPH | {"code": STICKER[:-1] + "8"}, "code", "payment-code-broken"),
        (QRPH | {"code": payment_codes.promptpay("0815550100")}, "code", "payment-code-other"),
        (QRPH | ACCOUNT | {"swift": "BNORPHMM", "city": "กรุงเทพ"}, "city", "payment-code-name"),
        (BANK | ACCOUNT | {"title": ""}, "title", "field-needed"),
        (BANK | ACCOUNT | {"kind": "gold"}, "kind", "choice-unknown"),
    ],
)
def test_what_would_send_money_astray_is_refused_at_its_field(world, given, field, problem):
    with pytest.raises(Invalid) as refusal:
        PaymentMethod.add(by=world.ada, **given)
    assert refusal.value.problems[field][0] == problem
    assert not PaymentMethod.select().exists()


@pytest.mark.parametrize("number", ["GB82 WEST 1234 5698 7654 32", "0012-3456-78", "DE89370400440532013000"])
def test_account_numbers_with_right_check_digits_or_none_are_taken(world, number):
    assert PaymentMethod.add(by=world.ada, **BANK | ACCOUNT | {"account_number": number}).account_number == number


def test_a_bill_offers_the_methods_of_its_currency_that_the_customers_bank_reads(world):
    thai, pesos = make.payment_method("promptpay", "THB"), make.payment_method("qrph")
    bank, abroad = make.payment_method("bank"), make.payment_method("bank", "THB", swift="KASITHBK", position=2)
    make.payment_method("bank", is_active=False)
    assert PaymentMethod.offered("THB", "TH") == [thai, abroad]
    assert PaymentMethod.offered("THB", "PH") == [abroad]
    assert PaymentMethod.offered("PHP", "PH") == [pesos, bank]
    assert PaymentMethod.offered("EUR", "DE") == [abroad]


def test_the_code_of_a_bill_asks_for_its_amount_and_names_its_number(world):
    money = Money(1_864_000, "PHP")
    make.payment_method("qrph")
    make.payment_method("qrph", code=STICKER)
    for paid in payment_methods.offered_for("PHP", "PH", money, "INV-2026-000007"):
        parts = payment_codes.parse(paid.payload)
        assert payment_codes.found(parts, "27", "04") == ("" if paid.method.code else "0012345678")
        assert payment_codes.money_of(paid.payload) == money
        assert payment_codes.found(parts, "62", "01") == paid.reference == "INV-2026-000007"


def test_a_biller_gets_the_number_through_its_bank(world):
    method = make.payment_method("promptpay", "THB", biller_id="123456789012101")
    parts = payment_codes.parse(method.instruct(Money(965_000, "THB"), "INV-2026-000007").payload)
    assert payment_codes.found(parts, "30", "02") == "INV2026000007"


def test_an_amount_that_fits_into_no_code_leaves_the_method_without_one(world):
    method = make.payment_method("promptpay", "THB")
    for minor in (0, -5, 10**14):
        assert method.instruct(Money(minor, "THB"), "INV-2026-000007").payload == ""


def test_the_demo_shop_pays_into_accounts_that_belong_to_nobody(world):
    demo_papers.describe(values.system("demo"), values.now())
    codes = [m.instruct(Money(100, m.currency), "INV-1").payload for m in PaymentMethod.in_use() if m.kind != "bank"]
    assert [payment_codes.scheme(code) for code in codes] == ["qrph", "promptpay"]
    assert payment_codes.found(payment_codes.parse(codes[0]), "27", "04") == "000000000000"
    assert payment_codes.found(payment_codes.parse(codes[1]), "29", "01") == "0066000000000"


def test_every_admin_hears_when_money_goes_elsewhere_also_the_one_who_did_it(world):
    method = PaymentMethod.add(by=world.ada, **BANK | ACCOUNT)
    method.edit(by=world.ada, version=1, account_number="0099-1")
    method.edit(by=world.ada, version=2, words="Thank you")
    rows = list(outbox.Outbox.select().where(outbox.Outbox.channel == "mail"))
    assert [(row.name, row.template) for row in rows] == [("Ada Lim", "payment_method_changed")] * 2
    shop = mail.Shop("Aling Nena", base_url="https://shop.example")
    letter = mail.render(rows[1].template, rows[1].params, inbox.recipient_of(rows[1]), shop, for_staff=True)
    assert "0099-1" in letter.text and "0012-3456-78" in letter.text
    assert f"https://shop.example/staff/settings/payment-methods/{method.number}" in letter.html
