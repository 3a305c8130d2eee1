"""The calendar of one of us at its secret address, for programs that sign in nowhere."""

from flask import request

from portal import masking
from portal.activity import calendar_feeds
from portal.web import calendar_pages, calendars, speech
from selfservice.face import public


@public.get("/calendar/<token>.ics", may="calendar.read")
def calendar_feed(actor, token):
    feed, reader = calendar_feeds.find(token)
    speech.speak(reader.language)
    with masking.hiding(reader.limits.hidden):
        entries = [calendar_pages.entry(slot) for slot in calendar_feeds.slots(feed, reader)]
    answer = calendars.answer("calendar", entries)
    answer.headers["Cache-Control"] = "private, no-cache"  # a program asks each time, and hears when nothing changed
    answer.add_etag()
    return answer.make_conditional(request)
