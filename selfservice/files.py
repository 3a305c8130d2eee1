"""The customer's files: reading what is shared, adding to one's own orders, newer versions, taking back one's own."""

from flask_babel import gettext

from portal.activity.attachments import Attachment
from portal.customers.accounts import Account
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.web import file_pages, pages, places
from selfservice.face import site

REVISE = pages.Page("selfservice/files/add.html")

places.show_at("portal", "attachment", places.numbered("portal.file_where", Attachment))
file_pages.take_files(site, Order, "/orders")
file_pages.take_files(site, Invoice, "/invoices", later=True, rank=90)
file_pages.take_files(site, Product)
file_pages.take_files(site, Account)


@site.get("/files/<number>", may="files.see", on=Attachment)
def file_read(attachment, actor):
    return file_pages.download(attachment, actor)


@site.get("/files/<number>/where", may="files.see", on=Attachment)
def file_where(attachment, actor):
    return file_pages.lead_on(attachment)


@site.post("/files/<number>/revise", may="files.revise", on=Attachment, uploads=True)
def file_revise(attachment, actor):
    return file_pages.revise(attachment, actor, REVISE)


@site.post("/files/<number>/remove", may="files.remove", on=Attachment)
def file_remove(attachment, actor):
    return file_pages.one_click(attachment, actor, attachment.remove, gettext("The file is taken back."))
