"""The inbox of an employee: what happened in the accounts one owns or watches."""

from flask_babel import ngettext

from portal.activity import inbox as messages
from portal.activity.inbox import Notice
from portal.web import queues
from portal.web.inbox_pages import Inbox
from staff.face import crm

shown = Inbox("staff", "staff/inbox/list.html", "staff/inbox/show.html")

queues.offer(
    "unread",
    messages.unread_by,
    may="inbox.see",
    said=lambda count: ngettext("%(num)s message you have not read", "%(num)s messages you have not read", count),
    at="staff.inbox",
)


@crm.get("/inbox", may="inbox.see", feeds=("csv", "json"))
def inbox(actor):
    return shown.list(actor)


@crm.post("/inbox/read", may="inbox.see")
def inbox_read(actor):
    return shown.mark_all_read(actor)


@crm.get("/inbox/<number>", may="inbox.see", on=Notice)
def notice_show(notice, actor):
    return shown.show(notice)
