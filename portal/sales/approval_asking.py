"""Asking a manager: keeps a draft with discounts above one's own limit, and puts the question."""

from portal import audit
from portal.errors import Invalid
from portal.sales import approvals, discounts, placing
from portal.sales.approvals import Approval


def ask(*, by, account, lines, reason="", draft=None, now=None, **given):
    """Keep the order as a draft with just these discounts and ask a manager; arguments as `placing.save_draft`.

    Earlier questions about the draft are withdrawn; the managers who see the account are told. Raises Invalid as
    `save_draft`, and approval-not-needed on "lines" when `by` may give these discounts without asking.
    """
    reason = approvals.REASON.clean(reason or "")
    highest = max((line.discount_bp for line in lines if isinstance(line.discount_bp, int)), default=0)
    if by.employee is None or not discounts.most_of(by) < highest <= discounts.ANY_BP:
        raise Invalid(lines="approval-not-needed")
    with audit.change(by, "order.discount_asked", draft, about=account, now=now) as change:
        order = placing.save_draft(
            by=by, account=account, lines=lines, draft=draft, now=change.now, granted=lambda lines: True, **given
        )
        kept = order.lines
        approvals.overtake(order)
        asked = Approval.create(
            order=order, asked_by=by.employee, asked_at=change.now, reason=reason,
            fingerprint=approvals.fingerprint(kept), highest_bp=max(line.discount_bp for line in kept),
            currency=order.currency, net_minor=order.subtotal_minor, off_minor=order.discount_minor,
            cost_minor=sum(line.quantity * line.cost_minor for line in kept),
        )  # fmt: skip
        change.subject = order.ref
        change.record("discount_approval", None, "asked")
        people = [who.recipient for who in approvals.deciders(account, by)]
        change.tell(people, "discount_asked", **asked.told())
    return order
