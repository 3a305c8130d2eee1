"""What becomes of each noun when a person is erased: steps in an order in which no row holds another back.

Papers, money and goods stay, as the law asks: an issued invoice or credit note as it was issued, of orders, payments
and returns the figures and the goods. All words, names and addresses else go.
"""

from pathlib import Path

import peewee

from portal import search, store
from portal.activity.announcements import AnnouncementSeen
from portal.activity.attachments import Attachment, EarlierRevision
from portal.activity.inbox import SeenMark
from portal.activity.interactions import Interaction, InteractionPerson
from portal.activity.preferences import NoticeOff, NoticePlan
from portal.activity.tasks import Task
from portal.activity.view_log import ViewLog
from portal.audit import SentForm
from portal.bin import Binned
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.consent import Consent
from portal.customers.contacts import Contact
from portal.customers.data_requests import DataRequest
from portal.customers.first_steps import FirstSteps
from portal.customers.looks import Look
from portal.customers.memberships import Membership
from portal.customers.moves import AddressMove
from portal.customers.reaching import NoContact
from portal.deeds import Deed
from portal.exchange.bank_lines import BankLine
from portal.exchange.run_rows import ImportRow
from portal.exchange.runs import ImportRun
from portal.outbox import Outbox
from portal.people.link_requests import LinkRequest
from portal.people.links import Link
from portal.people.logins import Login
from portal.people.sessions import Session
from portal.sales.approvals import Approval
from portal.sales.invoices import Invoice
from portal.sales.leads import Lead
from portal.sales.move_orders import MoveDecision
from portal.sales.orders import Order, OrderLine
from portal.sales.payments import Payment
from portal.sales.refunds import Refund
from portal.sales.reminders import ReminderLetter
from portal.sales.requisitions import Requisition
from portal.sales.shipments import Shipment
from portal.sales.shopping_lists import ShoppingList
from portal.sales.stock import StockMovement
from portal.sales.submissions import Submission
from portal.sales.suggestions import Suggestion, SuggestionSwitch
from portal.sales.wishes import Wish
from portal.service.case_messages import CaseMessage
from portal.service.cases import Case
from portal.service.claims import Claim
from portal.service.conversations import Conversation
from portal.service.mail_fetching import FetchedMail
from portal.service.mails import BouncedAddress, Mail
from portal.service.publishing import ArticleRating
from portal.service.requests import ChangeRequest, RequestedField
from portal.service.returns import Return
from portal.service.warranties import Warranty, new_tag
from portal.store import among
from portal.values import ERASED
from portal.whole import erasing_traces
from portal.whole.merging_rows import Merge, MergedRow

# What hangs on a household and stays when that is erased.
STAYING = {
    Order, Invoice, Payment, Refund, BankLine, Claim, Warranty, Return, ReminderLetter, DataRequest, Membership,
}  # fmt: skip
LEFT_OF_ADDRESS = ("country",)  # of where goods went: what tax asks of an order


def letters(e):
    """What was written to them and waits for them, and how they wished to be told."""
    p = e.person
    elsewhere = Outbox.recipient.startswith("login:") | Outbox.recipient.startswith("employee:")
    e.drop_letters(among(Outbox.recipient, p.refs) | (among(Outbox.address, p.emails) & ~elsewhere))
    plans = NoticePlan.select(NoticePlan.id).where(among(NoticePlan.recipient, p.refs))
    e.drop(NoticeOff, NoticeOff.plan.in_(plans))
    e.drop(NoticePlan, among(NoticePlan.recipient, p.refs))
    e.drop(LinkRequest, among(LinkRequest.email, p.emails))
    e.drop(Link, among(Link.login, p.logins) | among(Link.email, p.emails))
    e.drop(BouncedAddress, among(BouncedAddress.address_key, {email.casefold() for email in p.emails}))


def mailbox(e):
    """Conversations with them, the mails in these and the files of the mails."""
    p = e.person
    theirs = among(Conversation.contact, p.contacts) | among(Conversation.account, p.accounts)
    theirs |= among(Conversation.address_key, {email.casefold() for email in p.emails})
    mails = Mail.select(Mail.original).join(Conversation).where(theirs)
    e.drop(FetchedMail, FetchedMail.file.in_(mails))
    e.drop(Conversation, theirs)


def cases(e):
    """A household's cases whole; in a company's what this person said there."""
    p = e.person
    e.drop(Case, among(Case.account, p.accounts))
    theirs = among(Case.asker, p.actors) | among(Case.contact, p.contacts)
    e.say(Case, theirs, subject=ERASED, asked_by=ERASED)
    e.forget(Case, e.ids(Case, theirs))
    said = among(CaseMessage.author, p.actors)
    e.say(CaseMessage, said, words=ERASED, author_name=ERASED, files=[])
    e.forget(CaseMessage, e.ids(CaseMessage, said))
    here = among(Case.account, p.places)
    e.say(Case, here & Case.rated_by.in_(p.names), rated_by=ERASED, rating_words="")
    e.wash(Case, here, "subject", "asked_by", "rating_words")
    e.wash(CaseMessage, CaseMessage.case.in_(Case.select(Case.id).where(here)), "words", "author_name")


def files(e):
    """What they brought, wherever it hangs."""
    p = e.person
    e.drop(Attachment, among(Attachment.added_by, p.actors) | among(Attachment.account, p.accounts))
    e.drop(EarlierRevision, among(EarlierRevision.added_by, p.actors))


def sales(e):
    """Of orders, payments, deliveries: figures and goods stay, no word of or about the person."""
    p = e.person
    home = among(Order.account, p.accounts)
    for order in Order.select().where(home):
        places = {name: _country(getattr(order, name)) for name in ("ship_to", "bill_to")}
        Order.update(places).where(Order.id == order.id).execute()
    e.blank(Order, home, account_name=ERASED, placed_by=ERASED, po_number="", note="", cancel_reason="")
    orders = Order.select(Order.id).where(home)
    e.blank(Shipment, Shipment.order.in_(orders), note="", received_by="", tracking_number="", tracking_url="")
    e.blank(Approval, Approval.order.in_(orders), reason="", answer="")
    e.blank(Requisition, Requisition.order.in_(orders), answer="")
    e.blank(Payment, among(Payment.account, p.accounts), note="", cancel_reason="")
    for model in (Invoice, Refund, ReminderLetter):
        e.blank(model, among(model.account, p.accounts))
    e.say(BankLine, among(BankLine.account, p.accounts), note="", plan={}, why=[])
    e.forget(BankLine, e.ids(BankLine, among(BankLine.account, p.accounts)))
    lines = OrderLine.select(peewee.Value("order_line:").concat(OrderLine.id.cast("TEXT"))).join(Order)
    moved = StockMovement.cause.in_(lines.where(home | among(Order.account, p.places)))
    e.say(StockMovement, moved & StockMovement.by_name.in_(p.names), by_name=ERASED, note="")
    submitted = among(Submission.email_key, {email.casefold() for email in p.emails})
    leads = among(Lead.account, p.accounts) | among(Lead.contact, p.contacts)
    submissions = Lead.select(Lead.submission).where(leads & Lead.submission.is_null(False))
    submitted |= among(Submission.id, [number for (number,) in submissions.tuples()])
    e.drop(Lead, leads | among(Lead.email_key, {email.casefold() for email in p.emails}))
    e.drop(Submission, submitted)


def _country(place):
    kept = {name: place.get(name) if name in LEFT_OF_ADDRESS else "" for name in place}
    return kept | ({"recipient": ERASED, "address": None} if place else {})


def service(e):
    """Returns, warranties and claims of a household: what the goods were stays."""
    p = e.person
    home = lambda model: among(model.account, p.accounts)  # noqa: E731
    e.blank(Return, home(Return), words="", reply="", asked_by=ERASED)
    e.blank(Claim, home(Claim), words="", reply="", asked_by=ERASED, serial="", reach="", email="", product_words="")
    e.blank(Claim, Claim.email.in_(p.emails), words="", reply="", asked_by=ERASED, serial="", reach="", email="")
    for number in e.ids(Warranty, home(Warranty)):
        Warranty.update(tag=new_tag()).where(Warranty.id == number).execute()
    e.blank(Warranty, home(Warranty), serial="", serial_key="", reply="", offered_to="", offered_until=None)
    e.say(Warranty, Warranty.offered_to.in_(p.emails), offered_to="", offered_until=None)
    asked = home(DataRequest) | among(DataRequest.asked_by, p.logins)
    e.blank(DataRequest, asked, asked_name=ERASED, words="", answer="")


def talks(e):
    """Conversations face to face and by phone: the person leaves them, and the words with the last of them."""
    p = e.person
    theirs = among(InteractionPerson.contact, p.contacts)
    there = InteractionPerson.select(InteractionPerson.interaction).where(theirs)
    others = InteractionPerson.alias()
    beside = others.select(others.id).where(
        (others.interaction == Interaction.id) & others.contact.is_null(False) & ~among(others.contact, p.contacts)
    )
    alone = Interaction.id.in_(there) & ~peewee.fn.EXISTS(beside)
    e.blank(Interaction, alone, subject=ERASED, text="", place="", join_link="", score_words="", reason="")
    for number in e.ids(Interaction, Interaction.id.in_(there)):
        e.forget(Interaction, [number])
    e.drop(InteractionPerson, theirs)


# (column, the column that leads to the account): names beside what a customer did, which no Ref goes with.
NAMED = (
    (Order.placed_by, Order.account),
    (Return.asked_by, Return.account),
    (Claim.asked_by, Claim.account),
    (Wish.asked_by, Wish.account),
    (AddressMove.planned_by, AddressMove.account),
    (Suggestion.settled_by, Suggestion.account),
    (SuggestionSwitch.changed_by, SuggestionSwitch.account),
    (ChangeRequest.asked_by, ChangeRequest.account),
)
WASHED = (
    (Order, ("account_name", "note", "ship_to", "bill_to", "cancel_reason")),
    (Task, ("title", "text")),
    (Interaction, ("subject", "text", "place", "reason", "score_words")),
    (Return, ("words", "reply")),
    (Claim, ("words", "reply", "reach")),
    (ChangeRequest, ("reason", "reply")),
    (DataRequest, ("words", "answer")),
    (Address, ("recipient", "phone")),
    (Account, ("note",)),
)


def words_elsewhere(e):
    """In the records of a company: the name beside what the person did there, and within words of others."""
    p = e.person
    for column, account in NAMED:
        e.say(column.model, among(account, p.places) & column.in_(p.names), **{column.name: ERASED})
    e.say(MoveDecision, MoveDecision.decided_by.in_(p.names) & _of_places(p), decided_by=ERASED)
    asked = among(ChangeRequest.asked_ref, p.actors) | among(ChangeRequest.subject, p.refs)
    fields = RequestedField.request.in_(ChangeRequest.select(ChangeRequest.id).where(asked))
    e.say(RequestedField, fields, old=None, new=None)
    e.blank(ChangeRequest, asked, asked_by=ERASED, reason="")
    for model, columns in WASHED:
        account = model.id if model is Account else model.account
        e.wash(model, among(account, p.places), *columns)
    by_others = among(NoContact.by, p.actors)
    e.say(NoContact, by_others, by_name=ERASED)
    e.say(Consent, among(Consent.by, p.actors), by_name=ERASED)
    e.forget_words()


def _of_places(p):
    return MoveDecision.order.in_(Order.select(Order.id).where(among(Order.account, p.places)))


def imports(e):
    """Rows of files that name the person, and the files that were brought: nobody needs them once they are in."""
    p, named = e.person, peewee.SQL("1 = 0")
    for word in sorted(p.emails | p.phones):
        named |= e.holds((ImportRow.fields, ImportRow.reasons), word)
    records = {"contacts": p.contacts, "accounts": p.accounts}
    for kind, ids in records.items():
        runs = ImportRun.select(ImportRun.id).where(ImportRun.kind == kind)
        named |= ImportRow.run.in_(runs) & among(ImportRow.record, ids)
    e.blank_import_rows(named)
    for folder in ("imports", "mailbox") if e.data is not None else ():
        erasing_traces.drop_files_naming(Path(e.data) / folder, sorted(p.emails | p.phones))


def bin_and_merges(e):
    """What lies in the bin, what was put together and can be taken apart, and what can be taken back."""
    p = e.person
    of = {"account": p.accounts, "contact": p.contacts, "login": p.logins}
    roots = set()
    for row in Binned.select().iterator():
        names = (row.kind.lstrip("~"), "id"), *((kind, kind) for kind in of)
        here = any(row.data.get(name) in of.get(kind, ()) for kind, name in names)
        if here or row.root in p.refs or any(word in store.canonical(row.data) for word in p.emails | p.phones):
            roots.add((row.root, row.deed))
    for root, deed in roots:
        e.drop(Binned, (Binned.root == root) & (Binned.deed == deed))
    for kind in ("account", "contact"):
        sides = among(Merge.survivor, of[kind]) | among(Merge.merged, of[kind])
        merges = Merge.select(Merge.id).where((Merge.kind == kind) & sides)
        e.drop(MergedRow, MergedRow.merge.in_(merges))
        e.drop(Merge, (Merge.kind == kind) & sides)
    e.drop_deeds(among(Deed.actor, p.actors) | among(Deed.account, p.accounts) | among(Deed.subject, p.refs))


def sign_in(e):
    """Whoever signed in does no more; the empty row stays where something that is kept names it."""
    p = e.person
    mine = among(Session.login, p.logins)
    e.drop(Session, mine)
    for model in (FirstSteps, ArticleRating, Wish):
        e.drop(model, among(model.login, p.logins))
    e.drop(ShoppingList, among(ShoppingList.owner, p.logins) & ~ShoppingList.is_shared)
    for model in (SeenMark, AnnouncementSeen, SentForm):
        e.drop(model, among(model.actor, p.actors))
    e.drop(ViewLog, among(ViewLog.viewer, p.actors) | among(ViewLog.about, p.homes))
    places = among(Membership.login, p.logins) | among(Membership.contact, p.contacts)
    places |= among(Membership.account, p.accounts)
    e.drop(Look, Look.membership.in_(Membership.select(Membership.id).where(places)))
    ended = {"ended_at": peewee.fn.COALESCE(Membership.ended_at, e.now), "contact": None}
    e.blank(Membership, places, **ended)


def household(e):
    """All that hangs on the account and must not be kept, then what the account itself says."""
    accounts = e.person.accounts
    for column, other in Account._meta.backrefs.items():
        if other is not Account and other not in STAYING:
            e.drop(other, among(column, accounts))
    texts = [f.name for f in Account._meta.sorted_fields if isinstance(f, (peewee.CharField, peewee.TextField))]
    blank = {name: "" for name in texts if name not in KEPT_OF_ACCOUNT}
    for number in accounts:
        name = {"name": ERASED, "folded": search.fold(ERASED)}
        e.blank(Account, Account.id == number, **blank | name, is_active=False, since_on=None)
        e.forget(Account, [number], is_gone=True)
    for model in (Order, Invoice, Payment):
        e.find_again(model, among(model.account, accounts))


KEPT_OF_ACCOUNT = {"kind", "language", "country", "currency", "name", "folded"}


def person(e):
    """The person's own row, and the name in the audit; last, because all the rest is found by them."""
    p = e.person
    e.drop(Contact, among(Contact.id, p.contacts))
    for number in p.logins:
        gone = f"erased {number}"
        blank = {"name": ERASED, "email": "", "email_key": gone, "password_hash": None, "is_active": False}
        e.blank(Login, Login.id == number, **blank, epoch=Login.epoch + 1)
    e.forget_in_audit()


STEPS = (
    letters, mailbox, cases, files, sales, service, talks, words_elsewhere, imports, bin_and_merges, sign_in,
    household, person,
)  # fmt: skip

# What stays, and why, in the words of portal/web/terms/erasing.py.
KEPT = {
    "invoice": (Invoice, Invoice.account),
    "order": (Order, Order.account),
    "payment": (Payment, Payment.account),
    "refund": (Refund, Refund.account),
    "return": (Return, Return.account),
    "warranty": (Warranty, Warranty.account),
    "claim": (Claim, Claim.account),
    "bank_line": (BankLine, BankLine.account),
    "data_request": (DataRequest, DataRequest.account),
}
