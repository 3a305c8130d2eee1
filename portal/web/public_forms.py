"""Public order forms as pages: fields made of what staff composed, token, language and frames."""

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TelField, TextAreaField

from portal.errors import Invalid
from portal.people import form_tokens
from portal.sales.form_parts import LONGEST_ANSWER, LONGEST_LABEL
from portal.sales.submissions import LONGEST
from portal.values import Money
from portal.web import forms, headers, speech

PERSON = ("name", "company", "email", "phone")
QUANTITY = "quantity_"
MOST_RADIOS = 6  # more choices than that fold into a list


class UnboundForm(forms.Form):
    """A form on a page without cookies: what is signed is the form's own key, not the browser."""

    class Meta(FlaskForm.Meta):
        csrf = False


class FillForm(UnboundForm):
    """What every public form asks; `filling` adds the rest. `homepage` is for robots, people do not see it."""

    name = StringField(lazy_gettext("Your name"), render_kw={"maxlength": LONGEST["name"], "autocomplete": "name"})
    company = StringField(
        lazy_gettext("Company, if you order for one"),
        render_kw={"maxlength": LONGEST["company"], "autocomplete": "organization"},
    )
    email = EmailField(lazy_gettext("E-mail"), render_kw={"maxlength": 320, "autocomplete": "email"})
    phone = TelField(lazy_gettext("Phone"), render_kw={"maxlength": 60, "autocomplete": "tel"})
    words = TextAreaField(lazy_gettext("What else do you need?"), render_kw={"rows": 4})
    homepage = StringField(lazy_gettext("Leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})

    order_form = None

    def __init__(self, order_form, now=None):
        super().__init__()
        self.order_form = order_form
        if request.method == "GET":
            self.form_key.data = form_tokens.issue(order_form.id, now)

    def values(self):
        """What was typed, sorted by what it is."""
        typed = super().values()
        asked = {row["key"] for row in self.order_form.questions}
        return {name: typed[name] for name in (*PERSON, "words", "homepage")} | {
            "quantities": {
                int(name.removeprefix(QUANTITY)): text
                for name, text in request.form.items()
                if name.startswith(QUANTITY) and _is_number(name.removeprefix(QUANTITY))
            },
            "answers": {name: typed[name] for name in typed if name in asked},
            "ticked": [row["key"] for row in self.order_form.consents if typed.get(row["key"])],
        }

    def run(self, verb, *, by, **fixed):
        """As every form; refused, it can be sent again at once: with a new token where the old one is over."""
        done = super().run(verb, by=by, **fixed)
        if not done.ok:
            self.homepage.data = ""
            self._renew()
        return done

    def _renew(self):
        try:
            form_tokens.check(self.form_key.data, self.order_form.id)
        except Invalid as refusal:
            if refusal.problems["form_key"][0] == "form-token-old":
                self.form_key.data = form_tokens.issue_again(self.order_form.id)

    def quantity(self, product):
        return self[f"{QUANTITY}{product.id}"]

    def asked(self):
        """[(question, field)] in their order."""
        return [(row, self[row["key"]]) for row in self.order_form.questions]

    def consents(self):
        """[(consent, field)] in their order; none is ticked before somebody ticks it."""
        return [(row, self[row["key"]]) for row in self.order_form.consents]


def filling(order_form, products):
    """The form a person fills in, with a field per product, question and consent."""
    made = {f"{QUANTITY}{product.id}": StringField(product.name) for product in products}
    made |= {row["key"]: _field(row) for row in order_form.questions}
    made |= {row["key"]: BooleanField(row["text"]) for row in order_form.consents}
    return type("FillForm", (FillForm,), made)(order_form)


def _field(question):
    kind, label = question["kind"], question["label"]
    if not question["is_required"]:
        label = lazy_gettext("%(question)s (if you like)", question=label)
    if kind == "yes":
        pairs = {"yes": lazy_gettext("Yes"), "no": lazy_gettext("No")}
        return RadioField(label, choices=forms.options(pairs), validate_choice=False)
    if kind == "choice":
        pairs = [(choice, choice) for choice in question["choices"]]
        if len(pairs) <= MOST_RADIOS:
            return RadioField(label, choices=forms.options(pairs), validate_choice=False)
        return SelectField(label, choices=forms.options([("", "–"), *pairs]), validate_choice=False)
    longest = LONGEST_ANSWER.get(kind, LONGEST_LABEL)
    if kind == "long":
        return TextAreaField(label, render_kw={"maxlength": longest, "rows": 4})
    return StringField(label, render_kw={"maxlength": longest} | ({"type": "date"} if kind == "date" else {}))


def price(product):
    return Money(product.list_minor, product.currency)


def stand(order_form):
    """Let this answer stand in the frames that the form lists, in a language that it is offered in."""
    headers.frame(order_form.origins)
    speak(order_form.languages, order_form.language)


def speak(codes, usual):
    """The language asked for, else the browser's, else the usual one; of `codes` only."""
    wanted = (request.args.get("lang"), speech.language(), usual, codes[0])
    speech.speak(next(code for code in wanted if code in codes))


def _is_number(text):
    return text.isascii() and text.isdigit() and len(text) < 10
