"""What the timeline of an account or a contact shows: the part that the address asks for, its filters, its files."""

from flask import g, request, url_for
from flask_babel import gettext

from portal.activity import timeline
from portal.customers import affiliations
from portal.web import feeds, list_filters, speech
from portal.web.list_cells import Column

FEED_BATCH = 500
ICONS = {
    "account": "building", "contact": "person", "address": "pin", "order": "box", "login": "key",
    "membership": "people", "call": "phone", "visit": "pin", "letter": "mail", "email": "mail", "meeting": "people",
    "message": "talk", "note": "edit", "case": "talk", "task": "check", "invoice": "invoice", "payment": "coin",
}  # fmt: skip
OF = {"account": timeline.of_account, "contact": timeline.of_contact}
COLUMNS = [
    Column("at"),
    Column("what", lambda one: one.talk.kind if one.talk else one.event),
    Column("state", lambda one: one.talk.state if one.talk else ""),
    Column("record", lambda one: one.subject),
    Column("by"),
    Column("people", lambda one: one.talk.people if one.talk else ""),
    Column("subject", lambda one: one.talk.subject if one.talk else ""),
    Column("outcome", lambda one: one.talk.outcome if one.talk else ""),
    Column("words", lambda one: one.talk.text if one.talk else ""),
    Column("changes", lambda one: "; ".join(f"{field}: {_or_nothing(old)} → {_or_nothing(new)}"
                                             for _, field, old, new in one.changes)),
]  # fmt: skip


def _or_nothing(value):
    return "–" if value in (None, "") else value


def asked():
    """The part that the address asks for: kind, person, from, to, before. Raises Invalid by name."""
    given = request.args
    days = {"first": given.get("from"), "last": given.get("to")}
    days = {name: list_filters.day(text, name) if text else None for name, text in days.items()}
    return timeline.Asked.read(given.get("kind", ""), given.get("person", ""), before=given.get("before", ""), **days)


def of(record, actor, people, most=timeline.MOST):
    """What `staff/timeline/_story.html` needs: the page of the story, and the choices over it.

    `people` are the records of whom the filter offers: contacts, and colleagues.
    """
    part = asked()
    here = {"number": record.number, **{name: text for name, text in request.args.items() if name in NAMES}}
    at = f"staff.{record.ref.kind}_timeline"
    story = OF[record.ref.kind](record, actor, part, most)
    return {
        "story": story,
        "asked": part,
        "timeline_url": url_for(at, number=record.number),
        "older": url_for(at, **here | {"before": story.older}) if story.older else None,
        "feed_urls": {feed: url_for(f"{at}_{feed}", **here) for feed in ("csv", "json")},
        "kinds": [("", gettext("everything")), *((kind, _word(kind)) for kind in timeline.KINDS)],
        "persons": [("", gettext("anybody")), *((str(one.ref), one.name) for one in people)],
        "names": {str(one.ref): one.name for one in people},
        "icons": ICONS,
    }


NAMES = ("kind", "person", "from", "to")
MOST_PEOPLE = 60


def people_of(record):
    """Of whom the filter over a story offers to look: the people of the account, and who of us looks after it."""
    account = record if record.ref.kind == "account" else record.account
    owner, watchers = account.keepers()
    places = affiliations.people_of(account)[:MOST_PEOPLE] if record.ref.kind == "account" else []
    theirs = [place.contact for place in places]
    return [*theirs, *filter(None, [owner]), *(person for person in watchers if person != owner)]


def _word(kind):
    fixed = {timeline.TALKS: gettext("all we talked about"), timeline.EVENTS: gettext("what changed")}
    return fixed.get(kind) or speech.term("interaction", "kind", kind)


def feed(record, actor):
    """All of it that the address asks for, streamed."""
    return feeds.stream(g.feed, "timeline", COLUMNS, _batches(record, actor, asked()))


def _batches(record, actor, part):
    while True:
        page = OF[record.ref.kind](record, actor, part, most=FEED_BATCH)
        yield page.happenings, {}
        if page.older is None:
            return
        part = part._replace(before=page.happenings[-1].place)
