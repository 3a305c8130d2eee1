"""A shop moves from SQLite to PostgreSQL and back: row for row, all or nothing, however many rows there are."""

import contextlib
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from portal import store
from portal.exchange import database_move, table_copy
from tests import databases
from tests.battery import dirty_rows

pytestmark = pytest.mark.row("I7")


def as_kept(path):
    """{table: its rows with the type of each value}, as SQLite keeps them."""
    found = {}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        named = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name"
        for (table,) in connection.execute(named).fetchall():
            if table.startswith("sqlite_"):
                continue
            names = sorted(name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,)))
            asked = ", ".join(f'"{name}", typeof("{name}")' for name in names)
            found[table] = sorted(map(repr, connection.execute(f'SELECT {asked} FROM "{table}"')))
    return found


@pytest.fixture
def new_postgres(steady_postgres):
    """URL of a database without tables on a server that Suki starts on."""
    steady_postgres.admin("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", "suki_moved")
    yield steady_postgres.url("suki_moved")
    steady_postgres.drop("suki_moved")


def test_a_shop_goes_to_postgresql_and_back_row_for_row(run, new_postgres, tmp_path, rng, sized, figures):
    """The demo shop, and in each of its tables rows that no form would have let in; by the command."""
    here, back = f"sqlite:///{tmp_path}/here.db", f"sqlite:///{tmp_path}/back.db"
    assert run("demo", DATABASE_URL=here).returncode == 0
    store.open(here)
    dirty_rows.fill(rng, sized(gate=15, night=500))
    databases.shut()
    before = as_kept(tmp_path / "here.db")
    rows = sum(map(len, before.values()))
    figures(tables=len(before), rows=rows, empty_tables=sum(not rows for rows in before.values()))

    there = run("move", new_postgres, DATABASE_URL=here)
    assert there.returncode == 0, there.stderr
    assert f"Moved {rows} rows of {len(before)} tables" in there.stdout
    again = run("move", new_postgres, DATABASE_URL=here)
    assert (again.returncode, again.stderr[:31]) == (2, "Not moved: there are rows in it")
    assert run("move", back, DATABASE_URL=new_postgres).returncode == 0

    after = as_kept(tmp_path / "back.db")
    differing = [table for table in before.keys() | after.keys() if before.get(table) != after.get(table)]
    figures(differing_tables=len(differing))
    assert differing == []
    assert as_kept(tmp_path / "here.db") == before


@pytest.fixture
def pair(tmp_path, rng, postgres):
    """URLs of a SQLite shop with rows in each table and of an empty PostgreSQL."""
    full = databases.sqlite_database(tmp_path)
    store.open(full)
    dirty_rows.fill(rng, 3)
    databases.shut()
    return full, postgres.url


def sums(url):
    with table_copy.reading(url) as tables:
        return tables.sums()


def move_until(table, source, target):
    """Move in a process of its own, which is killed when it comes to a table."""
    process = os.fork()
    if not process:
        with contextlib.suppress(BaseException):
            database_move.move(source, target, lambda step: step == table and os.kill(os.getpid(), signal.SIGKILL))
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL


def test_a_move_that_is_killed_leaves_the_source_as_it_is_and_the_target_empty(pair, tmp_path, rng, sized, figures):
    full, there = pair
    before = sums(full)
    (tmp_path / "back").mkdir()
    back = databases.sqlite_database(tmp_path / "back")
    kills = 0
    for source, target in ((full, there), (there, back)):
        for table in [*rng.sample(sorted(before), sized(gate=2, night=len(before))), database_move.COMPARING]:
            move_until(table, source, target)
            kills += 1
            database_move.check_empty(target)
            assert sums(source) == before
        database_move.move(source, target)
        assert sums(target) == before
    figures(kills=kills, rows=sum(found.rows for found in before.values()))


def test_memory_does_not_grow_with_the_rows(pair, sized, figures):
    full, there = pair
    rows = sized(gate=60_000, night=1_000_000)
    long_table(full, rows)
    peak_megabytes()
    begun = peak_megabytes()
    database_move.move(full, there)
    more = peak_megabytes() - begun
    figures(moved_rows=rows, megabytes_more=round(more))
    assert sums(there)["entry"].rows >= rows
    assert more < 20  # all at once would be some 40


def long_table(url, rows):
    """As many rows of one table as asked, made by the database itself."""
    counted = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
    row = "'2026-01-01 00:00:00', 'x', 'x', 'x', 'x', 'x', 'x', hex(randomblob(200)), 'x', 'x'"
    names = "at, event, actor, actor_name, actor_role, subject, about, fields, commitments, request"
    with contextlib.closing(sqlite3.connect(store.file_of(url))) as connection, connection:
        connection.execute(f"INSERT INTO entry ({names}) {counted} SELECT {row} FROM n")


def peak_megabytes():
    """The most memory that this process held since it was asked last."""
    status = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
