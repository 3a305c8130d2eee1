"""Old orders keep their dates, their totals and their addresses, and leave today's shelf alone."""

from datetime import date, datetime

import pytest

from portal import externals, values
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.sales import receiving
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.sales.stock import StockMovement
from portal.whole import invariants
from tests import make
from tests.imports import ACCOUNTS, PRODUCTS, bring, table, tally

ORDERS = """
source = "old"
key = "no"
currency = "USD"
rounding = "half-even"
[columns]
account = "who"
contact = "who"
placed_at = "on"
shipped_at = "shipped"
tax = "tax"
freight = "freight"
total = "total"
state = ["shipped", "open"]
[values.state]
open = "confirmed"
"*" = "delivered"
"""
LINES = """
source = "old"
key = "{no}/{line}"
currency = "USD"
rounding = "half-even"
[columns]
order = "no"
product = "what"
quantity = "count"
price = "price"
discount = "off"
net = "sum"
cost = "cost"
"""
HEAD = "no,who,on,shipped,open,tax,freight,total\n"
LINE_HEAD = "no,line,what,count,price,off,sum,cost\n"


@pytest.fixture
def shop(database, tmp_path):
    """An account, a person of another one, two products."""
    bring(table(tmp_path, "no,name,phone,email\n1,Household,,\n2,Store,,\n"), "accounts", ACCOUNTS)
    people = 'source = "old"\nkey = "no"\n[columns]\naccount = "store"\nname = "name"\n'
    bring(table(tmp_path, "no,store,name\n7,2,Ana Cruz\n1,1,Ben Yu\n"), "contacts", people)
    stocked = PRODUCTS + 'stock = "left"\ncost = "cost"\n'
    bring(table(tmp_path, "no,what,price,left,cost\nA-1,Rice,25,10,20\nA-2,Salt,3,,1\n"), "products", stocked)
    return tmp_path


def test_an_order_keeps_its_printed_total_and_shows_the_rounding(shop):
    bring(table(shop, HEAD + "50,1,2011-05-31,2011-06-07,open,1.2044,0.3056,16.515\n"), "orders", ORDERS)
    order = Order.get()
    assert (order.total_minor, order.tax_minor, order.freight_minor) == (1652, 120, 31)
    lines = "50,1,A-1,3,3.3349,0,10.0047,\n50,2,A-2,1,5.005,0,5.005,0.5\n"
    bring(table(shop, LINE_HEAD + lines), "order-lines", LINES)
    order = Order.get()
    assert [line.net_minor for line in order.orderline_set.order_by(OrderLine.position)] == [1000, 500]
    assert (order.subtotal_minor, order.rounding_minor, order.total_minor) == (1500, 1, 1652)
    assert [line.cost_minor for line in order.orderline_set.order_by(OrderLine.position)] == [2000, 50]


def test_an_order_without_a_total_is_summed_up(shop):
    mapped = ORDERS.replace('total = "total"\n', "")
    bring(table(shop, HEAD + "50,1,2011-05-31,,open,0,32.38,\n"), "orders", mapped)
    bring(table(shop, LINE_HEAD + "50,1,A-1,12,14,0.15,,\n50,2,A-2,10,9.8,0,,\n"), "order-lines", LINES)
    order = Order.get()
    assert (order.subtotal_minor, order.rounding_minor, order.total_minor) == (14280 + 9800, 0, 14280 + 9800 + 3238)
    assert (order.discount_minor, order.state) == (2520, "confirmed")
    first = order.orderline_set.order_by(OrderLine.position).first()
    assert (first.position, first.discount_bp, first.net_minor, first.name) == (1, 1500, 14280, "Rice")


def test_an_order_of_a_person_belongs_to_the_store(shop):
    rows = "50,7,2011-05-31,2011-06-07,open,0,0,1\n51,1,2011-06-01,,open,0,0,1\n"
    bring(table(shop, HEAD + rows), "orders", ORDERS)
    found = [(o.account_name, o.contact.name, o.placed_by) for o in Order.select().order_by(Order.id)]
    assert found == [("Store", "Ana Cruz", "Ana Cruz"), ("Household", "Ben Yu", "Ben Yu")]
    assert externals.known("contact", Contact.get(name="Ana Cruz").id) == [("old", "7")]


def test_history_keeps_its_days_and_leaves_the_shelf_alone(shop):
    bring(table(shop, HEAD + "50,1,2011-05-31,2011-06-07 15:30,open,0,0,1\n"), "orders", ORDERS)
    bring(table(shop, LINE_HEAD + "50,1,A-1,400,1,0,400,\n"), "order-lines", LINES)
    order = Order.get()
    assert (order.placed_at, order.shipped_at) == (datetime(2011, 5, 31, 12), datetime(2011, 6, 7, 15, 30))
    assert (order.state, order.source) == ("delivered", "import")
    assert Product.get(code="A-1").stock == 10
    assert [m.reason for m in StockMovement.select()] == ["start"]


def test_bad_orders_and_lines_are_refused_one_by_one(shop):
    orders = "50,1,2011-05-31,,open,0,0,1\n51,9,2011-05-31,,open,0,0,1\n"
    orders += "52,1,31/05/2011,,open,0,0,1\n53,1,,,open,0,0,1\n"
    done = bring(table(shop, HEAD + orders), "orders", 'date = "iso"\n' + ORDERS)
    assert done.said == [(3, "who", "import-no-account"), (4, "on", "import-not-a-date"), (5, "on", "import-blank")]
    lines = "50,1,A-1,1,1,0,1,\n51,1,A-1,1,1,0,1,\n50,2,B-9,1,1,0,1,\n50,3,A-1,0,1,0,1,\n50,4,A-1,-2,1,0,1,\n"
    lines += "50,5,A-1,1.5,1,0,1,\n50,6,A-1,9223372036854775808,1,0,1,\n50,7,A-1,1,1,1.5,1,\n50,8,A-1,1,,0,,\n"
    done = bring(table(shop, LINE_HEAD + lines), "order-lines", LINES)
    assert done.said == [
        (3, "no", "import-not-found"),
        (4, "what", "import-not-found"),
        (5, "count", "import-out-of-range"),
        (6, "count", "import-out-of-range"),
        (7, "count", "import-not-whole"),
        (8, "count", "import-out-of-range"),
        (9, "off", "import-discount-out-of-range"),
        (10, "price", "import-blank"),
    ]
    assert tally(done) == {"created": 1, "refused": 8}
    assert Order.get().subtotal_minor == 100


def test_a_changed_line_is_summed_up_anew(shop):
    bring(table(shop, HEAD + "50,1,2011-05-31,,open,0,0,10\n51,1,2011-05-31,,open,0,0,10\n"), "orders", ORDERS)
    bring(table(shop, LINE_HEAD + "50,1,A-1,1,10,0,10,\n50,2,A-2,1,2,0,2,\n"), "order-lines", LINES)
    done = bring(table(shop, LINE_HEAD + "50,1,A-1,1,9,0,9,\n50,2,A-2,1,2,0,2,\n"), "order-lines", LINES)
    assert tally(done) == {"changed": 1, "same": 1}
    order = Order.get(total_minor=1000, subtotal_minor=1100)
    assert order.rounding_minor == -100
    done = bring(table(shop, HEAD + "50,1,2011-05-31,,open,1,0,12\n51,1,2011-05-31,,open,0,0,10\n"), "orders", ORDERS)
    assert tally(done) == {"changed": 1, "same": 1}
    order = Order.get_by_id(order.id)
    assert (order.subtotal_minor, order.tax_minor, order.total_minor, order.rounding_minor) == (1100, 100, 1200, 0)


def test_an_order_carries_the_address_as_it_was(shop):
    places = 'source = "old"\nkey = "no"\n[columns]\naccount = "who"\nline1 = "street"\ncountry = "land"\n'
    bring(table(shop, "no,who,street,land\n9,1,4350 Minute Dr.,United States\n"), "addresses", places)
    by_id = ORDERS.replace('freight = "freight"', 'ship_to = "open"').replace('["shipped", "open"]', '"shipped"')
    rows = "50,1,2011-05-31,2011-06-01,9,0,0,1\n51,1,2011-05-31,2011-06-01,8,0,0,1\n"
    done = bring(table(shop, HEAD + rows), "orders", by_id)
    assert done.said == [(3, "open", "import-not-found")]
    first, second = Order.select().order_by(Order.id)
    assert first.ship_to["line1"] == "4350 Minute Dr."
    assert (first.ship_to["recipient"], first.ship_to["country"]) == ("Household", "US")
    assert second.ship_to == {}
    assert first.ship_to == Address.get().snapshot
    assert Address.get().account == Account.get(name="Household")


def test_columns_of_the_order_itself_can_be_its_address(shop):
    typed = ORDERS.replace('freight = "freight"', 'ship_line1 = "open"\nship_country = "freight"')
    typed = typed.replace('["shipped", "open"]', '"shipped"')
    bring(table(shop, HEAD + "50,1,2011-05-31,2011-06-01,Obere Str. 57,0,Germany,1\n"), "orders", typed)
    typed = Order.get().ship_to
    assert (typed["recipient"], typed["line1"], typed["country"]) == ("Household", "Obere Str. 57", "DE")
    assert typed.keys() == make.address().snapshot.keys()


def test_amounts_and_dates_are_read_as_the_map_says(shop):
    declared = 'currency = "JPY"\ndecimal = ","\ndate = "%d/%m/%Y"\ncalendar = "buddhist"'
    mapped = ORDERS.replace('currency = "USD"', declared)
    text = HEAD.replace(",", ";") + "50;1;29/02/2555;;open;1.250,5;¥ 2;3.000.000\n"
    bring(table(shop, text), "orders", mapped)
    order = Order.get()
    assert (order.tax_minor, order.freight_minor, order.total_minor) == (1250, 2, 3_000_000)
    assert order.placed_at.date() == date(2012, 2, 29)


def pieces():
    """[(code, reserved, shipped, cancelled)] of all lines."""
    rows = OrderLine.select().order_by(OrderLine.position)
    return [(line.code, line.reserved, line.shipped, line.cancelled) for line in rows]


def test_pieces_of_old_orders_are_where_their_state_says(shop):
    bring(table(shop, HEAD + "50,1,2011-05-31,2011-06-07,open,0,0,10\n"), "orders", ORDERS)
    bring(table(shop, LINE_HEAD + "50,1,A-1,3,1,0,3,\n50,2,A-2,2,1,0,2,\n"), "order-lines", LINES)
    assert pieces() == [("A-1", 0, 3, 0), ("A-2", 0, 2, 0)]
    bring(table(shop, LINE_HEAD + "50,1,A-1,5,1,0,5,\n50,2,A-2,1,1,0,1,\n"), "order-lines", LINES)
    assert pieces() == [("A-1", 0, 5, 0), ("A-2", 0, 1, 0)]
    assert list(invariants.broken(with_files=False)) == []


def test_open_orders_wait_for_what_is_counted_until_the_other_system_ships_them(shop):
    bring(table(shop, HEAD + "50,1,2011-05-31,,open,0,0,10\n"), "orders", ORDERS)
    bring(table(shop, LINE_HEAD + "50,1,A-1,3,1,0,3,\n50,2,A-2,2,1,0,2,\n"), "order-lines", LINES)
    assert pieces() == [("A-1", 0, 0, 0), ("A-2", 2, 0, 0)]
    receiving.receive([(Product.get(code="A-1"), 1)], by=values.system("test"))
    assert pieces()[0] == ("A-1", 3, 0, 0) and Product.get(code="A-1").reserved == 3
    bring(table(shop, LINE_HEAD + "50,1,A-1,2,1,0,2,\n50,2,A-2,4,1,0,4,\n"), "order-lines", LINES)
    assert pieces() == [("A-1", 2, 0, 0), ("A-2", 4, 0, 0)] and Product.get(code="A-1").reserved == 2
    assert list(invariants.broken(with_files=False)) == []
    bring(table(shop, HEAD + "50,1,2011-05-31,2011-06-09,open,0,0,10\n"), "orders", ORDERS)
    assert pieces() == [("A-1", 0, 2, 0), ("A-2", 0, 4, 0)] and Product.get(code="A-1").free == 11
    assert list(invariants.broken(with_files=False)) == []


def test_a_cancelled_order_of_old_owes_nothing(shop):
    cancelled = ORDERS.replace('open = "confirmed"', 'open = "cancelled"')
    bring(table(shop, HEAD + "50,1,2011-05-31,,open,0,0,10\n"), "orders", cancelled)
    bring(table(shop, LINE_HEAD + "50,1,A-1,3,1,0,3,\n"), "order-lines", LINES)
    assert pieces() == [("A-1", 0, 0, 3)] and Order.get().owed.minor == 0
    assert list(invariants.broken(with_files=False)) == []


def test_a_count_of_the_other_system_leaves_what_is_kept_here(shop):
    account = Account.get(name="Store")
    make.order(account, (Product.get(code="A-1"), 6))
    stocked = PRODUCTS + 'stock = "left"\ncost = "cost"\n'
    bring(table(shop, "no,what,price,left,cost\nA-1,Rice,25,4,20\n"), "products", stocked)
    assert (Product.get(code="A-1").stock, Product.get(code="A-1").reserved) == (6, 6)
