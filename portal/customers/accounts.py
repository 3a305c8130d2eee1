"""Accounts: the households and companies that buy, who looks after them and who watches them."""

import peewee
from babel.numbers import get_territory_currencies

from portal import audit, externals, search, store, values
from portal.customers import field_rules, match_keys, notices
from portal.customers.groups import AccountGroup
from portal.customers.merged import Mergeable
from portal.customers.tags import Labelled
from portal.customers.telling import Told
from portal.errors import Invalid, NotFound
from portal.fields import EVERYONE, MANAGERS, OWN_ADMIN, STAFF, Field, Table
from portal.people import employees, policy
from portal.people.employees import Employee
from portal.people.teams import Team, held_by

KINDS = ("household", "company")
LANGUAGES = ("en", "fil", "th")

ACCOUNT_FIELDS = Table(
    "account",
    Field("number", read=EVERYONE, sort=True),
    Field("kind", "choice", EVERYONE, STAFF, filter=True, choices=KINDS, is_required=True),
    Field("name", "text", EVERYONE, STAFF | OWN_ADMIN, sort=True, is_required=True),
    Field("legal_name", "text", EVERYONE, STAFF),
    Field("phone", "phone", EVERYONE, STAFF | OWN_ADMIN, longest=60),
    Field("email", "email", EVERYONE, STAFF | OWN_ADMIN, longest=320),
    Field("billing_email", "email", EVERYONE, STAFF, longest=320),
    Field("website", "website", EVERYONE, STAFF | OWN_ADMIN),
    Field("tax_number", "text", EVERYONE, STAFF, longest=40),
    Field("language", "choice", EVERYONE, STAFF | OWN_ADMIN, filter=True, choices=LANGUAGES, is_required=True),
    Field("country", "country", EVERYONE, STAFF, filter=True, is_required=True),
    Field("currency", "currency", EVERYONE, STAFF, filter=True, is_required=True),
    Field("owner", "link", STAFF, MANAGERS, filter=True),
    Field("team", "link", STAFF, MANAGERS, filter=True),
    Field("terms_days", "number", EVERYONE, MANAGERS, filter=True, is_required=True),
    Field("group", "link", STAFF, MANAGERS, filter=True),
    Field("parent", "link", STAFF, STAFF, filter=True),
    Field("since_on", "date", EVERYONE, STAFF, filter=True, is_past=True),
    Field("note", "words", STAFF, STAFF, listed=False, longest=4000),  # internal: no customer face shows it
    Field("profile", "text", EVERYONE, listed=False),
    Field("tag", "text", STAFF, STAFF),
    Field("is_active", "yes", STAFF, MANAGERS, filter=True),
    Field("created_at", "moment", STAFF, filter=True),
)
LONGEST_TERMS_DAYS = 365
OWN_VERBS = {"owner", "team", "group", "parent", "is_active"}  # verbs of their own change these, not edit
SIGN_UP = {"kind", "name", "phone", "email", "website", "tax_number", "language", "country", "currency"}

policy.allow("accounts.see", policy.SIGNED_IN)
policy.allow("accounts.open", policy.STAFF)
policy.allow("accounts.edit", policy.STAFF, policy.CUSTOMER_ADMINS)
policy.allow("accounts.reassign", policy.MANAGERS)
policy.allow("accounts.close", policy.MANAGERS)
policy.allow("accounts.watch", policy.STAFF)


class Account(Mergeable, Told, Labelled, store.Versioned):
    """A household or company with its own prices, orders and people."""

    kind = peewee.CharField(max_length=12, default="company")
    name = peewee.CharField(max_length=200)
    folded = peewee.CharField(max_length=400, index=True)  # search.fold(name): how lists sort and find it
    legal_name = peewee.CharField(max_length=200, default="")  # on invoices, where it differs from the name
    tax_number = peewee.CharField(max_length=40, default="")
    phone = peewee.CharField(max_length=60, default="")
    email = peewee.CharField(max_length=320, default="")
    billing_email = peewee.CharField(max_length=320, default="")  # gets a copy of what is written about invoices
    website = peewee.CharField(max_length=210, default="")
    language = peewee.CharField(max_length=8, default="en")
    country = peewee.CharField(max_length=2, default="PH")
    currency = peewee.CharField(max_length=3, default="PHP")
    owner = peewee.ForeignKeyField(Employee, null=True)
    team = peewee.ForeignKeyField(Team, null=True)  # None: the pool that all staff see
    group = peewee.ForeignKeyField(AccountGroup, null=True)
    parent = peewee.ForeignKeyField("self", null=True)  # the company it belongs to; see parents.py
    terms_days = peewee.IntegerField(default=30)  # days from the invoice to the day it is due
    since_on = peewee.DateField(null=True)
    note = peewee.TextField(default="")  # internal
    labels = peewee.TextField(default="")  # the names of its tags, as Tagged says
    is_active = peewee.BooleanField(default=True)
    created_at = store.MomentField(default=values.now)
    merged_into = peewee.IntegerField(null=True)
    absorbed = peewee.TextField(default="")

    class Meta:
        indexes = ((("country", "folded"), False),)

    @classmethod
    def scope(cls, actor):
        """Where-expression of the accounts this person may see; nouns of an account join it and use it too."""
        if actor.sees_all:
            return cls.standing()
        if actor.sees_own:
            return cls.owner.in_(employees.and_below(actor.employee)) & cls.standing()
        if actor.is_staff:
            return held_by(cls, actor.teams) & cls.standing()
        if actor.is_customer and actor.account is not None:
            return cls.id == actor.account
        raise NotFound()

    @classmethod
    def visible_to(cls, actor):
        """Query of the accounts this person may see: staff by the reach of their role, customers their own."""
        return cls.select().where(cls.scope(actor))

    @classmethod
    def open(cls, *, by, now=None, **details):
        """A new account. An employee's own accounts and team are the start unless a manager names others.

        Raises Invalid by field.
        """
        owner, team = details.pop("owner", None), details.pop("team", None)
        _check_opening(by, details, owner or team)
        home = details.get("country") or "PH", details.get("currency") or "PHP"
        fields = _with_currency(ACCOUNT_FIELDS.clean({"name": None} | details, *home))
        fields["folded"] = search.fold(fields["name"])
        fields.setdefault("since_on", values.shop_day(now))
        if owner or team:
            fields |= _looked_after(owner, team, by)
        elif by.is_staff:
            fields |= {"owner": by.employee, "team": by.teams[0] if by.teams else None}
        with audit.change(by, "account.opened", now=now) as change:
            account = change.create(cls, **fields)
            change.about = change.subject
            account.index()
        return account

    def edit(self, *, by, version=None, **changes):
        """Change some details: one save, one event, one notice to the customer, the owner and the watchers.

        Raises Invalid by field, Stale when the account changed since `version`.
        """
        ACCOUNT_FIELDS.check(by, changes)
        if OWN_VERBS & changes.keys():
            raise Invalid(**dict.fromkeys(OWN_VERBS & changes.keys(), "field-not-yours"))
        field_rules.check(by, self, changes)
        return self.amend(by=by, version=version, **changes)

    def amend(self, *, by, version=None, is_told=True, now=None, **changes):
        """The same without asking who may set which field: for verbs that asked, and perhaps tell, themselves."""
        changes = self.cleaned(changes, by)
        if "name" in changes:
            changes["folded"] = search.fold(changes["name"])
        with audit.change(by, "account.edited", self, about=self, now=now) as change:
            done = change.update(self, version=version, **changes)
            if done:
                self.index()
                if is_told:
                    notices.tell_changed(change, self, ACCOUNT_FIELDS, done)
        return self

    def cleaned(self, changes, by=None):
        """The values as this account would keep them, by name. Raises Invalid by field."""
        home = changes.get("country") or self.country, changes.get("currency") or self.currency
        changes = ACCOUNT_FIELDS.clean(changes, *home)
        if changes.get("terms_days", 0) > LONGEST_TERMS_DAYS:
            raise Invalid(terms_days=("number-not-between", {"least": 0, "most": LONGEST_TERMS_DAYS}))
        return changes

    def hold(self):
        """Make those who change something of this account wait for each other: SQLite has one writer anyway."""
        if not store.is_sqlite():
            Account.select(Account.id).where(Account.id == self.id).for_update("FOR NO KEY UPDATE").execute()

    def reassign(self, *, by, owner=None, team=None, version=None):
        """Give the account to another employee and team (ids; None: nobody, and the pool that all staff see).

        Both owners and the watchers are told. Raises Invalid on "owner" (employee-unknown, owner-not-in-team) and
        "team" (team-unknown), Stale.
        """
        with audit.change(by, "account.reassigned", self, about=self) as change:
            before = self.owner
            done = change.update(self, version=version, **_looked_after(owner, team, by))
            if done:
                search.move(self.id, self.team_id)
                notices.tell_reassigned(change, self, before)
        return self

    def regroup(self, *, by, group=None, version=None):
        """Put the account into a group (id; None: into none), whose prices it pays from now on. Our side is told.

        Raises Invalid(group="group-unknown"), Stale.
        """
        ACCOUNT_FIELDS.check(by, ["group"])
        found = AccountGroup.get_or_none(AccountGroup.id == group) if group else None
        if group and found is None:
            raise Invalid(group="group-unknown")
        with audit.change(by, "account.regrouped", self, about=self) as change:
            before = self.group
            if change.update(self, version=version, group=found):
                notices.tell_regrouped(change, self, before)
        return self

    def close(self, *, by, version=None):
        """No more business with this account; everything stays readable."""
        return self._set_active(False, "account.closed", by, version)

    def reopen(self, *, by, version=None):
        """Business again."""
        return self._set_active(True, "account.reopened", by, version)

    def _set_active(self, is_active, event, by, version):
        with audit.change(by, event, self, about=self) as change:
            if change.update(self, version=version, is_active=is_active):
                notices.tell_changed(change, self, ACCOUNT_FIELDS, {})
        return self

    def watch(self, *, by):
        """Tell this employee of what happens here, besides the owner. Others raise Invalid on "account"."""
        if by.employee is None:
            raise Invalid(account="watching-is-for-staff")
        with audit.change(by, "account.watched", self, about=self) as change:
            row = Watcher.insert(account=self, employee=by.employee).on_conflict_ignore()
            if store.db.execute(row).rowcount:
                change.happened()
        return self

    def unwatch(self, *, by):
        """Tell this employee no longer."""
        with audit.change(by, "account.unwatched", self, about=self) as change:
            if Watcher.delete().where((Watcher.account == self) & (Watcher.employee == by.employee)).execute():
                change.happened()
        return self

    @property
    def profile(self):
        """Profiles and messengers in words."""
        return ", ".join(p.value for p in self.accountpoint_set if p.kind not in ("phone", "email"))

    # How it is found

    def index(self):
        """Put the account into the search, inside the change that touched it or its addresses."""
        named = [value for _, value in externals.known("account", self.id)]
        where, points = list(self.address_set), list(self.accountpoint_set)
        search.put(self.ref, self._texts(named, where, points), self.id, self.team_id)
        match_keys.put("account", self.id, match_keys.facts_of_account(self, where, points))

    def index_afresh(self):
        """The same, as it stands now: whoever holds the row may have read it before somebody changed it."""
        Account.get_by_id(self.id).index()

    def _texts(self, named, where, points):
        where = [address for address in where if address.archived_at is None]
        return [
            self.name, self.number, self.phone, self.email, self.website, self.tax_number,
            *(text for a in where for text in (a.district, a.city, a.phone)), *named,
            *(point.value for point in points), *self.tags,
        ]  # fmt: skip

    @classmethod
    def search_entries(cls, after, most):
        """The next accounts as the search index holds them, for its rebuilding."""
        return cls.search_entries_of(cls.select(cls.id).where(cls.id > after).order_by(cls.id).limit(most))

    @classmethod
    def search_entries_of(cls, ids):
        """Some accounts (a query or a list of ids) as the search index holds them."""
        columns = (cls.id, cls.name, cls.phone, cls.email, cls.website, cls.tax_number, cls.labels, cls.team)
        rows = cls.select(*columns).where(cls.id.in_(ids)).order_by(cls.id)
        place = cls.address_set.rel_model
        where = (place.id, place.account, place.archived_at, place.district, place.city, place.phone)
        rows = peewee.prefetch(rows, place.select(*where), cls.accountpoint_set.rel_model.select())
        named = externals.values_of("account", [account.id for account in rows])
        texts = {a.id: a._texts(named.get(a.id, ()), a.address_set, a.accountpoint_set) for a in rows}
        return [search.Entry(a.id, texts[a.id], a.id, a.team_id) for a in rows]


search.reach_by(lambda actor: Account.select(Account.id).where(Account.scope(actor)))


def _check_opening(by, details, is_given):
    if by.is_customer or by.is_anonymous:
        strange = details.keys() - SIGN_UP
    else:
        ACCOUNT_FIELDS.check(by, details)
        strange = details.keys() & OWN_VERBS
    if is_given and not (by.is_system or by.role in policy.MANAGERS):
        strange = {*strange, "owner"}
    if strange:
        raise Invalid(**dict.fromkeys(strange, "field-not-yours"))


def _with_currency(fields):
    """The currency of the country where none is named."""
    country = fields.get("country")
    if country and "currency" not in fields:
        fields["currency"] = next(iter(get_territory_currencies(country)), "PHP")
    return fields


def _looked_after(owner, team, by):
    """{"owner": Employee, "team": Team} from their ids (None: nobody, the pool); an owner must see the account."""
    given = ACCOUNT_FIELDS.clean({"owner": getattr(owner, "id", owner), "team": getattr(team, "id", team)})
    owner, team = given["owner"], given["team"]
    employee = Employee.get_or_none((Employee.id == owner) & Employee.is_active) if owner else None
    if owner and employee is None:
        raise Invalid(owner="employee-unknown")
    group = Team.get_or_none(Team.id == team) if team else None
    if team and group is None:
        raise Invalid(team="team-unknown")
    is_blind = employee and group and employee.role != "admin" and employee.team_id != group.id
    if is_blind and not by.is_system:
        raise Invalid(owner=("owner-not-in-team", {"name": employee.name, "team": group.name}))
    return {"owner": employee, "team": group}


class Watcher(store.Model):
    """An employee who is told of what happens to an account besides its owner."""

    account = peewee.ForeignKeyField(Account)
    employee = peewee.ForeignKeyField(Employee)
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("account", "employee"), True),)
