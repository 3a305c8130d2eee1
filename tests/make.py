"""Makers: the smallest valid row of each noun, written past the verbs, and the people every test knows.

Rhea (rep, owns Carol's account), Mona (manager of the same team), Owen (rep of another team), Ada (admin), Carol
(customer admin), Cora (her colleague who may only look), Dave (another customer, looked after by Owen).
"""

from datetime import timedelta
from itertools import count
from types import SimpleNamespace

from portal import audit, files, search, store, values
from portal.activity import attachments
from portal.activity.announcements import Announcement
from portal.activity.views import SavedView
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.groups import AccountGroup
from portal.customers.memberships import Membership
from portal.customers.moves import AddressMove
from portal.outbox import Outbox
from portal.people import form_tokens
from portal.people.company import Company
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login
from portal.people.teams import Team
from portal.sales import guest_orders, habits, invoicing, payments, stock, submissions
from portal.sales.approvals import Approval, fingerprint
from portal.sales.branches import Branch
from portal.sales.catalogue import Product
from portal.sales.order_forms import OrderForm
from portal.sales.orders import NOT_PLACED, TO_SHIP, Order, OrderLine
from portal.sales.payment_methods import PaymentMethod
from portal.sales.price_lists import PriceItem, PriceList
from portal.sales.requisitions import Requisition
from portal.sales.shopping_lists import ShoppingLine, ShoppingList
from portal.sales.stock import StockMovement
from portal.service import claiming, publishing, request_asking
from portal.service.articles import Article
from portal.service.warranties import Warranty, serial_key
from portal.values import ANONYMOUS, Actor

_next = count(1)


def row(model, **fields):
    """One row without audit entry or notice: the premise of a test, not its subject."""
    with store.writing():
        return model.create(**fields)


def found_by(record):
    """The record, in the search as its verbs would keep it."""
    with store.writing():
        record.index()
    return record


def team(name=None):
    return row(Team, name=name or f"Team {next(_next)}")


def login(name, kind="customer", **fields):
    email = fields.pop("email", None) or f"{name.split()[0].lower()}{next(_next)}@people.example"
    return row(Login, **{"kind": kind, "name": name, "email": email, "email_key": email.casefold()} | fields)


def employee(name="Ben Cruz", role="rep", team=None, **fields):
    """An employee with a login of the staff face."""
    fields.setdefault("login", login(name, kind="staff", email=fields.get("email")))
    return row(Employee, **{"email": fields["login"].email} | fields, name=name, role=role, team=team)


def account(name=None, **fields):
    name = name or f"Store {next(_next)}"
    return found_by(row(Account, **{"name": name, "folded": search.fold(name)} | fields))


def contact(account=None, name="Lina Reyes", **fields):
    account = account or globals()["account"]()
    return found_by(row(Contact, **{"folded": search.fold(name)} | fields, account=account, name=name))


def address(account=None, **fields):
    """A Philippine address, good for shipping and billing, the default of both when it is the first."""
    account = account or globals()["account"]()
    line = {"line1": f"{next(_next)} Sampaguita St.", "district": "Commonwealth", "city": "Quezon City"}
    line |= {"region": "Metro Manila", "postal_code": "1121", "country": "PH"}
    is_first = not Address.select().where(Address.account == account).exists()
    defaults = {"is_default_shipping": is_first, "is_default_billing": is_first}
    return row(Address, **line | defaults | fields, account=account)


def product(code=None, stock=None, **fields):
    """A good with a list price of 100.00 pesos; `stock` is on the shelf as its first count."""
    code = code or f"P{next(_next):03d}"
    name = fields.pop("name", f"Rice {code}")
    keys = {"code": code, "code_key": code.upper(), "name": name, "folded": search.fold(name)}
    made = row(Product, **{"list_minor": 10_000, "weight_g": 1_000} | keys | fields, stock=stock)
    if stock:
        row(StockMovement, product=made, quantity=stock, reason="start")
    return made


def order(account=None, *lines, state="placed", **fields):
    """An order of (product, quantity) pairs at list prices, of one new product when none is named.

    What is on the shelf is kept for an open one; a shipped one took nothing from it.
    """
    account = account or globals()["account"]()
    lines = lines or ((product(), 1),)
    net = sum(item.list_minor * quantity for item, quantity in lines)
    start = {"account_name": account.name, "currency": account.currency, "subtotal_minor": net, "total_minor": net}
    start |= {"placed_at": None if state == "draft" else values.now(), "placed_by": "Carol Dizon"}
    start |= {"cancelled_minor": net if state == "cancelled" else 0}
    made = row(Order, **start | fields, account=account, state=state)
    for position, (item, quantity) in enumerate(lines, 1):
        row(
            OrderLine, order=made, position=position, product=item, code=item.code, name=item.name,
            quantity=quantity, price_minor=item.list_minor, net_minor=item.list_minor * quantity,
            **_counters(item, quantity, state),
        )  # fmt: skip
    with store.writing():
        habits.overtaken([account])
        if made.state in TO_SHIP:
            stock.note(made.lines, "placed", values.now())
    return made


def _counters(item, quantity, state):
    """Where the pieces of a line are when its order is in a state; `part_shipped` has sent one of each."""
    if state in ("shipped", "delivered", "cancelled"):
        return {"cancelled" if state == "cancelled" else "shipped": quantity}
    if state in NOT_PLACED:
        return {}
    gone = 1 if state == "part_shipped" and quantity > 1 else 0
    item = Product.get_by_id(item.id)
    pieces = quantity - gone if item.free is None else min(quantity - gone, item.free)
    with store.writing():
        stock.reserve([(item, pieces)])
    return {"reserved": pieces, "shipped": gone}


def group(name=None, *accounts):
    """A group of accounts; the accounts given are in it."""
    made = row(AccountGroup, name=name or f"Group {next(_next)}")
    with store.writing():
        Account.update(group=made).where(Account.id.in_([account.id for account in accounts])).execute()
    for account in accounts:
        account.group = made
    return made


def price_list(*items, **fields):
    """A price list in pesos from today on, for everybody unless an account or group is named.

    Items are dicts: {"product": rice, "price_minor": 9_000, "from_quantity": 10}.
    """
    start = {"name": f"List {next(_next)}", "currency": "PHP", "valid_from": values.shop_day()}
    made = row(PriceList, **start | fields)
    for item in items:
        row(PriceItem, price_list=made, **item)
    return made


def sent(text="Two sacks were wet.", name="note.txt"):
    """A file as a form hands it on; the tests' app or `files.open` has named the folder."""
    return attachments.Sent(name, files.receive(text.encode() if isinstance(text, str) else text))


def request(by, **typed):
    """What a customer asks to change of the own account: another legal name unless something else is named."""
    mine = Account.get_by_id(by.account)
    typed = typed or {"legal_name": f"Legal name {next(_next)}"}
    return request_asking.alter(mine, by=by, **typed).request


def move(account, by, **given):
    """A move from one new address of an account to another, ten days ahead."""
    old = Address.visible_to(by).where(Address.id == address(account).id).get()
    given = {"from_on": values.shop_day() + timedelta(days=10), "new": address(account).id} | given
    return AddressMove.plan(old, by=by, **given)


def attachment(subject, by, **given):
    """A small text that somebody put on a record."""
    return attachments.attach(subject, by=by, files=[sent(f"File {next(_next)}")], **given)[0]


def shopping_list(membership, *lines, name=None, **fields):
    """A list of (product, quantity) pairs that a customer keeps; of one new product when none is named."""
    name = name or f"List {next(_next)}"
    start = {"account": membership.account_id, "owner": membership.login, "name": name, "name_key": name.casefold()}
    made = row(ShoppingList, **start | fields)
    for position, (item, quantity) in enumerate(lines or ((product(), 2),), 1):
        row(ShoppingLine, shopping_list=made, product=item, quantity=quantity, position=position)
    return made


def view(employee, place="/staff/orders", name=None, query="state=placed", **fields):
    return row(SavedView, employee=employee, place=place, name=name or f"View {next(_next)}", query=query, **fields)


def approval(account, asked_by, percent=20, **fields):
    """An open question about a draft of one product at a discount."""
    draft = order(account, state="draft", source="staff")
    with store.writing():
        OrderLine.update(discount_bp=percent * 100).where(OrderLine.order == draft).execute()
    amounts = {"net_minor": 8_000, "off_minor": 2_000, "highest_bp": percent * 100, "currency": account.currency}
    return row(Approval, order=draft, asked_by=asked_by, fingerprint=fingerprint(draft.lines), **amounts | fields)


def requisition(membership, **fields):
    """An open question to the colleagues of a member about an order of his."""
    waiting = order(membership.account, state="to_approve", placed_at=None)
    return row(Requisition, **{"order": waiting, "asked_by": membership, "limit_minor": 5_000} | fields)


def invoice(account=None, *lines, by=None, **given):
    """An invoice of all of a new order, issued by its verb; told to nobody."""
    made = order(account, *lines, state="delivered", **given)
    return invoicing.issue(made, by=by or values.system("tests"))


def payment(account=None, pesos=100, **given):
    """A payment of so many pesos, all of it open; told to nobody."""
    given = {"by": values.system("tests"), "currency": "PHP", "paid_on": values.shop_day()} | given
    return payments.record(account or globals()["account"](), amount_minor=pesos * 100, is_another=True, **given)


def agreed_price(account, item=None, price_minor=9_000, **fields):
    """A price agreed with an account from today on."""
    here = (PriceList.account == account) & PriceList.is_agreed
    found = PriceList.get_or_none(here) or price_list(account=account, is_agreed=True, currency=account.currency)
    start = {"product": item or product(), "price_minor": price_minor, "valid_from": values.shop_day()}
    return row(PriceItem, **start | fields, price_list=found)


def branch(name=None, **fields):
    hours = {"mon": ["08:00", "17:00"], "sat": ["08:00", "12:00"]}
    return row(Branch, **{"line1": "12 Rizal Ave.", "city": "Manila", "hours": hours} | fields, name=name or "Manila")


def company(**fields):
    """The shop as its papers name it."""
    place = {"line1": "112 Aurora Blvd.", "district": "Cubao", "city": "Quezon City", "postal_code": "1109"}
    about = {"name": "Tindahan ni Aling Nena", "tax_number": "123-456-789-000", "country": "PH"}
    return row(Company, **{"id": 1} | about | place | fields)


def payment_method(kind="bank", currency="PHP", **fields):
    """A way to pay: a bank account, unless PromptPay ("promptpay", "THB") or QR Ph ("qrph") is asked for."""
    account = {"bank": "Bangko ng Bayan", "account_name": "Aling Nena Trading", "account_number": "0012-3456-78"}
    about = {
        "bank": account,
        "promptpay": {"promptpay_id": "081 555 0100"},
        "qrph": account | {"swift": "BNORPHMM", "city": "Quezon City"},
    }[kind]
    return row(PaymentMethod, **{"title": kind, "kind": kind, "currency": currency} | about | fields)


def warranty(account=None, item=None, **fields):
    """A thing of an account, covered from today for a year."""
    today = values.shop_day()
    start = {"bought_on": today, "covered_until": today + timedelta(days=365), "months": 12}
    if "serial" in fields:
        start["serial_key"] = serial_key(fields["serial"])
    item = item or product(warranty_months=12)
    made = row(Warranty, **start | fields, account=account or globals()["account"](), product=item)
    return Warranty.visible_to(values.system("tests")).where(Warranty.id == made.id).get()


def order_form(**fields):
    """An open form with all products and room for words, whose leads everybody sees."""
    start = {"slug": f"form-{next(_next)}", "title": "Rice for the feast", "state": "open", "languages": ["en"]}
    return row(OrderForm, **start | fields)


def submission(form=None, email="nena@abad.example", now=None, *, by=ANONYMOUS, **typed):
    """What a stranger sent by a form, as its verb keeps it; his address has not proved itself."""
    form, now = form or order_form(), now or values.now()
    start = {"name": "Nena Abad", "words": "Two sacks, please"}
    key = form_tokens.issue(form.id, now - timedelta(minutes=1))
    return submissions.send(form, by=by.with_form(key, "1"), email=email, now=now, **start | typed)


def lead(form=None, **typed):
    """What became of it once the address proved itself."""
    sent = submission(form, **typed)
    link = Link.select().where(Link.subject == str(sent.ref)).get()
    return guest_orders.confirm(by=ANONYMOUS, link=link, submission=sent)


def claim(account, by, thing=None, **given):
    """A claim that somebody of an account asked."""
    return claiming.claim(thing or warranty(account), by=by, **{"words": "It does not light"} | given)


def member(account, name, role="buyer", **fields):
    """A person of an account who may sign in: login, contact and membership; returns the membership."""
    who = fields.pop("login", None) or login(name, **fields)
    person = contact(account, name, email=who.email)
    return row(Membership, login=who, account=account, contact=person, role=role)


def staff_actor(employee):
    """What an employee acts as."""
    return Actor(
        employee.login.ref,
        name=employee.name,
        role=employee.role,
        teams=(employee.team_id,) if employee.team_id else (),
        employee=employee.id,
        language=employee.login.language,
    )


def customer_actor(membership):
    """What a customer's login acts as in one account."""
    return Actor(
        membership.login.ref,
        name=membership.login.name,
        role=membership.role,
        account=membership.account_id,
        contact=membership.contact_id,
        language=membership.login.language,
    )


CHANGED = {  # what a notice "account_changed" holds
    "event": "account.edited",
    "account": {"name": "Carol’s Kitchen", "number": "12"},
    "record": "",
    "at": "2026-11-17T01:12:00",
    "by": "Carol Dizon",
    "by_staff": False,
    "person": {"name": "Rhea Cruz", "phone": "+639175550142", "email": "rhea@shop.example"},
    "noun": "account",
    "changes": [{"field": "phone", "old": "+639175550188", "new": "+639175550199"}],
}


def told(account, *people, by=None, subject=None, event="account.edited", template="account_changed", **params):
    """An event about an account that tells these logins or employees; its outbox rows, inbox before mail."""
    with audit.change(by or staff_actor(account.owner), event, subject or account, about=account) as change:
        change.tell([person.recipient for person in people], template, **CHANGED | params)
    return list(Outbox.select().where(Outbox.entry == change.entry_id).order_by(Outbox.channel, Outbox.id))


def announcement(title="Closed on Friday", days=7, **fields):
    """An announcement to all customers, shown from today for a week."""
    today = values.shop_day()
    return row(Announcement, **{"title": title, "from_on": today, "until_on": today + timedelta(days)} | fields)


def world():
    """The seven people as Actors, and by name what stands behind them.

    `world().rhea` is an Actor; `.employees["rhea"]`, `.logins["carol"]`, `.contacts["carol"]`,
    `.memberships["carol"]` are rows; `.account` is Carol's and Cora's, `.other_account` Dave's; `.north` and
    `.south` are teams.
    """
    north, south = team("North"), team("South")
    mona = employee("Mona Santos", "manager", north, email="mona@shop.example", job_title="Sales manager")
    staff = {
        "rhea": employee("Rhea Cruz", "rep", north, email="rhea@shop.example", phone="+639175550142", manager=mona),
        "mona": mona,
        "owen": employee("Owen Tan", "rep", south, email="owen@shop.example"),
        "ada": employee("Ada Lim", "admin", email="ada@shop.example"),
    }
    kitchen = account("Carol’s Kitchen", owner=staff["rhea"], team=north, phone="+639175550188")
    household = account("Dave Ramos", kind="household", owner=staff["owen"], team=south)
    customers = {
        "carol": member(kitchen, "Carol Dizon", "customer_admin", email="carol@kitchen.example"),
        "cora": member(kitchen, "Cora Dizon", "viewer", email="cora@kitchen.example"),
        "dave": member(household, "Dave Ramos", "customer_admin", email="dave@ramos.example"),
    }
    return SimpleNamespace(
        **{name: staff_actor(person) for name, person in staff.items()},
        **{name: customer_actor(membership) for name, membership in customers.items()},
        employees=staff,
        memberships=customers,
        logins={name: row.login for name, row in (staff | customers).items()},
        contacts={name: membership.contact for name, membership in customers.items()},
        account=kitchen,
        other_account=household,
        north=north,
        south=south,
    )


def article(world, title="How do I send something back?", body="Open the **order**.", audience="everybody", **about):
    """An article by Rhea that Mona has published."""
    made = Article.write(by=world.rhea, title=title, body=body, audience=audience, **about)
    return publishing.publish(made, by=world.mona)
