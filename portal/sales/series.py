"""Series: numbers of documents that the law wants without gaps; drawn inside the change that issues the document."""

import peewee

from portal import store


class Series(store.Model):
    """The last number drawn of one kind of document, by year where its format says so."""

    name = peewee.CharField(max_length=30, unique=True)  # "invoice:2026"
    last = peewee.IntegerField(default=0, constraints=[peewee.Check("last >= 0", name="series_last_whole")])


def draw(kind, prefix, day):
    """The next number of the year of `day`: draw("invoice", "INV", date(2026, 3, 1)) → "INV-2026-000001".

    Call it late inside an open change: the row stays locked until that commits, and a change that fails gives its
    number back, so that none is ever missing.
    """
    name = f"{kind}:{day.year}"
    store.db.execute(Series.insert(name=name, last=0).on_conflict_ignore())
    drawn = Series.update(last=Series.last + 1).where(Series.name == name).returning(Series.last).execute()
    return f"{prefix}-{day.year}-{next(iter(drawn)).last:06d}"
