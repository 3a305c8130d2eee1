"""Papers for staff: each as PDF, in the customer's language unless another is asked for."""

from flask import url_for

from portal.customers.accounts import Account
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.sales.shipments import Shipment
from portal.web import documents, panels
from staff.face import crm

PIECE = "staff/documents/_paper.html"


@crm.get("/orders/<number>.pdf", may="orders.see", on=Order)
def order_pdf(order, actor):
    return documents.order_answer(order, actor)


@crm.get("/invoices/<number>.pdf", may="invoices.see", on=Invoice)
def invoice_pdf(invoice, actor):
    return documents.invoice_answer(invoice, actor)


@crm.get("/shipments/<number>.pdf", may="shipments.see", on=Shipment)
def shipment_pdf(shipment, actor):
    return documents.delivery_note_answer(shipment, actor)


@crm.get("/accounts/<number>/statement.pdf", may="statements.see", on=Account)
def statement_pdf(account, actor):
    return documents.statement_answer(account, actor)


def _of_order(order, actor):
    return documents.link_of(url_for("staff.order_pdf", number=order.number), order.account.language)


def _of_invoice(invoice, actor):
    link = documents.link_of(url_for("staff.invoice_pdf", number=invoice.number), invoice.account.language)
    return link | documents.codes_of(invoice)


def _of_shipment(shipment, actor):
    return documents.link_of(url_for("staff.shipment_pdf", number=shipment.number), shipment.order.account.language)


panels.show_on("staff", "order", "papers", PIECE, _of_order, may="orders.see", rank=80)
panels.show_on("staff", "invoice", "papers", PIECE, _of_invoice, may="invoices.see", rank=80)
panels.show_on("staff", "shipment", "papers", PIECE, _of_shipment, may="shipments.see", rank=80)
