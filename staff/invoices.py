"""Invoices for staff: the list, the page of one, issuing them from orders, credit notes, using credit."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from portal import values
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.errors import Invalid, NotFound
from portal.sales import credit_notes, invoicing
from portal.sales.invoices import Invoice
from portal.sales.orders import NOT_PLACED, Order
from portal.values import Money
from portal.web import forms, invoice_lists, invoice_pages, lists, pages, panels, places, row_fields
from portal.web.noun_forms import DateText
from staff.face import crm

INDEX = pages.Page("staff/invoices/index.html")
SHOW = pages.Page("staff/invoices/show.html")
ISSUE = pages.Page("staff/invoices/issue.html")
CREDIT = pages.Page("staff/invoices/credit.html")
OWNER = lists.Link("account", ACCOUNT_FIELDS["owner"], Account.owner)  # `owner=me`: of the accounts I look after
LIST = invoice_lists.invoice_list({"owner": OWNER}, at="staff.invoice_show")
PARTS = [("all", lazy_gettext("All that is left")), ("part", lazy_gettext("What I write below"))]
AT_ONCE = {"shipped": "shipped", "all": None}

places.show_at("staff", "invoice", places.numbered("staff.invoice_show", Invoice))


@crm.get("/invoices", may="invoices.see", feeds=("csv", "json"))
def invoice_list(actor):
    return LIST.answer(Invoice.visible_to(actor), actor, INDEX)


@crm.get("/invoices/<number>", may="invoices.see", on=Invoice)
def invoice_show(invoice, actor):
    return SHOW.render(account_url=places.address_of(invoice.account.ref), **invoice_pages.about(invoice, actor))


# Issuing


class IssueForm(forms.Form):
    """When an invoice is issued and due; the pieces of each line are added by `row_fields`."""

    issued_on = DateText(lazy_gettext("Issued"))
    due_on = DateText(lazy_gettext("Due"))


@crm.get("/orders/<number>/invoice", may="invoices.issue", on=Order)
def invoice_new(order, actor):
    lines = order.lines
    return ISSUE.render(order=order, lines=lines, form=_issuing(lines))


@crm.post("/orders/<number>/invoice", may="invoices.issue", on=Order)
def invoice_issue(order, actor):
    lines = order.lines
    form = _issuing(lines)
    done = form.run(lambda **typed: _issue(order, **typed), by=actor)
    return form.answer(done, ISSUE, to=_page_of, said=gettext("The invoice is issued."), order=order, lines=lines)


@crm.post("/orders/<number>/invoice/<which>", may="invoices.issue", on=Order)
def invoice_issue_at_once(order, actor, which):
    if which not in AT_ONCE:
        raise NotFound()
    form = forms.OneClick()
    done = form.run(lambda **typed: invoicing.issue(order, lines=AT_ONCE[which], **typed), by=actor)
    return form.answer(done, ISSUE, to=_page_of, said=gettext("The invoice is issued."))


def _issuing(lines):
    return row_fields.form_for(
        IssueForm, lines, "line_", lambda line: line.name, lambda line: str(invoicing.left_of(line)),
        issued_on=values.shop_day(),
    )  # fmt: skip


def _issue(order, *, by, issued_on, due_on, **typed):
    lines = row_fields.taken(typed, "line_", row_fields.quantity)
    try:
        return invoicing.issue(order, by=by, lines=lines, issued_on=issued_on or None, due_on=due_on or None)
    except Invalid as refused:
        raise row_fields.at_row(refused, "lines", "line_")


def _page_of(invoice):
    return url_for("staff.invoice_show", number=invoice.number)


# Taking back


class CreditForm(forms.Form):
    """What of an invoice is taken back, and why; the pieces of each line are added by `row_fields`."""

    what = RadioField(lazy_gettext("What is credited"), choices=forms.options(PARTS), validate_choice=False)
    amount = StringField(lazy_gettext("An amount besides"))
    words = StringField(lazy_gettext("What the amount is for"), render_kw={"maxlength": 200})
    reason = TextAreaField(lazy_gettext("Why?"), render_kw={"maxlength": 500, "rows": 2})
    reopens = BooleanField(lazy_gettext("The invoice was wrong: these lines will be invoiced again"))


@crm.get("/invoices/<number>/credit", may="invoices.credit", on=Invoice)
def invoice_credit_form(invoice, actor):
    lines = invoice.lines
    return CREDIT.render(invoice=invoice, lines=lines, form=_crediting(lines, what="part"))


@crm.post("/invoices/<number>/credit", may="invoices.credit", on=Invoice)
def invoice_credit(invoice, actor):
    lines = invoice.lines
    form = _crediting(lines)
    done = form.run(lambda **typed: _credit(invoice, **typed), by=actor)
    said = gettext("The credit note is issued.")
    return form.answer(done, CREDIT, to=_page_of, said=said, invoice=invoice, lines=lines)


def _crediting(lines, **data):
    return row_fields.form_for(CreditForm, lines, "line_", lambda line: line.name or gettext("Delivery"), **data)


def _credit(invoice, *, by, what, amount, words, reason, reopens, **typed):
    given = {"by": by, "reason": reason, "reopens": reopens}
    if what == "all":
        return credit_notes.credit(invoice, **given)
    lines = row_fields.taken(typed, "line_", row_fields.quantity)
    minor = Money.of(amount, invoice.currency, field="amount").minor if (amount or "").strip() else None
    try:
        return credit_notes.credit(invoice, lines=lines, amount_minor=minor, words=words, **given)
    except Invalid as refused:
        named = {("amount" if name == "amount_minor" else name): fault for name, fault in refused.problems.items()}
        raise row_fields.at_row(Invalid(**named), "lines", "line_")


# On the page of an order


def _of_order(order, actor):
    """What of an order was invoiced and what can be; drafts and cancelled orders owe nothing."""
    if order.state in NOT_PLACED:
        return None
    standing = invoicing.standing(order)
    if not standing.papers and order.state == "cancelled":
        return None
    owed = order.state not in invoicing.NOT_OWED and actor.is_staff
    return {
        "order": order,
        "papers": invoice_pages.drawn(standing.papers),
        "left": standing.left if owed else 0,
        "shipped": standing.shipped if owed else 0,
        "form": forms.OneClick(formdata=None),
        "refs": {paper.ref: paper.number for paper in standing.papers},
    }


panels.show_on("staff", "order", "invoices", "staff/invoices/_of_order.html", _of_order, may="invoices.see", rank=30)
