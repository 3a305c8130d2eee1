"""Payment codes against the examples that their standards and banks publish; nothing changed on the way passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.sales import payment_codes as codes
from portal.values import Money

# EMVCo, "QR Code Specification for Payment Systems (EMV QRCPS), Merchant-Presented Mode": the worked example.
EMVCO = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
    "6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME"
    "91320016A0112233449988770708123456786304A13A"
)
# PayMongo, API reference "QR Transfer Resource": a QR Ph transfer, written out object by object.
QRPH = (
    "00020101021227770012com.p2pqrpay0111PAEYPHM2XXX02089996440304129858893861530514+63-99137298615204601653036085406"
    "123.455802PH5913ENG-19818-ged6006Manila62980012com.p2pqrpay0103***0214+63-99137298620303***0408LOYALTY1"
    "0506test120605cust10708123456780803***6304ED03"
)
# PayMongo, API reference "Execute a transfer from a QR": a reusable QR Ph code with fields left to the payer.
QRPH_REUSABLE = (
    "00020101021127580012com.p2pqrpay0111SRCPPHM2XXX0208999644030411092661440425204601653036085802PH5905Miaaa6006Laguna"
    "6104402862570008102320230203***0403***0508102320230708123456780803***6304C369"
)
# Test data of a wallet's reader of QR Ph: the reusable merchant code of a chain of stores, and one with an amount.
MERCHANT = (
    "00020101021128620011ph.ppmi.p2m0111GXCHPHM2XXX032121702000005469871609905030005204581453036085802PH"
    "5917S and R MBTC 91826006Taguig6104163062650012ph.ppmi.qrph0308SRSU002005212170500000669901340940708GEN00351"
    "63049EE7"
)
MERCHANT_ONCE = (
    "00020101021228500011ph.ppmi.p2m0111PAPHPHM1XXX0309102140529050331052047299530360854041.005802PH5903Rui6006Manila"
    "62440014com.paymaya.qr052228oYUr47CjKVCKh57wfb3s6304C116"
)
# The tests of promptpay-qr, the library that most Thai shops' codes come from (country before currency).
PROMPTPAY = {
    "0801234567": "00020101021129370016A000000677010111011300668012345675802TH530376463046197",
    "+66-89-123-4567": "00020101021129370016A000000677010111011300668912345675802TH5303764630429C1",
    "1-1111-11111-11-1": "00020101021129370016A000000677010111021311111111111115802TH530376463047B5A",
    "0123456789012": "00020101021129370016A000000677010111021301234567890125802TH530376463040CBD",
}
PROMPTPAY_422 = "00020101021229370016A000000677010111011300660000000005802TH530376454044.226304E469"
# The tests of ThaiQRPromptPay for Java: bill payments, field by field with their checksums.
BILL = "00020101021130530016A00000067701011201130000000000001020412340304234553037645802TH6304E5DA"
BILL_ONE = "00020101021130490016A0000006770101120113000000000000102081269874153037645802TH63045A34"
PUBLISHED = [EMVCO, QRPH, QRPH_REUSABLE, MERCHANT, MERCHANT_ONCE, *PROMPTPAY.values(), PROMPTPAY_422, BILL, BILL_ONE]


def test_the_checksum_is_the_published_one():
    assert codes.crc("123456789") == "29B1"  # the check value of CRC-16/CCITT-FALSE
    assert codes.crc(EMVCO[:-4]) == "A13A"


@pytest.mark.parametrize("payload", PUBLISHED)
def test_every_published_example_is_read_and_written_again_to_the_letter(payload):
    assert codes.encode(codes.parse(payload)) == payload


def test_the_example_of_emvco_reads_as_its_table_says():
    parts = codes.parse(EMVCO)
    assert codes.found(parts, "59") == "BEST TRANSPORT"
    assert codes.found(parts, "29", "05") == "A93FO3230Q"
    assert codes.found(parts, "64", "01") == "最佳运输"
    assert codes.found(parts, "62", "07") == "A6008667"
    assert codes.found(parts, "80") == codes.found(parts, "59", "01") == ""


@pytest.mark.parametrize(("proxy", "payload"), PROMPTPAY.items())
def test_promptpay_says_what_the_published_codes_say(proxy, payload):
    assert sorted(codes.parse(codes.promptpay(proxy))) == sorted(codes.parse(payload))
    assert codes.scheme(payload) == "promptpay"


def test_promptpay_with_an_amount_is_good_once():
    made = codes.promptpay("000-000-0000", Money(422, "THB"))
    assert sorted(codes.parse(made)) == sorted(codes.parse(PROMPTPAY_422))
    assert codes.money_of(made) == codes.money_of(PROMPTPAY_422) == Money(422, "THB")


def test_an_e_wallet_stands_under_its_own_tag():
    assert codes.found(codes.parse(codes.promptpay("012345678901234")), "29", "03") == "012345678901234"


def test_bill_payments_are_the_published_ones():
    assert codes.promptpay_bill("0000000000001", "1234", "2345") == BILL
    assert codes.promptpay_bill("0000000000001", "12698741") == BILL_ONE
    assert codes.scheme(BILL) == "promptpay_bill"


def test_qr_ph_is_the_published_one_but_for_what_we_leave_out():
    made = codes.qrph(
        "PAEYPHM2XXX", "985889386153", "ENG-19818-ged", "Manila", Money(12_345, "PHP"), mobile="+63-9913729861"
    )
    published = [part for part in codes.parse(QRPH) if part[0] != "62"]
    assert codes.parse(made) == published
    named = codes.parse(
        codes.qrph("PAEYPHM2XXX", "985889386153", "ENG", "Manila", Money(1, "PHP"), "INV-2026-000001")
    )
    assert codes.found(named, "62", "01") == "INV-2026-000001"


def test_qr_ph_of_a_merchant_is_the_published_one_but_for_the_wallets_own_data():
    made = codes.qrph_merchant("PAPHPHM1XXX", "102140529", "7299", "310", "Rui", "Manila", Money(100, "PHP"))
    assert codes.parse(made) == [part for part in codes.parse(MERCHANT_ONCE) if part[0] != "62"]
    assert codes.scheme(made) == codes.scheme(MERCHANT) == "qrph_merchant"


def test_a_shops_own_code_takes_amount_and_number_of_a_bill():
    made = codes.parse(codes.for_bill(MERCHANT, Money(1_864_000, "PHP"), "INV-2026-000007"))
    assert codes.found(made, "01") == "12"
    assert codes.found(made, "54") == "18640.00"
    assert codes.found(made, "62", "01") == "INV-2026-000007"
    assert codes.found(made, "62", "05") == "217050000066990134094"
    assert codes.found(made, "28") == codes.found(codes.parse(MERCHANT), "28")
    bare = codes.qrph("SUKIPHMMXXX", "1234", "Nena", "Manila")
    assert codes.found(codes.parse(codes.for_bill(bare, Money(100, "PHP"), "INV-1")), "62", "00") == "com.p2pqrpay"
    with pytest.raises(Invalid, match="payment-code-currency"):
        codes.for_bill(MERCHANT, Money(100, "THB"), "INV-2026-000007")


def test_names_are_made_plain_and_one_without_letters_is_refused():
    assert codes.plain("Señor Peña’s\nTindahan", 25) == "Senor Pena's Tindahan"
    with pytest.raises(Invalid, match="payment-code-name"):
        codes.qrph("BNORPHMMXXX", "1", "ครัวคุณแม่", "Manila")


def test_the_number_of_a_paper_becomes_a_bill_reference():
    assert codes.bill_reference("INV-2026-000001") == "INV2026000001"


@pytest.mark.parametrize("money", [Money(0, "THB"), Money(-1, "THB"), Money(10**14, "THB"), Money(100, "PHP")])
def test_amounts_that_no_code_can_carry_are_refused(money):
    with pytest.raises(Invalid):
        codes.promptpay("0801234567", money)


@pytest.mark.parametrize("proxy", ["", "081", "08012345678", "no number", "12345678901234", "+63 917 555 0142"])
def test_a_promptpay_id_that_is_none_is_refused(proxy):
    with pytest.raises(Invalid, match="promptpay-id-malformed"):
        codes.promptpay(proxy)


@pytest.mark.parametrize(
    "payload", ["", "6304", "00020163041234", "hello", "0002", EMVCO[:-1], EMVCO + "0", "9" * 40]
)
def test_what_is_no_code_is_refused(payload):
    with pytest.raises(Invalid, match="payment-code-broken"):
        codes.parse(payload)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
LEAVES = st.tuples(st.sampled_from(["02", "15", "52", "54", "59", "60", "61"]), TEXTS)
INNER = st.lists(st.tuples(st.sampled_from(["01", "02", "03", "04", "05"]), TEXTS), min_size=1, max_size=4)
NESTED = st.tuples(st.sampled_from(["27", "28", "29", "30", "62", "80"]), INNER)


@given(st.lists(st.one_of(LEAVES, NESTED), max_size=6))
def test_what_is_written_is_read_again(parts):
    parts = [("00", "01"), *parts]
    assert codes.parse(codes.encode(parts)) == parts


@given(st.sampled_from(PUBLISHED), st.data())
def test_one_changed_character_is_noticed(payload, data):
    place = data.draw(st.integers(0, len(payload) - 1))
    letter = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != payload[place]))
    with pytest.raises(Invalid, match="payment-code-broken"):
        codes.parse(payload[:place] + letter + payload[place + 1 :])


@given(st.integers(1, 999_999_999_999), st.sampled_from(["THB", "PHP"]))
def test_the_amount_comes_back_to_the_cent(minor, currency):
    money = Money(minor, currency)
    made = (
        codes.promptpay("0801234567", money) if currency == "THB" else codes.qrph("B", "1", "Nena", "Manila", money)
    )
    assert codes.money_of(made) == money
