"""Putting many records into the search at once, inside the change that brought them in."""

from portal import custom_index, search
from portal.search import SearchEntry
from portal.store import among, insert_rows


def put(kind, entries):
    """Index many records of one kind (Entry), inside the change that made or changed them, for imports."""
    wanted = {(e.record, e.right or ""): e for e in custom_index.with_added(kind, entries)}
    rows = SearchEntry.select().where(SearchEntry.kind == kind)
    rows = rows.where(among(SearchEntry.record, {record for record, _ in wanted}))
    there = {(row.record, row.right): row for row in rows}
    new, old = [], []
    for (record, right), entry in wanted.items():
        fields = {"text": search.text_of(kind, entry.text), "account": entry.account, "team": entry.team}
        row = there.get((record, right))
        if row and (row.text, row.account, row.team) == tuple(fields.values()):
            continue
        old += [row.id] if row else []
        new += [{"kind": kind, "record": record, "right": right} | fields] if fields["text"] else []
    if old:
        SearchEntry.delete().where(among(SearchEntry.id, old)).execute()
    insert_rows(SearchEntry, new)
