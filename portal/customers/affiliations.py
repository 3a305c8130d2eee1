"""Affiliations: the accounts a person also belongs to, or once belonged to, with role and period.

`Contact.account` is where a person mainly belongs: whoever sees that account sees the person whole. An affiliation
says the rest and the history; whoever sees only such an account sees name, role and how to reach the person.
"""

from typing import NamedTuple

import peewee

from portal import audit, search, store, values
from portal.customers import notices
from portal.customers.accounts import Account
from portal.customers.contacts import ROLES, Contact
from portal.customers.memberships import Membership
from portal.customers.naming import named
from portal.customers.spending import ContactSpending
from portal.errors import Invalid, NotFound, Stale
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy

FIELDS = Table(
    "affiliation",
    Field("number", read=STAFF, sort=True),
    Field("contact", "link", EVERYONE, filter=True, is_required=True),
    Field("account", "link", EVERYONE, filter=True, is_required=True),
    Field("role", "choice", EVERYONE, STAFF, filter=True, choices=ROLES, is_required=True),
    Field("job_title", "text", EVERYONE, STAFF, longest=120),
    Field("from_on", "date", EVERYONE, STAFF, filter=True),
    Field("until_on", "date", EVERYONE, STAFF, filter=True),
    Field("note", "text", STAFF, STAFF, listed=False, longest=400),
)
EVENTS = tuple(f"affiliation.{verb}" for verb in ("added", "edited", "ended", "removed")) + ("contact.moved",)

policy.allow("affiliations.see", policy.STAFF)
policy.allow("affiliations.arrange", policy.STAFF)


class Affiliation(store.Versioned):
    """One period of a person in an account beside the main one; it goes on unless a day ends it."""

    contact = peewee.ForeignKeyField(Contact)
    account = peewee.ForeignKeyField(Account)
    role = peewee.CharField(max_length=30, default="other")
    job_title = peewee.CharField(max_length=120, default="")
    from_on = peewee.DateField(null=True)
    until_on = peewee.DateField(null=True)
    note = peewee.CharField(max_length=400, default="")
    created_at = store.MomentField(default=values.now)

    @classmethod
    def visible_to(cls, actor):
        """Query of the affiliations in accounts this person sees, with both; customers see their own."""
        rows = cls.select(cls, Contact, Account).join(Contact).switch(cls).join(Account)
        if actor.is_customer:
            return rows.where(cls.contact == (actor.contact or 0))
        return rows.where(Account.scope(actor))

    @property
    def name(self):
        return self.contact.name

    def is_over(self, today):
        """Whether the person belongs there no longer."""
        return self.until_on is not None and self.until_on <= today

    def edit(self, *, by, version=None, now=None, **changes):
        """Another role or period. Raises Invalid by field, dates-reversed, affiliation-known on "account", Stale."""
        FIELDS.check(by, changes)
        changes = FIELDS.clean(changes)
        _check_period(*(changes.get(name, getattr(self, name)) for name in ("from_on", "until_on")))
        return self._change("affiliation.edited", by, version, now, changes)

    def end(self, *, by, until_on=None, version=None, now=None):
        """The person belongs there until a day, today unless another is named. Raises Invalid(until_on=…), Stale."""
        until_on = FIELDS["until_on"].clean(until_on) or values.shop_day(now)
        _check_period(self.from_on, until_on)
        return self._change("affiliation.ended", by, version, now, {"until_on": until_on})

    def _change(self, event, by, version, now, changes):
        with audit.change(by, event, self, about=self.account, now=now) as change:
            if changes.get("until_on", self.until_on) is None:
                _refuse_twice(self.contact, self.account, self.id)
            done = change.update(self, version=version, **changes)
            if done:
                self.index()
                notices.tell_ours(change, self.account, FIELDS, _listed(done), self.contact.name)
        return self

    def remove(self, *, by, now=None):
        """It was written down by mistake: nothing of it stays but the trail."""
        with audit.change(by, "affiliation.removed", self, about=self.account, now=now) as change:
            search.drop(self.ref)
            change.delete(self)

    def make_main(self, *, by, has_left=False, version=None, now=None):
        """From now on the person mainly belongs to this account; the former one becomes an affiliation, ended today
        when the person `has_left` it. Orders and cases stay with the account that they are of.

        Raises Invalid on "contact" (contact-signs-in, contact-elsewhere), on "account" (affiliation-over), Stale.
        """
        contact, today = Contact.get_by_id(self.contact_id), values.shop_day(now)
        if not Contact.visible_to(by).where(Contact.id == contact.id).exists():
            raise Invalid(contact=("contact-elsewhere", {"name": contact.name}))
        if self.is_over(today):
            raise Invalid(account="affiliation-over")
        former, coming = contact.account, self.account
        with audit.change(by, "contact.moved", contact, about=coming, now=now) as change:
            contact.hold()
            _refuse_tied(contact)
            taken = {name: getattr(self, name) for name in ("role", "job_title")} | {"since_on": self.from_on}
            left = {name: getattr(contact, name) for name in ("role", "job_title")} | {"from_on": contact.since_on}
            if former.currency != coming.currency:
                taken["spending_minor"] = None  # an amount in the currency of the former account
            _swap(self, version, left | {"account": former, "until_on": today if has_left else None})
            change.update(contact, account=coming, is_active=True, **taken)
            contact.account, self.account = coming, former
            contact.index()
            for account in (former, coming):
                notices.tell_ours(change, account, FIELDS, [("account", former.name, coming.name)], contact.name)
        return contact

    def index(self):
        """Find the person in this account too, by those who see it; no longer once it is over."""
        search.put(self.ref, self._texts(values.shop_day()), self.account_id, self.account.team_id)

    def _texts(self, today):
        person = self.contact
        return [] if self.is_over(today) else [person.name, person.phone, person.email, self.job_title]

    @classmethod
    def search_entries(cls, after, most):
        """The next affiliations as the search index holds them, for its rebuilding."""
        rows = cls.select(cls, Contact, Account).join(Contact).switch(cls).join(Account)
        rows, today = rows.where(cls.id > after).order_by(cls.id).limit(most), values.shop_day()
        return [search.Entry(row.id, row._texts(today), row.account_id, row.account.team_id) for row in rows]


GOES_ON = Affiliation.until_on.is_null()


def not_over(now=None):
    """Where-expression: affiliations that hold on this day, also those whose end is known."""
    return GOES_ON | (Affiliation.until_on > values.shop_day(now))


def _refuse_twice(contact, account, but=0):
    """A person belongs to an account once at a time; whoever writes it down at the same time waits here."""
    contact.hold()
    same = (Affiliation.contact == contact) & (Affiliation.account == account) & GOES_ON
    if Affiliation.select().where(same & (Affiliation.id != but)).exists():
        raise Invalid(account="affiliation-known")


def _check_period(first, last):
    if first and last and last < first:
        raise Invalid(until_on="dates-reversed")


def _listed(done):
    return [(name, *pair) for name, pair in done.items() if name in FIELDS.fields]


def _swap(affiliation, version, fields):
    """The row of the new main account becomes that of the former one, unless somebody changed it meanwhile."""
    if version is not None and version != affiliation.version:
        raise Stale(affiliation)
    row = Affiliation.update(fields | {"version": Affiliation.version + 1})
    if not row.where((Affiliation.id == affiliation.id) & (Affiliation.version == affiliation.version)).execute():
        raise audit.overtaken(affiliation)
    for name, value in fields.items():
        setattr(affiliation, name, value)
    affiliation.version += 1
    affiliation.index()


def _refuse_tied(contact):
    """Whoever signs in for an account stays its person: his rights, orders and requests there hang on it."""
    place = Membership.get_or_none((Membership.contact == contact) & Membership.ended_at.is_null())
    if place:
        raise Invalid(contact=("contact-signs-in", {"name": contact.name, "account": contact.account.name}))


def affiliate(contact, *, by, account, role="other", now=None, **details):
    """A person also belongs to another account (an Account, its number or its name), with role and period.

    Raises Invalid on "account": account-unknown, account-several, affiliation-known; and by field as `edit`.
    """
    FIELDS.check(by, ["role", *details])
    account = account if isinstance(account, Account) else named(Account, account, by, "account")
    fields = FIELDS.clean({"role": role} | details)
    _check_period(fields.get("from_on"), fields.get("until_on"))
    if account.id == contact.account_id and fields.get("until_on") is None:
        raise Invalid(account="affiliation-known")
    with audit.change(by, "affiliation.added", about=account, now=now) as change:
        if fields.get("until_on") is None:
            _refuse_twice(contact, account)
        row = change.create(Affiliation, contact=contact, account=account, **fields)
        row.index()
        said = [(name, None, value) for name, value in fields.items() if value not in (None, "")]
        notices.tell_ours(change, account, FIELDS, said, contact.name)
    return row


def affiliate_known(account, *, by, contact, **details):
    """The same, asked for on the page of the account: `contact` is the number, e-mail or name of somebody we know."""
    return affiliate(named(Contact, contact, by, "contact"), by=by, account=account, **details)


# Who belongs to an account, and to which accounts a person belongs


class Place(NamedTuple):
    """A person in an account, as pages list it; `affiliation` is None where it is the person's main account."""

    contact: Contact
    account: Account
    role: str
    job_title: str
    from_on: object
    until_on: object
    is_over: bool
    affiliation: Affiliation | None


def people_of(account, now=None):
    """The people of an account as Places: who mainly belongs there, who also does, who did; one query."""
    place, today = Affiliation, values.shop_day(now)
    here = place.select(place.contact).where(place.account == account)
    both = (place.contact == Contact.id) & (place.account == account)
    rows = Contact.select(Contact, place).join(place, peewee.JOIN.LEFT_OUTER, on=both, attr="place")
    rows = rows.where(((Contact.account == account) | Contact.id.in_(here)) & Contact.standing())
    found = {}
    for contact in rows.order_by(Contact.is_active.desc(), Contact.id, place.until_on.desc(nulls="FIRST")):
        if contact.account_id == account.id:
            found.setdefault(contact.id, _main(contact, account))
        else:
            contact.place.contact, contact.place.account = contact, account
            found.setdefault(contact.id, _beside(contact.place, today))
    return sorted(found.values(), key=lambda p: (p.is_over, p.affiliation is not None))


def _main(contact, account):
    return Place(
        contact, account, contact.role, contact.job_title, contact.since_on, None, not contact.is_active, None
    )


def _beside(row, today):
    period = (row.from_on, row.until_on, row.is_over(today))
    return Place(row.contact, row.account, row.role, row.job_title, *period, row)


def companies_of(contact, actor, now=None):
    """The accounts of a person that `actor` sees, as Places: the main one, the others, the former; one query."""
    today = values.shop_day(now)
    rows = Affiliation.visible_to(actor).where(Affiliation.contact == contact)
    rows = [_beside(row, today) for row in rows.order_by(Affiliation.until_on.desc(nulls="FIRST"), Affiliation.id)]
    return [_main(contact, contact.account), *sorted(rows, key=lambda p: p.is_over)]


class Known:
    """A contact as whoever sees any of his accounts reaches it: whole by the main one, else name, role and reach."""

    id = Contact.id
    by_number = Contact.by_number
    led_to = Contact.led_to

    @staticmethod
    def visible_to(actor):
        """Query of these contacts with main account and spending; `is_whole` says whether that account is seen."""
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        seen = Account.scope(actor)
        other = Account.alias()
        beside = (
            Affiliation.select(peewee.SQL("1"))
            .join(other, on=(other.id == Affiliation.account))
            .where((Affiliation.contact == Contact.id) & other.id.in_(Account.select(Account.id).where(seen)))
        )
        rows = Contact.select(Contact, Account, ContactSpending, seen.alias("is_whole")).join(Account).switch(Contact)
        rows = rows.join(ContactSpending, peewee.JOIN.LEFT_OUTER, attr="spent")
        return rows.where((seen | peewee.fn.EXISTS(beside)) & Contact.standing())


def faults():
    """Sentences about people whose sign-in hangs on another account than their own, for `verify`."""
    rows = Membership.select(Membership.id, Membership.account, Contact.account.alias("main")).join(Contact)
    wrong = Membership.ended_at.is_null() & (Membership.account != Contact.account)
    for number, account, main in rows.where(wrong).tuples().iterator():
        yield f"membership {number} is of account {account}, its contact of account {main}"
    twice = Affiliation.select(Affiliation.id).join(Contact).where(GOES_ON & (Affiliation.account == Contact.account))
    for (number,) in twice.tuples().iterator():
        yield f"affiliation {number} says what the contact itself says"
