"""Today: the page staff begin with, which brings news by itself while it is open."""

from flask import request, url_for

from portal import values
from portal.activity.task_fields import shop_time
from portal.insight import numbers
from portal.insight import today as day
from portal.sales.figures import NO_PURCHASE
from portal.sales.orders import STATES
from portal.web import panels, queues
from portal.web.pages import Page
from portal.web.places import address_of
from portal.web.speech import greeting
from staff.face import crm
from staff.tasks import said_of_rows

SHOW = Page("staff/today/show.html")
FRESH = Page("staff/today/_fresh.html")
BOUGHT = ",".join(state for state in STATES if state not in NO_PURCHASE)


@crm.get("/", may="today.see")
def today(actor):
    since = request.args.get("since", "")
    if since.isdecimal() and len(since) < 18:  # the open page asks for what came after this entry
        return FRESH.render(**_contents(actor)) if day.has_news(actor, int(since)) else ("", 204)
    return SHOW.render(hello=greeting(actor.name), panels=panels.of(None, actor, "home"), **_contents(actor))


def _contents(actor):
    news = day.news(actor)
    return {
        "news": [(one, _rows_of(one), address_of(values.Ref.parse(one.newest.subject))) for one in news],
        "seq": max((one.newest.id for one in news), default=0),
        "numbers": [(number, _rows_behind(number, actor)) for number in numbers.of(actor)],
        "waiting": queues.waiting(actor),
        "due": day.due(actor),
        "now": values.now(),
        "shop_time": shop_time,
        "back": url_for("staff.today"),
        **said_of_rows(),
    }


def _rows_of(news):
    """The address of what happened of one kind."""
    side = "customers" if news.is_theirs else None
    return url_for("staff.audit_list", event=news.event, by=side, since=values.shop_day(day.yesterday()))


def _rows_behind(number, actor):
    """The address of exactly the rows that a number counts."""
    mine = {"owner": "me"} if numbers.mine(actor) else {}
    return {
        "month": lambda: url_for(
            "staff.order_list", state=BOUGHT, sort="-placed", **{"from": numbers.first_of_month()}, **mine
        ),
        "overdue": lambda: url_for("staff.invoice_list", state="overdue", sort="due", **mine),
        "silent": lambda: url_for("staff.account_list", silent="yes", **mine),
        "late_tasks": lambda: url_for("staff.task_list", due="overdue"),
        "failed": lambda: url_for("staff.mail_list", state="dead"),
    }[number.name]()
