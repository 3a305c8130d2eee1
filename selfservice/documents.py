"""The customer's papers: each as PDF, in the language of the page."""

from flask import url_for

from portal.sales.orders import Order
from portal.web import documents, panels, speech
from selfservice.face import site

PIECE = "selfservice/documents/_paper.html"


@site.get("/orders/<number>.pdf", may="orders.see", on=Order)
def order_pdf(order, actor):
    return documents.order_answer(order, actor)


def _of_order(order, actor):
    return documents.link_of(url_for("portal.order_pdf", number=order.number), speech.language())


panels.show_on("portal", "order", "papers", PIECE, _of_order, may="orders.see", rank=80)
