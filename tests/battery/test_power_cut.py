"""G4: the power fails at any moment: what was acknowledged is there afterwards, and the database is sound."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from portal import store
from tests import make
from tests.battery.crash_trials import order_form, phone_form
from tests.battery.grounds import in_a_process, sent
from tests.battery.power_cuts import Disk, moments
from tests.battery.storage import Storage, Unreachable, library

pytestmark = [pytest.mark.row("G4"), pytest.mark.one_database]
ENOUGH = 20  # states that are wrong: more would tell nothing new
WAL_PAGES = 200  # so that the log of writes goes into the file several times while the orders are placed


@pytest.fixture
def carol(database, app, world):
    """Carol's browser, and the shop's database at rest in its one file."""
    try:
        library()
    except Unreachable as reason:
        pytest.skip(f"storage calls cannot be seen: {reason}")
    with store.connection():
        make.address(world.account, is_default_shipping=True)
        for code, stock in (("RICE", 400), ("OIL", None)):
            make.found_by(make.product(code, stock=stock))
    client = app.test_client().sign_in(world.carol)
    with store.connection():
        order_form(client)
    store.close()
    return client


def log_of(client, orders):
    """(files at the beginning, storage calls and answers) while Carol orders and changes her number in turns."""
    path = Path(store.db.database)
    start = {path.name: path.read_bytes()}

    def work():
        storage = Storage(keeps_bytes=True).watch()
        with store.connection():
            store.db.execute_sql(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        for number in range(orders):
            with store.connection():
                form = phone_form(client) if number % 4 == 3 else order_form(client)
            if number % 4 == 3:
                form.fields["phone"] = f"+6391755501{number % 100:02d}"
            answer = sent(client, form)
            assert answer.status == 303, answer.status
            storage.note(form.fields["form_key"])
        return storage.calls

    calls, status = in_a_process(work)
    assert status == 0
    return start, calls


def test_no_power_cut_loses_what_was_acknowledged(carol, tmp_path, figures, rng, sized):
    start, calls = log_of(carol, sized(gate=40, night=400))
    places = moments(calls)
    states, each = 0, -(-sized(gate=4_000, night=1_000_000) // len(places))
    disk, followed = Disk(start), 0
    lost, corrupt = [], []
    for place in places:
        for call in calls[followed : place.number]:
            disk.follow(call)
        followed = place.number
        for _ in range(each):
            states += 1
            fault, missing = opened(disk.after_a_cut(rng), tmp_path / "cut", place.acknowledged)
            corrupt += [f"at call {place.number}: {fault}"] if fault else []
            lost += [f"at call {place.number}: {missing}"] if missing else []
        if len(lost) + len(corrupt) > ENOUGH:
            break
    checkpoints = sum(what == "write" and name in start for what, name, _, _ in calls)
    figures(states=states, moments=len(places), pages_moved_into_the_file=checkpoints)
    figures(lost=len(lost), corrupt=len(corrupt))
    assert lost + corrupt == []
    assert checkpoints > 0


def opened(files, folder, acknowledged):
    """(what is corrupt, acknowledged forms that are gone) of a database that is opened over these files."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    name = next(name for name in files if not name.endswith(("-wal", "-journal")))
    for each, content in files.items():
        (folder / each).write_bytes(content)
    try:
        with contextlib.closing(sqlite3.connect(folder / name)) as connection:
            said = connection.execute("PRAGMA integrity_check").fetchall()
            kept = {key for (key,) in connection.execute("SELECT key FROM sent_form WHERE result <> ''")}
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as trouble:
        return str(trouble), []
    return "" if said == [("ok",)] and not orphans else f"{said[:2]} {orphans[:2]}", sorted(set(acknowledged) - kept)
