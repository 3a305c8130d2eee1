"""How queries become SQL and rows become objects: what peewee spent half the time of a page on, made short.

Each piece below writes what peewee's own would have written, for the usual case, and leaves all others to it.
"""

from typing import NamedTuple

import peewee

# Of these the drivers give what the column holds; all others are converted.
_NATIVE = {"AUTO", "BIGAUTO", "INT", "BIGINT", "VARCHAR", "TEXT"}


def _column(field, ctx):
    """A field as SQL in one step: peewee takes eight, and a page names hundreds of columns."""
    if ctx.state.scope == peewee.SCOPE_VALUES:
        return ctx.literal(f'"{field.column_name}"')
    names, table = ctx.alias_manager, field.model._meta.table
    alias = names._mapping[names._current_index - 1].get(table) or names[table]
    return ctx.literal(f'"{alias}"."{field.column_name}"')


peewee.Field.__sql__ = _column


_BOTH = {peewee.OP.AND: " AND ", peewee.OP.OR: " OR "}
_written = peewee.Expression.__sql__


def _expression(self, ctx):
    """`this AND that`, and `column = Value(…)` as Asked makes it, without a context of their own for each."""
    lhs, rhs = self.lhs, self.rhs
    if self.flat or ctx.state.value_literals:
        return _written(self, ctx)
    if self.op in _BOTH and isinstance(lhs, peewee.Expression) and isinstance(rhs, peewee.Expression):
        ctx.literal("(")
        lhs.__sql__(ctx).literal(_BOTH[self.op])
        return rhs.__sql__(ctx).literal(")")
    if not (isinstance(lhs, peewee.Field) and lhs._coerce and type(rhs) is peewee.Value) or rhs.multi:
        return _written(self, ctx)
    convert = lhs.db_value if rhs.converter is None else rhs.converter
    value = convert(rhs.value) if convert else rhs.value
    if isinstance(value, peewee.Node | type):
        return _written(self, ctx)
    operation = ctx.state.operations.get(self.op, self.op) if ctx.state.operations else self.op
    ctx.literal("(").sql(lhs).literal(f" {operation} {ctx.state.param or '?'})")
    ctx._values.append(value)
    return ctx


peewee.Expression.__sql__ = _expression


def as_indexed(condition):
    """A condition with its values written out, so that SQLite sees that a partial index has the same."""
    return peewee.ValueLiterals(condition)


class Insert(peewee.ModelInsert):
    """The INSERT of our models: rows of plain values go into it column by column, without a node for each."""

    def _generate_insert(self, insert, ctx):  # name given by peewee
        rows = list(insert)
        keys = list(rows[0]) if rows and not self._columns and isinstance(rows[0], dict) else []
        if not keys or any(row.keys() != rows[0].keys() or any(map(_is_sql, row.values())) for row in rows):
            return super()._generate_insert(rows, ctx)
        fields = [key if isinstance(key, peewee.Field) else self.model._meta.combined[key] for key in keys]
        given = {field.name for field in fields}
        later = [(field, default) for field, default in self.get_default_data().items() if field.name not in given]
        names = ", ".join(f'"{field.column_name}"' for field in (*fields, *(field for field, _ in later)))
        marks = ", ".join([ctx.state.param or "?"] * (len(fields) + len(later)))
        ctx.literal(f"({names}) VALUES {', '.join([f'({marks})'] * len(rows))}")
        for row in rows:
            ctx._values += [field.db_value(row[key]) for key, field in zip(keys, fields, strict=True)]
            ctx._values += [field.db_value(value() if callable(value) else value) for field, value in later]
        return ctx


def _is_sql(value):
    """Whether a value is an expression; a row stands for its key."""
    return isinstance(value, peewee.Node) and not isinstance(value, peewee.Model)


class Select(peewee.ModelSelect):
    """The SELECT of our models: its rows are made by Rows."""

    def _get_model_cursor_wrapper(self, cursor):  # name given by peewee
        return Rows(cursor, self.model, self._returning, self._from_list, self._joins)


class Rows(peewee.ModelCursorWrapper):
    """Rows as models, with the rows they join hanging on them, as peewee makes them.

    A plain column goes straight into the instance; peewee sets each as an attribute and then forgets that it was set.
    """

    def initialize(self):  # name given by peewee
        super().initialize()
        plain = {key: [] for key, _, is_model in self._constructor_list if is_model}
        self._more = []
        for (place, key, name, converter), field in zip(self._row_spec, self.fields, strict=True):
            key = key if key in self.key_to_constructor else self.model
            if key in plain and field is not None and name in key._meta.fields:
                plain[key].append((place, name, None if _is_native(field) else converter))
            else:
                self._more.append((place, key, name, converter))
        self._plain = [
            (key, constructor, plain[key]) for key, constructor, is_model in self._constructor_list if is_model
        ]
        self._is_simple = len(self._plain) == len(self._constructor_list)

    def process_row(self, row):  # name given by peewee
        if not self._is_simple:
            return super().process_row(row)
        made, filled = {}, set()
        for key, constructor, columns in self._plain:
            made[key] = instance = constructor(__no_default__=True)
            kept = instance.__data__
            for place, name, converter in columns:
                value = row[place]
                if value is not None:
                    filled.add(key)
                    if converter is not None:
                        value = converter(value)
                kept[name] = value
        for place, key, name, converter in self._more:
            value = row[place]
            if value is not None:
                filled.add(key)
            setattr(made[key], name, value if converter is None else converter(value))
        self._join(made, filled)
        for instance in made.values():
            instance._dirty.clear()
        return made[self.model]

    def _join(self, made, filled):
        """Hang the joined rows on their sources; None where an outer join found nothing."""
        for source, attribute, joined, _, is_outer, is_link in self.src_to_dest:
            other = made.get(joined)
            if joined not in filled and not self._dest_reachable.get(joined, frozenset()) & filled:
                if not is_outer or source not in filled:
                    continue
                other = None
            if is_link and other is None:
                made[source].__rel__[attribute] = None
            else:
                setattr(made[source], attribute, other)


def _is_native(field):
    """Whether the driver's value is the column's value."""
    if isinstance(field, peewee.ForeignKeyField):
        field = field.rel_field
    return field.field_type in _NATIVE and type(field).python_value is peewee.Field.python_value


class Asked:
    """A query of each request, made into SQL once and not every time.

    `make(given, …)` builds it from nodes that stand for the values; then `asked(values, …)` gives its rows as a list:

        of_login = Asked(lambda login: Membership.select().where(Membership.login == login))
        of_login(login.id)

    The values come as the database knows them, ids for rows.
    """

    def __init__(self, make):
        self.make, self.query, self.made = make, None, {}

    def __call__(self, *values):
        cursor, rows = self._execute(values)
        return [rows.process_row(row) for row in cursor.fetchall()]

    def as_stored(self, *values):
        """The rows as tuples of what the driver gives, nothing converted."""
        return self._execute(values)[0].fetchall()

    def _execute(self, values):
        """(cursor, what makes rows of it)."""
        if self.query is None:
            places = map(_Place, range(len(values)))
            self.query = self.make(*(peewee.Value(place, False, unpack=False) for place in places))
        database = self.query._database.obj
        sql, parameters, rows = self.made.get(type(database)) or (*self.query.sql(), None)
        given = [values[p.number] if type(p) is _Place else p for p in parameters]
        cursor = database.execute_sql(sql, given)
        if rows is None:
            rows = self.query._get_cursor_wrapper(cursor)
            rows.initialize()
            self.made[type(database)] = sql, parameters, rows
        return cursor, rows


class _Place(NamedTuple):
    """Where a value goes that is handed in later."""

    number: int
