"""What the page of an order shows on either face, and the forms of its next steps."""

import peewee
from flask_babel import lazy_gettext
from wtforms import TextAreaField

from portal import audit, values
from portal.sales import adjustments, approvals, shipments
from portal.sales.orders import WAY, Order
from portal.web import forms, order_sums, pages, panels, piece_forms, piece_words, price_words, speech

_beside = {}
PART_WAY = ("placed", "confirmed", "part_shipped", "delivered")


class Shown:
    """An order as its page for staff loads it: with whether it has what few orders have, in the same statement."""

    id = Order.id
    by_number = Order.by_number

    @staticmethod
    def visible_to(actor):
        """Query of the orders that this person may see."""
        there = [
            peewee.fn.EXISTS(rows.select(peewee.SQL("1"))).alias(f"has_{name}") for name, rows in _beside.items()
        ]
        return Order.visible_to(actor).select_extend(*there)


def ask_along(name, rows):
    """Have `order.has_<name>` said by the statement that loads an order: whether `rows`, about Order.id, has any."""
    _beside[name] = rows


class CancelForm(forms.Form):
    """Cancelling with a reason that both sides read."""

    reason = TextAreaField(lazy_gettext("Why?"), render_kw={"maxlength": 500, "rows": 2})


def about(order, actor, **shown):
    """Lines, sums, the way it has gone, panels, story, forms for the next step; two queries besides the panels, one
    more where a line is not at its list price.
    """
    lines = shipments.lines_of(order)
    beside = panels.of(order, actor)
    return {
        "form": forms.Form(formdata=None),
        "cancelling": CancelForm(formdata=None),
        "cutting": piece_forms.CutForm(formdata=None),
        "shipping": piece_forms.ShipForm(formdata=None),
        "promising": piece_forms.PromiseForm(formdata=None),
        "pieces": piece_words.of_lines(order, lines),
        "order": order,
        "lines": lines,
        "why": price_words.of_order_lines(lines, adjustments.of(lines)),
        "sums": order_sums.of_order(order),
        "way": way(order),
        "story": _story(order, actor, beside),
        "names": panels.names(beside),
        "panels": beside,
        "today": values.shop_day(),
        "place": order_sums.place(order.ship_to),
        "bill_to": order_sums.place(order.bill_to),
        "told": (),
        "said": "",
    } | shown


def _story(order, actor, beside):
    """What happened; a customer does not read how we settled among us what may be given."""
    entries = audit.story(order, panels.refs(beside))
    return [entry for entry in entries if entry.event not in approvals.INSIDE] if actor.is_customer else entries


def answer(form, done, order, actor, page, *, to, said, field="form", **more):
    """After a verb: on to `to`, or the piece for htmx; refused, the page of the order as it stands now.

    `field` is the name under which the page knows the form that was sent.
    """
    if done.ok and pages.wants_piece() and not done.to:
        return page.render(**about(order, actor, **more | {"told": done.told, "said": said}))
    if done.ok:
        return form.answer(done, page, to=to, said=said)
    now = Order.visible_to(actor).where(Order.id == order.id).get()
    return page.render(done.status, **about(now, actor, **more | {field: form}))


def way(order):
    """[(word, done | now | next)] from placed to delivered; nothing for a draft or a cancelled order."""
    states = PART_WAY if order.state == "part_shipped" else WAY
    if order.state not in states:
        return []
    here = states.index(order.state)
    last = len(states) - 1
    at = ["done" if n < here or here == last else "now" if n == here else "next" for n in range(len(states))]
    pickup = {"shipped": ("step", "ready")} if order.delivery == "pickup" else {}
    names = [pickup.get(state, ("state", state)) for state in states]
    return [(speech.term("order", *name), at[n]) for n, name in enumerate(names)]
