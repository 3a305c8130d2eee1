"""Interactions: what we and the people of an account said to each other, or will: calls, visits, letters, e-mails."""

from datetime import timedelta

import peewee

from portal import audit, search, store, values
from portal.activity import attachments, file_kinds, trail
from portal.customers.accounts import Account
from portal.customers.affiliations import Affiliation
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee
from portal.values import Ref

KINDS = ("call", "visit", "letter", "email", "meeting", "message", "note")
STATES = ("planned", "done", "cancelled")
KIND_OF = {"planned": "wait", "done": "done", "cancelled": "closed"}  # how each state is drawn
DIRECTIONS = ("", "in", "out")
# What can come of each kind; the first is what it came to when all went well.
OUTCOMES = {
    "call": ("reached", "left_word", "no_answer", "wrong_number"),
    "visit": ("met", "not_there"),
    "letter": ("arrived", "came_back"),
    "email": ("answered", "unanswered", "came_back"),
    "meeting": ("took_place", "did_not_come"),
    "message": ("answered", "unanswered"),
    "note": (),
}
EVERY_OUTCOME = ("", *dict.fromkeys(outcome for found in OUTCOMES.values() for outcome in found))
INTERNAL = ("note",)  # kinds that no customer ever reads
# By which channel each kind approaches a person, who may have asked not to be.
CHANNEL_OF = {"call": "phone", "visit": "visit", "letter": "letter", "email": "mail", "message": "message"}
APPOINTED = ("call", "visit", "meeting")  # kinds that take place at an hour that is agreed on
LONGEST_MINUTES = 24 * 60
LONGEST_TEXT = 20_000
MOST_PEOPLE = 30
SHORT = 600  # letters that stand among other things
LEEWAY = timedelta(minutes=10)  # clocks of phones run ahead
INSIDE = "interactions.log"  # the right under which words that are not shared are found

policy.allow("interactions.see", policy.SIGNED_IN)
policy.allow("interactions.log", policy.STAFF)
policy.allow("interactions.edit", policy.STAFF)
policy.allow("interactions.cancel", policy.STAFF)

FIELDS = Table(
    "interaction",
    Field("number", read=EVERYONE, sort=True),
    Field("at", "moment", EVERYONE, STAFF, sort=True, filter=True, is_required=True),
    Field("kind", "choice", EVERYONE, STAFF, filter=True, choices=KINDS, is_required=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("direction", "choice", STAFF, STAFF, choices=DIRECTIONS),
    Field("subject", "text", EVERYONE, STAFF),
    Field("account", "link", EVERYONE, filter=True),
    Field("people", read=EVERYONE),
    Field("minutes", "number", EVERYONE, STAFF),
    Field("outcome", "choice", STAFF, STAFF, choices=EVERY_OUTCOME),
    Field("owner", "link", STAFF, STAFF, filter=True),
    Field("place", "text", EVERYONE, STAFF),
    Field("join_link", "website", EVERYONE, STAFF, longest=500),
    Field("app", "text", EVERYONE, STAFF, longest=40),
    Field("score", "number", EVERYONE, sort=True, filter=True),
    Field("score_words", "words", EVERYONE, listed=False, longest=1000),
    Field("is_score_asked", "yes", EVERYONE, STAFF, listed=False),
    Field("is_shared", "yes", STAFF, STAFF),
    Field("reason", "text", EVERYONE, listed=False),
    Field("text", "words", EVERYONE, STAFF, listed=False, longest=LONGEST_TEXT),
)


class Interaction(store.Versioned):
    """One contact between us and the people of an account, planned, done or cancelled; see InteractionPerson."""

    NUMBER = "IA-{:06d}"

    account = peewee.ForeignKeyField(Account, index=False)
    kind = peewee.CharField(max_length=12)  # one of KINDS
    state = peewee.CharField(max_length=10, default="done")  # one of STATES
    direction = peewee.CharField(max_length=3, default="")  # who began: "in" they, "out" we, "" neither
    at = store.MomentField()  # when it began or is to begin, which need not be when it was written down
    minutes = peewee.IntegerField(null=True)
    subject = peewee.CharField(max_length=200, default="")
    text = peewee.TextField(default="")
    place = peewee.CharField(max_length=200, default="")
    join_link = peewee.CharField(max_length=520, default="")  # of a meeting by sound or picture
    app = peewee.CharField(max_length=40, default="")  # by which a message went
    outcome = peewee.CharField(max_length=20, default="")  # one of OUTCOMES of its kind
    score = peewee.IntegerField(null=True)  # 1–5: what the customer thought of it
    score_words = peewee.TextField(default="")
    is_score_asked = peewee.BooleanField(default=False)
    is_shared = peewee.BooleanField(default=False)  # the people of the account read it too
    reason = peewee.CharField(max_length=200, default="")  # why it was cancelled
    owner = peewee.ForeignKeyField(Employee, null=True, index=False)  # who of us holds it
    about = peewee.CharField(max_length=40, default="")  # Ref of what it was about: order:12
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = (
            (("account", "at"), False),
            (("owner", "at"), False),
            (("kind", "at"), False),
            (("state", "at"), False),
            (("about", "at"), False),
            (("at",), False),
            (("score",), False),
        )

    @classmethod
    def visible_to(cls, actor):
        """Query of those that a person may see, with account and owner: staff by account, customers the shared."""
        rows = cls.select(cls, Account, Employee).join(Account, on=(cls.account == Account.id)).switch(cls)
        rows = rows.join(Employee, peewee.JOIN.LEFT_OUTER, on=(cls.owner == Employee.id)).switch(cls)
        return rows.where(readable(actor))

    @classmethod
    def planned_for(cls, actor):
        """Query of what is still to come for this person: those that are planned, from today on."""
        today = values.shop_midnight(values.shop_day())
        return cls.visible_to(actor).where((cls.state == "planned") & (cls.at >= today))

    @classmethod
    def log(cls, account, *, by, contacts=(), colleagues=(), about=None, now=None, **details):
        """Write down what happened between us and the people of an account.

        `details` are fields of the table, at least `kind`; `at` is when it began (now). `contacts` and `colleagues`
        are ids of who took part besides the owner; `about` a Ref. Raises Invalid by field, on "contacts",
        "colleagues" and "about" for those that are not of this account.
        """
        now = now or values.now()
        fields = {"at": now} | cls.read(details, by)
        if fields["at"] > now + LEEWAY and not by.is_system:
            raise Invalid(at="interaction-ahead")
        with audit.change(by, "interaction.logged", about=account, now=now) as change:
            return cls.write_down(change, account, fields, contacts, colleagues, about)

    @classmethod
    def read(cls, details, by, kind=None):
        """The fields as they are kept. Raises Invalid by field, also for what does not go with the kind."""
        if by.is_staff:
            FIELDS.check(by, details)
        fields = FIELDS.clean(({} if kind else {"kind": None}) | details)
        kind, problems = fields.get("kind", kind), {}
        if fields.get("outcome") and fields["outcome"] not in OUTCOMES[kind]:
            problems["outcome"] = "choice-unknown"
        if (fields.get("minutes") or 0) > LONGEST_MINUTES:
            problems["minutes"] = ("number-not-between", {"least": 0, "most": LONGEST_MINUTES})
        if fields.get("is_shared") and kind in INTERNAL:
            problems["is_shared"] = "interaction-internal"
        if problems:
            raise Invalid(**problems)
        return fields

    @classmethod
    def write_down(cls, change, account, fields, contacts, colleagues, about):
        """The row with its people, inside a change that names the event; its owner is whoever writes it."""
        fields = {"owner": change.by.employee} | fields
        _check_about(about, account, change.by)
        people = _people(account, contacts, [fields["owner"], *colleagues], change.by)
        made = change.create(cls, account=account, about=str(about or ""), **fields)
        made.account, change.result = account, made.ref
        made.put_people(people)
        made.index()
        return made

    def edit(self, *, by, version=None, contacts=None, colleagues=None, now=None, **changes):
        """Change what was written down; ids of people take the place of those who stood there.

        Raises Invalid by field (at="interaction-by-move" of a planned one), Stale.
        """
        changes = self.read(changes, by, self.kind)
        if "at" in changes and changes["at"] == self.at.replace(second=0, microsecond=0):
            del changes["at"]  # forms know no seconds
        if changes.get("at", self.at) != self.at and self.state == "planned":
            raise Invalid(at="interaction-by-move")
        with audit.change(by, "interaction.edited", self, about=self.account, now=now) as change:
            was_shared = self.is_shared
            done = change.update(self, version=version, **changes)
            if contacts is not None or colleagues is not None or {"at", "owner"} & done.keys():
                self._change_people(change, contacts, colleagues)
            if done:
                self.index(moved=was_shared != self.is_shared)
        return self

    # Who took part

    def taking_part(self):
        """[InteractionPerson] of it, theirs before ours."""
        return people_of([self.id]).get(self.id, [])

    @property
    def people(self):
        """Names of all who took part; at hand where `named` fetched them."""
        if self.__dict__.get("names") is None:
            self.names = _names(self.taking_part())
        return self.names

    def put_people(self, people):
        """Keep who took part; `people` is what _people() found."""
        if people:
            rows = [{"interaction": self.id, "at": self.at} | person for person in people]
            InteractionPerson.insert_many(rows).execute()

    def _change_people(self, change, contacts, colleagues):
        before = self.taking_part()
        if contacts is None:
            contacts = [person.contact_id for person in before if person.contact_id]
        if colleagues is None:
            colleagues = [person.employee_id for person in before if person.employee_id]
        InteractionPerson.delete().where(InteractionPerson.interaction == self.id).execute()
        self.put_people(_people(self.account, contacts, [self.owner_id, *colleagues], change.by))
        self.names = None
        if _names(before) != self.people:
            change.record("people", _names(before), self.people)

    @property
    def about_ref(self):
        return Ref.parse(self.about)

    @property
    def account_name(self):
        return self.account.name

    @property
    def kind_of_state(self):
        return KIND_OF[self.state]

    @property
    def beginning(self):
        """The beginning of its words, where all of them would bury what stands beside."""
        return self.text if len(self.text) <= SHORT else self.text[:SHORT].rstrip() + " …"

    @property
    def ends_at(self):
        """When it is over: half an hour where nobody said how long it takes."""
        return self.at + timedelta(minutes=self.minutes or 30)

    # How it is found

    def index(self, moved=False):
        """Put it into the search: for everybody who sees the account when it is shared, else for staff alone."""
        right = self._right
        if moved:
            search.put(self.ref, "", right=INSIDE if right == "" else "")
        search.put(self.ref, self.texts(), self.account_id, self.account.team_id, right=right)

    @property
    def _right(self):
        return "" if self.is_shared else INSIDE

    def texts(self):
        return [self.number, self.subject, self.text, self.place]

    @classmethod
    def search_entries(cls, after, most):
        """The next interactions as the search index holds them, for its rebuilding."""
        return cls.search_entries_of(cls.select(cls.id).where(cls.id > after).order_by(cls.id).limit(most))

    @classmethod
    def search_entries_of(cls, ids):
        """Some interactions (a query or a list of ids) as the search index holds them."""
        rows = cls.select(cls, Account.id, Account.team).join(Account, on=(cls.account == Account.id))
        rows = rows.where(cls.id.in_(ids)).order_by(cls.id)
        return [search.Entry(row.id, row.texts(), row.account_id, row.account.team_id, row._right) for row in rows]


# What is still to come of one of us, in the order in which it does.
_COMING = (Interaction.owner, Interaction.at)
Interaction.add_index(
    peewee.ModelIndex(Interaction, _COMING, where=Interaction.state == "planned", name="interaction_planned")
)


class InteractionPerson(store.Model):
    """Somebody who takes part: a contact of the account or one of us; the owner is always among them."""

    interaction = peewee.ForeignKeyField(Interaction, on_delete="CASCADE")
    contact = peewee.ForeignKeyField(Contact, null=True, index=False)
    employee = peewee.ForeignKeyField(Employee, null=True, index=False)
    at = store.MomentField()  # that of the interaction: one person's days are read in their order

    class Meta:
        indexes = ((("contact", "at"), False), (("employee", "at"), False))

    @property
    def name(self):
        return self.contact.name if self.contact_id else self.employee.name


def readable(actor):
    """Where-expression over Interaction and its Account: staff by account, customers what is shared with theirs."""
    seen = Account.scope(actor)
    return seen & Interaction.is_shared if actor.is_customer else seen


def people_of(ids):
    """{interaction id: [InteractionPerson]} with names, theirs before ours; one query."""
    rows = InteractionPerson.select(
        InteractionPerson, Contact.id, Contact.name, Contact.phone, Contact.email, Employee.id, Employee.name
    )
    rows = rows.join(Contact, peewee.JOIN.LEFT_OUTER).switch(InteractionPerson)
    rows = rows.join(Employee, peewee.JOIN.LEFT_OUTER).where(InteractionPerson.interaction.in_(list(ids)))
    found = {}
    for row in rows.order_by(InteractionPerson.contact.is_null(), InteractionPerson.id):
        found.setdefault(row.interaction_id, []).append(row)
    return found


def named(query):
    """The query, each of whose interactions has the names of its people at hand."""
    name = peewee.fn.COALESCE(Contact.name, Employee.name)
    joined = peewee.fn.GROUP_CONCAT(name, ", ") if store.is_sqlite() else peewee.fn.STRING_AGG(name, ", ")
    rows = InteractionPerson.select(peewee.fn.COALESCE(joined, "")).join(Contact, peewee.JOIN.LEFT_OUTER)
    rows = rows.switch(InteractionPerson).join(Employee, peewee.JOIN.LEFT_OUTER)
    return query.select_extend(rows.where(InteractionPerson.interaction == Interaction.id).alias("names"))


def _names(people):
    return ", ".join(person.name for person in people)


def _people(account, contacts, colleagues, by):
    """[{"contact": id or None, "employee": id or None}]: people of the account, and of us."""
    contacts = list(dict.fromkeys(int(number) for number in contacts))
    colleagues = list(dict.fromkeys(int(number) for number in colleagues if number))
    if len(contacts) + len(colleagues) > MOST_PEOPLE:
        raise Invalid(contacts=("interaction-crowd", {"most": MOST_PEOPLE}))
    if contacts:
        here = Affiliation.select(Affiliation.contact).where(Affiliation.account == account)
        mine = ((Contact.account == account) | Contact.id.in_(here)) & Contact.standing()
        known = {number for (number,) in Contact.select(Contact.id).where(Contact.id.in_(contacts) & mine).tuples()}
        if known != set(contacts):
            raise Invalid(contacts="contact-unknown")
    if colleagues and colleagues != [by.employee]:
        known = {number for (number,) in Employee.select(Employee.id).where(Employee.id.in_(colleagues)).tuples()}
        if known != set(colleagues):
            raise Invalid(colleagues="employee-unknown")
    ours = [{"contact": None, "employee": number} for number in colleagues]
    return [{"contact": number, "employee": None} for number in contacts] + ours


def _check_about(about, account, by):
    """Refuse what this person does not see, or what is of another account. Raises Invalid(about=record-unknown)."""
    if about is None:
        return
    model = store.kinds().get(about.kind)
    is_seen = hasattr(model, "visible_to")
    seer = values.system(by.name) if by.role == "clock" else by  # a mail that came in is nobody's deed
    record = model.visible_to(seer).where(model.id == about.id).first() if is_seen else None
    of = about.id if about.kind == "account" else getattr(record, "account_id", None)
    if record is None or of not in (None, account.id):
        raise Invalid(about="record-unknown")


def _kept_back(actor):
    """What the trail keeps from customers: everything about interactions that are not shared with them."""
    shared = Interaction.select(Interaction.id).where((Interaction.account == actor.account) & Interaction.is_shared)
    return trail.Entry.event.startswith("interaction.") & trail.Entry.subject.not_in(
        file_kinds.refs_in("interaction", shared)
    )


def hidden_from(actor):
    """Query of the ids of those of his account that a customer may not see, for their files."""
    if not actor.is_customer:
        return None
    return Interaction.select(Interaction.id).where((Interaction.account == actor.account) & ~Interaction.is_shared)


trail.keep_from_customers(_kept_back)
attachments.take(
    "interaction", "/interactions/{}", own_path="/account/talks/{}", needs="interactions.log", hidden=hidden_from
)
