"""What can be deleted, and what becomes of all that hangs on an account, a person, a task or an interaction."""

from portal import custom, store
from portal.activity.attachments import Attachment, EarlierRevision
from portal.activity.interactions import Interaction, InteractionPerson
from portal.activity.tasks import Task, TaskStep
from portal.custom import CustomField, CustomValue
from portal.customers import notices
from portal.customers.accounts import ACCOUNT_FIELDS, Account, Watcher
from portal.customers.address_checks import AddressCheck
from portal.customers.addresses import Address
from portal.customers.affiliations import Affiliation
from portal.customers.consent import Consent
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.customers.data_requests import DataRequest
from portal.customers.duplicates import LikelyPair
from portal.customers.first_steps import FirstSteps
from portal.customers.looks import Look
from portal.customers.match_keys import MatchKey
from portal.customers.memberships import Membership
from portal.customers.moves import AddressMove
from portal.customers.points import AccountPoint, ContactPoint
from portal.customers.reaching import NoContact
from portal.customers.spending import ContactSpending
from portal.customers.tags import Tagged
from portal.exchange.bank_lines import BankLine
from portal.externals import ExternalId
from portal.insight.silence import AccountRhythm
from portal.people import policy
from portal.sales.habits import HabitSheet
from portal.sales.invoices import Invoice
from portal.sales.leads import Lead
from portal.sales.likings import Liking
from portal.sales.missed import MissedSearch
from portal.sales.move_orders import MoveDecision
from portal.sales.order_stops import OrderStop
from portal.sales.orders import Order
from portal.sales.payments import Payment
from portal.sales.price_lists import PriceItem, PriceList
from portal.sales.refunds import Refund
from portal.sales.reminders import ReminderHold, ReminderLetter
from portal.sales.requisitions import Requisition
from portal.sales.shopping_lists import ShoppingLine, ShoppingList
from portal.sales.suggestions import Suggestion, SuggestionSwitch
from portal.sales.wishes import Wish
from portal.service.cases import Case
from portal.service.claims import Claim
from portal.service.conversations import Conversation
from portal.service.requests import ChangeRequest, RequestedField
from portal.service.returns import Return
from portal.service.warranties import Warranty
from portal.values import Ref
from portal.whole.binning import ALONG, IN_THE_WAY, LOOSENED, deletable, hang, mark

policy.allow("accounts.delete", policy.MANAGERS)
policy.allow("contacts.delete", policy.STAFF)
policy.allow("interactions.delete", policy.STAFF)


def _own_task(actor, task):
    """Whoever gave it or has it, and those who see all tasks."""
    return actor.employee in (task.owner_id, task.made_by_id) or actor.sees_all


policy.allow("tasks.delete", policy.STAFF, when=_own_task)


def _tell_account(change, account):
    notices.tell_ours(change, account, ACCOUNT_FIELDS, [])


def _tell_contact(change, contact):
    notices.tell_ours(change, contact.account, CONTACT_FIELDS, [], contact.name)


DELETABLE = {
    Account: {"may": "accounts.delete", "tell": _tell_account},
    Contact: {"may": "contacts.delete", "tell": _tell_contact},
    Interaction: {"may": "interactions.delete"},
    Task: {"may": "tasks.delete"},
}
for _model, _how in DELETABLE.items():
    deletable(_model, **_how)

# What only says something about the record itself goes with it, and comes back with it.
hang(
    ALONG, Contact.account, Address.account, Membership.account, Watcher.account, AccountPoint.account,
    FirstSteps.account, Attachment.account, AddressMove.account, HabitSheet.account, OrderStop.account,
    PriceList.account, ChangeRequest.account, ReminderHold.account, MissedSearch.account, Wish.account,
    ShoppingList.account, SuggestionSwitch.account, Suggestion.account, Task.account, Interaction.account,
)  # fmt: skip
hang(
    ALONG, AccountRhythm.account, ContactSpending.contact, Liking.contact, Affiliation.account, Affiliation.contact,
    NoContact.contact, Membership.contact, Consent.contact, ContactPoint.contact, InteractionPerson.contact,
)  # fmt: skip
hang(
    ALONG, Look.membership, EarlierRevision.attachment, AddressMove.old, AddressMove.new, AddressCheck.address,
    PriceItem.price_list, RequestedField.request, ShoppingLine.shopping_list, TaskStep.task,
    InteractionPerson.interaction,
)  # fmt: skip
hang(LOOSENED, Account.parent, Lead.account, Lead.contact, Task.follows, Conversation.account, Conversation.contact)
# Papers, money, goods, and what a customer asked and has a right to be answered: these must be kept.
hang(
    IN_THE_WAY, Order.account, Invoice.account, Payment.account, Refund.account, BankLine.account, Case.account,
    Warranty.account, Claim.account, Return.account, ReminderLetter.account, DataRequest.account, Order.contact,
    Case.contact, Requisition.asked_by, Requisition.decided_by, MoveDecision.move,
)  # fmt: skip


def _named(kind_column, record_column):
    return lambda kind, ids: (kind_column == kind) & store.among(record_column, ids)


def _paired(kind, ids):
    """Likely duplicates of which it is one side."""
    sides = store.among(LikelyPair.one, ids) | store.among(LikelyPair.other, ids)
    return (LikelyPair.kind == kind) & sides


def _texts(column):
    return lambda kind, ids: store.among(column, [str(Ref(kind, record)) for record in ids])


def _added(kind, ids):
    """Values of the fields that the shop added."""
    fields = [field.id for field in custom.fields_of(kind, ever=True).values()]
    return CustomValue.field.in_(fields) & store.among(CustomValue.record, ids)


def _linking(kind, ids):
    """Values of such fields, of whatever record, that lead to it."""
    fields = CustomField.select(CustomField.id).where((CustomField.kind == "record") & (CustomField.target == kind))
    return CustomValue.field.in_(fields) & store.among(CustomValue.number, ids)


mark(CustomValue, _linking, ALONG)
mark(ExternalId, _named(ExternalId.kind, ExternalId.record), ALONG)
mark(MatchKey, _named(MatchKey.kind, MatchKey.record), ALONG)
mark(LikelyPair, _paired, ALONG)
mark(Tagged, _named(Tagged.kind, Tagged.record), ALONG)
mark(CustomValue, _added, ALONG)
mark(Attachment, _texts(Attachment.subject), ALONG)
mark(Task, _texts(Task.about), LOOSENED, "about")
mark(Interaction, _texts(Interaction.about), LOOSENED, "about")
mark(Conversation, _texts(Conversation.about), LOOSENED, "about")
