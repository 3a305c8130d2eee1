"""How the index is asked: for rare words in one go over all kinds, for common ones newest first, kind by kind.

No planner knows how common a part of a word is, and a wrong guess costs a hundred times the right one.
"""

import json
import random
import threading
import time

from portal import store

SAMPLE, KEPT_SECONDS = 4_000, 600
# Records that hold a query: above it they are met sooner than gathered, by SQLite much sooner.
COMMON, COMMON_TO_SQLITE = 20_000, 4_000
# So many of the newest records of a kind are looked through for what is common: beside other nouns, in a list.
LOOKED_THROUGH, LISTED_THROUGH = 4_000, 40_000
_lock = threading.Lock()
_taken = {}


def is_common(pieces):
    """Whether very many records hold this query, as a sample of the index has it."""
    database = store.db.obj
    with _lock:
        kept = _taken.get("sample")
        if kept is None or kept[0] is not database or kept[1] < time.monotonic():
            kept = _taken["sample"] = (database, time.monotonic() + KEPT_SECONDS, *store.uncounted(_sample))
    total, texts = kept[2:]
    return bool(texts) and total / len(texts) * sum(holds(text, pieces) for text in texts) > _common()


def _common():
    return COMMON_TO_SQLITE if store.is_sqlite() else COMMON


def holds(text, pieces):
    """Whether a stored text holds the pieces of a query; see asked_words.pieces_of."""
    return any(all(any(piece in text for piece in word) for word in words) for words in pieces)


def _sample():
    """(rows of the index, some of their texts); none of a small one, in which nothing is common."""
    return _sample_of_sqlite() if store.is_sqlite() else _sample_of_postgres()


def _sample_of_sqlite():
    total = store.db.execute_sql("SELECT max(id) FROM search_entry").fetchone()[0] or 0
    if total < COMMON_TO_SQLITE:
        return total, []
    drawn = json.dumps(random.sample(range(1, total + 1), min(SAMPLE, total)))  # noqa: S311 chance, not secrets
    taken = store.db.execute_sql(
        "SELECT text FROM search_entry WHERE id IN (SELECT value FROM json_each(?))", (drawn,)
    )
    return total, [text for (text,) in taken.fetchall()]


def _sample_of_postgres():
    counted = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'search_entry'::regclass"
    total = store.db.execute_sql(counted).fetchone()[0]
    if total < COMMON:
        return total, []
    share = min(100.0, 100.0 * SAMPLE / total)
    # Whole blocks are drawn: the texts of one block came at the same time and are no more alike than that.
    taken = store.db.execute_sql("SELECT text FROM search_entry TABLESAMPLE SYSTEM (%s) LIMIT %s", (share, SAMPLE))
    return total, [text for (text,) in taken.fetchall()]
