"""Messages of cases: what both sides wrote, our internal comments, and the steps between them, page by page."""

from typing import NamedTuple

import peewee

from portal import search, store
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.service import cases
from portal.service.cases import Case

PAGE = 30
INDEXED = 40  # newest messages by which a case is found, besides its first

FIELDS = Table(
    "case_message",
    Field("case", "link", EVERYONE),
    Field("at", "moment", EVERYONE),
    Field("author_name", read=EVERYONE),
    Field("is_ours", "yes", EVERYONE),
    Field("words", "words", EVERYONE),
    Field("step", read=EVERYONE),
    Field("is_internal", "yes", STAFF),
)


class CaseMessage(store.Model):
    """Something written to a case, or (`step`) a step of it that both sides read, with or without words."""

    case = peewee.ForeignKeyField(Case)
    at = store.MomentField()
    author = peewee.CharField(max_length=40)
    author_name = peewee.CharField(max_length=200, default="")
    is_ours = peewee.BooleanField(default=False)
    is_internal = peewee.BooleanField(default=False)  # among us: no customer reads it anywhere
    words = peewee.TextField(default="")
    step = peewee.CharField(max_length=20, default="")  # the event, where the message says what became of the case
    rating = peewee.IntegerField(null=True)
    files = store.JSONText(default=list)  # ids of attachments that came with it
    came_from = peewee.ForeignKeyField(Case, null=True, backref="gone_set")  # the case it was written to, when merged

    class Meta:
        indexes = ((("case", "id"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the messages of the cases a person sees; customers never get an internal one."""
        seen = Case.visible_to(actor).select(Case.id)
        return readable(cls.select(cls, Case).join(Case, on=(cls.case == Case.id)), actor).where(cls.case.in_(seen))

    @property
    def came_from_number(self):
        return Case.NUMBER.format(self.came_from_id) if self.came_from_id else ""


class Page(NamedTuple):
    """A part of a conversation, oldest first; `earlier` and `later` are ids to turn to, None at the ends."""

    messages: list
    earlier: int | None
    later: int | None
    newest: int  # id of the newest message this person may read, 0 when there is none


def readable(query, actor):
    """Of a query of messages those that this person may read: customers never get an internal one."""
    if actor.is_customer:
        return query.where(~CaseMessage.is_internal)
    if actor.is_staff or actor.is_system:
        return query
    raise NotFound()


def page(case, actor, before=None, after=None, most=PAGE):
    """The newest part of a conversation, or the part before or after a message; two queries at most.

    Customers get no internal comment, and no trace of one.
    """
    mine = readable(CaseMessage.select().where(CaseMessage.case == case), actor)
    if after is not None:
        rows = list(mine.where(CaseMessage.id > after).order_by(CaseMessage.id).limit(most + 1))
        more, rows = len(rows) > most, rows[:most]
        earlier = rows[0].id if rows and after else None
        newest = newest_id(case, actor) if more else (rows[-1].id if rows else 0)
        return Page(rows, earlier, rows[-1].id if more else None, newest)
    if before is not None:
        mine = mine.where(CaseMessage.id < before)
    rows = list(mine.order_by(CaseMessage.id.desc()).limit(most + 1))
    more, rows = len(rows) > most, rows[:most][::-1]
    newest = newest_id(case, actor) if before is not None else (rows[-1].id if rows else 0)
    later = rows[-1].id if before is not None and rows and rows[-1].id < newest else None
    return Page(rows, rows[0].id if more else None, later, newest)


def newest_id(case, actor):
    """Id of the newest message this person may read, 0 when there is none."""
    mine = readable(CaseMessage.select(peewee.fn.MAX(CaseMessage.id)).where(CaseMessage.case == case), actor)
    return mine.scalar() or 0


def since(case, message, by):
    """What others wrote or did to a case after a message (its id), oldest first, comments left out."""
    rows = CaseMessage.select().where((CaseMessage.case == case) & (CaseMessage.id > message))
    rows = rows.where((CaseMessage.author != str(by.ref)) & ~CaseMessage.is_internal)
    return list(rows.order_by(CaseMessage.id).limit(PAGE))


def write(change, case, *, words="", files=(), step="", is_internal=False, **more):
    """Write a message into a case, with its files, inside a change. Returns it.

    Files of ours in an answer are shared with the customer, those of an internal comment are not.
    """
    by = change.by
    brought = []
    if files:
        told = {"is_shared": not is_internal, "is_told": False, "now": change.now}
        brought = [a.id for a in attachments.attach(case, by=by, files=files, **told)]
    message = CaseMessage.create(
        case=case, at=change.now, author=str(by.ref), author_name=by.name, is_ours=not by.is_customer,
        is_internal=is_internal, words=words, step=step, files=brought, **more,
    )  # fmt: skip
    change.happened()
    index(case)
    return message


def index(case):
    """Put a case and its words into the search; internal comments under the right of those who may read them."""
    for entry in _entries(case):
        search.put(case.ref, *entry[1:])


def _entries(case):
    """What a case is found by: its facts with its first and newest words; our comments in an entry of their own."""
    rows = CaseMessage.select(CaseMessage.words, CaseMessage.is_internal)
    rows = rows.where((CaseMessage.case == case) & (CaseMessage.words != ""))
    first, newest = rows.order_by(CaseMessage.id).limit(1), rows.order_by(CaseMessage.id.desc()).limit(INDEXED)
    texts = {False: case.texts(), True: []}
    for words, is_internal in [*first.tuples(), *newest.tuples()]:
        texts[is_internal].append(words)
    scope = (case.account_id, case.account.team_id)
    return [search.Entry(case.id, texts[False], *scope), search.Entry(case.id, texts[True], *scope, cases.INSIDE)]


def search_entries(after, most):
    """The next cases as the search index holds them, for its rebuilding."""
    rows = Case.select(Case, Account).join(Account, on=(Case.account == Account.id)).where(Case.id > after)
    return [entry for case in rows.order_by(Case.id).limit(most) for entry in _entries(case) if entry.text]


def people_in(case):
    """Refs in text of the customers who asked or wrote in a case."""
    rows = CaseMessage.select(CaseMessage.author).where((CaseMessage.case == case) & ~CaseMessage.is_ours)
    return {case.asker, *(author for (author,) in rows.distinct().tuples())} - {""}
