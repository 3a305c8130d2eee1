"""Rows by the million, made by the database itself: SQL for both databases, columns and defaults from the models."""

from portal import store


def word(words, number):
    """SQL of one of the words, picked by a number."""
    words = words.split()
    cases = " ".join(f"WHEN {n} THEN '{w}'" for n, w in enumerate(words))
    return f"(CASE ({number}) % {len(words)} {cases} END)"


def text(number):
    return f"CAST({number} AS TEXT)"


def numbered(letters, number):
    """A number of six digits or more as the search keeps it: seven are looked for without the letters, too."""
    short = f"substr({text(f'1000000 + {number}')}, 2)"
    return (
        f"'{letters}-' || CASE WHEN {number} < 1000000 THEN {short} ELSE {text(number)} || '  ' || {text(number)} END"
    )


def series(last, first=1):
    """SQL of the numbers from `first` to `last`, as table `n` with column `i`."""
    if store.is_sqlite():
        numbers = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        return numbers, "n"
    return "", f"generate_series({first}, {last}) AS n(i)"


def moment(seconds_ago, now):
    """SQL of the moment so many seconds before now."""
    if store.is_sqlite():
        return f"datetime('{now:%Y-%m-%d %H:%M:%S}', '-' || CAST({seconds_ago} AS INTEGER) || ' seconds')"
    return f"(timestamp '{now:%Y-%m-%d %H:%M:%S}' - ({seconds_ago}) * interval '1 second')"


def day(moment):
    """SQL of the date of a moment."""
    return f"date({moment})" if store.is_sqlite() else f"CAST({moment} AS date)"


def fill(model, last, first=1, where="", **columns):
    """Insert rows first…last of a model; `columns` are SQL over `i`, all others take the model's default."""
    known = {field.name: field for field in model._meta.sorted_fields}
    assert columns.keys() <= known.keys(), f"{model.__name__} has no {columns.keys() - known.keys()}"
    sql = {}
    for name, field in known.items():
        if name in columns:
            sql[field.column_name] = columns[name]
        elif name != "id":
            sql[field.column_name] = _default(model, field)
    sql.setdefault("id", "i") if "id" in known else None
    numbers, source = series(last, first)
    names = ", ".join(f'"{name}"' for name in sql)
    statement = (
        f'INSERT INTO "{model._meta.table_name}" ({names}) {numbers} SELECT {", ".join(sql.values())} FROM {source}'
    )
    store.db.cursor().execute(f"{statement} {where}")  # past peewee, to whom % is a placeholder


def _default(model, field):
    """The model's default as SQL; what has none must be named by the caller."""
    value = field.default
    value = value() if callable(value) else value
    assert value is not None or field.null, f"{model.__name__}.{field.name} has no default: the bench must fill it"
    value = field.db_value(value)
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    return str(value) if isinstance(value, int) else "'{}'".format(str(value).replace("'", "''"))
