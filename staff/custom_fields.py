"""Own fields, as admins make them: per noun a list, and a page for each with its words, rules and place."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal import custom, store
from portal.custom import NOUNS, CustomField
from portal.custom_kinds import KINDS, MEASURED, MOST_PLACES, RANGED, SEARCHED, WIDER
from portal.errors import Invalid, NotFound
from portal.fields import TABLES
from portal.values import CUSTOMER_ROLES, STAFF_ROLES
from portal.web import custom_inputs, custom_pages, forms, noun_forms, pages, places, speech
from portal.web.wording import LANGUAGES
from portal.whole import custom_batches, custom_fields, undo_custom  # noqa: F401 says what can be taken back
from staff.face import crm

INDEX = pages.Page("staff/custom_fields/index.html")
NEW = pages.Page("staff/custom_fields/new.html")
SHOW = pages.Page("staff/custom_fields/show.html")
ROLES = ("rep", "manager", *CUSTOMER_ROLES)  # admins read and write them all

custom_pages.show_on(crm)
places.show_at("staff", "custom_field", lambda number: url_for("staff.custom_field_show", number=number))


class Ticks(SelectMultipleField):
    """Several of a few words."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FieldForm(forms.EditForm):
    """Words and rules that every kind has."""

    section = StringField(lazy_gettext("Section"), render_kw={"maxlength": 60})
    is_required = BooleanField(lazy_gettext("Has to be filled in"))
    readers = Ticks(lazy_gettext("Read by"), validate_choice=False)
    writers = Ticks(lazy_gettext("Filled in by"), validate_choice=False)
    shown_if = SelectField(lazy_gettext("Asked only when this is filled in"), validate_choice=False)
    shown_for = StringField(lazy_gettext("and holds one of"), render_kw={"maxlength": 300})


def _form(noun, kind, field=None):
    """The form of one kind: what it has no use for is not asked."""
    inputs = {f"label_{code}": StringField(name, render_kw={"maxlength": 80}) for code, name in LANGUAGES}
    inputs |= {f"help_{code}": StringField(name, render_kw={"maxlength": 300}) for code, name in LANGUAGES}
    if kind in ("choice", "choices"):
        for option in field.options if field else ():
            inputs[f"option-{option['key']}"] = StringField(option["key"], render_kw={"maxlength": 250})
        inputs["options_new"] = TextAreaField(gettext("More choices, one in a line"))
    if kind in RANGED:
        inputs |= {"least": StringField(gettext("Lowest")), "most": StringField(gettext("Highest"))}
    if kind in MEASURED:
        inputs["most"] = StringField(gettext("Most letters"), render_kw={"inputmode": "numeric"})
    if kind not in ("record", "file"):
        inputs["default"] = StringField(gettext("Starts with"), render_kw={"maxlength": 300})
    if kind in SEARCHED:
        inputs["is_searched"] = BooleanField(gettext("Found by the search"))
    if field is None and kind == "decimal":
        inputs["places"] = SelectField(gettext("Decimals"), coerce=int, default=2)
    if field is None and kind == "record":
        inputs["target"] = SelectField(gettext("Leads to"), validate_choice=False)
    if field is not None and kind in WIDER:
        inputs["kind"] = SelectField(gettext("Kind"), validate_choice=False)
    form = type("FieldForm", (FieldForm,), inputs)(obj=field, data=_data(field), **_unsent())
    return _with_choices(form, noun, kind, field)


def _unsent():
    return {} if request.method == "POST" else {"formdata": None}


def _data(field):
    """What stands in the form of a field: texts by language, choices line by line."""
    if field is None:
        return {"readers": STAFF_ROLES, "writers": STAFF_ROLES, "is_searched": True}
    data = {f"label_{code}": field.labels.get(code, "") for code, _ in LANGUAGES}
    data |= {f"help_{code}": field.helps.get(code, "") for code, _ in LANGUAGES}
    return data | {f"option-{option['key']}": _one_line(option["labels"]) for option in field.options}


def _one_line(labels):
    """A word in the three languages as one line: "Light | Magaan | อ่อน"."""
    return " | ".join(labels.get(code, "") for code, _ in LANGUAGES).rstrip(" |")


def _with_choices(form, noun, kind, field):
    form.readers.choices = form.writers.choices = [(role, _role(role)) for role in ROLES]
    form.shown_if.choices = [("", gettext("always"))] + [
        (name, speech.term(noun, name)) for name, other in TABLES[noun].fields.items()
        if (other.kind in ("choice", "yes", "choices", "country") or other.name in custom.fields_of(noun))
        and not (field and name == field.key)
    ]  # fmt: skip
    if field is not None and request.method != "POST":
        words = (custom_inputs.condition_word(noun, field.shown_if, key) for key in field.shown_for)
        form.shown_for.data = ", ".join(words)
    if "places" in form:
        form.places.choices = [(n, str(n)) for n in range(MOST_PLACES + 1)]
    if "target" in form:
        form.target.choices = [(t, speech.term("custom_field", "target", t)) for t in custom_fields.TARGETS]
    if "kind" in form:
        form.kind.choices = [(k, speech.term("custom_field", "kind", k)) for k in (kind, WIDER[kind])]
    return form


def _role(role):
    if role in STAFF_ROLES:
        return speech.term("employee", "role", role)
    return gettext("customers: %(role)s", role=speech.term("membership", "role", role))


def _given(noun, typed):
    """The keyword arguments of the verb from what was typed."""
    labels = {code: typed.pop(f"label_{code}") or "" for code, _ in LANGUAGES}
    helps = {code: typed.pop(f"help_{code}") or "" for code, _ in LANGUAGES}
    given = {"labels": labels, "helps": helps}
    if "options_new" in typed:
        old = [(name[7:], typed.pop(name)) for name in list(typed) if name.startswith("option-")]
        lines = [("", line) for line in (typed.pop("options_new") or "").splitlines() if line.strip()]
        given["options"] = [(key, _languages(text)) for key, text in old + lines]
    typed["shown_for"] = _wanted(noun, typed["shown_if"], typed.get("shown_for") or "")
    return given | typed


def _languages(line):
    parts = [part.strip() for part in (line or "").split("|")]
    return {code: part for (code, _), part in zip(LANGUAGES, parts, strict=False)}


def _wanted(noun, name, text):
    """The keys of the values that a condition names by their words."""
    other = TABLES[noun].fields.get(name)
    keys = (*(other.choices if other else ()), "yes", "no")
    words = {custom_inputs.condition_word(noun, name, key).casefold(): key for key in keys}
    return [words.get(part.strip().casefold(), part.strip()) for part in text.split(",") if part.strip()]


@crm.get("/settings/custom-fields", may="custom_fields.arrange")
def custom_field_list(actor):
    noun = request.args.get("noun", NOUNS[0])
    if noun not in _nouns():
        raise NotFound(noun)
    mine = CustomField.visible_to(actor).where(CustomField.noun == noun)
    fields = list(mine.order_by(CustomField.rank, CustomField.id))
    active = [field for field in fields if field.retired_at is None]
    retired = [field for field in fields if field.retired_at is not None]
    one_click = forms.Form(formdata=None)
    return INDEX.render(noun=noun, nouns=_nouns(), fields=active, retired=retired, kinds=KINDS, one_click=one_click)


def _nouns():
    """The nouns that are there and have a field table."""
    return [noun for noun in NOUNS if noun in TABLES and noun in store.kinds()]


@crm.get("/settings/custom-fields/new/<noun>/<kind>", may="custom_fields.arrange")
def custom_field_new(noun, kind, actor):
    return NEW.render(noun=noun, kind=kind, form=_new_form(noun, kind))


@crm.post("/settings/custom-fields/new/<noun>/<kind>", may="custom_fields.arrange")
def custom_field_make(noun, kind, actor):
    form = _new_form(noun, kind)

    def make(*, by, version=None, **typed):
        return custom_fields.make(noun, by=by, kind=kind, **_given(noun, typed))

    done = _run(form, make, actor)
    here = lambda field: url_for("staff.custom_field_show", number=field.number)  # noqa: E731
    return form.answer(done, NEW, to=here, said=gettext("The field is there. Everybody meets it from now on."),
                       noun=noun, kind=kind)  # fmt: skip


def _new_form(noun, kind):
    if noun not in _nouns() or kind not in KINDS:
        raise NotFound(noun)
    return _form(noun, kind)


def _run(form, verb, actor):
    """Run a verb; what it says of labels and choices stands at the first input for them."""

    def placed(**typed):
        try:
            return verb(**typed)
        except Invalid as refused:
            inputs = {"labels": "label_en", "helps": "help_en", "options": "options_new"}
            raise Invalid(**{inputs.get(name, name): problem for name, problem in refused.problems.items()})

    return form.run(placed, by=actor)


@crm.get("/settings/custom-fields/<number>", may="custom_fields.arrange", on=CustomField)
def custom_field_show(field, actor):
    return SHOW.render(form=_form(field.noun, field.kind, field), **_about(field, actor))


@crm.post("/settings/custom-fields/<number>", may="custom_fields.arrange", on=CustomField)
def custom_field_edit(field, actor):
    form = _form(field.noun, field.kind, field)

    def edit(*, by, version, **typed):
        return custom_fields.edit(field, by=by, version=version, **_given(field.noun, typed))

    done = _run(form, edit, actor)
    here = url_for("staff.custom_field_show", number=field.number)
    about = {} if done.ok else _about(CustomField.visible_to(actor).where(CustomField.id == field.id).get(), actor)
    return form.answer(done, SHOW, to=here, said=gettext("Saved. It counts from now on."), **about)


def _about(field, actor):
    preview = noun_forms.form_over(TABLES[field.noun], [field.key], actor, is_sent=False, prefix="look")
    swap = SwapForm(formdata=None)
    swap.old.choices = swap.new.choices = words = _words_of(field)
    swap.new.data = words[-1][0] if words else None
    return {
        "field": field,
        "used": custom_fields.in_use(field),
        "lacking": custom_fields.lacking(field) if field.is_required and not field.retired_at else 0,
        "most": custom_fields.MOST_COUNTED,
        "preview": preview if field.key in preview else None,
        "swap": swap,
        "one_click": forms.Form(formdata=None),
    }


def _words_of(field):
    language = speech.language()
    return [(option.key, option.label(language)) for option in field.as_field().options if option.key in
            field.as_field().choices]  # fmt: skip


class SwapForm(forms.Form):
    """One choice in the place of another."""

    old = SelectField(lazy_gettext("This choice goes"), validate_choice=False)
    new = SelectField(lazy_gettext("This one takes its place"), validate_choice=False)


@crm.post("/settings/custom-fields/<number>/replace", may="custom_fields.arrange", on=CustomField)
def custom_field_replace(field, actor):
    form = SwapForm()
    form.old.choices = form.new.choices = _words_of(field)
    done = form.run(lambda **typed: custom_batches.replace_option(field, **typed), by=actor)
    if not done.ok:
        about = _about(field, actor) | {"swap": form}
        return SHOW.render(status=done.status, form=_edit_unsent(field), **about)
    said = gettext("One choice takes the place of the other. What is not done yet is being done now.")
    return form.answer(done, SHOW, to=url_for("staff.custom_field_show", number=field.number), said=said)


def _edit_unsent(field):
    form = _form(field.noun, field.kind, field)
    form.process(formdata=None, obj=field, data=_data(field))
    return _with_choices(form, field.noun, field.kind, field)


@crm.post("/settings/custom-fields/<number>/fill", may="custom_fields.arrange", on=CustomField)
def custom_field_fill(field, actor):
    said = gettext("The empty ones are being filled.")
    return _at_once(field, actor, lambda by: custom_batches.fill_empty(field, by=by), said)


@crm.post("/settings/custom-fields/<number>/retire", may="custom_fields.arrange", on=CustomField)
def custom_field_retire(field, actor):
    said = gettext("Nobody meets it any more. All that stands in it is kept, should you bring it back.")
    return _at_once(field, actor, lambda by: custom_fields.retire(field, by=by), said)


@crm.post("/settings/custom-fields/<number>/bring-back", may="custom_fields.arrange", on=CustomField)
def custom_field_bring_back(field, actor):
    said = gettext("It is back, with all that stood in it.")
    return _at_once(field, actor, lambda by: custom_fields.bring_back(field, by=by), said)


@crm.post("/settings/custom-fields/<number>/up", may="custom_fields.arrange", on=CustomField)
def custom_field_up(field, actor):
    return _at_once(field, actor, lambda by: custom_fields.move(field, by=by, up=True), None)


def _at_once(field, actor, verb, said):
    form = forms.OneClick()
    done = form.run(verb, by=actor)
    return form.answer(done, INDEX, to=url_for("staff.custom_field_list", noun=field.noun), said=said)
