"""One-task links: a letter lets its receiver do one thing to one record, once, without signing in."""

from datetime import timedelta
from typing import NamedTuple

from portal import values
from portal.people import links, policy

PURPOSE = "task"
LIFE = timedelta(days=7)

links.allow(PURPOSE, "/do/{}", LIFE)
policy.allow("tasks.do", policy.EVERYONE)  # what the link's own person may do is asked again when it is used


class Task(NamedTuple):
    """What a link is for: which task, to which record, in which account; `params` as its letter gave them."""

    link: links.Link
    name: str
    subject: values.Ref
    account: int
    params: dict

    @property
    def login(self):
        return self.link.login

    @property
    def outcome(self):
        """What its use came to: "" while it was not used."""
        return self.link.outcome


def issue(change, task, login, subject, *, account, life=LIFE, params=None):
    """A link to be told inside `change`: `change.tell([login.recipient], …, url={"link": link.id})`.

    It is this person's own, so each of several people is told by a letter of his own.
    """
    return links.issue(
        PURPOSE,
        login.kind,
        login.email,
        login=login,
        subject=subject.ref,
        params={"task": task, "account": account, "with": params or {}},
        life=life,
        now=change.now,
    )


def find(token, now=None):
    """The Task behind a token, without using it up. NotFound, Expired."""
    return task_of(links.find(token, PURPOSE, kind="customer", now=now))


def task_of(link):
    """What a link of this kind is for, also one that is over."""
    subject = values.Ref.parse(link.subject)
    return Task(link, link.params["task"], subject, link.params["account"], link.params["with"])


def use(task, change, outcome):
    """Use it up inside the change it allows; `outcome` is the word for what came of it. Expired when it is over."""
    task.link.use(change, change.now, outcome=outcome)
