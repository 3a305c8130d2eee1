"""What must still be sent: one row per event, recipient and channel, written in the transaction of the event."""

import secrets
from datetime import timedelta

import peewee

from portal import store, values

LEASE = timedelta(seconds=4)
MINUTE = 60
# Three days in all; after the last wait the row is dead and staff are asked.
WAITS_SECONDS = (5, 5 * MINUTE, 30 * MINUTE, *(h * 60 * MINUTE for h in (2, 5, 10, 14, 20, 24)))
# A server that is away is no letter's fault: each waits a quarter of its age, and for so long at most.
AWAY_WAITS_SECONDS = (5, 30 * MINUTE)
AWAY_PATIENCE = timedelta(days=14)
# held: the recipient wishes it later; gathered: it went out within another mail; dead: given up, staff are asked;
# withheld: the recipient may no longer read it, or no longer wants to, so it was never sent.
STATES = ("held", "waiting", "sent", "gathered", "dead", "withheld")
GATHERED = "gathered"  # channel of what waits for the one letter of a day or week


class Outbox(store.Model):
    """One message to one recipient through one channel about one event."""

    id = peewee.BigAutoField()
    entry = peewee.BigIntegerField()  # audit entry; no foreign key: the ground floor's tables point nowhere
    recipient = peewee.CharField(max_length=40)
    channel = peewee.CharField(max_length=10)  # inbox, mail, gathered
    address = peewee.CharField(max_length=320, default="")
    name = peewee.CharField(max_length=200, default="")
    language = peewee.CharField(max_length=8, default="en")
    template = peewee.CharField(max_length=60)
    params = store.JSONText(default=dict)
    message_id = peewee.CharField(max_length=120, unique=True)
    state = peewee.CharField(max_length=10, default="waiting")  # one of STATES
    attempts = peewee.IntegerField(default=0)
    fence = peewee.IntegerField(default=0)
    due_at = store.MomentField(null=True)
    lease_until = store.MomentField(null=True)
    error = peewee.TextField(default="")
    created_at = store.MomentField()
    sent_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("entry", "recipient", "channel", "address"), True), (("recipient", "channel", "id"), False))


Outbox.add_index(Outbox.index(Outbox.due_at, where=(Outbox.state == "waiting"), name="outbox_waiting"))
Outbox.add_index(Outbox.index(Outbox.id, where=(Outbox.state == "dead"), name="outbox_dead"))
Outbox.add_index(Outbox.index(Outbox.address, Outbox.id, where=(Outbox.state == "waiting"), name="outbox_in_line"))
Outbox.add_index(Outbox.index(Outbox.due_at, where=(Outbox.state == "held"), name="outbox_held"))

_wishes = []


def wished_by(function):
    """Declare who knows how people wish to be told: `function(rows, now)` gives the rows that are to be written."""
    _wishes.append(function)


def as_wished(rows, now):
    """The rows of a change, without what their receivers do not want, and held where they want it later."""
    for function in _wishes:
        rows = function(rows, now)
    return rows


def rows_for(entry, recipients, template, params, now, host):
    """The rows that tell `recipients` of audit entry `entry`; one Message-ID each, for ever."""
    rows, seen = [], set()
    for person in recipients:
        for channel in person.channels:
            address = person.email if channel == "mail" else ""
            key = (str(person.ref), channel, address)
            if (channel == "mail" and not address) or key in seen:
                continue
            seen.add(key)
            rows.append(
                {
                    "entry": entry,
                    "recipient": str(person.ref),
                    "channel": channel,
                    "address": address,
                    "name": person.name or "",
                    "language": person.language,
                    "template": template,
                    "params": params,
                    "message_id": f"<{entry}.{len(seen)}.{secrets.token_hex(6)}@{host}>",
                    "state": "sent" if channel == "inbox" else "waiting",
                    "due_at": None if channel == "inbox" else now,
                    "created_at": now,
                    "sent_at": now if channel == "inbox" else None,
                }
            )
    return rows


def _next_in_line(now):
    """Ids of the messages that may go out now: due, in nobody's hand, and the oldest waiting for their address.

    An address gets its mail in the order of the events, so a message that has to wait holds up the later ones
    to the same address, and nobody else's.
    """
    row, earlier = Outbox.alias(), Outbox.alias()
    ahead = earlier.select(earlier.id).where(
        (earlier.state == "waiting") & (earlier.address == row.address) & (earlier.id < row.id)
    )
    # A lease that ends further off than any lease lasts was taken before the clock was put back.
    free = row.lease_until.is_null() | (row.lease_until < now) | (row.lease_until > now + 2 * LEASE)
    due = (row.state == "waiting") & (row.due_at <= now) & free
    return row.select(row.id).where(due & ~peewee.fn.EXISTS(ahead)).order_by(row.due_at, row.id)


def claim(most=20, now=None):
    """Take up to `most` due messages for one lease; a row whose worker died is due again when its lease is over."""
    now = now or values.now()
    wanted = _next_in_line(now)
    if not wanted.exists():  # the usual answer, so it must not cost a write transaction
        return []
    wanted = wanted.limit(most)
    if not store.is_sqlite():
        wanted = wanted.for_update("FOR UPDATE SKIP LOCKED")
    with store.housekeeping("delivery"):
        # A statement of its own: within the UPDATE PostgreSQL may ask it anew for each row, and takes too many.
        ids = [number for (number,) in wanted.tuples()]
        taken = (
            Outbox.update(lease_until=now + LEASE, fence=Outbox.fence + 1).where(Outbox.id.in_(ids)).returning(Outbox)
        )
        return sorted(taken.execute(), key=lambda row: row.id)


def _in_hand(row):
    """Where-expression: this row, as long as no other worker took it over."""
    return (Outbox.id == row.id) & (Outbox.fence == row.fence) & (Outbox.state == "waiting")


def renew(rows, now=None):
    """Heartbeat: hold the claimed rows for another lease."""
    now = now or values.now()
    with store.housekeeping("delivery"):
        for row in rows:
            Outbox.update(lease_until=now + LEASE).where(_in_hand(row)).execute()


def sent(row, now=None):
    """Delivered. False when another worker has taken the row over in the meantime."""
    return _settle(row, state="sent", sent_at=now or values.now(), error="")


def withheld(row, reason):
    """Not sent, because the recipient may not read it any more. False as in `sent`."""
    return _settle(row, state="withheld", error=values.one_line(reason, 500) or "")


def failed(row, reason, *, for_good=False, now=None):
    """Not delivered: due again after the next wait, or dead when for good or out of tries. Returns the new state."""
    now = now or values.now()
    attempts = row.attempts + 1
    dead = for_good or attempts > len(WAITS_SECONDS)
    wait = 0 if dead else WAITS_SECONDS[attempts - 1] * (0.9 + secrets.randbelow(200) / 1000)
    state = "dead" if dead else "waiting"
    due_at = None if dead else now + timedelta(seconds=wait)
    _settle(row, state=state, attempts=attempts, error=values.one_line(reason, 500) or "", due_at=due_at)
    return state


def server_away(row, reason, now=None):
    """Not tried, because no server answered: waits without losing a try. Returns the new state."""
    now = now or values.now()
    age = now - row.created_at
    if age > AWAY_PATIENCE:
        return failed(row, reason, for_good=True, now=now)
    least, most = AWAY_WAITS_SECONDS
    wait = min(max(age.total_seconds() / 4, least), most) * (0.9 + secrets.randbelow(200) / 1000)
    _settle(row, error=values.one_line(reason, 500) or "", due_at=now + timedelta(seconds=wait))
    return "waiting"


def _settle(row, **fields):
    with store.housekeeping("delivery"):
        settled = Outbox.update({"due_at": None, "lease_until": None, **fields}).where(_in_hand(row)).execute()
    return bool(settled)


def release(now=None):
    """Let the mails go that waited for the morning; returns how many."""
    over = (Outbox.state == "held") & (Outbox.channel == "mail") & (Outbox.due_at <= (now or values.now()))
    if not Outbox.select(Outbox.id).where(over).exists():
        return 0
    with store.housekeeping("delivery"):
        return Outbox.update(state="waiting").where(over).execute()


def to_gather(now=None):
    """The recipients whose letter of the day or week is due."""
    due = (Outbox.state == "held") & (Outbox.channel == GATHERED) & (Outbox.due_at <= (now or values.now()))
    return [recipient for (recipient,) in Outbox.select(Outbox.recipient).where(due).distinct().tuples()]


def gather(recipient, now):
    """Take all that waits for one letter, inside the change that writes it; of two workers one gets the rows."""
    mine = (Outbox.recipient == recipient) & (Outbox.channel == GATHERED) & (Outbox.state == "held")
    taken = Outbox.update(state="gathered", sent_at=now, due_at=None).where(mine)
    return sorted(taken.returning(Outbox).execute(), key=lambda row: row.id)


def let_go(recipient, letters):
    """Never send what is held of these letters: they are not wanted any more. Inside the change that says so."""
    held = (Outbox.recipient == recipient) & (Outbox.state == "held") & Outbox.template.in_(letters)
    Outbox.update(state="withheld", due_at=None, error="not wanted any more").where(held).execute()


def again(row, now=None):
    """The UPDATE that puts a dead message back into the queue, with the same Message-ID."""
    return Outbox.update(state="waiting", attempts=0, due_at=now or values.now(), error="").where(
        (Outbox.id == row.id) & (Outbox.state == "dead")
    )


def came_back(row, reason):
    """The UPDATE that notes of a letter that it did not arrive after all, though a server had taken it."""
    reason = values.one_line(reason, 500) or ""
    return Outbox.update(state="dead", due_at=None, error=reason).where(Outbox.id == row.id)
