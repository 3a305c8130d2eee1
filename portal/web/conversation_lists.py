"""Lists of conversations: the mailbox, in which what waits for us stands, and those of one record."""

from flask_babel import lazy_gettext

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid, NotFound
from portal.sales.leads import Lead
from portal.service import conversation_sorting
from portal.service.conversation_sorting import TOPICS
from portal.service.conversations import FIELDS, INSIDE, IS_OPEN, KIND_OF, OPEN, STATES, Conversation
from portal.web import finding, lists
from portal.web.list_deeds import Deed
from portal.web.terms.marks import N_

STATE = lists.Choice(
    "conversation",
    FIELDS["state"],
    Conversation.state,
    {"open": (N_("waiting for us"), OPEN, IS_OPEN), "all": (N_("all"), STATES)},
)


def _end(state):
    return lambda row, by, value: conversation_sorting.end(row, by=by, state=state)


MANY = (
    Deed("done", "mailbox.sort", _end("done"), "state", lazy_gettext("Done with them")),
    Deed("let_be", "mailbox.sort", _end("let_be"), "state", lazy_gettext("Let them be")),
    Deed("spam", "mailbox.sort", _end("spam"), "state", lazy_gettext("Mark as spam")),
)


def _about(query, text, actor):
    """`about=SO-000012` is what was written about an order, an invoice or a case, by its number."""
    for model in TOPICS:
        try:
            found = model.visible_to(actor).where(model.by_number(text)).first()
        except NotFound:
            continue
        if found is not None:
            return query.where(Conversation.about == str(found.ref))
    raise Invalid(about=("filter-choice-unknown", {"value": text}))


def _of(model, column):
    """A filter by the readable number of a record."""

    def narrow(query, text, actor):
        try:
            found = model.visible_to(actor).where(model.by_number(text)).first()
        except NotFound:
            found = None
        if found is None:
            raise Invalid(**{column.name: ("filter-choice-unknown", {"value": text})})
        return query.where(column == found.id)

    return narrow


LIST = lists.List(
    "conversation",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "subject", "state", "reason", "name", "address", "account_name")),
        lists.Column("account", lambda row: row.account.number if row.account_id else None),
        lists.Column("owner", lambda row: row.owner.name if row.owner_id else None),
        *map(lists.Column, ("about", "begun_at", "last_at")),
    ],
    sorts={"last": lists.Sort(Conversation.last_at), "number": lists.Sort(Conversation.id)},
    default_sort="-last",
    filters={
        "state": STATE,
        "about": _about,
        "account": _of(Account, Conversation.account),
        "contact": _of(Contact, Conversation.contact),
        "lead": _of(Lead, Conversation.lead),
    },
    defaults={"state": "open"},
    search=finding.found_in(Conversation, rights=(INSIDE,)),
    shown=("subject", "state", "name", "account_name", "owner", "last_at"),
    link="subject",
    at="staff.conversation_show",
    drawn={"state": KIND_OF},
    said=("state", "owner", "reason"),
    rows=Conversation.visible_to,
    many=MANY,
)
