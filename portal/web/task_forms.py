"""Forms of tasks: giving and changing one, the line that gives one at once, putting off, and plans."""

from datetime import timedelta

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import FieldList, FormField, HiddenField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms import Form as Rows
from wtforms.fields import TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.activity import task_plans
from portal.activity.repeating import WEEKDAYS
from portal.activity.task_fields import FIELDS
from portal.people.employees import Employee
from portal.web import forms, noun_forms, speech
from portal.web.notice_pages import MONDAY

NAMES = (
    "title", "due_on", "due_time", "priority", "remind_on", "text", "is_private", "repeats", "repeat_every",
    "counts_from",
)  # fmt: skip
BLANK_ROWS = 3  # below the steps of a plan that are there


class Weekdays(SelectMultipleField):
    """Days of the week to be ticked; the domain keeps them as "mon,thu"."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()

    def process_data(self, value):  # name given by WTForms
        self.data = value.split(",") if isinstance(value, str) else value


class Parts:
    """What a task is given by besides its plain fields."""

    owner = SelectField(lazy_gettext("Who does it"), validate_choice=False)
    steps = TextAreaField(lazy_gettext("Checklist"), render_kw={"rows": 4})
    repeat_days = Weekdays(lazy_gettext("On"), validate_choice=False)
    about = HiddenField()
    back = HiddenField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wording = speech.wording()
        days = [(day, wording.weekday_name(MONDAY + timedelta(n))) for n, day in enumerate(WEEKDAYS)]
        self.repeat_days.choices = days
        self.owner.choices = forms.options(colleagues())

    def values(self):
        """What was typed of those fields that the form had: the line that gives a task at once has few."""
        typed = {name: value for name, value in super().values().items() if name in request.form}
        if "repeats" in typed:
            typed["repeat_days"] = ",".join(self.repeat_days.data or ())
            typed["is_private"] = self.is_private.data
        return {name: value for name, value in typed.items() if name not in ("about", "back")}


class AddForm(Parts, forms.Form):
    """A new task."""

    def values(self):
        return {"title": ""} | super().values()


class ChangeForm(Parts, forms.EditForm):
    """A task as it stands, with its version."""

    def values(self):
        return super().values() | {"version": forms.EditForm.values(self)["version"]}


class LineForm(forms.Form):
    """The line that gives a task at once: what, and on which day."""

    title = StringField(lazy_gettext("What is to do"), id="line-title", render_kw={"maxlength": 200})
    due_on = noun_forms.DateText(lazy_gettext("Due"), id="line-due")
    about = HiddenField()
    back = HiddenField()


class PostponeForm(forms.OneClick):
    """To which day: the value of its button, or a day that was chosen."""

    to = StringField()


class ProgressForm(forms.OneClick):
    percent = IntegerField()


class TickForm(forms.OneClick):
    """A line of the checklist, and whether it is done now."""

    step = IntegerField()
    is_done = IntegerField()


def giving(actor, **start):
    """The form for a new task; what was not sent with it stands there as it begins."""
    start = {"priority": "normal", "owner": str(actor.employee or "")} | start
    return _begun(noun_forms.form_over(FIELDS, NAMES, actor, base=AddForm), start)


def changing(task, actor):
    """The form over a task."""
    steps = "\n".join(step.title for step in task.steps())
    form = noun_forms.form_over(FIELDS, NAMES, actor, task, base=ChangeForm)
    return _begun(form, {"owner": str(task.owner_id), "steps": steps})


def _begun(form, start):
    for name, value in start.items():
        if name not in request.form:
            form[name].data = value
    return form


def colleagues():
    """[(id, name)] of all who work here."""
    rows = Employee.select(Employee.id, Employee.name).where(Employee.is_active).order_by(Employee.name)
    return [(str(key), name) for key, name in rows.tuples()]


class StepRow(Rows):
    """A step of a plan."""

    title = StringField(lazy_gettext("What is to do"), render_kw={"maxlength": 200})
    after_days = StringField(lazy_gettext("Days after the start"), render_kw={"maxlength": 3, "inputmode": "numeric"})
    who = SelectField(lazy_gettext("Who does it"), validate_choice=False)


class PlanParts:
    """A plan: its name, what it starts on, and its steps."""

    name = StringField(lazy_gettext("Name"), render_kw={"maxlength": 120})
    kind = SelectField(lazy_gettext("Starts on"), validate_choice=False)
    steps = FieldList(FormField(StepRow), max_entries=task_plans.MOST_STEPS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind.choices = forms.options({kind: speech.term("task_plan", "kind", kind) for kind in task_plans.KINDS})
        if not request.form:
            for _ in range(BLANK_ROWS):
                self.steps.append_entry({"who": "starter"})
        roles = [(role, speech.term("task_plan_step", "who", role)) for role in task_plans.ROLES]
        people = forms.options([*roles, *colleagues()])
        for row in self.steps:
            row.form.who.choices = people


class PlanForm(PlanParts, forms.Form):
    pass


class PlanEditForm(PlanParts, forms.EditForm):
    pass


class StartForm(forms.Form):
    """Which plan begins on which day."""

    plan = SelectField(lazy_gettext("Plan"), validate_choice=False)
    begins_on = noun_forms.DateText(lazy_gettext("First day"))
    about = HiddenField()

    def values(self):
        return {name: value for name, value in super().values().items() if name != "about"}


def starting(plans, **start):
    """The form that starts one of some plans."""
    form = StartForm(**start)
    form.plan.choices = forms.options([(str(plan.id), plan.name) for plan in plans] or [("", gettext("None yet"))])
    return form
