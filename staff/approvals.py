"""Approvals for staff: the questions about discounts, what each would cost, and the answer."""

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import TextAreaField

from portal.sales import adjustments, approvals
from portal.sales.approvals import FIELDS, KIND_OF, Approval
from portal.web import forms, lists, pages, panels, places, price_words, queues, speech
from staff.face import crm

INDEX = pages.Page("staff/approvals/index.html")
SHOW = pages.Page("staff/approvals/show.html")

places.show_at("staff", "approval", places.numbered("staff.approval_show", Approval))


def _percent(approval, beside):
    return speech.wording().percent(approval.highest_bp / 10_000, 2)


LIST = lists.List(
    "approval",
    FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("state"),
        lists.Column("account", lambda approval: approval.account.name),
        lists.Column("order", lambda approval: approval.order.number),
        lists.Column("asked_by", lambda approval: approval.asked_by.name),
        lists.Column("asked_at"),
        lists.Column(
            "highest_bp", lambda approval: f"{approval.highest_bp / 100:g}", "highest_percent", show=_percent
        ),
        lists.Column("off_minor", lambda approval: approval.money("off"), "off"),
        lists.Column("net_minor", lambda approval: approval.money("net"), "net"),
        lists.Column("cost_minor", lambda approval: approval.money("cost"), "cost"),
        *map(lists.Column, ("currency", "reason")),
        lists.Column("decided_by", lambda approval: approval.decided_by.name if approval.decided_by_id else None),
        *map(lists.Column, ("decided_at", "answer")),
    ],
    sorts={"number": lists.Sort(Approval.id), "asked_at": lists.Sort(Approval.asked_at)},
    default_sort="-number",
    said=("state",),
    shown=("number", "account", "highest_percent", "off", "asked_by", "asked_at", "state"),
    link="number",
    at="staff.approval_show",
    drawn={"state": KIND_OF},
    rows=Approval.visible_to,
)


class AnswerForm(forms.Form):
    """The answer of a manager, with a word to the one who asked."""

    words = TextAreaField(lazy_gettext("A word to whoever asked"), render_kw={"maxlength": 500, "rows": 2})


@crm.get("/approvals", may="approvals.see", feeds=("csv", "json"))
def approval_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/approvals/<number>", may="approvals.see", on=Approval)
def approval_show(approval, actor):
    return SHOW.render(form=AnswerForm(formdata=None), **_about(approval, actor))


@crm.post("/approvals/<number>/approve", may="approvals.decide", on=Approval)
def approval_approve(approval, actor):
    return _answer(approval, actor, AnswerForm(), approval.approve, gettext("Approved. The order can be placed."))


@crm.post("/approvals/<number>/decline", may="approvals.decide", on=Approval)
def approval_decline(approval, actor):
    return _answer(approval, actor, AnswerForm(), approval.decline, gettext("Declined. The draft stays a draft."))


@crm.post("/approvals/<number>/withdraw", may="approvals.ask", on=Approval)
def approval_withdraw(approval, actor):
    said = gettext("The question is taken back.")
    return _answer(approval, actor, AnswerForm(), lambda *, by, words: approval.withdraw(by=by), said)


def _answer(approval, actor, form, verb, said):
    done = form.run(verb, by=actor)
    if done.ok:
        return form.answer(done, SHOW, to=url_for("staff.approval_show", number=approval.number), said=said)
    now = Approval.visible_to(actor).where(Approval.id == approval.id).get()
    return SHOW.render(done.status, form=form, **_about(now, actor))


def _about(approval, actor):
    lines = approval.order.lines
    sees_cost = "cost_minor" in FIELDS.readable(actor)
    return {
        "approval": approval,
        "lines": lines,
        "why": price_words.of_order_lines(lines, adjustments.of(lines)),
        "is_still_so": approval.fingerprint == approvals.fingerprint(lines),
        "margin": approval.margin if sees_cost else None,
        "share": approval.margin.minor / approval.net_minor if sees_cost and approval.net_minor else None,
        "may_decide": approval.can_be_decided(actor),
        "is_own": approval.asked_by_id == actor.employee,
        "one_click": forms.Form(formdata=None),
    }


def _of_order(order, actor):
    """The last question about a draft; nothing for an order that went its way."""
    if order.state != "draft" or order.source != "staff":
        return None
    found = Approval.visible_to(actor).where(Approval.order == order).order_by(Approval.id.desc()).first()
    return found and {"approval": found}


panels.show_on("staff", "order", "approval", "staff/approvals/_of_order.html", _of_order, may="approvals.see", rank=5)
queues.offer(
    "approvals",
    Approval.waiting_for,
    may="approvals.decide",
    said=lambda count: ngettext("%(num)s discount to decide", "%(num)s discounts to decide", count),
    at="staff.approval_list",
    state="asked",
)
