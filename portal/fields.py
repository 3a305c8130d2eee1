"""One table per noun: who may read, write, sort and filter each of its fields."""

from dataclasses import dataclass

from portal.errors import Invalid
from portal.values import CUSTOMER_ROLES, STAFF_ROLES

STAFF = frozenset(STAFF_ROLES)
CUSTOMERS = frozenset(CUSTOMER_ROLES)
EVERYONE = STAFF | CUSTOMERS
MANAGERS = frozenset({"manager", "admin"})
OWN_ADMIN = frozenset({"customer_admin"})
NOBODY = frozenset()
TABLES = {}  # noun -> its table, for what reads values of any noun (letters, the audit pages)


@dataclass(frozen=True)
class Field:
    """A field of a noun: its name in the model, the roles that read and write it, and its use in lists.

    `kind` is text, number, money, date, moment, yes, choice, email, phone, country or link. `listed` puts it into
    lists and exports, `sort` and `filter` let an address ask for it.
    """

    name: str
    kind: str = "text"
    read: frozenset = STAFF
    write: frozenset = NOBODY
    sort: bool = False
    filter: bool = False
    listed: bool = True


class Table:
    """The fields of one noun in their order of appearance."""

    def __init__(self, noun, *fields):
        self.noun = noun
        self.fields = {field.name: field for field in fields}
        TABLES.setdefault(noun, self)

    def __iter__(self):
        return iter(self.fields.values())

    def __getitem__(self, name):
        return self.fields[name]

    def readable(self, actor):
        """Names of the fields this person may read, in order."""
        return [f.name for f in self if actor.is_system or actor.role in f.read]

    def writable(self, actor):
        """Names of the fields this person may set, in order."""
        return [f.name for f in self if actor.is_system or actor.role in f.write]

    def check(self, actor, names):
        """Raise Invalid(field="field-not-yours") for each name this person may not set."""
        refused = [name for name in names if name not in self.fields or name not in self.writable(actor)]
        if refused:
            raise Invalid(**dict.fromkeys(refused, "field-not-yours"))
