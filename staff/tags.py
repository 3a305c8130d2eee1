"""Tags for staff: put on and taken from accounts and contacts; renamed, merged and removed by managers."""

from functools import partial

from flask import url_for
from flask_babel import gettext

from portal.customers import tags
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.tags import FIELDS, Tag
from portal.web import forms, lists, noun_forms, pages, places, tag_forms
from staff import accounts, contacts
from staff.face import crm

ON_ACCOUNT = pages.Page("staff/accounts/show.html", "staff/tags/_tags.html")
ON_CONTACT = pages.Page("staff/contacts/show.html", "staff/tags/_tags.html")
INDEX = pages.Page("staff/tags/index.html")
SHOW = pages.Page("staff/tags/show.html")
NAMES = ("name", "kind")

places.show_at("staff", "tag", places.numbered("staff.tag_show", Tag))
LIST = lists.List(
    "tag",
    FIELDS,
    columns=[*map(lists.Column, ("name", "kind", "number"))],
    sorts={"name": lists.Sort(Tag.folded), "number": lists.Sort(Tag.id)},
    default_sort="name",
    shown=("name", "kind"),
    said=("kind",),
    at="staff.tag_show",
    rows=Tag.visible_to,
)


@crm.post("/accounts/<number>/tags", may="accounts.edit", on=Account)
def account_tag(account, actor):
    return _put(account, actor, ON_ACCOUNT, lambda: accounts.about(account, actor))


@crm.post("/accounts/<number>/tags/take", may="accounts.edit", on=Account)
def account_untag(account, actor):
    return _take(account, actor, ON_ACCOUNT)


@crm.post("/contacts/<number>/tags", may="contacts.edit", on=Contact)
def contact_tag(contact, actor):
    return _put(contact, actor, ON_CONTACT, lambda: contacts.about(contact, actor))


@crm.post("/contacts/<number>/tags/take", may="contacts.edit", on=Contact)
def contact_untag(contact, actor):
    return _take(contact, actor, ON_CONTACT)


def _put(record, actor, page, about):
    form = tag_forms.TagForm()
    done = form.run(partial(tags.put, record), by=actor)
    shown = {record.ref.kind: record} | tag_forms.on(record) if done.ok else {}
    again = lambda: {**{k: v for k, v in about().items() if k != "form"}, "tag_form": form}  # noqa: E731
    return form.answer(done, page, to=_page_of(record), again=again, **shown)


def _take(record, actor, page):
    form = tag_forms.OneTagForm()
    done = form.run(partial(tags.take, record), by=actor)
    return form.answer(done, page, to=_page_of(record), **tag_forms.on(record))


def _page_of(record):
    return f"{places.address_of(record.ref)}#tags"


@crm.get("/settings/tags", may="tags.see", feeds=("csv", "json"))
def tag_list(actor):
    return LIST.answer(None, actor, INDEX, form=_adding(actor))


def _adding(actor):
    return noun_forms.form_over(FIELDS, NAMES, actor)


@crm.post("/settings/tags", may="tags.arrange")
def tag_add(actor):
    form = _adding(actor)
    done = form.run(Tag.add, by=actor)
    again = lambda: {"found": LIST.find(Tag.visible_to(actor), actor)}  # noqa: E731
    return form.answer(done, INDEX, to=url_for("staff.tag_list"), said=gettext("Saved."), again=again)


@crm.get("/settings/tags/<number>", may="tags.see", on=Tag)
def tag_show(tag, actor):
    return SHOW.render(form=_editing(tag, actor), **_about(tag))


def _editing(tag, actor):
    return noun_forms.form_over(FIELDS, NAMES, actor, tag)


def _about(tag):
    return {"tag": tag, "merging": tag_forms.MergeForm(formdata=None), "one_click": forms.Form(formdata=None),
            "offered": [other for other in tags.offered() if other.id != tag.id]}  # fmt: skip


@crm.post("/settings/tags/<number>", may="tags.arrange", on=Tag)
def tag_edit(tag, actor):
    form = _editing(tag, actor)
    done = form.run(tag.edit, by=actor)
    return form.answer(done, SHOW, to=url_for("staff.tag_list"), said=gettext("Saved."), again=lambda: _about(tag))


@crm.post("/settings/tags/<number>/merge", may="tags.arrange", on=Tag)
def tag_merge(tag, actor):
    merging = tag_forms.MergeForm()
    done = merging.run(tag.merge, by=actor)
    again = lambda: _about(tag) | {"merging": merging}  # noqa: E731
    if not done.ok:
        return SHOW.render(done.status, form=_editing(tag, actor), **again())
    return merging.answer(done, SHOW, to=url_for("staff.tag_list"), said=gettext("The two tags are one."))


@crm.post("/settings/tags/<number>/remove", may="tags.arrange", on=Tag)
def tag_remove(tag, actor):
    form = forms.OneClick()
    done = form.run(tag.remove, by=actor)
    return form.answer(done, SHOW, to=url_for("staff.tag_list"), said=gettext("The tag is gone from everything."))
