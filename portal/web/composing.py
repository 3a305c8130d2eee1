"""The form in which staff compose a public order form: rows for questions and consents, lists typed line by line."""

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms import Form as Rows
from wtforms.fields import TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.customers import consent
from portal.errors import Invalid
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.sales.catalogue import Category
from portal.sales.form_parts import LONGEST_LABEL, MOST_CONSENTS, MOST_QUESTIONS, QUESTION_KINDS
from portal.sales.order_forms import FIELDS
from portal.web import forms, noun_forms, speech
from portal.web.wording import LANGUAGES

BLANK_ROWS = 2  # below the questions and consents that are there
NAMES = (
    "title", "slug", "intro", "thanks", "range", "shows_prices", "takes_words", "currency", "country", "open_from",
    "open_until", "most_per_day",
)  # fmt: skip


class Lines(TextAreaField):
    """A list, one entry in a line."""

    def _value(self):
        return "\n".join(self.data) if isinstance(self.data, list) else self.data or ""


class QuestionRow(Rows):
    key = HiddenField()
    label = StringField(lazy_gettext("Question"), render_kw={"maxlength": LONGEST_LABEL})
    kind = SelectField(lazy_gettext("Answer"), validate_choice=False)
    choices = Lines(lazy_gettext("Choices, one in a line"), render_kw={"rows": 2})
    is_required = BooleanField(lazy_gettext("Has to be answered"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind.choices = forms.options({kind: speech.term("question", "kind", kind) for kind in QUESTION_KINDS})


class ConsentRow(Rows):
    key = HiddenField()
    text = TextAreaField(lazy_gettext("What they agree to"), render_kw={"rows": 2, "maxlength": 1000})
    use = SelectField(lazy_gettext("A yes holds for"), validate_choice=False)
    is_required = BooleanField(lazy_gettext("Without it nothing can be sent"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        uses = {key: speech.term("consent", key) for key in consent.KEYS}
        self.use.choices = forms.options({"": gettext("this form alone")} | uses)


class Parts:
    """What a form is composed of besides its plain fields."""

    languages = SelectMultipleField(
        lazy_gettext("Languages of its buttons and letters"),
        choices=forms.options(LANGUAGES),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    category = SelectField(lazy_gettext("Category"), validate_choice=False)
    codes = Lines(lazy_gettext("Codes of the products, one in a line"), render_kw={"rows": 4})
    owner = SelectField(lazy_gettext("Leads go to"), validate_choice=False)
    team = SelectField(lazy_gettext("or to a team"), validate_choice=False)
    origins = Lines(lazy_gettext("Sites that may show it in a frame, one in a line"), render_kw={"rows": 2})
    questions = FieldList(FormField(QuestionRow), max_entries=MOST_QUESTIONS + BLANK_ROWS)
    consents = FieldList(FormField(ConsentRow), max_entries=MOST_CONSENTS + BLANK_ROWS)

    def accuse(self, refusal):
        """What is wrong with a row stands at the row."""
        for name, (message, parameters) in list(refusal.problems.items()):
            kind, _, place = name.partition("_")
            if kind in ("questions", "consents") and place.isdecimal():
                rows, text = self[kind], forms.speech_of(message, **parameters)
                first = next(field for field in rows[int(place)].form if field.name.endswith(("label", "text")))
                first.errors, rows.errors = [text], [text]
                del refusal.problems[name]
        super().accuse(Invalid(**refusal.problems))


class NewForm(Parts, forms.Form):
    pass


class EditForm(Parts, forms.EditForm):
    pass


def composing(actor, order_form=None, is_sent=True):
    """The form, with a few blank rows for more questions and consents when it is opened."""
    start = {"range": "all", "shows_prices": True, "takes_words": True, "most_per_day": 100, "languages": ["en"]}
    shop = speech.settings()
    start |= {"currency": shop.shop_currency, "country": shop.shop_country, "languages": [speech.language()]}
    base = NewForm if order_form is None else EditForm
    form = noun_forms.form_over(FIELDS, NAMES, actor, order_form, base=base, is_sent=is_sent, **start)
    people = Employee.visible_to(actor).where(Employee.is_active).order_by(Employee.name)
    form.category.choices = _picks(gettext("none"), Category.alphabetical())
    form.owner.choices = _picks(gettext("nobody in particular"), people)
    form.team.choices = _picks(gettext("none"), Team.visible_to(actor).order_by(Team.name))
    if not form.is_submitted():
        for rows in (form.questions, form.consents):
            for _ in range(min(BLANK_ROWS, rows.max_entries - len(rows))):
                rows.append_entry()
    return form


def picked(text):
    """The id that a choice of the page names; None for its blank one, 0 for what the page did not offer."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _picks(blank, records):
    return forms.options([("", blank), *((str(row.id), row.name) for row in records)])
