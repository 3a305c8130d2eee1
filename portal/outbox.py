"""What must still be sent: one row per event, recipient and channel, written in the transaction of the event."""

import secrets
from datetime import timedelta

import peewee

from portal import store, values

LEASE = timedelta(seconds=4)
MINUTE = 60
# Back-off of BATTERY rule 17; after the last wait the row is dead and staff are asked.
WAITS_SECONDS = (5, 5 * MINUTE, 30 * MINUTE, *(h * 60 * MINUTE for h in (2, 5, 10, 14, 20, 24)))


class Outbox(store.Model):
    """One message to one recipient through one channel about one event."""

    id = peewee.BigAutoField()
    entry = peewee.BigIntegerField()  # audit entry; no foreign key: the ground floor's tables point nowhere
    recipient = peewee.CharField(max_length=40)
    channel = peewee.CharField(max_length=10)  # inbox, mail
    address = peewee.CharField(max_length=320, default="")
    name = peewee.CharField(max_length=200, default="")
    language = peewee.CharField(max_length=8, default="en")
    template = peewee.CharField(max_length=60)
    params = store.JSONText(default=dict)
    message_id = peewee.CharField(max_length=120, unique=True)
    state = peewee.CharField(max_length=10, default="waiting")  # waiting, sent, dead
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
                }
            )
    return rows


def claim(most=20, now=None):
    """Take up to `most` due messages for one lease; a row whose worker died is due again when its lease is over."""
    now = now or values.now()
    due = (Outbox.state == "waiting") & (Outbox.due_at <= now)
    free = Outbox.lease_until.is_null() | (Outbox.lease_until < now)
    wanted = Outbox.select(Outbox.id).where(due & free).order_by(Outbox.due_at, Outbox.id).limit(most)
    if not store.is_sqlite():
        wanted = wanted.for_update("FOR UPDATE SKIP LOCKED")
    if not Outbox.select(Outbox.id).where(due & free).exists():
        return []
    with store.housekeeping("delivery"):
        taken = (
            Outbox.update(lease_until=now + LEASE, fence=Outbox.fence + 1)
            .where(Outbox.id.in_(wanted))
            .returning(Outbox)
        )
        return sorted(taken.execute(), key=lambda row: row.id)


def renew(rows, now=None):
    """Heartbeat: hold the claimed rows for another lease; returns the ids that are still ours."""
    now = now or values.now()
    held = []
    with store.housekeeping("delivery"):
        for row in rows:
            mine = (Outbox.id == row.id) & (Outbox.fence == row.fence) & (Outbox.state == "waiting")
            if Outbox.update(lease_until=now + LEASE).where(mine).execute():
                held.append(row.id)
    return held


def sent(row, now=None):
    """Delivered. False when another worker has taken the row over in the meantime."""
    now = now or values.now()
    with store.housekeeping("delivery"):
        return bool(
            Outbox.update(state="sent", sent_at=now, due_at=None, lease_until=None, error="")
            .where((Outbox.id == row.id) & (Outbox.fence == row.fence) & (Outbox.state == "waiting"))
            .execute()
        )


def failed(row, reason, *, for_good=False, now=None):
    """Not delivered: due again after the next wait, or dead when for good or out of tries. Returns the new state."""
    now = now or values.now()
    attempts = row.attempts + 1
    dead = for_good or attempts > len(WAITS_SECONDS)
    wait = 0 if dead else WAITS_SECONDS[attempts - 1] * (0.9 + secrets.randbelow(200) / 1000)
    with store.housekeeping("delivery"):
        Outbox.update(
            state="dead" if dead else "waiting",
            attempts=attempts,
            error=values.one_line(reason, 500) or "",
            due_at=None if dead else now + timedelta(seconds=wait),
            lease_until=None,
        ).where((Outbox.id == row.id) & (Outbox.fence == row.fence)).execute()
    return "dead" if dead else "waiting"


def send_again(row, now=None):
    """Put a dead message back into the queue, with the same Message-ID."""
    with store.housekeeping("delivery"):
        Outbox.update(state="waiting", attempts=0, due_at=now or values.now(), error="").where(
            (Outbox.id == row.id) & (Outbox.state == "dead")
        ).execute()
