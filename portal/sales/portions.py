"""Portions: how an order is split over its invoices, and an invoice over its credit notes, to the cent."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple


class Amounts(NamedTuple):
    """What an order line, or a part of it, comes to. `tax` stands on top of `net` unless `is_included`."""

    net: int
    tax: int
    rounding: int
    is_included: bool = True
    tax_bp: int = 0
    tax_name: str = ""

    @property
    def gross(self):
        """What is to be paid for it."""
        return self.net + self.rounding + (0 if self.is_included else self.tax)


def portion(minor, part, whole, already=0):
    """What the pieces up to `part` of `whole` bring beyond what was taken `already`, halves away from zero.

    Three pieces for 1.00, one by one: portion(100, 1, 3) == 33, portion(100, 2, 3, 33) == 34, portion(100, 3, 3, 67)
    == 33. Never less than nothing and never more than what is left, whatever was taken before.
    """
    left = minor - already
    if part == whole:
        return left
    due = int((Decimal(minor) * part / whole).to_integral_value(ROUND_HALF_UP)) - already
    low, high = sorted((0, left))
    return min(max(due, low), high)


def spread(minor, weights):
    """`minor` in shares by weight that add up to it: spread(100, [1, 1, 1]) == [33, 34, 33]."""
    total = sum(weights)
    weights, total = (weights, total) if total else ([1] * len(weights), len(weights))
    shares, reached, given = [], 0, 0
    for weight in weights:
        reached += weight
        shares.append(portion(minor, reached, total, given))
        given += shares[-1]
    return shares


def of_order(order, lines):
    """{line id: Amounts} of all lines of an order, which with the freight add up to its total.

    Imported orders know their tax as a whole, and a rounding: both are spread over the lines by their worth. An
    order over 100.00 + 50.00 with 10.01 of tax and a rounding of -0.01 makes 6.67 and 3.34 of tax, -0.01 and 0.00.
    """
    nets = [line.net_minor for line in lines]
    taxes, included = [line.tax_minor for line in lines], [line.is_tax_included for line in lines]
    if not any(taxes) and (order.tax_minor or order.tax_included_minor):
        included = [not order.tax_minor] * len(lines)
        taxes = spread(order.tax_minor or order.tax_included_minor, nets)
    on_top = sum(tax for tax, inside in zip(taxes, included, strict=True) if not inside)
    roundings = spread(order.total_minor - order.freight_minor - sum(nets) - on_top, nets)
    return {
        line.id: Amounts(net, tax, rounding, inside, line.tax_bp, line.tax_name)
        for line, net, tax, rounding, inside in zip(lines, nets, taxes, roundings, included, strict=True)
    }


def part_of(whole, reached, quantity, already):
    """The Amounts of the pieces up to `reached` of `quantity`, less the (net, tax, rounding) that went before."""
    parts = zip((whole.net, whole.tax, whole.rounding), already, strict=True)
    return whole._replace(
        **dict(
            zip(("net", "tax", "rounding"), (portion(m, reached, quantity, done) for m, done in parts), strict=True)
        )
    )
