"""Sessions: who is signed in where, as rows that hold only the hash of the token."""

import hashlib
import logging
import secrets
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

import peewee

from portal import custom, rows, store, values
from portal.people.logins import Login

security = logging.getLogger("suki.security")

# How long a session lives unused, and how long at most.
IDLE = {"customer": timedelta(days=14), "staff": timedelta(hours=12)}
LONGEST = {"customer": timedelta(days=90), "staff": timedelta(days=30)}
SEEN_EVERY = timedelta(minutes=10)


class Session(store.Model):
    """One signed-in browser. The token is 256 random bits; the row keeps its sha256 and the login's epoch."""

    token_hash = peewee.CharField(max_length=64, unique=True)
    login = peewee.ForeignKeyField(Login)
    epoch = peewee.IntegerField()
    account = peewee.IntegerField(null=True)  # the account a customer works in now
    agent = peewee.CharField(max_length=200, default="")
    created_at = store.MomentField()
    seen_at = store.MomentField()
    ended_at = store.MomentField(null=True)

    def is_live(self, now):
        """Whether it still opens the door: not ended, not idle or old, and no sign-in data changed since."""
        login = self.login
        fresh = self.seen_at > now - IDLE[login.kind] and self.created_at > now - LONGEST[login.kind]
        return self.ended_at is None and self.epoch == login.epoch and login.is_active and fresh


class Opened(NamedTuple):
    """A new session and the token that only the browser keeps."""

    token: str
    session: Session

    @property
    def login(self):
        return self.session.login


def open(login, agent="", *, account=None, since=None, now=None):
    """Sign a browser in: always a new token, whatever the browser brought along. `since`: when it came in."""
    now = now or values.now()
    token = secrets.token_urlsafe(32)
    with store.housekeeping("sessions"):
        session = Session.create(
            token_hash=_digest(token),
            login=login,
            epoch=login.epoch,
            account=account,
            agent=values.one_line(agent, 200) or "",
            created_at=since or now,
            seen_at=now,
        )
    security.info("session %s opened for %s", session.id, login.ref)
    return Opened(token, session)


@lru_cache
def _asked(beside):
    """The query of `find`, which each request asks, made into SQL once."""

    def by_token(token_hash):
        query = Session.select(Session, Login, custom.stamp().alias("custom_stamp")).join(Login)
        query = query.where(Session.token_hash == token_hash)
        return beside(query) if beside else query

    return rows.Asked(by_token)


def find(token, kind, now=None, beside=None):
    """(session, login) that a token opens at the face for logins of `kind`, or None. One query.

    Notes every ten minutes that the session is in use. `beside(query)` joins more to the logins.
    """
    now = now or values.now()
    session = next(iter(_asked(beside)(_digest(token or ""))), None)
    if session is not None:
        custom.meet(session.custom_stamp)
    if session is None or session.login.kind != kind or not session.is_live(now):
        return None
    if session.seen_at <= now - SEEN_EVERY:
        with store.housekeeping("sessions"):
            Session.update(seen_at=now).where(Session.id == session.id).execute()
    return session, session.login


def end(token, now=None):
    """Sign out: the token is dead at once, on every process."""
    _end(Session.token_hash == _digest(token or ""), now)


def end_all(login, except_token=None, now=None):
    """End the sessions of a login, but for the one of `except_token`."""
    _end((Session.login == login) & (Session.token_hash != _digest(except_token or "")), now)


def end_one(session, now=None):
    """End one session, wherever its browser is."""
    _end(Session.id == session.id, now)


def renew(session, login, now=None):
    """A fresh token for the same browser after its sign-in data changed; the old one is dead, its age goes on."""
    with store.housekeeping("sessions"):
        _end(Session.id == session.id, now)
        return open(login, session.agent, account=session.account, since=session.created_at, now=now)


def live(login, now=None):
    """The sessions of a login that still open a door, newest use first: where am I signed in?"""
    now = now or values.now()
    query = Session.select().where(
        (Session.login == login)
        & (Session.epoch == login.epoch)
        & Session.ended_at.is_null()
        & (Session.seen_at > now - IDLE[login.kind])
        & (Session.created_at > now - LONGEST[login.kind])
    )
    return query.order_by(Session.seen_at.desc(), Session.id.desc())


def work_in(session, account):
    """Remember which account a customer works in; that the login belongs to it is checked above."""
    with store.housekeeping("sessions"):
        Session.update(account=account.id).where(Session.id == session.id).execute()
    session.account = account.id


def forget_old(now=None):
    """Drop rows that can never open a door again."""
    with store.housekeeping("sessions"):
        Session.delete().where(Session.created_at < (now or values.now()) - max(LONGEST.values())).execute()


def _end(which, now):
    with store.housekeeping("sessions"):
        Session.update(ended_at=now or values.now()).where(which & Session.ended_at.is_null()).execute()


def _digest(token):
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
