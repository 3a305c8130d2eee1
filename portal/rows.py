"""How columns become SQL and rows become objects: the two steps in which peewee spent half the time of a page."""

import peewee

# Of these the drivers give what the column holds; all others are converted.
_NATIVE = {"AUTO", "BIGAUTO", "INT", "BIGINT", "VARCHAR", "TEXT"}


def _column(field, ctx):
    """A field as SQL in one step: peewee takes eight, and a page names hundreds of columns."""
    if ctx.state.scope == peewee.SCOPE_VALUES:
        return ctx.literal(f'"{field.column_name}"')
    return ctx.literal(f'"{ctx.alias_manager[field.model._meta.table]}"."{field.column_name}"')


peewee.Field.__sql__ = _column


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
