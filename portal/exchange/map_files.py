"""Maps as people keep them: remembered for files with the same columns, named, and written as TOML."""

import hashlib
import json

import peewee

from portal import audit, store, values
from portal.errors import Invalid
from portal.exchange import importing_map_checks as checks
from portal.folding import fold
from portal.people.employees import Employee

LONGEST_NAME = 80
REASON = "suki_reason"  # the column that refused rows are handed back with
OF_ONE_FILE = ("encoding",)  # told anew from each file


class ImportMap(store.Versioned):
    """How the columns of a file become fields: the one last used for these columns by a person, or a named one."""

    kind = peewee.CharField(max_length=20)
    signature = peewee.CharField(max_length=32)  # of the names of the columns
    name = peewee.CharField(max_length=80, default="")  # "": remembered by itself
    by = peewee.ForeignKeyField(Employee, null=True)
    by_name = peewee.CharField(max_length=200, default="")
    map = store.JSONText(default=dict)
    used_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("signature", "kind", "used_at"), False), (("kind", "name"), False))

    @classmethod
    def recalled(cls, header, by):
        """The map last used for such columns: one's own, else that of anybody here, else None."""
        mine = peewee.Case(None, [(cls.by == by.employee, 0)], 1)
        rows = cls.select().where(cls.signature == signature(header))
        return rows.order_by(mine, cls.used_at.desc()).first()

    @classmethod
    def named(cls, kind):
        """The named maps of a kind, by name."""
        return cls.select().where((cls.kind == kind) & (cls.name != "")).order_by(cls.name)

    @classmethod
    def of_name(cls, name):
        """The map that people gave this name, None for none."""
        return cls.select().where(cls.name == name).order_by(cls.used_at.desc()).first() if name else None

    @classmethod
    def remember(cls, change, run, header, by):
        """Keep the map of a run for the next file with these columns, inside the caller's change."""
        mine = (cls.signature == signature(header)) & (cls.kind == run.kind) & (cls.by == by.employee)
        kept = {"map": _lasting(run.map), "used_at": change.now}
        if not cls.update(kept).where(mine & (cls.name == "")).execute():
            cls.create(kind=run.kind, signature=signature(header), by=by.employee, by_name=by.name, **kept)

    @classmethod
    def save_as(cls, run, *, by, name, header, now=None):
        """Keep the map of a run under a name that all see; the same name again replaces it.

        Raises Invalid on "name": field-needed.
        """
        name = values.one_line(name or "", LONGEST_NAME)
        if not name:
            raise Invalid(name="field-needed")
        kept = {"map": _lasting(run.map), "by": by.employee, "by_name": by.name, "signature": signature(header)}
        with audit.change(by, "import.map_named", run, now=now) as change:
            same = (cls.kind == run.kind) & (cls.name == name)
            if not cls.update(kept | {"used_at": change.now}).where(same).execute():
                cls.create(kind=run.kind, name=name, used_at=change.now, **kept)
            change.record("map", None, name)


def signature(header):
    """What files with the same columns have in common."""
    names = [fold(name) for name in header if name != REASON]
    return hashlib.blake2b("\x1f".join(names).encode(), digest_size=16).hexdigest()


def _lasting(raw):
    return {name: value for name, value in raw.items() if name not in OF_ONE_FILE}


def to_toml(raw, kind):
    """A map as the file that `python -m portal import` takes."""
    plain = {"kind": kind} | {name: raw[name] for name in checks.SETTINGS if name in raw and name not in _TABLES}
    lines = [f"{name} = {_written(value)}" for name, value in plain.items()]
    lines += _tables(raw, "")
    for block in raw.get("case", ()):
        lines += ["", "[[case]]", *_tables(block, "case.")]
    return "\n".join(lines) + "\n"


_TABLES = ("columns", "constants", "values", "links", "when", "case")


def _tables(raw, where):
    lines = []
    for name in _TABLES[:-1]:
        table = raw.get(name)
        if not table:
            continue
        if name == "values":
            for field, words in table.items():
                lines += ["", f"[{where}values.{field}]", *_pairs(words)]
        else:
            lines += ["", f"[{where}{name}]", *_pairs(table)]
    return lines


def _pairs(table):
    return [f"{_quoted(name)} = {_written(value)}" for name, value in table.items()]


def _written(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text):
    """A TOML string: JSON writes the same, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
