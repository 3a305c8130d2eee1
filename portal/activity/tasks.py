"""Tasks: what one of us is to do by when, about which record, and how far it has come."""

import peewee

from portal import audit, search, store, values
from portal.activity import agenda, trail
from portal.activity.task_fields import FIELDS, LONGEST_STEP, cleaned, shop_time, step_lines
from portal.activity.task_plans import TaskPlan
from portal.customers.accounts import Account
from portal.errors import Invalid, NotFound
from portal.people import employees, policy
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.values import Ref

KIND_OF = {"open": "wait", "done": "done", "dropped": "closed"}
# verb -> states it starts from
STARTS = {
    "edit": ("open",),
    "assign": ("open",),
    "progress": ("open",),
    "tick": ("open",),
    "postpone": ("open",),
    "finish": ("open",),
    "drop": ("open",),
    "reopen": ("done", "dropped"),
}

policy.allow("tasks.see", policy.STAFF)
policy.allow("tasks.work", policy.STAFF)
policy.allow("tasks.team", policy.MANAGERS)


class Task(store.Versioned):
    """One thing to do. `about` is the record it concerns, `account` the customer; both may be missing."""

    NUMBER = "TK-{:06d}"

    title = peewee.CharField(max_length=200)
    text = peewee.TextField(default="")
    state = peewee.CharField(max_length=10, default="open")
    owner = peewee.ForeignKeyField(Employee)
    made_by = peewee.ForeignKeyField(Employee, null=True, backref="given_tasks")
    account = peewee.ForeignKeyField(Account, null=True)
    about = peewee.CharField(max_length=40, default="")  # Ref: order:12
    due_on = peewee.DateField(null=True)
    due_at = store.MomentField(null=True)  # on that day, when the hour matters
    remind_on = peewee.DateField(null=True)  # it stands in the morning letter of this day too
    priority = peewee.CharField(max_length=10, default="normal")
    percent = peewee.IntegerField(default=0)  # of the ticked steps, when it has any
    is_private = peewee.BooleanField(default=False)  # only owner and giver see it
    repeats = peewee.CharField(max_length=10, default="")
    repeat_every = peewee.IntegerField(default=1)
    repeat_days = peewee.CharField(max_length=40, default="")  # of a weekly one: "mon,thu"
    repeat_anchor = peewee.IntegerField(null=True)  # the day of the month it began with
    counts_from = peewee.CharField(max_length=4, default="due")
    plan = peewee.ForeignKeyField(TaskPlan, null=True)  # with whose start it came
    follows = peewee.ForeignKeyField("self", null=True, unique=True)  # of a repeating one, the one before
    created_at = store.MomentField(default=values.now)
    closed_at = store.MomentField(null=True)
    closed_by = peewee.CharField(max_length=200, default="")

    class Meta:
        indexes = (
            (("owner", "state", "due_on"), False),
            (("account", "state"), False),
            (("about",), False),
            (("due_on",), False),
            (("created_at",), False),
        )

    @classmethod
    def visible_to(cls, actor):
        """Query of the tasks a person may see, with owner and account.

        His own and those he gave, those about accounts he sees, those of the people under him; who sees every account
        sees all. A private one is its two people's own.
        """
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        rows = cls.select(cls, Employee, Account).join(Employee, on=(cls.owner == Employee.id)).switch(cls)
        rows = rows.join(Account, peewee.JOIN.LEFT_OUTER, on=(cls.account == Account.id))
        return rows if actor.is_system else rows.where(cls._scope(actor))

    @classmethod
    def _scope(cls, actor):
        me = actor.employee or 0
        own = (cls.owner == me) | (cls.made_by == me)
        if actor.sees_all:
            return own | ~cls.is_private
        about_seen = cls.account.is_null(False) & Account.scope(actor)
        return own | (~cls.is_private & (about_seen | cls.owner.in_(employees.and_below(me))))

    @classmethod
    def mine(cls, actor):
        """Query of what this employee has to do."""
        return cls.visible_to(actor).where((cls.owner == (actor.employee or 0)) & (cls.state == "open"))

    @classmethod
    def overdue(cls, today=None):
        """Where-expression: it should have been done before today."""
        return (cls.state == "open") & (cls.due_on < (today or values.shop_day()))

    @classmethod
    def about_record(cls, record, actor):
        """Query of the tasks about a record, the open ones first; about an account all that concern it."""
        here = cls.about == str(record.ref)
        if record.ref.kind == "account":
            here |= cls.account == record.id
        is_open = peewee.Case(None, [(cls.state == "open", 0)], 1)
        return cls.visible_to(actor).where(here).order_by(is_open, cls.due_on.is_null(), cls.due_on, cls.id.desc())

    @property
    def kind(self):
        """How the state is drawn."""
        return "needs" if self.is_overdue() else KIND_OF[self.state]

    @property
    def about_ref(self):
        return Ref.parse(self.about)

    @property
    def due_time(self):
        """The hour it is due at, as the shop's clock shows it: "14:30", or ""."""
        return "" if self.due_at is None else f"{shop_time(self.due_at):%H:%M}"

    @property
    def weekdays(self):
        return tuple(filter(None, self.repeat_days.split(",")))

    def is_overdue(self, today=None):
        """Whether it should have been done before today."""
        return self.state == "open" and self.due_on is not None and self.due_on < (today or values.shop_day())

    def can(self, verb, actor):
        """Whether this person could do `verb` with it as it stands, for the buttons of a page."""
        return self.state in STARTS[verb] and policy.may(actor, "tasks.work", self)

    def steps(self):
        """Its checklist, in order."""
        return list(TaskStep.select().where(TaskStep.task == self).order_by(TaskStep.place))

    # Giving it

    @classmethod
    def add(cls, title, *, by, owner=None, account=None, about=None, steps=(), plan=None, now=None, **details):
        """A new task for `owner` (an employee's id; whoever makes it without), who is told.

        `about` is the Ref of a record that `by` sees; its account is the task's unless `account` (a row or an id)
        says otherwise. `steps` are the lines of a checklist. Details are fields of FIELDS.
        Raises Invalid by field: field-needed, employee-unknown, about-unknown, task-time-without-day, …
        """
        FIELDS.check(by, details)
        kept = cleaned({"title": title, "priority": "normal"} | details)
        keeper = keeper_of(by.employee if owner is None else owner)
        place = place_of(by, account, about)
        lines = step_lines(steps)
        with audit.change(by, "task.added", now=now) as change:
            change.about = None if kept.get("is_private") else place["account"] and place["account"].ref
            made = {"owner": keeper, "made_by": by.employee, "plan": plan, "created_at": change.now} | place | kept
            task = change.create(cls, **made)
            write_steps(task, lines)
            task.index()
            task.tell_owner(change)
        return task

    def edit(self, *, by, version=None, steps=None, now=None, **changes):
        """Change details; `steps` are all lines of the checklist, of which those that stay keep their tick.

        Raises Invalid by field, task-moved-on on "state", Stale.
        """
        FIELDS.check(by, changes)
        owner = keeper_of(changes.pop("owner")) if "owner" in changes else self.owner
        kept = cleaned(changes, self)
        lines = None if steps is None else step_lines(steps)
        with audit.change(by, "task.edited", self, about=self.concerns, now=now) as change:
            if self.state not in STARTS["edit"]:
                raise self.refusal()
            before = self.owner_id
            change.update(self, version=version, owner=owner, **kept)
            if lines is not None:
                self._relist(change, lines)
            self.index()
            if self.owner_id != before:
                self.tell_owner(change)
        return self

    def assign(self, *, by, owner, now=None):
        """Give it to a colleague (an employee's id), who is told. Raises Invalid on "owner" and "state"."""
        keeper = keeper_of(owner)
        with audit.change(by, "task.assigned", self, about=self.concerns, now=now) as change:
            if self.owner_id != keeper.id:
                self.move(change, "assign", owner=keeper)
                self.index()
                self.tell_owner(change)
        return self

    def _relist(self, change, lines):
        """The checklist anew: a line that stood there keeps its tick."""
        before = self.steps()
        ticked = {step.title: step for step in before if step.is_done}
        if [step.title for step in before] == lines:
            return
        TaskStep.delete().where(TaskStep.task == self).execute()
        write_steps(self, lines, ticked)
        change.record("steps", [step.title for step in before], lines)
        count_steps(self)

    # What all its verbs share

    def move(self, change, verb, **changed):
        """Set what is given, if its state allows the verb; raises Invalid: task-moved-on on "state"."""
        allowed = (Task.id == self.id) & Task.state.in_(STARTS[verb])
        if not Task.update(changed | {"version": Task.version + 1}).where(allowed).execute():
            raise self.refusal()
        change.happened()
        for name, value in changed.items():
            old, new = self.__data__.get(name), getattr(value, "id", value)
            if old != new and name not in ("closed_at", "closed_by"):
                change.record(name, old, new)
            setattr(self, name, value)
        self.version += 1

    def refusal(self):
        """What to say when it is done or dropped, or was opened again, meanwhile: Invalid on "state"."""
        state = Task.select(Task.state).where(Task.id == self.id).scalar()
        return Invalid(state=("task-moved-on", {"number": self.number, "state": state}))

    @property
    def concerns(self):
        """The account on whose timeline its events stand; None for a private one."""
        return None if self.is_private or self.account_id is None else Ref("account", self.account_id)

    def tell_owner(self, change):
        """Tell whoever has to do it, unless he gave it to himself."""
        if self.owner_id != change.by.employee and not change.by.is_quiet:
            change.tell([told_as(self.owner_id)], "task_assigned", **self.told(), by=change.by.name)

    def told(self):
        """What notices about it say, as JSON."""
        return {
            "number": self.number,
            "title": self.title,
            "due_on": self.due_on and self.due_on.isoformat(),
            "due_time": self.due_time,
            "priority": self.priority,
            "account": self.account.name if self.account_id else "",
        }

    def index(self):
        """Put it into the search, inside the change that touched it; a private one is not found by others."""
        if self.is_private:
            search.drop(self.ref)
            return
        search.put(self.ref, self._texts(), self.account_id, self._team())

    def _team(self):
        return self.account.team_id if self.account_id else self.owner.team_id

    def _texts(self):
        return [self.number, self.title, self.text, self.account.name if self.account_id else ""]

    @classmethod
    def search_entries(cls, after, most):
        """The next tasks as the search index holds them, for its rebuilding."""
        return cls._entries(cls.id > after, most)

    @classmethod
    def search_entries_of(cls, ids):
        """Those of some tasks (ids), for imports."""
        return cls._entries(store.among(cls.id, ids), len(ids))

    @classmethod
    def _entries(cls, where, most):
        rows = cls.visible_to(values.system("search")).where(where & ~cls.is_private).order_by(cls.id).limit(most)
        return [search.Entry(row.id, row._texts(), row.account_id, row._team()) for row in rows]


class TaskStep(store.Model):
    """A line of a checklist."""

    task = peewee.ForeignKeyField(Task, on_delete="CASCADE")
    place = peewee.IntegerField()
    title = peewee.CharField(max_length=LONGEST_STEP)
    is_done = peewee.BooleanField(default=False)
    done_by = peewee.CharField(max_length=200, default="")

    class Meta:
        indexes = ((("task", "place"), True),)


def _slots(actor, people, first, last):
    """Open tasks of some of us on the days they are due, for calendars."""
    rows = Task.visible_to(actor).where(Task.owner.in_(people) & Task.due_on.between(first, last))
    rows = rows.where(Task.state == "open").order_by(Task.due_on, Task.id).limit(agenda.MOST)
    return [
        agenda.Slot(
            "task",
            task.id,
            task.due_on,
            task.due_at,
            task.due_at,
            task.title,
            task.kind,
            task.owner.name,
            task.account.name if task.account_id else "",
            text=task.text,
            version=task.version,
            made_at=task.created_at,
        )  # fmt: skip
        for task in rows
    ]


agenda.offer("task", _slots, may="tasks.see")

# Tasks of customers' accounts are ours: no customer reads of them.
trail.keep_from_customers(lambda actor: trail.Entry.event.startswith("task"))


def keeper_of(owner):
    """The active employee of an id (or the row itself). Raises Invalid on "owner"."""
    if owner in (None, ""):
        raise Invalid(owner="field-needed")
    key = FIELDS["owner"].clean(getattr(owner, "id", owner))
    found = Employee.get_or_none((Employee.id == key) & Employee.is_active)
    if found is None:
        raise Invalid(owner="employee-unknown")
    return found


def told_as(employee):
    """An employee (an id) as somebody to be told."""
    rows = Employee.select(Employee, Login).join(Login, peewee.JOIN.LEFT_OUTER)
    return rows.where(Employee.id == employee).get().recipient


def place_of(by, account, about):
    """{"about", "account"} of the record that a task concerns, which `by` must see. Raises Invalid on "about"."""
    record = None
    if about is not None:
        model = store.kinds().get(about.kind)
        if model is None or not hasattr(model, "visible_to"):
            raise Invalid(about="about-unknown")
        record = model.visible_to(by).where(model.id == about.id).first()
        if record is None:
            raise Invalid(about="about-unknown")
    if account is None and record is not None:
        account = record if about.kind == "account" else getattr(record, "account_id", None)
    if account is not None and not isinstance(account, Account):
        account = Account.visible_to(by).where(Account.id == account).first()
        if account is None:
            raise Invalid(account="account-unknown")
    return {"about": str(about or ""), "account": account}


def write_steps(task, lines, ticked=()):
    """Write the lines of a checklist, inside the change; those in `ticked` {title: step} are done."""
    rows = [
        {
            "task": task,
            "place": place,
            "title": line,
            "is_done": line in ticked,
            "done_by": ticked[line].done_by if line in ticked else "",
        }
        for place, line in enumerate(lines, 1)
    ]
    if rows:
        TaskStep.insert_many(rows).execute()


def count_steps(task):
    """Set the percent of a task by its checklist, inside the change; without one it stays."""
    states = [step.is_done for step in TaskStep.select(TaskStep.is_done).where(TaskStep.task == task)]
    if states:
        task.percent = 100 * sum(states) // len(states)
        Task.update(percent=task.percent).where(Task.id == task.id).execute()
