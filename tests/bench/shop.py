"""A shop of any size, the same one each time: its rows are made by the database itself, from the models' own tables.

Each customer has an account, a contact, an address and three orders of two lines; every fourth may sign in. Carol,
the customer who is measured, buys regularly and has forty orders more. All of it stands in the search index too.
"""

import json

import peewee

from portal import audit, search, store, values
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.outbox import Outbox
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.people.teams import Team
from portal.sales.catalogue import Category, Product
from portal.sales.charges import FreightRule, TaxRate
from portal.sales.orders import Order, OrderLine
from tests.bench.filling import fill, moment, text, word

ORDERS_EACH = 3
REGULAR_ORDERS = 40
PRODUCTS, CATEGORIES, TEAMS, EMPLOYEES = 400, 8, 10, 50
DAYS = 720  # over which the orders are spread
FAST = {
    True: (
        "PRAGMA journal_mode=off",
        "PRAGMA synchronous=off",
        "PRAGMA foreign_keys=off",
        "PRAGMA cache_size=-400000",
    ),
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


def make(customers, now=None):
    """Fill an empty database (no tables yet) with a shop of so many customers; returns its people."""
    shop = Shop(customers, now or values.now())
    with store.schema_change(), store.connection():
        for statement in FAST[store.is_sqlite()]:
            store.db.execute_sql(statement)
        for model in store.tables():
            model._schema.create_table()
        shop.make_house()
        shop.make_customers()
        shop.make_orders()
        shop.make_trail()
        shop.make_search()
        for model in store.tables():
            model._schema.create_indexes()
        finish(shop)
    store.close()
    return shop


def finish(shop):
    """Build the index over the texts, and leave the database as a server that has run for a while would be."""
    search.create_index()
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
        self.last_order = self.orders + REGULAR_ORDERS

    def at(self, order):
        """When an order was placed: spread evenly over the days, Carol's forty as well."""
        each, regular = DAYS * 86400 / self.orders, DAYS * 86400 / REGULAR_ORDERS
        early, late = f"({self.orders} - {order}) * {each:.6f}", f"({self.last_order} - {order}) * {regular:.6f}"
        return moment(f"(60 + CASE WHEN {order} <= {self.orders} THEN {early} ELSE {late} END)", self.now)

    def buyer(self, order):
        return f"(CASE WHEN {order} <= {self.orders} THEN ({order} - 1) % {self.customers} + 1 ELSE {self.carol} END)"

    def make_house(self):
        fill(Team, TEAMS, name="'Team ' || i")
        staff = {
            "kind": "'staff'",
            "email": "'staff' || i || '@shop.example'",
            "email_key": "'staff' || i || '@shop.example'",
        }
        fill(Login, EMPLOYEES, name=f"{word(FIRST, 'i')} || ' ' || {word(LAST, 'i')}", **staff)
        role = "CASE WHEN i = 3 THEN 'admin' WHEN i = 2 THEN 'manager' ELSE 'rep' END"
        fill(
            Employee,
            EMPLOYEES,
            name=f"{word(FIRST, 'i')} || ' ' || {word(LAST, 'i')}",
            role=role,
            login="i",
            team=f"CASE WHEN i = 3 THEN NULL WHEN i <= 2 THEN 1 ELSE i % {TEAMS} + 1 END",
        )
        fill(Category, CATEGORIES, name="'Shelf ' || i")
        name = f"{word(GOODS, 'i')} || ' n' || i"
        fill(
            Product,
            PRODUCTS,
            code=f"'P' || {text('1000 + i')}",
            code_key=f"'P' || {text('1000 + i')}",
            name=name,
            folded=name,
            category=f"i % {CATEGORIES} + 1",
            list_minor="5000 + i * 100",
            weight_g="500",
            stock="1000000000",
        )
        fill(TaxRate, 1, country="'PH'", tax_class="'standard'", basis_points="1200")
        fill(FreightRule, 1, country="'PH'", currency="'PHP'", fee_minor="15000")

    def make_customers(self):
        name = f"{word(LAST, 'i * 7')} || ' ' || {word('store trading bakery', 'i')} || ' ' || i"
        rep = f"i * 13 % {EMPLOYEES} + 1"
        pool = "CASE WHEN i % 20 = 0 THEN NULL ELSE i % 10 + 1 END"
        self.phone = f"'+63917' || {text('1000000 + i % 8000000')}"
        fill(
            Account,
            self.customers,
            name=name,
            folded=name,
            owner=rep,
            team=pool,
            phone=self.phone,
            kind="CASE WHEN i % 3 = 0 THEN 'household' ELSE 'company' END",
        )
        person = f"{word(FIRST, 'i')} || ' ' || {word(LAST, 'i * 7')}"
        mail = f"{word(FIRST, 'i')} || i || '@people.example'"
        fill(
            Contact,
            self.customers,
            account="i",
            name=person,
            folded=person,
            role="'buyer'",
            email=mail,
            phone=self.phone,
        )
        fill(
            Address,
            self.customers,
            account="i",
            line1="i || ' Sampaguita St.'",
            district=word(DISTRICTS, "i"),
            city=word(CITIES, "i"),
            postal_code="'1121'",
            is_default_shipping="TRUE",
            is_default_billing="TRUE",
        )
        first, last = EMPLOYEES + 1, EMPLOYEES + self.customers // 4
        number = f"((i - {EMPLOYEES}) * 4)"
        mail = f"{word(FIRST, number)} || {number} || '@people.example'"
        fill(
            Login,
            last,
            first,
            kind="'customer'",
            name=f"{word(FIRST, number)} || ' ' || {word(LAST, number + ' * 7')}",
            email=mail,
            email_key=mail,
        )
        fill(Membership, last, first, login="i", account=number, contact=number, role="'customer_admin'")

    def make_orders(self):
        buyer, place = self.buyer("i"), json.dumps({"line1": "1 Sampaguita St.", "city": "manila", "country": "PH"})
        name = self.account_name(buyer)
        self.product = lambda order, line: f"((({order}) * 7 + {line}) % {PRODUCTS} + 1)"
        net = lambda line: f"(5000 + ({self.product('i', line)}) * 100) * (1 + i % 5)"  # noqa: E731
        newest, waiting = self.orders, self.orders // 250
        state = (
            f"CASE WHEN i > {newest} THEN 'delivered' WHEN i > {newest - waiting} THEN 'placed' "
            f"WHEN i > {newest - 2 * waiting} THEN 'confirmed' WHEN i > {newest - 4 * waiting} THEN 'shipped' "
            "WHEN i % 50 = 0 THEN 'cancelled' ELSE 'delivered' END"
        )
        sums = dict.fromkeys(("subtotal_minor", "total_minor"), f"{net(0)} + {net(1)}")
        fill(
            Order,
            self.last_order,
            account=buyer,
            account_name=name,
            state=state,
            placed_by=word(FIRST, "i"),
            rep=f"{buyer} * 13 % {EMPLOYEES} + 1",
            currency="'PHP'",
            placed_at=self.at("i"),
            created_at=self.at("i"),
            ship_to=f"'{place}'",
            bill_to=f"'{place}'",
            contact=buyer,
            **sums,
        )
        for line in (0, 1):
            first = 1 + line * self.last_order
            order = f"(i - {line * self.last_order})"
            item = self.product(order, line)
            fill(
                OrderLine,
                first + self.last_order - 1,
                first,
                order=order,
                position=str(line + 1),
                product=item,
                code=f"'P' || {text(f'1000 + {item}')}",
                name=f"{word(GOODS, item)} || ' n' || {item}",
                quantity=f"1 + {order} % 5",
                price_minor=f"5000 + ({item}) * 100",
                net_minor=f"(5000 + ({item}) * 100) * (1 + {order} % 5)",
            )

    def account_name(self, account):
        trade = word("store trading bakery", account)
        return f"{word(LAST, f'{account} * 7')} || ' ' || {trade} || ' ' || {account}"

    def make_trail(self):
        """One entry an order, sealed; the newest with a value. Notices for every tenth order, and Carol's."""
        audit.Seal.create(previous="", hash="0" * 64, count=self.last_order, at=self.now)
        buyer = self.buyer("i")
        fill(
            audit.Entry,
            self.last_order,
            at=self.at("i"),
            event="'order.placed'",
            seal="1",
            actor="'login:' || (i % 50 + 1)",
            actor_name=word(FIRST, "i"),
            actor_role="CASE WHEN i % 2 = 0 THEN 'customer_admin' ELSE 'rep' END",
            subject="'order:' || i",
            about=f"'account:' || {buyer}",
        )
        first = self.last_order - 2000 if self.last_order > 2000 else 1
        fill(
            audit.EntryValue,
            self.last_order,
            first,
            entry="i",
            position="0",
            field="'state'",
            old="NULL",
            new="'\"placed\"'",
            salt="''",
        )
        told = json.dumps(
            {
                "number": "SO-000001",
                "account": "Carol",
                "total": {"minor": 100000, "currency": "PHP"},
                "delivery": "ship",
                "branch": "",
                "ship_to": {},
                "requested_on": None,
                "lines": [],
                "note": "",
            }
        )
        carol = f"'login:{EMPLOYEES + self.carol // 4}'"
        who = f"CASE WHEN i % 2 = 0 THEN {carol} ELSE 'login:1' END"
        notice = {"channel": "'inbox'", "template": "'order_placed'", "params": f"'{told}'", "state": "'sent'"}
        fill(
            Outbox,
            60,
            entry=f"{self.last_order} - i",
            recipient=who,
            message_id="'m' || i",
            created_at=self.at("i"),
            sent_at=self.at("i"),
            **notice,
        )
        other = f"'login:' || ({EMPLOYEES} + 1 + i % {max(1, self.customers // 4)})"
        fill(
            Outbox,
            self.orders // 10 + 60,
            61,
            entry=f"{self.last_order} - i",
            recipient=other,
            message_id="'m' || i",
            created_at=self.at("i"),
            sent_at=self.at("i"),
            **notice,
        )

    def make_search(self):
        """What the verbs would have put: tests/portal/test_bench.py holds it against search.text_of."""
        last = 0

        def put(kind, model, count, record, words, account, team):
            nonlocal last
            text_ = " || ".join([f"'{search._marker(kind)}'", *(f"'  ' || {w}" for w in words), "'  '"])
            record = record.format(i=f"(i - {last})")
            account, team = (column.format(i=f"(i - {last})") for column in (account, team))
            fill(
                search.SearchEntry,
                last + count,
                last + 1,
                kind=f"'{kind}'",
                record=record,
                account=account,
                team=team,
                text=text_.format(i=f"(i - {last})"),
            )
            last += count

        pool = "CASE WHEN {i} % 20 = 0 THEN NULL ELSE {i} % 10 + 1 END"
        phone = f"'63917' || {text('1000000 + {i} % 8000000')}"
        mail = word(FIRST, "{i}") + " || {i} || '@people.example'"
        family, trade = word(LAST, "{i} * 7"), word("store trading bakery", "{i}")
        put(
            "account",
            Account,
            self.customers,
            "{i}",
            [family, trade, "{i}", phone, word(DISTRICTS, "{i}"), word(CITIES, "{i}")],
            "{i}",
            pool,
        )
        put("contact", Contact, self.customers, "{i}", [word(FIRST, "{i}"), family, "{i}", phone, mail], "{i}", pool)
        goods = [
            f"'p' || {text('1000 + {i}')}",
            word(GOODS, "{i}"),
            "'n' || {i}",
            "'shelf'",
            text(f"({{i}} % {CATEGORIES} + 1)"),
        ]
        put("product", Product, PRODUCTS, "{i}", goods, "NULL", "NULL")
        buyer = self.buyer("{i}")
        number = "'so-' || CASE WHEN {i} < 1000000 THEN substr(" + text("1000000 + {i}") + ", 2) ELSE "
        number += text("{i}") + " || '  ' || " + text("{i}") + " END"
        lines = []
        for line in (0, 1):
            item = self.product("{i}", line)
            lines += [f"'p' || {text(f'1000 + {item}')}", word(GOODS, item), f"'n' || {item}"]
        words = [number, word(LAST, f"{buyer} * 7"), word("store trading bakery", buyer), buyer, *lines]
        put("order", Order, self.last_order, "{i}", words, buyer, pool.replace("{i}", buyer))
