"""What a change of a field asks of many records: one word in place of another, a default where nothing stands.

The first records are done at once, all others by the worker, each as a change of its own with its entry in the trail.
"""

import peewee

from portal import audit, custom, custom_index, store, values
from portal.activity import attachments
from portal.custom import CustomField, CustomValue
from portal.errors import Invalid, Stale
from portal.values import Ref
from portal.whole import custom_fields

AT_ONCE = 100


def replace_option(field, *, by, old, new, most=AT_ONCE, now=None):
    """Take a word off the list and let another stand wherever it stood. Raises Invalid on "old" and "new"."""
    known = {option["key"] for option in field.options if not option.get("becomes")}
    if old not in known or new not in known or old == new:
        raise Invalid(**{"old" if old not in known else "new": "choice-unknown"})
    options = [option | ({"becomes": new} if option["key"] == old else {}) for option in field.options]
    with audit.change(by, "custom_field.changed", field, now=now) as change:
        change.update(field, options=options, work=field.work | {"replace": True, "by": by.name})
        custom.changed()
    step(field.id, most)
    return field


def fill_empty(field, *, by, now=None):
    """Put the default wherever nothing stands. Raises Invalid(default="custom-fill-needs-default")."""
    if not field.default:
        raise Invalid(default="custom-fill-needs-default")
    with audit.change(by, "custom_field.changed", field, now=now) as change:
        change.update(field, work=field.work | {"fill": field.default, "after": 0, "by": by.name})
        custom.changed()
    step(field.id)
    return field


def work(most=AT_ONCE):
    """A batch of every field that still has something to do, for the worker; returns how many records it was.

    It also keeps the worker, which has no sessions, from writing letters with words of fields that changed.
    """
    custom.refresh()
    waiting = [row.id for row in CustomField.select(CustomField.id).where(CustomField.work != {})]
    return sum(step(number, most) for number in waiting)


def step(number, most=AT_ONCE):
    """One batch of one field; what is finished is written down."""
    field = CustomField.get_by_id(number)
    by = values.system(field.work.get("by", ""))
    for name, do_some in STEPS.items():
        if name in field.work:
            return do_some(field, by, most)
    return 0


def _replace_some(field, by, most):
    becomes = {option["key"]: option["becomes"] for option in field.options if option.get("becomes")}
    held = CustomValue.select(CustomValue.record).where(
        (CustomValue.field == field.id) & CustomValue.folded.in_(list(becomes))
    )
    records = [row.record for row in held.limit(most)]
    for record in _rows(field, records):
        value = getattr(record, field.key)
        several = [becomes.get(key, key) for key in value] if field.kind == "choices" else becomes.get(value, value)
        _set(field, record, by, list(dict.fromkeys(several)) if field.kind == "choices" else several)
    if len(records) < most:
        options = [option for option in field.options if not option.get("becomes")]
        _done(field, by, "replace", options=options)
    return len(records)


def _fill_some(field, by, most):
    model, after = store.kinds()[field.noun], field.work["after"]
    ids = [i for (i,) in custom_fields.empty(field).where(model.id > after).order_by(model.id).limit(most).tuples()]
    value = field.as_field().clean(field.work["fill"])
    for record in _rows(field, ids):
        _set(field, record, by, value)
    if len(ids) < most:
        _done(field, by, "fill", "after")
    else:
        _reached(field, by, "after", ids[-1])
    return len(ids)


def _index_some(field, by, most):
    """Put the next records that have a value into the search anew; nothing of them changes."""
    after = field.work["index"]
    held = CustomValue.select(CustomValue.record).where(custom.by_record(field.id), CustomValue.record > after)
    ids = [record for (record,) in held.distinct().order_by(CustomValue.record).limit(most).tuples()]
    with store.housekeeping("search"):
        for record in ids:
            custom_index.renew(Ref(field.noun, record))
    if len(ids) < most:
        _done(field, by, "index")
    else:
        _reached(field, by, "index", ids[-1])
    return len(ids)


def _reached(field, by, name, record):
    """Note how far it has come; somebody who changes the field at the same moment lets it begin again."""
    with audit.change(by, "custom_field.changed", field) as change:
        change.update(field, work=field.work | {name: record})
        custom.changed()


def _rows(field, ids):
    model = store.kinds()[field.noun]
    rows = list(model.select().where(model.id.in_(ids)))
    custom.load(rows, [field.key])
    return rows


def _set(field, record, by, value):
    """One record; somebody who saves it at the same moment comes first, and the next batch takes it up."""
    account = attachments.account_of(record)
    try:
        with audit.change(by, f"{field.noun}.filled", record, about=account) as change:
            if change.update(record, **{field.key: value}):
                custom_index.renew(record.ref)
    except (Stale, Invalid, peewee.DoesNotExist):
        return


def _done(field, by, *names, **more):
    left = {name: value for name, value in field.work.items() if name not in names}
    with audit.change(by, "custom_field.changed", field) as change:
        change.update(field, work={} if left.keys() <= {"by"} else left, **more)
        custom.changed()


STEPS = {"replace": _replace_some, "fill": _fill_some, "index": _index_some}
