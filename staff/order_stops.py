"""Stopped ordering for staff: what waits because of "this was not me", and letting it go on with a reason."""

from functools import partial

from flask import request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import StringField

from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.sales import order_stops
from portal.sales.order_stops import OrderStop
from portal.sales.orders import Order
from portal.web import forms, pages, panels, queues
from staff.face import crm

PAGE = pages.Page("staff/order_stops/decide.html")


class ReasonForm(forms.Form):
    reason = StringField(lazy_gettext("How do you know?"), id="knows", render_kw={"maxlength": 500})


@crm.post("/accounts/<number>/ordering", may="order_stops.lift", on=Account)
def ordering_resume(account, actor):
    stop = OrderStop.of(account)
    if stop is None:
        raise NotFound()
    here = url_for("staff.account_show", number=account.number)
    return _answer(stop.lift, actor, here, account.name, gettext("Ordering goes on."))


@crm.post("/orders/<number>/release", may="orders.release", on=Order)
def order_release(order, actor):
    here = url_for("staff.order_show", number=order.number)
    return _answer(partial(order_stops.release, order), actor, here, order.number, gettext("The order goes on."))


def _answer(verb, actor, here, name, said):
    form = ReasonForm()
    done = form.run(verb, by=actor)
    return form.answer(done, PAGE, to=here, said=said, here=here, name=name, action=request.path)


def _of_account(account, actor):
    stop = OrderStop.of(account) if account.id in OrderStop.accounts() else None
    return stop and {"stop": stop, "account": account, "form": ReasonForm(formdata=None), "ahead": True}


def _of_order(order, actor):
    return {"order": order, "form": ReasonForm(formdata=None)} if order.held_at else None


OF_ACCOUNT, OF_ORDER = "staff/order_stops/_of_account.html", "staff/order_stops/_of_order.html"
panels.show_on("staff", "account", "order_stops", OF_ACCOUNT, _of_account, may="order_stops.lift", rank=1)
panels.show_on("staff", "order", "order_stops", OF_ORDER, _of_order, may="orders.release", rank=1)
queues.offer(
    "order_stops",
    lambda actor: OrderStop.visible_to(actor).where(OrderStop.standing()),
    may="order_stops.lift",
    said=lambda count: ngettext(
        "%(num)s account whose ordering is stopped: “this was not me”",
        "%(num)s accounts whose ordering is stopped: “this was not me”",
        count,
    ),
    at="staff.account_list",
    stopped="yes",
    is_urgent=True,
)
