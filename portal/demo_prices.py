"""Prices of the demo shop: a group with its list, what is agreed with two customers, a question to a manager."""

from datetime import date, timedelta

from portal.customers.addresses import Address
from portal.customers.groups import AccountGroup
from portal.sales import agreed_prices, approval_asking, price_items
from portal.sales.price_lists import PriceList
from portal.sales.quotes import Wanted

GROUP = "Kitchens that buy by the sack"
IN_GROUP = (1, 4, 6)  # of ACCOUNTS
# code or category, from how many pieces on, price
LISTED = (
    ("BIG-SIN25", "1", "1350"), ("BIG-SIN25", "5", "1320"), ("BIG-DIN25", "5", "1540"), ("OIL-P17", "2", "1645"),
    ("Oil and sauces", "10", "3 %"),
)  # fmt: skip
# account, code or category, from how many pieces on, price; until the end of the year
AGREED = ((0, "HAR-1CL", "1", "10 %"), (0, "LEB-500", "5", "168"), (18, "TH-HOM15", "4", "5 %"))
ASKED = (2, {"PLY-HAL": 20, "YER-GI8": 30}, 1_500, "They would take their roofing from us all year.")


def agree(people, by, began):
    """What was settled before the first order; `people` as demo._customers made them."""
    group = AccountGroup.add(by=by, name=GROUP, now=began)
    for n in IN_GROUP:
        people[n][0].regroup(by=by, group=group.id)
    listed = PriceList.open(by=by, name="Kitchens", currency="PHP", group=group.id, now=began)
    rows = [price_items.Typed(*row) for row in LISTED]
    price_items.put(listed, price_items.read(rows, "PHP"), by=by, now=began)
    end = date((began + timedelta(days=200)).year, 12, 31)
    for n, what, pieces, price in AGREED:
        account, _, seller = people[n]
        given = {"what": what, "from_quantity": pieces, "price": price, "valid_to": end}
        agreed_prices.agree(account, by=seller, now=began, **given)


def ask(people, now):
    """A rep wants to give more than he may; the draft waits for a manager."""
    n, wanted, discount_bp, reason = ASKED
    account, _, seller = people[n]
    lines = [Wanted(code, quantity, discount_bp) for code, quantity in wanted.items()]
    address = Address.default(account, "shipping").id
    about = {"address": address, "now": now - timedelta(hours=2)}
    approval_asking.ask(by=seller, account=account, lines=lines, reason=reason, **about)
