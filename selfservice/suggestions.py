"""Suggested orders for the customer: the switch, what waits on Home, and its one page, by link or signed in."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, StringField

from portal.customers import order_limits
from portal.sales import suggestions
from portal.sales.suggestions import KIND_OF, Suggestion, SuggestionSwitch
from portal.web import forms, one_task, order_pads, order_rows, order_sums, pages, places, sessions, under_way
from selfservice.face import site

SWITCH = pages.Page("selfservice/suggestions/switch.html")
PIECE = "selfservice/suggestions/_task.html"
TITLE = lazy_gettext("Your usual order?")
SAID = {
    "place": lazy_gettext("Your order is sent."),
    "skip": lazy_gettext("Skipped this time. We ask again when it is usual next."),
    "stop": lazy_gettext("We suggest no more orders."),
}

places.show_at("portal", "suggestion", places.numbered("portal.suggestion_show", Suggestion))


class SettleForm(forms.Form):
    decision = StringField()
    shown_total_minor = StringField()  # the piece writes both with what it shows
    shown_currency = StringField()

    def values(self):
        typed = super().values()
        shown = typed["shown_total_minor"] or ""
        is_number = shown.isascii() and shown.isdigit() and len(shown) < 18
        return typed | {"shown_total_minor": int(shown) if is_number else None}


class SwitchForm(forms.Form):
    is_on = BooleanField(lazy_gettext("Suggest our usual order by mail, some days before we usually order again"))


def _about(suggestion, task):
    """What the piece reads: what can be had now, what it costs, what was left out."""
    now = suggestions.offer(suggestion, task.actor)
    sums, left_out = order_sums.of_quote(now.quote), order_pads.left_out(now.left_out, suggestion.account)
    place = order_sums.place(now.quote.ship_to)
    limit = order_limits.exceeded_in(task.place, now.quote.total)
    approval = order_limits.asking(suggestion.account, limit, now.quote.total)
    about = {"quote": now.quote, "sums": sums, "left_out": left_out, "place": place, "later": order_rows.later}
    return about | {"approval": approval, "account": suggestion.account}


one_task.offer(
    suggestions.TASK,
    on=Suggestion,
    may="suggestions.settle",
    template=PIECE,
    form=SettleForm,
    verb=Suggestion.settle,
    check=Suggestion.refuse_settled,
    show=_about,
    title=TITLE,
    said=SAID,
)


@site.get("/orders/suggested/<number>", may="suggestions.settle", on=Suggestion)
def suggestion_show(suggestion, actor):
    return one_task.show_here(suggestions.TASK, suggestion, actor)


@site.post("/orders/suggested/<number>", may="suggestions.settle", on=Suggestion)
def suggestion_settle(suggestion, actor):
    return one_task.act_here(suggestions.TASK, suggestion, actor, url_for("portal.order_list"))


@site.get("/orders/suggestions", may="suggestions.see")
def suggestion_switch(actor):
    switch = SuggestionSwitch.of(actor.account)
    form = SwitchForm(formdata=None, is_on=bool(switch and switch.is_on))
    return SWITCH.render(form=form, switch=switch, past=_past(actor))


@site.post("/orders/suggestions", may="suggestions.switch")
def suggestion_switched(actor):
    form, account = SwitchForm(), sessions.account()
    done = form.run(lambda *, by, is_on: suggestions.switch(account, by=by, is_on=is_on), by=actor)
    again = lambda: {"switch": SuggestionSwitch.of(account), "past": _past(actor)}  # noqa: E731
    return form.answer(done, SWITCH, to=url_for("portal.suggestion_switch"), said=gettext("Saved."), again=again)


def _past(actor):
    return list(Suggestion.visible_to(actor).order_by(Suggestion.id.desc()).limit(10))


def _waiting(actor):
    return Suggestion.visible_to(actor).where(Suggestion.state == "sent")


under_way.offer(
    Suggestion,
    _waiting,
    at="sent_at",
    may="suggestions.settle",
    drawn=KIND_OF,
    endpoint="portal.suggestion_show",
    word=lazy_gettext("Suggestion"),
    needs={"sent": (TITLE, lazy_gettext("Look and order"))},
)
