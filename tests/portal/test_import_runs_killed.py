"""An import by the browser that is killed anywhere, or worked on by two, ends like one that was left in peace."""

import os
import signal
from datetime import timedelta

import peewee
import pytest

from portal import externals, store, values
from portal.customers.accounts import Account
from portal.exchange import importing, run_carrying, run_undoing, run_working
from portal.exchange.run_rows import ImportRow
from portal.exchange.runs import ImportRun
from tests import make, races, runs
from tests.databases import shut
from tests.portal.test_importing_kill import wipe

pytestmark = pytest.mark.usefixtures("folder")
KILLS = 4
FIRST = "ID,Name,Email\n" + "".join(f"{n},Store {n},s{n}@x.example\n" for n in range(30))
SECOND = "ID,Name,Email\n" + "".join(f"{n},Store {n},s{n}@y.example\n" for n in range(10, 50))


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    for module in (importing, run_carrying, run_undoing):
        monkeypatch.setattr(module, "BATCH_ROWS", 10)


def content():
    """What came of it, by its own names."""
    return {
        "accounts": sorted((a.name, a.email, a.version) for a in Account.select()),
        "names": sorted((e.value, e.marks) for e in externals.ExternalId.select()),
        "rows": sorted((r.run_id, r.line, r.outcome, r.state, r.made) for r in ImportRow.select()),
        "runs": sorted((r.state, r.written, r.undone, r.kept) for r in ImportRun.select()),
    }


def ready():
    """A run that has to change twenty records, make twenty, and leaves nothing alone."""
    world = make.world()
    runs.brought(world.mona, FIRST)
    run = runs.compared(world.mona, SECOND)
    assert (run.created, run.changed) == (20, 20)
    return world, run


def carrying(world, run):
    run_carrying.carry_out(runs.again(run), by=world.mona)


def undoing(world, run):
    runs.carried_out(run, world.mona)
    run_undoing.undo(runs.again(run), by=world.mona)


def work_in_a_child(url, kill_at=None):
    """The worker in a process of its own, killed before its `kill_at`th statement; returns how many it ran."""
    shut()
    back, forth = os.pipe()
    child = os.fork()
    if child == 0:
        store.open(url)
        count, original = [0], peewee.Database.execute_sql

        def counted(self, *args, **kwargs):
            count[0] += 1
            if count[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(self, *args, **kwargs)

        peewee.Database.execute_sql = counted
        run_working.run()
        os.write(forth, str(count[0]).encode())
        os._exit(0)
    os.close(forth)
    os.waitpid(child, 0)
    said = os.read(back, 20)
    os.close(back)
    store.open(url)
    return int(said or 0)


@pytest.mark.parametrize("begin", [carrying, undoing])
def test_killed_anywhere_and_gone_on_with_it_ends_the_same(database, begin, rng):
    world, run = ready()
    begin(world, run)
    statements = work_in_a_child(database.url)
    whole = content()
    assert whole["runs"][-1][1] == 40 or whole["runs"][0][1] == 40
    for kill_at in sorted(rng.sample(range(8, statements), KILLS)):
        wipe()
        world, run = ready()
        begin(world, run)
        assert work_in_a_child(database.url, kill_at) == 0, "it was killed, so it could not say how far it came"
        assert run_working.run() == 0, "whoever died may still be alive for some seconds"
        run_working.run(values.now() + timedelta(seconds=11))
        assert _by_name(content()) == _by_name(whole), f"killed before statement {kill_at}"


def _by_name(found):
    """Numbers of runs go on counting after a wipe on PostgreSQL."""
    first = min(row[0] for row in found["rows"])
    return found | {"rows": [(row[0] - first, *row[1:]) for row in found["rows"]]}


def test_two_workers_at_the_same_import_write_each_row_once(postgres):
    world, run = ready()
    carrying(world, run)
    later = values.now() + timedelta(seconds=11)
    races.at_once(3, lambda number: run_working.run(later))
    for _ in range(3):  # whoever was overtaken left it where it stood
        run_working.run(values.now() + timedelta(seconds=11))
    assert (runs.again(run).state, runs.again(run).written) == ("done", 40)
    assert Account.select().where(Account.name.startswith("Store ")).count() == 50
    assert set(runs.outcomes(run).values()) == {("created", "written"), ("changed", "written")}


def test_of_two_who_carry_out_the_same_import_one_does(postgres):
    world, run = ready()

    def press(number):
        mine = runs.again(run)
        return lambda: run_carrying.carry_out(mine, by=(world.mona, world.ada)[number])

    assert races.race(2, press) == ["done", "import-moved-on"]
