"""Charges: tax by product class and country, freight by weight or amount with a threshold for free delivery."""

import re
from decimal import Decimal
from typing import NamedTuple

import peewee

from portal import audit, rows, store, values
from portal.errors import Invalid, NotFound
from portal.fields import MANAGERS, Field, Table
from portal.people import policy
from portal.sales.catalogue import TAX_CLASSES
from portal.values import Money

BASES = ("weight", "amount")
HIGHEST_TAX_BP = 10_000
ADMINS = frozenset(policy.ADMINS)

policy.allow("charges.see", policy.MANAGERS)
policy.allow("charges.edit", policy.ADMINS)

TAX_FIELDS = Table(
    "tax_rate",
    Field("country", "country", MANAGERS, ADMINS, filter=True, is_required=True),
    Field("tax_class", "choice", MANAGERS, ADMINS, choices=TAX_CLASSES, is_required=True),
    Field("name", "text", MANAGERS, ADMINS, longest=40, is_required=True),
    Field("basis_points", "text", MANAGERS, ADMINS, is_required=True),  # typed as per cent
    Field("is_included", "yes", MANAGERS, ADMINS),
)
FREIGHT_FIELDS = Table(
    "freight_rule",
    Field("country", "country", MANAGERS, ADMINS, filter=True, is_required=True),
    Field("currency", "currency", MANAGERS, ADMINS, is_required=True),
    Field("basis", "choice", MANAGERS, ADMINS, choices=BASES, is_required=True),
    Field("from_value", "text", MANAGERS, ADMINS),  # typed in kilograms or major units, kept in grams or minor ones
    Field("fee_minor", "money", MANAGERS, ADMINS, is_required=True),
    Field("free_from_minor", "money", MANAGERS, ADMINS),
)


class _Rule:
    """What tax rates and freight rules share: admins list and edit them; orders keep what they were charged."""

    @classmethod
    def visible_to(cls, actor):
        if actor.is_system or actor.role in policy.MANAGERS:
            return cls.select()
        raise NotFound()

    @classmethod
    def add(cls, *, by, now=None, **given):
        """A new rule. Raises Invalid by field, rule-taken when there is one for the same case."""
        cls.FIELDS.check(by, given)
        with audit.change(by, f"{cls._meta.table_name}.added", now=now) as change, cls._alone():
            return change.create(cls, **cls._cleaned(given))

    def edit(self, *, by, version, now=None, **given):
        """Change a rule. Raises Stale, Invalid as `add`."""
        self.FIELDS.check(by, given)
        with audit.change(by, f"{self.ref.kind}.changed", self, now=now) as change, self._alone():
            change.update(self, version=version, **self._cleaned(given, self))
        return self

    def remove(self, *, by, now=None):
        """Take the rule away: what it covered costs nothing from now on."""
        with audit.change(by, f"{self.ref.kind}.removed", self, now=now) as change:
            change.delete(self)

    @classmethod
    def _alone(cls):
        return store.taken(**{cls._meta.indexes[0][0][-1]: "rule-taken"})


class TaxRate(_Rule, store.Versioned):
    """Tax of one product class in one country; `is_included` when list prices already hold it."""

    FIELDS = TAX_FIELDS

    country = peewee.CharField(max_length=2)
    tax_class = peewee.CharField(max_length=10)
    name = peewee.CharField(max_length=40, default="VAT")
    basis_points = peewee.IntegerField()
    is_included = peewee.BooleanField(default=True)

    class Meta:
        indexes = ((("country", "tax_class"), True),)

    @classmethod
    def in_country(cls, country):
        """{tax class: rate} of a country."""
        return {rate.tax_class: rate for rate in _rates(country)}

    @classmethod
    def _cleaned(cls, given, own=None):
        clean = TAX_FIELDS.clean(given)
        if isinstance(clean.get("basis_points"), str):
            clean["basis_points"] = values.basis_points(clean["basis_points"], "basis_points")
        if not 0 <= clean.get("basis_points", 0) <= HIGHEST_TAX_BP:
            raise Invalid(basis_points="percent-malformed")
        return clean


class FreightRule(_Rule, store.Versioned):
    """Delivery fee within a country from `from_value` on (grams or minor units), free from `free_from_minor`.

    A country and currency go by weight or by amount, never by both.
    """

    FIELDS = FREIGHT_FIELDS

    @property
    def from_text(self):
        """From how many kilograms or which amount on, as it is typed."""
        if self.basis == "weight":
            return f"{self.from_value / 1000:g}"
        return str(Money(self.from_value, self.currency).decimal)

    @property
    def fee(self):
        return Money(self.fee_minor, self.currency)

    @property
    def free_from(self):
        return None if self.free_from_minor is None else Money(self.free_from_minor, self.currency)

    country = peewee.CharField(max_length=2)
    currency = peewee.CharField(max_length=3)
    basis = peewee.CharField(max_length=10, default="weight")
    from_value = peewee.BigIntegerField(default=0)
    fee_minor = peewee.BigIntegerField()
    free_from_minor = peewee.BigIntegerField(null=True)

    class Meta:
        indexes = ((("country", "currency", "basis", "from_value"), True),)

    @classmethod
    def _cleaned(cls, given, own=None):
        currency = (given.get("currency") or getattr(own, "currency", "PHP")).upper()
        clean = FREIGHT_FIELDS.clean(given, currency=currency)
        merged = {name: clean.get(name, getattr(own, name, None)) for name in ("country", "currency", "basis")}
        others = cls.select().where(
            (cls.country == merged["country"]) & (cls.currency == merged["currency"]) & (cls.basis != merged["basis"])
        )
        if others.where(cls.id != (own.id if own else 0)).exists():
            raise Invalid(basis="freight-one-basis")
        if "from_value" in clean:
            clean["from_value"] = _from(clean["from_value"], merged["basis"], currency)
        return clean


def _from(typed, basis, currency):
    """Grams of typed kilograms, or minor units of a typed amount; whole numbers are that already."""
    if isinstance(typed, str):
        typed = _grams(typed) if basis == "weight" else Money.of(typed or 0, currency, field="from_value").minor
    if not 0 <= (typed or 0) <= values.BIGGEST_MINOR:
        raise Invalid(from_value="amount-not-a-number")
    return typed or 0


def _grams(kilograms):
    if not re.fullmatch(r"\d{0,9}([.,]\d{1,3})?", kilograms):
        raise Invalid(from_value="weight-malformed")
    return int(Decimal(kilograms.replace(",", ".") or 0) * 1000)


class Tax(NamedTuple):
    """The tax of one line: the rate in basis points, the amount, and whether the amount is inside the price."""

    basis_points: int
    minor: int
    is_included: bool
    name: str


class Freight(NamedTuple):
    """The delivery fee and why it is that: a message id with parameters."""

    minor: int
    reason: str
    params: dict


PICKED_UP = Freight(0, "freight-picked-up", {})
NOTHING_TO_SEND = Freight(0, "freight-nothing-to-send", {})


def tax(net_minor, rate):
    """The tax of one line, halves away from zero; without a rate there is none.

    Inclusive: 112.00 at 12 % holds 12.00 (11_200 → 1_200). Exclusive: 100.05 at 7 % adds 7.00 (10_005 → 700).
    """
    if rate is None:
        return Tax(0, 0, True, "")
    amount = (values.inside if rate.is_included else values.share)(net_minor, rate.basis_points)
    return Tax(rate.basis_points, amount, rate.is_included, rate.name)


def freight(rules, *, weight_g, goods_minor):
    """The fee for goods of this weight and worth, from the rules of one country and currency.

    The rule with the highest `from_value` that is reached decides. With weight rules from 0 g for 150.00 and from
    20 kg for 350.00, 25 kg worth 4,000.00 cost 350.00; worth 5,000.00 nothing, when 5,000.00 is free.
    """
    reached = [r for r in rules if r.from_value <= (weight_g if r.basis == "weight" else goods_minor)]
    if not reached:
        return Freight(0, "freight-no-rule", {})
    rule = max(reached, key=lambda r: r.from_value)
    if rule.free_from_minor is not None and goods_minor >= rule.free_from_minor:
        return Freight(0, "freight-free", {"free_from_minor": rule.free_from_minor})
    missing = rule.free_from_minor - goods_minor if rule.free_from_minor is not None else None
    if missing is not None and rule.fee_minor:
        return Freight(rule.fee_minor, "freight-free-soon", {"missing_minor": missing})
    return Freight(rule.fee_minor, f"freight-by-{rule.basis}", {})


def freight_rules(country, currency):
    """The rules that decide for one country and currency."""
    return _freight(country, currency)


# Asked for each quote, so made into SQL once.
_rates = rows.Asked(lambda country: TaxRate.select().where(TaxRate.country == country))
_freight = rows.Asked(
    lambda country, currency: FreightRule.select().where(
        (FreightRule.country == country) & (FreightRule.currency == currency)
    )
)
