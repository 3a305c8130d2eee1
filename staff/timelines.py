"""The timeline of an account or a contact as a page of its own, as a piece of theirs, and as a file."""

from flask import g

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.web import pages, timeline_pages
from staff.face import crm

SHOW = pages.Page("staff/timeline/show.html", "staff/timeline/_story.html")


@crm.get("/accounts/<number>/timeline", may="accounts.see", on=Account, feeds=("csv", "json"))
def account_timeline(account, actor):
    return _answer(account, actor, lambda: timeline_pages.people_of(account))


@crm.get("/contacts/<number>/timeline", may="contacts.see", on=Contact, feeds=("csv", "json"))
def contact_timeline(contact, actor):
    return _answer(contact, actor, lambda: timeline_pages.people_of(contact))


def _answer(record, actor, people):
    if g.feed:
        return timeline_pages.feed(record, actor)
    return SHOW.render(record=record, **timeline_pages.of(record, actor, people()))
