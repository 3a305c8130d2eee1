"""The search by fields that a shop added: entries of their own beside those of the noun, in the same change."""

from portal import custom_finding, search, store
from portal.custom_finding import RIGHT
from portal.search import Entry, SearchEntry


def with_added(kind, entries):
    """The entries of a page of records, and of each what the shop added; one statement at most."""
    entries = list(entries)
    whose = {entry.record: (entry.account, entry.team) for entry in reversed(entries)}
    found = custom_finding.texts(kind, whose)
    entries += [Entry(record, text, *whose[record], right) for record, right, text in found]
    return sorted(entries, key=lambda entry: entry.record)


def put(ref, account, team):
    """Index what stands in the added fields of one record, whose own entry is put beside it."""
    if not custom_finding.searched(ref.kind, ever=True):
        return
    mine = custom_finding.texts(ref.kind, [ref.id])
    wanted = {right: (search.text_of(ref.kind, text), account, team) for _, right, text in mine}
    rows = SearchEntry.select().where(
        (SearchEntry.kind == ref.kind) & (SearchEntry.record == ref.id) & SearchEntry.right.startswith(RIGHT)
    )
    there = {row.right: row for row in rows}
    kept = {right for right, row in there.items() if wanted.get(right) == (row.text, row.account, row.team)}
    gone = [row.id for right, row in there.items() if right not in kept]
    if gone:
        SearchEntry.delete().where(SearchEntry.id.in_(gone)).execute()
    new = [(right, *entry) for right, entry in wanted.items() if right not in kept and entry[0]]
    names = ("right", "text", "account", "team")
    store.insert_rows(
        SearchEntry, [{"kind": ref.kind, "record": ref.id} | dict(zip(names, row, strict=True)) for row in new]
    )


def renew(ref):
    """The same for a change of nothing but these fields; whoever finds the record finds it by them too."""
    if custom_finding.searched(ref.kind, ever=True):
        own = (SearchEntry.kind == ref.kind) & (SearchEntry.record == ref.id) & (SearchEntry.right == "")
        row = SearchEntry.select(SearchEntry.account, SearchEntry.team).where(own).first()
        if row is not None:
            put(ref, row.account, row.team)


search.BESIDE.append(put)
