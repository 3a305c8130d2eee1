"""Asking for a return: what of an order can come back or be cancelled, and the request for it."""

from typing import NamedTuple

from portal import audit
from portal.activity import attachments
from portal.errors import Invalid
from portal.sales import cancelling, stock
from portal.sales.orders import OrderLine
from portal.service import returns
from portal.service.returns import FIELDS, REASONS, WISHES, Return, ReturnLine

LONGEST_NUMBER = 7


class Choice(NamedTuple):
    """A line of an order as the form offers it: pieces that may come back, unsent ones that may be cancelled."""

    line: OrderLine
    goods: int
    unsent: int


def choices(order, lines=None):
    """What of an order can be asked for, line by line; two queries, one when its lines are at hand."""
    lines = order.lines if lines is None else lines
    taken = returns.claims(order)
    found = []
    for line in lines:
        live, waiting = taken.get(line.id, (0, 0))
        goods, unsent = line.shipped - live, returns.unsent(order, line) - waiting
        if goods > 0 or unsent > 0:
            found.append(Choice(line, max(0, goods), max(0, unsent)))
    return found


def ask(order, *, by, goods=None, unsent=None, reason="", words="", wish="credit", files=(), now=None):
    """Ask to send `goods` back and to cancel `unsent` pieces: {order line id: quantity, a number or as typed}.

    `reason` is one of REASONS, `words` (up to 2,000 characters) say more; `files` are [attachments.Sent]. Both sides
    are told. What a customer cancels while the order is only placed is cancelled at once. Raises Invalid:
    quantity-malformed, return-too-many or unsent-too-many on "goods_<id>" and "unsent_<id>", return-lines-needed or
    return-line-foreign on "lines", choice-unknown on "reason" and "wish", return-words-needed on "words".
    """
    words = _checked_words(reason, words, wish)
    with audit.change(by, "return.asked", about=order.account, now=now) as change:
        lines = stock.hold(order)
        wanted = _wanted(order, lines, goods or {}, unsent or {})
        made = Return.create(
            order=order, account=order.account, reason=reason, words=words, wish=wish, asked_by=by.name,
            asked_at=change.now,
        )  # fmt: skip
        made.order, made.account = order, order.account
        rows = [_row(made, *pieces) for pieces in wanted]
        ReturnLine.insert_many(rows).execute()
        change.subject = change.result = made.ref
        made.index([line for line, *_ in wanted])
        for name, value in (("reason", reason), ("wish", wish), ("words", words)):
            if value:
                change.record(name, None, value)
        if files:
            attachments.attach(made, by=by, files=files, is_shared=True, is_told=False, now=change.now)
        rows = made.lines
        returns.record_lines(change, rows, "asked", "unsent_asked")
        if _goes_at_once(order, by, wanted):
            _cancel_at_once(change, made, wanted)
        else:
            change.tell(order.account.people_for("orders", by), "return_asked", by=by.name, **made.told(rows))
    return made


def _checked_words(reason, words, wish):
    problems, words = {}, FIELDS["words"].clean(words or "")
    if reason not in REASONS:
        problems["reason"] = "choice-unknown"
    if wish not in WISHES:
        problems["wish"] = "choice-unknown"
    if reason == "other" and not words:
        problems["words"] = "return-words-needed"
    if problems:
        raise Invalid(**problems)
    return words


def _wanted(order, lines, goods, unsent):
    """[(line, pieces back, pieces cancelled)] of what is asked for, within what is left of each line."""
    possible = {choice.line.id: choice for choice in choices(order, lines)}
    if not (goods.keys() | unsent.keys()) <= {line.id for line in lines}:
        raise Invalid(lines="return-line-foreign")
    problems, found = {}, []
    for line in lines:
        most = possible.get(line.id, Choice(line, 0, 0))
        pair = []
        for name, given, left in (("goods", goods, most.goods), ("unsent", unsent, most.unsent)):
            quantity = read_quantity(given.get(line.id))
            if quantity is None:
                problems[f"{name}_{line.id}"] = "quantity-malformed"
            elif quantity > left:
                message = "return-too-many" if name == "goods" else "unsent-too-many"
                problems[f"{name}_{line.id}"] = (message, {"most": left, "name": line.name})
            pair.append(quantity or 0)
        if any(pair):
            found.append((line, *pair))
    if problems:
        raise Invalid(**problems)
    if not found:
        raise Invalid(lines="return-lines-needed")
    return found


def read_quantity(value):
    """A whole number of pieces from a number or what was typed; 0 when blank, None when it is none."""
    if isinstance(value, int):
        return value if value >= 0 else None
    text = (value or "").strip()
    if not text:
        return 0
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _row(made, line, goods, unsent):
    return {"return_": made, "line": line, "asked": goods, "live": goods, "unsent_asked": unsent}


def _goes_at_once(order, by, wanted):
    """A customer may cancel by himself what we have not confirmed, and then nobody needs to approve it."""
    return by.is_customer and order.state == "placed" and not any(goods for _, goods, _ in wanted)


def _cancel_at_once(change, made, wanted):
    pieces = {line.id: unsent for line, _, unsent in wanted}
    cancelling.cancel_lines(made.order, pieces, by=change.by, reason=made.said, now=change.now)
    ReturnLine.update(unsent_approved=ReturnLine.unsent_asked).where(ReturnLine.return_ == made).execute()
    made.move(change, "cancel_at_once", state="settled", settled_how="cancelled", settled_at=change.now)
