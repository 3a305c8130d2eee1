"""Fields per row: a quantity for each line, an amount for each invoice, read into what the verbs take."""

from wtforms import StringField

from portal.errors import Invalid
from portal.sales.quotes import read_quantity
from portal.values import Money


def form_for(base, rows, prefix, label, start=None, **data):
    """A form of `base` with one more text field per row: `prefix` and its id. `start(row)` is what stands in it."""
    fields = {f"{prefix}{row.id}": StringField(label(row)) for row in rows}
    begun = {f"{prefix}{row.id}": start(row) for row in rows} if start else {}
    return type(base.__name__, (base,), fields)(data=begun | data)


def taken(typed, prefix, read):
    """{row id: value} of the row fields, which leave `typed`; blanks and noughts are no rows. Every fault at once."""
    found, problems = {}, {}
    for name in [name for name in typed if name.startswith(prefix)]:
        text = (typed.pop(name) or "").strip()
        try:
            if text and text.strip("0"):
                found[int(name.removeprefix(prefix))] = read(text, name)
        except Invalid as refused:
            problems |= refused.problems
    if problems:
        raise Invalid(**problems)
    return found


def at_row(refused, field, prefix):
    """The same refusal, with what concerns one row (its parameters name its "id") at the field of that row."""
    placed = {}
    for name, (message, params) in refused.problems.items():
        placed[f"{prefix}{params['id']}" if name == field and "id" in params else name] = (message, params)
    return Invalid(**placed)


def quantity(text, field):
    """Pieces of one line. Raises Invalid on its field."""
    try:
        return read_quantity(text)
    except Invalid as refused:
        raise Invalid(**{field: next(iter(refused.problems.values()))})


def amount_in(currency):
    """A reader of amounts above zero, in minor units of a currency."""

    def read(text, field):
        minor = Money.of(text, currency, field=field).minor
        if minor <= 0:
            raise Invalid(**{field: "amount-too-small"})
        return minor

    return read
