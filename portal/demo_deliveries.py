"""Deliveries of the demo shop: what runs low or is waited for, orders on their way in parts, goods that came in."""

from datetime import timedelta

from portal import values
from portal.customers.addresses import Address
from portal.sales import placing, receiving, shipments, waiting
from portal.sales.branches import Branch
from portal.sales.catalogue import Product
from portal.sales.quotes import Wanted

LOW_AT = {"PAT-GAL": 20, "TIM-100": 10, "BLN-HD1": 10, "ITL-DOZ": 60, "COR-150": 30, "WAL-SOF": 15}
PICKED_UP, COMES_IN_PARTS, IS_LATE = 0, 3, 9  # of ACCOUNTS
BRANCH = "Cubao"
TRACKING = {"carrier": "Tres Amigos Trucking", "tracking_number": "TAT-20418",
            "tracking_url": "https://tres-amigos.example/track/TAT-20418"}  # fmt: skip


def steps(people, now):
    """[(moment, what happens then)]; `people` as demo._customers made them. No other order wants these goods."""
    kept = {}
    soon, past = values.shop_day(now) + timedelta(days=3), values.shop_day(now) - timedelta(days=2)
    late, parts, pickup = people[IS_LATE], people[COMES_IN_PARTS], people[PICKED_UP]

    def plan(code, seller, **given):
        def happen(at):
            product = Product.get(code=code)
            waiting.plan(product, by=seller, version=product.version, now=at, **given)

        return happen

    def place(name, whose, wanted, **given):
        def happen(at):
            kept[name] = _place(whose, wanted, at, **given)

        return happen

    def ship(name, seller, **given):
        return lambda at: kept.update({f"{name} sent": shipments.ship(kept[name], by=seller, now=at, **given)})

    def receive(seller, pieces):
        def happen(at):
            came = [(Product.get(code=code), quantity) for code, quantity in pieces.items()]
            receiving.receive(came, by=seller, reason="Note 4471", now=at)

        return happen

    for code, low_at in LOW_AT.items():
        yield now - timedelta(days=20), plan(code, late[2], low_at=low_at)
    yield now - timedelta(days=9, hours=3), plan("WAL-SOF", late[2], allows_backorder=True, expected_on=past)
    yield now - timedelta(days=9), place("late", late, {"WAL-SOF": 60, "DIS-GAL": 2})
    yield now - timedelta(days=8, hours=20), ship("late", late[2])
    yield now - timedelta(days=8), lambda at: kept["late sent"].deliver(by=late[2], received_by="Elsa Aunor", now=at)
    yield now - timedelta(days=3), receive(late[2], {"BIG-SIN25": 60, "GUL-JUI": 40})
    yield now - timedelta(hours=30), plan("COR-150", parts[2], allows_backorder=True, expected_on=soon)
    yield now - timedelta(hours=27), place("parts", parts, {"COR-150": 140, "KAP-3IN": 6})
    yield now - timedelta(hours=21), ship("parts", parts[2], note="The rest follows.", **TRACKING)
    yield now - timedelta(hours=6), place("pickup", pickup, {"SUP-PAN": 2}, is_picked_up=True)
    yield now - timedelta(hours=2), ship("pickup", pickup[2])


def _place(whose, wanted, at, is_picked_up=False):
    account, buyer, _ = whose
    lines = [Wanted(code, quantity) for code, quantity in wanted.items()]
    where = {"address": Address.default(account, "shipping").id}
    if is_picked_up:
        where = {"delivery": "pickup", "branch": Branch.get(name=BRANCH).id}
    shown = placing.prepare(buyer, account, lines, now=at, **where)[0]
    total = {"shown_total_minor": shown.total_minor, "shown_currency": shown.currency}
    return placing.place(by=buyer, account=account, lines=lines, now=at, **total, **where)
