"""Returns for staff: the list, asking on behalf of a customer, and the page where they are decided and settled."""

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext

from portal.sales.orders import Order
from portal.service import return_asking, return_deciding
from portal.service.returns import Return
from portal.web import file_pages, forms, pages, places, queues, return_forms, return_lists, return_pages
from staff.face import crm

INDEX = pages.Page("staff/returns/index.html")
ASK = pages.Page("staff/returns/ask.html")
SHOW = pages.Page("staff/returns/show.html")
SAID = {
    "approve": lazy_gettext("The return is approved."),
    "decline": lazy_gettext("The return is declined."),
    "give_up": lazy_gettext("The return is closed without the goods."),
    "receive": lazy_gettext("The goods are booked in."),
    "credit": lazy_gettext("The customer has the credit."),
    "replace": lazy_gettext("The replacement is ordered."),
    "settle": lazy_gettext("The return is settled."),
}
LIST = return_lists.return_list(at="staff.return_show")

places.show_at("staff", "return", places.numbered("staff.return_show", Return))
return_pages.stand_on_orders("staff", "staff")
return_pages.stand_on_credit_notes("staff", "staff/returns/_of_credit_note.html")
file_pages.take_files(crm, Return, "/returns")

queues.offer(
    "returns",
    Return.waiting_for_us,
    may="returns.see",
    said=lambda count: ngettext("%(num)s return waits for us", "%(num)s returns wait for us", count),
    at="staff.return_list",
    state="open",
)


@crm.get("/returns", may="returns.see", feeds=("csv", "json"))
def return_list(actor):
    return LIST.answer(Return.visible_to(actor), actor, INDEX)


@crm.get("/orders/<number>/return", may="returns.ask", on=Order)
def return_ask(order, actor):
    choices = return_asking.choices(order)
    return ASK.render(order=order, choices=choices, form=return_forms.asking(choices))


@crm.post("/orders/<number>/return", may="returns.ask", on=Order, uploads=True)
def return_asked(order, actor):
    choices = return_asking.choices(order)
    form = return_forms.asking(choices)
    done = form.run(lambda **given: return_asking.ask(order, **given), by=actor)
    return form.answer(done, ASK, to=_page_of, said=gettext("The return is asked for."), order=order, choices=choices)


@crm.get("/returns/<number>", may="returns.see", on=Return)
def return_show(return_, actor):
    return SHOW.render(**_about(return_, actor))


@crm.post("/returns/<number>/approve", may="returns.approve", on=Return)
def return_approve(return_, actor):
    return _step(return_, actor, "approve", return_forms.approving(return_.lines))


@crm.post("/returns/<number>/decline", may="returns.decline", on=Return)
def return_decline(return_, actor):
    return _step(return_, actor, "decline", return_forms.ReplyForm())


@crm.post("/returns/<number>/give-up", may="returns.give_up", on=Return)
def return_give_up(return_, actor):
    return _step(return_, actor, "give_up", return_forms.ReplyForm())


@crm.post("/returns/<number>/receive", may="returns.receive", on=Return)
def return_receive(return_, actor):
    return _step(return_, actor, "receive", return_forms.receiving(return_.lines))


@crm.post("/returns/<number>/credit", may="returns.credit", on=Return)
def return_credit(return_, actor):
    return _step(return_, actor, "credit", forms.Form())


@crm.post("/returns/<number>/replace", may="returns.replace", on=Return)
def return_replace(return_, actor):
    return _step(return_, actor, "replace", forms.Form())


@crm.post("/returns/<number>/settle", may="returns.settle", on=Return)
def return_settle(return_, actor):
    return _step(return_, actor, "settle", return_forms.ReplyForm())


def _step(return_, actor, verb, form):
    done = form.run(lambda **given: getattr(return_deciding, verb)(return_, **given), by=actor)
    show = {"to": _page_of(return_), "said": SAID[verb], "show": lambda now, by: _about(now, by, {verb: form}, form)}
    return return_pages.answer(form, done, return_, actor, SHOW, **show)


def _about(return_, actor, sent=None, form=None):
    found = return_pages.about(return_, actor, account_url=places.address_of(return_.account.ref))
    found["steps"] = return_pages.make_forms(return_, found["lines"], sent or {})
    return found | ({"refused": form} if form is not None else {"refused": None})


def _page_of(return_):
    return url_for("staff.return_show", number=return_.number)
