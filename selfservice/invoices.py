"""The customer's invoices: what is open first, the page of one, the statement, and what home says of what is owed."""

from flask import g, request
from flask_babel import gettext

from portal import values
from portal.customers.accounts import Account
from portal.people import policy
from portal.sales import invoicing, paid_notes, statements
from portal.sales.invoices import Invoice
from portal.sales.orders import NOT_PLACED
from portal.web import invoice_lists, invoice_pages, noun_forms, pages, panels, places, statement_pages
from selfservice.face import site

LIST = invoice_lists.invoice_list()
INDEX = pages.Page("selfservice/invoices/index.html")
SHOW = pages.Page("selfservice/invoices/show.html")
STATEMENT = pages.Page("selfservice/statements/show.html")
MOST_OPEN = 50

places.show_at("portal", "invoice", places.numbered("portal.invoice_show", Invoice))


@site.get("/invoices", may="invoices.see", feeds=("csv", "json"))
def invoice_list(actor):
    query = Invoice.visible_to(actor)
    if g.get("feed"):
        return LIST.answer(query, actor, INDEX)
    is_first = not request.args
    owed = _owed(actor, MOST_OPEN) if is_first else []
    states = [("", gettext("All")), *((state, word) for state, word in _states())]
    return LIST.answer(query, actor, INDEX, owed=invoice_pages.drawn(owed), states=states, drawn=invoice_pages.drawn)


def _states():
    """[(state, word)] a customer can ask for."""
    return [
        ("unpaid", gettext("Unpaid")), ("overdue", gettext("Overdue")), ("paid", gettext("Paid")),
        ("credit", gettext("Credit to use")),
    ]  # fmt: skip


def _owed(actor, most):
    """What is to be paid, due first first."""
    return list(Invoice.visible_to(actor).where(Invoice.unpaid()).order_by(Invoice.due_on, Invoice.id).limit(most))


@site.get("/invoices/<number>", may="invoices.see", on=Invoice)
def invoice_show(invoice, actor):
    return SHOW.render(**_about(invoice, actor))


def _about(invoice, actor):
    """The page, with the form that says it is paid, for whoever may and while something is open."""
    may = not invoice.is_credit_note and invoice.open_minor and policy.may(actor, "invoices.say_paid", invoice)
    return {"paying": _paying(actor, formdata=None) if may else None} | invoice_pages.about(invoice, actor)


@site.post("/invoices/<number>/paid", may="invoices.say_paid", on=Invoice)
def invoice_say_paid(invoice, actor):
    form = _paying(actor)
    done = form.run(lambda **typed: paid_notes.say_paid(invoice, **typed), by=actor)
    to, said = places.address_of(invoice.ref), gettext("Thank you. We look for the payment.")
    if done.ok:
        return form.answer(done, SHOW, to=to, said=said)
    return SHOW.render(done.status, **_about(invoice, actor) | {"paying": form})


def _paying(actor, **formdata):
    names = paid_notes.FIELDS.writable(actor)
    return noun_forms.form_over(paid_notes.FIELDS, names, actor, is_sent=not formdata, paid_on=values.shop_day())


@site.get("/statement", may="statements.see", feeds=("csv", "json"))
def statement_show(actor):
    account = Account.visible_to(actor).get()
    return statement_pages.answer(account, actor, STATEMENT)


# On other pages


def _of_order(order, actor):
    """The invoices of an order."""
    standing = invoicing.standing(order) if order.state not in NOT_PLACED else None
    if standing is None or not standing.papers:
        return None
    refs = {paper.ref: paper.number for paper in standing.papers}
    return {"papers": invoice_pages.drawn(standing.papers), "refs": refs}


def _on_home(account, actor):
    """What is owed and when, in one query; nothing while nothing is."""
    today = values.shop_day()
    balances = [one for one in statements.balances([account], today).get(account.id, []) if one.owes_minor]
    return {"balances": balances, "waits": any(one.overdue_minor for one in balances)} if balances else None


panels.show_on(
    "portal", "order", "invoices", "selfservice/invoices/_of_order.html", _of_order, may="invoices.see", rank=30
)
panels.show_on("portal", "home", "owed", "selfservice/invoices/_on_home.html", _on_home, may="invoices.see", rank=5)
