"""Backups: what is in them, what is refused, and what comes back."""

import stat
from datetime import timedelta

import pytest

from portal import audit, files, safekeeping, store, values
from portal.exchange import archives, backing_up, restoring, table_copy
from portal.exchange.archives import Damaged
from portal.exchange.backing_up import Busy, Shop
from portal.exchange.backups import Backup
from portal.exchange.restoring import Inhabited
from portal.outbox import Outbox
from portal.people.teams import Team
from tests import make

SECRET = "a secret of a shop that keeps backups"


@pytest.fixture
def shop(database, tmp_path):
    """A shop with an order, a file and a sealed trail, in a folder of its own."""
    data = tmp_path / "data"
    files.open(data / "files")
    world = make.world()
    make.order(world.account)
    with audit.change(world.ada, "team.added") as change:
        change.create(Team, name="East")
    received = files.receive(b"a list of prices, in words", field="file")
    with store.writing():
        files.keep(received)
    audit.seal()
    return Shop(database.url, data, SECRET, "Aling Nena")


def make_schema(url, steps):
    """The tables of a test, which have taken no steps."""
    store.open(url)
    store.create_all()
    store.close()


def manifest_of(path, shop):
    with archives.opened(path, shop.key) as archive:
        return archive.manifest


def sums(url):
    with table_copy.reading(url) as tables:
        return tables.sums()


def test_a_backup_comes_back_in_a_fresh_folder_row_for_row_and_file_by_file(shop, tmp_path):
    path = tmp_path / "one.zip"
    manifest = backing_up.make(shop, path)
    before = sums(shop.database_url)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert manifest["files"] == 1 and manifest["lost_files"] == [] and manifest["audit_head"] == audit.head() != ""
    fresh = shop.within(tmp_path / "fresh")
    fresh.data.mkdir()
    with archives.opened(path, shop.key) as archive:
        assert restoring.restore(archive, fresh, make_schema) == []
    assert list(table_copy.differences(before, sums(fresh.database_url))) == []
    kept = [f.relative_to(shop.files) for f in shop.files.glob("??/??/*")]
    assert kept == [f.relative_to(fresh.files) for f in fresh.files.glob("??/??/*")] != []


def test_without_the_secret_a_backup_is_refused_unless_one_says_that_it_is_lost(shop, tmp_path):
    path = tmp_path / "one.zip"
    backing_up.make(shop, path)
    with pytest.raises(Damaged, match="another secret"), archives.opened(path, archives.key_of("of others" * 5)):
        pass
    with archives.opened(path, None) as archive:
        archive.check_members()


def test_a_living_shop_is_only_set_aside_when_one_says_so(shop, tmp_path):
    path = tmp_path / "one.zip"
    backing_up.make(shop, path)
    fresh = shop.within(tmp_path / "fresh")
    fresh.data.mkdir()
    with archives.opened(path, shop.key) as archive:
        restoring.restore(archive, fresh, make_schema)
        before = sums(fresh.database_url)
        with pytest.raises(Inhabited):
            restoring.restore(archive, fresh, make_schema)
        with restoring.at_work(fresh.data), pytest.raises(Inhabited, match="running"):
            restoring.restore(archive, fresh, make_schema, replace=True)
        aside = restoring.restore(archive, fresh, make_schema, replace=True)
    assert sums(fresh.database_url) == before
    assert len(aside) == 2 and sums(table_copy.url_of(aside[0])) == before


def test_what_fails_on_the_way_leaves_nothing_under_the_name_of_a_backup(shop, tmp_path):
    with pytest.raises(ZeroDivisionError):
        backing_up.make(shop, tmp_path / "one.zip", say=lambda share: 1 / 0)
    assert not list(tmp_path.glob("*one.zip*"))
    with backing_up.alone(shop), pytest.raises(Busy):
        backing_up.make(shop, tmp_path / "one.zip")


def test_no_backup_is_begun_for_which_there_is_no_room(shop, tmp_path):
    with pytest.raises(OSError, match="must be free"):
        archives.need_space(tmp_path, 10**18)


def test_a_file_that_lost_its_content_is_told_and_the_rest_is_kept(shop, tmp_path):
    for content in shop.files.glob("??/??/*"):
        content.unlink()
    manifest = backing_up.make(shop, tmp_path / "one.zip")
    assert manifest["files"] == 0 and len(manifest["lost_files"]) == 1
    assert restoring.prove(tmp_path / "one.zip", shop, make_schema) == (manifest_of(tmp_path / "one.zip", shop), [])
    assert not list(shop.backups.glob(".trial-*"))


@pytest.fixture
def at_home(shop, monkeypatch):
    """The commands of the worker find this shop."""
    monkeypatch.setenv("SUKI_DATA", str(shop.data))
    monkeypatch.setenv("DATABASE_URL", shop.database_url)
    monkeypatch.setenv("SUKI_SECRET", shop.secret)
    return shop


def test_by_night_one_backup_is_made_and_tried_and_the_oldest_go(at_home):
    # On PostgreSQL a backup comes back through the steps of the schema, which a database of tests has not taken.
    night = values.shop_midnight(values.shop_day()) + timedelta(hours=30)
    assert safekeeping.work(at_home, kept=1, now=night)
    one = Backup.get()
    if store.is_sqlite():
        assert (one.state, one.trouble, one.files) == ("good", "", 1)
        assert one.rows > 50 and one.size == (at_home.backups / one.name).stat().st_size
    assert not safekeeping.work(at_home, kept=1, now=night + timedelta(hours=1))
    with store.housekeeping("backups"):
        Backup.update(night_on=one.night_on - timedelta(days=1)).execute()
    assert safekeeping.work(at_home, kept=1, now=night)
    assert [bool(b.name) for b in Backup.select().order_by(Backup.id)] == [False, True]
    assert len(list(at_home.backups.glob("*.zip"))) == 1


def test_a_backup_that_fails_is_told_to_admins_once(at_home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/suki.db")
    for _ in range(2):
        Backup.ask(by=values.clock("tests"))
        assert safekeeping.work(at_home, kept=1)
    assert {b.state for b in Backup.select()} == {"failed"} and Backup.get().trouble
    assert Outbox.select().where(Outbox.template == "backup_failed").count() == 2  # one admin: inbox and mail
