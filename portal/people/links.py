"""Links sent by mail: a row without the token; the token is derived when it is sent."""

import base64
import hmac
import re
from datetime import timedelta

import peewee

from portal import store, values
from portal.errors import Expired, NotFound
from portal.people.logins import Login

KEPT = timedelta(days=30)  # after its end, so that an old mail still gets the right answer
LONGEST_OUTCOME = 40
TOKEN = re.compile(r"([1-9][0-9]{0,17})\.([A-Za-z0-9_-]{43})", re.ASCII)

LIFE = {}  # purpose -> how long its links live
_paths = {}  # purpose -> the address to which they lead, below that of the face

_secrets = ()  # the one that tokens are made with, and the one before it


def allow(purpose, path, life):
    """Declare what links are for, beside the verb that they allow: "/recover/{}" and how long each may be used."""
    LIFE[purpose], _paths[purpose] = life, path


def configure(secret, before=b""):
    """Hand in the secret that tokens are derived from: links of earlier ones than the one `before` die."""
    global _secrets
    _secrets = tuple(hmac.digest(one, b"links", "sha256") for one in (secret, before) if one)


class Link(store.Model):
    """A one-time link: purpose, whom it is for, until when. One with a login dies with the login's epoch."""

    id = peewee.BigAutoField()
    purpose = peewee.CharField(max_length=20)
    kind = peewee.CharField(max_length=10)  # of the login it is for: staff, customer
    login = peewee.ForeignKeyField(Login, null=True)
    subject = peewee.CharField(max_length=40, default="", index=True)
    email = peewee.CharField(max_length=320, default="")
    epoch = peewee.IntegerField(default=0)
    params = store.JSONText(default=dict)
    created_at = store.MomentField()
    expires_at = store.MomentField()
    used_at = store.MomentField(null=True)
    outcome = peewee.CharField(max_length=LONGEST_OUTCOME, default="")  # of its use, for whoever opens it again

    @property
    def token(self):
        """Id and 256 bits that only we can derive, bound to everything the link stands for."""
        return self._token(_secrets[0])

    def is_opened_by(self, token):
        """Whether a token is that of this link; takes as long for a wrong one."""
        return True in [hmac.compare_digest(self._token(secret), token) for secret in _secrets]

    def _token(self, secret):
        bound = store.canonical(
            [self.id, self.purpose, self.kind, self.login_id, self.subject, self.email, self.epoch]
        )
        proof = base64.urlsafe_b64encode(hmac.digest(secret, bound.encode(), "sha256")).decode().rstrip("=")
        return f"{self.id}.{proof}"

    @property
    def path(self):
        """The address this link leads to, below the shop's base address."""
        return ("/staff" if self.kind == "staff" else "") + _paths[self.purpose].format(self.token)

    def is_live(self, now):
        """Whether it may still be used."""
        overtaken = self.login is not None and (self.login.epoch != self.epoch or not self.login.is_active)
        return self.used_at is None and self.expires_at > now and not overtaken

    def use(self, change, now=None, outcome=""):
        """Use it up, inside the change it allows. Of any number of parallel tries one passes; else Expired."""
        now = now or values.now()
        mine = (Link.id == self.id) & Link.used_at.is_null() & (Link.expires_at > now)
        if self.login_id is not None:
            same = (Login.id == self.login_id) & (Login.epoch == self.epoch) & Login.is_active
            mine &= peewee.fn.EXISTS(Login.select(Login.id).where(same))
        used = Link.update(used_at=now, outcome=outcome[:LONGEST_OUTCOME])
        change.guard(used.where(mine), Expired(self))


Link.add_index(
    Link.index(  # of parallel set-ups one makes the link for the first admin
        Link.purpose,
        unique=True,
        where=(Link.purpose == "first_admin") & Link.used_at.is_null(),
        name="link_first_admin",
    )
)


def issue(purpose, kind, email, *, login=None, subject=None, params=None, life=None, now=None):
    """A new link to be mailed to `email`; its token is derived by whoever sends it. `life` is that of LIFE."""
    now = now or values.now()
    with store.housekeeping("links"):
        return Link.create(
            purpose=purpose,
            kind=kind,
            login=login,
            subject=str(subject or ""),
            email=email,
            epoch=login.epoch if login else 0,
            params=params or {},
            created_at=now,
            expires_at=now + (life or LIFE[purpose]),
        )


def find(token, *purposes, kind, now=None):
    """The live link behind a token, without using it up.

    NotFound when the token is not one of ours for this purpose, Expired (with the row) when it is over.
    """
    parts = TOKEN.fullmatch(token or "")
    link = parts and _with_login().where(Link.id == int(parts[1])).first()
    if not link or not link.is_opened_by(token):
        raise NotFound()
    if link.purpose not in purposes or link.kind != kind:
        raise NotFound()
    if not link.is_live(now or values.now()):
        raise Expired(link)
    return link


def _with_login():
    return Link.select(Link, Login).join(Login, peewee.JOIN.LEFT_OUTER)


def address(link_id, now=None):
    """Path with token of a link, for the writer of letters at the moment of sending; None when it is over."""
    link = Link.get_or_none(Link.id == link_id)
    return link.path if link is not None and link.is_live(now or values.now()) else None


def withdraw(purpose, subject=None, now=None):
    """Let the open links of one purpose die, for one record or all: a newer one takes their place, or none."""
    mine = (Link.purpose == purpose) & Link.used_at.is_null()
    if subject is not None:
        mine &= Link.subject == str(subject)
    with store.housekeeping("links"):
        Link.update(used_at=now or values.now()).where(mine).execute()


def withdraw_about(subjects, since, now=None):
    """Let the open links about some records (Refs as text) die that were issued since a moment, whatever they do."""
    mine = Link.subject.in_(list(subjects)) & (Link.created_at >= since) & Link.used_at.is_null()
    with store.housekeeping("links"):
        Link.update(used_at=now or values.now()).where(mine).execute()


def open_for(purpose, subject, now=None):
    """The newest link of this purpose for this record that can still be used, or None."""
    query = Link.select().where((Link.purpose == purpose) & (Link.subject == str(subject)) & Link.used_at.is_null())
    link = query.order_by(Link.id.desc()).first()
    return link if link is not None and link.is_live(now or values.now()) else None


def forget_old(now=None):
    """Drop links long after their end, with what they carried."""
    with store.housekeeping("links"):
        Link.delete().where(Link.expires_at < (now or values.now()) - KEPT).execute()
