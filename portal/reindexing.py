"""Making the search index anew while people work, and seeing whether it fits."""

from portal import custom_index, search, store
from portal.search import SearchEntry
from portal.values import Ref

BATCH = 500


def rebuild(sources):
    """Make the index anew while people work; returns how many records it holds.

    `sources` is {kind: page}, where `page(after, most)` gives the Entries of the next `most` records whose id is
    above `after`, in the order of their ids. Entries of records that no page names are dropped.
    """
    total = 0
    for kind, page in sources.items():
        last = 0
        while last is not None:
            records = _rebuild_page(kind, page, last)
            total += len(records)
            last = max(records, default=None)
    return total


def _rebuild_page(kind, page, after):
    """Index one page and drop what stands between its records; the last page is empty and drops all behind it."""
    with store.housekeeping("search"):
        if not store.is_sqlite():  # read after every change that was indexed, and before any that will be
            store.db.execute_sql("LOCK TABLE search_entry IN SHARE ROW EXCLUSIVE MODE")
        entries = custom_index.with_added(kind, page(after, BATCH))
        for entry in entries:
            search.put(Ref(kind, entry.record), *entry[1:])
        named = {(entry.record, entry.right or "") for entry in entries}
        records = {record for record, _ in named}
        span = (SearchEntry.kind == kind) & (SearchEntry.record > after)
        if records:
            span &= SearchEntry.record <= max(records)
        rows = SearchEntry.select(SearchEntry.id, SearchEntry.record, SearchEntry.right).where(span)
        old = [row.id for row in rows if (row.record, row.right) not in named]
        for start in range(0, len(old), BATCH):
            SearchEntry.delete().where(SearchEntry.id.in_(old[start : start + BATCH])).execute()
    return records


def stale(sources):
    """Refs of the records, kind by kind, that the index holds otherwise than their rows say, or not at all."""
    for kind, page in sources.items():
        last = 0
        while last is not None:
            entries = custom_index.with_added(kind, page(last, BATCH))
            wanted = {(e.record, e.right or ""): (search.text_of(kind, e.text), e.account, e.team) for e in entries}
            records = {record for record, _ in wanted}
            span = (SearchEntry.kind == kind) & (SearchEntry.record > last)
            if records:
                span &= SearchEntry.record <= max(records)
            there = {
                (row.record, row.right): (row.text, row.account, row.team) for row in SearchEntry.select().where(span)
            }
            wanted = {key: entry for key, entry in wanted.items() if entry[0]}
            differ = {key[0] for key in wanted.keys() | there.keys() if wanted.get(key) != there.get(key)}
            yield from (Ref(kind, record) for record in sorted(differ))
            last = max(records, default=None)
