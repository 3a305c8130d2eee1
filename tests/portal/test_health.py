"""What is said of the shop: each thing that may need care is seen."""

import os
import time
from datetime import timedelta

import pytest

from portal import audit, health, store, values
from portal.audit import Entry
from portal.exchange.backups import Backup
from portal.outbox import Outbox
from portal.people.teams import Team
from tests import make


@pytest.fixture
def shop(world, settings):
    """A shop that is two days old and well, but for what its tests lack: steps of the schema, a mail server."""
    with audit.change(world.ada, "team.added") as change:
        change.create(Team, name="East")
    with store.schema_change():
        Entry.update(at=values.now() - timedelta(days=2)).execute()
    audit.seal()
    health.beat(settings.data)
    moment = values.now() - timedelta(hours=3)
    make.row(Backup, kind="nightly", state="good", asked_at=moment, made_at=moment, size=1, name="one.zip")
    return settings


def bad(settings):
    """Names of what needs care."""
    found = {fact.name for fact in health.facts(settings) if fact.is_well is False}
    return found - {"schema", "post", "writes"}  # a PostgreSQL of tests does not wait for the disk


def test_a_shop_that_is_well_needs_no_care(shop):
    assert bad(shop) == set()


def test_a_backup_older_than_26_hours_needs_care(shop):
    make.row(Backup, kind="nightly", state="failed", asked_at=values.now(), trouble="The disk is full.")
    assert bad(shop) == set()
    with store.writing():
        Backup.update(made_at=values.now() - timedelta(hours=27)).execute()
    assert bad(shop) == {"backup"}


def test_a_worker_that_is_silent_needs_care(shop):
    before = time.time() - health.WORKER_SILENT_SECONDS - 1
    os.utime(shop.data / health.BEAT, (before, before))
    assert bad(shop) == {"worker"}


@pytest.mark.parametrize(
    ("state", "minutes", "wanted"), [("waiting", 5, set()), ("waiting", 11, {"queue"}), ("dead", 0, {"dead"})]
)
def test_mails_that_stay_need_care(shop, world, state, minutes, wanted):
    make.told(world.account, world.logins["carol"])
    with store.writing():
        Outbox.update(state=state, due_at=values.now() - timedelta(minutes=minutes)).execute()
    assert bad(shop) == wanted


def test_what_happened_and_is_not_sealed_in_time_needs_care(shop, world):
    with audit.change(world.ada, "team.added", now=values.now() - timedelta(minutes=6)) as change:
        change.create(Team, name="West")
    assert bad(shop) == {"audit"}
