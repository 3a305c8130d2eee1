"""An upgrade from whatever version keeps every row, survives every cut, and lets the version before go on."""

import os
import signal
from collections import Counter

import pytest

from portal import store
from portal.exchange import table_copy
from portal.migrations import running
from tests.battery import dirty_rows
from tests.databases import shut
from tests.schemas import schema, shop_of_the_first_version, unlike

FIRST = "0001_start"
# These steps were made before the rule that the version before goes on: it writes into all but these tables.
BEFORE_THE_RULE = {
    "0002_order_to_cash": {"account", "order", "order_line", "product", "stock_movement"},
    "0003_customers_half": {"account", "link", "membership"},
    "0004_staffs_half": {"account", "contact", "import_run"},
}
# What a step sets anew in rows that are there: (step, table, columns).
SET_ANEW = {("0002_order_to_cash", "product"): {"stock"}}


@pytest.fixture
def climb(bare, steps, rng, sized):
    """Stand at the first version, with the shop of then: `climb.later` are the steps that come, by name."""
    return Climb(bare.url, steps, rng, sized(gate=12, night=140))


class Climb:
    """A shop that goes from version to version; each leaves dirt in all tables that it has."""

    def __init__(self, url, steps, rng, each):
        self.url, self.steps, self.rng, self.each = url, steps, rng, each
        self.later = steps.stop_at(FIRST)
        running.migrate()
        with store.connection(), store.schema_change():
            shop_of_the_first_version()

    def use(self):
        """Rows that no form would have let in, made at this version; returns how many rows there are."""
        return dirty_rows.fill(self.rng, self.each)

    def rows(self, columns=None):
        """{table: (columns, its rows)}; of a later version only the `columns` of an earlier one."""
        with table_copy.reading(self.url) as tables:
            found = {}
            for table in columns or tables.names():
                names = tables.columns(table)
                wanted = columns[table] if columns else names
                places = [names.index(name) for name in wanted]
                rows = Counter(tuple(row[place] for place in places) for row in tables.rows(table))
                found[table] = (wanted, rows)
            return found


def without(columns, rows, left_out):
    """The same rows without some columns."""
    kept = [place for place, name in enumerate(columns) if name not in left_out]
    found = Counter()
    for row, times in rows.items():
        found[tuple(row[place] for place in kept)] += times
    return found


def missing(step, before, after):
    """Tables of which rows are gone, or changed in columns that the step leaves alone."""
    for table, (columns, rows) in before.items():
        anew = SET_ANEW.get((step, table), set())
        if without(columns, rows, anew) - without(columns, after[table][1], anew):
            yield f"{step}: {table}"


@pytest.mark.row("I4")
def test_an_upgrade_from_every_version_keeps_rows_and_ends_as_a_fresh_shop(database, climb, figures):
    """On the way up, each version leaves rows behind, so that every step meets those of all versions before."""
    store.open(database.url)
    fresh = schema()
    store.open(climb.url)
    assert len(climb.later) >= 3
    lost, rows = [], []
    for step in climb.later:
        rows.append(climb.use())
        before = climb.rows()
        climb.steps.go_on(step)
        assert running.migrate() == [step]
        after = climb.rows({table: columns for table, (columns, _) in before.items()})
        lost += missing(step, before, after)
    differing = unlike(fresh, schema())
    figures(versions=len(climb.later), rows=rows[-1], tables_with_losses=len(lost), differing=len(differing))
    assert lost == []
    assert differing == {}


# killed


def migrate_until(statement, url):
    """Migrate in a process of its own, killed after so many statements; returns whether that was before its end."""
    shut()
    process = os.fork()
    if not process:
        database = store.open(url)
        ask, left = database.execute_sql, [statement]

        def counted(*given):
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return ask(*given)

        database.execute_sql = counted
        try:
            running.migrate()
        finally:
            os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    store.open(url)
    assert status in (0, -signal.SIGKILL)
    return status != 0


@pytest.mark.row("I5")
def test_a_migration_that_is_killed_at_any_statement_leaves_nothing_and_is_completed_by_the_next(
    database, bare, steps, rng, sized, figures
):
    store.open(database.url)
    fresh = schema()
    store.open(bare.url)
    kills, half_done = 0, []
    gap = sized(gate=40, night=1)
    for step in [FIRST, *steps.stop_at("")[1:]]:
        steps.go_on(step)
        before, statement = state(bare.url), rng.randint(1, gap)
        while migrate_until(statement, bare.url) and running.pending():
            kills += 1
            if state(bare.url) != before:
                half_done.append((step, statement))
            statement += gap
        assert running.pending() == []
        dirty_rows.fill(rng, 2)
    figures(kills=kills, half_done=len(half_done))
    assert half_done == []
    assert unlike(fresh, schema()) == {}


def state(url):
    """The schema and the sums of all rows."""
    found = schema()
    with table_copy.reading(url) as tables:
        return found, {table: found for table, found in tables.sums().items() if found.rows}


# the version before, which goes on until its last process has ended


@pytest.mark.row("I6")
def test_the_version_before_goes_on_writing_on_the_new_schema(climb, rng, figures):
    """What it writes, column for column, goes in: new columns need no value from it, and none that it has is gone."""
    closed = {}
    for step in climb.later:
        climb.use()
        with table_copy.reading(climb.url) as tables:
            known = {table: tables.columns(table) for table in tables.names()}
        climb.steps.go_on(step)
        running.migrate()
        closed[step] = set(dirty_rows.refusing(rng, known))
    open_steps = [step for step in closed if step not in BEFORE_THE_RULE]
    figures(steps=len(open_steps), tables_closed=sum(len(closed[step]) for step in open_steps))
    figures(tables_closed_by_steps_before_the_rule=sum(len(closed[step]) for step in BEFORE_THE_RULE))
    assert closed == dict.fromkeys(open_steps, set()) | BEFORE_THE_RULE


@pytest.mark.row("I6")
@pytest.mark.parametrize(
    ("step", "closed"),
    [
        ("add_column('account', 'colour', peewee.CharField(default=''))", ["account"]),
        ("rename_column('contact', 'name', 'called')", ["contact"]),
        ("add_column('account', 'colour', peewee.CharField(null=True))", []),
    ],
)
def test_a_step_that_closes_a_table_to_the_version_before_is_noticed(bare, steps, rng, step, closed):
    running.migrate()
    dirty_rows.fill(rng, 1)
    with table_copy.reading(bare.url) as tables:
        known = {table: tables.columns(table) for table in ("account", "contact")}
    steps.add("0900_more", f"    migrator.migrate(migrator.{step})")
    running.migrate()
    assert list(dirty_rows.refusing(rng, known)) == closed
