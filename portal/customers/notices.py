"""Notices of account changes: the customer, the owner and the watchers read what changed from what to what."""

from portal.fields import CUSTOMERS
from portal.people import revert_links
from portal.store import Model


def tell_changed(change, account, fields, differences, *, record=None, changes=None):
    """Tell everybody concerned of one event about an account, its contacts or its addresses.

    `differences` is what `change.update` returned; `changes` replaces it where single fields say too little:
    [(field, old, new)]. Customers read the fields that `fields` opens to them and hear nothing of an event that
    touched only others. `record` is the contact or address; a contact who signs in is told of his own data. Of a
    changed e-mail address both are told by mail. Whoever did it may answer that it was somebody else.
    """
    if change.by.is_system:
        return
    if changes is None:
        changes = [(name, *pair) for name, pair in differences.items() if name in fields.fields]
    open_ones = [c for c in changes if fields[c[0]].read & CUSTOMERS]
    contact = record.id if fields.noun == "contact" else None
    customers = account.customers_for("account", change.by, contact) if open_ones or not changes else []
    for address in differences.get("email", ()) if customers else ():
        customers.append(customers[0].at(address))
    staff = account.staff_for(change.by)  # first: it also fetches the owner, whom the letter names
    said = _said(change, account, record.name if record else "") | {"noun": fields.noun}
    doer = next((person for person in customers if person.ref == change.by.ref), None)
    if doer:
        not_me = revert_links.offer(change, doer)
        change.tell([doer], "own_change", **said | {"not_me": not_me}, changes=_listed(open_ones))
    change.tell([p for p in customers if p != doer], "account_changed", **said, changes=_listed(open_ones))
    change.tell(staff, "account_changed", **said, changes=_listed(changes))


def tell_own(change, people, template, **params):
    """A notice of what a customer did, in which that person may answer that it was somebody else (`not_me`)."""
    doer = next((person for person in people if change.by.is_customer and person.ref == change.by.ref), None)
    if doer:
        change.tell([doer], template, not_me=revert_links.offer(change, doer), **params)
    change.tell([person for person in people if person != doer], template, not_me=None, **params)


def tell_reassigned(change, account, before):
    """Tell the former and the new owner and the watchers who looks after an account from now on."""
    if change.by.is_system:
        return
    told = account.staff_for(change.by)
    if before and before.is_active and before.id != change.by.employee:
        told.append(before.recipient)
    names = {"old_owner": before.name if before else None, "new_owner": account.owner.name if account.owner else None}
    change.tell(told, "account_reassigned", **_said(change, account, ""), **names)


def tell_regrouped(change, account, before):
    """Tell our side whose prices the account pays from now on; the customer reads them with each product."""
    old, new = (group.name if group else None for group in (before, account.group))
    changes = [{"field": "group", "old": old, "new": new}]
    said = _said(change, account, "") | {"noun": "account", "changes": changes}
    change.tell(account.staff_for(change.by), "account_changed", **said)


def tell_ours(change, account, fields, changes, record=""):
    """Tell our side alone of one event about an account and the `record` (its name): [(field, old, new)]."""
    if change.by.is_system or change.by.is_quiet:
        return
    said = _said(change, account, record) | {"noun": fields.noun, "changes": _listed(changes)}
    change.tell(account.staff_for(change.by), "account_changed", **said)


def _said(change, account, record):
    person = account.owner
    return {
        "event": change.event,
        "account": {"name": account.name, "number": account.number},
        "record": record,
        "at": change.now.isoformat(timespec="seconds"),
        "by": change.by.name,
        "by_staff": change.by.is_staff,
        "not_me": None,
        "person": {"name": person.name, "phone": person.phone, "email": person.recipient.email} if person else None,
    }


def _listed(changes):
    return [{"field": field, "old": _plain(old), "new": _plain(new)} for field, old, new in changes]


def _plain(value):
    if isinstance(value, Model):
        return value.number
    return value if isinstance(value, str | int | bool | None) else str(value)
