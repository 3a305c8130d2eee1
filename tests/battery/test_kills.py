"""G1: orders and changes over HTTP while one part after the other is killed: none lost, none twice, none too many."""

from email import policy as mail_policy
from email.parser import BytesParser
from types import SimpleNamespace

import pytest

from portal import store
from portal.audit import Entry, SentForm
from portal.customers.accounts import Account
from portal.outbox import Outbox
from portal.people import passwords
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from tests import make
from tests.battery.kill_load import PASSWORD, PRICES, Crowd, Customer
from tests.battery.killing import Killer, Restarted

pytestmark = pytest.mark.row("G1")
CUSTOMERS = 6
FEW = 80  # of one product there are so many, and more are wanted
BETWEEN_KILLS = 40  # answered forms; on an idle machine that is about every half second


@pytest.fixture
def shop(request, run, empty_shop):
    """A served shop with customers who may order, on a database that survives what is done to it."""
    assert run("migrate").returncode == 0
    url = empty_shop.env.get("DATABASE_URL", f"sqlite:///{empty_shop.data}/suki.db")
    people = stocked(url)
    is_postgres = request.config.getoption("--database") == "postgres"
    server = request.getfixturevalue("steady_postgres") if is_postgres else None
    served = Restarted(empty_shop.data, **empty_shop.env)
    served.wait_for_page()
    yield SimpleNamespace(served=served, url=url, people=people, server=server, data=empty_shop.data)
    served.kill()
    store.close()


def stocked(url):
    """Goods on the shelf, and customers who sign in: {address: name of the account}."""
    store.open(url)
    with store.connection():
        world = make.world()
        secret = passwords.scramble(PASSWORD)
        for code, price in PRICES.items():
            make.found_by(make.product(code, stock=FEW if code == "FEW" else 10**6, list_minor=price))
        members = []
        for number in range(CUSTOMERS):
            account = make.account(f"Store {number}", owner=world.employees["rhea"], team=world.north)
            make.address(account)
            members.append(make.member(account, f"Buyer {number}", "customer_admin", password_hash=secret))
    store.close()
    return {member.login.email: member.account.name for member in members}


def test_nothing_is_lost_doubled_or_oversold_while_everything_is_killed(shop, run, figures, rng, sized):
    customers = [Customer(shop.served, email, name, rng.random()) for email, name in shop.people.items()]
    for customer in customers:
        customer.come_in()
    crowd = Crowd(customers, sized(gate=1_000, night=10_000))
    killer = Killer(shop.served, {"DATABASE_URL": shop.url}, shop.server, rng)
    crowd.begin()
    while crowd.is_busy():
        struck_at = crowd.acted
        killer.strike()
        while crowd.is_busy() and crowd.acted < struck_at + BETWEEN_KILLS:
            crowd.threads[0].join(0.02)
    orders = sum(len(customer.orders) for customer in customers)
    changes, again = sum(len(one.phones) for one in customers), sum(one.again for one in customers)
    figures(orders=orders, changes=changes, sent_again=again, kills=sum(killer.kills.values()), **killer.kills)
    assert crowd.wrong == []
    settled(shop)
    with store.connection():
        wrong = [*lost(customers), *doubled(customers), *oversold(customers), *unposted(shop)]
    figures(violations=len(wrong))
    assert wrong == []
    assert orders > 0.5 * (orders + changes) and changes
    store.close()
    verified = run("verify")
    assert (verified.returncode, "All records fit" in verified.stdout) == (0, True), verified.stdout + verified.stderr


def settled(shop):
    """Wait until all mail went out, stop the shop, and open its database."""
    store.open(shop.url)
    served = shop.served

    def is_quiet():
        with store.connection():
            return not Outbox.select().where(Outbox.state == "waiting").exists()

    served.wait(is_quiet, 120, "all mail sent")
    assert served.stop()[0] == 0


def lost(customers):
    """What was acknowledged and is not there as it was acknowledged."""
    for customer in customers:
        for key, (number, quantities) in customer.orders.items():
            order = Order.select().where(Order.by_number(number)).first()
            lines = {} if order is None else {line.code: line.quantity for line in order.lines}
            known = SentForm.get_or_none(SentForm.key == key)
            if lines != quantities or known is None or known.result != str(order.ref):
                yield f"order {number} of {customer.email} holds {lines}, acknowledged were {quantities}"
            elif order.total_minor != sum(PRICES[code] * pieces for code, pieces in quantities.items()):
                yield f"order {number} came to {order.total_minor}"
        kept = Account.get(Account.name == customer.account)
        if customer.phones and kept.phone != customer.phones[-1]:
            yield f"{customer.email} was told {customer.phones[-1]}, kept is {kept.phone}"


def doubled(customers):
    """Orders and changes beyond those that were acknowledged."""
    orders = sum(len(customer.orders) for customer in customers)
    phones = sum(len(customer.phones) for customer in customers)
    if Order.select().count() != orders:
        yield f"{Order.select().count()} orders are there, {orders} were acknowledged"
    changes = Entry.select().where(Entry.event == "account.edited").count()
    if changes != phones:
        yield f"{changes} changes of accounts were written down, {phones} acknowledged"
    for customer in customers:
        for key in customer.refused:
            if SentForm.get_or_none(SentForm.key == key):
                yield f"a refused form of {customer.email} left its key"


def oversold(customers):
    """The shelf keeps what was ordered, and no more than there was."""
    for code in PRICES:
        ordered = sum(q.get(code, 0) for customer in customers for _, q in customer.orders.values())
        product = Product.get(Product.code == code)
        kept = sum(line.reserved for line in OrderLine.select().where(OrderLine.product == product))
        if not ordered == kept == product.reserved <= product.stock:
            yield f"{code}: {ordered} acknowledged, {kept} kept, {product.reserved} of {product.stock} on the shelf"


def unposted(shop):
    """The mails that went out are those that were promised, each under one Message-ID."""
    promised = [row.message_id for row in Outbox.select().where(Outbox.channel == "mail")]
    parser = BytesParser(policy=mail_policy.default)
    posted = set()
    for path in (shop.data / "mail").rglob("*.eml"):
        with path.open("rb") as mail:
            posted.add(parser.parse(mail, headersonly=True)["Message-ID"])
    if len(promised) != len(set(promised)) or set(promised) != posted:
        yield f"{len(promised)} mails were promised, of {len(posted)} posted {len(posted - set(promised))} were not"
