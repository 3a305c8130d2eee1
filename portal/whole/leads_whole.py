"""Invariants of leads: what must hold for what strangers sent, and for the orders it became."""

import peewee

from portal.sales.leads import Lead
from portal.sales.orders import Order
from portal.sales.submissions import Submission


def proved():
    """A submission is confirmed when, and only when, it became a lead."""
    pairs = Submission.select(Submission.id, Submission.state, Lead.id.alias("lead"))
    pairs = pairs.join(Lead, peewee.JOIN.LEFT_OUTER, on=(Lead.submission == Submission.id))
    is_confirmed, has_none = Submission.state == "confirmed", Lead.id.is_null()
    for row in pairs.where((is_confirmed & has_none) | (~is_confirmed & ~has_none)).dicts().iterator():
        yield f"submission {row['id']} is {row['state']}, and its lead is {row['lead']}"


def joined():
    """The order of a lead lies in the account of the lead: nobody else's."""
    rows = Lead.select(Lead.id, Order.id.alias("order")).join(Order, on=(Lead.order == Order.id))
    astray = Lead.account.is_null() | (Lead.account != Order.account)
    for row in rows.where(astray).dicts().iterator():
        yield f"lead {Lead.NUMBER.format(row['id'])}: order {row['order']} lies in another account"
