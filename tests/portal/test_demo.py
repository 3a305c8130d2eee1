"""The demo shop: whole, without a fault, made once, and nobody hears of it."""

import re

from portal import demo, demo_duplicates, demo_kept_safe, files, preflight, store, values
from portal.activity.announcements import Announcement
from portal.activity.preferences import NoticePlan
from portal.activity.view_log import ViewLog
from portal.customers.accounts import Account
from portal.customers.address_checks import AddressCheck
from portal.customers.consent import Consent
from portal.customers.data_requests import DataRequest
from portal.customers.first_steps import FirstSteps
from portal.customers.looks import Look
from portal.exchange.backups import Backup
from portal.outbox import Outbox
from portal.people import passwords
from portal.people.logins import Login
from portal.sales import submissions, waiting
from portal.sales.adjustments import Adjustment
from portal.sales.approvals import Approval
from portal.sales.catalogue import Product
from portal.sales.invoices import STATES, Invoice
from portal.sales.leads import Lead
from portal.sales.order_stops import OrderStop
from portal.sales.orders import STATES as STATES_OF_ORDERS
from portal.sales.orders import Order
from portal.sales.payments import Payment
from portal.sales.requisitions import Requisition
from portal.sales.shipments import Shipment
from portal.sales.suggestions import Suggestion
from portal.search import SearchEntry
from portal.service.case_messages import CaseMessage
from portal.service.cases import STATES as STATES_OF_CASES
from portal.service.cases import Case
from portal.service.returns import Return
from portal.whole import erasing, indexing, invariants
from portal.whole.erasing import Erasure
from tests import make
from tests.routes import dbhash


def test_the_demo_shop_is_whole_and_is_made_once(database, tmp_path):
    files.open(tmp_path / "files")
    with store.connection():
        assert demo.fill()
        assert list(invariants.broken()) == []
        assert {row.kind for row in SearchEntry.select(SearchEntry.kind).distinct()} <= set(indexing.SOURCES)
        assert list(indexing.stale()) == []
        assert Outbox.select().count() == 0
        assert preflight.is_demo_shop()
        look_at_people()
        look_at_orders()
        look_at_returns()
        look_at_invoices()
        look_at_leads()
        look_at_links()
        look_at_notices()
        look_at_cases()
        look_at_rights()
        before = dbhash()
        assert not demo.fill()
        assert dbhash() == before
        look_at_what_keeps_it_safe()


def look_at_rights():
    states = {question.state for question in Requisition.select()}
    assert states == {"asked", "approved", "declined"}
    assert {wish.state for wish in DataRequest.select()} == {"asked", "done"}
    assert Consent.select().where(~Consent.is_given).count() == 1
    assert ViewLog.select().count() >= 2 and Look.get().ended_at


def look_at_what_keeps_it_safe():
    """The worker, once it runs, erases who asked for it and makes a backup."""
    assert Backup.get().state == "asked" and Erasure.get().state == "told"
    erasing.run()
    assert Erasure.get().state == "done" and list(invariants.broken()) == []
    assert Login.find("customer", demo_kept_safe.EMAIL) is None


def look_at_people():
    for _, path, email in demo.sign_ins():
        login = Login.find("staff" if path.startswith("/staff") else "customer", email)
        assert login.is_active
        assert passwords.verify(login.password_hash, demo.PASSWORD)
    addresses = [login.email for login in Login.select()] + [account.email for account in Account.select()]
    assert {a.rpartition(".")[2] for a in addresses if a} == {"example"}
    # 555 01xx is set aside for invented people.
    assert all(re.search(r"5550?1\d\d$", account.phone) for account in Account.select())


def look_at_leads():
    """Leads in every state but won, one of them in an account it opened, one a draft of a customer's own."""
    leads = list(Lead.select())
    assert {lead.state for lead in leads} == {"new", "contacted", "qualified", "lost", "spam"}
    assert sorted(lead.order.source for lead in leads if lead.order) == ["portal", "staff"]
    assert submissions.unconfirmed() == 2


def look_at_cases():
    """Cases in every state, one late, one private, one rated badly, two put together, one with a comment of ours."""
    assert {case.state for case in Case.select(Case.state)} == set(STATES_OF_CASES)
    assert Case.select().where(Case.overdue()).exists() and Case.select().where(Case.is_private).count() == 1
    assert {case.rating for case in Case.select(Case.rating)} == {None, 2, 5}
    assert Case.select().where(Case.merged_into.is_null(False)).count() == 1
    assert CaseMessage.select().where(CaseMessage.is_internal).count() >= 2


def look_at_links():
    """Usual orders are suggested, an address was said to be wrong, and a stolen sign-in is its owner's again."""
    assert Suggestion.select().where(Suggestion.state == "sent").exists()
    assert {check.answer for check in AddressCheck.select()} == {"", "wrong"}
    stop = OrderStop.get()
    held = Order.select().where(Order.held_at.is_null(False))
    assert [order.account_id for order in held] == [stop.account_id]
    assert stop.login.password_hash is None


def look_at_invoices():
    """What was shipped is invoiced; most of it is paid, some in part, late, too much, or taken back."""
    papers = list(Invoice.select())
    states = {state: sum(paper.state() == state for paper in papers) for state in STATES}
    assert states["paid"] > 100 and states["overdue"] >= 5 and states["open"] >= 5
    assert any(paper.open_minor < paper.total_minor for paper in papers if paper.state() in ("part", "overdue"))
    assert any(paper.is_credit_note for paper in papers)
    assert Payment.select().where(Payment.open_minor > 0).exists()


def look_at_orders():
    assert {order.state for order in Order.select(Order.state)} == set(STATES_OF_ORDERS)
    assert {order.currency for order in Order.select()} == {"PHP", "THB"}
    just_opened = Lead.select(Lead.account).where(Lead.state == "qualified")
    for account in Account.select().where(Account.id.not_in(just_opened)):
        least = 0 if account.name == demo_duplicates.AGAIN else 4
        assert Order.select().where(Order.account == account).count() >= least, account.name
    assert Product.select().where(Product.stock < 15).exists()
    placed = Order.select().where(Order.placed_at.is_null(False))
    assert Adjustment.select(Adjustment.kind).distinct().count() >= 3 and Approval.get().state == "asked"
    late = Order.get(waiting.overdue(values.shop_day()))
    assert late.state == "part_shipped" and Product.select().where(Product.low()).count() >= 4
    assert Shipment.select().where(Shipment.state == "ready").count() >= 1
    at_once = placed.where(Order.id.not_in(Requisition.select(Requisition.order)))  # others waited for a colleague
    numbers = [order.id for order in at_once.order_by(Order.placed_at, Order.id)]
    assert numbers == sorted(numbers)


def test_a_shop_that_was_begun_is_left_alone(database):
    with store.connection():
        make.employee("Ada Lim", "admin")
        before = dbhash()
        assert not demo.fill()
        assert dbhash() == before


def look_at_notices():
    assert {one.state for one in Announcement} == {"planned", "running", "over"}
    assert {plan.rhythm for plan in NoticePlan} == {"at_once", "daily"} and FirstSteps.get().done == "address details"


def look_at_returns():
    states = {row.state for row in Return}
    assert {"asked", "approved", "received", "settled", "declined"} <= states
