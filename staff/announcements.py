"""Announcements, as managers write them: what is said to customers or colleagues, from when until when."""

from datetime import timedelta

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField

from portal import values
from portal.activity import announcements
from portal.activity.announcements import FIELDS, KIND_OF, Announcement
from portal.customers.groups import AccountGroup
from portal.web import announcement_pages, forms, lists, noun_forms, pages, places
from staff.face import crm

INDEX = pages.Page("staff/announcements/index.html")
EDIT = pages.Page("staff/announcements/edit.html")
NAMES = ("title", "text", "leads_to", "from_on", "until_on", "audience",
         "title_fil", "text_fil", "title_th", "text_th")  # fmt: skip
USUAL_DAYS = 14

places.show_at("staff", "announcement", places.numbered("staff.announcement_show", Announcement))

LIST = lists.List(
    "announcement",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "title", "text", "leads_to", "state", "audience")),
        lists.Column("group", lambda row: row.group.name if row.group_id else None),
        *map(lists.Column, ("from_on", "until_on")),
    ],
    sorts={"from_on": lists.Sort(Announcement.from_on), "number": lists.Sort(Announcement.id)},
    default_sort="-from_on",
    shown=("title", "state", "audience", "group", "from_on", "until_on"),
    link="title",
    at="staff.announcement_show",
    drawn={"state": KIND_OF},
    rows=lambda actor: Announcement.visible_to(actor).select_extend(AccountGroup).left_outer_join(AccountGroup),
)


class NewForm(forms.Form):
    group = SelectField(lazy_gettext("Which group"), coerce=lambda text: int(text) if text else None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        groups = AccountGroup.select(AccountGroup.id, AccountGroup.name).order_by(AccountGroup.name).tuples()
        self.group.choices = forms.options([("", "–"), *groups])


class EditForm(NewForm, forms.EditForm):
    pass


@crm.get("/settings/announcements", may="announcements.manage", feeds=("csv", "json"))
def announcement_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/settings/announcements/new", may="announcements.manage")
def announcement_new(actor):
    today = values.shop_day()
    start = {"from_on": today, "until_on": today + timedelta(USUAL_DAYS), "audience": "customers"}
    return EDIT.render(form=noun_forms.form_over(FIELDS, NAMES, actor, base=NewForm, **start), announcement=None)


@crm.post("/settings/announcements", may="announcements.manage")
def announcement_write(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, base=NewForm)
    done = form.run(Announcement.write, by=actor)
    here = url_for("staff.announcement_list")
    return form.answer(done, EDIT, to=here, said=gettext("It is said from its day on."), announcement=None)


@crm.get("/settings/announcements/<number>", may="announcements.manage", on=Announcement)
def announcement_show(announcement, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, announcement, base=EditForm, group=announcement.group_id)
    return EDIT.render(form=form, announcement=announcement)


@crm.post("/settings/announcements/<number>", may="announcements.manage", on=Announcement)
def announcement_edit(announcement, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, announcement, base=EditForm)
    done = form.run(announcement.edit, by=actor)
    here = url_for("staff.announcement_list")
    return form.answer(done, EDIT, to=here, said=gettext("Saved."), announcement=announcement)


@crm.post("/settings/announcements/<number>/end", may="announcements.manage", on=Announcement)
def announcement_end(announcement, actor):
    form = forms.OneClick()
    done = form.run(announcement.end, by=actor)
    return form.answer(done, EDIT, to=url_for("staff.announcement_list"), said=gettext("Nobody sees it any more."))


@crm.post("/announcements/<number>/seen", may="announcements.read", on=Announcement)
def announcement_press_away(announcement, actor):
    return announcement_pages.press_away(announcement, actor, url_for("staff.today"))


announcement_pages.stand("staff", lambda _, actor: announcements.newest_for(actor))
