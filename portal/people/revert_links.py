"""Revert links: the letter about a change lets the person who is said to have made it answer "this was not me"."""

from datetime import datetime, timedelta

from portal.audit import Entry
from portal.people import links, policy
from portal.people.links import Link
from portal.people.logins import Login
from portal.values import Ref

PURPOSE = "revert"

policy.allow("security.disown", policy.EVERYONE)
links.allow(PURPOSE, "/not-me/{}", timedelta(hours=72))


def offer(change, person):
    """What the letter to a customer (a Recipient) about his own change holds as `not_me`: a link for 72 hours.

    It is bound to this event and not to the login's epoch: whoever stole the sign-in may have changed all of it
    since. None when somebody else made the change: what a colleague or we did cannot be disowned.
    """
    if change.by.ref != person.ref or change.by.is_quiet:
        return None
    spare = {"spare": True}

    def bind(entry):
        event = {"entry": entry, "at": change.now.isoformat()}
        link = links.issue(PURPOSE, "customer", person.email, subject=person.ref, params=event, now=change.now)
        spare["link"] = link.id

    change.once_written(bind)
    return spare


def find(token, now=None):
    """The live revert link behind a token. NotFound, Expired."""
    return links.find(token, PURPOSE, kind="customer", now=now)


def login_of(link):
    """Whose changes it takes back."""
    return Login.get_by_id(Ref.parse(link.subject).id)


def since(link):
    """Where-expression of what was done in this person's name from the link's event on.

    By number and by time: what belongs to the same change may have been written down just before it.
    """
    event = (Entry.id >= link.params["entry"]) | (Entry.at >= datetime.fromisoformat(link.params["at"]))
    return (Entry.actor == link.subject) & event


def end_since(link, now):
    """Let the links of this event and of later ones die, to whichever address they went."""
    mine = (Link.purpose == PURPOSE) & (Link.subject == link.subject) & Link.used_at.is_null()
    later = [other.id for other in Link.select().where(mine) if other.params["entry"] >= link.params["entry"]]
    Link.update(used_at=now).where(Link.id.in_(later)).execute()
