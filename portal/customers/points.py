"""Points: the further e-mail addresses, numbers, profiles and messengers of an account or a person."""

import peewee

from portal import audit, masking, store
from portal.customers import field_rules, handles, notices
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.errors import Invalid
from portal.fields import BUYERS, EVERYONE, STAFF, Field, Table

MAIN = ("email", "phone")  # of these one is the main one, which stands on the record itself
KINDS = (*MAIN, *handles.KINDS)
MOST_POINTS = 20

FIELDS = Table(
    "point",
    Field("kind", "choice", EVERYONE, choices=KINDS),
    Field("email", "email", EVERYONE, STAFF, longest=320, is_required=True),
    Field("phone", "phone", EVERYONE, STAFF | BUYERS, longest=60, is_required=True),
    Field("profile", "text", EVERYONE, STAFF | BUYERS),
    Field("label", "text", EVERYONE, STAFF | BUYERS, longest=40),
    Field("point", "link", EVERYONE, is_required=True),
)


class _Point:
    """One of them: its kind, the value in its one spelling, and what it is for."""

    @property
    def link(self):
        """Where a press on it leads; "" where no browser helps."""
        if self.kind in MAIN:
            return f"tel:{self.value}" if self.kind == "phone" else f"mailto:{self.value}"
        return handles.link(self.kind, self.value)


class ContactPoint(_Point, store.Model):
    """Another way to reach a contact."""

    contact = peewee.ForeignKeyField(Contact)
    kind = peewee.CharField(max_length=10)
    value = peewee.CharField(max_length=320)
    label = peewee.CharField(max_length=40, default="")


class AccountPoint(_Point, store.Model):
    """Another way to reach an account."""

    account = peewee.ForeignKeyField(Account)
    kind = peewee.CharField(max_length=10)
    value = peewee.CharField(max_length=320)
    label = peewee.CharField(max_length=40, default="")


MODELS = {"account": AccountPoint, "contact": ContactPoint}
for noun, model in MODELS.items():  # whoever may not read the main number reads no further one
    masking.guard_by(model, "value", lambda row, noun=noun: f"{noun}.{row.__data__['kind']}")
RECORD_FIELDS = {"account": ACCOUNT_FIELDS, "contact": CONTACT_FIELDS}


def of(record):
    """The further ways to reach an account or contact: e-mails and numbers first."""
    rows = list(_kept(record).order_by(MODELS[record.ref.kind].id))
    return sorted((row for row in rows if row.value), key=lambda row: KINDS.index(row.kind))


def _kept(record):
    model = MODELS[record.ref.kind]
    return model.select().where(getattr(model, record.ref.kind) == record)


def add(record, *, by, kind, value, label=""):
    """Another way to reach this account or person; the first number or e-mail becomes the main one.

    Raises Invalid on "kind", or on "value": what phones, e-mails and handles raise, point-known, point-too-many.
    """
    if kind not in KINDS:
        raise Invalid(kind="choice-unknown")
    label, value = FIELDS["label"].clean(label), _clean(record, kind, value)
    if kind in MAIN and not getattr(record, kind):
        return record.edit(by=by, **{kind: value})
    FIELDS.check(by, [_field(kind)])
    with audit.change(by, f"{record.ref.kind}.edited", record, about=_account(record)) as change:
        _refuse(record, kind, value)
        MODELS[record.ref.kind].create(**{record.ref.kind: record}, kind=kind, value=value, label=label)
        _changed(change, record, kind, None, value)
    return record


def _clean(record, kind, value):
    country = _account(record).country
    if kind not in MAIN:
        return handles.clean(kind, value, country)
    try:
        return FIELDS[kind].clean(value, country)
    except Invalid as fault:
        raise Invalid(value=fault.problems[kind])


def _field(kind):
    return kind if kind in MAIN else "profile"


def _account(record):
    return record if isinstance(record, Account) else record.account


def _refuse(record, kind, value):
    rows = list(_kept(record))
    if (kind in MAIN and value == getattr(record, kind)) or value in [row.value for row in rows if row.kind == kind]:
        raise Invalid(value="point-known")
    if len(rows) >= MOST_POINTS:
        raise Invalid(value=("point-too-many", {"most": MOST_POINTS}))


def drop(record, *, by, point):
    """Forget one of the further ways to reach this account or person (its id). Raises Invalid(point="point-gone")."""
    row = _one(record, point)
    FIELDS.check(by, [_field(row.kind)])
    with audit.change(by, f"{record.ref.kind}.edited", record, about=_account(record)) as change:
        change.guard(type(row).delete().where(type(row).id == row.id), Invalid(point="point-gone"))
        _changed(change, record, row.kind, row.value, None)
    return record


def prefer(record, *, by, point):
    """Make one of the further numbers or e-mails the main one; the main one takes its place.

    Raises Invalid(point="point-gone", or "point-not-main" for a profile).
    """
    row = _one(record, point)
    if row.kind not in MAIN:
        raise Invalid(point="point-not-main")
    FIELDS.check(by, [row.kind])
    field_rules.check(by, record, {row.kind: row.value})
    main, model = getattr(record, row.kind), type(row)
    swap = model.update(value=main, label="") if main else model.delete()
    with audit.change(by, f"{record.ref.kind}.edited", record, about=_account(record)) as change:
        change.guard(swap.where(model.id == row.id), Invalid(point="point-gone"))
        change.update(record, **{row.kind: row.value})
        _changed(change, record, row.kind, main, row.value, is_recorded=True)
    return record


def _one(record, number):
    number, model = FIELDS["point"].clean(number), MODELS[record.ref.kind]
    row = _kept(record).where(model.id == number).first()
    if row is None:
        raise Invalid(point="point-gone")
    return row


def _changed(change, record, kind, old, new, is_recorded=False):
    """Note it, find the record by it, and tell; profiles are told by the name of their network."""
    told = (kind, old, new)
    if kind not in MAIN:
        told = ("profile", *(value and f"{TITLES[kind]}: {value}" for value in (old, new)))
    if not is_recorded:
        change.record(*told)
    record.index()
    about = {"record": _person(record), "changes": [told]}
    notices.tell_changed(change, _account(record), RECORD_FIELDS[record.ref.kind], {}, **about)


def _person(record):
    return record if isinstance(record, Contact) else None


TITLES = {
    "linkedin": "LinkedIn", "facebook": "Facebook", "instagram": "Instagram", "x": "X", "tiktok": "TikTok",
    "youtube": "YouTube", "line": "LINE", "viber": "Viber", "whatsapp": "WhatsApp", "telegram": "Telegram",
    "wechat": "WeChat", "website": "Website", "other": "Other",
}  # fmt: skip
