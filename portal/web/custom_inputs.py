"""Inputs for the kinds of fields that only a shop adds: own choices, numbers with decimals, links to records."""

from flask_babel import gettext
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from portal import search, store
from portal.errors import NotFound
from portal.people.employees import Employee
from portal.web import sessions, speech
from portal.web.file_fields import FilesField

SEVERAL = 5  # names that a text fits, before the number is asked for
MOST_PEOPLE = 200


class DecimalText(StringField):
    """A number with decimals, as it was typed or as it is kept."""

    def _value(self):
        return "" if self.data is None else str(self.data)


class Several(SelectMultipleField):
    """Several words of a list, as ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Pick(SelectField):
    """One word of a list, or none."""

    def process_data(self, value):  # name given by WTForms
        self.data = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value or ""


class RecordText(StringField):
    """Another record by its number, or by a name that only one of them has."""

    target = ""

    def process_formdata(self, valuelist):  # name given by WTForms
        text = (valuelist[0] if valuelist else "").strip()
        self.data = found(self.target, text) if text else None

    def _value(self):
        if self.raw_data:
            return str(self.raw_data[0])
        return store.kinds()[self.target].get_by_id(self.data).number if self.data else ""


def found(kind, text):
    """The id of the record that a person means by a number or a name. ValueError says when none fits, or many."""
    model, actor = store.kinds()[kind], sessions.actor()
    try:
        seen = model.visible_to(actor)
        row = seen.where(model.by_number(text)).first()
    except NotFound:
        row = None
    if row is not None:
        return row.id
    ids = search.newest(kind, text, actor).records[: SEVERAL + 1]
    rows = list(seen.where(model.id.in_(ids))) if ids else []
    if len(rows) == 1:
        return rows[0].id
    if not rows:
        raise ValueError(speech.message("custom-record-unknown"))
    names = speech.wording().list_words([f"{getattr(r, 'name', '')} ({r.number})" for r in rows[:SEVERAL]])
    raise ValueError(speech.message("custom-record-several", names=names))


def input_of(noun, field, label):
    """The input of one such field; None for a kind that nouns have themselves."""
    about = told(noun, field)
    if field.kind == "choice":
        return Pick(label, choices=[SelectChoice("", "–"), *_options(field)], validate_choice=False, **about)
    if field.kind == "choices":
        return Several(label, choices=_options(field), validate_choice=False, **about)
    if field.kind == "yes":
        words = (("", "–"), ("yes", gettext("Yes")), ("no", gettext("No")))
        return Pick(label, choices=[SelectChoice(*word) for word in words], validate_choice=False, **about)
    if field.kind == "decimal":
        return DecimalText(label, **told(noun, field, {"render_kw": {"inputmode": "decimal"}}))
    if field.kind == "file":
        return FilesField(label, most=1, **about)
    if field.kind == "record" and field.target == "employee":
        return Person(label, validate_choice=False, **about)
    if field.kind == "record":
        return type("RecordIn", (RecordText,), {"target": field.target})(label, **about)
    return None


class Person(Pick):
    """A colleague; whoever works here no longer stays where he was named."""

    def __init__(self, label, **more):
        people = Employee.select(Employee.id, Employee.name).where(Employee.is_active).order_by(Employee.name)
        choices = [SelectChoice(str(person.id), person.name) for person in people.limit(MOST_PEOPLE)]
        super().__init__(label, choices=[SelectChoice("", "–"), *choices], **more)

    def process_data(self, value):  # name given by WTForms
        self.data = str(value or "")
        if self.data not in {choice.value for choice in self.choices}:
            self.choices.append(SelectChoice(self.data, Employee.get_by_id(value).name))


def told(noun, field, more=None):
    """Arguments of an input: its help, and when it counts at all, for people to read and for the script to follow."""
    more, language = dict(more or {}), speech.language()
    helps = [field.help(language)]
    if field.shown_if:
        other = speech.term(noun, field.shown_if)
        words = [condition_word(noun, field.shown_if, key) for key in field.shown_for]
        if words:
            listed = speech.wording().list_words(words)
            helps.append(gettext("Only where “%(other)s” is %(words)s.", other=other, words=listed))
        else:
            helps.append(gettext("Only where “%(other)s” is filled in.", other=other))
        shown = {"data-shown-if": field.shown_if, "data-shown-for": " ".join(field.shown_for)}
        more["render_kw"] = more.get("render_kw", {}) | shown
    return more | {"description": " ".join(filter(None, helps))}


def condition_word(noun, name, key):
    """The word of a value that a condition asks for."""
    return {"yes": gettext("Yes"), "no": gettext("No")}.get(key) or speech.term(noun, name, key)


def _options(field):
    language = speech.language()
    return [SelectChoice(o.key, o.label(language)) for o in field.options if o.key in field.choices]
