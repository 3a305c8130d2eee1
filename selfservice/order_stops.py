"""Stopped ordering as customers see it: why, and naming an old invoice so that it goes on."""

from flask import redirect, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField

from portal.sales.order_stops import OrderStop
from portal.web import forms, pages, panels, sessions
from selfservice.face import site

PAGE = pages.Page("selfservice/order_stops/prove.html")


class ProofForm(forms.Form):
    number = StringField(lazy_gettext("Number of an invoice from before"), render_kw={"maxlength": 30})
    amount = StringField(lazy_gettext("Its whole amount"), render_kw={"inputmode": "decimal"})


@site.get("/security/proof", may="order_stops.prove")
def ordering_stop(actor):
    stop = OrderStop.of(sessions.account())
    if stop is None:
        return redirect(url_for("portal.home"), code=303)
    return PAGE.render(form=ProofForm(formdata=None), stop=stop, is_mine=stop.login.ref == actor.ref)


@site.post("/security/proof", may="order_stops.prove")
def ordering_prove(actor):
    stop = OrderStop.of(sessions.account())
    if stop is None:
        return redirect(url_for("portal.home"), code=303)
    form = ProofForm()
    done = form.run(stop.prove, by=actor)
    said = gettext("Thank you. Ordering goes on.")
    return form.answer(
        done, PAGE, to=url_for("portal.home"), said=said, stop=stop, is_mine=stop.login.ref == actor.ref
    )


def _on_home(account, actor):
    stop = OrderStop.of(account)
    return stop and {"stop": stop, "is_mine": stop.login.ref == actor.ref, "waits": 1, "ahead": True}


def _of_order(order, actor):
    return {} if order.held_at else None


ON_HOME, OF_ORDER = "selfservice/order_stops/_on_home.html", "selfservice/order_stops/_of_order.html"
panels.show_on("portal", "home", "order_stops", ON_HOME, _on_home, may="order_stops.see", rank=1)
panels.show_on("portal", "order", "order_stops", OF_ORDER, _of_order, may="orders.see", rank=1)
