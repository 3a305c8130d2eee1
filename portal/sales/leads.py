"""Leads: people who asked for something before they were customers, or by a public form, until it is won or lost."""

import peewee

from portal import audit, fields, search, store, values
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid, NotFound
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import employees, policy
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.people.teams import Team, held_by
from portal.sales import placing, submissions
from portal.sales.order_forms import OrderForm
from portal.sales.orders import Order
from portal.sales.submissions import Submission

STATES = ("new", "contacted", "qualified", "won", "lost", "spam")
KIND_OF = {
    "new": "wait",
    "contacted": "run",
    "qualified": "run",
    "won": "done",
    "lost": "refused",
    "spam": "closed",
}
OPEN = ("new", "contacted", "qualified")
WAY = ("new", "contacted", "qualified", "won")
# verb -> states it starts from
STARTS = {
    "take": OPEN,
    "contact": ("new", "contacted"),
    "qualify": ("new", "contacted"),
    "note": OPEN,
    "attach": OPEN,
    "win": OPEN,
    "lose": OPEN,
    "spam": OPEN,
    "reopen": ("lost", "spam"),
}
SOURCES = ("form", "mail")
REASONS = ("price", "not_sold", "other_seller", "no_answer", "not_needed", "other")

policy.allow("leads.see", policy.STAFF)
policy.allow("leads.work", policy.STAFF)
policy.allow("leads.claim", policy.BUYERS)

FIELDS = Table(
    "lead",
    Field("number", read=EVERYONE, sort=True),
    Field("state", "choice", filter=True, choices=STATES),
    Field("name", read=EVERYONE),
    Field("company", read=EVERYONE),
    Field("email", "email", EVERYONE, filter=True),
    Field("phone", "phone", EVERYONE),
    Field("language", read=EVERYONE),
    Field("source", "choice", filter=True, choices=SOURCES),
    Field("form", "link"),
    Field("account", "link", filter=True),
    Field("order", "link"),
    Field("owner", "link", STAFF, STAFF, filter=True),
    Field("team", "link", filter=True),
    Field("next_step", "text", STAFF, STAFF, longest=300),
    Field("next_on", "date", STAFF, STAFF, filter=True),
    Field("lost_because", "choice", filter=True, choices=REASONS),
    Field("lost_words", "words", listed=False, longest=1000),
    Field("lines", read=EVERYONE, listed=False),
    Field("words", "words", EVERYONE, listed=False),
    Field("answers", read=EVERYONE, listed=False),
    Field("consents", read=EVERYONE, listed=False),
    Field("created_at", "moment", EVERYONE, sort=True, filter=True),
    Field("closed_at", "moment", filter=True),
)


class Lead(store.Versioned):
    """Somebody who wants something: who, what, from where, and how far we are with it."""

    NUMBER = "LD-{:06d}"

    state = peewee.CharField(max_length=12, default="new")
    source = peewee.CharField(max_length=12, default="form")  # one of SOURCES
    form = peewee.ForeignKeyField(OrderForm, null=True)
    submission = peewee.ForeignKeyField(Submission, null=True, unique=True)
    name = peewee.CharField(max_length=120)
    company = peewee.CharField(max_length=200, default="")
    email = peewee.CharField(max_length=320)
    email_key = peewee.CharField(max_length=320, index=True)
    phone = peewee.CharField(max_length=60, default="")
    language = peewee.CharField(max_length=8, default="en")
    lines = store.JSONText(default=list)  # what was asked for: [{"code", "name", "unit", "quantity"}]
    left_out = store.JSONText(default=list)  # names of these that could not go into the draft
    words = peewee.TextField(default="")
    account = peewee.ForeignKeyField(Account, null=True)
    contact = peewee.ForeignKeyField(Contact, null=True)
    order = peewee.ForeignKeyField(Order, null=True, on_delete="SET NULL", backref="leads")
    owner = peewee.ForeignKeyField(Employee, null=True)
    team = peewee.ForeignKeyField(Team, null=True)  # None: the pool that all staff see
    next_step = peewee.CharField(max_length=300, default="")
    next_on = peewee.DateField(null=True)
    lost_because = peewee.CharField(max_length=20, default="")  # one of REASONS
    lost_words = peewee.TextField(default="")
    created_at = store.MomentField(default=values.now)
    closed_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("state", "id"), False), (("created_at",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the leads a person may see, with form, order and owner: staff those of their teams, the pool and
        their own; a customer those of his own proved address that no account has taken, or his has."""
        rows = cls.select(cls, OrderForm, Order, Employee, Account)
        for model, column in (
            (OrderForm, cls.form),
            (Order, cls.order),
            (Employee, cls.owner),
            (Account, cls.account),
        ):
            rows = rows.join_from(cls, model, peewee.JOIN.LEFT_OUTER, on=(column == model.id), attr=column.name)
        return rows.where(cls.scope(actor))

    @classmethod
    def scope(cls, actor):
        """Where-expression of the same."""
        if actor.sees_all:
            return cls.id.is_null(False)
        if actor.sees_own:
            return cls.owner.in_(employees.and_below(actor.employee))
        if actor.is_staff:
            return held_by(cls, actor.teams) | (cls.owner == (actor.employee or 0))
        if actor.is_customer:
            own = Login.select(Login.email_key).where((Login.id == actor.ref.id) & Login.verified_at.is_null(False))
            free = cls.account.is_null() | (cls.account == actor.account)
            return cls.email_key.in_(own) & free & (cls.state != "spam")
        raise NotFound()

    @classmethod
    def open_for(cls, actor):
        """Query of what is not won, lost or spam yet, oldest first."""
        return cls.visible_to(actor).where(cls.state.in_(OPEN)).order_by(cls.id)

    @property
    def kind(self):
        """How the state is drawn: wait, run, done, refused, closed."""
        return KIND_OF[self.state]

    @property
    def about(self):
        """The account its events concern; None while it has none."""
        return self.account if self.account_id else None

    @property
    def who(self):
        """The company, or the person where there is none."""
        return self.company or self.name

    @property
    def answers(self):
        """What was answered to the questions of its form."""
        return self.submission.answers if self.submission else []

    @property
    def consents(self):
        """What was agreed to on its form, or not, in its wording."""
        return self.submission.consents if self.submission else []

    def can(self, verb, actor):
        """Whether this person could do `verb` with it as it stands, for the buttons of a page."""
        return self.state in STARTS[verb] and policy.may(actor, "leads.work", self)

    # Working on it

    def take(self, *, by, now=None):
        """I look after it from now on. Raises Invalid on "state"."""
        with audit.change(by, "lead.taken", self, about=self.about, now=now) as change:
            self.move(change, "take", owner=by.employee)
        return self

    def reached(self, *, by, words="", now=None):
        """We spoke or wrote to them; `words` become the next step."""
        with audit.change(by, "lead.contacted", self, about=self.about, now=now) as change:
            self.move(change, "contact", state="contacted", **self._next(words), **self._mine(by))
        return self

    def qualify(self, *, by, now=None):
        """There is a need, and money for it."""
        with audit.change(by, "lead.qualified", self, about=self.about, now=now) as change:
            self.move(change, "qualify", state="qualified", **self._mine(by))
        return self

    def note(self, *, by, next_step="", next_on=None, owner=None, now=None):
        """What comes next, when, and who does it (an employee's id; nobody without). Raises Invalid by field."""
        kept = FIELDS.clean({"next_step": next_step, "next_on": next_on})
        found = None if owner is None else Employee.get_or_none((Employee.id == owner) & Employee.is_active)
        if owner is not None and found is None:
            raise Invalid(owner="employee-unknown")
        before = self.owner_id
        with audit.change(by, "lead.noted", self, about=self.about, now=now) as change:
            self.move(change, "note", owner=found, **kept)
            if found and found.id not in (before, by.employee):
                change.tell([found.recipient], "lead_arrived", **self.told())
        return self

    def win(self, *, by, now=None):
        """They bought. Its order, when it has one, stays what it is."""
        with audit.change(by, "lead.won", self, about=self.about, now=now) as change:
            self.move(change, "win", state="won", closed_at=change.now)
        return self

    def lose(self, *, by, because="", words="", now=None):
        """They do not buy: one of REASONS, and more in words. A draft of ours goes, one of their own stays theirs.

        Raises Invalid on "because", "words", "state".
        """
        if because not in REASONS:
            raise Invalid(because="choice-unknown")
        words = fields.sound(words or "", "words", 1000, lines=True)
        with audit.change(by, "lead.lost", self, about=self.about, now=now) as change:
            self.move(change, "lose", state="lost", lost_because=because, lost_words=words, closed_at=change.now)
            if self.order and self.order.source == "staff":
                self._throw_draft_away(change)
        return self

    def spam(self, *, by, now=None):
        """Nobody meant it: its draft goes, and its client sends no form for a day."""
        with audit.change(by, "lead.spam", self, about=self.about, now=now) as change:
            self.move(change, "spam", state="spam", closed_at=change.now)
            self._throw_draft_away(change)
            search.drop(self.ref)
            if self.submission:
                submissions.ban(change, self.submission.client)
        return self

    def reopen(self, *, by, now=None):
        """It was not over after all."""
        with audit.change(by, "lead.reopened", self, about=self.about, now=now) as change:
            self.move(change, "reopen", state="new", closed_at=None, lost_because="", lost_words="")
            self.index()
        return self

    def move(self, change, verb, **changed):
        """Set what is given, if nobody was faster; raises Invalid: lead-moved-on on "state"."""
        as_read = (Lead.id == self.id) & (Lead.version == self.version) & Lead.state.in_(STARTS[verb])
        change.guard(Lead.update(changed | {"version": Lead.version + 1}).where(as_read), self._refusal())
        for name, value in changed.items():
            old, new = self.__data__.get(name), getattr(value, "id", value)
            if old != new and name != "closed_at":
                change.record(name, old, new)
            setattr(self, name, value)
        self.version += 1

    def _refusal(self):
        state = Lead.select(Lead.state).where(Lead.id == self.id).scalar()
        return Invalid(state=("lead-moved-on", {"number": self.number, "state": state}))

    def _mine(self, by):
        """Whoever works on a lead that nobody looks after looks after it."""
        return {} if self.owner_id or not by.employee else {"owner": by.employee}

    def _next(self, words):
        step = FIELDS["next_step"].clean(words or "")
        return {"next_step": step} if step else {}

    def _throw_draft_away(self, change):
        order = self.order
        if order and order.state == "draft":
            placing.discard(order, by=change.by, now=change.now)
            self.order = None

    # Who is told, what of it, how it is found

    def people(self):
        """Who is told of it: its owner, else its team, else the admins."""
        found = []
        if self.owner_id:
            found = [self.owner] if self.owner.is_active else []
        elif self.team_id:
            found = list(Employee.select(Employee, Login).join(Login, peewee.JOIN.LEFT_OUTER).where(
                (Employee.team == self.team_id) & Employee.is_active
            ).order_by(Employee.id))  # fmt: skip
        return [person.recipient for person in found or employees.admins()]

    def told(self):
        """What notices about it say, as JSON."""
        return {
            "number": self.number,
            "name": self.name,
            "company": self.company,
            "form": self.form.title if self.form else "",
            "lines": [{key: line[key] for key in ("name", "unit", "quantity")} for line in self.lines],
            "words": self.words,
        }

    def index(self):
        """Put it into the search, inside the change that touched it."""
        search.put(self.ref, self._texts(), None, self.team_id)

    def _texts(self):
        return [self.number, self.name, self.company, self.email, self.phone]

    @classmethod
    def search_entries(cls, after, most):
        """The next leads as the search index holds them, for its rebuilding."""
        rows = cls.select().where((cls.id > after) & (cls.state != "spam")).order_by(cls.id).limit(most)
        return [search.Entry(row.id, row._texts(), None, row.team_id) for row in rows]


def won_by(change, order):
    """An order that was placed wins the lead it came from, whoever placed it."""
    lead = Lead.get_or_none((Lead.order == order.id) & Lead.state.in_(OPEN))
    if lead:
        with audit.change(change.by, "lead.won", lead, about=order.account, now=change.now) as inner:
            lead.move(inner, "win", state="won", closed_at=change.now)


placing.DRAFT_PLACED.append(won_by)
