"""The dossier: what we know about a customer and where each piece came from, to read on a page and to take along."""

import json
from decimal import Decimal
from typing import NamedTuple

import peewee

from portal import custom, store
from portal.activity import attachments, inbox, interactions, view_log
from portal.activity.attachments import Attachment
from portal.activity.interactions import Interaction
from portal.activity.view_log import ViewLog
from portal.audit import Entry, EntryValue
from portal.customers import affiliations, consent, data_requests, reaching
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.customers.addresses import ADDRESS_FIELDS, Address
from portal.customers.affiliations import Affiliation
from portal.customers.consent import Consent
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.customers.data_requests import DataRequest
from portal.customers.memberships import Membership
from portal.customers.points import ContactPoint
from portal.customers.reaching import NoContact
from portal.fields import CUSTOMERS
from portal.outbox import Outbox
from portal.people import policy, security
from portal.people.logins import Login
from portal.sales import invoices, leads, orders, payments, shopping_lists
from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.leads import Lead
from portal.sales.orders import Order, OrderLine
from portal.sales.payments import Payment
from portal.sales.shopping_lists import ShoppingList
from portal.service import case_messages, cases, claims, requests, returns, warranties
from portal.service.case_messages import CaseMessage
from portal.service.cases import Case
from portal.service.claims import Claim
from portal.service.conversations import Conversation
from portal.service.mails import Mail
from portal.service.requests import ChangeRequest
from portal.service.returns import Return
from portal.service.warranties import Warranty
from portal.values import Money, Ref

policy.allow("data.see", policy.CUSTOMERS)
policy.allow("data.take_along", policy.CUSTOMERS)

BATCH = 1000  # rows read at once, so that an account of any size is written without holding it
ELSEWHERE = ("number", "profile")  # profiles stand among the points
LOGIN = ("name", "email", "language", "verified_at", "created_at")
MEMBERSHIP = ("role", "order_limit_minor", "may_approve", "created_at")
LINE = ("position", "code", "name", "unit", "quantity", "price_minor", "discount_bp", "net_minor", "tax_minor")


class Fact(NamedTuple):
    """One piece of what we know: its value, the event it came with first and the one that changed it last."""

    noun: str
    field: str
    value: object
    origin: Entry | None
    changed: Entry | None

    @property
    def is_empty(self):
        return self.value in (None, "")


class Section(NamedTuple):
    """All we keep of one noun: `batches` are lists of rows, each row a list in the order of `columns`."""

    noun: str
    columns: tuple
    batches: object


# The page


def facts(login, place, contact, points, addresses):
    """{noun: [Fact]} about a person and the account he works in; two queries.

    Of himself a person reads every field, also those that only staff fill in; of the account what customers read.
    """
    account = place.account
    records = {"login": login, "contact": contact, "membership": place, "account": account}
    told = _entries([row.ref for row in (*records.values(), *addresses) if row is not None])
    names = {"login": LOGIN, "membership": MEMBERSHIP, "account": _open_fields(), "contact": _own_fields()}
    found = {noun: _facts(row, names[noun], told) for noun, row in records.items() if row is not None}
    found["point"] = [Fact("point", point.kind, point.value, None, None) for point in points]
    found["address"] = [Fact("address", "address", row.one_line, *_told(told, row.ref, "line1")) for row in addresses]
    return found


def hidden_fields():
    """Names of the fields of an account that only staff read: a customer learns that there are such."""
    return [field.name for field in ACCOUNT_FIELDS if not field.read & CUSTOMERS]


def _open_fields():
    return [f.name for f in ACCOUNT_FIELDS if f.read & CUSTOMERS and f.kind not in LINKS and f.name not in ELSEWHERE]


def _own_fields():
    return [field.name for field in CONTACT_FIELDS if field.kind not in LINKS and field.name not in ELSEWHERE]


def _facts(row, names, told):
    noun = row.ref.kind
    return [Fact(noun, name, _worth(row, name), *_told(told, row.ref, name)) for name in names]


def _worth(row, name):
    value = getattr(row, name)
    own = custom.fields_of(row._meta.table_name).get(name)
    if value is None or not (name.endswith("_minor") or (own and own.kind == "money")):
        return value
    return Money(value, (row if hasattr(row, "currency") else row.account).currency)


def _told(told, ref, name):
    """(first, last) event of a field; of one that nobody named, the event its record began with."""
    first, last = told.get((str(ref), name)) or told.get((str(ref), None)) or (None, None)
    return first, (last if last is not first else None)


def _entries(refs):
    """{(record, field): (first entry, last entry)}; under (record, None) the one it began with, twice."""
    columns = (Entry.subject, EntryValue.field, peewee.fn.MIN(Entry.id), peewee.fn.MAX(Entry.id))
    spans = EntryValue.select(*columns).join(Entry).where(Entry.subject.in_([str(ref) for ref in refs]))
    spans = list(spans.group_by(Entry.subject, EntryValue.field).tuples())
    wanted = {number for *_, first, last in spans for number in (first, last)}
    entries = {entry.id: entry for entry in Entry.select().where(store.among(Entry.id, wanted))}
    found = {(subject, field): (entries[first], entries[last]) for subject, field, first, last in spans}
    for subject in {subject for subject, *_ in spans}:
        began = entries[min(first for which, _, first, _ in spans if which == subject)]
        found[subject, None] = (began, began)
    return found


# To take along


def take_along(*, by, session, password="", now=None):
    """`everything`, for the person himself, who proves that it is he. Raises as `security.prove_again` does."""
    security.prove_again(session, password, now)
    return everything(by)


def everything(actor):
    """All sections of what a customer may take along, each read only when it is written."""
    mine = Ref("contact", actor.contact or 0)
    yield _section("login", Login.select().where(Login.id == actor.ref.id), LOGIN)
    yield _section("contact", Contact.select().where(Contact.id == mine.id), _own_fields())
    points = ContactPoint.select().where(ContactPoint.contact == mine.id)
    yield _section("point", points, ("kind", "value", "label"))
    here = (Membership.login == actor.ref.id) & (Membership.account == actor.account)
    yield _section("membership", Membership.select(Membership, Account).join(Account).where(here), MEMBERSHIP)
    yield _section("account", Account.visible_to(actor), _open_fields())
    for noun, model, table in NOUNS:
        yield _section(noun, model.visible_to(actor), [n for n in table.readable(actor) if n not in LEFT_OUT])
    yield _lines("order_line", OrderLine, OrderLine.order, Order.visible_to(actor).select(Order.id))
    yield _lines("invoice_line", InvoiceLine, InvoiceLine.invoice, Invoice.visible_to(actor).select(Invoice.id))
    barred = NoContact.select().where(NoContact.contact == mine.id)
    yield _section("no_contact", barred, tuple(reaching.FIELDS.fields))
    consents = Consent.select().where(Consent.contact == mine.id)
    yield _section("consent", consents, tuple(consent.FIELDS.fields))
    yield _section("view", ViewLog.visible_to(actor), tuple(view_log.FIELDS.fields))
    written = Mail.select().join(Conversation).where(Conversation.contact == mine.id)
    yield _section("conversation_mail", written, ("at", "from_name", "from_address", "subject", "text"))
    notices = inbox.Notice.visible_to(actor)
    yield _section("notice", notices, ("created_at", "template", "params"), Outbox)
    yield _events(actor, mine)


NOUNS = (
    ("affiliation", Affiliation, affiliations.FIELDS),
    ("address", Address, ADDRESS_FIELDS),
    ("order", Order, orders.FIELDS),
    ("invoice", Invoice, invoices.FIELDS),
    ("payment", Payment, payments.FIELDS),
    ("lead", Lead, leads.FIELDS),
    ("return", Return, returns.FIELDS),
    ("warranty", Warranty, warranties.FIELDS),
    ("claim", Claim, claims.FIELDS),
    ("shopping_list", ShoppingList, shopping_lists.FIELDS),
    ("change_request", ChangeRequest, requests.FIELDS),
    ("case", Case, cases.FIELDS),
    ("case_message", CaseMessage, case_messages.FIELDS),
    ("interaction", Interaction, interactions.FIELDS),
    ("attachment", Attachment, attachments.FIELDS),
    ("data_request", DataRequest, data_requests.FIELDS),
)
LINKS = ("link", "record", "file")  # what leads elsewhere stands there
LEFT_OUT = {"account", "contact", "approval", "answer"}  # whose it is says the whole


def _section(noun, query, names, model=None):
    model = model or query.model
    own = custom.fields_of(model._meta.table_name)
    kept = [name for name in names if hasattr(model, name) or (name in own and own[name].kind not in LINKS)]
    batches = ([[_cell(row, name) for name in kept] for row in rows] for rows in _by_id(query, model))
    return Section(noun, tuple(kept), batches)


def _lines(noun, model, parent, ids):
    """Lines with the number of the document they stand on, and amounts in its currency."""
    join = model.select(model, parent.rel_model).join(parent.rel_model).where(parent.in_(ids))
    batches = ([_line(row, getattr(row, parent.name)) for row in rows] for rows in _by_id(join, model))
    return Section(noun, (parent.name, *LINE), batches)


def _line(row, document):
    return [document.number, *(_cell(row, name, document) for name in LINE)]


def _events(actor, contact):
    """What changed of the person and the account: when, what, by whom, from what to what."""
    readable = {"account": set(_open_fields()), "contact": set(_own_fields()), "login": set(LOGIN)}
    refs = [str(ref) for ref in (actor.ref, contact, Ref("account", actor.account))]
    rows = EntryValue.select(EntryValue, Entry).join(Entry).where(Entry.subject.in_(refs))
    columns = ("at", "event", "by", "field", "old", "new")
    batches = (
        [
            [row.entry.at, row.entry.event, row.entry.actor_name, row.field, _kept(row.old), _kept(row.new)]
            for row in found
            if row.field in readable[Ref.parse(row.entry.subject).kind]
        ]
        for found in _by_id(rows, EntryValue)
    )
    return Section("event", columns, batches)


def _kept(text):
    return None if text is None else json.loads(text)


def _by_id(query, model):
    after = 0
    while True:
        rows = list(query.where(model.id > after).order_by(model.id).limit(BATCH))
        if not rows:
            return
        custom.load(rows)
        yield rows
        after = rows[-1].id


def _cell(row, name, document=None):
    """A value as it is taken along: amounts with their currency, other records by their number."""
    column = type(row)._meta.fields.get(name)
    if isinstance(column, peewee.ForeignKeyField):
        number = row.__data__.get(name)
        return None if number is None else column.rel_model.NUMBER.format(number)
    value = getattr(row, name)
    value = value() if callable(value) else value  # such as the state of an invoice, which hangs on the day
    if isinstance(value, peewee.Model):
        return value.number
    if isinstance(row, Return) and name == "lines":
        return returns.listed_lines(value)
    own = custom.fields_of(row._meta.table_name).get(name)
    if isinstance(value, list) and own:
        return ", ".join(own.option(key, "en") for key in value)
    if value is None or not (name.endswith("_minor") or (own and own.kind == "money")):
        return str(value) if isinstance(value, Decimal) else value
    whose = document or (row if hasattr(row, "currency") else row.account)
    return Money(value, whose.currency)
