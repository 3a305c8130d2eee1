"""When overdue invoices are reminded of: three tones by days after the due date, and what is too small to ask for."""

import peewee

from portal import audit, store, values
from portal.errors import Invalid
from portal.fields import MANAGERS, STAFF, Field, Table
from portal.people import policy

TONES = {1: "friendly", 2: "firm", 3: "final"}
LEVELS = tuple(TONES)
DAYS = {1: 3, 2: 14, 3: 30}  # until somebody says otherwise
LONGEST_DAYS = 365
BIGGEST_LEAST = 1_000_000

policy.allow("reminders.arrange", policy.MANAGERS)

FIELDS = Table(
    "reminder_plan",
    Field("is_on", "yes", STAFF, MANAGERS),
    Field("is_weekdays", "yes", STAFF, MANAGERS),
    Field("least", "number", STAFF, MANAGERS),
    *(Field(f"is_active_{level}", "yes", STAFF, MANAGERS) for level in LEVELS),
    *(Field(f"days_{level}", "number", STAFF, MANAGERS) for level in LEVELS),
)


class ReminderRule(store.Model):
    """One tone: from how many days after the due date, and whether it is used."""

    level = peewee.IntegerField(
        unique=True, constraints=[peewee.Check("level BETWEEN 1 AND 3", name="reminder_level")]
    )
    days = peewee.IntegerField(constraints=[peewee.Check("days > 0", name="reminder_days_positive")])
    is_active = peewee.BooleanField(default=True)

    @property
    def tone(self):
        return TONES[self.level]


class ReminderPlan(store.Versioned):
    """The one row that says whether reminders go out at all. A shop that never arranged them sends none."""

    is_on = peewee.BooleanField(default=False)
    is_weekdays = peewee.BooleanField(default=True)  # Monday to Friday only
    least = peewee.IntegerField(default=1)  # of an invoice: less open, in whole units of its currency, is let be

    def __getattr__(self, name):
        """`days_1` and `is_active_1` of its rules, as its form and field table call them."""
        head, _, level = name.rpartition("_")
        if head in ("days", "is_active") and level.isdigit() and int(level) in TONES:
            return getattr(next(rule for rule in self.rules if rule.level == int(level)), head)
        raise AttributeError(name)

    @property
    def rules(self):
        """Its three rules, softest first."""
        if "_rules" not in self.__dict__:
            known = {rule.level: rule for rule in ReminderRule.select()}
            start = (known.get(n) or ReminderRule(level=n, days=DAYS[n], is_active=True) for n in LEVELS)
            self.__dict__["_rules"] = list(start)
        return self.__dict__["_rules"]

    @property
    def active(self):
        """The rules in use, softest first."""
        return [rule for rule in self.rules if rule.is_active]

    def least_minor(self, currency):
        """What must be open of an invoice at least, in minor units of its currency."""
        return max(1, self.least * 10 ** values.minor_digits(currency))

    def sends_on(self, day):
        """Whether letters go out on a day."""
        return self.is_on and (not self.is_weekdays or day.weekday() < 5)

    @classmethod
    def current(cls):
        """The plan as it stands, the start of one where nobody arranged it."""
        return cls.select().order_by(cls.id).first() or cls(version=0)

    @classmethod
    def arrange(cls, *, by, version=None, now=None, **typed):
        """Set the plan and its rules at once. The days of the tones in use rise.

        Raises Invalid by field: number-not-between, reminder-days-rise, reminder-none-active; Stale.
        """
        FIELDS.check(by, typed)
        fields = FIELDS.clean(typed)
        with audit.change(by, "reminders.arranged", now=now) as change:
            plan = cls.select().order_by(cls.id).first()
            if plan is None:
                with store.taken(is_on="changed-meanwhile"):
                    plan = change.create(cls, id=1)  # of two who arrange them first, one is told so
            change.subject = plan.ref
            wanted = {n: {"days": plan.days_of(n, fields), "is_active": plan.is_used(n, fields)} for n in LEVELS}
            _check(wanted, fields)
            for level, rule in wanted.items():
                plan._set(change, level, rule)
            own = {name: fields[name] for name in ("is_on", "is_weekdays", "least") if fields.get(name) is not None}
            change.update(plan, version=version or None, **own)
        return plan

    def days_of(self, level, fields):
        days = fields.get(f"days_{level}")
        return getattr(self, f"days_{level}") if days is None else days

    def is_used(self, level, fields):
        return fields.get(f"is_active_{level}", getattr(self, f"is_active_{level}"))

    def _set(self, change, level, wanted):
        rule = next(rule for rule in self.rules if rule.level == level)
        if rule.id is None:
            rule = change.create(ReminderRule, level=level, **wanted)
            self.rules[level - 1] = rule
            return
        for name in change.update(rule, **wanted):
            change.record(f"{name}_{level}", None, wanted[name])


def _check(wanted, fields):
    problems = {}
    for level, rule in wanted.items():
        if not 1 <= rule["days"] <= LONGEST_DAYS:
            problems[f"days_{level}"] = ("number-not-between", {"least": 1, "most": LONGEST_DAYS})
    used = [(level, rule["days"]) for level, rule in wanted.items() if rule["is_active"]]
    for (_, days), (level, later) in zip(used, used[1:], strict=False):
        if later <= days and f"days_{level}" not in problems:
            problems[f"days_{level}"] = ("reminder-days-rise", {"days": days})
    if not used:
        problems["is_active_1"] = "reminder-none-active"
    if (fields.get("least") or 0) > BIGGEST_LEAST:
        problems["least"] = ("number-not-between", {"least": 0, "most": BIGGEST_LEAST})
    if problems:
        raise Invalid(**problems)
