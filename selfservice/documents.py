"""The customer's papers: each as PDF, in the language of the page, and how to pay them."""

from flask import url_for

from portal.customers.accounts import Account
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.sales.shipments import Shipment
from portal.web import documents, panels, speech
from selfservice.face import site

PIECE = "selfservice/documents/_paper.html"


@site.get("/orders/<number>.pdf", may="orders.see", on=Order)
def order_pdf(order, actor):
    return documents.order_answer(order, actor)


@site.get("/invoices/<number>.pdf", may="invoices.see", on=Invoice)
def invoice_pdf(invoice, actor):
    return documents.invoice_answer(invoice, actor)


@site.get("/invoices/<number>/code/<which>.png", may="invoices.see", on=Invoice)
def invoice_code(invoice, actor, which):
    return documents.code_answer(invoice, which)


@site.get("/shipments/<number>.pdf", may="shipments.see", on=Shipment)
def shipment_pdf(shipment, actor):
    return documents.delivery_note_answer(shipment, actor)


@site.get("/statement.pdf", may="statements.see")
def statement_pdf(actor):
    return documents.statement_answer(Account.visible_to(actor).get(), actor)


def _of_order(order, actor):
    return documents.link_of(url_for("portal.order_pdf", number=order.number), speech.language())


def _of_invoice(invoice, actor):
    def picture(method):
        return url_for("portal.invoice_code", number=invoice.number, which=method.number)

    link = documents.link_of(url_for("portal.invoice_pdf", number=invoice.number), speech.language())
    return link | documents.codes_of(invoice, picture)


panels.show_on("portal", "order", "papers", PIECE, _of_order, may="orders.see", rank=80)
panels.show_on("portal", "invoice", "papers", PIECE, _of_invoice, may="invoices.see", rank=80)
