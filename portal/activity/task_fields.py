"""Fields of tasks: who reads and writes each, and how what was typed is kept."""

from datetime import UTC, datetime, time

from portal import values
from portal.activity import repeating
from portal.errors import Invalid
from portal.fields import STAFF, Field, Table

PRIORITIES = ("high", "normal", "low")
STATES = ("open", "done", "dropped")
COUNTED_FROM = ("due", "done")  # what the next of a repeating task is counted from
MOST_STEPS = 50
LONGEST_STEP = 200

FIELDS = Table(
    "task",
    Field("number", sort=True),
    Field("title", "text", STAFF, STAFF, is_required=True),
    Field("state", "choice", filter=True, choices=STATES),
    Field("owner", "link", STAFF, STAFF, filter=True),
    Field("due_on", "date", STAFF, STAFF, sort=True, filter=True),
    Field("due_time", "text", STAFF, STAFF, longest=20),
    Field("priority", "choice", STAFF, STAFF, filter=True, choices=PRIORITIES, is_required=True),
    Field("percent", "number", filter=True),
    Field("account", "link", filter=True),
    Field("about", "text"),
    Field("text", "words", STAFF, STAFF, listed=False, longest=4000),
    Field("is_private", "yes", STAFF, STAFF, filter=True),
    Field("remind_on", "date", STAFF, STAFF, filter=True),
    Field("repeats", "choice", STAFF, STAFF, filter=True, choices=repeating.RHYTHMS),
    Field("repeat_every", "number", STAFF, STAFF),
    Field("repeat_days", "text", STAFF, STAFF, longest=40),
    Field("counts_from", "choice", STAFF, STAFF, choices=COUNTED_FROM),
    Field("plan", "link", filter=True),
    Field("made_by", "link", filter=True),
    Field("created_at", "moment", sort=True, filter=True),
    Field("closed_at", "moment", filter=True),
    Field("closed_by"),
)


def cleaned(given, task=None):
    """The details as they are kept: the hour as a moment, a rhythm that can be counted. Raises Invalid by field."""
    kept = FIELDS.clean(given)
    day = kept.get("due_on", task and task.due_on)
    if {"due_on", "due_time"} & given.keys():
        kept["due_at"] = moment(day, kept.pop("due_time", task.due_time if task else ""))
    rhythm = kept.get("repeats", task.repeats if task else "")
    if rhythm and day is None:
        raise Invalid(due_on="task-rhythm-without-day")
    if rhythm and (task is None or day != task.due_on or not task.repeats):
        kept["repeat_anchor"] = day.day
    if "repeat_every" in kept:
        kept["repeat_every"] = _every(kept["repeat_every"])
    if "repeat_days" in kept:
        kept["repeat_days"] = _weekdays(kept["repeat_days"])
    if "counts_from" in kept:
        kept["counts_from"] = kept["counts_from"] or "due"
    return kept


def _every(number):
    number = 1 if number is None else number
    if not 1 <= number <= repeating.MOST_EVERY:
        raise Invalid(repeat_every=("number-not-between", {"least": 1, "most": repeating.MOST_EVERY}))
    return number


def _weekdays(text):
    typed = {part.strip() for part in text.split(",")} - {""}
    if typed - set(repeating.WEEKDAYS):
        raise Invalid(repeat_days="choice-unknown")
    return ",".join(name for name in repeating.WEEKDAYS if name in typed)


def moment(day, hour):
    """The moment of an hour ("14:30", "" for none) on a day in the shop. Raises Invalid on "due_time"."""
    if not hour:
        return None
    if day is None:
        raise Invalid(due_time="task-time-without-day")
    try:
        return datetime.combine(day, time.fromisoformat(hour), values.SHOP_ZONE).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        raise Invalid(due_time="task-time-malformed")


def shop_time(moment_):
    """A moment by the shop's clock."""
    return moment_.replace(tzinfo=UTC).astimezone(values.SHOP_ZONE)


def step_lines(steps):
    """The lines of a checklist from a text or a list, blank ones left out. Raises Invalid on "steps"."""
    lines = steps.splitlines() if isinstance(steps, str) else steps
    field = Field("steps", longest=LONGEST_STEP)
    lines = [line for line in (field.clean(line) for line in lines) if line]
    if len(lines) > MOST_STEPS:
        raise Invalid(steps=("task-steps-many", {"most": MOST_STEPS}))
    return lines
