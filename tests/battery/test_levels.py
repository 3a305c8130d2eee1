"""What is close to a person is kept as its level asks: out of the search, the log, and reach of who has no right
(BATTERY A4).
"""

import hashlib

import peewee
import pytest

from portal import levels, store
from portal.search import SearchEntry
from portal.whole import indexing

pytestmark = pytest.mark.one_database
HASH = ("bank_line", "print")  # told apart by it: no two lines have the same


def planted():
    """Put a word of its own into each close text of the nouns that are searched: {word: table.column}."""
    words = {}
    with store.writing():
        for table in indexing.SOURCES:
            model = store.kinds()[table]
            for column in model._meta.sorted_fields:
                if type(column) in (peewee.CharField, peewee.TextField) and is_close(table, column):
                    word = "k" + hashlib.sha256(f"{table}.{column.name}".encode()).hexdigest()[:7]
                    words[word] = f"{table}.{column.name}"
                    model.update({column.name: word}).execute()
    return words


def is_close(table, column):
    return levels.of(table, column.name) == levels.CLOSE and (table, column.name) != HASH


@pytest.mark.row("A4")
def test_what_is_close_is_found_by_a_right_alone_and_never_logged(town, figures, caplog):
    words = planted()
    records = sum(count for _, count in indexing.rebuild())
    wrong, guarded = [], set()
    for entry in SearchEntry.select():
        standing = {where for word, where in words.items() if word in entry.text}
        guarded |= standing if entry.right else set()
        wrong += [f"{entry.kind}: {where}" for where in sorted(standing) if not entry.right]
    wrong += [f"log: {where}" for word, where in words.items() if word in caplog.text]
    figures(close_columns=len(words), records=records, found_under_a_right=len(guarded), found=len(wrong))
    assert {"contact.occupation", "contact.preferences", "bank_line.payer"} <= set(words.values())
    assert guarded == {"bank_line.text", "bank_line.reference", "bank_line.payer"}
    assert not wrong, "\n".join(wrong[:30])
