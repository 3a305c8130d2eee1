"""Backups: made while people work, brought back by one command, and refused when one bit of them is not as it was."""

import hashlib
import threading
import time
from types import SimpleNamespace

import pytest

from portal import files, safekeeping, store
from portal.exchange import archives, backing_up, restoring, table_copy, table_loading
from portal.exchange.archives import Damaged
from portal.exchange.backing_up import Shop
from portal.migrations import running
from portal.sales import placing
from portal.sales.orders import Order
from portal.sales.quotes import Wanted
from portal.whole import invariants
from tests import databases, make
from tests.battery import dirty_rows

SECRET = "a secret of a shop that keeps backups"
WRITERS = 4
STEPS = sorted(path.stem for path in running.FOLDER.glob("0*.py"))


def sums(url):
    with table_copy.reading(url) as tables:
        return tables.sums()


def contents(folder):
    """{name: sha256} of all kept files."""
    found = folder.glob("files/??/??/*")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def make_schema(url, steps):
    """The tables of a test, which have taken no steps."""
    store.open(url)
    store.create_all()
    store.close()


def faults_of(scratch):
    """What the invariants say of a shop that came back, and how many orders it has."""
    store.open(scratch.database_url)
    files.open(scratch.files)
    with store.connection():
        found = list(invariants.broken()), Order.select().count()
    store.close()
    return found


class Busy:
    """A shop in which people order and change their accounts until it is closed; `done` counts what they did."""

    def __init__(self, world):
        self.by, self.rice, self.done = world.rhea, make.product("RICE", stock=1_000_000), 0
        self.buyers = [make.account(team=world.north) for _ in range(WRITERS)]
        for buyer in self.buyers:
            make.address(buyer)
        self.closed = threading.Event()
        self.writers = [threading.Thread(target=self.work, args=pair, daemon=True) for pair in enumerate(self.buyers)]
        for writer in self.writers:
            writer.start()

    def work(self, number, buyer):
        turn = 0
        while not self.closed.is_set():
            turn += 1
            shown = {"shown_total_minor": self.rice.list_minor, "shown_currency": buyer.currency}
            by = self.by.with_form(f"{number}-{turn}", "x")
            with store.connection():
                placing.place(by=by, account=buyer, lines=[Wanted("RICE", 1)], **shown)
                buyer.edit(by=self.by, name=f"Shop {number} after {turn} orders")
            self.done += 1

    def close(self):
        self.closed.set()
        for writer in self.writers:
            writer.join(60)


@pytest.mark.row("I1")
def test_each_backup_made_while_people_order_opens_and_keeps_the_invariants(
    database, world, tmp_path, sized, figures
):
    shop = Shop(database.url, tmp_path / "data", SECRET)
    files.open(shop.files)
    busy, made, placed = Busy(world), [], []
    for number in range(sized(gate=5, night=100)):
        begun = busy.done
        made.append(tmp_path / f"{number}.zip")
        placed.append(begun)
        backing_up.make(shop, made[-1])
        until = time.monotonic() + 60
        while busy.done <= begun and time.monotonic() < until:  # somebody wrote since the one before
            time.sleep(0.01)
    busy.close()
    wrong, orders = [], []
    for path in made:
        scratch = shop.within(tmp_path / path.stem)
        scratch.data.mkdir()
        with archives.opened(path, shop.key) as archive:
            restoring.restore(archive, scratch, make_schema)
        found, count = faults_of(scratch)
        wrong += found
        orders.append(count)
    figures(backups=len(made), orders_and_changes_meanwhile=busy.done, orders_in_each=orders, faults=len(wrong))
    assert wrong == []
    assert all(had <= has for had, has in zip(placed, orders, strict=True)) and orders[0] < orders[-1]


@pytest.fixture
def filled(empty_shop, sized, rng):
    """A migrated shop with rows in every table that no form would have let in, and files; `.env`, `.data`, `.url`."""
    empty_shop.url = empty_shop.env.get("DATABASE_URL", table_copy.url_of(empty_shop.data / "suki.db"))
    empty_shop.data.mkdir()
    empty_shop.env["SUKI_SECRET"] = SECRET
    running.make(empty_shop.url, STEPS)
    databases.import_nouns()
    store.open(empty_shop.url)
    files.open(empty_shop.data / "files")
    dirty_rows.fill(rng, sized(gate=15, night=500))
    for number in range(sized(gate=20, night=2_000)):
        received = files.receive(f"Paper {number} {rng.random()}".encode())
        with store.connection(), store.writing():
            files.keep(received)
    databases.shut()
    return empty_shop


@pytest.fixture
def fresh(request, tmp_path):
    """An empty place for a shop: `.where` for --into, `.env` to ask it, `.url` and `.data`."""
    folder = tmp_path / "fresh"
    if request.config.getoption("--database") == "sqlite":
        yield SimpleNamespace(where=str(folder), data=folder, url=table_copy.url_of(folder / "suki.db"))
        return
    server = request.getfixturevalue("steady_postgres")
    server.admin("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", "suki_restored")
    url = server.url("suki_restored")
    yield SimpleNamespace(where=url, data=folder, url=url)
    server.drop("suki_restored")


@pytest.mark.row("I2")
def test_one_command_brings_a_backup_back_row_for_row_and_file_by_file(run, filled, fresh, figures):
    path = filled.data / "one.zip"
    began = time.monotonic()
    done = run("backup", str(path))
    assert (done.returncode, "missing in the shop itself" in done.stderr) == (safekeeping.UNFIT, True)
    made = time.monotonic()
    back = run("restore", str(path), "--into", fresh.where, SUKI_DATA=str(fresh.data))
    ended = time.monotonic()
    assert back.returncode == 0, back.stderr
    before, after = sums(filled.url), sums(fresh.url)
    differing, kept = list(table_copy.differences(before, after)), contents(filled.data)
    figures(
        tables=len(before), rows=sum(table.rows for table in before.values()), files=len(kept),
        megabytes=round(path.stat().st_size / 1e6, 2), backup_seconds=round(made - began, 1),
        restore_seconds=round(ended - made, 1), differing_tables=len(differing),
    )  # fmt: skip
    assert differing == [] and all(table.rows for table in before.values())
    assert kept == contents(fresh.data) and all(name == sha256 for name, sha256 in kept.items())
    again = run("restore", str(path), "--into", fresh.where, SUKI_DATA=str(fresh.data))
    assert (again.returncode, "stands there already" in again.stderr) == (1, True)


@pytest.mark.row("I2")
def test_an_upgrade_makes_a_backup_first_and_one_command_goes_back(run, empty_shop, figures):
    url = empty_shop.env.get("DATABASE_URL", table_copy.url_of(empty_shop.data / "suki.db"))
    empty_shop.data.mkdir()
    empty_shop.env["SUKI_SECRET"] = SECRET
    running.make(url, STEPS[:-1])
    with table_loading.writing(url) as target:
        target.load("team", ["id", "name", "version"], [(1, "North", 1)])
    before = sums(url)
    up = run("migrate")
    assert up.returncode == 0 and "To go back: python -m portal back" in up.stdout, up.stderr
    assert sums(url).keys() > before.keys()
    back = run("back")
    assert back.returncode == 0 and "set aside" in back.stdout, back.stderr
    figures(differing_tables=len(list(table_copy.differences(before, sums(url)))))
    assert sums(url) == before


@pytest.mark.row("I10")
def test_no_flipped_bit_comes_back(database, world, tmp_path, rng, sized, figures):
    shop, path = Shop(database.url, tmp_path / "data", SECRET), tmp_path / "one.zip"
    files.open(shop.files)
    make.attachment(make.order(world.account), world.carol)
    backing_up.make(shop, path)
    living = shop.within(tmp_path / "living")
    living.data.mkdir()
    with archives.opened(path, shop.key) as archive:
        restoring.restore(archive, living, make_schema)
    before, content = stands(living), bytearray(path.read_bytes())
    flips, refused = sized(gate=1_000, night=50_000), 0
    ends = range(len(content) - archives.SEAL_SIZE - 30, len(content))  # the seal and the end of the zip: all of it
    for place in [*ends, *(rng.randrange(len(content)) for _ in range(flips - len(ends)))]:
        bit = 1 << rng.randrange(8)
        content[place] ^= bit
        path.write_bytes(content)
        try:
            with archives.opened(path, shop.key) as archive:
                restoring.restore(archive, living, make_schema, replace=True)
        except Damaged:
            refused += 1
        content[place] ^= bit
    store.open(database.url)
    figures(flips=flips, refused=refused, bytes=len(content))
    assert refused == flips
    assert stands(living) == before


def stands(shop):
    """Every file of a shop with its content and when it was last written."""
    found = sorted(path for path in shop.data.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in found}
