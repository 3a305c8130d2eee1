"""Moves: an address that is replaced by another from a day on, planned ahead and done on that day in the shop."""

import contextlib
from datetime import timedelta

import peewee

from portal import audit, rows, store, values
from portal.customers import notices
from portal.customers.accounts import Account
from portal.customers.addresses import PURPOSES, Address
from portal.errors import Invalid
from portal.fields import BUYERS, EVERYONE, STAFF, Field, Table
from portal.people import policy

CLOCK = values.clock("Suki")
FARTHEST = timedelta(days=366)
MOST_AT_ONCE = 200  # of one run; the next goes on
STATES = ("planned", "done", "cancelled")
KIND_OF = {"planned": "run", "done": "done", "cancelled": "closed"}
WRITERS = STAFF | BUYERS

policy.allow("moves.see", policy.SIGNED_IN)
policy.allow("moves.plan", policy.STAFF, policy.BUYERS)
policy.allow("moves.cancel", policy.STAFF, policy.BUYERS)

FIELDS = Table(
    "address_move",
    Field("number", read=EVERYONE),
    Field("account", "link", EVERYONE),
    Field("state", "choice", EVERYONE, choices=STATES),
    Field("from_on", "date", EVERYONE, WRITERS, is_required=True),
    Field("old", read=EVERYONE),
    Field("new", read=EVERYONE),
)
NEW = Field("new", "link", is_required=True)


class AddressMove(store.Versioned):
    """One address of an account gives way to another from `from_on` on; papers that are written keep the old one."""

    NUMBER = "MV-{:06d}"

    account = peewee.ForeignKeyField(Account)
    old = peewee.ForeignKeyField(Address, backref="moves_away")
    new = peewee.ForeignKeyField(Address, backref="moves_here")
    from_on = peewee.DateField()
    state = peewee.CharField(max_length=10, default="planned")
    planned_by = peewee.CharField(max_length=200, default="")
    planned_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("state", "from_on"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the moves a person may see, each with its account and both addresses."""
        old, new = Address.alias("old"), Address.alias("new")
        rows = cls.select(cls, Account, old, new).join(Account).switch(cls)
        rows = rows.join(old, on=(cls.old == old.id), attr="old").switch(cls)
        return rows.join(new, on=(cls.new == new.id), attr="new").where(Account.scope(actor))

    @classmethod
    def open_for(cls, actor):
        """Query of the moves that are planned, without order."""
        return cls.visible_to(actor).where(cls.state == "planned")

    @property
    def kind(self):
        return KIND_OF[self.state]

    @classmethod
    def plan(cls, old, *, by, from_on, new=None, new_address=None, now=None):
        """From a day on (today at the earliest) another address takes the place of `old`; both sides are told.

        `new` is an address of the account (id), or `new_address` the fields of one to add. Raises Invalid:
        field-needed, date-malformed and date-not-ahead-a-year on "from_on"; address-unknown and not-for-purpose on
        "new"; move-planned, address-put-away and billing-place-looked-at on "address"; what `Address.add` raises.
        """
        account, day = old.account, FIELDS["from_on"].clean(from_on)
        today = values.shop_day(now)
        if not today <= day <= today + FARTHEST:
            raise Invalid(from_on="date-not-ahead-a-year")
        with audit.change(by, "move.planned", about=account, now=now) as change:
            account.hold()
            old.refuse_leaving(by)
            there = Address.add(account, by=by, **new_address) if new_address else _found(old, new)
            _check_purposes(old, there)
            with store.taken(address="move-planned"):
                move = cls.create(
                    account=account, old=old, new=there, from_on=day, planned_by=by.name, planned_at=change.now
                )
            change.subject = change.result = move.ref
            for name, value in (("from_on", day), ("old", old.one_line), ("new", there.one_line)):
                change.record(name, None, value)
            notices.tell_own(change, account.people_for("account", by), "move_planned", by=by.name, **move.told())
        return move

    def cancel(self, *, by, now=None):
        """Stay after all; both sides are told. Raises Invalid on "state": move-over."""
        with audit.change(by, "move.cancelled", self, about=self.account, now=now) as change:
            self.end(change, "cancelled")
            change.tell(self.account.people_for("account", by), "move_cancelled", by=by.name, **self.told())
        return self

    def end(self, change, state):
        """It is done or cancelled, for whoever is first. Raises Invalid on "state": move-over."""
        still = (AddressMove.id == self.id) & (AddressMove.state == "planned")
        ended = AddressMove.update(state=state, version=AddressMove.version + 1).where(still)
        change.guard(ended, Invalid(state="move-over"))
        change.record("state", self.state, state)
        self.state = state
        self.version += 1

    def told(self):
        """What notices about it say, as JSON."""
        return {
            "number": self.number,
            "account": self.account.name,
            "from_on": self.from_on.isoformat(),
            "old": self.old.one_line,
            "new": self.new.one_line,
        }


# One address leaves once at a time, whoever plans it.
AddressMove.add_index(
    AddressMove.index(AddressMove.old, unique=True, where=AddressMove.state == "planned", name="address_move_planned")
)


def _found(old, new):
    found = Address.active(old.account).where(Address.id == NEW.clean(new)).first()
    if found is None or found == old:
        raise Invalid(new="address-unknown")
    found.account = old.account
    return found


def _check_purposes(old, new):
    """What the old address is the default of the new one must be meant for."""
    held = [purpose for purpose in PURPOSES if getattr(old, f"is_default_{purpose}")]
    if not all(getattr(new, f"for_{purpose}") for purpose in held):
        raise Invalid(new="not-for-purpose")


def leaving(account):
    """{id of an address: its planned move, with the new address} of an account; one query."""
    rows = AddressMove.select(AddressMove, Address).join(Address, on=(AddressMove.new == Address.id), attr="new")
    rows = rows.where((AddressMove.account == account) & (AddressMove.state == "planned"))
    return {move.old_id: move for move in rows}


def addresses_of(account):
    """The addresses of an account in use, each with the move that it is `leaving` by, or None; one query."""
    found = _addresses_of(account.id)
    known = {address.id: address for address in found}
    for address in found:
        move = address.leaving
        address.leaving = move if move is not None and move.id and move.new_id in known else None
        if address.leaving:
            address.leaving.new = known[move.new_id]
    return found


def _with_moves(account):
    planned = (AddressMove.old == Address.id) & (AddressMove.state == "planned")
    rows = Address.active(account).select_extend(AddressMove)
    return rows.join(AddressMove, peewee.JOIN.LEFT_OUTER, on=planned, attr="leaving")


_addresses_of = rows.Asked(_with_moves)


def address_on(address, day):
    """The one that holds on a day for an address of `addresses_of`: the new one once its move has come."""
    move = address.leaving
    return address if move is None or day < move.from_on else move.new


# On the day


def run(now=None):
    """Do the moves that are due; the worker calls it by the clock. Returns how many were done.

    Each is a transaction of its own. One of whose addresses was put away meanwhile ends without doing anything.
    """
    due = AddressMove.open_for(values.system("moves")).where(AddressMove.from_on <= values.shop_day(now))
    return sum(_do(move, now) for move in due.order_by(AddressMove.id).limit(MOST_AT_ONCE))


def _do(move, now):
    with contextlib.suppress(Invalid), audit.change(CLOCK, "move.done", move, about=move.account, now=now) as change:
        move.account.hold()
        old, new = (_with(move.account, Address.get_by_id(key)) for key in (move.old_id, move.new_id))
        is_possible = old.archived_at is None and new.archived_at is None
        change.event = "move.done" if is_possible else "move.cancelled"
        move.end(change, "done" if is_possible else "cancelled")
        if is_possible:
            old.give_way(new, change)
        people = move.account.people_for("account", CLOCK)
        change.tell(people, "move_done" if is_possible else "move_cancelled", by=CLOCK.name, **move.told())
        return is_possible
    return False


def _with(account, address):
    address.account = account
    return address
