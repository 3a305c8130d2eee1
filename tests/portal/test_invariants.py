"""The invariants see each fault they are there for, and nothing in a sound database."""

import pytest

from portal import audit, outbox, store
from portal.customers.addresses import Address
from portal.externals import ExternalId
from portal.people.teams import Team
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.sales.stock import StockMovement
from portal.values import Actor, Recipient, Ref, now
from portal.whole import invariants
from tests import make

RHEA = Actor(Ref("anonymous", 0), name="Rhea", role="rep")


def sound(account):
    """A small sound database: a product with stock, an order that two of it are kept for, an event with a notice."""
    make.address(account)
    make.address(account, for_billing=False)
    product = make.row(Product, code="R25", code_key="R25", name="Rice", folded="rice", stock=10, reserved=2)
    make.row(StockMovement, product=product, quantity=10, reason="start")
    order = make.row(
        Order, account=account, account_name=account.name, state="placed", currency="PHP", placed_at=now(),
        subtotal_minor=2000, freight_minor=100, total_minor=2100,
    )  # fmt: skip
    line = make.row(
        OrderLine, order=order, position=1, product=product, code="R25", name="Rice", quantity=2, price_minor=1000,
        net_minor=2000, reserved=2,
    )  # fmt: skip
    make.row(StockMovement, product=product, quantity=0, reserved=2, reason="placed", cause=str(line.ref))
    with audit.change(RHEA.with_form("key", "hash"), "team.made", about=account) as change:
        change.create(Team, name="West")
        change.tell([Recipient(Ref("account", account.id), "x", "x@y.example")], "hello")


def test_a_sound_database_breaks_nothing(world):
    sound(world.account)
    assert list(invariants.broken(with_files=False)) == []


@pytest.mark.parametrize(
    ("fault", "sign"),
    [
        (lambda: Product.update(stock=9).execute(), "movements add up"),
        (lambda: StockMovement.delete().where(StockMovement.reason == "placed").execute(), "add up to 10 and 0"),
        (lambda: OrderLine.update(reserved=1).execute(), "lines keep 1"),
        (lambda: OrderLine.update(reserved=0, cancelled=2).execute(), "lines keep 0"),
        (lambda: Order.update(state="shipped").execute(), "is shipped, but its line"),
        (lambda: Order.update(state="draft").execute(), "is draft, but its line"),
        (lambda: Order.update(state="cancelled").execute(), "is cancelled, but its line"),
        (lambda: Order.update(cancelled_minor=5).execute(), "5 cancelled, its lines make 0"),
        (lambda: OrderLine.update(net_minor=1999).execute(), "its parts make"),
        (lambda: Order.update(total_minor=2101).execute(), "its parts make"),
        (lambda: Address.update(is_default_billing=False).execute(), "0 default addresses for billing"),
        (lambda: Address.update(archived_at=now()).execute(), "0 default addresses for shipping"),
        (lambda: outbox.Outbox.update(entry=99).execute(), "is about entry 99"),
        (lambda: audit.SentForm.update(result="team:99").execute(), "points to team:99"),
        (lambda: audit.Entry.update(about="account:99").execute(), "names account:99"),
        (lambda: ExternalId.create(source="x", kind="order", value="1", record=99), "external id for order:99"),
        (lambda: audit.EntryValue.update(new='"x"').execute(), "was altered"),
    ],
)
def test_each_fault_is_seen(world, fault, sign):
    sound(world.account)
    with store.schema_change():
        fault()
    assert any(sign in sentence for sentence in invariants.broken(with_files=False))
