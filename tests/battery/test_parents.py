"""Nested addresses and lines of another parent: what does not belong together is missing (BATTERY A7)."""

import re
from collections import Counter

import pytest

from portal.customers.moves import AddressMove
from portal.sales.orders import Order, OrderLine
from tests.battery.foreign import OF_THE_SHOP, seen, twin_of
from tests.battery.shown_forms import forms_of
from tests.traces import Watch

PAIRS = (("carol", "carol", "dave"), ("rhea", "carol", "dave"), ("owen", "dave", "carol"), ("mona", "carol", "tess"))
IN_NAME = re.compile(r"(line|pieces|amount|unsent)([_:])(\d+)")


def addresses(town, who, whose, others):
    """(method, address with a child of others, the same with one that does not exist)."""
    face = "/staff" if who in town.world.employees else "/account"
    children = [order.number for order in town.records[others][Order]]
    for move in town.records[whose][AddressMove]:
        for child in children:
            yield "POST", f"{face}/moves/{move.number}/orders/", child
    for model, records in town.records[others].items():
        kind = getattr(getattr(model, "_meta", None), "table_name", None)
        if kind is None or model in OF_THE_SHOP:
            continue
        for record in records:
            for key in dict.fromkeys((str(record.id), str(record.number))):
                yield "GET", f"/staff/audit/{kind}/", key
                yield "GET", f"{'/staff' if face == '/staff' else ''}/further/{kind}/", key
                yield "POST", f"{'/staff' if face == '/staff' else ''}/further/{kind}/", key


@pytest.mark.row("A7")
@pytest.mark.one_database
def test_a_child_of_another_parent_is_a_missing_one(town, figures):
    watch, wrong, statuses = Watch(), [], Counter()
    for who, whose, others in PAIRS:
        client = town.client(who)
        for method, parent, key in addresses(town, who, whose, others):
            answer = client.open(parent + key, method=method, buffered=True)
            missing = client.open(parent + twin_of(key), method=method, buffered=True)
            statuses[answer.status_code] += 1
            if answer.status_code not in (303, 403, 404) or seen(answer) != seen(missing):
                wrong.append(f"{method} {parent}{key} as {who}: {answer.status}, a missing one {missing.status}")
            if left := watch.changed():
                wrong.append(f"{method} {parent}{key} as {who}: changed {left}")
    figures(tried=statuses.total(), statuses=dict(statuses), wrong=len(wrong))
    assert not wrong, "\n".join(wrong[:30])
    watch.close()


@pytest.mark.row("A7")
@pytest.mark.one_database
def test_lines_of_another_record_are_left_alone(town, figures):
    watch, wrong, tried = Watch(), [], 0
    for who, whose, _ in PAIRS:
        client = town.client(who)
        for endpoint, action, _, form in forms_of(town, who, whose, client):
            named = [found for name in form.fields if (found := IN_NAME.fullmatch(name))]
            for found in named[:1]:
                for line in lines_of_others(town, int(found[3])):
                    fields = {n: v for n, v in form.fields.items() if v is not None and n != found[0]}
                    with watch.taken_back():
                        client.post(action, data=fields | {f"{found[1]}{found[2]}{line.id}": "1"}, buffered=True)
                        tried += 1
                        if OrderLine.get_by_id(line.id).__data__ != line.__data__:
                            wrong.append(f"{endpoint} ({action}) as {who}: line {line.id} of another order changed")
    figures(tried=tried, wrong=len(wrong))
    assert tried > 5 and not wrong, "\n".join(wrong[:30])
    watch.close()


def lines_of_others(town, own):
    """Lines of orders that are not that of the line `own`: of the same customer and of others."""
    order = OrderLine.select(OrderLine.order).where(OrderLine.id == own)
    return OrderLine.select().where(OrderLine.order.not_in(order)).order_by(OrderLine.id.desc()).limit(6)
