"""Contacts: the people of an account, how to reach them and what they like."""

import peewee

from portal import audit, externals, search, store, values
from portal.customers import field_rules, match_keys, notices
from portal.customers.accounts import LANGUAGES, Account
from portal.customers.merged import Mergeable
from portal.customers.tags import Labelled
from portal.fields import BUYERS, EVERYONE, OWN_ADMIN, STAFF, Field, Table
from portal.people import logins, policy
from portal.people.logins import Login

ROLES = ("owner", "buyer", "purchasing_manager", "purchasing_agent", "bookkeeper", "receiver", "family", "other")
GENDERS = ("", "female", "male", "other")
CHANNELS = ("", "phone", "mail", "message", "letter", "visit")
BARRED_CHANNELS = ("all", *CHANNELS[1:])
BEST_DAYS = ("", "weekdays", "weekend", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
BEST_HOURS = ("", "early", "morning", "noon", "afternoon", "evening")
INCOME_BANDS = ("", "lowest", "low", "middle", "high", "highest")  # fifths of the incomes in the country

CONTACT_FIELDS = Table(
    "contact",
    Field("number", read=EVERYONE, sort=True),
    Field("name", "text", EVERYONE, STAFF | BUYERS, sort=True, is_required=True),
    Field("account", "link", EVERYONE, filter=True),
    Field("role", "choice", EVERYONE, STAFF | OWN_ADMIN, filter=True, choices=ROLES, is_required=True),
    Field("title", "text", EVERYONE, STAFF | BUYERS, longest=40),
    Field("job_title", "text", EVERYONE, STAFF | BUYERS, longest=120),
    Field("since_on", "date", EVERYONE, STAFF, is_past=True),
    Field("email", "email", EVERYONE, STAFF, longest=320),  # a customer's own goes with his sign-in, by proof
    Field("phone", "phone", EVERYONE, STAFF | BUYERS, longest=60),
    Field("language", "choice", EVERYONE, STAFF | BUYERS, filter=True, choices=("", *LANGUAGES)),
    Field("channel", "choice", EVERYONE, STAFF | BUYERS, filter=True, choices=CHANNELS),
    Field("best_day", "choice", EVERYONE, STAFF | BUYERS, filter=True, choices=BEST_DAYS),
    Field("best_hours", "choice", EVERYONE, STAFF | BUYERS, filter=True, choices=BEST_HOURS),
    Field("best_time", "text", EVERYONE, STAFF | BUYERS, longest=60),
    Field("gender", "choice", STAFF, STAFF, filter=True, choices=GENDERS),
    Field("born_on", "date", STAFF, STAFF, filter=True, is_past=True),
    Field("occupation", "text", STAFF, STAFF, longest=120),
    Field("income_band", "choice", STAFF, STAFF, filter=True, choices=INCOME_BANDS),
    Field("household_size", "number", STAFF, STAFF, longest=3),
    Field("preferences", "words", STAFF, STAFF, listed=False, longest=4000),
    Field("spending_minor", "money", STAFF, STAFF),
    Field("profile", "text", EVERYONE, listed=False),
    Field("no_contact", "choice", STAFF, choices=BARRED_CHANNELS),
    Field("tag", "text", STAFF, STAFF),
    Field("likes", "text", STAFF, listed=False),
    Field("is_active", "yes", STAFF, filter=True),
    Field("created_at", "moment", STAFF, filter=True),
)


def _own(actor, contact):
    """Staff any they see, a customer admin those of the account, a buyer himself."""
    return actor.is_staff or actor.role == "customer_admin" or actor.contact == contact.id


policy.allow("contacts.see", policy.SIGNED_IN)
policy.allow("contacts.add", policy.STAFF)
policy.allow("contacts.edit", policy.STAFF, policy.BUYERS, when=_own)
policy.allow("contacts.close", policy.STAFF)


class Contact(Mergeable, Labelled, store.Versioned):
    """A person of an account. `email` and `phone` are the main ones; more stand in points.ContactPoint."""

    account = peewee.ForeignKeyField(Account)
    name = peewee.CharField(max_length=200)
    folded = peewee.CharField(max_length=400, index=True)
    role = peewee.CharField(max_length=30, default="other")
    title = peewee.CharField(max_length=40, default="")
    job_title = peewee.CharField(max_length=120, default="")
    since_on = peewee.DateField(null=True)  # in this account; others and former ones stand in Affiliation
    email = peewee.CharField(max_length=320, default="")
    phone = peewee.CharField(max_length=60, default="")
    gender = peewee.CharField(max_length=10, default="")
    born_on = peewee.DateField(null=True)
    birthday = peewee.IntegerField(default=0, index=True)  # month and day of it, 229 for 29 February; 0: not known
    occupation = peewee.CharField(max_length=120, default="")
    income_band = peewee.CharField(max_length=10, default="")
    household_size = peewee.IntegerField(null=True)  # people who live together, this one among them
    language = peewee.CharField(max_length=8, default="")
    preferences = peewee.TextField(default="")  # topics, products, best time, in words
    best_day = peewee.CharField(max_length=10, default="")
    best_hours = peewee.CharField(max_length=10, default="")
    best_time = peewee.CharField(max_length=60, default="")  # in words, where the two above say too little
    channel = peewee.CharField(max_length=20, default="")  # how they like to be reached
    barred = peewee.CharField(max_length=60, default="")  # how they must not be: channels, as NoContact says
    spending_minor = peewee.BigIntegerField(null=True)  # declared spending power a year, in the account's currency
    labels = peewee.TextField(default="")  # the names of its tags, as Tagged says
    is_active = peewee.BooleanField(default=True)
    created_at = store.MomentField(default=values.now)
    merged_into = peewee.IntegerField(null=True)
    absorbed = peewee.TextField(default="")

    @classmethod
    def visible_to(cls, actor):
        """Query of the contacts of the accounts this person may see, each with its account."""
        return cls.select(cls, Account).join(Account).where(Account.scope(actor) & cls.standing())

    @classmethod
    def of(cls, account):
        """The people of an account, those who left last."""
        here = (cls.account == account) & cls.standing()
        return cls.select().where(here).order_by(cls.is_active.desc(), cls.id)

    @classmethod
    def add(cls, account, *, by, now=None, **details):
        """A new person of an account; the customer is told. Raises Invalid by field."""
        CONTACT_FIELDS.check(by, details)
        return cls.bring_in(account, by=by, now=now, **details)

    @classmethod
    def bring_in(cls, account, *, by, now=None, **details):
        """The same without asking who may set which field: for verbs that have asked themselves."""
        fields = derived(CONTACT_FIELDS.clean({"name": None} | details, account.country, account.currency))
        with audit.change(by, "contact.added", about=account, now=now) as change:
            contact = change.create(cls, account=account, **fields)
            contact.index()
            shown = [
                (n, None, new) for n, new in fields.items() if n in CONTACT_FIELDS.fields and new not in (None, "")
            ]
            notices.tell_changed(change, account, CONTACT_FIELDS, {}, record=contact, changes=shown)
        return contact

    def edit(self, *, by, version=None, **changes):
        """Change some details: one save, one event, one notice. Raises Invalid by field, Stale."""
        CONTACT_FIELDS.check(by, changes)
        field_rules.check(by, self, changes)
        return self.amend(by=by, version=version, **changes)

    def amend(self, *, by, version=None, is_told=True, now=None, **changes):
        """The same without asking who may set which field: for verbs that asked, and perhaps tell, themselves."""
        changes = derived(self.cleaned(changes, by))
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

    # How to reach them

    def may_be_reached(self, channel):
        """Whether we may approach this person by a channel: phone, mail, message, letter or visit."""
        return not {"all", channel} & set(self.barred.split())

    @property
    def no_contact(self):
        """The channels by which we do not approach this person, in words."""
        return self.barred

    @property
    def likes(self):
        """The products that this person likes, in words; their module stands below this one."""
        return ", ".join(self.liking_set.model.names_of(self))

    @property
    def profile(self):
        """Profiles and messengers in words."""
        return ", ".join(p.value for p in self.contactpoint_set if p.kind not in ("phone", "email"))

    # How it is found

    def index(self):
        """Put the contact into the search, inside the change that touched it."""
        named = [value for _, value in externals.known("contact", self.id)]
        points = list(self.contactpoint_set)
        search.put(self.ref, self._texts(named, points), self.account_id, self.account.team_id)
        match_keys.put("contact", self.id, match_keys.facts_of_contact(self, points))
        for place in self.affiliation_set:
            place.contact = self
            place.index()

    def hold(self):
        """Make those who move this person wait for each other: SQLite has one writer anyway."""
        if not store.is_sqlite():
            Contact.select(Contact.id).where(Contact.id == self.id).for_update("FOR NO KEY UPDATE").execute()

    def _texts(self, named, points):
        more = [*(point.value for point in points), *self.tags]
        return [self.name, self.number, self.job_title, self.phone, self.email, *more, *named]

    @classmethod
    def search_entries(cls, after, most):
        """The next contacts as the search index holds them, for its rebuilding."""
        return cls.search_entries_of(cls.select(cls.id).where(cls.id > after).order_by(cls.id).limit(most))

    @classmethod
    def search_entries_of(cls, ids):
        """Some contacts (a query or a list of ids) as the search index holds them."""
        rows = cls.select(cls, Account.id, Account.team).join(Account).where(cls.id.in_(ids))
        rows = peewee.prefetch(rows.order_by(cls.id), cls.contactpoint_set.rel_model.select())
        named = externals.values_of("contact", [contact.id for contact in rows])
        texts = {c.id: c._texts(named.get(c.id, ()), c.contactpoint_set) for c in rows}
        return [search.Entry(c.id, texts[c.id], c.account_id, c.account.team_id) for c in rows]


def derived(fields):
    """The fields with the columns that follow from them: how the name sorts, and the day of the year of a birth."""
    if "name" in fields:
        fields["folded"] = search.fold(fields["name"])
    if "born_on" in fields:
        born = fields["born_on"]
        fields["birthday"] = born.month * 100 + born.day if born else 0
    return fields


# Of those who must not be reached by some channel a list in the order of names.
BARRED = Contact.barred != ""
Contact.add_index(peewee.ModelIndex(Contact, (Contact.folded, Contact.id), where=BARRED, name="contact_barred"))
# Few say any of these; each has an index of those who do, in the order of names.
SPARSE = (Contact.income_band, Contact.best_day, Contact.best_hours)
for _column in SPARSE:
    Contact.add_index(
        peewee.ModelIndex(
            Contact, (_column, Contact.folded, Contact.id), where=_column != "", name=f"contact_{_column.name}"
        )
    )
