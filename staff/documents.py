"""Papers for staff: each as PDF, in the customer's language unless another is asked for."""

from flask import url_for

from portal.sales.orders import Order
from portal.web import documents, panels
from staff.face import crm


@crm.get("/orders/<number>.pdf", may="orders.see", on=Order)
def order_pdf(order, actor):
    return documents.order_answer(order, actor)


def _of_order(order, actor):
    return documents.link_of(url_for("staff.order_pdf", number=order.number), order.account.language)


panels.show_on("staff", "order", "papers", "staff/documents/_paper.html", _of_order, may="orders.see", rank=80)
