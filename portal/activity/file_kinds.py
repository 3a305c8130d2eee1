"""Which nouns take files, where their records stand, and which of them a customer may read."""

from functools import reduce
from operator import and_, or_
from typing import NamedTuple

import peewee


class Kind(NamedTuple):
    """How the records of one noun take files; see `take`."""

    path: str
    own_path: str
    customers_add: bool
    needs: str
    shown: object
    hidden: object
    told: object


kinds = {}  # kind of a Ref -> Kind


def take(kind, path, *, own_path=None, customers_add=False, needs="files.add", shown=None, hidden=None, told=None):
    """Let the records of a noun take files; each noun declares it once.

    `path` is where a record's page stands ("/orders/{}"), `own_path` where customers find it when that is elsewhere.
    `customers_add`: people of the account may add theirs. Staff need the action `needs`. Of a noun that belongs to no
    account customers read the shared files of those records that `shown(actor)`, a query, gives them; a record of an
    account gives them to its people, but for the records that `hidden(actor)`, a query of ids or None, names. Whoever
    of the account is told of orders is told of what is shared, or those that `told(ref)` names.
    """
    kinds[kind] = Kind(path, own_path or path, customers_add, needs, shown, hidden, told)


def of_customer(actor, subject, account):
    """Where-expression over columns of a file: of a customer’s account, or of what every one may see."""
    own = reduce(and_, (subject.not_in(refs) for refs in hidden_subjects(actor)), account == actor.account)
    mine = [own]
    for name, kind in kinds.items():
        if kind.shown is not None:
            found = kind.shown(actor)
            number = peewee.fn.SUBSTR(subject, len(name) + 2).cast("bigint")
            record = peewee.Case(None, [(subject.startswith(f"{name}:"), number)])
            there = found.select(peewee.SQL("1")).where(found.model.id == record)
            mine.append(account.is_null() & peewee.fn.EXISTS(there))
    return reduce(or_, mine)


def hidden_subjects(actor):
    """Queries of the records, as Refs in text, of his account that this customer may not see."""
    for name, kind in kinds.items():
        hidden = kind.hidden and kind.hidden(actor)
        if hidden is not None:
            yield refs_in(name, hidden)


def refs_in(kind, ids):
    """A query of ids as a query of Refs in text, for columns that hold such."""
    return ids.select(peewee.Value(f"{kind}:").concat(ids.model.id.cast("text")))
