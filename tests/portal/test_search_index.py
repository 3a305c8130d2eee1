"""The search index follows each change, goes back with it, and can be made anew while people work."""

import threading

import pytest

from portal import asked_words, audit, reindexing, search, store
from portal.search import Entry, SearchEntry
from portal.values import Ref
from tests.portal.test_search import BY, NORTH, SOUTH, ids, known_shops, put  # noqa: F401


def test_the_index_follows_the_change(shops):
    put(1, "Maribel's Kitchen", account=10, team=NORTH)
    assert ids("pena") == []
    assert ids("kitchen") == [1]


def test_the_index_rolls_back_with_the_change(shops):
    with pytest.raises(RuntimeError), audit.change(BY, "account.indexed"):
        search.put(Ref("account", 1), "Gone")
        search.drop(Ref("account", 2))
        raise RuntimeError
    assert ids("pena") == [1]
    assert ids("gone") == []
    assert ids("ป้าแต๋ว") == [2]


def test_a_dropped_record_is_found_no_more(shops):
    with audit.change(BY, "account.forgotten"):
        search.drop(Ref("account", 1))
    assert ids("pena") == []


def test_an_empty_text_takes_the_record_away(shops):
    put(1, ["", None])
    assert ids("pena") == []
    assert SearchEntry.select().where(SearchEntry.kind == "account", SearchEntry.record == 1).count() == 0


def test_the_same_again_writes_nothing(shops):
    before = store.queries()
    put(3, ["Ana Reyes Store 100%", "Banaue_Road"], account=30)
    assert store.queries() - before <= 3  # begin, look, commit


def test_nothing_is_indexed_outside_a_change(database):
    with pytest.raises(store.WriteOutsideDoor):
        search.put(Ref("account", 1), "Ana")


def pages(*entries):
    """A source as the nouns hand it in: the entries of the next records above an id."""

    def page(after, most):
        records = sorted({entry.record for entry in entries if entry.record > after})[:most]
        return [entry for entry in entries if entry.record in records]

    return page


def test_the_index_is_made_anew_from_its_sources(shops):
    put(1, "spends 2M", right="spending.read")
    put(7, "No longer there")
    put(12, "Nor this")
    page = pages(
        Entry(1, "Peña's Café", 10, NORTH),
        Entry(3, ["Ana", "0917 555 0188"], None, None),
        Entry(5, "New shop", 50, SOUTH),
        Entry(5, "secret", 50, SOUTH, "spending.read"),
    )
    assert reindexing.rebuild({"account": page}) == 3
    assert ids("penas") == [1]
    assert ids("shop") == ids("secret", rights=("spending.read",)) == [5]
    assert ids("09175550188") == [3]
    assert ids("longer") == ids("nor") == ids("ป้าแต๋ว") == ids("spends", rights=("spending.read",)) == []
    assert ids("pena", kind="order") == [4]


def test_a_large_index_is_made_in_batches(database, monkeypatch):
    monkeypatch.setattr(reindexing, "BATCH", 7)
    assert reindexing.rebuild({"account": pages(*(Entry(n, f"shop number{n}") for n in range(1, 31)))}) == 30
    assert len(ids("shop")) == 30
    assert reindexing.rebuild({"account": pages(*(Entry(n, f"shop number{n}") for n in range(1, 31, 2)))}) == 15
    assert ids("shop") == list(range(1, 31, 2))
    assert reindexing.rebuild({"account": pages()}) == 0
    assert ids("shop") == []


def test_a_change_made_during_a_rebuild_is_not_undone_by_it(postgres):
    put(1, "Old name")
    reading, changed = threading.Event(), threading.Event()

    def change():
        with store.connection(), audit.change(BY, "account.renamed"):
            reading.wait(10)
            search.put(Ref("account", 1), "New name")
            search.put(Ref("account", 2), "Newcomer")
        changed.set()

    def page(after, most):
        reading.set()  # the row was read with its old name; the change has to wait for this page
        assert not changed.wait(0.2)
        return [Entry(1, "Old name")]

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    reindexing._rebuild_page("account", page, 0)
    thread.join()
    assert ids("new") == [1, 2]
    assert ids("old") == []


def test_the_index_is_there_and_sees_thai(database):
    index = "fts5" if store.is_sqlite() else "pg_trgm"
    assert search.capabilities() == {"index": index, "thai": True}


def test_the_index_is_used(shops):
    if store.is_sqlite():
        sql, params = search.matches("account", "pena").sql()
        plan = [row[-1] for row in store.db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params)]
        assert "VIRTUAL TABLE INDEX" in plan[0]
        assert "INTEGER PRIMARY KEY" in plan[1]
        return
    sql, params = SearchEntry.select(SearchEntry.id).where(search._holds(asked_words.pieces_of("pena"))).sql()
    with store.schema_change(), store.db.atomic():
        store.db.execute_sql("SET LOCAL enable_seqscan = off")  # five rows are read faster without any index
        plan = " ".join(row[0] for row in store.db.execute_sql(f"EXPLAIN {sql}", params))
    assert "search_entry_text" in plan


def test_postgresql_without_trigrams_still_finds(postgres, monkeypatch):
    with store.schema_change():
        store.db.execute_sql("DROP INDEX search_entry_text")
        store.db.execute_sql("DROP EXTENSION pg_trgm")
        monkeypatch.setattr(search, "POSTGRES_INDEX", ("CREATE EXTENSION no_such_extension",))
        search.create_index()
    assert search.capabilities() == {"index": "none", "thai": True}
    put(1, "Peña's Café ป้าแต๋ว")
    assert ids("pena") == ids("c") == ids("แต๋ว") == [1]
