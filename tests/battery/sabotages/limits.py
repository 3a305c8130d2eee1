"""Faults by which more people get something than there is of it."""

from tests.battery.sabotages import Sabotage

LIMITS = "tests/battery/test_limits.py"
ORDERS = f"{LIMITS}::test_a_thousand_orders_of_a_hundred_pieces_take_a_hundred"
LINK = f"{LIMITS}::test_a_link_is_used_once_by_a_hundred"
NUMBERS = f"{LIMITS}::test_numbers_of_invoices_have_no_gap"

SABOTAGES = [
    Sabotage(
        "G8", "what is kept for an order is not counted", "portal/sales/stock.py",
        "held = Product.update(reserved=Product.reserved + pieces_of)",
        "held = Product.update(reserved=Product.reserved)",
        ORDERS, "postgres",
    ),
    Sabotage(
        "G8", "products are locked in no order, so that two wait for each other", "portal/sales/stock.py",
        "Product.id.in_(among)).order_by(Product.id)", "Product.id.in_(among)).order_by(peewee.fn.random())",
        ORDERS, "postgres",
    ),
    Sabotage(
        "G8", "a link is used without asking whether it was", "portal/people/links.py",
        "mine = (Link.id == self.id) & Link.used_at.is_null() &", "mine = (Link.id == self.id) &",
        LINK, "postgres",
    ),
    Sabotage(
        "G8", "a number is read and then written", "portal/sales/series.py",
        "drawn = Series.update(last=Series.last + 1).where",
        "drawn = Series.update(last=Series.get(Series.name == name).last + 1).where",
        NUMBERS, "postgres",
    ),
]  # fmt: skip
