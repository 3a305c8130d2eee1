"""An import: a file is brought, its columns confirmed, its rows decided and written, and all of it taken back."""

import pytest
from playwright.sync_api import expect

from portal.customers.accounts import Account
from portal.exchange import run_working
from tests import runs
from tests.browsers import BOTH_MOODS, sound
from tests.make import account

STORES = "Kodigo,Kumpanya,E-mail,Uri\n7,Aling Nena,nena@tindahan.example,Tao\n8,Bahay Kubo,kubo@x.example,Tindahan\n"


def bring(page, live, text, name="stores.csv"):
    page.goto(f"{live.url}/staff/imports")
    data = text if isinstance(text, bytes) else text.encode()
    page.get_by_label("File", exact=True).set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Look at the file").click()


def compared(page):
    """The page once the worker has compared: by itself where there are scripts, by the link where there are none."""
    page.get_by_role("button", name="Compare with what is here").click()
    page.get_by_role("heading", name="Being compared").wait_for()
    run_working.run()
    look(page)


def look(page):
    if page.get_by_role("link", name="How far is it?").is_visible():
        page.get_by_role("link", name="How far is it?").click()


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_file_is_mapped_compared_decided_written_and_taken_back(live, page, world):
    account(name="Aling Nena", email="nena@tindahan.example", folded="aling nena")
    live.sign_in(page, world.mona)
    bring(page, live, b"\x89PNG\r\n\x1a\n" + bytes(300), "stores.csv")
    expect(page.get_by_text("This is a picture").first).to_be_visible()
    bring(page, live, STORES)
    sound(page)
    assert page.get_by_label("“Tao” means").input_value() == "household"
    page.get_by_label("“Tindahan” means").select_option("company")
    compared(page)
    page.get_by_text("1 doubtful row").wait_for()
    assert Account.select().where(Account.name == "Bahay Kubo").count() == 0
    page.get_by_role("link", name="Decide row by row").click()
    sound(page)
    page.get_by_label("Decision for line 2").select_option(label="update Aling Nena")
    page.get_by_role("button", name="Keep these decisions").click()
    page.get_by_role("link", name="Back to the import").click()
    page.get_by_role("button", name="Carry it out").click()
    page.get_by_role("heading", name="Being written").wait_for()
    run_working.run()
    look(page)
    page.get_by_role("button", name="Take 2 rows back").wait_for()
    assert Account.get(name="Aling Nena").kind == "household" and Account.get(name="Bahay Kubo").kind == "company"
    page.get_by_role("button", name="Take 2 rows back").click()
    page.get_by_role("heading", name="Being taken back").wait_for()
    run_working.run()
    look(page)
    page.get_by_text("Taken back").first.wait_for()
    assert Account.select().where(Account.name == "Bahay Kubo").count() == 0
    assert Account.get(name="Aling Nena").kind == "company"


def test_of_two_who_carry_out_the_same_import_the_second_sees_that_it_moved_on(live, page, world):
    run = runs.compared(
        world.mona, STORES.replace("Uri", "Kind").replace("Tao", "household").replace("Tindahan", "company")
    )
    live.sign_in(page, world.mona)
    page.goto(f"{live.url}/staff/imports/{run.number}")
    runs.carried_out(run, world.ada)
    page.get_by_role("button", name="Carry it out").click()
    page.get_by_text("Someone changed this while you were writing").wait_for()
    page.troubles.clear()  # the browser notes the 409
    expect(page.get_by_role("button", name="Take 2 rows back")).to_be_visible()
    assert Account.select().where(Account.name == "Bahay Kubo").count() == 1
