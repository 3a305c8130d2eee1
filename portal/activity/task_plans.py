"""Plans of tasks: sets that are done the same way each time, such as the first weeks of a new account."""

import peewee

from portal import audit, store
from portal.errors import Invalid, NotFound, Stale
from portal.fields import STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee

KINDS = ("account", "contact", "lead", "order", "case")
# Who does a step: whoever starts the plan, who looks after the account, his manager, or a named employee.
ROLES = ("starter", "owner", "manager")
MOST_STEPS = 30
LONGEST_WAIT_DAYS = 730

policy.allow("task_plans.see", policy.STAFF)
policy.allow("task_plans.start", policy.STAFF)
policy.allow("task_plans.write", policy.MANAGERS)

FIELDS = Table(
    "task_plan",
    Field("number", sort=True),
    Field("name", "text", STAFF, STAFF, sort=True, is_required=True, longest=120),
    Field("kind", "choice", STAFF, STAFF, filter=True, choices=KINDS, is_required=True),
    Field("is_in_use", "yes", filter=True),
)
STEP = Table(
    "task_plan_step",
    Field("title", "text", STAFF, STAFF, is_required=True),
    Field("after_days", "number", STAFF, STAFF),
)


class TaskPlan(store.Versioned):
    """A set of tasks to be started on a record of its `kind`."""

    name = peewee.CharField(max_length=120, unique=True)
    kind = peewee.CharField(max_length=20, default="account")
    is_in_use = peewee.BooleanField(default=True)

    @classmethod
    def visible_to(cls, actor):
        """Query of the plans: all of them for staff, none for others."""
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        return cls.select()

    @classmethod
    def make(cls, *, by, name, kind="account", steps=(), now=None):
        """A new plan; `steps` are dicts of title, after_days (from the start) and who (one of ROLES, or an id).

        Raises Invalid on "name" (plan-known), "kind" and "steps" (plan-empty, plan-steps-many, …).
        """
        kept, lines = FIELDS.clean({"name": name, "kind": kind}), _read(steps)
        with store.taken(name="plan-known"), audit.change(by, "task_plan.made", now=now) as change:
            plan = change.create(cls, **kept)
            plan._write(change, [], lines)
        return plan

    def edit(self, *, by, version=None, name, kind, steps, now=None):
        """Change it; tasks that were started stay as they are. Raises Invalid as `make`, Stale."""
        kept, lines = FIELDS.clean({"name": name, "kind": kind}), _read(steps)
        with store.taken(name="plan-known"), audit.change(by, "task_plan.edited", self, now=now) as change:
            if version is not None and version != self.version:
                raise Stale(self)
            change.update(self, **kept)
            self._write(change, self.steps(), lines)
        return self

    def put_away(self, *, by, now=None):
        """Nobody starts it any more."""
        with audit.change(by, "task_plan.put_away", self, now=now) as change:
            change.update(self, is_in_use=False)
        return self

    def bring_back(self, *, by, now=None):
        """It is in use again."""
        with audit.change(by, "task_plan.brought_back", self, now=now) as change:
            change.update(self, is_in_use=True)
        return self

    def steps(self):
        """Its steps, in order, each with its employee when it names one."""
        rows = TaskPlanStep.select(TaskPlanStep, Employee).join(Employee, peewee.JOIN.LEFT_OUTER)
        return list(rows.where(TaskPlanStep.plan == self).order_by(TaskPlanStep.place))

    def _write(self, change, before, lines):
        old = [[step.title, step.after_days, step.who] for step in before]
        new = [[line["title"], line["after_days"], line["employee"] or line["role"]] for line in lines]
        if [[title, days, str(who)] for title, days, who in new] == [[t, d, str(w)] for t, d, w in old]:
            return
        TaskPlanStep.delete().where(TaskPlanStep.plan == self).execute()
        rows = [{"plan": self, "place": place} | line for place, line in enumerate(lines, 1)]
        TaskPlanStep.insert_many(rows).execute()
        change.record("steps", old, new)
        if before:  # a form that was opened before is stale, though only steps changed
            as_read = (TaskPlan.id == self.id) & (TaskPlan.version == self.version)
            change.guard(TaskPlan.update(version=TaskPlan.version + 1).where(as_read), Stale(self))
            self.version += 1


class TaskPlanStep(store.Model):
    """One task of a plan: what, how many days after the start, and who does it."""

    plan = peewee.ForeignKeyField(TaskPlan, on_delete="CASCADE")
    place = peewee.IntegerField()
    title = peewee.CharField(max_length=200)
    after_days = peewee.IntegerField(default=0)
    role = peewee.CharField(max_length=10, default="starter")  # one of ROLES, "" for a named employee
    employee = peewee.ForeignKeyField(Employee, null=True)

    class Meta:
        indexes = ((("plan", "place"), True),)

    @property
    def who(self):
        """The rule as forms and audit hold it: a role, or an employee's id."""
        return self.employee_id or self.role


def _read(steps):
    """The steps as they are kept, those without a title left out. Raises Invalid on "steps"."""
    lines = [step for step in steps if (step.get("title") or "").strip()]
    if not lines:
        raise Invalid(steps="plan-empty")
    if len(lines) > MOST_STEPS:
        raise Invalid(steps=("plan-steps-many", {"most": MOST_STEPS}))
    return [_line(number, step) for number, step in enumerate(lines, 1)]


def _line(number, step):
    try:
        kept = STEP.clean({"title": step["title"], "after_days": step.get("after_days")})
    except Invalid:
        raise Invalid(steps=("plan-line-malformed", {"line": number, "most": LONGEST_WAIT_DAYS}))
    kept["after_days"] = kept["after_days"] or 0
    who = str(step.get("who") or "starter")
    if kept["after_days"] > LONGEST_WAIT_DAYS or not (who in ROLES or who.isdigit()):
        raise Invalid(steps=("plan-line-malformed", {"line": number, "most": LONGEST_WAIT_DAYS}))
    if who in ROLES:
        return kept | {"role": who, "employee": None}
    if not Employee.select().where((Employee.id == int(who)) & Employee.is_active).exists():
        raise Invalid(steps=("plan-line-malformed", {"line": number, "most": LONGEST_WAIT_DAYS}))
    return kept | {"role": "", "employee": int(who)}
