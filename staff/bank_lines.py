"""Bank lines for staff: the queue with what each would settle, one line with every way out, the list."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import HiddenField, StringField

from portal import search
from portal.errors import NotFound
from portal.exchange import bank_booking, bank_books, bank_lines, bank_taking
from portal.exchange.bank_lines import FIELDS, KIND_OF, STATES, WAITING, BankLine
from portal.exchange.bank_statements import BankStatement
from portal.values import Money
from portal.web import finding, forms, lists, pages, panels, places, speech
from portal.web.surfaces import load
from portal.web.terms.marks import N_
from staff.face import crm

QUEUE = pages.Page("staff/bank_lines/queue.html")
INDEX = pages.Page("staff/bank_lines/index.html")
SHOW = pages.Page("staff/bank_lines/show.html")
ROWS = 4  # of parts on the page of a line

places.show_at("staff", "bank_line", places.numbered("staff.bank_line_show", BankLine))


LIST = lists.List(
    "bank_line",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "booked_on")),
        lists.Column("amount_minor", lambda line: line.amount, "amount"),
        *map(lists.Column, ("currency", "state", "payer", "payer_account", "text", "reference")),
        lists.Column("account", lambda line: line.account.name if line.account_id else None),
        lists.Column("statement", lambda line: line.statement.number),
        lists.Column("bank_account", lambda line: line.bank_account.name),
        *map(lists.Column, ("note", "decided_by", "decided_at")),
    ],
    sorts={
        "number": lists.Sort(BankLine.id),
        "booked_on": lists.Sort(BankLine.booked_on),
        "amount": lists.Sort(BankLine.amount_minor),
    },
    default_sort="-booked_on",
    filters={
        "state": lists.Choice("bank_line", FIELDS["state"], BankLine.state, {"waiting": (N_("waiting"), WAITING)})
    },
    search=finding.found_in(BankLine, ["bank.see"]),
    drawn={"state": KIND_OF},
    link="number",
    at="staff.bank_line_show",
    said=("state",),
    shown=("number", "booked_on", "amount", "state", "payer", "text", "account"),
)


class AcceptForm(forms.Form):
    """Accept what the page shows; `seen` is what that was."""

    seen = HiddenField()


class IgnoreForm(forms.Form):
    note = StringField(lazy_gettext("Why? A few words for later."), render_kw={"maxlength": 200})


class LinkForm(forms.Form):
    payment = StringField(lazy_gettext("Number of the payment"), render_kw={"maxlength": 20})


class ReopenForm(forms.Form):
    reason = StringField(lazy_gettext("Why?"), render_kw={"maxlength": 300})


class SureForm(forms.OneClick):
    statement = HiddenField()


BookForm = type(
    "BookForm",
    (forms.Form,),
    {
        f"{name}_{n}": StringField(label, render_kw={"maxlength": longest})
        for n in range(ROWS)
        for name, label, longest in (
            ("target", lazy_gettext("Invoice, order or account"), 40),
            ("amount", lazy_gettext("Amount"), 20),
        )
    },
)


@crm.get("/bank", may="bank.see")
def bank_line_queue(actor):
    rows = BankLine.listed_for(actor).where(BankLine.state.in_(WAITING))
    found = LIST.find(rows, actor)
    settles, paid = bank_books.described(found.rows)
    return QUEUE.render(
        found.status, found=found, settles=settles, paid=paid, sums=_waiting(),
        sure=SureForm(formdata=None), accept={line.id: _accept_form(line) for line in found.rows}, **_words(),
    )  # fmt: skip


@crm.get("/bank/lines", may="bank.see", feeds=("csv", "json"))
def bank_line_list(actor):
    states = [(state, speech.term("bank_line", "state", state)) for state in STATES]
    return LIST.answer(BankLine.listed_for(actor), actor, INDEX, states=states)


@crm.post("/bank/accept", may="bank.book")
def bank_line_accept_sure(actor):
    form = SureForm()
    done = form.run(_accept_sure, by=actor)
    return form.answer(
        done, QUEUE, to=url_for("staff.bank_line_queue"), said=done.ok and done.result and _said(*done.result)
    )


@crm.post("/bank/look-again", may="bank.book")
def bank_line_look_again(actor):
    form = forms.OneClick()
    done = form.run(_look_again, by=actor)
    said = done.ok and ngettext(
        "%(num)s line fits differently now.", "%(num)s lines fit differently now.", done.result or 0
    )
    return form.answer(done, QUEUE, to=url_for("staff.bank_line_queue"), said=said)


@crm.get("/bank/lines/<number>", may="bank.see", on=BankLine)
def bank_line_show(line, actor):
    return SHOW.render(**_about(line))


@crm.post("/bank/lines/<number>/accept", may="bank.book", on=BankLine)
def bank_line_accept(line, actor):
    form = AcceptForm()
    done = form.run(lambda **given: bank_booking.accept(line, **given), by=actor)
    if not done.ok:  # what it would settle has moved: show what fits now
        bank_taking.look_again(by=actor, lines=[line.id])
    return _answer(form, done, line, actor, gettext("Booked."), accept_form=form)


@crm.post("/bank/lines/<number>/book", may="bank.book", on=BankLine)
def bank_line_book(line, actor):
    form = BookForm()
    done = form.run(lambda **given: _book(line, **given), by=actor)
    return _answer(form, done, line, actor, gettext("Booked."), book_form=form)


@crm.post("/bank/lines/<number>/link", may="bank.book", on=BankLine)
def bank_line_link(line, actor):
    form = LinkForm()
    done = form.run(lambda **given: bank_booking.link(line, **given), by=actor)
    said = gettext("It is the payment recorded before. Nothing was booked twice.")
    return _answer(form, done, line, actor, said, link_form=form)


@crm.post("/bank/lines/<number>/ignore", may="bank.book", on=BankLine)
def bank_line_ignore(line, actor):
    form = IgnoreForm()
    done = form.run(lambda **given: bank_booking.ignore(line, **given), by=actor)
    said = gettext("Let be. It can be taken up again at any time.")
    return _answer(form, done, line, actor, said, ignore_form=form)


@crm.post("/bank/lines/<number>/reopen", may="bank.book", on=BankLine)
def bank_line_reopen(line, actor):
    form = ReopenForm()
    done = form.run(lambda **given: bank_booking.reopen(line, **given), by=actor)
    here = url_for("staff.bank_line_show", number=line.number)
    return _answer(form, done, line, actor, gettext("Taken back. The line waits again."), to=here, reopen_form=form)


def _accept_sure(*, by, statement):
    try:
        chosen = BankStatement.visible_to(by).where(BankStatement.by_number(statement)).first() if statement else None
    except NotFound:
        chosen = None
    return bank_booking.accept_sure(by=by, statement=chosen)


def _said(accepted, refused, left):
    """What came of accepting all that is sure."""
    said = [ngettext("%(num)s line is booked.", "%(num)s lines are booked.", accepted)]
    if refused:
        said.append(ngettext("%(num)s fits no more and waits.", "%(num)s fit no more and wait.", refused))
    if left:
        said.append(ngettext("%(num)s more is sure: press again.", "%(num)s more are sure: press again.", left))
    return " ".join(said)


def _look_again(*, by):
    return bank_taking.look_again(by=by)


def _book(line, *, by, **typed):
    return bank_booking.book(line, by=by, parts=[(typed[f"target_{n}"], typed[f"amount_{n}"]) for n in range(ROWS)])


def _answer(form, done, line, actor, said, to=None, **shown):
    if done.ok:
        return form.answer(done, SHOW, to=to or url_for("staff.bank_line_queue"), said=said)
    now = load(BankLine, actor, line.number)
    return SHOW.render(done.status, **_about(now) | shown)


def _waiting():
    """What waits, by currency and state; of what is done there is too much to be added up on each page."""
    return bank_lines.sums(BankLine.select().where(BankLine.state.in_(WAITING)))


def _accept_form(line):
    return AcceptForm(formdata=None, data={"seen": bank_booking.plan_print(line)})


def _words():
    return {"money_of": Money, "message": _message, "address_of": places.address_of}


def _message(why):
    """The sentence that says why a line is what it is."""
    return speech.message(why[0], **why[1]) if why else ""


def _about(line):
    """A line with its ways out: what fits, what was looked up, and the forms."""
    settles, paid = bank_books.described([line])
    query = request.args.get("q", "").strip()[: search.LONGEST_QUERY]
    waits = line.is_waiting
    blank = {"formdata": None}
    return {
        "line": line,
        "settles": settles[line.id],
        "paid": paid.get(line.plan.get("payment")),
        "bookings": [] if waits else line.bookings,
        "fitting": bank_books.fitting(line) if waits and line.amount_minor > 0 else [],
        "q": query,
        "found": bank_books.looked_up(query, line.currency) if waits else [],
        "accept_form": _accept_form(line),
        "book_form": BookForm(**blank, data=_start(line, settles[line.id])),
        "link_form": LinkForm(**blank),
        "ignore_form": IgnoreForm(**blank),
        "reopen_form": ReopenForm(**blank),
        **_words(),
    }


def _start(line, settles):
    """The parts as the plan has them, or as `use` in the address says, ready to be changed."""
    use = request.args.get("use", "")[:40]
    if use:
        return {"target_0": use}
    start = {}
    for n, (account, invoice, minor) in enumerate(settles[:ROWS]):
        start[f"target_{n}"] = invoice.number if invoice else account.number
        start[f"amount_{n}"] = str(Money(minor, line.currency).decimal)
    return start


def _on_today(day, actor):
    """How many lines wait, for the page the day begins with."""
    found = _waiting()
    return {"sums": found, "money_of": Money} if found else None


panels.show_on("staff", "home", "bank", "staff/bank_lines/_on_today.html", _on_today, may="bank.see", rank=40)
