"""Attempts: counters in the database that slow guessing down across processes."""

import hashlib
import hmac
import secrets
from datetime import timedelta

import peewee

from portal import store, values
from portal.errors import TooMany

WINDOW = timedelta(minutes=15)
# What is counted, and how many of it are looked at within the window.
MOST = {
    "guess": 10,  # passwords tried for one address
    "again": 10,  # passwords asked again of somebody who is signed in
    "client": 100,  # anything from one client address
    "mail": 5,  # links asked for one address
    "unasked": 10,  # of these such as go to anybody, whether he is a customer or not
    "serial": 20,  # serial numbers that one account says are his
    "form": 300,  # public forms sent, of one form
    "form_client": 20,  # the same from one client
    "form_letter": 3,  # letters that public forms send to one address which has not answered
    "named": 5,  # letters that customers have us send to one address which they name
    "named_by": 100,  # the same by one account
    "proof": 5,  # invoices named to have ordering let go on
}
LONGER = dict.fromkeys(("form_letter", "named", "named_by", "unasked"), timedelta(days=1))  # windows of their own
LONGEST = max(WINDOW, *LONGER.values())

_secrets = ()  # the one that marks are made with, and the one before it


class Attempt(store.Model):
    """How often `key` (an account, a client address, a device) was tried since `since_at`."""

    key = peewee.CharField(max_length=120, unique=True)
    count = peewee.IntegerField(default=0)
    since_at = store.MomentField(index=True)


def configure(secret, before=b""):
    """Hand in the key that proves a known device."""
    global _secrets
    _secrets = tuple(hmac.digest(one, b"known device", "sha256") for one in (secret, before) if one)


def count(now=None, **whom):
    """Count one attempt per keyword, `guess="staff carol@…", client="10.0.0.7"`, before it is looked at.

    Each is one conditional statement, so parallel tries on any number of processes never pass a limit.
    Raises TooMany; what was refused is not counted.
    """
    now = now or values.now()
    with store.housekeeping("attempts"):
        for what in sorted(whom):
            window = LONGER.get(what, WINDOW)
            if whom[what] and not _counted(_key(what, whom[what]), MOST[what], window, now):
                raise TooMany(_wait_seconds(_key(what, whom[what]), window, now))


def _counted(key, most, window, now):
    over = Attempt.since_at <= now - window
    statement = Attempt.insert(key=key, count=1, since_at=now).on_conflict(
        conflict_target=[Attempt.key],
        update={
            Attempt.count: peewee.Case(None, [(over, 1)], Attempt.count + 1),
            Attempt.since_at: peewee.Case(None, [(over, now)], Attempt.since_at),
        },
        where=over | (Attempt.count < most),
    )
    return store.db.execute(statement).rowcount > 0


def count_named(by, account, email, now=None):
    """Count a letter to an address that a customer names; of us, whoever writes knows whom. Raises TooMany."""
    if by.is_customer and not by.is_quiet:
        count(now=now, named=values.email(email)[1], named_by=str(account.ref))


def forgive(**whom):
    """A right password: the account's counter starts anew, and the client's gets its try back."""
    with store.housekeeping("attempts"):
        for what in sorted(whom):
            if not whom[what]:
                continue
            mine = Attempt.key == _key(what, whom[what])
            if what == "client":
                Attempt.update(count=Attempt.count - 1).where(mine & (Attempt.count > 0)).execute()
            else:
                Attempt.delete().where(mine).execute()


def forget_old(now=None):
    """Drop the counters whose window is over, whichever theirs is."""
    with store.housekeeping("attempts"):
        Attempt.delete().where(Attempt.since_at <= (now or values.now()) - LONGEST).execute()


def device_mark(who):
    """What a browser keeps after a right password: guesses from it have a counter of their own.

    So nobody locks the owner of an address out by guessing at it from elsewhere.
    """
    number = secrets.token_urlsafe(12)
    return f"{number}.{_proof(_secrets[0], number, who)}"


def counted_as(who, device):
    """The account as its counter knows it: with the device when its mark was made for this very account."""
    number, _, proof = (device or "")[:200].partition(".")
    known = True in [hmac.compare_digest(proof.encode(), _proof(one, number, who).encode()) for one in _secrets]
    return f"{who} {number}" if known else who


def _proof(secret, number, who):
    return hmac.new(secret, f"{number} {who}".encode(), "sha256").hexdigest()


def _key(what, who):
    """The counter's key; hashed, because what people type is not ours to keep."""
    return f"{what}:{hashlib.sha256(who.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _wait_seconds(key, window, now):
    row = Attempt.get_or_none(Attempt.key == key)
    left = (row.since_at + window - now).total_seconds() if row else 0
    return max(1, int(left) + 1)
