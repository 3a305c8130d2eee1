"""What there is only so much of, wanted by more people at once than can have it: exactly the limit, and no deadlock.

On PostgreSQL alone: SQLite lets one at a time in, so that it would hide a mistake.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import audit, store, values
from portal.errors import Expired, Invalid
from portal.people import links, staff_invitations
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login
from portal.sales import invoicing, placing
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.sales.quotes import Wanted
from portal.whole import invariants
from tests import make

pytestmark = pytest.mark.row("G8")
PEOPLE = 12  # who act at the same moment; a connection for each
PASSWORD = "a long enough one for tests"


def crowd(jobs, act):
    """Counted: what came of `act(job)` for every job, PEOPLE of them at once. A refusal counts by its message."""

    def one(job):
        with store.connection():
            try:
                act(job)
            except Invalid as refused:
                return next(iter(refused.problems.values()))[0]
            except Expired:
                return "expired"
            return "done"

    with ThreadPoolExecutor(PEOPLE) as pool:
        return Counter(pool.map(one, jobs))


def test_a_thousand_orders_of_a_hundred_pieces_take_a_hundred(postgres, figures, sized, rng):
    world = make.world()
    buyers = [make.account(team=world.north) for _ in range(PEOPLE)]  # of one account only one would be at it
    for buyer in buyers:
        make.address(buyer)
    wanted, there, sold, tries = sized(gate=1000, night=10_000), 100, 0, 0
    for round in range(sized(gate=10, night=100)):
        scarce = [make.product(stock=there) for _ in range(2)]
        plenty = [make.product() for _ in range(3)]

        def buy(number, scarce=scarce, plenty=plenty, round=round):
            codes = [product.code for product in (*scarce, *plenty)]
            rng.shuffle(codes)
            mine, buyer = world.rhea.with_form(f"{round}-{number}", "x"), buyers[number % PEOPLE]
            lines = [Wanted(code, 1) for code in codes]
            shown = {"shown_total_minor": 50_000, "shown_currency": buyer.currency}
            placing.place(by=mine, account=buyer, lines=lines, **shown)

        came = crowd(range(wanted), buy)
        tries += wanted
        sold += came["done"]
        assert set(came) <= {"done", "lines-need-change", "stock-ran-out"}, came
        assert came["done"] == there, came
        assert {Product.get_by_id(product.id).free for product in scarce} == {0}
    figures(orders_tried=tries, pieces_sold=sold, deadlocks=0)
    assert Order.select().count() == sold
    assert list(invariants.broken(with_files=False)) == []


def test_a_link_is_used_once_by_a_hundred(postgres, figures, sized):
    tries = sized(gate=100, night=5000)
    login = make.login("Carol Dizon")
    link = links.issue("sign_in", "customer", login.email, login=login)

    def use(_):
        with audit.change(values.system("test"), "test.used") as change:
            Link.get_by_id(link.id).use(change)

    came = crowd(range(tries), use)
    figures(tries=tries, passed=came["done"])
    assert came == {"done": 1, "expired": tries - 1}


def test_an_invitation_makes_one_login(postgres, figures, sized):
    tries = sized(gate=24, night=500)
    path = staff_invitations.first_admin_link("ada@shop.example", "Ada Reyes")
    link, employee = staff_invitations.find(path.rsplit("/", 1)[1])

    def join(_):
        mine = Employee.get_by_id(employee.id)
        staff_invitations.accept(by=values.ANONYMOUS, link=Link.get_by_id(link.id), employee=mine, password=PASSWORD)

    came = crowd(range(tries), join)
    figures(tries=tries, logins=Login.select().count())
    assert came == {"done": 1, "expired": tries - 1}
    assert Login.select().count() == 1


def test_there_is_one_first_admin(postgres, figures, sized):
    tries = sized(gate=100, night=2000)
    came = crowd(range(tries), lambda n: staff_invitations.first_admin_link(f"ada{n % 7}@shop.example", f"Ada {n}"))
    live = Link.select().where(Link.purpose == "first_admin", Link.used_at.is_null(), Link.expires_at > values.now())
    figures(tries=tries, links_alive=live.count())
    assert came["done"] >= 1
    assert set(came) <= {"done", "first-admin-asked"}, came
    assert live.count() == 1


def test_numbers_of_invoices_have_no_gap(postgres, figures, sized, rng):
    world, product = make.world(), make.product()
    orders = [make.order(world.account, (product, 2), state="confirmed") for _ in range(sized(gate=60, night=3000))]

    def issue(number):
        order = Order.get_by_id(orders[number].id)
        if number % 3 == 2:  # every third change fails after its number was drawn
            with audit.change(world.rhea, "order.confirmed", order):
                invoicing.issue(order, by=world.rhea)
                raise Invalid(order="order-not-owed")
        invoicing.issue(order, by=world.rhea)

    jobs = list(range(len(orders)))
    rng.shuffle(jobs)
    came = crowd(jobs, issue)
    numbers = sorted(int(invoice.number[-6:]) for invoice in Invoice.select())
    gaps = sum(later - earlier - 1 for earlier, later in zip([0, *numbers], numbers))
    figures(invoices=len(numbers), gaps=gaps, twice=len(numbers) - len(set(numbers)))
    assert came == {"done": len(numbers), "order-not-owed": len(orders) - len(numbers)}
    assert numbers == list(range(1, len(numbers) + 1))
