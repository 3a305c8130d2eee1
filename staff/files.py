"""Files for staff: reading one, a newer version, sharing it with the customer, taking it away; who takes files."""

from flask_babel import gettext

from portal import search
from portal.activity.attachments import FIELDS, Attachment
from portal.customers.accounts import Account
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.web import file_pages, lists, pages, places
from staff.face import crm

REVISE = pages.Page("staff/files/add.html")

places.show_at("staff", "attachment", places.numbered("staff.file_where", Attachment))
file_pages.take_files(crm, Order, "/orders")
file_pages.take_files(crm, Product, "/catalogue")
file_pages.take_files(crm, Account, "/accounts", later=True)
file_pages.take_files(crm, Invoice, "/invoices", later=True)


def _shared(query, text, actor):
    """`shared=yes` is what customers may read, `shared=no` what they may not."""
    return query.where(Attachment.shared_from.is_null(text == "no"))


LIST = lists.List(
    "attachment",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "name")),
        lists.Column("subject", lambda file: file_pages.subject_words(file)),
        lists.Column("account", lambda file: file.account.name if file.account_id else None),
        *map(lists.Column, ("type", "size", "revision", "is_shared", "added_name", "added_at")),
    ],
    sorts={"number": lists.Sort(Attachment.id), "name": lists.Sort(Attachment.name)},
    default_sort="-number",
    filters={"shared": _shared},
    search=lambda query, text: query.where(Attachment.id.in_(search.matches("attachment", text))),
    shown=("name", "subject", "account", "is_shared", "added_name", "added_at"),
    link="name",
    at="staff.file_where",
)


@crm.get("/files", may="files.see", feeds=("csv", "json"))
def file_list(actor):
    return LIST.answer(Attachment.visible_to(actor), actor)


@crm.get("/files/<number>", may="files.see", on=Attachment)
def file_read(attachment, actor):
    return file_pages.download(attachment, actor)


@crm.get("/files/<number>/where", may="files.see", on=Attachment)
def file_where(attachment, actor):
    return file_pages.lead_on(attachment)


@crm.post("/files/<number>/revise", may="files.revise", on=Attachment, uploads=True)
def file_revise(attachment, actor):
    return file_pages.revise(attachment, actor, REVISE)


@crm.post("/files/<number>/share", may="files.share", on=Attachment)
def file_share(attachment, actor):
    return file_pages.one_click(attachment, actor, attachment.share, gettext("The customer may read it now."))


@crm.post("/files/<number>/unshare", may="files.share", on=Attachment)
def file_unshare(attachment, actor):
    return file_pages.one_click(attachment, actor, attachment.unshare, gettext("Only staff may read it now."))


@crm.post("/files/<number>/remove", may="files.remove", on=Attachment)
def file_remove(attachment, actor):
    return file_pages.one_click(attachment, actor, attachment.remove, gettext("The file is taken away."))
