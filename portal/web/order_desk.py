"""The way of an order through the pages of either face: pad, review, placed or kept; nothing is stored on the way."""

from typing import NamedTuple

from flask import request, url_for
from flask_babel import gettext

from portal.customers import order_limits
from portal.sales import approval_asking, missed, placing
from portal.sales.orders import Order
from portal.web import address_forms, order_forms, order_pads, order_rows, order_sums, pages, price_words, sessions
from portal.web.pages import Page
from portal.web.surfaces import load


class Desk(NamedTuple):
    """Where orders are written on one face: its two pages, and the endpoint that shows a placed one."""

    pad_page: Page
    review_page: Page
    shown_at: str

    def begin(self, account, actor, lines):
        """The pad with some lines filled in, to be changed."""
        form = order_forms.opened(account, actor, lines=lines)
        return self.pad(form, account, actor, order_pads.compute(form, account, actor, False))

    def open(self, account, actor, order=None, lines=None):
        """The pad. An earlier order, or `lines` of one or of a list, opens reviewed; a draft where it was left."""
        if order and lines is None:
            lines = placing.again(order, actor)
        form = order_forms.opened(account, actor, lines=lines or (), order=order)
        form.q.data, form.category.data = request.args.get("q", ""), request.args.get("category", "")
        if lines is not None and not (order and order.state == "draft"):
            return self._again(form, account, actor)
        return self.pad(form, account, actor, order_pads.compute(form, account, actor, False) if lines else None)

    def _again(self, form, account, actor):
        """An earlier order, reviewed: what cannot come is left out and said; the pad when nothing is left."""
        left_out = order_pads.leave_out(form, account, actor)
        quote = order_pads.compute(form, account, actor)
        if not quote.can_be_placed:
            return self.pad(form, account, actor, quote, left_out=left_out)
        return self.reviewed(form, account, actor, quote, left_out=left_out)

    def fill(self, account, actor):
        """The pad again with everything typed: after a search, a pasted list, a way back, or for a new sum."""
        form = order_forms.sent(account, actor).offer(placing.destinations(account))
        if request.form.get("all"):
            form.q.data = form.category.data = ""
        if form.paste.data:
            lost = form.read_list(actor)
            missed.note(account, "list", [] if pages.wants_piece() else lost)
        return self.pad(form, account, actor, order_pads.compute(form, account, actor, False))

    def review(self, account, actor):
        """What it costs and where it goes, or the pad with each fault at its line."""
        form = order_forms.sent(account, actor).offer(placing.destinations(account))
        sound = form.validate()
        if form.asks_to_find:
            return self.pad(form, account, actor, order_pads.compute(form, account, actor, False))
        if form.paste.data:
            missed.note(account, "list", form.read_list(actor))
        move = form.follow_move(account)
        quote = order_pads.compute(form, account, actor)
        if not sound or not quote.can_be_placed or form.errors or form.top:
            order_pads.accuse_lines(form, quote)
            missed.note(account, "stock", order_pads.out_of_stock(quote))
            return self.pad(form, account, actor, quote, status=422)
        return self.reviewed(form, account, actor, quote, move=move)

    def place(self, account, actor, said):
        form = order_forms.sent(account, actor)
        done = form.run(placing.place, by=actor, account=account, draft=_draft(form, actor))
        if done.ok:
            waits = done.result is not None and done.result.state == "to_approve"
            said = gettext("It is sent to be approved. Nothing is ordered yet.") if waits else said
            return form.answer(done, self.review_page, to=self._page_of, said=said)
        return self._refused(form, account, actor, done.status)

    def keep(self, account, actor):
        """Keep what is on the pad as a draft, to go on later."""
        form = order_forms.sent(account, actor)
        done = form.run(placing.save_draft, by=actor, account=account, draft=_draft(form, actor))
        if done.ok:
            said = gettext("Kept as a draft. Nothing is placed yet.")
            return form.answer(done, self.pad_page, to=self._page_of, said=said)
        return self._refused(form, account, actor, done.status, to_review=False)

    def ask(self, account, actor):
        """Keep a draft with discounts above one's own limit, and put the question to a manager."""
        form = order_forms.sent(account, actor)
        about = {"account": account, "draft": _draft(form, actor), "reason": form.reason.data}
        done = form.run(approval_asking.ask, by=actor, **about)
        if done.ok:
            said = gettext("The question is put. The draft waits for the answer.")
            return form.answer(done, self.pad_page, to=self._page_of, said=said)
        return self._refused(form, account, actor, done.status, to_review=False)

    def _refused(self, form, account, actor, status, to_review=True):
        """Review again when it could be placed now (prices moved, sent before), else the pad with its faults."""
        form.offer(placing.destinations(account))
        shown = form.shown()
        quote = order_pads.compute(form, account, actor, False)
        if to_review and quote.can_be_placed and not form.errors:
            return self.reviewed(form, account, actor, quote, shown=shown, status=status)
        if quote.bad_lines:
            form.top.clear()  # it said that a line needs a change; now each of them does
        order_pads.accuse_lines(form, quote)
        return self.pad(form, account, actor, quote, status=status)

    def pad(self, form, account, actor, quote=None, status=200, left_out=()):
        sum_alone = bool(self.pad_page.piece) and pages.wants_piece()
        pad = None if sum_alone else order_pads.pad(form, account, actor, quote)
        if pad and form.q.data and not (pad.own or pad.found):
            missed.note(account, "pad", [(form.q.data, 0)])
        sums = order_sums.of_quote(quote) if quote else None
        about = {"account": account, "pad": pad, "quote": quote, "sums": sums, "left_out": left_out}
        about |= {"address_fields": address_forms.drawn, "kept": pages.kept}
        about |= {"left_out_form": "pad", "left_out_to": url_for(".order_fill")}
        about["asks"] = bool(quote) and any(line.problem[0] == "discount-too-high" for line in quote.bad_lines)
        return _to_come_back_to(self.pad_page.render(status, form=form, **about))

    def reviewed(self, form, account, actor, quote, status=200, left_out=(), shown=None, move=None):
        form.show(quote)
        about = {"account": account, "quote": quote, "sums": order_sums.of_quote(quote), "left_out": left_out}
        about |= {"why": price_words.of_quote_line, "later": order_rows.later, "move": move}
        about |= {"left_out_form": "placing", "left_out_to": url_for(".order_review")}
        limit = order_limits.exceeded_in(sessions.place() if actor.is_customer else None, quote.total)
        about["approval"] = order_limits.asking(account, limit, quote.total)
        place = order_sums.place(quote.ship_to)
        return _to_come_back_to(self.review_page.render(status, form=form, shown=shown, place=place, **about))

    def _page_of(self, order):
        return url_for(self.shown_at, number=order.number)


def _to_come_back_to(answer):
    """Let the browser keep what answers a form of the order, for its own Back button.

    Under no-store it shows an error there ("confirm form resubmission") instead of what was typed, and the form key
    could not tell an order that was sent before. Signing out clears the browser's cache (portal/web/headers.py).
    """
    if request.method == "POST":
        answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _draft(form, actor):
    """The draft that the pad went on with; one that was placed or thrown away meanwhile is refused by the verb."""
    return load(Order, actor, form.draft.data) if form.draft.data else None
