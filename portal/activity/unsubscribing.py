"""Unsubscribing: the address in each letter by which its receiver, or a mail program, stops such mail (RFC 8058)."""

import re
from typing import NamedTuple

from portal.activity import preferences, topics
from portal.activity.topics import ANY, BY_KEY, NOTHING, TOPICS
from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.people import logins, policy, proofs
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.values import Actor, Ref

TOKEN = re.compile(r"([a-z]+)\.([1-9][0-9]{0,17})\.([a-z]+)\.([A-Za-z0-9_-]{43})", re.ASCII)
PEOPLE = {"login": Login, "account": Account, "employee": Employee}  # whom a letter may go to for long

policy.allow("notices.stop", policy.EVERYONE)


class Asked(NamedTuple):
    """What one address stands for: the letters of a topic (or of a gathered letter) to a person. It never ends."""

    ref: Ref
    topic: str

    @property
    def token(self):
        return f"{self.ref.kind}.{self.ref.id}.{self.topic}.{proofs.proof('unsubscribe', self._said)}"

    @property
    def _said(self):
        return f"{self.ref} {self.topic}"

    @property
    def path(self):
        return f"/unsubscribe/{self.token}"

    @property
    def keys(self):
        """The topics it stops: of a gathered letter every one that may be off; of one that is no more, none."""
        if self.topic == topics.GATHERED:
            return [topic.key for topic in TOPICS if topic.may_be_off != NOTHING]
        return [self.topic] if self.topic in BY_KEY else []

    @property
    def is_stopped(self):
        """Whether none of these letters comes any more."""
        off = preferences.off_of(preferences.plan_of(self.ref))
        return all((key, "mail") in off for key in self.keys)

    def stop(self, now=None):
        """No more such mail. Any number of times, by whoever holds the letter."""
        preferences.stop_mail(**self._whose(), keys=self.keys, now=now)

    def resume(self, now=None):
        """It was a mistake."""
        preferences.resume_mail(**self._whose(), keys=self.keys, now=now)

    def _whose(self):
        person = PEOPLE[self.ref.kind].get_or_none(PEOPLE[self.ref.kind].id == self.ref.id)
        if person is None:
            raise NotFound()
        about = logins.circle(person).about if self.ref.kind == "login" else None
        about = self.ref if self.ref.kind == "account" else about
        return {"by": Actor(self.ref, person.name), "ref": self.ref, "about": about}


def of_letter(row):
    """What the receiver of this mail may stop by one press, or None: then such mail is always sent.

    Who has no inbox here is not let go without any word of what he owes.
    """
    ref = Ref.parse(row.recipient)
    if ref is None or ref.kind not in PEOPLE:
        return None
    if row.template == topics.GATHERED:
        return Asked(ref, topics.GATHERED)
    topic = topics.of(row.template)
    may_stop = topic.may_be_off == ANY or (topic.may_be_off != NOTHING and ref.kind == "login")
    return Asked(ref, topic.key) if may_stop else None


def find(token):
    """What an address of ours stands for; NotFound for any other."""
    parts = TOKEN.fullmatch(token or "")
    asked = parts and parts[1] in PEOPLE and Asked(Ref(parts[1], int(parts[2])), parts[3])
    if not asked or not proofs.holds(parts[4], "unsubscribe", asked._said):
        raise NotFound()
    return asked
