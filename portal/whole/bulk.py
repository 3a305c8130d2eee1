"""What is done to many records at once: tried out first, then done in one change, all of it or nothing."""

from dataclasses import replace
from typing import NamedTuple

from portal import audit, store
from portal.errors import Denied, Invalid, Refusal, Stale
from portal.people import policy

MOST_ROWS = 1000

policy.allow("lists.change", policy.STAFF)


class Tried(NamedTuple):
    """What a verb would do to one record: a value before and after, or why it is refused, by field."""

    row: object
    old: object
    new: object
    problems: dict


def read(text):
    """{id: version} from "12:3,15:1". Raises Invalid(rows=many-none, many-too-many or many-unreadable)."""
    found = {}
    for part in filter(None, (text or "").split(",")):
        key, _, version = part.partition(":")
        if not (key.isascii() and key.isdigit() and version.isascii() and version.isdigit()) or len(part) > 24:
            raise Invalid(rows="many-unreadable")
        found[int(key)] = int(version)
    if not found:
        raise Invalid(rows="many-none")
    if len(found) > MOST_ROWS:
        raise Invalid(rows=("many-too-many", {"most": MOST_ROWS}))
    return found


def written(rows):
    """The records and how they stood, as `read` takes them."""
    return ",".join(f"{row.id}:{_version(row)}" for row in rows)


def load(query, ids):
    """The records of `query`, which is bound to what one person may see, in the order of their ids.

    Raises Invalid(rows="many-foreign") when one of them is not among these: then nothing is done to any.
    """
    rows = list(query.where(store.among(query.model.id, list(ids))).order_by(query.model.id))
    if len(rows) != len(set(ids)):
        raise Invalid(rows="many-foreign")
    return rows


def rehearse(rows, verb, *, by, may, field):
    """Try `verb(row, by)` on each record by itself and take it back: what would come of it, as Tried."""
    return [_tried(row, verb, by, may, field) for row in rows]


def _tried(row, verb, by, may, field):
    old = _value(row, field)
    if not policy.may(by, may, row):
        return Tried(row, old, old, {"row": ("many-not-yours", {})})
    new, problems = try_out(row, verb, by, lambda: _value(row, field))
    return Tried(row, old, old if problems else new, problems)


def try_out(row, verb, by, look=lambda: None):
    """Do `verb(row, by)` and take it back: (what `look()` saw in between, the problems by field); nobody is told."""
    kept, linked = dict(row.__data__), dict(row.__rel__)
    try:
        with audit.rehearsal():
            verb(row, replace(by, is_quiet=True, form=None))
            return look(), {}
    except Invalid as refusal:
        return None, refusal.problems
    except Refusal:
        return None, {"row": ("changed-meanwhile", {})}
    finally:
        row.__data__, row.__rel__ = kept, linked  # the row in hand is taken back as well


def carry_out(query, verb, *, by, may, chosen, hold=None):
    """Do `verb(row, by)` to each of `chosen` {id: version} in one change, each with its own entry in the audit.

    `hold(rows)` locks what the verb locks, of all rows at once, so that nobody waits for us while we wait for him.
    All or nothing: raises Invalid on "rows" (many-foreign, many-stale, many-refused with the reasons), Denied, Stale.
    """
    with audit.change(by, "list.changed"):
        rows = load(query, chosen)
        if hold and rows:
            hold(rows)
            rows = load(query, chosen)  # as they stand now that nobody else moves them
        stale = [row for row in rows if _version(row) != chosen[row.id]]
        if stale:
            raise Invalid(rows=("many-stale", {"names": ", ".join(map(name_of, stale[:5])), "count": len(stale)}))
        for row in rows:
            if not policy.may(by, may, row):
                raise Denied(may)
            try:
                verb(row, by)
            except Invalid as refusal:
                raise Invalid(rows=("many-refused", {"name": name_of(row)}), **refusal.problems)
            except Stale:
                raise Invalid(rows=("many-stale", {"names": name_of(row), "count": 1}))
    return len(rows)


def name_of(row):
    """What a record is called in a sentence."""
    return getattr(row, "name", "") or row.number


def _version(row):
    return row.version if isinstance(row, store.Versioned) else 0


def _value(row, field):
    value = getattr(row, field)
    return name_of(value) if isinstance(value, store.Model) else value
