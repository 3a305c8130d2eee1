"""Fields that admins add to a noun: made, worded, put in order, retired and brought back; no value is lost."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

import peewee

from portal import audit, custom, fields, store, values
from portal.activity import file_kinds
from portal.custom import NOUNS, CustomField, CustomValue
from portal.custom_kinds import (
    KINDS,
    LONGEST,
    MEASURED,
    MOST_PLACES,
    RANGED,
    SEARCHED,
    WIDER,
    worded,
)  # fmt: skip
from portal.errors import Invalid
from portal.fields import EVERYONE, sound
from portal.folding import fold
from portal.people import policy

MOST_FIELDS = 100  # of one noun, with those that retired
MOST_OPTIONS = 200
MOST_COUNTED = 10_000
LANGUAGES = ("en", "fil", "th")
TARGETS = ("account", "contact", "product", "order", "employee")
RESERVED = {
    "id", "number", "version", "q", "sort", "columns", "group", "lang", "view", "after", "before", "show", "from",
}  # fmt: skip
LONGEST_KEY = 40
FOUND_BY = ("is_searched", "readers", "options")

FIELDS = fields.Table(
    "custom_field",
    *(fields.Field(name, read=frozenset(policy.ADMINS)) for name in (
        "noun", "key", "kind", "labels", "helps", "section", "options", "is_required", "default", "least", "most",
        "readers", "writers", "shown_if", "shown_for", "is_searched", "retired_at",
    )),
)  # fmt: skip


def _fills(actor, record):
    """Staff any record they see; of customers their own and, as admins, those of their account."""
    is_own = actor.role == "customer_admin" or record.ref.kind != "contact" or actor.contact == record.id
    return actor.is_staff or is_own


policy.allow("custom_fields.arrange", policy.ADMINS)
policy.allow("custom_fields.see", policy.SIGNED_IN)
policy.allow("custom_fields.fill", policy.STAFF, policy.CUSTOMERS, when=_fills)


def make(noun, *, by, kind, labels, now=None, **given):
    """A new field of a noun, there for everybody from now on.

    `labels` and `helps` are {language: text}, `options` [(key or "", {language: word})], `readers` and `writers`
    roles. Raises Invalid by field: choice-unknown, field-needed, custom-too-many, custom-options-needed, and what
    `edit` raises.
    """
    if noun not in NOUNS or kind not in KINDS:
        raise Invalid(kind="choice-unknown")
    if kind == "file" and noun not in file_kinds.kinds:
        raise Invalid(kind="custom-no-files")
    if kind == "record" and given.get("target") not in TARGETS:
        raise Invalid(target="choice-unknown")
    places = given.pop("places", None) or 0
    if not 0 <= places <= MOST_PLACES:
        raise Invalid(places=("number-not-between", {"least": 0, "most": MOST_PLACES}))
    start = {"noun": noun, "kind": kind, "places": places, "target": given.pop("target", "") or ""}
    label = worded(tuple(_words("labels", labels, 80).items()), "en")
    with store.taken(labels="custom-key-taken"), audit.change(by, "custom_field.made", now=now) as change:
        start["key"] = _free_key(noun, label)
        draft = CustomField(**start)
        last = CustomField.select(peewee.fn.MAX(CustomField.rank)).where(CustomField.noun == noun).scalar()
        row = change.create(CustomField, **start, rank=(last or 0) + 1, **_checked(draft, {"labels": labels} | given))
        custom.changed()
    return row


def edit(field, *, by, version=None, now=None, **given):
    """Change what an admin may change of a field; the key and what stands in it stay.

    A kind becomes another only where nothing can be lost. Raises Stale, Invalid by field: field-needed,
    choice-unknown, custom-kind-fixed, custom-option-used, custom-range-reversed, custom-condition-circle, and what
    its kind raises of a default.
    """
    kind = given.pop("kind", None) or field.kind
    if kind != field.kind and WIDER.get(field.kind) != kind:
        raise Invalid(kind="custom-kind-fixed")
    with audit.change(by, "custom_field.changed", field, now=now) as change:
        field.kind, before = kind, field.kind
        checked = _checked(field, given)
        field.kind, options = before, field.as_field().options
        done = change.update(field, version=version, **checked | {"kind": kind} | _found_anew(field, checked))
        if done:
            _refuse_used(field, options)
            custom.changed()
    return field


def _found_anew(field, checked):
    """What the worker has to do where other people, or other words, find the records of a field from now on."""
    is_moved = any(name in checked and checked[name] != getattr(field, name) for name in FOUND_BY)
    is_searched = field.is_searched or checked.get("is_searched", False)
    return {"work": field.work | {"index": 0}} if is_moved and is_searched else {}


def retire(field, *, by, now=None):
    """Take a field off every form and list; what stands in it is kept, and comes back with it."""
    return _set_retired(field, "custom_field.retired", by, now or values.now())


def bring_back(field, *, by):
    """Show a retired field again, with all that stood in it."""
    return _set_retired(field, "custom_field.brought_back", by, None)


def _set_retired(field, event, by, retired_at):
    with audit.change(by, event, field) as change:
        work = {"work": field.work | {"index": 0}} if field.is_searched else {}
        change.update(field, retired_at=retired_at, **work)
        custom.changed()
    return field


def move(field, *, by, up):
    """Let a field change places with the one before it, or the one behind it."""
    with audit.change(by, "custom_field.moved", field) as change:
        rows = list(CustomField.select().where((CustomField.noun == field.noun) & CustomField.retired_at.is_null())
                    .order_by(CustomField.rank, CustomField.id))  # fmt: skip
        place = next((n for n, row in enumerate(rows) if row.id == field.id), None)
        other = None if place is None else place + (-1 if up else 1)
        if other is not None and 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
            for rank, row in enumerate(rows, 1):
                change.update(row, rank=rank)
            custom.changed()
    return field


def in_use(field, key=None):
    """How many values stand in a field, or hold one option; counted up to MOST_COUNTED and one more."""
    rows = CustomValue.select(CustomValue.id).where(CustomValue.field == field.id)
    rows = rows.where(CustomValue.folded == key) if key else rows
    return rows.limit(MOST_COUNTED + 1).count()


def lacking(field):
    """How many records have nothing in a field; counted up to MOST_COUNTED and one more."""
    return empty(field).limit(MOST_COUNTED + 1).count()


def empty(field):
    """Query of the ids of the records that have nothing in a field."""
    model = store.kinds()[field.noun]
    return model.select(model.id).where(~peewee.fn.EXISTS(custom.held(field.id, model.id)))


def _free_key(noun, label):
    """The name of a new field in addresses and files: out of its label, unlike every other of the noun."""
    taken = {row.key for row in CustomField.select(CustomField.key).where(CustomField.noun == noun)}
    if len(taken) >= MOST_FIELDS:
        raise Invalid(labels=("custom-too-many", {"most": MOST_FIELDS}))
    model, table = store.kinds()[noun], fields.TABLES.get(noun)
    names = {*RESERVED, *model._meta.fields, *(table.own if table else ()), *taken}
    stem = _slug(label) or "field"
    keys = (stem if n == 1 else f"{stem}_{n}" for n in range(1, MOST_FIELDS + 20))
    return next(key for key in keys if key not in names and not hasattr(model, key) and f"{key}_minor" not in names)


def _slug(label):
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", fold(label)) if letter.isascii())
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: LONGEST_KEY - 4].lstrip("0123456789_")


def _checked(field, given):
    """The columns that `given` becomes, every fault at once."""
    kept, problems = {}, {}
    for name, value in given.items():
        try:
            kept[name] = CHECKS[name](field, name, value)
        except Invalid as fault:
            problems |= fault.problems
    merged = {name: kept.get(name, getattr(field, name)) for name in ("least", "most", "default", "options")}
    if not problems:
        problems = _fit_together(field, merged)
    if problems:
        raise Invalid(**problems)
    return kept


def _fit_together(field, merged):
    """What does not fit: a range the wrong way round, no options, a default that the field itself would refuse."""
    draft = CustomField(**field.__data__ | merged | {"labels": field.labels or {"en": "x"}, "is_required": False})
    if field.kind in ("choice", "choices") and not merged["options"]:
        return {"options": ("custom-options-needed", {})}
    made = draft.as_field()
    try:
        if _is_reversed(field.kind, made.least, made.most):
            return {"most": ("custom-range-reversed", {})}
        made.clean(made.default)
    except Invalid as fault:
        return {"default": next(iter(fault.problems.values()))}
    return {}


def _words(name, given, longest):
    """{language: text} of what is not blank; English or some other language has to be there for a label."""
    kept = {code: sound(str(given.get(code) or ""), name, longest) for code in LANGUAGES}
    kept = {code: text for code, text in kept.items() if text}
    if name == "labels" and not kept:
        raise Invalid(labels="field-needed")
    return kept


def _options(field, name, given):
    """[{"key", "labels"}] of [(key or "", {language: word})]; a new word gets a key of its own for ever."""
    if field.kind not in ("choice", "choices"):
        return []
    found, taken = [], {key for key, _ in given if key}
    for key, labels in given[: MOST_OPTIONS + 1]:
        labels = _words("options", labels, 80)
        if not labels:
            continue
        key = key or next(k for k in _keys(worded(tuple(labels.items()), "en")) if k not in taken)
        taken.add(key)
        found.append({"key": key, "labels": labels})
    if len(found) > MOST_OPTIONS:
        raise Invalid(options=("custom-too-many", {"most": MOST_OPTIONS}))
    return found


def _keys(label):
    stem = _slug(label) or "option"
    return (stem if n == 1 else f"{stem}_{n}" for n in range(1, 10_000))


def _is_reversed(kind, least, most):
    read = date.fromisoformat if kind == "date" else Decimal
    return bool(kind in RANGED and least and most and read(least) > read(most))


def _range(field, name, value):
    """A bound as the kind writes it: a number, an amount, a day; of a text a length."""
    text = str(value or "").strip()
    if not text:
        return ""
    if field.kind in MEASURED:
        if name == "least" or not 1 <= (values.id_of(text) or 0) <= LONGEST[field.kind]:
            raise Invalid(**{name: ("number-not-between", {"least": 1, "most": LONGEST[field.kind]})})
        return str(int(text))
    if field.kind not in RANGED:
        return ""
    probe = CustomField(**field.__data__ | {"labels": {}, "least": "", "most": "", "is_required": False})
    try:
        probe.as_field().clean(text)
    except Invalid as fault:
        raise Invalid(**{name: next(iter(fault.problems.values()))})
    return text.replace(",", "")


def _roles(field, name, given):
    roles = sorted(set(given or ()))
    if set(roles) - EVERYONE:
        raise Invalid(**{name: "choice-unknown"})
    return sorted({*roles, *policy.ADMINS})


def _condition(field, name, key):
    """Another field of the noun, which is not shown by this one itself."""
    if not key:
        return ""
    table = fields.TABLES.get(field.noun)
    other = table.fields.get(key) if table else None
    if other is None or key == field.key:
        raise Invalid(shown_if="choice-unknown")
    while getattr(other, "shown_if", ""):
        if other.shown_if == field.key:
            raise Invalid(shown_if="custom-condition-circle")
        other = table.fields.get(other.shown_if)
    return key


def _refuse_used(field, options):
    """No word is taken away that stands in a record. The row of the field is ours by now, so nobody writes one."""
    kept = {option["key"] for option in field.options}
    for option in options:
        count = in_use(field, option.key) if option.key not in kept else 0
        if count:
            raise Invalid(options=("custom-option-used", {"word": option.label("en"), "count": count}))


CHECKS = {
    "labels": lambda field, name, given: _words(name, given, 80),
    "helps": lambda field, name, given: _words(name, given, 300),
    "section": lambda field, name, text: sound(str(text or ""), name, 60),
    "options": _options,
    "is_required": lambda field, name, value: bool(value),
    "is_searched": lambda field, name, value: bool(value) and field.kind in SEARCHED,
    "default": lambda field, name, text: sound(str(text or ""), name, 300),
    "least": _range,
    "most": _range,
    "readers": _roles,
    "writers": _roles,
    "shown_if": _condition,
    "shown_for": lambda field, name, given: [str(value) for value in given or () if str(value)],
}
