"""First steps: what a customer who is new here looks at first, in which order, and how far each person has come."""

import peewee

from portal import store, values
from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.people import policy
from portal.people.logins import Login

# Each step and what one must be allowed for it: a colleague who may only look has fewer.
STEPS = {
    "details": "accounts.edit",
    "address": "addresses.add",
    "notices": "notices.choose",
    "order": "orders.place",
}

policy.allow("first_steps.take", policy.CUSTOMERS)


class FirstSteps(store.Model):
    """How far a login has come in an account. Who has no row is not new, or has come through."""

    login = peewee.ForeignKeyField(Login)
    account = peewee.ForeignKeyField(Account, index=False)
    done = peewee.CharField(max_length=60, default="")  # names of steps, done or skipped
    ended_at = store.MomentField(null=True)  # of the last step, or of "do not show this again"

    class Meta:
        primary_key = peewee.CompositeKey("login", "account")


def begin(login, account):
    """Somebody is new here; inside the change that let him in."""
    FirstSteps.insert(login=login, account=account).on_conflict_ignore().execute()


def done_by(login, account):
    """Scalar query: the steps done by a login in an account, NULL for who is not new; for queries of memberships."""
    mine = (FirstSteps.login == login) & (FirstSteps.account == account) & FirstSteps.ended_at.is_null()
    return FirstSteps.select(FirstSteps.done).where(mine)


def steps_of(actor):
    """The steps there are for this person, in their order."""
    return [step for step, action in STEPS.items() if policy.may(actor, action)]


def take(step, *, by, now=None):
    """A step is done, or nothing is to be done for it; after the last one nothing reminds of them."""
    if step not in STEPS:
        raise NotFound()
    row = FirstSteps.get_or_none(_mine(by))
    if row is None:
        return
    done = {*row.done.split(), step}
    ended_at = (now or values.now()) if done >= {*steps_of(by)} else None
    with store.housekeeping("first_steps"):
        FirstSteps.update(done=" ".join(sorted(done)), ended_at=ended_at).where(_mine(by)).execute()


def stop(*, by, now=None):
    """Nothing reminds of them any more."""
    with store.housekeeping("first_steps"):
        FirstSteps.update(ended_at=now or values.now()).where(_mine(by)).execute()


def _mine(actor):
    open_one = FirstSteps.ended_at.is_null()
    return (FirstSteps.login == actor.ref.id) & (FirstSteps.account == actor.account) & open_one
