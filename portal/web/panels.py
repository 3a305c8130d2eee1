"""Panels: what higher nouns show on the page of a lower one, without the lower one knowing them."""

from typing import NamedTuple

from flask import request

from portal.people import policy

_panels = {}


class _Panel(NamedTuple):
    name: str
    template: str
    load: object
    may: str
    rank: int
    side: bool


def show_on(face, kind, name, template, load, *, may, rank=50, side=False):
    """Put a piece on the page of each record of `kind` ("order", "account", "product", "home") on a face.

    `load(record, actor)` returns what the piece reads as `panel.…`, or None to stay away; it costs one query at most.
    A key "refs" holds the records whose events belong to the story of the page's record; as a dict it says what the
    story calls them. On "home" a key "waits" counts what needs the customer. Low ranks come first, `side` is the
    margin of a wide page. A true key "ahead" puts it before what the page itself says: on "home", and on the
    customer's "order". Only for those who may do `may`; the piece declares `needs: panel, ui`.
    """
    _panels.setdefault((face, kind), {})[name] = _Panel(name, template, load, may, rank, side)


def of(record, actor, kind=None):
    """The panels of a record on the present face, ready for `_panels.html`: dicts with "template" and "side"."""
    found = []
    for panel in sorted(_panels.get((request.blueprint, kind or record.ref.kind), {}).values(), key=lambda p: p.rank):
        if policy.may(actor, panel.may):
            shown = panel.load(record, actor)
            if shown is not None:
                found.append({"template": panel.template, "side": panel.side, "name": panel.name, **shown})
    return found


def refs(panels):
    """The records whose events the panels add to the story."""
    return [ref for panel in panels for ref in panel.get("refs", ())]


def names(panels):
    """{Ref as text: what the story calls that record} of the records that the panels name."""
    named = [panel["refs"] for panel in panels if isinstance(panel.get("refs"), dict)]
    return {str(ref): name for refs in named for ref, name in refs.items()}
