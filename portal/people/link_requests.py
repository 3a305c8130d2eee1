"""Requests for a link: noted by the page without looking anything up, answered by mail from the worker.

So a page does the same work, byte for byte and query for query, for an address that is known and one that is not.
"""

import logging
from datetime import timedelta

import peewee

from portal import store, values
from portal.people import attempts

log = logging.getLogger("suki.links")
OLDEST = timedelta(days=1)
BATCH = 100

_answers = {}
_to_anybody = set()


class LinkRequest(store.Model):
    """Somebody typed an address and wants a link sent there; nothing is said of whether the address is known."""

    purpose = peewee.CharField(max_length=20)
    kind = peewee.CharField(max_length=10)
    email = peewee.CharField(max_length=320)
    language = peewee.CharField(max_length=8, default="en")
    params = store.JSONText(default=dict)
    request = peewee.CharField(max_length=40, default="")
    asked_at = store.MomentField()

    @property
    def asker(self):
        """Who asked, as far as anybody knows: nobody, in a language."""
        return values.Actor(values.ANONYMOUS.ref, language=self.language, request=self.request)

    def claim(self):
        """Take the request off the list; False when another worker was first."""
        return bool(LinkRequest.delete().where(LinkRequest.id == self.id).execute())


def answered_by(purpose, function, *, is_to_anybody=False):
    """Declare who answers requests for `purpose`: `function(request, now)` claims it and writes the letter.

    Where the letter goes to anybody, and not only to those who sign in here, an address gets few of them in a day.
    """
    _answers[purpose] = function
    if is_to_anybody:
        _to_anybody.add(purpose)


def ask(*, by, purpose, kind, email, client="", params=None, now=None):
    """Note a request. Raises Invalid(email), or TooMany for the address or the client."""
    shown, key = values.email(email)
    now = now or values.now()
    attempts.count(mail=f"{kind} {key}", unasked=key if purpose in _to_anybody else "", client=client, now=now)
    with store.housekeeping("links"):
        LinkRequest.create(
            purpose=purpose,
            kind=kind,
            email=shown,
            language=by.language,
            params=params or {},
            request=by.request,
            asked_at=now,
        )


def renew(link, *, by, client="", now=None):
    """Ask again for what a link that is over was for, to the address it was sent to."""
    ask(
        by=by,
        purpose=link.purpose,
        kind=link.kind,
        email=link.email,
        client=client,
        params=link.params | {"after": link.id},
        now=now,
    )


def can_renew(link):
    """Whether a new link may be asked for: invitations that were used or withdrawn are over for good."""
    return (
        link is not None
        and link.purpose in _answers
        and (link.used_at is None or link.purpose in ("sign_in", "recover"))
    )


def answer_all(now=None):
    """Answer what was asked, oldest first; returns how many. A request that breaks does not hold up the others."""
    rows = list(LinkRequest.select().order_by(LinkRequest.id).limit(BATCH))
    for row in rows:
        try:
            _answers[row.purpose](row, now or values.now())
        except peewee.DatabaseError:
            raise
        except Exception:  # a letter that cannot be written must not stop the next one
            log.exception("request %s for %s was not answered", row.id, row.purpose)
    return len(rows)


def forget_old(now=None):
    """Drop requests nobody could answer."""
    with store.housekeeping("links"):
        LinkRequest.delete().where(LinkRequest.asked_at < (now or values.now()) - OLDEST).execute()
