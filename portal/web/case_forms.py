"""Forms of cases: asking, writing from either side, rating, sorting."""

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from portal.people.employees import Employee
from portal.people.teams import Team
from portal.service.case_writing import THEN
from portal.service.cases import FIELDS, LONGEST_WORDS
from portal.service.promises import KINDS, PRIORITIES
from portal.web import forms, speech
from portal.web.file_fields import FilesField

WORDS = {"maxlength": LONGEST_WORDS, "rows": 5}


class AskForm(forms.Form):
    """What it is about, in words, with files; the page it was asked from fills in the first two."""

    kind = SelectField(lazy_gettext("What is it about?"), validate_choice=False)
    number = StringField(lazy_gettext("Its number, if you have it"), render_kw={"maxlength": 60})
    words = TextAreaField(lazy_gettext("What happened, or what would you like to know?"), render_kw=WORDS)
    files = FilesField(lazy_gettext("Photos or papers"))
    is_private = BooleanField(lazy_gettext("Keep it private"))


class WriteDownForm(forms.Form):
    """What a customer told one of us."""

    kind = SelectField(lazy_gettext("About"), validate_choice=False)
    number = StringField(lazy_gettext("Its number"), render_kw={"maxlength": 60})
    words = TextAreaField(lazy_gettext("In the customer’s words"), render_kw=WORDS)
    priority = SelectField(lazy_gettext("Priority"), validate_choice=False)
    files = FilesField(lazy_gettext("Files"))


class ReplyForm(forms.Form):
    """The customer's words and files."""

    words = TextAreaField(lazy_gettext("Your reply"), render_kw=WORDS)
    files = FilesField(lazy_gettext("Photos or papers"))


class WordsForm(forms.Form):
    """Words alone: by a link from a letter, or with opening again."""

    words = TextAreaField(lazy_gettext("Your reply"), render_kw=WORDS)


class AnswerForm(forms.Form):
    """Our answer, and who has the word then; `seen` is the newest message that stood on the page."""

    words = TextAreaField(lazy_gettext("Answer to the customer"), render_kw=WORDS)
    then = RadioField(lazy_gettext("And then"), validate_choice=False)
    files = FilesField(lazy_gettext("Files"))
    seen = HiddenField()

    def values(self):
        typed = super().values()
        seen = typed["seen"] or ""
        return typed | {"seen": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else None}


class NoteForm(forms.Form):
    """A comment among us."""

    words = TextAreaField(lazy_gettext("Comment among us"), render_kw=WORDS | {"rows": 3})
    files = FilesField(lazy_gettext("Files"))


class AssignForm(forms.Form):
    """Who works on it."""

    owner = SelectField(lazy_gettext("Works on it"), validate_choice=False)
    team = SelectField(lazy_gettext("Team"), validate_choice=False)


class DescribeForm(forms.EditForm):
    """What it is."""

    subject = StringField(lazy_gettext("Subject"), render_kw={"maxlength": FIELDS["subject"].longest})
    kind = SelectField(lazy_gettext("About"), validate_choice=False)
    number = StringField(lazy_gettext("Its number"), render_kw={"maxlength": 60})
    priority = SelectField(lazy_gettext("Priority"), validate_choice=False)


class MergeForm(forms.Form):
    """Into which other one."""

    number = StringField(lazy_gettext("Number of the other case"), render_kw={"maxlength": 20})


def asking(form, **start):
    """An AskForm or WriteDownForm with its choices; `start` is what stands in it when it was not sent."""
    form = form(data=start)
    form.kind.choices = options("kind", KINDS)
    if "priority" in form:
        form.priority.choices = options("priority", PRIORITIES)
    return form


def answering(page=None, **sent):
    """An AnswerForm; a fresh one over a page of the conversation."""
    form = AnswerForm(data={"then": THEN[0], "seen": page.newest if page else ""}, **sent)
    form.then.choices = [(value, speech.term("case", "then", value)) for value in THEN]
    return named(form, "answer")


def assigning(case, **sent):
    """An AssignForm over a case: its owner may be anybody who sees the account."""
    form = AssignForm(data={"owner": str(case.owner_id or ""), "team": str(case.team_id or "")}, **sent)
    people = Employee.select(Employee.id, Employee.name).where(Employee.is_active).order_by(Employee.name)
    team = case.account.team_id
    if team:
        people = people.where((Employee.team == team) | (Employee.role == "admin"))
    teams = Team.select(Team.id, Team.name).order_by(Team.name)
    form.owner.choices = _choices(gettext("nobody"), people)
    form.team.choices = _choices(gettext("none"), teams)
    return form


def _choices(nobody, rows):
    return forms.options([("", nobody), *((str(key), name) for key, name in rows.tuples())])


def describing(case, **sent):
    """A DescribeForm over a case."""
    start = {name: getattr(case, name) for name in ("subject", "kind", "priority", "version")}
    form = DescribeForm(data=start | {"number": case.topic_number}, **sent)
    form.kind.choices, form.priority.choices = options("kind", KINDS), options("priority", PRIORITIES)
    return form


def named(form, prefix):
    """The same form with ids of its own, beside others on one page."""
    for field in form:
        field.id = field.label.field_id = f"{prefix}-{field.id}"
    return form


def options(field, known):
    return forms.options([(value, speech.term("case", field, value)) for value in known])
