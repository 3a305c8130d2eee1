"""The customer's returns: asking for one from the page of an order, seeing how it stands, withdrawing it."""

from flask import url_for
from flask_babel import gettext

from portal.sales.orders import Order
from portal.service import return_asking, return_deciding
from portal.service.returns import Return
from portal.web import file_pages, forms, pages, places, return_forms, return_lists, return_pages
from selfservice.face import site

INDEX = pages.Page("selfservice/returns/index.html")
ASK = pages.Page("selfservice/returns/ask.html")
SHOW = pages.Page("selfservice/returns/show.html")
LIST = return_lists.return_list()

places.show_at("portal", "return", places.numbered("portal.return_show", Return))
return_pages.stand_on_orders("portal", "selfservice")
return_pages.stand_on_credit_notes("portal", "selfservice/returns/_of_credit_note.html")
return_pages.stand_on_home()
file_pages.take_files(site, Return, "/returns")


@site.get("/returns", may="returns.see", feeds=("csv", "json"))
def return_list(actor):
    return LIST.answer(Return.visible_to(actor), actor, INDEX)


@site.get("/orders/<number>/return", may="returns.ask", on=Order)
def return_ask(order, actor):
    choices = return_asking.choices(order)
    return ASK.render(order=order, choices=choices, form=return_forms.asking(choices))


@site.post("/orders/<number>/return", may="returns.ask", on=Order, uploads=True)
def return_asked(order, actor):
    choices = return_asking.choices(order)
    form = return_forms.asking(choices)
    done = form.run(lambda **given: return_asking.ask(order, **given), by=actor)
    return form.answer(
        done, ASK, to=_page_of, said=gettext("We have it, and will answer."), order=order, choices=choices
    )


@site.get("/returns/<number>", may="returns.see", on=Return)
def return_show(return_, actor):
    return SHOW.render(**return_pages.about(return_, actor))


@site.post("/returns/<number>/withdraw", may="returns.withdraw", on=Return)
def return_withdraw(return_, actor):
    form = forms.OneClick()
    done = form.run(lambda **given: return_deciding.withdraw(return_, **given), by=actor)
    return form.answer(done, SHOW, to=_page_of(return_), said=gettext("The return is withdrawn."))


def _page_of(return_):
    return url_for("portal.return_show", number=return_.number)
