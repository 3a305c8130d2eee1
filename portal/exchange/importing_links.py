"""Finding what rows point to: external ids and the records behind them, a whole batch in one statement each."""

from collections import namedtuple
from typing import NamedTuple

from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.externals import ExternalId
from portal.people.employees import Employee
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.store import among

PLACE = ("recipient", "line1", "line2", "district", "city", "region", "postal_code", "country", "phone")


class Known(NamedTuple):
    """An external id as the database has it."""

    id: int
    record: int
    line_hash: str
    marks: str


def _record(model, columns, **more):
    """What of a record other rows need, as (row type, columns): fast, where an instance of the model is not."""
    named = {name: getattr(model, name) for name in columns} | more
    return namedtuple(model.__name__, ["id", *named]), [model.id, *named.values()]


LINKED = {
    Employee: _record(Employee, ("name",)),
    Account: _record(Account, ("name", "country", "currency")),
    Contact: _record(Contact, ("name",), account_id=Contact.account, account_name=Account.name),
    Address: _record(Address, ("label", *PLACE)),
    Product: _record(Product, ("code", "name", "unit", "cost_minor")),
    Order: _record(Order, ("currency",)),
}
Accounted = namedtuple("Accounted", ["id", "name"])


def known_keys(source, noun, keys):
    """{key: Known} of the keys that this source has given before."""
    if not keys:
        return {}
    query = ExternalId.select(
        ExternalId.value, ExternalId.id, ExternalId.record, ExternalId.line_hash, ExternalId.marks
    ).where((ExternalId.source == source) & (ExternalId.kind == noun) & among(ExternalId.value, keys))
    return {value: Known(*rest) for value, *rest in query.tuples()}


def linked(source, model, texts):
    """{external id: record} with the columns that other rows need of it."""
    make, columns = LINKED[model]
    query = ExternalId.select(ExternalId.value, *columns).join(model, on=(ExternalId.record == model.id))
    query = query.join(Account) if model is Contact else query
    named = (ExternalId.source == source) & (ExternalId.kind == model._meta.table_name)
    return {text: make(*rest) for text, *rest in query.where(named & among(ExternalId.value, texts)).tuples()}


def named_by(model, name, texts):
    """{text: record} by a column of the record itself; what two records share is not found."""
    make, columns = LINKED[model]
    column = getattr(model, name)
    query = model.select(column, *columns)
    query = query.join(Account) if model is Contact else query
    found = {}
    for text, *rest in query.where(among(column, texts)).tuples():
        found.setdefault(text, []).append(make(*rest))
    return {text: records[0] for text, records in found.items() if len(records) == 1}
