"""Writing a mail from the page of a record: with a template or freely, looked at before it goes."""

from functools import partial

from flask import url_for
from flask_babel import gettext

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.sales.invoices import Invoice
from portal.sales.leads import Lead
from portal.sales.orders import Order
from portal.service.cases import Case
from portal.web import mail_pages, pages, places
from staff.face import crm

COMPOSE = pages.Page("staff/mailbox/compose.html")
ON = {
    Account: "/accounts",
    Contact: "/contacts",
    Order: "/orders",
    Invoice: "/invoices",
    Case: "/cases",
    Lead: "/leads",
}

mail_pages.stand_on_records("staff/mailbox/_panel.html")
mail_pages.stand_on_interactions("staff/mailbox/_of_interaction.html")


def _write_from(model, path):
    """The page on which a mail is written from a record of a noun, and its sending."""
    kind = model._meta.table_name

    def compose(record, actor):
        return COMPOSE.render(**_about(record, actor))

    def send(record, actor):
        found = _about(record, actor)
        form = found.pop("form")
        if form.look.data and form.validate():
            found["preview"] = mail_pages.preview(form, record, found["people"], actor)
            return COMPOSE.render(form=form, **found)
        done = form.run(partial(mail_pages.send, record, found["people"]), by=actor)
        return form.answer(done, COMPOSE, to=_page_of, said=gettext("The mail goes out."), **found)

    compose.__name__, send.__name__ = f"{kind}_write", f"{kind}_write_send"
    crm.get(f"{path}/<number>/write", may="mailbox.write", on=model)(compose)
    crm.post(f"{path}/<number>/write", may="mailbox.write", on=model, uploads=True)(send)


def _about(record, actor):
    here = url_for(f"staff.{record.ref.kind}_write", number=record.number)
    back = places.address_of(record.ref)
    title = getattr(record, "name", None) or record.number
    return mail_pages.composing(record, actor, here=here, back=back, title=title)


def _page_of(mail):
    return url_for("staff.conversation_show", number=mail.conversation.number) if mail else url_for("staff.today")


for _model, _path in ON.items():
    _write_from(_model, _path)
