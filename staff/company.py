"""The company, as admins describe it: what stands on the shop's papers."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import FileField

from portal import files
from portal.people import company
from portal.people.company import FIELDS
from portal.web import forms, noun_forms, pages, pictures, places, speech
from staff.face import crm

SHOW = pages.Page("staff/company/show.html")

places.show_at("staff", "company", lambda record: url_for("staff.company_show"))


class LogoForm(forms.Form):
    picture = FileField(lazy_gettext("Logo"))


@crm.get("/settings/company", may="company.see")
def company_show(actor):
    ours = _ours()
    return SHOW.render(form=noun_forms.form_over(FIELDS, FIELDS.fields, actor, ours), **_about(ours))


@crm.post("/settings/company", may="company.edit")
def company_describe(actor):
    ours = _ours()
    form = noun_forms.form_over(FIELDS, FIELDS.fields, actor, ours)
    done = form.run(ours.describe, by=actor)
    said = gettext("Saved. Papers made from now on say so.")
    return form.answer(done, SHOW, to=url_for("staff.company_show"), said=said, **_about(_ours()))


@crm.post("/settings/company/logo", may="company.edit")
def company_logo_give(actor):
    ours, form = _ours(), LogoForm()
    done = form.run(_show, by=actor, ours=ours)
    if not done.ok:
        about = _about(ours) | {"logo_form": form}
        blank = noun_forms.form_over(FIELDS, FIELDS.fields, actor, ours, is_sent=False)
        return SHOW.render(done.status, form=blank, **about)
    return form.answer(done, SHOW, to=url_for("staff.company_show"), said=gettext("The logo is there."))


@crm.get("/settings/company/logo", may="company.see")
def company_logo(actor):
    return pictures.answer(_ours(), "logo")


def _show(*, by, ours, picture):
    sent = picture.stream if picture else b""
    return ours.show(by=by, picture=files.receive(sent, only=files.PICTURES, field="picture"))


def _ours():
    settings = speech.settings()
    return company.ours(settings.shop_name, settings.shop_country)


def _about(ours):
    return {"ours": ours, "logo_form": LogoForm(formdata=None)}
