"""Finding what rows point to: external ids and the records behind them, a whole batch in one statement each."""

from collections import namedtuple
from typing import NamedTuple

from portal import search, store
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.externals import ExternalId
from portal.people.employees import Employee
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.store import among

PLACE = ("recipient", "line1", "line2", "district", "city", "region", "postal_code", "country", "phone")


OURS = "suki"  # the source of tables that came from here: its keys are our own numbers
NUMBER = "number"  # in `by`: the number that we show


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


def account_of(account, contact):
    """The account of a row that names it, or one of its contacts, or both. Raises Invalid by column."""
    if account is None and contact is not None:
        account = Accounted(contact.account_id, contact.account_name)
    if account is None:
        raise Invalid(account="import-no-account")
    if contact is not None and contact.account_id != account.id:
        raise Invalid(contact="import-contact-elsewhere")
    return account


def known_keys(source, noun, keys):
    """{key: Known} of the keys that this source has given before."""
    if not keys:
        return {}
    if source == OURS:
        model = store.kinds()[noun]
        found = named_by(model, NUMBER, keys) if model in LINKED else {}
        return {key: Known(None, record.id, "", "") for key, record in found.items()}
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
    """{text: record} by a column of the record itself; what two records share is not found.

    Names are compared as they sort, whatever their case and accents.
    """
    make, columns = LINKED[model]
    name, keys = _as_kept(model, name, texts)
    column = getattr(model, name)
    query = model.select(column, *columns)
    query = query.join(Account) if model is Contact else query
    found = {}
    for value, *rest in query.where(among(column, set(keys.values()))).tuples():
        found.setdefault(value, []).append(make(*rest))
    return {text: found[key][0] for text, key in keys.items() if len(found.get(key, ())) == 1}


def _as_kept(model, name, texts):
    """(column, {text: what stands in it})."""
    if name == NUMBER:
        return "id", {text: number for text in texts if (number := _id_of(text)) is not None}
    if name == "name" and "folded" in model._meta.fields:
        return "folded", {text: search.fold(text) for text in texts}
    return name, {text: text for text in texts}


def _id_of(text):
    """The id behind a number as we show it, or without its letters."""
    digits = text.strip().rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
