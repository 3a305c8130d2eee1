"""Documents: what stands on each paper of the shop, ready for the press, and the answer that hands it over."""

import logging

from flask import make_response, render_template, request

from portal import files, values
from portal.customers.addresses import Address
from portal.errors import NotFound
from portal.sales import payment_methods, statements
from portal.sales.payments import Payment
from portal.web import papers, press, qr_codes, speech, statement_pages
from portal.web.papers import Paper
from portal.web.terms.marks import N_
from portal.web.wording import CODES, LANGUAGES

log = logging.getLogger("suki.press")
SANDBOX = "default-src 'none'; sandbox"
ORDER_TITLES = {
    "draft": N_("Draft of an order"),
    "to_approve": N_("Order to be approved"),
    "placed": N_("Order received"),
    "cancelled": N_("Cancelled order"),
}
# What tax offices call an invoice of a shop that is registered with them.
INVOICE_TITLES = {"PH": N_("Sales invoice"), "TH": N_("Tax invoice")}


def order_data(order, lines, language):
    """The order as the customer keeps it: what was agreed, for how much, where it goes."""
    paper = Paper(language)
    say, money = paper.say, lambda minor: paper.money(minor, order.currency)
    paper.party(paper.term("order", "bill_to"), paper.place(order.bill_to) or [order.account_name])
    goes_to = say(N_("To be picked up at")) if order.delivery == "pickup" else say(N_("Goes to"))
    paper.party(goes_to, [order.branch_name] if order.delivery == "pickup" else paper.place(order.ship_to))
    paper.fact(paper.term("order", "placed_at"), paper.date(order.placed_at or order.created_at))
    paper.fact(paper.term("order", "state"), paper.term("order", "state", order.state))
    paper.fact(paper.term("order", "requested_on"), paper.date(order.requested_on))
    for name in ("po_number", "placed_by"):
        paper.fact(paper.term("order", name), getattr(order, name))
    paper.table(*papers.priced_lines(paper, lines, order.currency))
    paper.parts["sums"], paper.parts["total"] = papers.sums_of(paper, order, lines)
    if order.cancelled_minor and order.state != "cancelled":
        paper.parts["after"].append([say(N_("Cancelled since")), money(-order.cancelled_minor)])
        paper.parts["after"].append([say(N_("Comes to")), money(order.owed.minor)])
    if order.tax_included_minor:
        paper.parts["notes"].append(say(N_("Holds %(money)s of tax."), money=money(order.tax_included_minor)))
    if order.note:
        paper.parts["notes"].append(f"{paper.term('order', 'note')}: {order.note}")
    if order.cancel_reason:
        paper.parts["notes"].append(say(N_("Cancelled: %(reason)s"), reason=order.cancel_reason))
    return paper.data(say(ORDER_TITLES.get(order.state, N_("Order confirmation"))), order.number)


def invoice_data(invoice, lines, language, instructions=()):
    """An invoice, or a credit note, with its taxes by rate; what is still to pay, and how, while something is."""
    paper = Paper(language)
    say, money = paper.say, lambda minor: paper.money(minor, invoice.currency)
    is_note = invoice.kind == "credit_note"
    paper.party(say(N_("Invoice to")), _debtor(paper, invoice))
    paper.party(say(N_("Goes to")), paper.place(invoice.ship_to) if invoice.ship_to != invoice.bill_to else [])
    paper.fact(say(N_("Issued")), paper.date(invoice.issued_on))
    if is_note:
        paper.fact(say(N_("Takes back")), invoice.credits.number if invoice.credits_id else "")
    else:
        paper.fact(say(N_("Due")), paper.date(invoice.due_on))
    paper.fact(say(N_("Order")), invoice.order_number)
    paper.fact(paper.term("order", "po_number"), invoice.po_number)
    listed = [line for line in lines if line.kind != "freight"]
    paper.table(*papers.priced_lines(paper, listed, invoice.currency))
    paper.parts["sums"], paper.parts["total"] = papers.sums_of(paper, invoice, lines)
    papers.tax_summary(paper, invoice)
    if invoice.reason:
        paper.parts["notes"].append(say(N_("Reason: %(reason)s"), reason=invoice.reason))
    if is_note:
        used = invoice.total_minor - invoice.open_minor
        after = ((N_("Used already"), used), (N_("Not used yet"), invoice.open_minor))
        paper.parts["after"] = [[say(label), money(minor)] for label, minor in after if minor]
    else:
        _say_what_is_open(paper, invoice, money, instructions)
    paper.parts["foot"] = [line for line in paper.ours.foot.splitlines() if line.strip()]
    return paper.data(say(N_("Credit note") if is_note else _invoice_title(paper)), invoice.number)


def _debtor(paper, invoice):
    """Who owes it: the account, the address, the tax number."""
    place = paper.place(invoice.bill_to)
    name = [] if place and place[0] == invoice.account_name else [invoice.account_name]
    number = paper.say(N_("Tax number %(number)s"), number=invoice.tax_number) if invoice.tax_number else ""
    return [*name, *place, *([number] if number else [])]


def _invoice_title(paper):
    return INVOICE_TITLES.get(paper.ours.country, N_("Invoice")) if paper.ours.tax_number else N_("Invoice")


def _say_what_is_open(paper, invoice, money, instructions):
    settled = invoice.total_minor - invoice.open_minor
    if settled and invoice.open_minor:
        paper.parts["after"].append([paper.say(N_("Paid or credited")), money(settled)])
    if invoice.open_minor:
        paper.parts["after"].append([paper.say(N_("Still to pay")), money(invoice.open_minor)])
        paper.parts["pay"] = papers.payment(paper, instructions)
    else:
        paper.parts["notes"].append(paper.say(N_("Nothing is left to pay. Thank you.")))


def delivery_note_data(shipment, order, lines, language):
    """What one delivery brought of an order, to be signed; it says nothing of prices."""
    paper = Paper(language)
    say, wording = paper.say, paper.wording
    is_pickup = order.delivery == "pickup"
    paper.party(say(N_("Customer")), [order.account_name])
    goes_to = say(N_("To be picked up at")) if is_pickup else say(N_("Goes to"))
    paper.party(goes_to, [order.branch_name] if is_pickup else paper.place(order.ship_to))
    paper.fact(say(N_("Date")), paper.date(shipment.shipped_at))
    paper.fact(say(N_("Order")), order.number)
    paper.fact(paper.term("order", "po_number"), order.po_number)
    paper.fact(say(N_("Carrier")), shipment.carrier)
    paper.fact(say(N_("Tracking number")), shipment.tracking_number)
    columns = [(N_("Description"), "wide"), (N_("Ordered"), "number"), (N_("Comes with this"), "number")]
    rows = [
        [
            (part.line.name, part.line.code),
            wording.quantity(part.line.quantity, part.line.unit),
            wording.quantity(part.quantity, part.line.unit),
        ]
        for part in lines
    ]
    paper.table([(say(head), kind) for head, kind in columns], rows)
    if shipment.note:
        paper.parts["notes"].append(shipment.note)
    if shipment.delivered_at:
        paper.fact(say(N_("Delivered")), paper.date(shipment.delivered_at))
        paper.fact(say(N_("Received by")), shipment.received_by)
    else:
        paper.parts["signatures"] = [say(N_("Delivered by, date")), say(N_("Received by, date, signature"))]
    return paper.data(say(N_("Delivery note")), shipment.number)


def statement_data(account, statement, language, instructions=()):
    """The account day by day, what is owed at its end by age, and how to pay it."""
    paper = Paper(language)
    say, money = paper.say, lambda minor: paper.money(minor, statement.currency)
    address = Address.default(account, "billing")
    place = paper.place(address.snapshot) if address else []
    paper.party(say(N_("Customer")), [account.name, *(line for line in place if line != account.name)])
    paper.fact(say(N_("From")), paper.date(statement.first))
    paper.fact(say(N_("To")), paper.date(statement.last))
    paper.fact(say(N_("Customer number")), account.number)
    columns = [
        (N_("Date"), "text"), (N_("What"), "wide"), (N_("Due"), "text"), (N_("Amount"), "number"),
        (N_("Balance"), "number"),
    ]  # fmt: skip
    opening = [paper.date(statement.first), say(N_("Owed before")), "", "", money(statement.opening_minor)]
    rows = [_movement(paper, row, money) for row in statement.rows]
    paper.table([(say(head), kind) for head, kind in columns], [opening, *rows])
    closing = statement.closing_minor
    label = N_("We owe you") if closing < 0 else N_("You owe")
    paper.parts["total"] = (say(label), money(abs(closing)))
    ages = [name for _, name in statements.AGES] + (["credit"] if statement.ages["credit"] else [])
    heads = [(paper.term("statement", "age", name), "share") for name in ages]
    paper.summary(say(N_("How old it is")), heads, [[money(statement.ages[name]) for name in ages]])
    if closing > 0:
        paper.parts["pay"] = papers.payment(paper, instructions)
    title = say(N_("Statement of account"))
    return paper.data(title, f"{paper.date(statement.first)} – {paper.date(statement.last)}")


def _movement(paper, row, money):
    is_payment = row.kind in ("payment", "payment_cancelled")
    number = row.number or (Payment.NUMBER.format(row.id) if is_payment else "")
    what = f"{paper.term('statement', 'kind', row.kind)} {number}".strip()
    return [
        paper.date(row.day), (what, row.reference) if row.reference else what,
        paper.date(row.due_on) if row.kind == "invoice" else "", money(row.minor), money(row.balance_minor),
    ]  # fmt: skip


# The answer


def language_for(account, actor):
    """In which language a paper is read: asked for by `?language=`, else the customer's."""
    asked = request.args.get("language")
    if asked in CODES:
        return asked
    return account.language if actor.is_staff else speech.language()


def answer(write, at, name):
    """The paper that `write()` makes as a download, or a page that says it could not be made."""
    try:
        printed = press.pdf(write(), at)
    except press.Jammed as jam:
        log.error("%s was not printed: %s", name, jam.reason)
        is_long = isinstance(jam, press.TooLong)
        page = render_template("errors/paper.html", request_id="", kept=[], is_long=is_long)
        response = make_response(page, 422 if is_long else 503)
        response.headers["Retry-After"] = str(press.WAIT_SECONDS)
        return response
    response = make_response(printed)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = files.disposition(name, "application/pdf")
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def order_answer(order, actor):
    """The PDF of an order."""
    language = language_for(order.account, actor)
    return answer(lambda: order_data(order, order.lines, language), order.at, order.number)


def invoice_answer(invoice, actor):
    """The PDF of an invoice or a credit note, with the codes for what is still open of it."""
    language = language_for(invoice.account, actor)
    how = how_to_pay(invoice)
    return answer(lambda: invoice_data(invoice, invoice.lines, language, how), invoice.created_at, invoice.number)


def delivery_note_answer(shipment, actor):
    """The PDF of a delivery note."""
    language = language_for(shipment.order.account, actor)
    order, at = shipment.order, shipment.shipped_at
    return answer(lambda: delivery_note_data(shipment, order, shipment.lines, language), at, shipment.number)


def how_to_pay(invoice):
    """The Instructions for what is open of an invoice; none of a credit note or when nothing is."""
    if invoice.kind != "invoice" or not invoice.open_minor:
        return []
    country = invoice.account.country
    return payment_methods.offered_for(invoice.currency, country, invoice.open, invoice.number)


def statement_answer(account, actor):
    """The PDF of an account's statement: `?from=`, `?to=` (three months up to today) and `?currency=`."""
    first, last = statement_pages.asked_days()
    found = {one.currency: one for one in statements.statement(account, first, last)}
    currency = request.args.get("currency") or account.currency
    shown = found.get(currency) or next(iter(found.values()))
    number = f"ACC-{account.number}"
    owed = shown.money(shown.closing_minor)
    how = payment_methods.offered_for(shown.currency, account.country, owed, number) if owed.minor > 0 else []
    language, at = language_for(account, actor), values.shop_midnight(last)
    return answer(lambda: statement_data(account, shown, language, how), at, f"{number} {last}")


def link_of(url, language):
    """What a page shows of a paper: its address, its language, and the others it can be read in."""
    names = dict(LANGUAGES)
    others = [(code, name) for code, name in LANGUAGES if code != language]
    return {"url": url, "language": names.get(language, names["en"]), "others": others}


def codes_of(invoice, picture=None):
    """What a page shows of how to pay an invoice: [(Instruction, drawn code, address of its picture)]; one query.

    `picture(method)` is the address under which a face hands the code out.
    """
    ways = [(paid, qr_codes.drawn(paid.payload)) for paid in how_to_pay(invoice)]
    return {"ways": [(paid, code, picture(paid.method) if picture else "") for paid, code in ways]}


def code_answer(invoice, which):
    """The code that pays an invoice by one method as a PNG, for an app that reads it from the photos."""
    found = [paid for paid in how_to_pay(invoice) if paid.method.number == which and paid.payload]
    if not found:
        raise NotFound()
    response = make_response(qr_codes.png(found[0].payload))
    response.mimetype = "image/png"
    response.headers["Content-Disposition"] = files.disposition(
        f"{invoice.number} {found[0].method.title}", "image/png"
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
