"""What a kind of rows that can be imported is made of: its fields, and what becomes of a row."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.exchange import importing_added
from portal.exchange import importing_values as read


@dataclass(frozen=True)
class Field:
    """What a map can fill. `columns` are those of the table that follow from it (default: its own name).

    A field that is not `required` may be blank. `soft`: what cannot be read or found leaves it empty, reported,
    and the row goes in. `link`: the record that another system calls so; `quiet` when not finding it is no news.
    `named`: a record of that name, made when there is none. `called` are words by which its column is known.
    """

    name: str
    read: Callable = read.line(200)
    columns: tuple = ()
    required: bool = False
    soft: bool = False
    link: type | None = None
    quiet: bool = False
    named: type | None = None
    called: tuple = ()

    @property
    def targets(self):
        """Columns that change with it."""
        return self.columns or (self.name,)


@dataclass(frozen=True)
class Kind:
    """One kind of rows: its `own` fields, to which come those that the shop added to the noun.

    `complete(cells, formats)` makes the columns of a row from the fields that were read.

    In `cells` a link is the record found. `unique` columns must not clash with records from elsewhere;
    `unmarked` rows are never edited by people, so a new version of one simply counts. `may` is the right that a
    person needs to bring such rows in.
    """

    name: str
    model: type
    own: tuple
    complete: Callable
    unique: tuple = ()
    unmarked: bool = False
    may: str = "imports.history"

    @property
    def noun(self):
        """What Refs and external ids call the record."""
        return self.model._meta.table_name

    @property
    def fields(self):
        """All that a map can fill."""
        added = importing_added.added_to(self.noun)
        return self.own + tuple(
            Field(f.name, importing_added.reader(f), called=tuple(word for _, word in f.labels)) for f in added
        )

    def __getitem__(self, name):
        return next(field for field in self.fields if field.name == name)


def text(name, longest=200, **more):
    """A field of one line."""
    return Field(name, read.line(longest), **more)
