"""The inbox of an employee: what happened in the accounts one owns or watches."""

from flask import g

from portal.activity import inbox as notices
from portal.activity.inbox import Notice
from portal.web.letters import INBOX, own_letter
from portal.web.pages import Page
from staff.face import crm

LIST = Page("staff/inbox/list.html")
SHOW = Page("staff/inbox/show.html")


@crm.get("/inbox", may="inbox.see", feeds=("csv", "json"))
def inbox(actor):
    query = Notice.visible_to(actor)
    if g.get("feed"):
        return INBOX.feed(query, actor)
    found, seen = INBOX.find(query, actor), notices.read_upto(actor)
    notices.mark_read(actor, max((row.id for row in found.rows), default=0))
    return LIST.render(found=found, seen=seen, letter=own_letter)


@crm.get("/inbox/<number>", may="inbox.see", on=Notice)
def notice_show(notice, actor):
    return SHOW.render(notice=notice, letter=own_letter(notice))
