"""Order limits: up to which amount each person of an account orders alone, and who approves what is above."""

from typing import NamedTuple

from portal.customers.memberships import Membership
from portal.people.logins import Login
from portal.values import Money


def place_of(actor):
    """The open membership in which a customer acts, with its login; None for anybody else."""
    if not actor.is_customer:
        return None
    query = Membership.select(Membership, Login).join(Login)
    here = (Membership.login == actor.ref.id) & (Membership.account == actor.account) & Membership.ended_at.is_null()
    return query.where(here).first()


def exceeded(by, total):
    """`exceeded_in` for whoever orders. Limits are among customers: whoever of us writes an order talked to them."""
    return exceeded_in(place_of(by), total)


def exceeded_in(place, total):
    """The limit (Money) that an order of `total` exceeds in a membership, None where it is placed at once."""
    if place is None or place.role != "buyer" or place.order_limit_minor is None:
        return None
    return Money(place.order_limit_minor, total.currency) if total.minor > place.order_limit_minor else None


class Asking(NamedTuple):
    """What a buyer reads before an order above his limit is sent: the limit, and who will be asked."""

    limit: Money
    names: list


def asking(account, limit, total):
    """The Asking for an order of `total` above `limit`; None for one within it."""
    if limit is None:
        return None
    return Asking(limit, [place.login.name for place in approvers(account, total)])


def may_approve(place):
    """Whether a membership approves orders of colleagues at all."""
    return place is not None and (place.role == "customer_admin" or (place.role == "buyer" and place.may_approve))


def covers(place, total):
    """Whether an order of `total` is within what a membership approves; who manages the account has no limit."""
    limit = None if place.role == "customer_admin" else place.order_limit_minor
    return limit is None or total.minor <= limit


def able_to_approve(total_minor):
    """`may_approve` and `covers` as a where-expression over memberships; `total_minor` may be a column."""
    covered = Membership.order_limit_minor.is_null() | (Membership.order_limit_minor >= total_minor)
    able = (Membership.role == "buyer") & Membership.may_approve & covered
    return able | (Membership.role == "customer_admin")


def approvers(account, total):
    """The memberships, with their logins, that are asked about an order of `total`.

    Those who may approve so much; where nobody else may, those who manage the account.
    """
    able = list(Membership.in_account(account).where(able_to_approve(total.minor)).order_by(Membership.id))
    return [place for place in able if place.role == "buyer"] or able
