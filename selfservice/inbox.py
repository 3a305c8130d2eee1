"""The inbox of a customer: what the shop has told this person about the account."""

from portal.activity.inbox import Notice
from portal.web.inbox_pages import Inbox
from selfservice.face import site

shown = Inbox("portal", "selfservice/inbox/list.html", "selfservice/inbox/show.html")


@site.get("/inbox", may="inbox.see", feeds=("csv", "json"))
def inbox(actor):
    return shown.list(actor)


@site.post("/inbox/read", may="inbox.see")
def inbox_read(actor):
    return shown.mark_all_read(actor)


@site.get("/inbox/<number>", may="inbox.see", on=Notice)
def notice_show(notice, actor):
    return shown.show(notice)
