"""Files for staff: reading one, a newer version, sharing it with the customer, taking it away; who takes files."""

from flask import redirect
from flask_babel import gettext

from portal.activity.attachments import Attachment
from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.web import file_pages, pages, places
from staff.face import crm

REVISE = pages.Page("staff/files/add.html")

places.show_at("staff", "attachment", places.numbered("staff.file_where", Attachment))
file_pages.take_files(crm, Order, "/orders")
file_pages.take_files(crm, Product, "/catalogue")
file_pages.take_files(crm, Account, "/accounts", later=True)


@crm.get("/files/<number>", may="files.see", on=Attachment)
def file_read(attachment, actor):
    return file_pages.download(attachment, actor)


@crm.get("/files/<number>/where", may="files.see", on=Attachment)
def file_where(attachment, actor):
    """To the record that it belongs to."""
    here = places.address_of(attachment.subject_ref)
    if here is None:
        raise NotFound()
    return redirect(f"{here}#files", code=303)


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
