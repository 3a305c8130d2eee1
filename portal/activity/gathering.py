"""Gathering: what people wish to read once a day or week becomes one letter each, exactly once."""

from portal import audit, outbox, values
from portal.activity import inbox, topics
from portal.outbox import Outbox
from portal.people.logins import Login
from portal.values import Ref


def run(now=None):
    """Let go what waited for the morning, and write the gathered letters that are due; returns how many."""
    outbox.release(now)
    return sum(write(recipient, now) for recipient in outbox.to_gather(now))


def write(recipient, now=None):
    """One letter of all that waits for this person; whether there was anything.

    The notices are taken and the letter stands in the outbox in one transaction, so a worker that dies leaves both
    or neither, and the letter has its Message-ID from the start.
    """
    with audit.change(values.clock("notices"), "notices.gathered", Ref.parse(recipient), now=now) as change:
        rows = outbox.gather(recipient, change.now)
        if rows:
            change.tell([_mailbox(rows[-1])], topics.GATHERED, notices=[row.id for row in rows])
    return bool(rows)


def _mailbox(row):
    """Where the letter goes: the address that signs in today, else the one of the newest notice."""
    to = inbox.recipient_of(row)
    login = Login.get_or_none(Login.id == to.ref.id) if to.ref.kind == "login" else None
    return login.mailbox if login else to.at(to.email)


def notices_of(row):
    """The notices in a gathered letter, oldest first."""
    return Outbox.select().where(Outbox.id.in_(row.params["notices"])).order_by(Outbox.id)


def still_readable(row):
    """Those that its receiver may read at this moment."""
    return [notice for notice in notices_of(row) if inbox.may_be_read(notice)]


def inbox_numbers(row):
    """{entry: number of its notice in the receiver's inbox} of what a gathered letter tells, in one query."""
    twin = Outbox.alias()
    told = twin.select(twin.entry).where(twin.id.in_(row.params["notices"]))
    mine = (Outbox.recipient == row.recipient) & (Outbox.channel == "inbox")
    return dict(Outbox.select(Outbox.entry, Outbox.id).where(mine & Outbox.entry.in_(told)).tuples())
