"""The calendar: a month or a week of mine, of the team or of a colleague, as a table; one's own as a feed."""

from flask import current_app, g, request, url_for
from flask_babel import gettext

from portal.activity import agenda, calendar_feeds
from portal.web import calendar_pages, calendars, forms, pages
from staff.face import crm

SHOW = pages.Page("staff/calendar/show.html", "staff/calendar/_days.html")
FEED = pages.Page("staff/calendar/feed.html")


@crm.get("/calendar", may="calendar.see", feeds=("ics",))
def calendar_show(actor):
    span, whose = calendar_pages.asked(request.args), request.args.get("whose", agenda.ME)
    slots = agenda.between(actor, agenda.people_of(whose, actor), *span.edges)
    if g.feed == "ics":
        return calendars.answer("calendar", [calendar_pages.entry(slot) for slot in slots])
    return SHOW.render(**calendar_pages.shown(span, whose, slots))


@crm.get("/calendar/feed", may="calendar.feed")
def calendar_feed_show(actor):
    feed = calendar_feeds.of(actor)
    address = current_app.config["SETTINGS"].base_url + feed.path if feed else None
    return FEED.render(feed=feed, address=address, one_click=forms.OneClick(formdata=None))


@crm.post("/calendar/feed", may="calendar.feed")
def calendar_feed_make(actor):
    return _kept(lambda by: calendar_feeds.make(by=by), actor, gettext("This is its address from now on."))


@crm.post("/calendar/feed/revoke", may="calendar.feed")
def calendar_feed_revoke(actor):
    return _kept(lambda by: calendar_feeds.revoke(by=by), actor, gettext("The address leads nowhere any more."))


def _kept(verb, actor, said):
    form = forms.OneClick()
    done = form.run(verb, by=actor)
    return form.answer(done, FEED, to=url_for("staff.calendar_feed_show"), said=said)
