"""Public order forms: filled in by anybody without a sign-in or a cookie, confirmed by the link in a letter."""

from flask import redirect, request, url_for

from portal.errors import Expired
from portal.sales import guest_orders, submissions
from portal.sales.order_forms import OrderForm
from portal.values import Ref
from portal.web import pages, places, public_forms, speech
from portal.web.door import asking, client
from selfservice.face import public

SHOW = pages.Page("selfservice/order_forms/show.html")
CLOSED = pages.Page("selfservice/order_forms/closed.html")
SENT = pages.Page("selfservice/order_forms/sent.html")
CONFIRM = pages.Page("selfservice/order_forms/confirm.html")
DONE = pages.Page("selfservice/order_forms/done.html")
OVER = pages.Page("selfservice/order_forms/over.html")


def _sent_page(submission):
    return url_for("public.order_form_sent", slug=submissions.slug_of(submission), lang=speech.language())


places.show_at("public", "submission", _sent_page)


@public.get("/order-form/<slug>", may="order_forms.fill", on=OrderForm)
def order_form_show(order_form, actor):
    return _page(order_form)


@public.post("/order-form/<slug>", may="order_forms.fill", on=OrderForm)
def order_form_send(order_form, actor):
    """Everybody gets the same answer; whether the address is known is not even looked up."""
    public_forms.stand(order_form)
    products = order_form.products()
    form = public_forms.filling(order_form, products)
    done = form.run(lambda **typed: submissions.send(order_form, client=client(), **typed), by=asking(actor))
    to = url_for("public.order_form_sent", slug=order_form.slug, lang=speech.language())
    return form.answer(done, SHOW, to=to, order_form=order_form, products=products, price=public_forms.price)


@public.get("/order-form/<slug>/sent", may="order_forms.fill", on=OrderForm)
def order_form_sent(order_form, actor):
    public_forms.stand(order_form)
    return SENT.render(order_form=order_form)


@public.get("/order-form/confirm/<token>", may="order_forms.fill")
def order_form_found(token, actor):
    """What was sent and one button; after it, what comes next. Opening it changes nothing."""
    try:
        _, submission = _found(token)
    except Expired as over:
        return OVER.render(410, slug=submissions.slug_of(Ref.parse(over.link.subject).id))
    if submission.state == "confirmed":
        return DONE.render(submission=submission, next=guest_orders.what_next(submission))
    return CONFIRM.render(submission=submission, form=public_forms.UnboundForm())


@public.post("/order-form/confirm/<token>", may="order_forms.fill")
def order_form_confirm(token, actor):
    """Pressed twice, or too late: the page says what came of it."""
    here, form = request.full_path.rstrip("?"), public_forms.UnboundForm()
    try:
        link, submission = _found(token)
        about = {"link": link, "submission": submission}
        done = form.run(lambda **typed: guest_orders.confirm(**about, **typed), by=asking(actor))
    except Expired:
        return redirect(here, code=303)
    return form.answer(done, CONFIRM, to=here, submission=submission)


def _found(token):
    """(link, submission) behind the token, and the page in a language of its form."""
    link, submission = submissions.find(token)
    public_forms.speak(submission.form.languages, submission.language)
    return link, submission


def _page(order_form):
    public_forms.stand(order_form)
    if not order_form.is_open():
        return CLOSED.render(order_form=order_form, opens_on=order_form.opens_on())
    products = order_form.products()
    form = public_forms.filling(order_form, products)
    return SHOW.render(order_form=order_form, form=form, products=products, price=public_forms.price)
