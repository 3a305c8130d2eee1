"""Cases: what customers ask us, from the first words to the rating: who works on it, by when, and how it stands."""

import peewee

from portal import audit, store, values
from portal.activity import file_kinds, trail
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid, NotFound
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.service.promises import KINDS, PRIORITIES
from portal.values import Ref

STATES = ("open", "for_us", "for_customer", "solved", "closed")
LIVE = ("open", "for_us", "for_customer")
WITH_US = ("open", "for_us")
# How each state is drawn for those who work on it, and for those who asked.
KIND_OF = {"open": "wait", "for_us": "run", "for_customer": "wait", "solved": "done", "closed": "closed"}
KIND_FOR_CUSTOMERS = KIND_OF | {"for_us": "wait", "for_customer": "needs"}
# verb -> states it starts from
STARTS = {
    "answer": (*LIVE, "solved"),
    "note": STATES,
    "solve": LIVE,
    "close": (*LIVE, "solved"),
    "reopen": ("solved", "closed"),
    "rate": ("solved", "closed"),
    "assign": (*LIVE, "solved"),
    "describe": (*LIVE, "solved"),
    "merge": (*LIVE, "solved"),
}
LONGEST_WORDS = 20_000
INSIDE = "cases.answer"  # the right under which internal comments are found
# What happens among us; customers read nothing of it, wherever events are shown.
OURS_ONLY = ("case.noted", "case.assigned", "case.described")
UNSAID = ("case.asked", "case.assigned", "case.described")  # what stands in no message
MOST_OF_STORY = 30


def _may_settle(actor, case):
    """Among the customer's people: whoever asked, and who manages the account; all, of what one of us wrote down."""
    return actor.is_staff or actor.role == "customer_admin" or case.asker in (str(actor.ref), "")


policy.allow("cases.see", policy.SIGNED_IN)
policy.allow("cases.ask", policy.SIGNED_IN)
policy.allow("cases.reply", policy.CUSTOMERS)
policy.allow("cases.answer", policy.STAFF)
policy.allow("cases.note", policy.STAFF)
policy.allow("cases.solve", policy.STAFF)
policy.allow("cases.assign", policy.STAFF)
policy.allow("cases.describe", policy.STAFF)
policy.allow("cases.merge", policy.STAFF)
policy.allow("cases.close", policy.SIGNED_IN, when=_may_settle)
policy.allow("cases.reopen", policy.SIGNED_IN, when=_may_settle)
policy.allow("cases.rate", policy.CUSTOMERS, when=_may_settle)

FIELDS = Table(
    "case",
    Field("number", read=EVERYONE, sort=True),
    Field("subject", read=EVERYONE, write=STAFF, is_required=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("kind", "choice", EVERYONE, EVERYONE, filter=True, choices=KINDS, is_required=True),
    Field("topic_number", read=EVERYONE),
    Field("priority", "choice", STAFF, STAFF, filter=True, choices=PRIORITIES, is_required=True),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=STAFF),
    Field("asked_by", read=EVERYONE),
    Field("is_private", "yes", EVERYONE, EVERYONE, filter=True),
    Field("owner", "link", STAFF, STAFF, filter=True),
    Field("team", "link", STAFF, STAFF, filter=True),
    Field("asked_at", "moment", EVERYONE, sort=True, filter=True),
    Field("last_at", "moment", EVERYONE, sort=True),
    Field("answer_due_at", "moment", EVERYONE),
    Field("answered_at", "moment", EVERYONE),
    Field("solve_due_at", "moment", STAFF),
    Field("due_at", "moment", STAFF, sort=True),
    Field("solved_at", "moment", EVERYONE, filter=True),
    Field("closed_at", "moment", EVERYONE, filter=True),
    Field("rating", "number", EVERYONE, EVERYONE, sort=True, filter=True),
    Field("rating_words", "words", EVERYONE, EVERYONE, listed=False, longest=1000),
    Field("merged_into", "link", EVERYONE),
    Field("words", "words", EVERYONE, EVERYONE, listed=False, longest=LONGEST_WORDS),
)


class Case(store.Versioned):
    """One matter of one account. Its words stand in CaseMessage; its clock in promises.py."""

    NUMBER = "CS-{:06d}"

    account = peewee.ForeignKeyField(Account)
    subject = peewee.CharField(max_length=200)
    state = peewee.CharField(max_length=12, default="open")
    kind = peewee.CharField(max_length=12)  # one of KINDS
    topic = peewee.CharField(max_length=40, default="")  # Ref of what it is about: order:12
    topic_number = peewee.CharField(max_length=60, default="", index=True)
    priority = peewee.CharField(max_length=10, default="normal")
    is_private = peewee.BooleanField(default=False)
    asker = peewee.CharField(max_length=40, default="")  # Ref of the customer's login; "" when staff wrote it down
    asked_by = peewee.CharField(max_length=200, default="")
    contact = peewee.ForeignKeyField(Contact, null=True)
    owner = peewee.ForeignKeyField(Employee, null=True)
    team = peewee.ForeignKeyField(Team, null=True)  # who works on it; who may see it goes by the account
    asked_at = store.MomentField(default=values.now)
    last_at = store.MomentField(default=values.now)  # of what both sides read
    answered_at = store.MomentField(null=True)
    solved_at = store.MomentField(null=True)
    closed_at = store.MomentField(null=True)
    # The clock: what was promised, from when it counts, and how long it stood still while the customer had the word.
    answer_hours = peewee.IntegerField(default=0)
    solve_hours = peewee.IntegerField(default=0)
    counts_from = store.MomentField(default=values.now)
    paused_at = store.MomentField(null=True)
    paused_minutes = peewee.IntegerField(default=0)
    answer_due_at = store.MomentField(null=True)
    solve_due_at = store.MomentField(null=True)
    due_at = store.MomentField(null=True)  # the promise that runs now; None while none does
    rating = peewee.IntegerField(null=True)
    rating_words = peewee.TextField(default="")
    rated_by = peewee.CharField(max_length=200, default="")
    rated_at = store.MomentField(null=True)
    merged_into = peewee.ForeignKeyField("self", null=True)
    follows = peewee.ForeignKeyField("self", null=True)  # an older one, closed for good, that was replied to

    class Meta:
        indexes = (
            (("account", "id"), False),
            (("state", "id"), False),
            (("owner", "state"), False),
            (("due_at",), False),
            (("last_at",), False),
            (("asked_at",), False),
            (("rating",), False),
        )

    @classmethod
    def visible_to(cls, actor):
        """Query of the cases a person may see, with account, owner and team: staff by account, customers their own.

        A private one is read by who asked, by who manages the account, and by us.
        """
        rows = cls.select(cls, Account, Employee, Team).join(Account, on=(cls.account == Account.id)).switch(cls)
        rows = rows.join(Employee, peewee.JOIN.LEFT_OUTER, on=(cls.owner == Employee.id)).switch(cls)
        rows = rows.join(Team, peewee.JOIN.LEFT_OUTER, on=(cls.team == Team.id)).where(Account.scope(actor))
        hidden = _hidden_from(actor)
        return rows if hidden is None else rows.where(~hidden)

    @classmethod
    def overdue(cls, now=None):
        """Where-expression: a promise is broken and still runs."""
        return cls.due_at < (now or values.now())

    @classmethod
    def open_for(cls, actor):
        """Query of what this customer asked, or one of us for the account, that is not solved."""
        own = cls.asker.in_([str(actor.ref), ""])
        return cls.visible_to(actor).where(cls.state.in_(LIVE) & own)

    @classmethod
    def waiting_for_us(cls, actor):
        """Query of those in which we have the word."""
        return cls.visible_to(actor).where(cls.state.in_(WITH_US))

    @property
    def kind_of_state(self):
        """How the state is drawn for staff."""
        return KIND_OF[self.state]

    @property
    def account_name(self):
        return self.account.name

    @property
    def topic_ref(self):
        return Ref.parse(self.topic)

    @property
    def is_live(self):
        return self.state in LIVE

    def is_overdue(self, now=None):
        """Whether the promise that runs is broken."""
        return self.due_at is not None and self.due_at < (now or values.now())

    def can(self, verb, actor):
        """Whether this person could do `verb` with it as it stands, for the buttons of a page."""
        is_here = self.merged_into_id is None or verb == "note"
        return is_here and self.state in STARTS[verb] and policy.may(actor, f"cases.{verb}", self)

    def move(self, change, verb, **fields):
        """Set fields, if nobody moved it on meanwhile; raises Invalid: case-moved-on or case-merged on "state"."""
        before = self.state
        as_read = (Case.state == before) & Case.state.in_(STARTS[verb]) & Case.merged_into.is_null()
        moved = Case.update(fields).where((Case.id == self.id) & as_read)
        if not moved.execute():
            raise self.refusal()
        change.happened()
        if fields.get("state", before) != before:
            change.record("state", before, fields["state"])
        for name, value in fields.items():
            setattr(self, name, value)

    def refusal(self):
        """What to say when it has moved on: Invalid on "state" with the state it is in now."""
        now = Case.select(Case.state, Case.merged_into).where(Case.id == self.id).get()
        if now.merged_into_id:
            other = Case.NUMBER.format(now.merged_into_id)
            return Invalid(state=("case-merged", {"number": self.number, "other": other}))
        return Invalid(state=("case-moved-on", {"number": self.number}))

    def lock(self):
        """Read it again as it stands now, and hold it until the change is over: who writes to it meanwhile waits."""
        Case.update(version=Case.version).where(Case.id == self.id).execute()
        now = Case.get_by_id(self.id)
        now.account = self.account
        self.__data__, self.__rel__ = now.__data__, now.__rel__
        return self

    def where_it_goes_on(self):
        """The case that holds its conversation now: itself, or the one it was merged into."""
        return self if self.merged_into_id is None else self.merged_into

    def staff_for(self, by=None):
        """Whom of us it concerns: its owner; without one whoever looks after the account. Not the one who did it."""
        if by and by.is_quiet:
            return []
        if self.owner_id and self.owner.is_active:
            return [] if by and by.employee == self.owner_id else [self.owner.recipient]
        return self.account.staff_for(by)

    def told(self, **more):
        """What notices about it say, as JSON."""
        about = {"number": self.number, "subject": self.subject, "account": self.account.name}
        return about | {"topic": self.topic_number, "is_private": self.is_private} | more

    def story(self):
        """What its conversation does not tell, newest first: audit entries, for staff."""
        own = (audit.Entry.subject == str(self.ref)) & audit.Entry.event.in_(UNSAID)
        return list(audit.Entry.select().where(own).order_by(audit.Entry.id.desc()).limit(MOST_OF_STORY))

    def texts(self):
        """What it is found by, besides its words."""
        return [self.number, self.subject, self.topic_number, self.account.name, self.asked_by]


# What is not solved, by its promise: the list as it opens.
IS_LIVE = peewee.fn.COALESCE(Case.state, "").in_(LIVE)  # of the plain column SQLite gathers each state and sorts
Case.add_index(peewee.ModelIndex(Case, (Case.due_at, Case.id), where=IS_LIVE, name="case_live"))


def _hidden_from(actor):
    """Where-expression of the private cases of others, for customers who do not manage the account; else None."""
    if not actor.is_customer or actor.role == "customer_admin":
        return None
    return Case.is_private & (Case.asker != str(actor.ref))


def hidden_from(actor):
    """Query of the ids of those cases of his account that this customer may not see; None when there are none."""
    hidden = _hidden_from(actor)
    return None if hidden is None else Case.select(Case.id).where((Case.account == actor.account) & hidden)


def by_number(number, actor):
    """The case a person means by a number as typed, among those he sees. Raises Invalid(number="case-unknown")."""
    text = (number or "").strip().upper()
    text = Case.NUMBER.format(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else text
    try:
        found = Case.visible_to(actor).where(Case.by_number(text)).first()
    except NotFound:
        found = None
    if found is None:
        raise Invalid(number="case-unknown")
    return found


def _kept_back(actor):
    """What the trail keeps from customers: our comments and routing, and everything of private cases of others."""
    where = trail.Entry.event.in_(OURS_ONLY)
    hidden = hidden_from(actor)
    if hidden is not None:
        where |= trail.Entry.subject.in_(file_kinds.refs_in("case", hidden))
    return where


trail.keep_from_customers(_kept_back)
