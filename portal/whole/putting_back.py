"""Putting back: records as they were before somebody did something in a customer's name."""

import json

from portal import audit, store, values
from portal.activity import preferences
from portal.customers.accounts import Account
from portal.customers.addresses import PURPOSES, Address, settle
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.customers.moves import AddressMove
from portal.people import links, logins
from portal.people.logins import Login
from portal.sales.requisitions import Requisition
from portal.service import request_asking
from portal.service.requests import OPEN, ChangeRequest
from portal.values import Ref
from portal.whole import past

# Records whose fields are put back to what they were; what was made anew is put away.
KINDS = ("login", "account", "contact", "address", "membership")


def places_given(entries):
    """The places in accounts that were given by invitations among some events."""
    contacts = [ref.id for ref in _invited(entries)]
    return list(Membership.select().where(Membership.contact.in_(contacts) & Membership.ended_at.is_null()))


def _invited(entries):
    return {Ref.parse(entry.subject) for entry in entries if entry.event == "contact.invited"} - {None}


class Undoing:
    """What was done in somebody's name, taken back inside the change that disowns it; `run()` does it."""

    def __init__(self, change, login, entries):
        self.login, self.entries = login, entries
        self.by, self.now = change.by, change.now
        self.made = {Ref.parse(e.subject) for e in entries if e.event in ("address.added", "contact.added")}
        self.past = {ref: fields for ref, fields in past.of(entries).items() if ref.kind in KINDS}
        self.defaults = self._defaults()

    def _defaults(self):
        """{(account, purpose): name of the default address before}."""
        defaults, kept = {}, audit.values_of(self.entries)
        for entry in self.entries:
            for field, old, _ in kept.get(entry.id, ()):
                if field.startswith("is_default_"):
                    defaults.setdefault((Ref.parse(entry.about).id, field.removeprefix("is_default_")), old)
        return defaults

    def run(self):
        """Put back, put away, turn out, withdraw."""
        for ref, fields in self.past.items():
            model = store.kinds()[ref.kind]
            row = model.get_or_none(model.id == ref.id)
            if row is not None and ref not in self.made:
                self._put_back(row, fields)
        for move in AddressMove.select().where(AddressMove.id.in_(self._about("move.planned"))):
            self._stay(move)
        for ref in self.made:
            self._put_away(ref)
        for key, name in self.defaults.items():
            self._prefer(*key, json.loads(name) if name else None)
        self._turn_out()
        self._withdraw()

    def _put_back(self, row, fields):
        """What still stands as it was made in this person's name; what others changed since is theirs."""
        wanted = {
            name: one.value
            for name, one in fields.items()
            if name in row._meta.fields and past.text_of(row, name) == one.since
        }
        if isinstance(row, Login):
            row, wanted = self.login, _without_taken(wanted, self.login)
        account = getattr(row, "account_id", row.id if row.ref.kind == "account" else None)
        about = Ref("account", account) if account else None
        with audit.change(self.by, f"{row.ref.kind}.reverted", row, about=about, now=self.now) as change:
            change.update(row, **wanted)
            if "notices_off" in fields:
                preferences.put_back(change, row, json.loads(fields["notices_off"].before))
            if isinstance(row, Contact) and "name" in wanted:
                logins.rename(Login.id.in_([place.login_id for place in row.membership_set]), row.name)
            found_by = row.account if isinstance(row, Address) else row
            if isinstance(found_by, Account | Contact):
                found_by.index()

    def _put_away(self, ref):
        row = store.kinds()[ref.kind].get_by_id(ref.id)
        with audit.change(self.by, f"{ref.kind}.reverted", row, about=row.account, now=self.now) as change:
            if isinstance(row, Address):
                flags = {f"is_default_{purpose}": False for purpose in PURPOSES}
                change.update(row, archived_at=row.archived_at or self.now, **flags)
                settle(change, row)
            else:
                change.update(row, is_active=False)
                row.index()

    def _prefer(self, account, purpose, name):
        """Make the address of before the default of a purpose again, if it is still there."""
        for address in Address.active(account, purpose):
            if address.name == name:
                with audit.change(
                    self.by, "address.reverted", address, about=address.account, now=self.now
                ) as change:
                    settle(change, address, True, (purpose,))
                return

    def _about(self, event):
        """Ids of the records of one kind of event."""
        return [Ref.parse(entry.subject).id for entry in self.entries if entry.event == event]

    def _stay(self, move):
        """An address that was to give way stays; one that has done so is back, as the usual one where it was that."""
        if move.state == "planned":
            move.cancel(by=self.by, now=self.now)
        if move.state != "done":
            return
        old, new = Address.get_by_id(move.old_id), Address.get_by_id(move.new_id)
        with audit.change(self.by, "address.reverted", old, about=old.account, now=self.now) as change:
            change.update(old, archived_at=None)
            settle(change, old, True, tuple(p for p in PURPOSES if getattr(new, f"is_default_{p}")))

    def _turn_out(self):
        """Whoever was asked in this person's name: the link is dead, and so is the place that it gave."""
        links.withdraw_about({entry.subject for entry in self.entries} - {""}, self.entries[0].at, self.now)
        for place in places_given(self.entries):
            if place.login_id != self.login.id:
                place.end(by=self.by, now=self.now)

    def _withdraw(self):
        """What was asked in this person's name and is not answered: of us, and of colleagues."""
        mine = (ChangeRequest.asked_ref == str(self.login.ref)) & ChangeRequest.state.in_(OPEN)
        for request in ChangeRequest.select().where(mine & (ChangeRequest.asked_at >= self.entries[0].at)):
            request_asking.withdraw(request, by=self.by, now=self.now)
        asked = Requisition.order.in_(self._about("order.sent_for_approval")) & (Requisition.state == "asked")
        for question in Requisition.visible_to(values.system("disowning")).where(asked):
            question.withdraw(by=self.by, now=self.now)


def _without_taken(wanted, login):
    """The fields of the login without an address that somebody else signs in with by now."""
    other = Login.by_key(login.kind, wanted["email_key"]) if "email_key" in wanted else None
    taken = ("email", "email_key") if other is not None and other.id != login.id else ()
    return {name: value for name, value in wanted.items() if name not in taken}
