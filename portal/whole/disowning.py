"""Disowning: "this was not me" takes back what was done in a customer's name since a change, and shuts the door."""

import json
from typing import NamedTuple

from portal import audit, store
from portal.audit import Entry
from portal.customers import memberships
from portal.customers.memberships import Membership
from portal.people import employees, links, policy, revert_links, sessions
from portal.people.logins import Login
from portal.sales import order_stops
from portal.values import Actor, Ref
from portal.whole import putting_back

# Comings and goings, which nobody can take back.
PASSED = (
    "login.signed_in", "login.signed_out", "login.signed_out_everywhere", "login.signed_out_elsewhere",
    "login.recover_asked", "login.sign_in_asked", "login.disowned",
    "order.drafted", "order.draft_changed", "order.removed", "account.proof_failed",
)  # fmt: skip
MOST_SAID = 30  # events in a letter
TECHNICAL = {"folded", "email_key", "verified_at", "version"}  # columns that only mirror others


class Deed(NamedTuple):
    """One event that would be taken back: `was` is [(noun, field, value before)] of what stands to be put back."""

    entry: Entry
    was: list


def entries_since(link):
    """What was done in this person's name from the disowned change on, oldest first.

    What people did in the same accounts who were let in by it counts as done in his name too: else a thief would
    let himself in under another one, and go on with that.
    """
    rows, seen = list(Entry.select().where(revert_links.since(link))), {link.subject}
    found = {}
    while rows:
        found |= {entry.id: entry for entry in rows if entry.event not in PASSED}
        let_in = {f"login:{place.login_id}" for place in putting_back.places_given(rows)} - seen
        seen |= let_in
        here = Entry.about.in_({entry.about for entry in found.values()} - {""})
        others = Entry.select().where(Entry.actor.in_(let_in) & here & (Entry.id > min(found, default=0)))
        rows = [entry for entry in others if not entry.subject.startswith("login:")]
    return [found[number] for number in sorted(found)]


def deeds(link):
    """The same as its person reads it before anything is done: never what was written since, only what was before."""
    entries, known = entries_since(link), set()
    values = audit.values_of(entries)
    return [Deed(entry, _was(entry, values.get(entry.id, ()), known)) for entry in entries]


def _was(entry, values, known):
    """[(noun, field, value before)] of one event; what an earlier one changed already is `known`."""
    ref, was = Ref.parse(entry.subject), []
    for field, old, _ in values if ref and ref.kind in putting_back.KINDS else ():
        before = json.loads(old) if old and field not in TECHNICAL else None
        if isinstance(before, str) and before and (ref, field) not in known:
            was.append((ref.kind, field, before))
        known.add((ref, field))
    return was


def disown(link, *, by, now=None):
    """Take back the change of a revert link and every later one made in the same name, and tell everybody concerned.

    The sign-in is its person's again: address of before, no password, no session, no open link. Details, addresses
    and rights are as before, unless somebody else changed them since; who was invited since is out; open requests
    are withdrawn. Ordering stops until the person has proved himself or staff lift it, and what was ordered since
    and is still here waits for staff. Of several links the earliest event wins: those of later ones are dead with
    it. Raises Expired.
    """
    login = revert_links.login_of(link)
    with audit.change(login.acting(by), "login.disowned", login, now=now) as change:
        _hold(login)
        link.use(change, change.now, outcome="done")
        revert_links.end_since(link, change.now)
        login, entries = revert_links.login_of(link), entries_since(link)
        displaced = login.mailbox
        putting_back.Undoing(change, login, entries).run()
        _shut(change, login, link)
        accounts = [place.account for place in memberships.open_of(login)]
        change.about = accounts[0].ref if accounts else None
        held = _stop_ordering(change, login, entries)
        _tell(change, login, displaced, accounts, entries, held)
    return login


def _hold(login):
    """Of two links of one person the second sees what the first did, and an order comes before this or after it."""
    if not store.is_sqlite():
        list(Login.select(Login.id).where(Login.id == login.id).for_update("FOR NO KEY UPDATE").tuples())
    for place in Membership.select().where(Membership.login == login).order_by(Membership.account):
        order_stops.hold_account(place.account_id)


def _shut(change, login, link):
    """No password, no session, no link of before. A sign-in whose address cannot be given back is closed."""
    is_back = login.email == link.email
    change.update(login, password_hash=None, is_active=login.is_active and is_back)
    login.raise_epoch(change)
    sessions.end_all(login, now=change.now)


def _stop_ordering(change, login, entries):
    """Stop the accounts where this person orders; what was ordered or redirected since in his name waits.

    What was put to a colleague too, who may have approved it in good faith.
    """
    for place in memberships.open_of(login):
        if policy.may(Actor(login.ref, role=place.role), "orders.place"):
            order_stops.stop(change, place.account, login, entries[0].at)
    subjects = {Ref.parse(entry.subject) for entry in entries} - {None}
    held = order_stops.hold(change, [ref.id for ref in subjects if ref.kind == "order"])
    for order in held:
        with audit.change(
            change.by, "order.held", order, about=Ref("account", order.account_id), now=change.now
        ) as one:
            one.happened()
    return held


def _tell(change, login, displaced, accounts, entries, held):
    """The person at the restored address, with the way to a new password; the other address; colleagues; staff."""
    recover = links.issue("recover", login.kind, login.email, login=login, now=change.now)
    said = {"name": login.name, "orders": [order.number for order in held], "is_locked": not login.is_active}
    listed = entries[:MOST_SAID]
    said["events"] = [{"event": entry.event, "at": entry.at.isoformat(timespec="seconds")} for entry in listed]
    said["accounts"] = [{"name": account.name, "number": account.number} for account in accounts]
    if login.is_active:
        change.tell([login.mailbox], "disowned", url={"link": recover.id, "spare": True}, **said)
    if displaced.email != login.email:
        change.tell([displaced], "disowned_elsewhere", name=login.name)
    colleagues = [person for account in accounts for person in account.customers_for("account")]
    change.tell([p for p in colleagues if p.ref != login.ref], "ordering_stopped", **said)
    keepers = [person for account in accounts for person in account.staff_for()]
    change.tell(keepers or [admin.recipient for admin in employees.admins()], "disowned_staff", **said)
