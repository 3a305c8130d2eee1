"""Imports on the staff face: from a file to rows that are decided, written and mended; every refusal says how."""

import gzip
import io

import pytest

from portal import store
from portal.customers.accounts import Account
from portal.exchange import run_working
from portal.exchange.map_files import ImportMap
from portal.exchange.run_rows import ImportRow
from portal.exchange.runs import ImportRun

PAGE = "/staff/imports"
STORES = (
    "ID,Company name,Email,Status\n7,Aling Nena,nena@tindahan.example,Active\n8,Bahay Kubo,kubo@x.example,inactive\n"
)


@pytest.fixture
def mona(client, world):
    return client.sign_in(world.mona)


def upload(client, text, name="stores.csv", **typed):
    data = text if isinstance(text, bytes) else text.encode()
    return client.send(PAGE, PAGE, file=(io.BytesIO(data), name), **typed)


def compared(client, text, **typed):
    """The address of a run whose rows were compared."""
    page = upload(client, text).location
    answer = client.send(page, f"{page}/compare", **typed)
    assert answer.status_code == 303, answer.text
    run_working.run()
    return answer.location


def test_a_file_goes_from_the_upload_to_written_rows(mona, world):
    brought = upload(mona, STORES)
    page = mona.get(brought.location)
    assert brought.status_code == 303 and "Is each column understood?" in page.text and "Bahay Kubo" in page.text
    assert mona.send(brought.location, f"{brought.location}/compare", col_name="no such").status_code == 422
    sent = mona.send(brought.location, f"{brought.location}/compare")
    assert sent.status_code == 303 and "being compared" in mona.get(sent.location).text.lower()
    run_working.run()
    shown = mona.get(sent.location).text
    assert "2 new rows" in shown and Account.get_or_none(name="Aling Nena") is None
    rows = mona.get(f"{sent.location}/rows?outcome=created").text
    assert "nena@tindahan.example" in rows and "take it as a new one" in rows
    carried = mona.send(sent.location, f"{sent.location}/carry-out")
    assert carried.status_code == 303
    run_working.run()
    assert Account.get(name="Bahay Kubo").is_active is False
    assert "Take 2 rows back" in mona.get(sent.location).text and "Go on" not in mona.get(sent.location).text
    assert ImportRun.get().written == 2 and "done" in mona.get(PAGE).text
    assert mona.get(f"{PAGE}.json").json["rows"][0]["written"] == 2


def test_rows_are_decided_one_by_one(mona, world):
    page = compared(mona, STORES)
    done = mona.send(f"{page}/rows", f"{page}/rows", take_2="leave")
    assert done.status_code == 303 and ImportRow.get(line=2).choice == "leave"
    mona.send(page, f"{page}/carry-out")
    run_working.run()
    assert Account.get_or_none(name="Aling Nena") is None and Account.get(name="Bahay Kubo")
    assert mona.send(f"{page}/rows", f"{page}/rows", take_3="leave").status_code == 422


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "This is a picture"),
        (b"%PDF-1.7 and so on", "This is a PDF"),
        (b"PK\x03\x04" + bytes(300), "This is a workbook"),
        (bytes(range(256)) * 20, "This is no table"),
        (b"<!doctype html><p>1,2</p>", "This is no table"),
        (b"name,phone,email\n", "no row below them"),
        (b"1,ana@x.example,0917\n2,bea@x.example,0918\n", "must name the columns"),
        ((",".join(f"c{n}" for n in range(500)) + "\n" + "," * 499 + "x\n").encode(), "500 columns"),
        (gzip.compress(b"name,phone\nAna,1\n", mtime=0)[:-12], "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words_and_the_choice_stays(mona, data, said):
    answer = upload(mona, data, kind="contacts")
    assert answer.status_code == 422 and said in answer.text and ImportRun.select().count() == 0
    assert '<option selected value="contacts">' in answer.text


def test_a_list_of_products_brought_as_contacts_says_what_it_looks_like(mona):
    page = upload(mona, "SKU,Item,Price\nR-5,Rice 5 kg,250\nR-9,Rice 9 kg,450\n", kind="contacts").location
    shown = mona.get(page).text
    assert "These columns look like products" in shown
    answer = mona.send(page, f"{page}/compare")
    assert answer.status_code == 422 and "contacts need" in answer.text
    again = mona.post(f"{page}/look", data=mona.form(page, f"{page}/compare").fields | {"kind": "products"})
    assert "These columns look like" not in again.text and again.status_code == 200


def test_the_columns_are_remembered_for_the_next_file_and_as_a_file_for_the_command_line(mona, world):
    compared(mona, STORES, source="old-shop", const_language="fil")
    kept = ImportMap.get()
    assert (kept.map["source"], kept.map["constants"]) == ("old-shop", {"language": "fil"})
    page = upload(mona, STORES.replace("7,", "9,"), name="other.csv").location
    assert 'value="old-shop"' in mona.get(page).text
    text = mona.get(f"{page}/map.toml").text
    assert '"name" = "Company name"' in text and 'source = "old-shop"' in text
    named = mona.send(page, f"{page}/map", file=(io.BytesIO(text.replace("old-shop", "older").encode()), "m.toml"))
    assert named.status_code == 200 and 'value="older"' in named.text


def test_refused_rows_come_back_as_a_file_with_the_reason_and_no_formula(mona, world):
    page = compared(mona, "ID,Name,Website,Country\n1,=Ana,a.example,PH\n2,Bea,b.example,Atlantis\n3,=Cy,c,Narnia\n")
    text = mona.get(f"{page}/refused.csv").text
    assert "suki_reason" in text and "Atlantis is no country" in text and "'=Cy" in text and "Ana" not in text
    assert "Atlantis is no country" in mona.get(f"{page}/rows?outcome=refused").text


def test_the_open_page_is_told_only_what_is_new(mona, world):
    page = upload(mona, STORES).location
    mona.send(page, f"{page}/compare")
    assert mona.get(f"{page}?since=comparing-0-0-0").status_code == 204
    assert "being compared" in mona.get(f"{page}?since=").text.lower()
    run_working.run()
    assert mona.get(f"{page}?since=comparing-0-0-0").headers["HX-Redirect"] == page


def test_the_pages_of_an_import_ask_the_database_little(mona, world):
    text = "ID,Name,Email\n" + "".join(f"{n},Store {n},s{n}@x.example\n" for n in range(60))
    page = compared(mona, text)
    for address in (PAGE, page, f"{page}/rows", f"{page}?since=nothing"):
        mona.get(address)
        before = store.queries()
        mona.get(address)
        assert store.queries() - before <= 8, address


def test_imports_are_each_managers_own_and_no_reps(client, mona, world):
    page = upload(mona, STORES).location
    client.sign_in(world.rhea)
    assert client.get(PAGE).status_code == 403
    client.sign_in(world.ada)
    assert client.get(page).status_code == 200
    by_command = ImportRun.start("accounts", "old", "accounts.csv")
    shown = client.get(f"{PAGE}/{by_command.number}")
    assert "accounts.csv" in shown.text and "Carry it out" not in shown.text
