"""The trail of changes in the staff face: of everything one may see, and of one record."""

from datetime import date, timedelta

from flask import g, url_for

from portal import values
from portal.activity import trail
from portal.activity.trail import TRAIL_FIELDS
from portal.audit import Entry
from portal.errors import Invalid
from portal.insight import today
from portal.values import CUSTOMER_ROLES, STAFF_ROLES
from portal.web import lists, reading, speech
from portal.web.lists import Column, List, Sort
from portal.web.pages import Page
from portal.web.places import address_of
from staff.face import crm

LIST = Page("staff/audit/list.html")
SHOW = Page("staff/audit/show.html")
SIDES = {"customers": CUSTOMER_ROLES, "staff": STAFF_ROLES, "system": ("system", "clock", "anonymous")}


def _day(text, name):
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(**{name: "day-unreadable"})


def _since(query, text, actor):
    return query.where(Entry.at >= values.shop_midnight(_day(text, "since")))


def _until(query, text, actor):
    return query.where(Entry.at < values.shop_midnight(_day(text, "until") + timedelta(days=1)))


def _said(row):
    """The changes of an entry in words, for a cell."""
    label = lambda change: speech.term(row.story.noun, change.field)  # noqa: E731
    read = lambda change, value: reading.reads(speech.wording(), value, row.story.noun, change.field)  # noqa: E731
    return "; ".join(f"{label(c)}: {read(c, c.old)} → {read(c, c.new)}" for c in row.story.changes)


def _listed(rows):
    """{id: changes} for the .json of a batch: fields and plain values."""
    return {row.id: {"changes": [c._asdict() for c in row.story.changes]} for row in rows}


class Trail(List):
    """A list of entries; each row of a feed gets its story, a batch at a time."""

    def _batches(self, query, sort, names):
        for rows, _ in super()._batches(query, sort, names):
            for row, story in zip(rows, trail.stories(rows, g.actor), strict=True):
                row.story = story
            yield rows, (_listed(rows) if g.feed == "json" else {})


ENTRIES = Trail(
    "audit",
    TRAIL_FIELDS,
    [Column(f.name, _said) if f.name == "changes" else Column(f.name) for f in TRAIL_FIELDS],
    {"number": Sort(Entry.id)},
    "-number",
    {
        "kind": lambda query, text, actor: query.where(Entry.subject.startswith(f"{text}:")),
        "who": lambda query, text, actor: query.where(Entry.actor_name.startswith(text)),
        "by": lambda query, text, actor: query.where(Entry.actor_role.in_(SIDES[lists.one_of(SIDES, text, "by")])),
        "what": lambda query, text, actor: today.changes(query) if text == "changes" else query,
        "event": lambda query, text, actor: query.where(Entry.event.startswith(text)),
        "since": _since,
        "until": _until,
        "subject": lists.choice(Entry.subject),
        "about": lists.choice(Entry.about),
        "actor": lists.choice(Entry.actor),
    },
    said=("by", "who", "since", "until"),
)


@crm.get("/audit", may="audit.see", feeds=("csv", "json"))
def audit_list(actor):
    query = trail.visible_to(actor)
    return _answer(query if g.get("feed") else trail.recent(query, actor), actor, LIST, newest=trail.NEWEST)


@crm.get("/audit/<kind>/<number>", may="audit.see", feeds=("csv", "json"))
def audit_show(kind, number, actor):
    record = trail.record(kind, number, actor)
    name = trail.names_of({record.ref})[record.ref]
    query = trail.visible_to(actor).where(trail.of(record))
    return _answer(query, actor, SHOW, record=record, name=name, url=address_of(record.ref))


def _answer(query, actor, page, **context):
    if g.get("feed"):
        return ENTRIES.feed(query, actor)
    found = ENTRIES.find(query, actor)
    links = {"address_of": address_of, "trail_of": trail_of}
    return page.render(found.status, found=found, stories=trail.stories(found.rows, actor), **links, **context)


def trail_of(ref):
    """Address of the trail of a record, None for a kind that has none."""
    number = trail.number_of(ref)
    return number and url_for("staff.audit_show", kind=ref.kind, number=number)
