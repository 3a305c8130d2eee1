"""Events that are taken back one by one, by a verb of their noun: tried out for the page, then done or left."""

import json
from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from portal import audit, deeds
from portal.errors import Invalid, Refusal
from portal.values import Ref
from portal.whole import undo
from portal.whole.undo import Record


class Told(NamedTuple):
    """How the page tells of one event: what the record is called, which fields change back, or what will happen."""

    name: str
    lines: tuple = ()
    will: tuple | None = None


class Each(NamedTuple):
    """`act(entry, by)` takes one event back or raises; `tell(entry, [(field, old, new)])` returns Told."""

    act: object
    tell: object

    def preview(self, entries, actor):
        """Records, as `undo.Offer` asks for; nothing of the trying is kept."""
        kept = audit.values_of(entries)
        told = [self.tell(entry, _read(kept.get(entry.id, ()))) for entry in entries]
        return [
            self._record(entry, one, self._refusal(entry, actor) if place < undo.TRIED_OUT else None)
            for place, (entry, one) in enumerate(zip(entries, told, strict=True))
        ]

    def _refusal(self, entry, actor):
        """(message, parameters) of why it cannot be, None when it can."""
        try:
            with audit.rehearsal():
                self.act(entry, replace(actor, is_quiet=True, form=None))
        except Invalid as refusal:
            return next(iter(refusal.problems.values()))
        except Refusal:
            return "undo-not-yours", {}
        return None

    def _record(self, entry, told, why):
        return Record(Ref.parse(entry.subject), told.name, list(told.lines), why, None if why else told.will)

    def take_back(self, entries, by, over):
        """A Counter of "back" and "kept", as `undo.Offer` asks for."""
        tally = Counter()
        for entry in entries:
            try:
                with deeds.attempt():
                    self.act(entry, by)
                tally["back"] += 1
            except Refusal:
                tally["kept"] += 1
        return tally


def _read(kept):
    return [(field, *(None if text is None else json.loads(text) for text in sides)) for field, *sides in kept]


def offer(event, act, tell, kind="edit"):
    """Let an event be taken back by `act`; see Each."""
    each = Each(act, tell)
    undo.offer(event, preview=each.preview, take_back=each.take_back, kind=kind)


def visible(model, ref, by):
    """The record of an event among those this person sees. Raises Invalid(record="undo-gone")."""
    row = model.visible_to(by).where(model.id == ref.id).first()
    if row is None:
        raise Invalid(record="undo-gone")
    return row
