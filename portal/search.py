"""How it is found: one folded text per record, kept in the transaction of the change, under a trigram index.

A text is stored with two blanks before each word, so that even the first letter of a word is a trigram.
"""

import re
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_
from typing import NamedTuple
from zlib import crc32

import peewee

from portal import custom_finding, masking, search_plans, store
from portal.asked_words import LONGEST_QUERY, MOST_WORDS, pieces_of
from portal.folding import PHONE, fold, fold_digits, words_of

LONGEST_TEXT = 20_000
LISTED = 100  # so many hits a page of a list goes through; its files hold all

SQLITE_INDEX = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(
        text, content='search_entry', content_rowid='id', columnsize=0, tokenize='trigram case_sensitive 1')""",
    """CREATE TRIGGER IF NOT EXISTS search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_text(rowid, text) VALUES (new.id, new.text); END""",
    """CREATE TRIGGER IF NOT EXISTS search_entry_dropped AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_text(search_text, rowid, text) VALUES ('delete', old.id, old.text); END""",
    """CREATE TRIGGER IF NOT EXISTS search_entry_changed AFTER UPDATE OF text ON search_entry BEGIN
        INSERT INTO search_text(search_text, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO search_text(rowid, text) VALUES (new.id, new.text); END""",
)
POSTGRES_INDEX = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS search_entry_text ON search_entry USING gin (text gin_trgm_ops)",
)


class SearchEntry(store.Model):
    """What a record is found by, and who may find it.

    Fields that not everybody may read stand in a row of their own under their `right`; "" is for all.
    """

    kind = peewee.CharField(max_length=30)
    record = peewee.IntegerField()
    right = peewee.CharField(max_length=40, default="")
    text = peewee.TextField()
    account = peewee.IntegerField(null=True, index=True)
    team = peewee.IntegerField(null=True)

    class Meta:
        indexes = ((("kind", "record", "right"), True),)

    @classmethod
    def create_table(cls, safe=True, **options):
        """The table and the index over its text."""
        super().create_table(safe, **options)
        create_index()


class Found(NamedTuple):
    """Ids of one kind, best first, and whether there are more."""

    records: list
    more: bool


class Entry(NamedTuple):
    """What a page of a source hands to reindexing.rebuild; see `put`."""

    record: int
    text: str | Iterable
    account: int | None = None
    team: int | None = None
    right: str | None = None


_reach = []
BESIDE = []  # function(ref, account, team): puts further entries of a record beside its own
_sources = {}
ALSO_HOLDS = {"account": "address", "affiliation": "contact"}  # kinds that are found by fields of another noun


def reach_by(accounts):
    """Hand in `accounts(actor)`, the query of the ids of the accounts that a person sees: they stand below."""
    _reach[:] = [accounts]


def know(sources):
    """Hand in where the texts of each kind come from; see reindexing.rebuild."""
    _sources.update(sources)


def create_index():
    """The trigram index, for a fresh schema and for migrations. PostgreSQL does without when it has no pg_trgm."""
    if store.is_sqlite():
        for statement in SQLITE_INDEX:
            store.db.execute_sql(statement)
        return
    try:
        with store.db.atomic():
            for statement in POSTGRES_INDEX:
                store.db.execute_sql(statement)
    except (peewee.ProgrammingError, peewee.NotSupportedError, peewee.OperationalError, peewee.InternalError):
        if capabilities()["index"] != "none":
            raise


def capabilities():
    """{"index": "fts5", "pg_trgm" or "none" (searches read every row), "thai": whether the index sees Thai}."""
    if store.is_sqlite():
        return {"index": "fts5" if store.db.table_exists("search_text") else "none", "thai": True}
    there = "SELECT 1 FROM pg_indexes WHERE indexname = 'search_entry_text' AND schemaname = current_schema()"
    if store.db.execute_sql(there).fetchone() is None:
        return {"index": "none", "thai": True}
    # Under LC_CTYPE=C no Thai letter is a letter, and the index holds none of them.
    thai = store.db.execute_sql("SELECT cardinality(show_trgm('ไทย'))").fetchone()[0] > 0
    return {"index": "pg_trgm", "thai": thai}


def _marker(kind):
    """One trigram that stands in every text of a kind, so that FTS5 passes over the other kinds."""
    return chr(0xE000 + crc32(kind.encode()) % 0x1900) * 3


def text_of(kind, parts):
    """The stored text of some parts: folded words, and each phone number in one piece as well."""
    parts = [parts] if isinstance(parts, str) else [str(part) for part in parts if part not in (None, "")]
    words = []
    for line in "\n".join(parts)[:LONGEST_TEXT].splitlines():
        folded = fold(line)
        words += words_of(folded)
        numbers = (fold_digits(found[0]) for found in PHONE.finditer(folded))
        words += [number for number in numbers if 7 <= len(number) <= 15]
    return _marker(kind) + "".join(f"  {word}" for word in dict.fromkeys(words)) + "  " if words else ""


# Writing


def put(ref, text, account=None, team=None, right=None):
    """Index a record under a text or a list of texts, inside the change that made or changed it.

    `account` and `team` say who may find it (team None: every employee). Texts that only holders of a `right` may
    read are put a second time, under that right. An empty text takes the row away.
    """
    ref, right = _ref(ref), right or ""
    if not right:
        for put_more in BESIDE:
            put_more(ref, account, team)
    text = text_of(ref.kind, text)
    if not text:
        here = (SearchEntry.kind == ref.kind) & (SearchEntry.record == ref.id) & (SearchEntry.right == right)
        SearchEntry.delete().where(here).execute()
        return
    fields = {"text": text, "account": account, "team": team}
    new = peewee.EXCLUDED
    moved = [_differs(column, getattr(new, column.column_name)) for column in (SearchEntry.account, SearchEntry.team)]
    SearchEntry.insert(kind=ref.kind, record=ref.id, right=right, **fields).on_conflict(
        conflict_target=[SearchEntry.kind, SearchEntry.record, SearchEntry.right],
        update=fields,
        where=reduce(or_, moved, SearchEntry.text != new.text),  # else the index over the text is written anew
    ).execute()


def _differs(one, other):
    """Whether two values differ, either of which may be missing."""
    return (one != other) | (one.is_null() != other.is_null())


def drop(ref):
    """Forget a record, under every right."""
    ref = _ref(ref)
    SearchEntry.delete().where((SearchEntry.kind == ref.kind) & (SearchEntry.record == ref.id)).execute()


def move(account, team):
    """All that belongs to an account is found by another team from now on."""
    SearchEntry.update(team=team).where(SearchEntry.account == account).execute()


def _ref(subject):
    return subject.ref if isinstance(subject, store.Model) else subject


# Reading


def matches(kind, query, rights=(), account=None):
    """Subquery of the ids of one kind that a query finds, for `Model.id.in_(…)` beside `visible_to`.

    Every word must occur, in any order: three letters anywhere, fewer at the start of a word. A query without
    a letter or digit finds nothing. With an `account` only what belongs to it is read: for a customer's lists.
    """
    scope = None if account is None else SearchEntry.account == account
    return _entries(kind, pieces_of(query), rights, scope, few=account is not None)


def newest(kind, query, actor, rights=()):
    """Found: the newest records of a kind that this person may find, LISTED at most.

    For a page of a list: sorting all that a common word finds would cost more the larger the shop is.
    """
    scope, few = _scope(actor)
    rights = (*rights, *custom_finding.rights([kind], actor))
    pieces = pieces_of(query)
    is_common = not (store.is_sqlite() or few or not pieces) and search_plans.is_common(pieces)
    if store.is_sqlite() or few or not pieces:
        rows = _entries(kind, pieces, rights, scope, few=few, newest=LISTED + 1)
    elif is_common:
        rows = _looked_through(kind, pieces, rights, scope, LISTED + 1, search_plans.LISTED_THROUGH)
    else:
        rows = _gathered([kind], [pieces], rights, scope, LISTED + 1).select(peewee.SQL("record"))
    found = [record for (record,) in store.db.execute(rows)]
    return Found(_as_read(kind, found[:LISTED], query, actor, rights), len(found) > LISTED or is_common)


def find(query, kinds, actor, limit=5, rights=()):
    """{kind: Found} of what this person may find, in one statement: whole beginnings of words first, then the rest.

    Staff find what belongs to their teams or to none, customers what belongs to their account.
    """
    query = (query or "")[:LONGEST_QUERY]
    pieces, starts = pieces_of(query), pieces_of(query, starts=True)
    steps = [pieces] if starts == pieces or len(fold_digits(query)) >= 7 else [starts, pieces]
    rights = (*rights, *custom_finding.rights(kinds, actor))
    found = {kind: {} for kind in kinds}
    if pieces and kinds:
        for kind, record, step in store.db.execute(_of_each(kinds, steps, rights, actor, limit + 1)):
            found[kind].setdefault(record, step)
    best = {kind: sorted(records, key=records.get) for kind, records in found.items()}
    best = {kind: _as_read(kind, records, query, actor, rights) for kind, records in best.items()}
    return {kind: Found(records[:limit], len(records) > limit) for kind, records in best.items()}


def _of_each(kinds, steps, rights, actor, most):
    """Query of (kind, record, step): of each kind the newest that hold the pieces of a step, `most` of each."""
    scope, few = _scope(actor)
    if not few and not search_plans.is_common(steps[-1]):
        return _gathered(kinds, steps, rights, scope, most)
    branches = []
    for kind in kinds:
        for step, wanted in enumerate(steps if few else steps[-1:]):
            if not (few or store.is_sqlite()):
                rows = _looked_through(kind, wanted, rights, scope, most)
            else:
                rows = _entries(kind, wanted, rights, scope, few=few, newest=most)
            shown = (peewee.Value(kind).alias("kind"), rows.c.record, peewee.Value(step).alias("step"))
            branches.append(peewee.Select([rows], shown))
    return reduce(peewee.Select.union_all, branches)


def _gathered(kinds, steps, rights, scope, most):
    """All that hold the pieces of the last step, in one go; then the best of each kind."""
    step = peewee.Case(None, [(_holds(steps[0]), 0)], 1) if len(steps) > 1 else peewee.Value(0)
    by_kind = {"partition_by": [SearchEntry.kind], "order_by": [step, SearchEntry.record.desc()]}
    place = peewee.fn.ROW_NUMBER().over(**by_kind)
    where = SearchEntry.kind.in_(list(kinds)) & SearchEntry.right.in_(["", *rights])
    source, fits = _indexed(_phrase(steps[-1])) if store.is_sqlite() else (SearchEntry, _holds(steps[-1]))
    shown = (SearchEntry.kind, SearchEntry.record, step.alias("step"), place.alias("place"))
    where &= fits
    hits = peewee.Select([source], shown).where(where if scope is None else where & scope).alias("hits")
    shown = peewee.Select([hits], [hits.c.kind, hits.c.record, hits.c.step]).where(hits.c.place <= most)
    return shown.order_by(hits.c.place).bind(store.db)


def _looked_through(kind, pieces, rights, scope, most, through=search_plans.LOOKED_THROUGH):
    """The newest of a kind that hold the pieces, among so many of its newest records at all."""
    where = (SearchEntry.kind == kind) & SearchEntry.right.in_(["", *rights])
    rows = SearchEntry.select(SearchEntry.record, SearchEntry.text).where(where if scope is None else where & scope)
    rows = rows.order_by(SearchEntry.record.desc()).limit(through).alias("newest")
    return peewee.Select([rows], [rows.c.record]).where(_holds(pieces, rows.c.text)).limit(most).bind(store.db)


def is_narrowed(kind, actor):
    """Whether a role hides something from this person by which records of a kind are found."""
    nouns = {key.partition(".")[0] for key in actor.limits.hidden}
    return kind in nouns or ALSO_HOLDS.get(kind) in nouns


def _as_read(kind, records, query, actor, rights):
    """Those of the records whose texts hold the query also without what is hidden from this person."""
    if not (records and is_narrowed(kind, actor)):
        return records
    page, pieces = _sources[kind], pieces_of(query)
    with masking.hiding(actor.limits.hidden):
        entries = [entry for record in records for entry in page(record - 1, 1)]
    read = [(entry.record, entry.right or "", entry.text) for entry in entries]
    read += custom_finding.texts(kind, records)
    read = [(record, text_of(kind, text)) for record, right, text in read if right in ("", *rights)]
    kept = {record for record, text in read if search_plans.holds(text, pieces)}
    return [record for record in records if record in kept]


def alike(kind, text, rights=(), limit=3):
    """Ids of the records of a kind that hold most of a text's longer words, for a question and its answers."""
    words = [part for word in words_of(fold((text or "")[:LONGEST_QUERY])) for part in _parts(word)]
    words = sorted(dict.fromkeys(words), key=len, reverse=True)[:MOST_WORDS]
    if not words:
        return []
    rows = [_entries(kind, [[[word]]], rights, newest=LISTED) for word in words]
    branches = [peewee.Select([found], [found.c.record]) for found in rows]
    holding = reduce(peewee.Select.union_all, branches).alias("holding")
    often = peewee.fn.COUNT(peewee.SQL("1"))
    rows = peewee.Select([holding], [holding.c.record]).group_by(holding.c.record)
    rows = rows.order_by(often.desc(), holding.c.record.desc()).limit(limit).bind(store.db)
    return [record for (record,) in store.db.execute(rows)]


def _parts(word):
    """A word of four letters and more; a run of letters without spaces, as Thai is written, in overlapping pieces."""
    if word.isascii() or len(word) <= 12:
        return [word] if len(word) >= 4 else []
    return [word[start : start + 6] for start in range(0, len(word) - 5, 3)]


def _entries(kind, pieces, rights, scope=None, *, few=False, newest=None):
    """Query of the records of a kind whose text holds the pieces; `newest` so many. `few`: the scope leaves few."""
    source, fits, order = SearchEntry, None, SearchEntry.record  # newest within the kind: its unique index is walked
    where = (SearchEntry.kind == kind) & SearchEntry.right.in_(["", *rights])
    if scope is not None:
        where &= scope
    if store.is_sqlite() and pieces and not few:
        source, fits = _indexed(f'"{_marker(kind)}" AND ({_phrase(pieces)})')
        order = source.lhs.c.rowid
    where &= _holds(pieces) if fits is None else fits
    query = peewee.Select([source], [SearchEntry.record]).where(where).bind(store.db)
    return query.order_by(order.desc()).limit(newest) if newest else query


def _indexed(phrase):
    """(source, condition) of the entries that a phrase of FTS5 finds."""
    index = peewee.Table("search_text").alias("found")
    # CROSS JOIN keeps SQLite from starting at the other end and reading every entry of the kind.
    source = peewee.Join(index, SearchEntry, peewee.JOIN.CROSS)
    return source, peewee.Expression(index.c.search_text, "MATCH", phrase) & (SearchEntry.id == index.c.rowid)


def _scope(actor):
    """What this person may find, as a condition (None: everything), and whether that is little."""
    if actor.sees_all:
        return None, False
    if actor.sees_own:
        of_nobody = SearchEntry.account.is_null() & SearchEntry.team.is_null()
        return SearchEntry.account.in_(_reach[0](actor)) | of_nobody, False
    if actor.is_staff:
        return SearchEntry.team.is_null() | SearchEntry.team.in_(list(actor.teams)), False
    if actor.is_customer and actor.account is not None:
        return SearchEntry.account == actor.account, True
    return peewee.SQL("1 = 0"), True


def _holds(pieces, text=SearchEntry.text):
    """Condition on the text of an entry itself."""
    if not pieces:
        return peewee.SQL("1 = 0")
    rows = (reduce(and_, (reduce(or_, (_contains(p, text) for p in word)) for word in words)) for words in pieces)
    return reduce(or_, rows)


def _contains(piece, text):
    if store.is_sqlite():
        return peewee.fn.instr(text, piece) > 0
    piece = re.sub(r"([\\%_])", r"\\\1", piece)
    return peewee.Expression(text, peewee.OP.LIKE, f"%{piece}%")


def _phrase(pieces):
    """The pieces in the query language of FTS5."""
    rows = (" AND ".join(f"({' OR '.join(map(_quoted, word))})" for word in words) for words in pieces)
    return " OR ".join(f"({row})" for row in rows)


def _quoted(piece):
    return '"' + piece.replace('"', '""') + '"'
