"""Orders above a buyer's limit: what waits for an answer, approving or declining it, taking it back."""

from typing import NamedTuple

from flask import redirect, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField

from portal.customers import order_limits
from portal.errors import Invalid
from portal.sales import requisition_approving, requisitions
from portal.sales.orders import NOT_PLACED
from portal.sales.requisitions import Requisition
from portal.web import forms, one_task, order_rows, order_sums, pages, panels, piece_forms, places, sessions
from selfservice.face import site

SHOW = pages.Page("selfservice/requisitions/show.html")
MOST_AT_HOME = 3
SAID = {
    "approve": lazy_gettext("Approved. The order is placed."),
    "decline": lazy_gettext("Declined. The buyer reads why, and has the order as a draft."),
}


class AnswerForm(piece_forms.PiecesForm):
    """Approving what was shown, with other quantities perhaps, or declining with a word why."""

    decision = StringField()
    words = TextAreaField(lazy_gettext("Why not?"), render_kw={"maxlength": 500, "rows": 2})
    shown_total_minor = StringField()
    shown_currency = StringField()

    def values(self):
        typed, shown = super().values(), self.shown_total_minor.data or ""
        return typed | {"shown_total_minor": int(shown) if shown.isascii() and shown.isdigit() else None}

    def sound(self):
        """{line id: pieces} of what can be read as a number; nothing while something cannot."""
        try:
            return self.read()
        except Invalid as refusal:
            self.accuse(refusal)
            return {}


class Row(NamedTuple):
    """One line as it was asked for, what came of it, and what is to be said."""

    line: object
    now: object  # its line in the quote; None when it is taken out
    problem: str
    later: str

    @property
    def moved(self):
        """Whether its price is another than when it was asked for."""
        return self.now is not None and self.now.price is not None and self.now.price.minor != self.line.price_minor


def about(question, actor, form=None):
    """What of an order whoever answers has to know: what it was, and what it is worth now."""
    order, lines = question.order, question.order.lines
    quote = requisition_approving.quote(order, lines, by=actor, pieces=form.sound() if form else None)
    by_code = {line.code: line for line in quote.lines}
    return {
        "question": question,
        "order": order,
        "quote": quote,
        "rows": [_row(line, by_code.get(line.code), form) for line in lines],
        "sums": order_sums.of_quote(quote),
        "place": order_sums.place(order.ship_to),
    }


def _row(line, now, form):
    fault = form.faults.get(line.id, "") if form else ""
    if now is None:
        return Row(line, None, fault, "")
    return Row(line, now, order_rows.problem_text(now.problem) if now.problem else fault, order_rows.later(now))


one_task.offer(
    requisitions.TASK,
    on=Requisition,
    may="requisitions.answer",
    template="selfservice/requisitions/_task.html",
    form=AnswerForm,
    verb=requisition_approving.decide,
    show=lambda question, task: about(question, task.actor),
    check=Requisition.check,
    title=lambda question: gettext("Approve order %(number)s", number=question.number),
    said=SAID,
)
places.show_at("portal", "requisition", lambda number: url_for("portal.home"))


@site.get("/orders/<number>/approval", may="requisitions.answer", on=Requisition)
def requisition_show(question, actor):
    """The order as it would be placed now; for whoever cannot answer the page of the order says how it stands."""
    if question.state != "asked" or not order_limits.may_approve(sessions.place()):
        return redirect(_page_of(question), code=303)
    return SHOW.render(form=AnswerForm(formdata=None), **about(question, actor))


@site.post("/orders/<number>/approval", may="requisitions.answer", on=Requisition)
def requisition_decide(question, actor):
    form = AnswerForm()
    if form.decision.data == "sum":
        return SHOW.render(form=form, **about(question, actor, form))
    done = form.run(lambda **given: requisition_approving.decide(question, **given), by=actor)
    if not done.ok and not Requisition.waiting(actor).where(Requisition.id == question.id).exists():
        return _answered(form, question)
    said = SAID.get(form.decision.data)
    return form.answer(done, SHOW, to=_page_of(question), said=said, again=lambda: about(question, actor, form))


@site.post("/orders/<number>/approval/withdraw", may="requisitions.withdraw", on=Requisition)
def requisition_withdraw(question, actor):
    form = forms.OneClick()
    done = form.run(question.withdraw, by=actor)
    return form.answer(done, SHOW, to=_page_of(question), said=gettext("Taken back. It is your draft again."))


def _answered(form, question):
    """Somebody was first: the page of the order says what it is now, and who."""
    forms.say(" ".join(form.top), kind="warn")
    return redirect(_page_of(question), code=303)


def _page_of(question):
    return url_for("portal.order_show", number=question.number)


def _of_order(order, actor):
    """The question about an order that is not placed, for its page."""
    question = requisitions.of_order(order) if order.state in NOT_PLACED else None
    if question is None or question.state not in ("asked", "declined"):
        return None
    return {
        "question": question,
        "ahead": question.state == "asked",
        "may_approve": question.state == "asked" and order_limits.may_approve(sessions.place()),
        "is_mine": question.asked_by.login_id == actor.ref.id,
        "form": forms.Form(formdata=None),
    }


def _at_home(account, actor):
    rows = list(Requisition.waiting_for(actor).limit(MOST_AT_HOME + 1))
    return {"rows": rows[:MOST_AT_HOME], "more": len(rows) > MOST_AT_HOME, "waits": len(rows)} if rows else None


panels.show_on(
    "portal", "order", "requisition", "selfservice/requisitions/_of_order.html", _of_order, may="orders.see", rank=5
)
panels.show_on(
    "portal",
    "home",
    "requisitions",
    "selfservice/requisitions/_home.html",
    _at_home,
    may="requisitions.answer",
    rank=5,
)
