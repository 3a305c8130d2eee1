"""Payment codes: what a bank's app reads from the QR beside an amount. Texts in, texts out; nothing is stored here.

The grammar is EMVCo's "QR Code Specification for Payment Systems, Merchant-Presented Mode" 1.1: objects of a
two-digit tag, a two-digit length in characters and a value, closed by a checksum. On it stand the Thai QR Payment
Standard of the Bank of Thailand (PromptPay) and QR Ph, the National QR Code Standard of the Philippines (BSP Circular
1055).
"""

import re
import unicodedata

from portal import values
from portal.errors import Invalid

REUSABLE, ONCE = "11", "12"
NUMBERS = {"PHP": "608", "THB": "764"}  # ISO 4217
PROMPTPAY_TRANSFER, PROMPTPAY_BILL = "A000000677010111", "A000000677010112"
QRPH_TRANSFER, QRPH_MERCHANT, QRPH_DETAILS = "com.p2pqrpay", "ph.ppmi.p2m", "ph.ppmi.qrph"
INSTAPAY = "99964403"  # the payment type of a transfer through InstaPay
PERSON_TO_PERSON = "6016"  # the category of an account that is not a merchant's
LONGEST_VALUE, LONGEST_AMOUNT, LONGEST_NAME, LONGEST_CITY, LONGEST_REFERENCE = 99, 13, 25, 15, 25
LONGEST_BILL_REFERENCE = 20
# Tags whose value is made of objects again: at the top, and within the additional data (62).
TEMPLATES = frozenset(f"{n:02d}" for n in (*range(26, 52), 62, 64, *range(80, 100)))
INNER_TEMPLATES = frozenset(f"{n:02d}" for n in range(50, 100))
_CLOSING = re.compile(r"6304([0-9A-F]{4})$")


def crc(text):
    """The checksum over a payload up to and with its "6304": CRC-16/CCITT-FALSE of the UTF-8 bytes, in hexadecimal.

    crc("123456789") == "29B1".
    """
    value = 0xFFFF
    for byte in text.encode():
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
        value &= 0xFFFF
    return f"{value:04X}"


def encode(parts):
    """The payload of [(tag, text or inner parts)], checksum added.

    encode([("00", "01")]) == "0002016304" + crc("0002016304"). Raises Invalid: payment-code-too-long on "code".
    """
    text = _objects(parts) + "6304"
    return text + crc(text)


def _objects(parts):
    return "".join(_object(tag, value) for tag, value in parts)


def _object(tag, value):
    text = value if isinstance(value, str) else _objects(value)
    if not 0 < len(text) <= LONGEST_VALUE:
        raise Invalid(code="payment-code-too-long")
    return f"{tag}{len(text):02d}{text}"


def parse(payload):
    """[(tag, text or inner parts)] of a payload without its checksum, so that `encode` gives the payload again.

    Raises Invalid: payment-code-broken on "code", also when a single character was changed on the way.
    """
    payload = payload.strip()
    closing = _CLOSING.search(payload)
    if not closing or crc(payload[:-4]) != closing[1]:
        raise Invalid(code="payment-code-broken")
    parts = _parts(payload[:-8], TEMPLATES)
    if not parts or parts[0] != ("00", "01"):
        raise Invalid(code="payment-code-broken")
    return parts


def _parts(text, templates):
    """The objects of a text, or None when it is no row of objects."""
    parts = []
    while text:
        tag, length, rest = text[:2], text[2:4], text[4:]
        if not (len(length) == 2 and (tag + length).isascii() and (tag + length).isdigit()):
            return None
        value, text = rest[: int(length)], rest[int(length) :]
        if not value or len(value) != int(length):
            return None
        inner = _parts(value, INNER_TEMPLATES) if tag in templates else None
        parts.append((tag, inner or value))
    return parts


def found(parts, *tags):
    """What stands under a tag, or under tags inside each other; "" when nothing does."""
    for tag in tags:
        parts = dict(parts).get(tag, "") if not isinstance(parts, str) else ""
    return parts


def amount(money):
    """An amount as codes hold it: 1234.50, at most 13 signs. Raises Invalid: payment-code-amount on "amount"."""
    text = str(money.decimal)
    if money.minor <= 0 or len(text) > LONGEST_AMOUNT:
        raise Invalid(amount="payment-code-amount")
    return text


def plain(text, longest):
    """Text in the letters that every bank's app can read (ASCII), cut to `longest`; "" when none are left.

    plain("Señor Peña’s", 25) == "Senor Pena's".
    """
    text = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", re.sub(r"[^ -~]", " ", text)).strip()[:longest].strip()


def bill_reference(number):
    """The number of a paper as bill payments take it, letters and figures only: INV-2026-000001 → INV2026000001."""
    return re.sub(r"[^A-Z0-9]", "", number.upper())[:LONGEST_BILL_REFERENCE]


def _start(money):
    return [("00", "01"), ("01", ONCE if money else REUSABLE)]


def _amount_part(money, currency):
    if money is not None and money.currency != currency:
        raise Invalid(amount="payment-code-currency")
    return [("53", NUMBERS[currency]), *([("54", amount(money))] if money is not None else [])]


# PromptPay


def promptpay_proxy(text):
    """(tag, value) of a PromptPay ID as it is written: a Thai mobile number, a 13-digit ID, a 15-digit e-wallet.

    promptpay_proxy("080-123-4567") == ("01", "0066801234567"). Raises Invalid on "promptpay_id":
    promptpay-id-malformed.
    """
    digits = re.sub(r"[\s().-]", "", text or "")
    if re.fullmatch(r"(0|\+?66)\d{9}", digits):
        return "01", "0066" + digits[-9:]
    if re.fullmatch(r"\d{13}", digits):
        return "02", digits
    if re.fullmatch(r"\d{15}", digits):
        return "03", digits
    raise Invalid(promptpay_id="promptpay-id-malformed")


def promptpay(promptpay_id, money=None):
    """A transfer to a PromptPay ID, in baht; without money the payer types the amount and the code is reusable."""
    transfer = [("00", PROMPTPAY_TRANSFER), promptpay_proxy(promptpay_id)]
    return encode([*_start(money), ("29", transfer), *_amount_part(money, "THB"), ("58", "TH")])


def promptpay_bill(biller_id, reference1, reference2="", money=None, terminal=""):
    """A bill payment to a biller (tax ID and two digits), in baht: the bank hands the references to the biller.

    Raises Invalid on "biller_id", "reference1", "reference2": payment-reference-malformed.
    """
    bill = [("00", PROMPTPAY_BILL), ("01", _fits(r"\d{13,15}", "biller_id", biller_id))]
    bill.append(("02", _fits(r"[A-Z0-9]{1,20}", "reference1", reference1)))
    if reference2:
        bill.append(("03", _fits(r"[A-Z0-9]{1,20}", "reference2", reference2)))
    terminal = [("62", [("07", terminal)])] if terminal else []
    return encode([*_start(money), ("30", bill), *_amount_part(money, "THB"), ("58", "TH"), *terminal])


def _fits(pattern, field, text):
    if not re.fullmatch(pattern, text):
        raise Invalid(**{field: "payment-reference-malformed"})
    return text


# QR Ph


def qrph(bank, account, name, city, money=None, bill_number="", mobile=""):
    """A transfer through InstaPay to an account of a bank (its BIC) or an e-wallet, in pesos; tag 27.

    Names and city are made plain. Raises Invalid: payment-code-name on "name" or "city" when no letters are left.
    """
    transfer = [("00", QRPH_TRANSFER), ("01", bank), ("02", INSTAPAY), ("04", account)]
    transfer += [("05", mobile)] if mobile else []
    parts = [("27", transfer), ("52", PERSON_TO_PERSON), *_amount_part(money, "PHP"), ("58", "PH")]
    return encode([*_start(money), *parts, *_place(name, city), *_details(QRPH_TRANSFER, bill_number)])


def qrph_merchant(acquirer, merchant, category, kind, name, city, money=None, bill_number=""):
    """A payment to a merchant of an acquiring bank, in pesos; tag 28. The bank gives number, category and `kind`."""
    payee = [("00", QRPH_MERCHANT), ("01", acquirer), ("03", merchant), ("05", kind)]
    parts = [("28", payee), ("52", category), *_amount_part(money, "PHP"), ("58", "PH")]
    return encode([*_start(money), *parts, *_place(name, city), *_details(QRPH_DETAILS, bill_number)])


def _place(name, city):
    for field, text, longest in (("name", name, LONGEST_NAME), ("city", city, LONGEST_CITY)):
        if not plain(text, longest):
            raise Invalid(**{field: "payment-code-name"})
    return [("59", plain(name, LONGEST_NAME)), ("60", plain(city, LONGEST_CITY))]


def _details(identifier, bill_number):
    number = plain(bill_number, LONGEST_REFERENCE)
    return [("62", [("00", identifier), ("01", number)])] if number else []


def for_bill(payload, money, bill_number=""):
    """A shop's own reusable code, made for one bill: the amount and the number are put in, all else stays.

    Raises Invalid: payment-code-broken on "code", payment-code-currency when the code is for another currency.
    """
    parts = dict(parse(payload))
    if parts.get("53") != NUMBERS.get(money.currency):
        raise Invalid(amount="payment-code-currency")
    parts |= {"01": ONCE, "54": amount(money)}
    number = plain(bill_number, LONGEST_REFERENCE)
    if number:
        details = parts.get("62", "")
        if isinstance(details, str):
            details = [("00", QRPH_TRANSFER if "27" in parts else QRPH_DETAILS)]
        parts["62"] = sorted((dict(details) | {"01": number}).items())
    return encode(sorted(parts.items()))


# What a code says


def scheme(payload):
    """What a code is: "promptpay", "promptpay_bill", "qrph", "qrph_merchant", or "" for another scheme."""
    schemes = {
        PROMPTPAY_TRANSFER: "promptpay", PROMPTPAY_BILL: "promptpay_bill",
        QRPH_TRANSFER: "qrph", QRPH_MERCHANT: "qrph_merchant",
    }  # fmt: skip
    for tag, value in parse(payload):
        if "26" <= tag <= "51" and not isinstance(value, str) and dict(value).get("00") in schemes:
            return schemes[dict(value)["00"]]
    return ""


def money_of(payload):
    """The amount a code asks for as Money, None when the payer types it."""
    parts = dict(parse(payload))
    currency = {number: code for code, number in NUMBERS.items()}.get(parts.get("53"))
    return values.Money.of(parts["54"], currency) if currency and "54" in parts else None
