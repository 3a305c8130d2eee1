"""Rows that no form would have let in, in every table of the open database, whatever its age."""

import re

import peewee

from portal import store
from tests.databases import import_nouns

# What breaks a copy that is made of text: ends of lines, files and copies, quotes, marks, signs of no width.
TEXTS = (
    "", " ", "  two  ", "\\N", "\\.", "\\", "NULL", "tab\tline\nreturn\r\nend\r", "'; DROP TABLE account; --", '"',
    "a,b;c", "ไทยสั้น ๆ", "ﬁ ﬀ", "e\u0301", "é", "\u200b\u202e\u2066", "\ufeffBOM", "\x01\x1f\x7f\x85", "\u2028\u2029",
    "👩‍👩‍👧‍👦", "\ue000\uffff", "%s ? :1 {} $1", "Ñandú ñ", "0", "1e5", "true", "2026-01-01", "𝒳" * 40,
)  # fmt: skip
WHOLE = (0, 1, 7, -3, 100_000)
LONG = (0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63))
MOMENTS = (
    "2026-01-01 00:00:00", "2026-03-29 02:30:00.000001", "2024-02-29 23:59:59.999999", "0001-01-01 00:00:00",
    "9999-12-31 23:59:59.900000", "1970-01-01 00:00:00",
)  # fmt: skip
DAYS = ("2026-01-01", "2024-02-29", "0001-01-01", "9999-12-31")
NARROW = {"quantity": 9, "stock": 9, "total_minor": 9}  # of tables that check their figures; all others are 1 there


def fill(rng, each):
    """Up to `each` rows in every table; returns how many there are now."""
    with store.connection(), store.schema_change(), store.db.atomic():
        there = set(store.db.get_tables())
        return sum(_Dirt(model, rng).put(each) for model in _nouns() if model._meta.table_name in there)


def refusing(rng, known):
    """Tables that take no row, or do not change one, from a version that knows these columns: {table: names}."""
    for model in _nouns():
        table = model._meta.table_name
        if table in known:
            try:
                with store.connection(), store.schema_change(), store.db.atomic():
                    _Dirt(model, rng, known[table]).put(1)
                    same = ", ".join(f'"{name}" = "{name}"' for name in known[table])
                    store.db.execute_sql(f'UPDATE "{table}" SET {same}')  # noqa: S608
            except (peewee.IntegrityError, peewee.ProgrammingError, peewee.OperationalError):
                yield table


def _nouns():
    import_nouns()
    return store.tables()


def count(table):
    return store.db.execute_sql(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608


def lengths_of(table):
    """{column: how many letters it takes}; a later version may take more."""
    if store.is_sqlite():
        found = ((column.name, re.search(r"\((\d+)\)", column.data_type)) for column in store.db.get_columns(table))
        return {name: int(digits[1]) for name, digits in found if digits}
    asked = "SELECT column_name, character_maximum_length FROM information_schema.columns WHERE table_name = %s"
    return {name: most for name, most in store.db.execute_sql(asked, (table,)).fetchall() if most}


class _Dirt:
    """Rows of one table, as it is now."""

    def __init__(self, model, rng, known=None):
        self.model, self.rng = model, rng
        self.table = model._meta.table_name
        own = {field.column_name: field for field in model._meta.sorted_fields}
        self.lengths = lengths_of(self.table)
        self.columns = [
            (column.name, column.null, own[column.name])
            for column in store.db.get_columns(self.table)
            if column.name in (own if known is None else own.keys() & set(known))
            and not isinstance(own[column.name], peewee.AutoField)
        ]
        self.checks = any(field.constraints for field in own.values()) or bool(model._meta.constraints)
        self.known = {}
        self.turn = 0

    def put(self, each):
        names = ", ".join(f'"{name}"' for name, *_ in self.columns)
        mark = "?" if store.is_sqlite() else "%s"
        into = f'INSERT INTO "{self.table}" ({names}) VALUES ({", ".join([mark] * len(self.columns))})'  # noqa: S608
        for _ in range(each):
            row = [self._value(name, null, field) for name, null, field in self.columns]
            store.db.execute_sql(f"{into} ON CONFLICT DO NOTHING", row)
        self._tie_to_itself()
        return count(self.table)

    def _tie_to_itself(self):
        """The first row names the last: whoever copies row by row meets a name before its bearer."""
        for name, _, field in self.columns:
            if isinstance(field, peewee.ForeignKeyField) and field.rel_model is self.model:
                last = f'(SELECT MAX(id) FROM "{self.table}")'  # noqa: S608
                first = f'(SELECT MIN(id) FROM "{self.table}")'  # noqa: S608
                store.db.execute_sql(f'UPDATE "{self.table}" SET "{name}" = {last} WHERE id = {first}')  # noqa: S608

    def _value(self, name, null, field):
        self.turn += 1
        if isinstance(field, peewee.ForeignKeyField):
            return self._one_of(field, null)
        if null and self.rng.random() < 0.3:
            return None
        if isinstance(field, peewee.BooleanField):
            return self.rng.random() < 0.5
        if isinstance(field, store.MomentField):
            return self.rng.choice(MOMENTS)
        if isinstance(field, peewee.DateField):
            return self.rng.choice(DAYS)
        if isinstance(field, store.JSONText):
            return store.canonical({"of": self.rng.choice(TEXTS), "n": [self.turn, None, True, 1.5]})
        if isinstance(field, peewee.IntegerField):
            return self._figure(name, field)
        return self._text(name)

    def _figure(self, name, field):
        if self.checks:
            return NARROW.get(name, 1)
        return self.rng.choice(LONG if isinstance(field, peewee.BigIntegerField) else WHOLE)

    def _text(self, name):
        most = self.lengths.get(name)
        text = f"{self.rng.choice(TEXTS)}{self.turn if self.rng.random() < 0.8 else ''}"
        return text if most is None else text[-most:]

    def _one_of(self, field, null):
        """A record that is there; the others of the table itself are tied afterwards."""
        if field.rel_model is self.model or (null and self.rng.random() < 0.5):
            return None
        if field not in self.known:
            asked = f'SELECT id FROM "{field.rel_model._meta.table_name}" LIMIT 500'  # noqa: S608
            self.known[field] = [key for (key,) in store.db.execute_sql(asked).fetchall()]
        return self.rng.choice(self.known[field]) if self.known[field] else None
