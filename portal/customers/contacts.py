"""Contacts: the people of an account, how to reach them and what they like."""

import peewee

from portal import audit, externals, search, store, values
from portal.customers import field_rules, notices
from portal.customers.accounts import LANGUAGES, Account
from portal.errors import Invalid
from portal.fields import BUYERS, EVERYONE, OWN_ADMIN, STAFF, Field, Table
from portal.people import logins, policy
from portal.people.logins import Login

ROLES = ("owner", "buyer", "purchasing_manager", "purchasing_agent", "bookkeeper", "receiver", "family", "other")
GENDERS = ("", "female", "male", "other")
CHANNELS = ("", "phone", "mail", "message", "letter", "visit")
POINT_KINDS = ("email", "phone")
MOST_POINTS = 20

CONTACT_FIELDS = Table(
    "contact",
    Field("number", read=EVERYONE, sort=True),
    Field("name", "text", EVERYONE, STAFF | BUYERS, sort=True, is_required=True),
    Field("account", "link", EVERYONE, filter=True),
    Field("role", "choice", EVERYONE, STAFF | OWN_ADMIN, filter=True, choices=ROLES, is_required=True),
    Field("title", "text", EVERYONE, STAFF | BUYERS, longest=40),
    Field("job_title", "text", EVERYONE, STAFF | BUYERS, longest=120),
    Field("email", "email", EVERYONE, STAFF, longest=320),  # a customer's own goes with his sign-in, by proof
    Field("phone", "phone", EVERYONE, STAFF | BUYERS, longest=60),
    Field("language", "choice", EVERYONE, STAFF | BUYERS, filter=True, choices=("", *LANGUAGES)),
    Field("channel", "choice", EVERYONE, STAFF | BUYERS, filter=True, choices=CHANNELS),
    Field("best_time", "text", EVERYONE, STAFF | BUYERS, longest=60),
    Field("gender", "choice", STAFF, STAFF, filter=True, choices=GENDERS),
    Field("born_on", "date", STAFF, STAFF, filter=True, is_past=True),
    Field("preferences", "words", STAFF, STAFF, listed=False, longest=4000),
    Field("spending_minor", "money", STAFF, STAFF),
    Field("is_active", "yes", STAFF, filter=True),
    Field("created_at", "moment", STAFF, filter=True),
)
POINT_FIELDS = Table(
    "point",
    Field("email", "email", EVERYONE, STAFF, longest=320, is_required=True),
    Field("phone", "phone", EVERYONE, STAFF | BUYERS, longest=60, is_required=True),
    Field("label", "text", EVERYONE, STAFF | BUYERS, longest=40),
    Field("point", "link", EVERYONE, is_required=True),
)


def _own(actor, contact):
    """Staff any they see, a customer admin those of the account, a buyer himself."""
    return actor.is_staff or actor.role == "customer_admin" or actor.contact == contact.id


policy.allow("contacts.see", policy.SIGNED_IN)
policy.allow("contacts.add", policy.STAFF)
policy.allow("contacts.edit", policy.STAFF, policy.BUYERS, when=_own)
policy.allow("contacts.close", policy.STAFF)


class Contact(store.Versioned):
    """A person of an account. `email` and `phone` are the main ones; more stand in ContactPoint."""

    account = peewee.ForeignKeyField(Account)
    name = peewee.CharField(max_length=200)
    folded = peewee.CharField(max_length=400, index=True)
    role = peewee.CharField(max_length=30, default="other")
    title = peewee.CharField(max_length=40, default="")
    job_title = peewee.CharField(max_length=120, default="")
    email = peewee.CharField(max_length=320, default="")
    phone = peewee.CharField(max_length=60, default="")
    gender = peewee.CharField(max_length=10, default="")
    born_on = peewee.DateField(null=True)
    language = peewee.CharField(max_length=8, default="")
    preferences = peewee.TextField(default="")  # topics, products, best time, in words
    best_time = peewee.CharField(max_length=60, default="")
    channel = peewee.CharField(max_length=20, default="")  # how they like to be reached
    spending_minor = peewee.BigIntegerField(null=True)  # declared spending power a year, in the account's currency
    is_active = peewee.BooleanField(default=True)
    created_at = store.MomentField(default=values.now)

    @classmethod
    def visible_to(cls, actor):
        """Query of the contacts of the accounts this person may see, each with its account."""
        return cls.select(cls, Account).join(Account).where(Account.scope(actor))

    @classmethod
    def of(cls, account):
        """The people of an account, those who left last."""
        return cls.select().where(cls.account == account).order_by(cls.is_active.desc(), cls.id)

    @classmethod
    def add(cls, account, *, by, now=None, **details):
        """A new person of an account; the customer is told. Raises Invalid by field."""
        CONTACT_FIELDS.check(by, details)
        return cls.bring_in(account, by=by, now=now, **details)

    @classmethod
    def bring_in(cls, account, *, by, now=None, **details):
        """The same without asking who may set which field: for verbs that have asked themselves."""
        fields = CONTACT_FIELDS.clean({"name": None} | details, account.country, account.currency)
        with audit.change(by, "contact.added", about=account, now=now) as change:
            contact = change.create(cls, account=account, folded=search.fold(fields["name"]), **fields)
            contact.index()
            shown = [(name, None, value) for name, value in fields.items() if value not in (None, "")]
            notices.tell_changed(change, account, CONTACT_FIELDS, {}, record=contact, changes=shown)
        return contact

    def edit(self, *, by, version=None, **changes):
        """Change some details: one save, one event, one notice. Raises Invalid by field, Stale."""
        CONTACT_FIELDS.check(by, changes)
        field_rules.check(by, self, changes)
        return self.amend(by=by, version=version, **changes)

    def amend(self, *, by, version=None, is_told=True, now=None, **changes):
        """The same without asking who may set which field: for verbs that asked, and perhaps tell, themselves."""
        changes = self.cleaned(changes, by)
        if "name" in changes:
            changes["folded"] = search.fold(changes["name"])
        with audit.change(by, "contact.edited", self, about=self.account, now=now) as change:
            done = change.update(self, version=version, **changes)
            if done:
                self.index()
                if "name" in done:
                    logins.rename(Login.id.in_([place.login_id for place in self.membership_set]), self.name)
                if is_told:
                    notices.tell_changed(change, self.account, CONTACT_FIELDS, done, record=self)
        return self

    def cleaned(self, changes, by=None):
        """The values as this contact would keep them, by name. Raises Invalid by field."""
        return CONTACT_FIELDS.clean(changes, self.account.country, self.account.currency)

    def take_address(self, *, by, email):
        """The address that this person signs in with changed: that event tells of it, so this one does not."""
        with audit.change(by, "contact.edited", self, about=self.account) as change:
            if change.update(self, email=email):
                self.index()
        return self

    def close(self, *, by, version=None):
        """This person has left or wants no contact; what they did stays."""
        return self._set_active(False, "contact.closed", by, version)

    def reopen(self, *, by, version=None):
        """This person is back."""
        return self._set_active(True, "contact.reopened", by, version)

    def _set_active(self, is_active, event, by, version):
        with audit.change(by, event, self, about=self.account) as change:
            if change.update(self, version=version, is_active=is_active):
                notices.tell_changed(change, self.account, CONTACT_FIELDS, {}, record=self)
        return self

    # Several numbers and addresses

    @property
    def points(self):
        """The further e-mail addresses and phone numbers, e-mails first."""
        return list(self.contactpoint_set.order_by(ContactPoint.kind, ContactPoint.id))

    def add_point(self, *, by, kind, value, label=""):
        """Another way to reach this person; the first of its kind becomes the main one.

        Raises Invalid on "kind", or on "value": what phones and e-mails raise, point-known, point-too-many.
        """
        if kind not in POINT_KINDS:
            raise Invalid(kind="choice-unknown")
        try:
            kept = POINT_FIELDS.clean({kind: value, "label": label}, self.account.country)
        except Invalid as fault:
            raise Invalid(**{"value" if name == kind else name: problem for name, problem in fault.problems.items()})
        if not getattr(self, kind):
            return self.edit(by=by, **{kind: kept[kind]})
        POINT_FIELDS.check(by, [kind])
        with audit.change(by, "contact.edited", self, about=self.account) as change:
            self._refuse_point(kind, kept[kind])
            ContactPoint.create(contact=self, kind=kind, value=kept[kind], label=kept["label"])
            self._point_changed(change, (kind, None, kept[kind]))
        return self

    def _refuse_point(self, kind, value):
        points = self.points
        if value == getattr(self, kind) or value in [p.value for p in points if p.kind == kind]:
            raise Invalid(value="point-known")
        if len(points) >= MOST_POINTS:
            raise Invalid(value=("point-too-many", {"most": MOST_POINTS}))

    def drop_point(self, *, by, point):
        """Forget one of the further ways to reach this person (its id). Raises Invalid(point="point-gone")."""
        row = self._point(point)
        POINT_FIELDS.check(by, [row.kind])
        with audit.change(by, "contact.edited", self, about=self.account) as change:
            change.guard(ContactPoint.delete().where(ContactPoint.id == row.id), Invalid(point="point-gone"))
            self._point_changed(change, (row.kind, row.value, None))
        return self

    def prefer_point(self, *, by, point):
        """Make one of the further ways the main one; the main one takes its place. Invalid(point="point-gone")."""
        row = self._point(point)
        POINT_FIELDS.check(by, [row.kind])
        main, this = getattr(self, row.kind), ContactPoint.id == row.id
        swap = ContactPoint.update(value=main, label="") if main else ContactPoint.delete()
        with audit.change(by, "contact.edited", self, about=self.account) as change:
            change.guard(swap.where(this), Invalid(point="point-gone"))
            change.update(self, **{row.kind: row.value})
            self._point_changed(change, (row.kind, main, row.value), is_recorded=True)
        return self

    def _point(self, number):
        number = POINT_FIELDS["point"].clean(number)
        row = self.contactpoint_set.where(ContactPoint.id == number).first()
        if row is None:
            raise Invalid(point="point-gone")
        return row

    def _point_changed(self, change, told, is_recorded=False):
        if not is_recorded:
            change.record(*told)
        self.index()
        notices.tell_changed(change, self.account, CONTACT_FIELDS, {}, record=self, changes=[told])

    # How it is found

    def index(self):
        """Put the contact into the search, inside the change that touched it."""
        named = [value for _, value in externals.known("contact", self.id)]
        search.put(self.ref, self._texts(named), self.account_id, self.account.team_id)

    def _texts(self, named):
        more = [point.value for point in self.contactpoint_set]
        return [self.name, self.number, self.job_title, self.phone, self.email, *more, *named]

    @classmethod
    def search_entries(cls, after, most):
        """The next contacts as the search index holds them, for its rebuilding."""
        return cls.search_entries_of(cls.select(cls.id).where(cls.id > after).order_by(cls.id).limit(most))

    @classmethod
    def search_entries_of(cls, ids):
        """Some contacts (a query or a list of ids) as the search index holds them."""
        rows = cls.select(cls, Account.id, Account.team).join(Account).where(cls.id.in_(ids))
        rows = peewee.prefetch(rows.order_by(cls.id), ContactPoint.select())
        named = externals.values_of("contact", [contact.id for contact in rows])
        return [search.Entry(c.id, c._texts(named.get(c.id, ())), c.account_id, c.account.team_id) for c in rows]


class ContactPoint(store.Model):
    """Another e-mail address or phone number of a contact."""

    contact = peewee.ForeignKeyField(Contact)
    kind = peewee.CharField(max_length=10)  # email, phone
    value = peewee.CharField(max_length=320)
    label = peewee.CharField(max_length=40, default="")
