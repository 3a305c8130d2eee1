"""What somebody of the demo shop may want to take back: an edit, a change of several rows, and a deleted person."""

from datetime import timedelta

from portal import audit, deeds
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.whole import binning

SEVERAL = 5
DOUBLE = ("Marites (test)", "0917 555 0100")


def fill(seller, now):
    """Three deeds of the last days, told to nobody."""
    first, *others = Account.visible_to(seller).order_by(Account.id.desc()).limit(SEVERAL + 1)
    at = now - timedelta(days=2)
    _do(seller, "account.edited", "edit", at, [first], legal_name=f"{first.name} Trading", website="")
    _do(seller, "list.changed", "many", at + timedelta(hours=3), others, billing_email="accounts@people.example")
    name, phone = DOUBLE
    double = Contact.bring_in(first, by=seller, now=now - timedelta(days=1), name=name, phone=phone)
    binning.delete(double, by=seller, now=now - timedelta(hours=20))


def _do(by, event, kind, at, accounts, **changes):
    """The same change of some accounts, as one deed."""
    one = accounts[0] if len(accounts) == 1 else None
    about = {"subject": str(one.ref), "account": one.id} if one else {}
    with audit.change(by, event, now=at):
        deed = deeds.begin(by, event, kind=kind, now=at, count=0, **about)
    with audit.change(by, event, now=at, deed=deed.id):
        for account in accounts:
            account.amend(by=by, now=at, **changes)
