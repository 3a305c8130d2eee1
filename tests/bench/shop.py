"""A shop of any size, the same one each time: its rows are made by the database itself, from the models' own tables.

Each customer has an account, a contact, an address and three orders of two lines; every fourth may sign in. Carol,
the customer who is measured, has ten thousand orders more, over all of the catalogue. All of it stands in the search
index too.
"""

import json

import peewee

from portal import audit, search, store, values
from portal.activity.tasks import Task
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.insight import numbers
from portal.insight.silence import AccountRhythm
from portal.outbox import Outbox
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.people.teams import Team
from portal.sales.catalogue import Category, Product
from portal.sales.charges import FreightRule, TaxRate
from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.leads import Lead
from portal.sales.missed import MissedSearch
from portal.sales.order_forms import OrderForm
from portal.sales.orders import Order, OrderLine
from portal.sales.price_lists import PriceList
from portal.sales.shopping_lists import ShoppingLine, ShoppingList
from portal.sales.submissions import Submission
from portal.sales.suggestions import Suggestion
from portal.sales.wishes import Wish
from portal.service.case_messages import CaseMessage
from portal.service.cases import Case
from portal.service.claims import Claim
from portal.service.requests import ChangeRequest, RequestedField
from portal.service.warranties import Warranty
from tests.bench import journal, mails, own_fields, relations
from tests.bench.filling import day, fill, moment, numbered, text, word
from tests.bench.talks import Talks

ORDERS_EACH = 3
REGULAR_ORDERS = 10_000  # of Carol, in a shop of as many customers; in a smaller one as many as it has
PRODUCTS, CATEGORIES, TEAMS, EMPLOYEES = 500, 8, 10, 50
DAYS = 720  # over which the orders are spread
FAST = {
    True: [
        f"PRAGMA {said}" for said in ("journal_mode=off", "synchronous=off", "foreign_keys=off", "cache_size=-400000")
    ],
    False: ("SET session_replication_role = replica", "SET maintenance_work_mem = '512MB'", "SET work_mem = '64MB'"),
}
FIRST = (
    "ana ben carla dado elena fely gino hilda ivan josie karlo lorna mario nena oscar pilar ramon sonia tito vilma"
)
LAST = (
    "abad bautista castro dizon estrada flores garcia hilario ibarra jacinto lacson magno navarro ocampo perez quizon"
)
DISTRICTS = "commonwealth bagumbayan poblacion malanday kaunlaran sampaloc tondo ermita maligaya kapitolyo"
CITIES = "manila cebu davao iloilo baguio naga tagaytay dumaguete bacolod vigan butuan"
GOODS = "rice noodles sardines vinegar coffee sugar flour soap candles crackers"


# What a customer is called and where it belongs, as SQL of its number: as good as chance.


def family(number):
    return word(LAST, f"{number} * 137 / 101")


def trade(number):
    return word("store trading bakery", f"{number} * 31 / 17")


def account_name(number):
    return f"{family(number)} || ' ' || {trade(number)} || ' ' || {number}"


def person(number):
    return f"{word(FIRST, number)} || ' ' || {family(number)}"


def mail(number):
    return f"{word(FIRST, number)} || {number} || '@people.example'"


def phone(number, sign):
    return f"'{sign}63917' || {text(f'1000000 + {number} % 8000000')}"


def team(number):
    """One of the teams, or the pool for every twentieth."""
    return f"(CASE WHEN {number} % 20 = 0 THEN NULL ELSE {number} % {TEAMS} + 1 END)"


def item(order, line):
    """The product of a line of an order."""
    return f"((({order}) * 7 + {line}) % {PRODUCTS} + 1)"


def make(customers, now=None):
    """Fill an empty database (no tables yet) with a shop of so many customers; returns its people."""
    shop = Shop(customers, now or values.now())
    with store.schema_change(), store.connection():
        for statement in FAST[store.is_sqlite()]:
            store.db.execute_sql(statement)
        with store.db.atomic():  # PostgreSQL keeps no log of tables made in the same transaction
            for model in store.tables():
                model._schema.create_table()
            shop.make_house()
            shop.make_customers()
            shop.make_orders()
            shop.make_invoices()
            shop.make_requests()
            shop.make_warranties()
            shop.make_cases()
            shop.talks.make()
            shop.make_wishes()
            shop.make_leads()
            shop.make_tasks()
            shop.make_trail()
            for noun in (mails, relations, own_fields, journal):
                noun.make(shop)
            shop.make_search()
            for model in store.tables():
                model._schema.create_indexes()
        finish(shop)
    store.close()
    return shop


def finish(shop):
    """Build the index over the texts, and leave the database as a server that has run for a while would be."""
    search.create_index()
    numbers.keep(shop.now)
    if store.is_sqlite():
        store.db.execute_sql("INSERT INTO search_text(search_text) VALUES ('rebuild')")
        store.db.execute_sql("PRAGMA journal_mode=wal")
        return
    for model in store.tables():
        name = model._meta.table_name
        if isinstance(model._meta.primary_key, peewee.AutoField):
            counter = f"pg_get_serial_sequence('\"{name}\"', 'id')"
            store.db.execute_sql(f'SELECT setval({counter}, (SELECT COALESCE(MAX(id), 0) + 1 FROM "{name}"))')
    store.db.execute_sql("VACUUM ANALYZE")  # what its autovacuum would have done


class Shop:
    """The statements that make one shop; `carol` is the number of the customer who is measured."""

    def __init__(self, customers, now):
        self.customers, self.now = customers, now
        self.orders = customers * ORDERS_EACH
        self.carol = customers // 2 // 4 * 4 + 4
        self.rep = 10 + self.carol % 10  # of Carol's team
        self.regular = min(customers, REGULAR_ORDERS)
        self.last_order = self.orders + self.regular
        self.last_warranty = self.orders // 5 + self.regular
        self.talks = Talks(self, DAYS)

    def at(self, order):
        """When an order was placed: spread evenly over the days, Carol's own as well."""
        each, regular = DAYS * 86400 / self.orders, DAYS * 86400 / self.regular
        early, late = f"({self.orders} - {order}) * {each:.6f}", f"({self.last_order} - {order}) * {regular:.6f}"
        return moment(f"(60 + CASE WHEN {order} <= {self.orders} THEN {early} ELSE {late} END)", self.now)

    def buyer(self, order):
        each = f"({order} - 1) % {self.customers} + 1"
        return f"(CASE WHEN {order} <= {self.orders} THEN {each} ELSE {self.carol} END)"

    def owner(self, number):
        """Carol's rep looks after two hundred accounts however many there are, thirty colleagues after the others."""
        mine = f"{number} = {self.carol} OR {number} % {max(1, self.customers // 200)} = 0"
        return f"(CASE WHEN {mine} THEN {self.rep} ELSE {number} * 13 / 7 % 30 + 21 END)"

    def state(self, order):
        """One in 250 waits, as many are confirmed, twice as many on their way; one in fifty was cancelled."""
        newest, each = self.orders, self.orders // 250
        return (
            f"(CASE WHEN {order} > {newest} THEN 'delivered' WHEN {order} > {newest - each} THEN 'placed' "
            f"WHEN {order} > {newest - 2 * each} THEN 'confirmed' WHEN {order} > {newest - 4 * each} THEN 'shipped' "
            f"WHEN {order} % 50 = 0 THEN 'cancelled' ELSE 'delivered' END)"
        )

    def make_house(self):
        fill(Team, TEAMS, name="'Team ' || i")
        name, email = f"{word(FIRST, 'i')} || ' ' || {word(LAST, 'i')}", "'staff' || i || '@shop.example'"
        fill(Login, EMPLOYEES, name=name, kind="'staff'", email=email, email_key=email)
        role = "CASE WHEN i = 3 THEN 'admin' WHEN i = 2 THEN 'manager' ELSE 'rep' END"
        group = f"CASE WHEN i = 3 THEN NULL WHEN i <= 2 THEN 1 ELSE i % {TEAMS} + 1 END"
        fill(Employee, EMPLOYEES, name=name, role=role, login="i", team=group)
        fill(Category, CATEGORIES, name="'Shelf ' || i")
        code, name = f"'P' || {text('1000 + i')}", f"{word(GOODS, 'i')} || ' n' || i"
        goods = {"list_minor": "5000 + i * 100", "weight_g": "500", "stock": "1000000000"}
        shelf = f"i % {CATEGORIES} + 1"
        fill(Product, PRODUCTS, code=code, code_key=code, name=name, folded=name, category=shelf, **goods)
        fill(TaxRate, 1, country="'PH'", tax_class="'standard'", basis_points="1200")
        fill(FreightRule, 1, country="'PH'", currency="'PHP'", fee_minor="15000")

    def make_customers(self):
        count, name, number = self.customers, account_name("i"), phone("i", "+")
        kind = "CASE WHEN i % 3 = 0 THEN 'household' ELSE 'company' END"
        rep = {"owner": self.owner("i"), "team": team("i")}
        rep |= {"parent": relations.parent("i"), "labels": relations.labels("i")}
        fill(Account, count, name=name, folded=name, phone=number, kind=kind, **rep)
        reach = {"email": mail("i"), "phone": number, "birthday": relations.birthday("i")}
        reach |= {"labels": relations.labels("i"), "barred": relations.barred("i")}
        fill(Contact, count, account="i", name=person("i"), folded=person("i"), role="'buyer'", **reach)
        place = {"district": word(DISTRICTS, "i"), "city": word(CITIES, "i"), "postal_code": "'1121'"}
        place |= {"line1": "i || ' Sampaguita St.'", "is_default_shipping": "TRUE", "is_default_billing": "TRUE"}
        fill(Address, count, account="i", **place)
        first, last, number = EMPLOYEES + 1, EMPLOYEES + count // 4, f"((i - {EMPLOYEES}) * 4)"
        email = {"email": mail(number), "email_key": mail(number)}
        fill(Login, last, first, kind="'customer'", name=person(number), **email)
        fill(Membership, last, first, login="i", account=number, contact=number, role="'customer_admin'")

    def make_orders(self):
        buyer, at, state = self.buyer("i"), self.at("i"), self.state("i")
        net = lambda line: f"(5000 + {item('i', line)} * 100) * (1 + i % 5)"  # noqa: E731
        place = "'{}'".format(json.dumps({"line1": "1 Sampaguita St.", "city": "manila", "country": "PH"}))
        who = {"account": buyer, "account_name": account_name(buyer), "contact": buyer, "rep": self.owner(buyer)}
        fill(
            Order, self.last_order, state=state, currency="'PHP'", placed_by=word(FIRST, "i"), placed_at=at,
            created_at=at, ship_to=place, bill_to=place, **who,
            **dict.fromkeys(("subtotal_minor", "total_minor"), f"{net(0)} + {net(1)}"),
        )  # fmt: skip
        for line in (0, 1):
            first, order = 1 + line * self.last_order, f"(i - {line * self.last_order})"
            product = item(order, line)
            price, quantity = f"(5000 + {product} * 100)", f"(1 + {order} % 5)"
            code, name = f"'P' || {text(f'1000 + {product}')}", f"{word(GOODS, product)} || ' n' || {product}"
            sums = {"quantity": quantity, "price_minor": price, "net_minor": f"{price} * {quantity}"}
            state = self.state(order)
            came = {"shipped": f"CASE WHEN {state} IN ('shipped', 'delivered') THEN {quantity} ELSE 0 END"}
            came["cancelled"] = f"CASE WHEN {state} = 'cancelled' THEN {quantity} ELSE 0 END"
            came["reserved"] = f"CASE WHEN {state} IN ('placed', 'confirmed') THEN {quantity} ELSE 0 END"
            last, at = first + self.last_order - 1, {"order": order, "position": str(line + 1)}
            fill(OrderLine, last, first, product=product, code=code, name=name, **at, **sums, **came)

    def make_invoices(self):
        """One for every third order and for all of Carol's own; every fiftieth is open."""
        count = self.customers + self.regular
        order = (
            f"(CASE WHEN i <= {self.customers} THEN i * {ORDERS_EACH} ELSE {self.orders} + i - {self.customers} END)"
        )
        buyer, issued, total = self.buyer(order), day(self.at(order)), "(100000 + i % 1000 * 100)"
        number = f"'INV-2026-' || substr({text('10000000 + i')}, 2)"
        who = {"account": buyer, "account_name": account_name(buyer), "order": order}
        dates = {"issued_on": issued, "due_on": issued, "created_at": self.at(order)}
        sums = {"subtotal_minor": total, "total_minor": total, "currency": "'PHP'"}
        left = f"CASE WHEN i % 50 = 0 THEN {total} ELSE 0 END"
        fill(Invoice, count, number=number, open_minor=left, **who, **dates, **sums)
        line = {"position": "1", "name": "'rice n1'", "quantity": "1", "price_minor": total, "net_minor": total}
        fill(InvoiceLine, count, invoice="i", **line)
        fill(PriceList, 1, name="'Everybody'", currency="'PHP'", valid_from=day(moment("86400", self.now)))

    def make_requests(self):
        """One of every twentieth customer, one in ten of them open, and one of Carol's, which is."""
        count = self.customers // 20
        account = f"(CASE WHEN i > {count} THEN {self.carol} ELSE i * 20 END)"
        state = f"CASE WHEN i > {count} OR i % 10 = 0 THEN 'asked' ELSE 'done' END"
        asked = {"asked_ref": "'login:1'", "asked_by": person(account), "asked_at": self.at("i")}
        subject = f"'account:' || {account}"
        fill(ChangeRequest, count + 1, account=account, subject=subject, state=state, reason="'We grew'", **asked)
        values = {"field": "'legal_name'", "old": "'\"\"'", "new": "'\"Magno Foods Inc.\"'", "state": state}
        fill(RequestedField, count + 1, request="i", **values)

    def make_warranties(self):
        """A thing of every fifth order and of each of Carol's; claims of some, one in ten of them open, and hers."""
        count, claims = self.orders // 5, self.customers // 20
        order = f"(CASE WHEN i <= {count} THEN i * 5 ELSE {self.orders} + i - {count} END)"
        until = day(moment(f"(86400 * ({order} % 300 - 400))", self.now))
        about = {"account": self.buyer(order), "product": item(order, 0), "order_line": order, "tag": "'t' || i"}
        fill(Warranty, self.last_warranty, **about, bought_on=day(self.at(order)), covered_until=until, months="12",
             serial="'SN-' || i", serial_key="'SN' || i")  # fmt: skip
        thing = f"(CASE WHEN i > {claims} THEN {self.last_warranty} ELSE i END)"
        buyer = f"(CASE WHEN i > {claims} THEN {self.carol} ELSE {self.buyer('(i * 5)')} END)"
        state = f"CASE WHEN i > {claims} OR i % 10 = 0 THEN 'asked' ELSE 'closed' END"
        asked = {"asked_by": person(buyer), "asked_at": self.at("i"), "answer_by": day(self.at("i"))}
        about = {"account": buyer, "warranty": thing, "product": "1", "words": "'It hums'", "currency": "'PHP'"}
        fill(Claim, claims + 1, state=state, **about, **asked)

    def make_cases(self):
        """One of every twentieth customer, one in ten of them open, and one of Carol’s with a thousand messages."""
        count = self.customers // 20
        account = f"(CASE WHEN i > {count} THEN {self.carol} ELSE i * 20 END)"
        state = f"CASE WHEN i > {count} OR i % 10 = 0 THEN 'for_us' ELSE 'closed' END"
        due = f"CASE WHEN i > {count} OR i % 10 = 0 THEN {moment('i % 100 * 3600 - 180000', self.now)} END"
        asked = {"asked_by": person(account), "asked_at": self.at("i"), "last_at": self.at("i"), "due_at": due}
        fill(Case, count + 1, account=account, state=state, kind="'order'", subject="'Where is it?'", **asked)
        written = {"author": "'login:1'", "author_name": word(FIRST, "i"), "words": "'It left today.'"}
        fill(CaseMessage, count, case="i", at=self.at("i"), **written)
        mine = {"case": f"{count + 1}", "at": moment("i", self.now), "is_ours": "i % 2 = 0"}
        fill(CaseMessage, count + 1_000, count + 1, **mine, **written)

    def make_wishes(self):
        """A list of Carol's, what every tenth customer looked for in vain, and what every hundredth asked for."""
        carol, login = self.carol, EMPLOYEES + self.carol // 4
        mine = {"account": f"{carol}", "owner": f"{login}", "name": "'Usual'", "name_key": "'usual'"}
        fill(ShoppingList, 1, is_shared="TRUE", **mine)
        fill(ShoppingLine, 20, shopping_list="1", product="i * 3", quantity="1 + i % 5", position="i")
        usual = json.dumps([{"code": f"P{1000 + n}", "name": f"Rice {n}", "quantity": n} for n in range(1, 21)])
        mine = {"account": f"{carol}", "lines": f"'{usual}'", "total_minor": "100000", "currency": "'PHP'"}
        fill(Suggestion, 1, every_days="14", sent_at=moment("3600", self.now), **mine)
        key, on = f"{word(GOODS, 'i')} || ' brown'", day(self.at("i"))
        who = {"account": "i * 10", "key": key, "words": key}
        fill(MissedSearch, self.customers // 10, source="'catalogue'", on=on, **who)
        who |= {"account": f"CASE WHEN i = 1 THEN {carol} ELSE i * 100 END", "login": f"{login}"}
        fill(Wish, self.customers // 100, asked_by="'Carol'", asked_at=self.at("i"), **who)

    def make_leads(self):
        """A form of sixty products; what every twentieth customer sent by it before he was one, one in ten open."""
        forms = {"slug": "'feast'", "title": "'Feast'", "state": "'open'", "range": "'category'", "category": "1"}
        fill(OrderForm, 1, languages="'[\"en\"]'", **forms)
        count, sent = self.customers // 20, self.at("i")
        who = {"name": person("i * 20"), "email": mail("i * 20"), "email_key": mail("i * 20"), "form": "1"}
        fill(Submission, count, state="'confirmed'", sent_at=sent, **who)
        state = "CASE WHEN i % 10 = 0 THEN 'new' ELSE 'lost' END"
        fill(Lead, count, submission="i", state=state, team=team("i"), created_at=sent, **who)

    def make_tasks(self):
        """One of every tenth customer for who looks after him, one in ten open, a month around today; all rhythms."""
        who = {"owner": self.owner("i * 10"), "made_by": "1", "account": "i * 10"}
        due = {"due_on": day(moment("(i * 31 / 17 % 60 - 30) * 86400", self.now))}
        due["state"] = "CASE WHEN i * 37 / 19 % 10 = 0 THEN 'open' ELSE 'done' END"
        fill(Task, self.customers // 10, title="'Call about the rice'", created_at=self.at("i"), **who, **due)
        since = day(moment("(i % 300 - 270) * 86400", self.now))
        fill(
            AccountRhythm, self.customers, account="i", changes="1", every_days="14", last_on=since, silent_from=since
        )

    def make_trail(self):
        """One entry an order, sealed; the newest with a value. Notices for every tenth order, and Carol's."""
        audit.Seal.create(previous="", hash="0" * 64, count=self.last_order, at=self.now)
        role = "CASE WHEN i % 2 = 0 THEN 'customer_admin' ELSE 'rep' END"
        doer = {"actor": "'login:' || (i % 50 + 1)", "actor_name": word(FIRST, "i"), "actor_role": role}
        refs = {"subject": "'order:' || i", "about": f"'account:' || {self.buyer('i')}"}
        fill(audit.Entry, self.last_order, at=self.at("i"), event="'order.placed'", seal="1", **doer, **refs)
        value = {"position": "0", "field": "'state'", "old": "NULL", "new": "'\"placed\"'", "salt": "''"}
        fill(audit.EntryValue, self.last_order, max(1, self.last_order - 2000), entry="i", **value)
        carol = f"'login:{EMPLOYEES + self.carol // 4}'"
        self._tell(1, 60, f"CASE WHEN i % 2 = 0 THEN {carol} ELSE 'login:1' END")
        self._tell(61, self.orders // 10 + 60, f"'login:' || ({EMPLOYEES + 1} + i % {self.customers // 4})")

    def _tell(self, first, last, who):
        """Notices in inboxes about orders that were placed."""
        told = {"number": "SO-000001", "account": "Carol", "total": {"minor": 100000, "currency": "PHP"}, "note": ""}
        told |= {"delivery": "ship", "branch": "", "ship_to": {}, "requested_on": None, "lines": []}
        about = {"channel": "'inbox'", "template": "'order_placed'", "params": f"'{json.dumps(told)}'"}
        sent = {"state": "'sent'", "created_at": self.at("i"), "sent_at": self.at("i"), "message_id": "'m' || i"}
        fill(Outbox, last, first, entry=f"{self.last_order} - i", recipient=who, **about, **sent)

    def make_search(self):
        """What the verbs would have put: tests/bench/test_bench.py holds it against search.text_of."""
        self.last_entry = 0
        self._put("account", self.customers, self._account_words, lambda i: i, team)
        self._put("contact", self.customers, self._contact_words, lambda i: i, team)
        self._put("product", PRODUCTS, self._product_words, lambda i: "NULL", lambda i: "NULL")
        self._put("order", self.last_order, self._order_words, self.buyer, lambda i: team(self.buyer(i)))
        right = self.talks.right(f"(i - {self.last_entry})")
        whose = lambda i: team(self.talks.of(i))  # noqa: E731
        self._put("interaction", self.talks.last, self.talks.words, self.talks.of, whose, right)

    def _put(self, kind, count, words, account, team, right="''"):
        first, last = self.last_entry + 1, self.last_entry + count
        record = f"(i - {self.last_entry})"
        found = [f"'{search._marker(kind)}'", *(f"'  ' || {word}" for word in words(record)), "'  '"]
        scope = {"account": account(record), "team": team(record)}
        kind, found = f"'{kind}'", " || ".join(found)
        fill(search.SearchEntry, last, first, kind=kind, record=record, text=found, right=right, **scope)
        self.last_entry = last

    def _account_words(self, i):
        found_by = f"{word(CITIES, i)} || {relations.found_by(i)}"
        return [family(i), trade(i), i, phone(i, ""), word(DISTRICTS, i), found_by]

    def _contact_words(self, i):
        return [word(FIRST, i), family(i), i, phone(i, ""), f"{mail(i)} || {relations.found_by(i)}"]

    def _product_words(self, i):
        code = f"'p' || {text(f'1000 + {i}')}"
        return [code, word(GOODS, i), f"'n' || {i}", "'shelf'", f"({i} % {CATEGORIES} + 1)"]

    def _order_words(self, i):
        buyer = self.buyer(i)
        words = [numbered("so", i), family(buyer), trade(buyer), buyer]
        for line in (0, 1):
            product = item(i, line)
            words += [f"'p' || {text(f'1000 + {product}')}", word(GOODS, product), f"'n' || {product}"]
        return words
