"""Follow-ups: what is to be done after an interaction, agreed on in the same change that writes it down."""

from datetime import timedelta

from portal import audit, values
from portal.activity import meetings
from portal.activity.interactions import APPOINTED, Interaction
from portal.activity.tasks import Task
from portal.errors import Denied, Invalid
from portal.people import policy

DAYS = ("1", "3", "7", "14", "30")
TASK = "task"
NEXT = (TASK, *APPOINTED)  # a task, or the next interaction of such a kind


def log(account, *, by, then="", then_kind=TASK, then_title="", now=None, **details):
    """Write an interaction down, and what follows from it in so many days; both or neither.

    Raises what `Interaction.log` raises, choice-unknown on "then" and "then_kind", and field-needed on "then_title"
    where neither it nor the subject says what is to be done.
    """
    days = _read(then, then_kind)
    with audit.change(by, "interaction.logged", about=account, now=now) as change:
        made = Interaction.log(account, by=by, now=now, **details)
        change.result = made.ref
        _follow(made, days, then_kind, then_title, details.get("contacts", ()), by, change.now)
    return made


def hold(interaction, *, by, then="", then_kind=TASK, then_title="", now=None, **details):
    """A planned interaction took place, and what follows from it; as `log` and `meetings.hold`."""
    days = _read(then, then_kind)
    with audit.change(by, "interaction.held", interaction, about=interaction.account, now=now) as change:
        meetings.hold(interaction, by=by, now=now, **details)
        change.result = interaction.ref
        contacts = [person.contact_id for person in interaction.taking_part() if person.contact_id]
        _follow(interaction, days, then_kind, then_title, contacts, by, change.now)
    return interaction


def _read(then, then_kind):
    """Days from now, None for nothing to follow."""
    if then and then not in DAYS:
        raise Invalid(then="choice-unknown")
    if then_kind not in NEXT:
        raise Invalid(then_kind="choice-unknown")
    return int(then) if then else None


def _follow(interaction, days, kind, title, contacts, by, now):
    if days is None:
        return
    title = title or interaction.subject
    if not title:
        raise Invalid(then_title="field-needed")
    account = interaction.account
    if kind == TASK:
        if not policy.may(by, "tasks.work"):
            raise Denied("tasks.work")
        due_on = values.shop_day(now) + timedelta(days=days)
        Task.add(title, by=by, account=account, about=interaction.ref, due_on=due_on, now=now)
        return
    about = interaction.about_ref
    at = now + timedelta(days=days)
    meetings.plan(account, by=by, kind=kind, subject=title, at=at, contacts=contacts, about=about, now=now)
