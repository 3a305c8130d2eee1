"""Portions: what takes longer than a page may. The worker carries it out piece by piece, also after a crash."""

import logging
import time
from collections import Counter
from typing import NamedTuple

from portal import audit, deeds, troubles
from portal.deeds import Deed
from portal.errors import Denied, Invalid
from portal.people import employees
from portal.people.logins import Login
from portal.values import Ref

log = logging.getLogger("suki.portions")
SECONDS = 5  # of work in one go
_carriers = {}  # {event: function(deed, by) -> Portion}
_leavers = {}  # {event: function(deed)} of those that need something done when nobody goes on


class Portion(NamedTuple):
    """What came of one piece: where the next one begins (None: that was all), and how many of what."""

    reached: int | None
    tally: Counter


def carry(event, function, leave=None):
    """Declare how a deed of this event goes on: `function(deed, by)` does the next piece inside a change.

    Where it raises Denied or Invalid, whoever asked may not do this any more: the deed ends there, and `leave(deed)`
    puts in order what it leaves.
    """
    _carriers[event] = function
    if leave:
        _leavers[event] = leave


def ask(by, event, *, kind, work, now=None, **said):
    """Have the worker do it, inside a change: the deed whose page says how far it is."""
    return deeds.begin(by, event, kind=kind, state="waits", count=0, work=work, now=now, **said)


def run(seconds=SECONDS):
    """Carry on with all that waits, a piece of each in turn; after so many seconds other jobs have their turn."""
    until, broken = time.monotonic() + seconds, set()
    while waiting := [deed for deed in Deed.under_way() if deed.id not in broken]:
        for deed in waiting:
            try:
                _next(deed)
            except Overtaken:
                continue
            except troubles.AWAY:
                raise
            except Exception:  # one of them must not stop the others; it is tried again in a while
                log.exception("deed %s could not be carried on", deed.id)
                broken.add(deed.id)
            if time.monotonic() > until:
                return


def _next(deed):
    """One piece in one transaction, with how far it came: of two workers one is late and writes nothing."""
    by = _doer(deed)
    with audit.change(by, deed.event, deed, deed=deed.id) as change:
        portion = _piece(deed, by)
        tally = Counter(deed.tally) + portion.tally
        is_last = portion.reached is None
        came = {"tally": tally, "state": "done" if is_last else "works", "reached": portion.reached}
        here = Deed.reached.is_null() if deed.reached is None else Deed.reached == deed.reached
        here &= (Deed.id == deed.id) & (Deed.state == deed.state)
        change.guard(Deed.update(came).where(here), Overtaken())
        for name, count in sorted(tally.items()) if is_last else ():
            change.record(name, None, count)
    for name, value in came.items():
        setattr(deed, name, value)


def _piece(deed, by):
    """What came of the next piece; none is done for somebody who left or may not do it any more."""
    try:
        if by.is_staff:
            with deeds.attempt():
                return _carriers[deed.event](deed, by)
    except (Denied, Invalid) as refusal:
        log.info("deed %s ends: %r", deed.id, refusal)
    if deed.event in _leavers:
        _leavers[deed.event](deed)
    return Portion(None, Counter(stopped=1))


def _doer(deed):
    """Whoever asked for it, with the rights of today; whoever left has none."""
    login = Login.get_or_none(Login.id == Ref.parse(deed.actor).id)
    return (login and employees.actor_for(login)) or (login or Login(id=0, name=deed.actor_name)).acting()


class Overtaken(RuntimeError):
    """Another worker did this piece."""
