"""Logins: who may sign in at which face, with which proof. A login knows no account."""

from typing import NamedTuple

import peewee

from portal import store, values
from portal.values import Actor, Ref

KINDS = ("staff", "customer")


class Login(store.Versioned):
    """A person's sign-in at one face. `epoch` rises when sign-in data changes: older sessions and links are dead."""

    SECRET = frozenset({"password_hash"})

    kind = peewee.CharField(max_length=10)
    email = peewee.CharField(max_length=320)
    email_key = peewee.CharField(max_length=320)
    name = peewee.CharField(max_length=200)
    password_hash = peewee.CharField(max_length=200, null=True)
    epoch = peewee.IntegerField(default=1)
    language = peewee.CharField(max_length=8, default="en")
    is_active = peewee.BooleanField(default=True)
    verified_at = store.MomentField(null=True)
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("kind", "email_key"), True),)

    @classmethod
    def find(cls, kind, email):
        """The login of this face with this address, or None; `email` as a person types it."""
        return cls.by_key(kind, values.email(email)[1])

    @classmethod
    def by_key(cls, kind, email_key):
        """The login of this face whose address compares equal to `email_key`, or None."""
        return cls.select().where((cls.kind == kind) & (cls.email_key == email_key)).first()

    @classmethod
    def proof(cls, kind, email_key):
        """(id, password hash) of whoever may sign in with this address, or a pair of None.

        Bare columns: to make a whole row of them would take an address that signs in measurably longer.
        """
        mine = (cls.kind == kind) & (cls.email_key == email_key) & cls.is_active
        return cls.select(cls.id, cls.password_hash).where(mine).tuples().first() or (None, None)

    @property
    def recipient(self):
        """This person as somebody to be told."""
        return values.Recipient(self.ref, self.name, self.email, self.language)

    @property
    def mailbox(self):
        """The same person by mail alone: links never stand in an inbox."""
        return self.recipient.at(self.email)

    def acting(self, by=values.ANONYMOUS):
        """The person of this login as who does something, before any session says with which rights."""
        return Actor(self.ref, self.name, language=self.language, request=by.request, is_quiet=by.is_quiet)

    def raise_epoch(self, change):
        """Let every session and every sign-in link of this login die at once."""
        change.guard(Login.update(epoch=Login.epoch + 1).where(Login.id == self.id), RuntimeError("no such login"))
        self.epoch = Login.select(Login.epoch).where(Login.id == self.id).scalar()


def rename(which, name):
    """People have one name: a sign-in is called what its person is called, inside the change that said so."""
    Login.update(name=name).where(which).execute()


class Circle(NamedTuple):
    """Who stands around a login: the account its events are about, who else is told, whom to ask."""

    about: Ref | None = None
    recipients: tuple = ()
    person: dict | None = None  # name, phone and e-mail of whom to ask, for letters


_circles = {}


def circle_from(kind, function):
    """Declare who knows the people around logins of `kind`: the noun that joins them to more than a login."""
    _circles[kind] = function


def circle(login):
    """The Circle of a login; an empty one while nobody declared it."""
    function = _circles.get(login.kind)
    return function(login) if function else Circle()


_followers = {}


def followed_by(kind, function):
    """Declare who keeps the address of logins of `kind` as well: `function(login, former, by)`, inside the change."""
    _followers[kind] = function


def address_changed(login, former, by):
    """Let whoever keeps this login's address take the new one over, in the change that is open."""
    if login.kind in _followers:
        _followers[login.kind](login, former, by)
