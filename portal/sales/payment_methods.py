"""Payment methods: where customers send their money, and the code that fills in amount and number for them."""

import re
from typing import NamedTuple

import peewee
import phonenumbers

from portal import audit, store, values
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import employees, policy
from portal.sales import payment_codes

KINDS = ("promptpay", "qrph", "bank")
CURRENCY = {"promptpay": "THB", "qrph": "PHP"}  # what the two schemes move
HOME = {"promptpay": "TH", "qrph": "PH"}  # whose banks' apps read the codes
PAYEE = ("kind", "promptpay_id", "biller_id", "code", "bank", "account_name", "account_number", "swift")
ADMINS = frozenset(policy.ADMINS)
BIC = re.compile(r"[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}([A-Z0-9]{3})?")  # ISO 9362
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")  # ISO 13616

policy.allow("payment_methods.see", policy.MANAGERS)
policy.allow("payment_methods.edit", policy.ADMINS)

FIELDS = Table(
    "payment_method",
    Field("title", "text", EVERYONE, ADMINS, longest=80, is_required=True),
    Field("kind", "choice", EVERYONE, ADMINS, filter=True, choices=KINDS, is_required=True),
    Field("currency", "currency", EVERYONE, ADMINS, filter=True, is_required=True),
    Field("promptpay_id", "text", EVERYONE, ADMINS, longest=40),
    Field("biller_id", "text", EVERYONE, ADMINS, longest=40),
    Field("code", "words", EVERYONE, ADMINS, longest=600, listed=False),
    Field("bank", "text", EVERYONE, ADMINS, longest=120),
    Field("account_name", "text", EVERYONE, ADMINS, longest=120),
    Field("account_number", "text", EVERYONE, ADMINS, longest=40),
    Field("swift", "text", EVERYONE, ADMINS, longest=11),
    Field("city", "text", EVERYONE, ADMINS, longest=60),
    Field("words", "words", EVERYONE, ADMINS, longest=400, listed=False),
    Field("position", "number", STAFF, ADMINS),
    Field("is_active", "yes", STAFF, ADMINS),
)


class Instruction(NamedTuple):
    """How to pay one bill by one method: `payload` is the text of its QR code, "" when there is none."""

    method: object
    money: values.Money
    reference: str
    payload: str


class PaymentMethod(store.Versioned):
    """One place to pay to. Papers show what stands here on the day they are printed, not a copy."""

    title = peewee.CharField(max_length=80)
    kind = peewee.CharField(max_length=10)
    currency = peewee.CharField(max_length=3)
    promptpay_id = peewee.CharField(max_length=40, default="")  # mobile number, tax or national ID, e-wallet
    biller_id = peewee.CharField(max_length=40, default="")  # PromptPay bill payment: the bank passes the number on
    code = peewee.TextField(default="")  # QR Ph: the text of the shop's own code, as its bank gave it
    bank = peewee.CharField(max_length=120, default="")
    account_name = peewee.CharField(max_length=120, default="")
    account_number = peewee.CharField(max_length=40, default="")
    swift = peewee.CharField(max_length=11, default="")
    city = peewee.CharField(max_length=60, default="")  # of the account, as QR Ph asks
    words = peewee.TextField(default="")  # a note for who pays
    position = peewee.IntegerField(default=1)
    is_active = peewee.BooleanField(default=True)

    @classmethod
    def visible_to(cls, actor):
        """Staff see every method; customers those in use, on their papers."""
        return cls.select() if actor.is_staff or actor.is_system else cls.in_use()

    @classmethod
    def in_use(cls):
        return cls.select().where(cls.is_active).order_by(cls.position, cls.id)

    @classmethod
    def offered(cls, currency, country):
        """The methods for a bill in this currency to a customer of this country, best first; one query.

        Codes go only to people whose banks read them. When nothing is left, any account that money from abroad
        reaches (one with a SWIFT code) will do.
        """
        rows = list(cls.in_use())
        fitting = [m for m in rows if m.currency == currency and HOME.get(m.kind, country) == country]
        return fitting or [m for m in rows if m.kind == "bank" and m.swift]

    def instruct(self, money, number):
        """The Instruction for one bill; without a code when the amount or the number does not fit into one."""
        payload = ""
        if money.minor > 0 and money.currency == self.currency and self.kind != "bank":
            try:
                payload = self._payload(money, number)
            except Invalid:
                payload = ""
        return Instruction(self, money, number, payload)

    def _payload(self, money, number):
        if self.kind == "promptpay":
            if self.biller_id:
                return payment_codes.promptpay_bill(self.biller_id, payment_codes.bill_reference(number), money=money)
            return payment_codes.promptpay(self.promptpay_id, money)
        if self.code:
            return payment_codes.for_bill(self.code, money, number)
        bank, account = self.swift.ljust(11, "X"), _figures(self.account_number)
        return payment_codes.qrph(bank, account, self.account_name, self.city, money, number)

    @classmethod
    def add(cls, *, by, now=None, **given):
        """A new way to pay. Raises Invalid by field: field-needed, currency-of-scheme, promptpay-id-malformed,
        thai-id-wrong, biller-id-malformed, payment-code-broken, payment-code-other, swift-malformed, iban-wrong."""
        FIELDS.check(by, given)
        clean = _clean({"title": "", "kind": ""} | given)
        with audit.change(by, "payment_method.added", now=now) as change:
            method = change.create(cls, **clean)
            method._warn(change, [(name, None, getattr(method, name)) for name in PAYEE if getattr(method, name)])
        return method

    def edit(self, *, by, version, now=None, **given):
        """Change it, for every paper that is printed from now on. Raises Stale, Invalid as `add`."""
        FIELDS.check(by, given)
        clean = _clean({name: getattr(self, name) for name in FIELDS.fields} | given)
        with audit.change(by, "payment_method.changed", self, now=now) as change:
            changes = change.update(self, version=version, **clean)
            self._warn(change, [(name, *changes[name]) for name in PAYEE if name in changes])
        return self

    def _warn(self, change, changes):
        """Tell every admin, also the one who did it, that money goes elsewhere: a thief would do it in his name."""
        if changes:
            told = [{"field": name, "old": old or "", "new": new or ""} for name, old, new in changes]
            people = [admin.recipient for admin in employees.admins()]
            about = {"title": self.title, "number": self.number, "by": change.by.name, "changes": told}
            change.tell(people, "payment_method_changed", **about)


def offered_for(currency, country, money, number):
    """Instructions of every method that fits a bill; none when nothing is owed."""
    return [method.instruct(money, number) for method in PaymentMethod.offered(currency, country)]


def _clean(given):
    clean = FIELDS.clean(given)
    clean["position"] = clean.get("position") or 1
    for name in ("account_number", "swift", "promptpay_id", "biller_id"):
        clean[name] = clean.get(name, "").upper() if name != "promptpay_id" else clean.get(name, "")
    clean["swift"] = clean["swift"].replace(" ", "")
    clean["code"] = clean.get("code", "").strip()
    problems = {}
    if clean.get("currency") != CURRENCY.get(clean["kind"], clean.get("currency")):
        problems["currency"] = ("currency-of-scheme", {"currency": CURRENCY[clean["kind"]]})
    problems |= _CHECKS[clean["kind"]](clean)
    if clean["swift"] and not _is_bic(clean["swift"]):
        problems["swift"] = "swift-malformed"
    number = _figures(clean["account_number"])
    if IBAN.fullmatch(number) and not _is_iban(number):
        problems["account_number"] = "iban-wrong"
    if problems:
        raise Invalid(**problems)
    return clean


def _promptpay_problems(clean):
    if clean["biller_id"]:
        clean["biller_id"] = digits = _figures(clean["biller_id"])
        sound = re.fullmatch(r"[0-9]{15}", digits) and values.is_thai_id(digits[:13])
        return {} if sound else {"biller_id": "biller-id-malformed"}
    if not clean["promptpay_id"]:
        return {"promptpay_id": "field-needed"}
    try:
        tag, digits = payment_codes.promptpay_proxy(clean["promptpay_id"])
    except Invalid as refusal:
        return refusal.problems
    return {"promptpay_id": "thai-id-wrong"} if tag == "02" and not values.is_thai_id(digits) else {}


def _qrph_problems(clean):
    if clean["code"]:
        try:
            scheme = payment_codes.scheme(clean["code"])
        except Invalid as refusal:
            return refusal.problems
        return {} if scheme.startswith("qrph") else {"code": "payment-code-other"}
    names = ("account_name", "account_number", "swift", "city")
    missing = {name: "field-needed" for name in names if not clean.get(name)}
    for name in ("account_name", "city"):
        if clean.get(name) and not payment_codes.plain(clean[name], 25):
            missing[name] = "payment-code-name"
    return missing


def _bank_problems(clean):
    return {name: "field-needed" for name in ("bank", "account_name", "account_number") if not clean.get(name)}


_CHECKS = {"promptpay": _promptpay_problems, "qrph": _qrph_problems, "bank": _bank_problems}


def _figures(number):
    """A number without the blanks and dashes that people read it by."""
    return re.sub(r"[\s-]", "", number)


def _is_bic(text):
    found = BIC.fullmatch(text)
    return bool(found) and found[1] in phonenumbers.SUPPORTED_REGIONS


def _is_iban(text):
    """The check digits of an account number (ISO 7064, modulo 97): GB82 WEST 1234 5698 7654 32 leaves 1."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1
