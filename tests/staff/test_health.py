"""The state of the shop, and its backups, as admins see them."""

from datetime import timedelta

from portal import audit, store, values
from portal.audit import Entry
from portal.exchange.backups import Backup
from portal.people import passwords
from portal.people.logins import Login
from portal.people.teams import Team
from tests import make

PASSWORD = "my purple elephant dances"


def good(**fields):
    start = {"kind": "nightly", "state": "good", "asked_at": values.now(), "made_at": values.now(), "name": "one.zip"}
    return make.row(Backup, **start | fields)


def test_the_page_says_what_is_well_and_what_needs_care(client, world):
    good(size=3_400_000, rows=36_000)
    page = client.sign_in(world.ada).get("/staff/health").text
    assert "3.4&nbsp;MB" in page or "3.4\N{NO-BREAK SPACE}MB" in page
    assert "Needs care" in page and "It has never run over this folder." in page
    assert client.sign_in(world.mona).get("/staff/health").status_code in (403, 404)


def test_back_up_now_leaves_the_work_to_the_worker_and_is_asked_once(client, world):
    admin = client.sign_in(world.ada)
    answer = admin.send("/staff/health", "/staff/health/back-up")
    assert answer.status_code == 303 and Backup.get().state == "asked"
    assert Entry.select().where(Entry.event == "backup.asked").count() == 1
    page = admin.get("/staff/health").text
    assert "Waits for the worker" in page and "Back up now" not in page
    since = f"{Backup.get().number}-asked-0"
    assert admin.get(f"/staff/health?since={since}").status_code == 204


def test_the_list_of_backups_is_a_file_too(client, world):
    good(rows=36_000)
    admin = client.sign_in(world.ada)
    assert admin.get("/staff/health/backups").status_code == 200
    [row] = admin.get("/staff/health/backups.json").json["rows"]
    assert row["rows"] == 36_000 and row["state"] == "good"


def test_a_backup_is_taken_along_only_by_who_proves_himself_and_stands_in_the_trail(client, world, settings):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    one = good()
    folder = settings.data / "backups"
    folder.mkdir()
    (folder / one.name).write_bytes(b"PK all of it")
    admin, page = client.sign_in(world.ada), f"/staff/health/backups/{one.number}"
    refused = admin.send(page, f"{page}/download", password="a wrong one")
    assert refused.status_code == 422 and b"PK all of it" not in refused.data
    assert not Entry.select().where(Entry.event == "backup.fetched").exists()
    taken = admin.send(page, f"{page}/download", password=PASSWORD)
    assert taken.data == b"PK all of it" and "attachment" in taken.headers["Content-Disposition"]
    assert Entry.select().where(Entry.event == "backup.fetched").count() == 1


def test_today_says_when_there_is_no_backup_of_the_last_day(client, world):
    admin = client.sign_in(world.ada)
    assert "There is no backup" not in admin.get("/staff/").text
    with audit.change(world.ada, "team.added") as change:
        change.create(Team, name="East")
    with store.schema_change():
        Entry.update(at=values.now() - timedelta(days=2)).execute()
    make.row(Backup, kind="nightly", state="good", asked_at=values.now(), made_at=values.now() - timedelta(hours=27))
    assert "There is no backup of the last day" in admin.get("/staff/").text
    assert "There is no backup" not in client.sign_in(world.mona).get("/staff/").text
    make.row(Backup, kind="asked", state="failed", asked_at=values.now(), trouble="The disk is full.")
    assert "The disk is full." in client.sign_in(world.ada).get("/staff/").text
