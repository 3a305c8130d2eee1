"""Opening accounts and adding people without doing it twice: whoever is known already is shown first."""

from portal import audit
from portal.customers import likeness, points
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.errors import Invalid

TABLES = {"account": ACCOUNT_FIELDS, "contact": CONTACT_FIELDS}


def open_account(*, by, is_another=False, now=None, **details):
    """A new account, unless one like it is known to this person and he does not say that it `is_another`.

    Raises Invalid on "is_another" (account-like), and as `Account.open`.
    """
    if not is_another:
        _refuse_known("account", details, by)
    return Account.open(by=by, now=now, **details)


def add_contact(account, *, by, is_another=False, **details):
    """A new person of an account; likewise. Raises Invalid on "is_another" (contact-like), and as `Contact.add`."""
    if not is_another:
        employer = account.name if account.kind == "company" else ""
        _refuse_known("contact", details | {"employer": employer}, by)
    return Contact.add(account, by=by, **details)


def _refuse_known(kind, details, by):
    try:
        likeness.refuse_known(kind, details, by)
    except Invalid:
        audit.refuse_repeated(by)  # a form sent twice: the one who is alike is whom it made
        raise


def add_to(record, *, by, **details):
    """Put what was typed for a new one to a known record instead: empty fields are filled, the rest is added.

    Another e-mail or phone becomes a further one; other fields that hold something stay. Raises Invalid by field.
    """
    table = TABLES[record.ref.kind]
    typed = {name: value for name, value in details.items() if name in table.fields and value not in (None, "")}
    empty = {name: value for name, value in typed.items() if getattr(record, name, "") in (None, "")}
    empty.pop("name", None)
    if empty:
        record.edit(by=by, **empty)
    for kind in points.MAIN:
        if kind in typed and kind not in empty:
            _add_point(record, by, kind, typed[kind])
    return record


def _add_point(record, by, kind, value):
    try:
        points.add(record, by=by, kind=kind, value=value)
    except Invalid as refusal:
        if refusal.problems.get("value") != ("point-known", {}):
            raise
