"""Which details customers change at once, and which we look at first, as admins rule it."""

from flask import url_for
from flask_babel import gettext
from wtforms import SelectField

from portal.customers import field_rules
from portal.customers.field_rules import OPEN
from portal.web import forms, pages, places, speech
from staff.face import crm

SHOW = pages.Page("staff/field_rules/show.html")

places.show_at("staff", "field_rule", lambda record: url_for("staff.field_rule_show"))


@crm.get("/settings/fields", may="field_rules.see")
def field_rule_show(actor):
    return SHOW.render(form=_form(is_sent=False), nouns=OPEN)


@crm.post("/settings/fields", may="field_rules.arrange")
def field_rule_arrange(actor):
    form = _form()
    done = form.run(_arrange, by=actor)
    here = url_for("staff.field_rule_show")
    return form.answer(done, SHOW, to=here, said=gettext("It counts from now on."), nouns=OPEN)


def _form(is_sent=True):
    """A choice for each detail, as it is ruled now."""
    known = field_rules.modes()
    inputs = {f"{noun}_{name}": SelectField(_label(noun, name), validate_choice=False) for noun, name in known}
    data = {f"{noun}_{name}": mode for (noun, name), mode in known.items()}
    form = type("RulesForm", (forms.Form,), inputs)(data=data, **{} if is_sent else {"formdata": None})
    for noun, name in known:
        modes = field_rules.choices(noun, name)
        form[f"{noun}_{name}"].choices = forms.options([(m, speech.term("field_rule", "mode", m)) for m in modes])
    return form


def _label(noun, name):
    return speech.term(noun, name)


def _arrange(*, by, **typed):
    modes = {tuple(name.split("_", 1)): mode for name, mode in typed.items()}
    return field_rules.arrange(by=by, modes=modes)
