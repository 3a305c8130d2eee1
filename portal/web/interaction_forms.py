"""Forms of interactions: writing one down in a line, planning one, what came of it, another hour."""

from flask import request
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from portal.activity import follow_ups
from portal.activity.interactions import CHANNEL_OF, FIELDS, INTERNAL, KINDS, LONGEST_TEXT, OUTCOMES
from portal.customers import affiliations
from portal.people.employees import Employee
from portal.values import Ref, id_of
from portal.web import forms, noun_forms, sessions, speech
from portal.web.noun_forms import MomentText

PLANNED = tuple(kind for kind in KINDS if kind not in INTERNAL)
MOST_CHOICES = 60
WORDS = {"maxlength": LONGEST_TEXT, "rows": 4}


class Several(SelectMultipleField):
    """Several of a few, each with a tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Then(forms.Form):
    """What follows: a task, or the next interaction, in so many days."""

    then = SelectField(lazy_gettext("Then"), validate_choice=False)
    then_kind = SelectField(lazy_gettext("As a"), validate_choice=False, default=follow_ups.TASK)
    then_title = StringField(lazy_gettext("What is to be done"), render_kw={"maxlength": 200})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        days = [(day, ngettext("in %(num)s day", "in %(num)s days", int(day))) for day in follow_ups.DAYS]
        self.then.choices = forms.options([("", gettext("nothing more")), *days])
        kinds = [(kind, speech.term("interaction", "kind", kind)) for kind in follow_ups.NEXT[1:]]
        self.then_kind.choices = forms.options([(follow_ups.TASK, gettext("task")), *kinds])


class LogForm(Then):
    """What just happened: with whom, what came of it, one line, and what follows."""

    kind = HiddenField()
    about = HiddenField()
    contact = SelectField(lazy_gettext("With"), validate_choice=False)
    direction = RadioField(lazy_gettext("Who began"), validate_choice=False)
    outcome = RadioField(lazy_gettext("What came of it"), validate_choice=False)
    subject = StringField(lazy_gettext("In a line"), render_kw={"maxlength": 200})
    minutes = StringField(lazy_gettext("Minutes"), render_kw={"inputmode": "numeric", "maxlength": 4})
    at = MomentText(lazy_gettext("When, if not just now"))
    text = TextAreaField(lazy_gettext("More words"), render_kw=WORDS)
    is_shared = BooleanField(lazy_gettext("The customer reads it too"))

    def values(self):
        typed = super().values()
        contacts = _ids([typed.pop("contact", None) or ""])
        typed["about"] = Ref.parse(typed["about"])
        given = {name: value for name, value in typed.items() if name != "at" or value}
        return given | {"contacts": contacts}


class PlanForm(forms.Form):
    """An hour to come: who takes part, and who is told."""

    contacts = Several(lazy_gettext("Their people"), validate_choice=False, coerce=str)
    colleagues = Several(lazy_gettext("Our people"), validate_choice=False, coerce=str)
    is_invited = BooleanField(lazy_gettext("Invite their people by mail; the customer reads it then"))
    about = HiddenField()

    def values(self):
        typed = super().values()
        return typed | _people(typed) | {"about": Ref.parse(typed["about"])}


class ChangeForm(forms.EditForm):
    """What was written down, with the people who took part."""

    contacts = Several(lazy_gettext("Their people"), validate_choice=False, coerce=str)
    colleagues = Several(lazy_gettext("Our people"), validate_choice=False, coerce=str)

    def values(self):
        typed = super().values()
        return typed | _people(typed)


class HoldForm(Then):
    """What came of what was planned."""

    outcome = RadioField(lazy_gettext("What came of it"), validate_choice=False)
    minutes = StringField(lazy_gettext("Minutes"), render_kw={"inputmode": "numeric", "maxlength": 4})
    text = TextAreaField(lazy_gettext("In words"), render_kw=WORDS)
    is_score_asked = BooleanField(lazy_gettext("Ask them how it was"))


class CancelForm(forms.Form):
    """Why it will not take place."""

    reason = StringField(lazy_gettext("Why not"), render_kw={"maxlength": 200})


def logging(contacts=None, **given):
    """A LogForm of the kind that the address asks for, with the people to choose from; None of a known one."""
    kind = asked_kind()
    start = {"kind": kind, "direction": "" if kind in INTERNAL else "out", "about": request.args.get("about", "")}
    form = LogForm(data=start | {"then": ""}, **given)
    form.direction.choices = [("out", gettext("We did")), ("in", gettext("They did"))]
    form.outcome.choices = outcomes(kind)
    if contacts is None:
        del form.contact
    else:
        people = [person for person in contacts if person.is_active][:MOST_CHOICES]
        named = [(str(person.id), with_whom(person, kind)) for person in people]
        form.contact.choices = forms.options([*named, ("", gettext("nobody in particular"))])
    if kind in INTERNAL:
        del form.is_shared, form.direction
    _leave_out(form)
    for field in form:
        field.id = field.label.field_id = f"log-{field.id}"
    return form


def asked_kind():
    """The kind that the address or the form asks to write down, else a call."""
    kind = request.form.get("kind") or request.args.get("log", "")
    return kind if kind in KINDS else KINDS[0]


def planning(account, actor):
    """A PlanForm over the fields of an hour to come."""
    names = ("kind", "subject", "at", "minutes", "place", "join_link", "direction", "text")
    kind = request.args.get("kind", "meeting")
    asked = {"kind": kind, "at": request.args.get("at", ""), "about": request.args.get("about", "")}
    form = noun_forms.form_over(FIELDS, names, actor, base=PlanForm, **asked)
    for name, words in (("kind", PLANNED), ("direction", ("out", "in"))):
        if name in form:
            form[name].choices = _words(name, words)
    return _choose(form, account, request.args.getlist("contact"), [actor.employee])


def changing(interaction, actor):
    """A ChangeForm over what was written down; the hour of what is still to come is moved and not edited."""
    names = ["subject", "at", "minutes", "direction", "outcome", "place", "join_link", "app", "is_shared", "text"]
    if interaction.state == "planned":
        names = [name for name in names if name not in ("at", "outcome")]
    if interaction.kind in INTERNAL:
        names.remove("is_shared")
    form = noun_forms.form_over(FIELDS, names, actor, interaction, base=ChangeForm)
    if "outcome" in form:
        form.outcome.choices = _words("outcome", ("", *OUTCOMES[interaction.kind]))
    people = interaction.taking_part()
    contacts = [str(person.contact_id) for person in people if person.contact_id]
    return _choose(form, interaction.account, contacts, [p.employee_id for p in people if p.employee_id])


def moving(interaction, actor, **given):
    """Another hour for what is planned."""
    return noun_forms.form_over(
        FIELDS, ("at", "minutes", "place", "join_link"), actor, interaction, prefix="move", **given
    )


def holding(interaction, **given):
    """A HoldForm with what can come of its kind."""
    form = HoldForm(data={"minutes": interaction.minutes, "then": ""}, **given)
    form.outcome.choices = outcomes(interaction.kind)
    if not interaction.is_shared:
        del form.is_score_asked
    return _leave_out(form)


def _leave_out(form):
    """The form without what the role of this person does not let him say."""
    writable = {"kind", *FIELDS.writable(sessions.actor())}
    for name in [field.name for field in form if field.name in FIELDS.fields and field.name not in writable]:
        del form[name]
    return form


def outcomes(kind):
    """[(value, word)] of what can come of a kind."""
    return [(value, noun_forms.word("interaction", "outcome", value)) for value in OUTCOMES[kind]]


def with_whom(person, kind):
    """How a choice calls a person: the name, the place there, and that he does not want it where he said so."""
    role = speech.term("contact", "role", person.role) if person.role != "other" else person.job_title
    barred = "" if person.may_be_reached(CHANNEL_OF.get(kind, "")) else gettext("do not contact")
    return " · ".join(part for part in (person.name, role, barred) if part)


def _choose(form, account, contacts, colleagues):
    """Fill in who can take part, and who does when the form was not sent."""
    people = [place.contact for place in affiliations.people_of(account)[:MOST_CHOICES]]
    form.contacts.choices = [(str(p.id), p.name) for p in people if p.is_active or str(p.id) in contacts]
    ours = Employee.select(Employee.id, Employee.name).where(Employee.is_active | Employee.id.in_(colleagues))
    form.colleagues.choices = [(str(p.id), p.name) for p in ours.order_by(Employee.name).limit(MOST_CHOICES)]
    if not form.is_submitted():
        form.contacts.data, form.colleagues.data = contacts, [str(number) for number in colleagues]
    return form


def _words(name, values):
    return forms.options([(value, noun_forms.word("interaction", name, value)) for value in values])


def _people(typed):
    return {name: _ids(typed[name] or ()) for name in ("contacts", "colleagues")}


def _ids(texts):
    return [found for found in map(id_of, texts) if found is not None]
