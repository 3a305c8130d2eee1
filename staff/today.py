"""Today: the page staff begin with, which brings news by itself while it is open."""

from flask import request

from portal import values
from portal.insight import today as day
from portal.web import panels
from portal.web.pages import Page
from portal.web.places import address_of
from portal.web.speech import greeting
from staff.face import crm

SHOW = Page("staff/today/show.html")
FRESH = Page("staff/today/_fresh.html")
ORDERS = 10


@crm.get("/", may="today.see")
def today(actor):
    since = request.args.get("since", "")
    if since.isdecimal() and len(since) < 18:  # the open page asks for what came after this entry
        return FRESH.render(**_contents(actor)) if day.has_news(actor, int(since)) else ("", 204)
    return SHOW.render(hello=greeting(actor.name), panels=panels.of(None, actor, "home"), **_contents(actor))


def _contents(actor):
    news = day.news(actor)
    return {
        "news": news,
        "seq": news[0].entry.id if news else 0,
        "figures": day.figures(actor),
        "orders": list(day.new_orders(actor).limit(ORDERS)),
        "since": values.shop_day(day.yesterday()),
        "now": values.now(),
        "address_of": address_of,
    }
