"""Field rules: which details a customer changes at once, and which we look at first, with proof or without."""

import peewee

from portal import audit, store
from portal.customers.postal import PLACE
from portal.errors import Invalid
from portal.fields import MANAGERS, Field, Table
from portal.people import policy

MODES = ("now", "review", "proof")
LOOKED_AT = ("review", "proof")
# What customers may change at all, by noun. "address" is the place of the usual address for invoices.
OPEN = {
    "account": (
        "name", "legal_name", "tax_number", "phone", "email", "billing_email", "website", "language", "terms_days",
    ),
    "contact": ("name", "title", "phone", "channel", "best_time"),
    "address": ("address",),
}  # fmt: skip
# What holds until an admin says otherwise; the rest is changed at once.
START = {
    ("account", "legal_name"): "proof",
    ("account", "tax_number"): "proof",
    ("account", "billing_email"): "review",
    ("account", "terms_days"): "review",
}
ALWAYS_LOOKED_AT = {("account", "terms_days")}  # nobody gives himself credit

policy.allow("field_rules.see", policy.MANAGERS)
policy.allow("field_rules.arrange", policy.ADMINS)

FIELDS = Table(
    "field_rule",
    Field("noun", read=MANAGERS),
    Field("field", read=MANAGERS),
    Field("mode", "choice", MANAGERS, choices=MODES),
)


class FieldRule(store.Versioned):
    """What an admin decided about one field of a noun."""

    noun = peewee.CharField(max_length=20)
    field = peewee.CharField(max_length=40)
    mode = peewee.CharField(max_length=10)

    class Meta:
        indexes = ((("noun", "field"), True),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the rules, for managers and admins."""
        return cls.select().where(cls.id.is_null(not (actor.is_system or actor.role in policy.MANAGERS)))


def modes():
    """{(noun, field): mode} of everything that customers may change; one query."""
    decided = {(rule.noun, rule.field): rule.mode for rule in FieldRule.select()}
    fields = [(noun, name) for noun, names in OPEN.items() for name in names]
    return {field: decided.get(field) or START.get(field, "now") for field in fields}


def choices(noun, field):
    """The modes that an admin may choose for a field."""
    return tuple(mode for mode in MODES if mode != "now" or (noun, field) not in ALWAYS_LOOKED_AT)


def mode_of(record, name, known):
    """The mode of one field of a record among the `known` ones; None for a field that no customer changes.

    Of an address the place is looked at where invoices go to it; the rest of it is changed at once.
    """
    noun = record.ref.kind
    if noun != "address":
        return known.get((noun, name))
    return known["address", "address"] if name in PLACE and record.is_default_billing else "now"


def check(by, record, changes):
    """Raise Invalid(field="field-looked-at") for what a customer would change directly and has to ask for."""
    if not by.is_customer:
        return
    known = modes()
    asked = [n for n, new in changes.items() if getattr(record, n) != new and mode_of(record, n, known) in LOOKED_AT]
    if asked:
        raise Invalid(**dict.fromkeys(asked, "field-looked-at"))


def arrange(*, by, modes, now=None):
    """Decide about fields: {(noun, field): mode}; each that changes is an event of its own.

    Raises Invalid: choice-unknown on "<noun>_<field>", changed-meanwhile when two admins decide it first at once.
    """
    wrong = [f"{noun}_{field}" for (noun, field), mode in modes.items() if mode not in choices(noun, field)]
    if wrong:
        raise Invalid(**dict.fromkeys(wrong, "choice-unknown"))
    with store.taken(mode="changed-meanwhile"), audit.change(by, "field_rule.set", now=now) as whole:
        there = {(rule.noun, rule.field): rule for rule in FieldRule.select()}
        for (noun, field), mode in modes.items():
            rule = there.get((noun, field))
            with audit.change(by, "field_rule.set", rule, now=whole.now) as change:
                if rule:
                    change.update(rule, mode=mode)
                elif mode != START.get((noun, field), "now"):
                    change.create(FieldRule, noun=noun, field=field, mode=mode)
