"""What stands in the fields that a shop added, as it is filled in on a record of any noun."""

from portal import audit, custom, custom_index
from portal.activity import attachments
from portal.errors import Invalid
from portal.fields import CUSTOMERS, TABLES

OWN_EDIT = ("account", "contact", "address", "product")  # nouns whose own verb checks, tells and finds anew


def fields_for(record, actor):
    """[Added] of a record that this person may read and that its other fields let be asked, in order."""
    added = custom.fields_of(record.ref.kind)
    if not added:
        return []
    readable = set(TABLES[record.ref.kind].readable(actor))
    return [field for field in added.values() if field.name in readable and is_asked(field, record)]


def is_asked(field, record):
    """Whether the field that this one hangs on holds what it asks for."""
    return not field.shown_if or field.is_met(getattr(record, field.shown_if, None))


def fill(record, *, by, version=None, now=None, **given):
    """Fill in fields that the shop added to a record: one save, one event.

    A field whose condition does not hold is not asked: what was typed into it is not taken, what stood in it before
    stays and is seen again with the condition. Raises Stale, Invalid by field: field-not-yours, and what the fields
    say of their values.
    """
    table, kind = TABLES[record.ref.kind], record.ref.kind
    table.check(by, given)
    known = {field.shown_if: getattr(record, field.shown_if, None) for field in custom.fields_of(kind).values()
             if field.shown_if}  # fmt: skip
    asked = [name for name in given if table[name].among(known | given) is not None]
    given = {name: given[name] for name in asked}
    needed = {name: "field-needed" for name in asked if table[name].is_required and given[name] in (None, "", [])
              and not (table[name].kind == "file" and getattr(record, name))}  # fmt: skip
    if needed:
        raise Invalid(**needed)
    account = attachments.account_of(record)
    with audit.change(by, f"{kind}.filled", record, about=account, now=now) as change:
        given |= _put_on(record, by, {name: sent for name, sent in given.items() if table[name].kind == "file"})
        if kind in OWN_EDIT:
            return record.edit(by=by, version=version, **given)
        clean = table.clean(given, *_home(account))
        if change.update(record, version=version, **clean):
            custom_index.renew(record.ref)
    return record


def _put_on(record, by, sent):
    """{name: id} of the files that came, which belong to the record from now on; without, the old one."""
    shared = {name for name in sent if TABLES[record.ref.kind][name].read & CUSTOMERS}
    return {
        name: attachments.attach(record, by=by, files=files, is_shared=name in shared, is_told=False)[0].id
        if files
        else getattr(record, name)
        for name, files in sent.items()
    }


def _home(account):
    """The country and currency in which something typed on a record is meant."""
    return (account.country, account.currency) if account else ("PH", "PHP")
