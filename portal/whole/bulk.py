"""What is done to many records at once: tried out first, then done in one change, all of it or nothing.

More than a page may take are looked at in one go as well: unless all of them may be changed and are as they were
chosen, nothing is. Then the worker does them portion by portion, and leaves as it is what somebody changed meanwhile.
"""

import re
from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from portal import audit, deeds, store
from portal.errors import Denied, Invalid, Refusal, Stale
from portal.people import policy
from portal.whole import portions

MOST_ROWS = 10_000
AT_ONCE = 1_000  # more are done by the worker
PORTION = 100
RUN = re.compile(r"([0-9]{1,12})(?:-([0-9]{1,12}))?:([0-9]{1,9})")  # a record, or neighbours, and their version

policy.allow("lists.change", policy.STAFF)


class Tried(NamedTuple):
    """What a verb would do to one record: a value before and after, or why it is refused, by field."""

    row: object
    old: object
    new: object
    problems: dict


def read(text):
    """{id: version} from "12:3,15-20:1". Raises Invalid(rows=many-none, many-too-many or many-unreadable)."""
    found = {}
    for part in filter(None, (text or "").split(",")):
        match = RUN.fullmatch(part)
        if match is None:
            raise Invalid(rows="many-unreadable")
        first, last, version = int(match[1]), int(match[2] or match[1]), int(match[3])
        if last - first >= MOST_ROWS:
            raise Invalid(rows=("many-too-many", {"most": MOST_ROWS}))
        found |= dict.fromkeys(range(first, last + 1), version)
        if len(found) > MOST_ROWS:
            raise Invalid(rows=("many-too-many", {"most": MOST_ROWS}))
    if not found:
        raise Invalid(rows="many-none")
    return found


def written(rows):
    """The records and how they stood, as `read` takes them; neighbours in one piece."""
    runs = []
    for number, version in sorted((row.id, version_of(row)) for row in rows):
        if runs and runs[-1][1:] == [number - 1, version]:
            runs[-1][1] = number
        else:
            runs.append([number, number, version])
    return ",".join(f"{a}:{v}" if a == b else f"{a}-{b}:{v}" for a, b, v in runs)


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
        _check(rows, chosen, by, may)
        for row in rows:
            try:
                verb(row, by)
            except Invalid as refusal:
                raise Invalid(rows=("many-refused", {"name": name_of(row)}), **refusal.problems)
            except Stale:
                raise Invalid(rows=("many-stale", {"names": name_of(row), "count": 1}))
    return len(rows)


def _check(rows, chosen, by, may):
    stale = [row for row in rows if version_of(row) != chosen[row.id]]
    if stale:
        raise Invalid(rows=("many-stale", {"names": ", ".join(map(name_of, stale[:5])), "count": len(stale)}))
    if not all(policy.may(by, may, row) for row in rows):
        raise Denied(may)


def ask(query, *, by, may, chosen, note, work):
    """Have the worker do it to `chosen`, of which all must be there, unchanged and allowed; returns the deed.

    `work` is what `list.changed` needs to go on (portions.carry). Raises as `carry_out`.
    """
    with audit.change(by, "list.changed") as change:
        _check(load(query, chosen), chosen, by, may)
        work |= {"rows": sorted(chosen.items()), "of": len(chosen)}
        deed = portions.ask(by, change.event, kind="many", work=work, note=note, now=change.now)
        change.result = deed.ref
    return deed


def carry_on(deed, query, verb, *, by, may, hold=None):
    """The next of the rows that `ask` was given, for the worker: done each for itself, or left as it is."""
    rows = [(key, version) for key, version in deed.work["rows"] if key > (deed.reached or 0)][:PORTION]
    chosen, tally = dict(rows), Counter()
    found = list(query.where(store.among(query.model.id, list(chosen))).order_by(query.model.id))
    if hold and found:
        hold(found)
    for row in found:
        fits = version_of(row) == chosen[row.id] and policy.may(by, may, row)
        tally["done" if fits and _is_done(row, verb, by) else "kept"] += 1
    tally["kept"] += len(chosen) - len(found)
    return portions.Portion(rows[-1][0] if len(rows) == PORTION else None, tally)


def _is_done(row, verb, by):
    try:
        with deeds.attempt():
            verb(row, by)
    except Refusal:
        return False
    return True


def name_of(row):
    """What a record is called in a sentence."""
    return getattr(row, "name", "") or getattr(row, "title", "") or row.number


def version_of(row):
    """What a form remembers of how a record stood; 0 where it has no versions."""
    return row.version if isinstance(row, store.Versioned) else 0


def _value(row, field):
    value = getattr(row, field)
    return name_of(value) if isinstance(value, store.Model) else value
