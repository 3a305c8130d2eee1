"""Promises, as managers arrange them: the hours of the service desk, and by when cases are answered and solved."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from portal.service import promises
from portal.service.promises import ANY_KIND, KINDS, PRIORITIES, Promise, ServiceDesk
from portal.web import forms, pages, places, speech
from staff.face import crm

SHOW = pages.Page("staff/promises/show.html")
NUMBER = {"inputmode": "numeric", "maxlength": 6}

places.show_at("staff", "promise", lambda record: url_for("staff.promise_list"))
places.show_at("staff", "service_desk", lambda record: url_for("staff.promise_list"))


class DeskForm(forms.EditForm):
    """When the desk is open, and when what is solved closes."""

    is_in_hours = BooleanField(lazy_gettext("Count opening hours only"))
    hours = TextAreaField(lazy_gettext("Opening hours"), render_kw={"maxlength": 600, "rows": 3})
    close_days = StringField(lazy_gettext("Days from solved to closed"), render_kw=NUMBER)
    reopen_days = StringField(lazy_gettext("Days in which a closed case can be opened again"), render_kw=NUMBER)


class PromiseForm(forms.Form):
    """A promise for a kind and priority."""

    case_kind = SelectField(lazy_gettext("About"), validate_choice=False)
    priority = SelectField(lazy_gettext("Priority"), validate_choice=False)
    answer_hours = StringField(lazy_gettext("First answer within, hours"), render_kw=NUMBER)
    solve_hours = StringField(lazy_gettext("Solved within, hours"), render_kw=NUMBER)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, known in (("case_kind", (ANY_KIND, *KINDS)), ("priority", PRIORITIES)):
            pairs = [(value, speech.term("promise", name, value)) for value in known]
            self[name].choices = forms.options(pairs)


@crm.get("/settings/promises", may="promises.see")
def promise_list(actor):
    return SHOW.render(**_about())


@crm.post("/settings/promises", may="promises.arrange")
def promise_set(actor):
    form = PromiseForm()
    done = form.run(promises.set_promise, by=actor)
    return _answer(form, done, "form")


@crm.post("/settings/promises/desk", may="promises.arrange")
def service_desk_arrange(actor):
    form = DeskForm()
    done = form.run(ServiceDesk.arrange, by=actor)
    return _answer(form, done, "desk_form")


@crm.post("/settings/promises/<number>/remove", may="promises.arrange", on=Promise)
def promise_remove(promise, actor):
    form = forms.OneClick()
    done = form.run(promise.remove, by=actor)
    said = gettext("What holds for everything counts again.")
    return form.answer(done, SHOW, to=url_for("staff.promise_list"), said=said)


def _answer(form, done, name):
    if done.ok:
        return form.answer(done, SHOW, to=url_for("staff.promise_list"), said=gettext("It counts for new cases."))
    return SHOW.render(done.status, **_about(**{name: form}))


def _about(**sent):
    desk = ServiceDesk.current()
    start = {name: getattr(desk, name) for name in ("is_in_hours", "close_days", "reopen_days", "version")}
    fresh = {"formdata": None}
    made = {
        "desk_form": DeskForm(data=start | {"hours": desk.hours_text}, **fresh),
        "form": PromiseForm(data={"priority": "normal"}, **fresh),
        "one_click": forms.OneClick(**fresh),
    }
    return {"desk": desk, "promises": promises.all_promises()} | made | sent
