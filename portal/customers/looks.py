"""Looks: one of us sees a customer's pages as one person sees them, announced, for half an hour, reading."""

from datetime import timedelta

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.customers.memberships import Membership
from portal.errors import Invalid
from portal.people import policy
from portal.people.employees import Employee
from portal.people.logins import Login

LASTS = timedelta(minutes=30)
# What a look never shows, though it only reads: the person's sign-in, letters (their links act), what he took along.
PRIVATE = frozenset({"security.see", "inbox.see", "notices.see", "data.see", "data_requests.see", "views.see_own"})
ALSO = frozenset({"orders.place"})  # pages that lead up to something and change nothing themselves

policy.allow("memberships.look_as", policy.STAFF)
policy.allow("looks.enter", policy.EVERYONE)  # whose look it is, the staff session of the same browser says
policy.allow("looks.end", policy.EVERYONE)


class Look(store.Model):
    """Half an hour in which an employee, in one session of his own, reads the pages of one member."""

    membership = peewee.ForeignKeyField(Membership)
    employee = peewee.ForeignKeyField(Employee)
    session = peewee.IntegerField()  # of the employee's sign-in: the look ends with it
    started_at = store.MomentField()
    until = store.MomentField()
    ended_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("membership", "id"), False),)

    @classmethod
    def begin(cls, member, *, by, session, now=None):
        """Look from now on; the person is told at once. Raises Invalid(membership="look-not-member")."""
        with audit.change(by, "membership.looked_as", member, about=member.account, now=now) as change:
            if member.ended_at or not member.login.is_active or not member.account.is_active:
                raise Invalid(membership="look-not-member")
            until = change.now + LASTS
            fields = {"session": session.id, "started_at": change.now, "until": until}
            look = cls.create(membership=member, employee=by.employee, **fields)
            change.happened()
            change.result = look.ref
            said = {"by": by.name, "account": member.account.name, "minutes": LASTS.seconds // 60}
            change.tell([member.login.recipient], "looked_as", at=change.now.isoformat(timespec="seconds"), **said)
        return look

    @classmethod
    def live(cls, number, session, staff, now=None):
        """The look of this id, with membership and login, if it is still good: for this session, in time, of somebody
        who still may, at a person who still signs in there. None otherwise; one query.
        """
        if not policy.may(staff, "memberships.look_as"):
            return None
        rows = cls.select(cls, Membership, Login, Account).join(Membership).join(Login).switch(Membership)
        mine = (cls.id == number) & (cls.session == session.id) & (cls.employee == staff.employee)
        good = (cls.until > (now or values.now())) & cls.ended_at.is_null() & Membership.ended_at.is_null()
        good &= Login.is_active & Account.is_active & Account.scope(staff)
        return rows.join(Account).where(mine & good).first()

    @classmethod
    def at_person(cls, actor, most=20):
        """The newest looks at this customer in the account he works in, each with its employee."""
        here = (Membership.login == actor.ref.id) & (Membership.account == actor.account)
        rows = cls.select(cls, Employee).join(Membership).switch(cls).join(Employee).where(here)
        return list(rows.order_by(cls.id.desc()).limit(most))

    def end(self, *, by, now=None):
        """Stop looking before the time is over."""
        member = self.membership
        with audit.change(by, "membership.look_ended", member, about=member.account, now=now) as change:
            still = (Look.id == self.id) & Look.ended_at.is_null()
            change.guard(Look.update(ended_at=change.now).where(still), Invalid(look="look-over"))
        return self


def shows(action, method):
    """Whether a look shows what a route declares: reading, and nothing that is the person's own secret."""
    reads = action.endswith((".see", ".read")) or action in ALSO
    return method in ("GET", "HEAD") and reads and action not in PRIVATE
