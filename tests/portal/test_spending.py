"""What people spend is counted from orders of twelve months: their own, and a share of what their accounts bought."""

from datetime import timedelta

from portal import store, values
from portal.customers import spending
from portal.customers.affiliations import affiliate
from portal.customers.spending import ContactSpending
from portal.sales import spending_counting
from tests import make

NOW = values.now()


def counted(contact):
    found = spending.of(contact)
    return found and (found.total.minor, found.own.minor, found.own_orders, found.share.minor, found.accounts)


def test_the_larger_of_own_orders_and_a_share_counts(world, monkeypatch):
    monkeypatch.setattr(spending_counting, "BATCH", 2)
    carol, cora, dave = (world.contacts[name] for name in ("carol", "cora", "dave"))
    rice = make.product(list_minor=30_000)
    make.order(world.account, (rice, 4), contact=carol)
    make.order(world.account, (rice, 1))
    make.order(world.account, (rice, 9), placed_at=NOW - timedelta(days=400))
    make.order(world.account, (rice, 9), state="cancelled")
    affiliate(dave, by=world.ada, account=world.account)
    assert spending_counting.keep(NOW) == 3
    assert counted(carol) == (120_000, 120_000, 1, 50_000, 1), "150,000 of the account, divided by three"
    assert counted(cora) == (50_000, 0, 0, 50_000, 1)
    assert counted(dave) == (50_000, 0, 0, 50_000, 1), "he belongs there too"


def test_who_buys_no_longer_has_no_figure_and_currencies_are_not_mixed(world):
    make.order(world.account, contact=world.contacts["carol"], currency="THB")
    assert spending_counting.keep(NOW) == 0
    make.order(world.account)
    assert spending_counting.keep(NOW) == 2
    assert spending_counting.keep(NOW + timedelta(days=366)) == 0
    assert counted(world.contacts["carol"]) is None


def test_the_figures_are_no_business_and_stand_outside_the_doors_of_it(world):
    make.order(world.account)
    spending_counting.keep(NOW)
    assert "contact_spending" in store.HOUSEKEEPING["figures"]
    assert ContactSpending.select().count() == 2
