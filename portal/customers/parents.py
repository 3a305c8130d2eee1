"""Parents: which company an account belongs to, and the tree of companies that comes of it."""

from typing import NamedTuple

import peewee

from portal import audit, store
from portal.customers import notices
from portal.customers.accounts import ACCOUNT_FIELDS, Account, Watcher
from portal.customers.naming import named
from portal.errors import Invalid
from portal.people import policy
from portal.people.employees import Employee

MOST_LEVELS = 8
MOST_SHOWN = 200  # companies of one group on a page
LOCK = 0x50415245  # of the advisory lock under which companies are put below others
EVENTS = ("account.placed_under", "account.set_apart")

policy.allow("accounts.place", policy.STAFF)


class Node(NamedTuple):
    """A company in its group, and how deep it stands below the topmost one that is seen."""

    account: Account
    depth: int


def place_under(account, *, by, parent="", version=None, now=None):
    """Put an account below its parent company (an Account, its number or name; "": below none). Our side is told.

    Raises Invalid on "parent": account-not-found, account-several, parent-circle, parent-too-deep; Stale.
    """
    ACCOUNT_FIELDS.check(by, ["parent"])
    if parent and not isinstance(parent, Account):
        parent = named(Account, str(parent), by, "parent")
    with audit.change(by, EVENTS[0 if parent else 1], account, about=account, now=now) as change:
        _take_turns()
        if parent:
            _refuse(account, parent)
        before = account.parent
        if change.update(account, version=version, parent=parent or None):
            names = [company.name if company else None for company in (before, parent or None)]
            notices.tell_ours(change, account, ACCOUNT_FIELDS, [("parent", *names)])
    return account


def stands_alone(account):
    """Whether neither a company stands above an account nor one below it; for nothing where Placed loaded it."""
    if account.parent_id is not None:
        return False
    known = account.__dict__.get("is_parent")
    return not (Account.select().where(Account.parent == account).exists() if known is None else known)


class Placed:
    """An account as its page loads it: with its owner, and whether it is a parent company and watched, at once."""

    id = Account.id
    by_number = Account.by_number
    led_to = Account.led_to

    @staticmethod
    def visible_to(actor):
        """Query of the accounts that this person may see."""
        below = Account.alias()
        is_parent = peewee.fn.EXISTS(below.select(peewee.SQL("1")).where(below.parent == Account.id))
        is_watched = peewee.fn.EXISTS(Watcher.select(peewee.SQL("1")).where(Watcher.account == Account.id))
        rows = Account.visible_to(actor).select_extend(Employee).join(Employee, peewee.JOIN.LEFT_OUTER, attr="owner")
        return rows.select_extend(is_parent.alias("is_parent"), is_watched.alias("is_watched"))


def settle(accounts):
    """After an import: of these accounts (ids) none stands below itself; one that would stands below none."""
    _take_turns()
    for number in accounts:
        above = _chain(number, upward=True)
        if len(above) > MOST_LEVELS or above[number] > 0:
            Account.update(parent=None).where(Account.id == number).execute()


def _take_turns():
    """Two who put each company below the other would close a circle that neither sees."""
    if not store.is_sqlite():
        store.db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


def _refuse(account, parent):
    above, below = _chain(parent.id, upward=True), _chain(account.id, upward=False)
    if account.id in above:
        raise Invalid(parent=("parent-circle", {"name": parent.name, "account": account.name}))
    if len(above) + max(below.values()) + 1 > MOST_LEVELS:
        raise Invalid(parent=("parent-too-deep", {"most": MOST_LEVELS}))


def _chain(number, upward):
    """{id: steps away} of the companies above, or below, one of them (itself 0), whoever may see them."""
    chain = Account.select(Account.id, Account.parent, peewee.Value(0)).where(Account.id == number)
    chain = chain.cte("chain", recursive=True, columns=("id", "parent_id", "depth"))
    step = Account.id == chain.c.parent_id if upward else Account.parent == chain.c.id
    more = Account.select(Account.id, Account.parent, chain.c.depth + 1).join(chain, on=step)
    chain = chain.union_all(more.where(chain.c.depth <= MOST_LEVELS))
    return dict(chain.select_from(chain.c.id, chain.c.depth).tuples())


def tree(account, actor):
    """The group of an account as far as this person sees it: [Node] from the topmost down; one statement.

    A company that is not seen hides what stands above it, and below it.
    """
    up = Account.select(Account.id, Account.parent, peewee.Value(0)).where(Account.id == account.id)
    up = up.cte("above", recursive=True, columns=("id", "parent_id", "depth"))
    higher = Account.select(Account.id, Account.parent, up.c.depth + 1).join(up, on=(Account.id == up.c.parent_id))
    up = up.union_all(higher.where(Account.scope(actor) & (up.c.depth < MOST_LEVELS)))
    top = peewee.Select([up], [up.c.id]).order_by(up.c.depth.desc()).limit(1)
    down = Account.select(Account.id, peewee.Value(0)).where(Account.id == top)
    down = down.cte("below", recursive=True, columns=("id", "depth"))
    lower = Account.select(Account.id, down.c.depth + 1).join(down, on=(Account.parent == down.c.id))
    down = down.union_all(lower.where(Account.scope(actor) & (down.c.depth < MOST_LEVELS)))
    rows = Account.select(Account, down.c.depth.alias("depth")).join(down, on=(Account.id == down.c.id))
    rows = rows.order_by(Account.folded, Account.id).limit(MOST_SHOWN).with_cte(up, down)
    return _in_order(list(rows.objects()))


def _in_order(rows):
    """The companies as they are read: each followed by those below it."""
    below = {}
    for row in rows:
        below.setdefault(row.parent_id if row.depth else None, []).append(row)

    def walk(parent):
        for row in below.get(parent, ()):
            yield Node(row, row.depth)
            yield from walk(row.id)

    return list(walk(None))


def faults():
    """Sentences about companies that stand below themselves, for `verify`."""
    for (number,) in Account.select(Account.id).where(Account.parent.is_null(False)).order_by(Account.id).tuples():
        if _chain(number, upward=True)[number] > 0:
            yield f"account {number} stands below itself"
