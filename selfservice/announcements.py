"""Announcements for customers: one slim bar on Home, and all of them to read later."""

from flask import url_for

from portal.activity import announcements
from portal.activity.announcements import FIELDS, Announcement
from portal.web import announcement_pages, lists, pages, places, speech
from selfservice.face import site

INDEX = pages.Page("selfservice/announcements/index.html")

places.show_at("portal", "announcement", lambda number: url_for("portal.announcement_list"))

LIST = lists.List(
    "announcement",
    FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("title", lambda row: row.said(speech.language())[0]),
        lists.Column("text", lambda row: row.said(speech.language())[1]),
        *map(lists.Column, ("leads_to", "from_on", "until_on")),
    ],
    sorts={"from_on": lists.Sort(Announcement.from_on), "number": lists.Sort(Announcement.id)},
    default_sort="-from_on",
    rows=Announcement.visible_to,
)


@site.get("/announcements", may="announcements.read", feeds=("csv", "json"))
def announcement_list(actor):
    return LIST.answer(None, actor, INDEX, language=speech.language())


@site.post("/announcements/<number>/seen", may="announcements.read", on=Announcement)
def announcement_press_away(announcement, actor):
    return announcement_pages.press_away(announcement, actor, url_for("portal.home"))


AFTER_WHAT_NEEDS_YOU = 40
announcement_pages.stand(
    "portal",
    lambda account, actor: announcements.newest_for(actor, account.group_id),
    rank=AFTER_WHAT_NEEDS_YOU,
)
