"""Approvals: discounts above what a person may give, asked for with an order and decided by a manager."""

import peewee

from portal import store, values
from portal.people.employees import Employee
from portal.sales.orders import Order


class Approval(store.Versioned):
    """One question to a manager about the discounts of a draft: asked, approved or declined."""

    NUMBER = "AP-{:06d}"

    order = peewee.ForeignKeyField(Order, on_delete="CASCADE")
    state = peewee.CharField(max_length=10, default="asked")
    asked_by = peewee.ForeignKeyField(Employee)
    asked_at = store.MomentField(default=values.now)
    reason = peewee.CharField(max_length=500, default="")
    fingerprint = peewee.CharField(max_length=64)  # of the lines as they were asked for
    decided_by = peewee.ForeignKeyField(Employee, null=True)
    decided_at = store.MomentField(null=True)
    answer = peewee.CharField(max_length=500, default="")
