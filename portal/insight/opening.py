"""Opening: what a new shop still lacks before it sells, read from its data until its first invoice is out."""

from functools import reduce
from operator import and_

import peewee

from portal import memory, store
from portal.people import company, policy
from portal.people.company import Company
from portal.people.employees import Employee
from portal.sales.catalogue import Product
from portal.sales.charges import FreightRule, TaxRate
from portal.sales.invoices import Invoice
from portal.sales.payment_methods import PaymentMethod

SECONDS = 60

policy.allow("opening.see", policy.ADMINS)


def steps():
    """[(step, is done)] in the order in which they help, [] for a shop that has sold; asked once a minute."""
    return memory.remembered("opening", SECONDS, lambda: store.uncounted(_steps))


def _steps():
    complete = reduce(and_, (getattr(Company, name) != "" for name in company.NEEDED))
    colleagues = Employee.select(Employee.id).where(Employee.is_active).limit(2)
    asked = {
        "company": Company.select().where(complete),
        "taxes": TaxRate.select(),
        "freight": FreightRule.select(),
        "products": Product.select(),
        "payment_methods": PaymentMethod.in_use(),
        "employees": colleagues.offset(1),
        "sold": Invoice.select(),
    }
    found = [peewee.fn.EXISTS(query.select(peewee.Value(1)).order_by().limit(1)) for query in asked.values()]
    [row] = store.db.execute(peewee.Select(columns=found))
    done = dict(zip(asked, map(bool, row), strict=True))
    return [] if done.pop("sold") else list(done.items())
