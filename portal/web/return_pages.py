"""What the pages of returns show on either face: asking, one return, the panel on the page of its order."""

from flask import url_for
from flask_babel import lazy_gettext

from portal import audit
from portal.people import policy
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.service.returns import KIND_OF, STARTS, WAY, Return
from portal.values import Ref
from portal.web import forms, order_pages, pages, panels, return_forms, speech, under_way

ASKABLE = ("placed", "confirmed", "part_shipped", "shipped", "delivered")


def about(return_, actor, **shown):
    """Lines, panels, story, credit notes, and the forms of the steps that are open; four queries."""
    lines, beside = return_.lines, panels.of(return_, actor)
    notes = Invoice.select().where(Invoice.cause == str(return_.ref)).order_by(Invoice.id)
    return {
        "return_": return_,
        "lines": lines,
        "panels": beside,
        "story": audit.story(return_, panels.refs(beside)),
        "names": panels.names(beside),
        "way": way(return_),
        "verbs": [verb for verb in STARTS if verb != "cancel_at_once" and return_.can(verb, actor)],
        "credit_notes": list(notes),
        "replacement": Order.NUMBER.format(return_.replacement_id) if return_.replacement_id else None,
        "has_goods": any(row.asked for row in lines),
        "form": forms.Form(formdata=None),
        "sent": {},
    } | shown


def make_forms(return_, lines, sent):
    """{verb: form} of the steps that stand on the page of staff; `sent` are those that came back."""
    made = {
        "approve": return_forms.approving(lines) if return_.state == "asked" else None,
        "receive": return_forms.receiving(lines) if return_.state == "approved" else None,
        "decline": return_forms.ReplyForm(formdata=None),
        "give_up": return_forms.ReplyForm(formdata=None),
        "settle": return_forms.ReplyForm(formdata=None),
    }
    return made | sent


def way(return_):
    """[(word, done | now | next)] from asked to settled; nothing once it was declined or withdrawn."""
    if return_.state not in WAY:
        return []
    here, last = WAY.index(return_.state), len(WAY) - 1
    at = ["done" if n < here or here == last else "now" if n == here else "next" for n in range(len(WAY))]
    return [(speech.term("return", "state", state), at[n]) for n, state in enumerate(WAY)]


def stand_on_orders(face, folder):
    """Put the returns of an order on its page, and the link that asks for one."""

    def load(order, actor):
        may_ask = order.state in ASKABLE and policy.may(actor, "returns.ask", order)
        has_any = getattr(order, "has_returns", True) and order.state in (*ASKABLE, "cancelled")
        found = list(Return.around(order)) if has_any else []
        if not found and not may_ask:
            return None
        ask_url = url_for(f"{face}.return_ask", number=order.number) if may_ask else None
        # A return tells its own story; of the order that replaces it, the order does.
        refs = {return_.ref: return_.number for return_ in found if return_.order_id == order.id}
        return {"returns": found, "refs": refs, "ask_url": ask_url, "is_shipped": order.state not in ASKABLE[:2]}

    order_pages.ask_along("returns", Return.around(Order.id))
    panels.show_on(face, "order", "returns", f"{folder}/returns/_panel.html", load, may="returns.see", rank=60)


def stand_on_credit_notes(face, template):
    """Say on a credit note which return led to it; asks the database nothing."""

    def load(invoice, actor):
        cause = Ref.parse(invoice.cause)
        return {"number": Return.NUMBER.format(cause.id)} if cause and cause.kind == "return" else None

    panels.show_on(face, "invoice", "returns", template, load, may="returns.see", rank=60)


def stand_on_home():
    """Tell the customer on the first page of the returns that are under way."""
    under_way.offer(
        Return,
        Return.open_for,
        at="asked_at",
        may="returns.see",
        drawn=KIND_OF,
        endpoint="portal.return_show",
        word=lazy_gettext("Return"),
        needs={"approved": (lazy_gettext("Send the goods of %(number)s to us"), lazy_gettext("See the return"))},
    )


def answer(form, done, return_, actor, page, *, to, said, show):
    """After a verb: on to `to`; refused, the page as it stands now with what was typed."""
    if done.ok:
        return form.answer(done, pages.Page(page.page), to=to, said=said)
    now = Return.visible_to(actor).where(Return.id == return_.id).get()
    return page.render(done.status, **show(now, actor))
