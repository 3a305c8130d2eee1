"""Memberships: which login works in which account, with which role, as which contact."""

import peewee

from portal import audit, rows, store, values
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid, NotFound
from portal.fields import EVERYONE, NOBODY, Field, Table
from portal.people import logins, policy, revert_links, security, sessions
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.values import CUSTOMER_ROLES, Actor, Money

policy.allow("memberships.see", policy.SIGNED_IN)
policy.allow("memberships.manage", policy.STAFF, policy.CUSTOMER_ADMINS)
policy.allow("memberships.switch", policy.CUSTOMERS)


FIELDS = Table(
    "membership",
    Field("name", read=EVERYONE),
    Field("email", read=EVERYONE),
    Field("role", "choice", EVERYONE, filter=True, choices=CUSTOMER_ROLES),
    Field("order_limit_minor", "money", EVERYONE),
    Field("may_approve", "yes", EVERYONE),
    Field("created_at", "moment", EVERYONE),
)
ORDER_LIMIT = Field("order_limit", "money", NOBODY)  # as it is typed, in the currency of the account


class Membership(store.Versioned):
    """A login's place in an account: viewer, buyer or customer_admin. Ended ones are kept.

    A buyer orders alone up to `order_limit_minor` (None: without limit), and approves for colleagues, up to the same
    amount, where he `may_approve`. Whoever manages the account has no limit and always approves.
    """

    login = peewee.ForeignKeyField(Login)
    account = peewee.ForeignKeyField(Account)
    contact = peewee.ForeignKeyField(Contact, null=True)
    role = peewee.CharField(max_length=20, default="buyer")
    order_limit_minor = peewee.BigIntegerField(null=True)  # in the currency of the account
    may_approve = peewee.BooleanField(default=False)
    created_at = store.MomentField(default=values.now)
    ended_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("login", "account"), True),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the memberships in the accounts this person may see, with their login and account."""
        rows = cls.select(cls, Login, Account).join(Login).switch(cls).join(Account)
        return rows.where(Account.scope(actor))

    @classmethod
    def working_in(cls, actor):
        """Query of those who may sign in today for the accounts this person may see."""
        return cls.visible_to(actor).where(cls.ended_at.is_null())

    @classmethod
    def in_account(cls, account):
        """Query of those who work in an account now, each with its login, without order."""
        here = (cls.account == account) & cls.ended_at.is_null() & Login.is_active
        return cls.select(cls, Login).join(Login).where(here)

    @property
    def order_limit(self):
        """What this person orders alone as Money, None without limit."""
        return None if self.order_limit_minor is None else Money(self.order_limit_minor, self.account.currency)

    def change_rights(self, *, by, role, order_limit="", may_approve=False, version=None, now=None):
        """Let a person do more or less; it holds from the next request on, and the person signs in anew.

        Raises Invalid as `rights` and role="last-customer-admin", Stale.
        """
        given = rights(self.account, role=role, order_limit=order_limit, may_approve=may_approve)
        with audit.change(by, "membership.role_changed", self, about=self.account, now=now) as change:
            if role != "customer_admin":
                self._leave_an_admin(by)
            done = change.update(self, version=version, **given)
            if done:
                self.login.raise_epoch(change)
                _tell(change, self, "login_changed", [_told(self, name, *pair) for name, pair in done.items()])
        return self

    def end(self, *, by, version=None, now=None):
        """Take the place in this account away; the login and its other accounts stay.

        Raises Invalid(role="last-customer-admin"), Stale.
        """
        with audit.change(by, "membership.ended", self, about=self.account, now=now) as change:
            self._leave_an_admin(by)
            if self.ended_at is None and change.update(self, version=version, ended_at=change.now):
                self.login.raise_epoch(change)
                _tell(change, self, "membership_ended")
        return self

    def _leave_an_admin(self, by):
        """Customers keep one who manages their account; they are locked, so that two cannot remove each other."""
        if by.is_customer:
            rows = Membership.select(Membership.id).where(
                (Membership.account == self.account) & (Membership.role == "customer_admin")
                & Membership.ended_at.is_null()
            )  # fmt: skip
            rows = rows.order_by(Membership.id)
            if [row.id for row in (rows if store.is_sqlite() else rows.for_update())] == [self.id]:
                raise Invalid(role="last-customer-admin")


def rights(account, *, role, order_limit="", may_approve=False):
    """What a person may do in an account, as it is kept: the role decides whether the rest counts.

    `order_limit` is an amount as typed, in the account's currency, "" without limit; 0 lets colleagues approve each
    order. Raises Invalid: choice-unknown on "role", and on "order_limit" what amounts raise.
    """
    if role not in CUSTOMER_ROLES:
        raise Invalid(role="choice-unknown")
    if role != "buyer":
        return {"role": role, "order_limit_minor": None, "may_approve": False}
    limit = ORDER_LIMIT.clean("" if order_limit is None else order_limit, currency=account.currency)
    return {"role": role, "order_limit_minor": limit, "may_approve": bool(may_approve)}


def open_query(login):
    """Query of `open_of`."""
    mine = (Membership.login == login) & Membership.ended_at.is_null() & Account.is_active
    query = Membership.select(Membership, Account, Employee).join(Account)
    query = query.join(Employee, peewee.JOIN.LEFT_OUTER, on=(Account.owner == Employee.id))
    return query.where(mine).order_by(Account.name, Account.id)


_open_of = rows.Asked(open_query)


def open_of(login):
    """The accounts a login (or its id) may work in now, by name: memberships with account and owner. One query."""
    return _open_of(getattr(login, "id", login))


def actor_for(login, account=None, places=None):
    """What a customer's login acts as: in `account` (an id) where it may, else in its first; None without any.

    `places` is what `open_of` gave, when the caller has asked already.
    """
    places = open_of(login) if places is None else places
    if not places:
        return None
    return _acting(login, next((m for m in places if m.account_id == account), places[0]))


def actor_in(login, account, places=None):
    """What a customer's login acts as in this account (an id) and no other; None when it has no place there.

    `places` as in `actor_for`.
    """
    places = open_of(login) if places is None else places
    place = next((m for m in places if m.account_id == account), None)
    return place and _acting(login, place)


def _acting(login, place):
    return Actor(
        login.ref,
        name=login.name,
        role=place.role,
        account=place.account_id,
        contact=place.contact_id,
        language=login.language,
    )


def who_may(account, action):
    """The logins that work in an account with a role that may do `action`: those whom a question can be put to."""
    places = Membership.in_account(account).order_by(Membership.login)
    return [place.login for place in places if policy.may(Actor(place.login.ref, role=place.role), action)]


def choices(login, account, places=None):
    """[{name, number, current}] for the switch in the header; empty where there is nothing to choose."""
    places = open_of(login) if places is None else places
    if len(places) < 2:
        return []
    return [{"name": m.account.name, "number": m.account.number, "current": m.account_id == account} for m in places]


def switch(login, session, number):
    """Work in another of one's accounts, by its readable number, from the next page on. NotFound for others'."""
    place = next((m for m in open_of(login) if m.account.number == number), None)
    if place is None:
        raise NotFound()
    sessions.work_in(session, place.account)
    return place


def circle(login):
    """Who stands around a customer's login: owners and watchers of its accounts; the first owner is whom to ask."""
    return _around([m.account for m in open_of(login)])


def _around(accounts):
    staff = {recipient.ref: recipient for account in accounts for recipient in account.staff_for()}
    owner = next((account.owner for account in accounts if account.owner), None)
    person = owner and {"name": owner.name, "phone": owner.phone, "email": owner.address}
    return logins.Circle(accounts[0].ref if accounts else None, tuple(staff.values()), person)


def _tell(change, membership, template, changes=()):
    """Tell the person and everybody around this account: who, in which account, by whom."""
    around, login = _around([membership.account]), membership.login
    told = security.told(change, login, changes, noun="membership")
    told |= {"account": membership.account_id, "account_name": membership.account.name, "person": around.person}
    change.tell([login.recipient], template, **told | {"not_me": revert_links.offer(change, login.mailbox)})
    change.tell(around.recipients, template, **told)


def _told(membership, field, old, new):
    """One changed right as a notice says it: amounts with their currency."""
    if field == "order_limit_minor":
        currency = membership.account.currency
        old, new = (value if value is None else {"minor": value, "currency": currency} for value in (old, new))
    return {"field": field, "old": old, "new": new}


def take_address_over(login, former, by):
    """Contacts that were reached at the address with which this login signed in are reached at the new one."""
    for place in Membership.select(Membership, Contact).join(Contact).where(Membership.login == login):
        if place.contact.email == former:
            place.contact.take_address(by=by, email=login.email)


logins.circle_from("customer", circle)
logins.followed_by("customer", take_address_over)
