"""Mail templates in the settings: what is written again and again, with places that a record fills."""

from flask import url_for
from flask_babel import gettext

from portal.service.mail_templates import FIELDS, NOUNS, MailTemplate, known_for
from portal.web import forms, lists, noun_forms, pages, places
from staff.face import crm

INDEX = pages.Page("staff/mail_templates/index.html")
EDIT = pages.Page("staff/mail_templates/edit.html")
NAMES = ("name", "noun", "language", "subject", "text")

places.show_at("staff", "mail_template", places.numbered("staff.mail_template_show", MailTemplate))

LIST = lists.List(
    "mail_template",
    FIELDS,
    columns=[lists.Column(name) for name in ("name", "noun", "language", "subject", "is_active")],
    sorts={"name": lists.Sort(MailTemplate.name), "number": lists.Sort(MailTemplate.id)},
    default_sort="name",
    shown=("name", "noun", "language", "subject", "is_active"),
    link="name",
    at="staff.mail_template_show",
)


@crm.get("/settings/mail-templates", may="mail_templates.see", feeds=("csv", "json"))
def mail_template_list(actor):
    return LIST.answer(MailTemplate.visible_to(actor), actor, INDEX)


@crm.get("/settings/mail-templates/new", may="mail_templates.edit")
def mail_template_new(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, language="en", noun="account")
    return EDIT.render(form=form, **_about(None))


@crm.post("/settings/mail-templates", may="mail_templates.edit")
def mail_template_add(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor)
    done = form.run(MailTemplate.add, by=actor)
    to = url_for("staff.mail_template_list")
    return form.answer(done, EDIT, to=to, said=gettext("The template can be used now."), **_about(None))


@crm.get("/settings/mail-templates/<number>", may="mail_templates.edit", on=MailTemplate)
def mail_template_show(template, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, template)
    return EDIT.render(form=form, **_about(template))


@crm.post("/settings/mail-templates/<number>", may="mail_templates.edit", on=MailTemplate)
def mail_template_edit(template, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, template)
    done = form.run(template.edit, by=actor)
    to = url_for("staff.mail_template_list")
    return form.answer(done, EDIT, to=to, said=gettext("Saved. Mails that were sent stay as they were."),
                       **_about(template))  # fmt: skip


@crm.post("/settings/mail-templates/<number>/retire", may="mail_templates.edit", on=MailTemplate)
def mail_template_retire(template, actor):
    form = forms.OneClick()
    done = form.run(template.retire, by=actor)
    return form.answer(done, EDIT, to=url_for("staff.mail_template_list"), said=gettext("Saved."))


def _about(template):
    """What the page of a template needs besides its form: the places that each noun has."""
    places_of = {noun: known_for(noun) for noun in NOUNS}
    return {"template": template, "places_of": places_of, "one_click": forms.OneClick(formdata=None)}
