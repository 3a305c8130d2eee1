"""Match keys of accounts and contacts, kept in the change that touches them: by them likely duplicates are found."""

import peewee

from portal import store
from portal.alike.facts import facts
from portal.alike.keys import keys

KINDS = ("account", "contact")


class MatchKey(store.Model):
    """One of the keys of a record; whoever shares rare ones may be the same."""

    key = peewee.BigIntegerField()
    record = peewee.IntegerField()
    kind = peewee.CharField(max_length=10)

    class Meta:
        primary_key = peewee.CompositeKey("key", "kind", "record")
        indexes = ((("kind", "record"), False),)


def facts_of_account(account, addresses=(), points=()):
    """The Facts of an account with its addresses and further points."""
    return facts(
        account.name,
        is_firm=account.kind == "company",
        legal_name=account.legal_name,
        tax=account.tax_number,
        emails=[account.email, account.billing_email, *_values(points, "email")],
        phones=[account.phone, *_values(points, "phone")],
        addresses=[one_line(address) for address in addresses if address.archived_at is None],
    )


def facts_of_contact(contact, points=(), addresses=(), employer=""):
    """The Facts of a person with the further points; of the account its addresses and, of a company, its name."""
    return facts(
        f"{contact.title} {contact.name}",
        is_firm=False,
        born_on=contact.born_on,
        gender=contact.gender,
        emails=[contact.email, *_values(points, "email")],
        phones=[contact.phone, *_values(points, "phone")],
        addresses=[one_line(address) for address in addresses if address.archived_at is None],
        employer=employer,
    )


def _values(points, kind):
    return [point.value for point in points if point.kind == kind]


def one_line(address):
    parts = (address.line1, address.line2, address.district, address.city, address.region, address.postal_code)
    return ", ".join(part for part in parts if part)


def put(kind, record, known):
    """Keep the keys of one record, inside the change that touched it: {key} of Facts."""
    put_many(kind, {record: known})


def put_many(kind, known):
    """The same for many: {id: Facts}; what stands there already is not written again."""
    wanted = {(key, record) for record, about in known.items() for key in keys(about)}
    rows = MatchKey.select(MatchKey.key, MatchKey.record).where((MatchKey.kind == kind) & _of(known))
    there = set(rows.tuples())
    gone = there - wanted
    for record in {record for _, record in gone}:
        old = [key for key, of in gone if of == record]
        here = (MatchKey.kind == kind) & (MatchKey.record == record)
        MatchKey.delete().where(here & store.among(MatchKey.key, old)).execute()
    new = sorted(wanted - there)
    if new:
        store.insert_rows(MatchKey, [{"key": key, "record": record, "kind": kind} for key, record in new])


def drop(kind, record):
    """Forget the keys of a record that is none any more."""
    MatchKey.delete().where((MatchKey.kind == kind) & (MatchKey.record == record)).execute()


def _of(records):
    return store.among(MatchKey.record, records)
