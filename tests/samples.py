"""One record of each noun that a route can be about, within Carol's reach where a customer owns such records."""

from datetime import timedelta

from portal import store, values
from portal.activity.announcements import Announcement
from portal.activity.attachments import Attachment
from portal.activity.inbox import Notice
from portal.activity.interactions import Interaction
from portal.activity.outgoing import Mail
from portal.activity.task_plans import TaskPlan
from portal.activity.tasks import Task
from portal.activity.views import SavedView
from portal.custom import CustomField
from portal.customers import address_checks
from portal.customers.accounts import Account
from portal.customers.address_checks import AddressCheck
from portal.customers.addresses import Address
from portal.customers.affiliations import Affiliation, Known
from portal.customers.contacts import Contact
from portal.customers.data_requests import DataRequest
from portal.customers.duplicates import LikelyPair
from portal.customers.groups import AccountGroup
from portal.customers.memberships import Membership
from portal.customers.moves import AddressMove
from portal.customers.parents import Placed
from portal.customers.tags import Tag
from portal.deeds import Deed
from portal.exchange.backups import Backup
from portal.exchange.bank_lines import BankLine
from portal.exchange.bank_statements import BankStatement
from portal.exchange.runs import ImportRun
from portal.people.employees import Employee
from portal.people.roles import StaffRole
from portal.people.teams import Team
from portal.sales.agreed_prices import AgreedPrice
from portal.sales.approvals import Approval
from portal.sales.branches import Branch
from portal.sales.catalogue import Product
from portal.sales.charges import FreightRule, TaxRate
from portal.sales.discounts import DiscountLimit
from portal.sales.invoices import Invoice
from portal.sales.leads import Lead
from portal.sales.order_forms import OrderForm
from portal.sales.orders import Order
from portal.sales.payment_methods import PaymentMethod
from portal.sales.payments import Payment
from portal.sales.price_lists import PriceList
from portal.sales.reminders import ReminderLetter
from portal.sales.requisitions import Requisition
from portal.sales.shipments import Shipment, ShipmentLine
from portal.sales.shopping_lists import ShoppingList
from portal.sales.suggestions import Suggestion
from portal.service import case_writing, promises, return_asking
from portal.service.articles import Article
from portal.service.cases import Case
from portal.service.claims import Claim
from portal.service.conversations import Conversation
from portal.service.mail_templates import MailTemplate
from portal.service.mails import Mail as KeptMail
from portal.service.promises import PRIORITIES, Promise
from portal.service.requests import ChangeRequest
from portal.service.returns import Return
from portal.service.warranties import Warranty
from portal.service.warranty_terms import WarrantyTerms
from portal.web import order_pages
from portal.whole.erasing import Erasure
from tests import bank, mails, roles, runs, talks, tasks
from tests import make as makers
from tests.own_fields import custom_field

MAKERS = {
    Account: lambda world: world.account,
    Placed: lambda world: world.account,
    Address: lambda world: makers.address(world.account),
    Notice: lambda world: makers.told(world.account, world.logins["carol"])[0],
    Mail: lambda world: makers.told(world.account, world.logins["carol"])[1],
    Contact: lambda world: world.contacts["carol"],
    LikelyPair: lambda world: likely_pair(world),
    Known: lambda world: world.contacts["carol"],
    Affiliation: lambda world: makers.row(Affiliation, contact=makers.contact(), account=world.account),
    Tag: lambda world: makers.row(Tag, name="VIP", folded=f"vip {Tag.select().count()}"),
    Employee: lambda world: world.employees["rhea"],
    StaffRole: lambda world: roles.staff_role(),
    Backup: lambda world: _backup(),
    Team: lambda world: world.north,
    Return: lambda world: _return(world),
    AddressCheck: lambda world: address_checks.ask(makers.address(world.account), by=world.rhea),
    Suggestion: lambda world: suggestion(world.account),
    ChangeRequest: lambda world: makers.request(world.carol),
    AddressMove: lambda world: makers.move(world.account, world.carol),
    Announcement: lambda world: makers.announcement(),
    Warranty: lambda world: makers.warranty(world.account),
    WarrantyTerms: lambda world: _once(WarrantyTerms, reach="all"),
    Claim: lambda world: makers.claim(world.account, world.carol),
    Attachment: lambda world: makers.attachment(makers.order(world.account), world.carol),
    Interaction: lambda world: talks.talk(world.account, is_shared=True),
    Case: lambda world: case_writing.ask(world.account, by=world.carol, kind="other", words="Where is my rice?"),
    TaskPlan: lambda world: TaskPlan.select().first() or TaskPlan.make(by=world.mona, name="Welcome", steps=STEPS),
    Task: lambda world: tasks.task(world.employees["rhea"], account=world.account),
    Promise: lambda world: _promise(world),
    Membership: lambda world: world.memberships["cora"],
    Order: lambda world: makers.order(world.account),
    order_pages.Shown: lambda world: makers.order(world.account),
    Requisition: lambda world: makers.requisition(world.memberships["carol"]),
    PriceList: lambda world: makers.price_list(name="Sample"),
    AgreedPrice: lambda world: makers.agreed_price(world.account),
    AccountGroup: lambda world: makers.group(),
    CustomField: lambda world: custom_field("lead", label=f"Field {CustomField.select().count()}"),
    DiscountLimit: lambda world: _once(DiscountLimit, role="rep", basis_points=1_000),
    Approval: lambda world: makers.approval(world.account, world.employees["rhea"]),
    DataRequest: lambda world: _asked_about_data(world),
    Erasure: lambda world: _erased(world),
    Shipment: lambda world: _shipped(world.account),
    Invoice: lambda world: makers.invoice(world.account),
    Payment: lambda world: makers.payment(world.account),
    Product: lambda world: makers.product(stock=10),
    Article: lambda world: makers.article(world),
    ShoppingList: lambda world: makers.shopping_list(world.memberships["carol"], is_shared=True),
    SavedView: lambda world: makers.view(world.employees["rhea"]),
    Branch: lambda world: makers.branch(f"Branch {Branch.select().count()}"),
    TaxRate: lambda world: _once(TaxRate, country="PH", tax_class="standard", basis_points=1_200),
    PaymentMethod: lambda world: makers.payment_method(),
    ReminderLetter: lambda world: _reminded(world.account),
    BankStatement: lambda world: bank.bring(world.mona, bank.csv_of((f"{BankStatement.select().count()}", "1.00"))),
    BankLine: lambda world: bank.line(world.mona),
    ImportRun: lambda world: runs.file(world.mona),
    OrderForm: lambda world: makers.order_form(),
    Conversation: lambda world: mails.written(world).conversation,
    KeptMail: lambda world: mails.written(world),
    MailTemplate: lambda world: mails.template(world),
    Lead: lambda world: makers.lead(email=f"guest{Lead.select().count()}@people.example"),
    Deed: lambda world: _deed(world),
    FreightRule: lambda world: _once(FreightRule, country="PH", currency="PHP", fee_minor=15_000),
}


def _backup():
    now = values.now()
    return makers.row(Backup, kind="asked", state="good", name="one.zip", asked_at=now, made_at=now)


def _shipped(account):
    """A shipment of one line: there is none of nothing."""
    order = makers.order(account, state="shipped")
    shipment = makers.row(Shipment, order=order)
    line = order.lines[0]
    makers.row(ShipmentLine, shipment=shipment, line=line, quantity=line.quantity)
    return shipment


STEPS = [{"title": "Call", "after_days": 1, "who": "starter"}]


def _erased(world):
    return makers.row(
        Erasure, kind="contact", record=0, refs=[], state="done", whose="person", asked_by=str(world.ada.ref),
        asked_name=world.ada.name, asked_at=values.now(), made_at=values.now(),
    )  # fmt: skip


def _asked_about_data(world):
    asked = DataRequest.select().where(DataRequest.account == world.account).first()
    return asked or DataRequest.ask(by=world.carol, kind="deletion", words="Forget me")


def _deed(world):
    """The next change of Carol's account, by whoever looks after it."""
    account = Account.get_by_id(world.account.id)
    account.edit(by=world.rhea, legal_name=f"Name {Deed.select().count()}")
    return Deed.select().order_by(Deed.id.desc()).first()


def _return(world):
    order = makers.order(world.account, state="delivered")
    return return_asking.ask(order, by=world.carol, goods={order.lines[0].id: 1}, reason="damaged")


def _reminded(account):
    """A letter to an account, which gets one a day at most."""
    sent_on = values.shop_day() - timedelta(days=ReminderLetter.select().count())
    return makers.row(ReminderLetter, account=account, level=1, sent_on=sent_on)


def _backup():
    now = values.now()
    return makers.row(Backup, kind="asked", state="good", name="one.zip", asked_at=now, made_at=now, checked_at=now)


def _promise(world):
    priority = PRIORITIES[Promise.select().count() % len(PRIORITIES)]
    return promises.set_promise(by=world.mona, priority=priority, answer_hours=2, solve_hours=4)


def _once(model, **fields):
    return model.select().first() or makers.row(model, **fields)


def suggestion(account, item=None, quantity=6):
    """A suggested order of one product that waits for its answer; the one before it was skipped."""
    item = item or makers.product(stock=50)
    with store.writing():
        Suggestion.update(state="skipped").where(Suggestion.account == account).execute()
    lines = [{"code": item.code, "name": item.name, "quantity": quantity}]
    sums = {"total_minor": item.list_minor * quantity, "currency": account.currency}
    return makers.row(Suggestion, account=account, lines=lines, every_days=14, sent_at=values.now(), **sums)


def make(model, world):
    """The record for this noun; a noun without a maker has no place in the access matrix and fails it."""
    return MAKERS[model](world)


def likely_pair(world, **fields):
    """Carol, and somebody else of her account who may be her."""
    other = makers.contact(world.account, "Karol Dizon")
    pair = {"kind": "contact", "one": world.contacts["carol"].id, "other": other.id, "percent": 90}
    accounts = {"account": world.account.id, "other_account": world.account.id, "reasons": ["name-spelling"]}
    return makers.row(LikelyPair, **pair | accounts | fields)
