"""The bin: rows that were taken out of their tables, as they stood, and numbers that are never given again."""

import peewee

from portal import store, values

_kept = set()  # models whose numbers stay with whoever had them


class Binned(store.Model):
    """One row, out of the table `kind`: `root` is the record (a Ref) that was deleted, `place` its turn to come back.

    A row of the kind "~table" stands where it stood: only its link to what was deleted was loosened.
    """

    deed = peewee.IntegerField()
    root = peewee.CharField(max_length=40)
    place = peewee.IntegerField()
    kind = peewee.CharField(max_length=40)
    data = store.JSONText()
    at = store.MomentField(index=True)

    class Meta:
        indexes = ((("root", "deed", "place"), False),)


class LastNumber(store.Model):
    """The highest number that a row of a table had when it was taken out."""

    kind = peewee.CharField(max_length=40, unique=True)
    number = peewee.IntegerField()


def keep_numbers(model):
    """Declare that a number of this noun stands for one record for ever, also while that is in the bin.

    PostgreSQL never gives a number twice; SQLite gives the highest one again once its row is gone.
    """
    _kept.add(model)


def numbered(model):
    """{"id": the next number} for a new row, where the database would give one twice; else {}."""
    if model not in _kept or not store.is_sqlite():
        return {}
    table = model._meta.table_name
    last = f"(SELECT number FROM last_number WHERE kind = '{table}')"  # noqa: S608 names of ours
    return {"id": peewee.SQL(f'(SELECT MAX(COALESCE(MAX(id), 0), COALESCE({last}, 0)) + 1 FROM "{table}")')}  # noqa: S608 names of ours


def last_number(model):
    """The highest number that any row of a noun has or had."""
    there = model.select(peewee.fn.MAX(model.id)).scalar() or 0
    gone = LastNumber.select(LastNumber.number).where(LastNumber.kind == model._meta.table_name).scalar() or 0
    return max(there, gone)


def put_in(deed, root, taken, now=None):
    """Keep rows [(kind, {column: value})], in the order in which they can come back, inside the change."""
    at = now or values.now()
    rows = [
        {"deed": deed, "root": str(root), "place": place, "kind": kind, "data": data, "at": at}
        for place, (kind, data) in enumerate(taken)
    ]
    for start in range(0, len(rows), 100):
        Binned.insert_many(rows[start : start + 100]).execute()
    new = peewee.EXCLUDED
    LastNumber.insert(kind=root.kind, number=root.id).on_conflict(
        conflict_target=[LastNumber.kind],
        update={"number": root.id},
        where=LastNumber.number < new.number,
    ).execute()


def rows_of(root, deed):
    """What was taken out with a record by one deed, in the order in which it comes back."""
    here = (Binned.root == str(root)) & (Binned.deed == deed)
    return list(Binned.select().where(here).order_by(Binned.place))


def forget(root, deed):
    """Once it is back, or too old."""
    Binned.delete().where((Binned.root == str(root)) & (Binned.deed == deed)).execute()
