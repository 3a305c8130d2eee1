"""What keeps a shop safe: a backup is made, watched and taken along; a person is erased and does not come back."""

import pytest
from playwright.sync_api import expect

from portal import audit, safekeeping, values, worker
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.exchange.backing_up import Shop
from portal.exchange.backups import Backup
from portal.people import passwords
from portal.people.logins import Login
from portal.whole import erasing
from portal.whole.erasing import Erasure
from tests import make
from tests.browsers import BOTH_MOODS, sound

PASSWORD = "my purple elephant dances"


@pytest.fixture
def ada(live, page, world):
    """Ada, signed in on this page, who knows her password."""
    with audit.change(world.ada, "login.password_changed") as change:
        change.update(Login.get_by_id(world.ada.ref.id), password_hash=passwords.scramble(PASSWORD))
    live.sign_in(page, world.ada)
    return world.ada


@pytest.fixture
def shop(live, monkeypatch):
    """The shop that is served; what the worker runs beside itself finds it too."""
    shop = Shop.of(live.app.config["SETTINGS"])
    monkeypatch.setenv("SUKI_DATA", str(shop.data))
    monkeypatch.setenv("DATABASE_URL", shop.database_url)
    monkeypatch.setenv("SUKI_SECRET", shop.secret)
    return shop


def press(page, name):
    page.get_by_role("button", name=name).click()


def refused_at(page, field):
    """The notice and the field say it, and the field of the password is empty again."""
    expect(page.get_by_text("One thing needs a change")).to_be_visible()
    expect(page.locator(f"#{field}-error")).to_be_visible()
    expect(page.get_by_label("Your password")).to_have_value("")


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_backup_is_made_by_the_worker_and_taken_along_by_who_proves_himself(live, page, ada, shop, tmp_path):
    has_scripts, came = page.viewport_size["width"] > 390, []
    page.on("download", lambda download: came.append(download.url))
    page.goto(f"{live.url}/staff/health")
    expect(page.get_by_text("No backup yet")).to_be_visible()
    press(page, "Back up now")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Back up now")).to_have_count(0)
    sound(page)
    assert safekeeping.work(shop, kept=1, now=values.now())
    if not has_scripts:
        page.get_by_role("link", name="How far is it?").click()
    expect(page.get_by_role("button", name="Back up now")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    one = Backup.get()
    page.get_by_role("link", name=one.number).click()
    page.get_by_label("Your password").fill("not this one")
    press(page, "Download")
    refused_at(page, "password")
    assert came == [] and not Entry.select().where(Entry.event == "backup.fetched").exists()
    page.get_by_label("Your password").fill(PASSWORD)
    with page.expect_download() as download:
        press(page, "Download")
    taken = tmp_path / download.value.suggested_filename
    download.value.save_as(taken)
    assert taken.name == one.name and taken.read_bytes() == (shop.backups / one.name).read_bytes()
    status, said = safekeeping.run_beside(["verify", str(taken)])
    assert status == 0, said
    assert Entry.select().where(Entry.event == "backup.fetched").count() == 1


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_person_is_erased_once_the_name_is_right_and_the_worker_has_told_him(live, page, ada, shop, world):
    dave = world.other_account
    make.order(dave, state="delivered")
    page.goto(f"{live.url}/staff/accounts/{dave.number}")
    page.get_by_role("link", name="Erase this household for good").click()
    expect(page.get_by_text("Orders, with goods and amounts but without name")).to_be_visible()
    sound(page)
    page.get_by_label("Why").select_option("shop")
    page.get_by_label("Type the name").fill("somebody else")
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Erase for good")
    refused_at(page, "name")
    expect(page.get_by_label("Type the name")).to_have_value("somebody else")
    expect(page.get_by_label("Why")).to_have_value("shop")
    assert not Erasure.select().exists() and Account.get_by_id(dave.id).name == dave.name
    page.get_by_label("Type the name").fill(dave.name)
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Erase for good")
    expect(page.get_by_role("heading", name="A person is being erased")).to_be_visible()
    worker.deliver({"mail": lambda row: None, "inbox": lambda row: None})
    erasing.run(shop.data)
    page.reload()
    expect(page.get_by_role("heading", name="A person was erased")).to_be_visible()
    sound(page)
    for at in ("/staff/accounts?active=any", "/staff/search?q=Ramos", f"/staff/accounts/{dave.number}"):
        page.goto(live.url + at)
        expect(page.locator("main h1")).to_be_visible()
        expect(page.locator("main").get_by_text(dave.name)).to_have_count(0)
