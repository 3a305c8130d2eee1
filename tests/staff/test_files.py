"""Files on the staff face: added to a record, shared with one tick, revised, read as attachments only."""

import io

import pytest
from PIL import Image

from portal import files
from portal.activity.attachments import Attachment
from portal.sales import invoicing
from tests import make
from tests.apps import Forms


@pytest.fixture
def order(world):
    return make.order(world.account)


def picture():
    target = io.BytesIO()
    Image.new("RGB", (640, 480), 120).save(target, "JPEG")
    return target.getvalue()


def upload(*pairs):
    return [(io.BytesIO(data if isinstance(data, bytes) else data.encode()), name) for name, data in pairs]


def add(client, record, *pairs, **more):
    page = f"/staff/orders/{record.number}"
    return client.send(page, f"{page}/files", files=upload(*pairs), **more)


def test_several_files_are_added_at_once_and_stand_on_the_page_of_the_order(client, world, order):
    client.sign_in(world.rhea)
    answer = add(client, order, ("Plan.txt", "A plan"), ("foto.jpg", picture()))
    assert answer.status_code == 303 and answer.location.endswith(f"{order.number}#files")
    page = client.get(f"/staff/orders/{order.number}").text
    assert "The files are there." in page and "Plan.txt" in page and "size=small" in page
    assert "File added" in page
    assert client.sign_in(world.carol).get(f"/orders/{order.number}").text.count("Plan.txt") == 0


def test_one_tick_shares_a_file_and_says_who_was_told(client, world, order):
    kept = make.attachment(order, world.rhea)
    client.sign_in(world.rhea)
    page = f"/staff/orders/{order.number}"
    client.send(page, f"/staff/files/{kept.id}/share")
    assert "Carol Dizon was told" in client.get(page).text
    client.sign_in(world.carol)
    assert "note.txt" in client.get(f"/orders/{order.number}").text
    assert client.get(f"/files/{kept.id}").data.startswith(b"File")


def test_content_comes_as_an_attachment_in_a_sandbox_and_is_kept_by_no_cache(client, world, order):
    client.sign_in(world.rhea)
    add(client, order, ("Peña 1.jpg", picture()))
    kept = Attachment.get()
    for size, kind in (("", "image/jpeg"), ("?size=small", "image/webp")):
        answer = client.get(f"/staff/files/{kept.id}{size}")
        assert answer.headers["Content-Type"] == kind and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_earlier_versions_are_listed_and_read(client, world, order):
    kept = make.attachment(order, world.rhea)
    client.sign_in(world.rhea)
    page, first = f"/staff/orders/{order.number}", client.get(f"/staff/files/{kept.id}").data
    client.send(page, f"/staff/files/{kept.id}/revise", file=upload(("second.txt", "The second"))[0])
    shown = client.get(page).text
    assert "version 2" in shown and "second.txt" in shown and "Version 1: note.txt" in shown
    assert client.get(f"/staff/files/{kept.id}").data == b"The second"
    assert client.get(f"/staff/files/{kept.id}?revision=1").data == first
    for nonsense in ("0", "3", "-1", "x", "9" * 30):
        assert client.get(f"/staff/files/{kept.id}?revision={nonsense}").status_code == 404


def test_a_refused_file_is_named_and_the_good_ones_go_along_with_the_next_try(client, world, order):
    client.sign_in(world.rhea)
    page = f"/staff/orders/{order.number}"
    answer = add(client, order, ("good.txt", "Good"), ("bad.exe", b"MZ\x90\0"), is_shared="y")
    assert answer.status_code == 422 and Attachment.select().count() == 0
    assert "bad.exe: We take pictures" in answer.text and "good.txt" in answer.text

    form = next(f for f in Forms(answer.text).found if f.action == f"{page}/files")
    assert form.fields["is_shared"] == "y"
    assert client.post(f"{page}/files", data=form.fields).status_code == 303
    kept = Attachment.get()
    assert (kept.name, kept.is_shared) == ("good.txt", True)
    assert files.open_bytes(kept.file).read() == b"Good"


def test_what_somebody_else_held_cannot_be_taken(client, world, order):
    client.sign_in(world.rhea)
    answer = add(client, order, ("good.txt", "Good"), ("bad.exe", b"MZ\x90\0"))

    fields = next(f for f in Forms(answer.text).found if (f.action or "").endswith("/files")).fields
    token = fields["files"]
    client.sign_in(world.carol)
    answer = client.send(f"/orders/{order.number}", f"/orders/{order.number}/files", files=token)
    assert answer.status_code == 422 and "waited too long" in answer.text
    assert Attachment.select().count() == 0


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([], "Choose a file first"),
        ([("empty.txt", "")], "empty.txt: This file is empty"),
        ([("big.txt", "x" * (files.MAX_BYTES + 1))], "big.txt: This file is larger than 10 MB"),
        ([("page.txt", "<script>alert(1)</script>")], "We take pictures"),
        ([(f"{n}.txt", "x") for n in range(11)], "up to 10 files"),
    ],
)
def test_what_cannot_be_taken_says_why(client, world, order, pairs, says):
    answer = add(client.sign_in(world.rhea), order, *pairs)
    assert answer.status_code == 422 and says in answer.text
    assert Attachment.select().count() == 0


def test_a_form_larger_than_all_its_files_may_be_is_refused_before_it_is_read(client, world, order):
    client.sign_in(world.rhea)
    answer = add(client, order, *[(f"{n}.txt", "x" * 9_000_000) for n in range(4)])
    assert answer.status_code == 413


def test_the_same_form_sent_twice_adds_once_but_another_photo_of_the_same_name_is_another(client, world, order):
    client.sign_in(world.rhea)
    page = f"/staff/orders/{order.number}"
    fields = client.form(page, f"{page}/files").fields
    for _ in range(2):
        data = fields | {"files": upload(("image.txt", "One"))}
        assert client.post(f"{page}/files", data=data).status_code == 303
    assert Attachment.select().count() == 1
    answer = client.post(f"{page}/files", data=fields | {"files": upload(("image.txt", "Two"))})
    assert answer.status_code == 422 and "already done once" in answer.text and "image.txt" in answer.text


def test_foreign_and_missing_files_are_the_same(client, world, order):
    kept = make.attachment(order, world.rhea)
    client.sign_in(world.owen)
    assert [client.get(f"/staff/files/{n}").status_code for n in (kept.id, 999, "x")] == [404] * 3


def test_products_and_accounts_take_files_too_and_search_finds_them(client, world):
    rice = make.product("RICE")
    client.sign_in(world.mona)
    for page in (f"/staff/catalogue/{rice.code}", f"/staff/accounts/{world.account.number}"):
        answer = client.send(f"{page}/files", files=upload(("Datasheet.txt", page)))
        assert answer.status_code == 303 and "Datasheet.txt" in client.get(f"{page}/files").text
    found = client.get("/staff/search?q=datasheet").text
    assert found.count("Datasheet.txt") == 2
    assert client.get(f"/staff/files/{Attachment.get().id}/where").location.endswith("/staff/catalogue/RICE#files")


def test_the_page_of_an_order_with_files_costs_one_query_more(client, world, order, count_queries):
    client.sign_in(world.rhea)
    page = f"/staff/orders/{order.number}"
    client.get(page)
    assert count_queries(lambda: client.get(page)) <= 7
    for _ in range(3):
        make.attachment(order, world.rhea).revise(by=world.rhea, file=make.sent("Newer"))
    assert count_queries(lambda: client.get(page)) <= 7


def test_the_account_leaves_its_files_to_a_request_of_their_own(client, world, count_queries):
    client.sign_in(world.rhea)
    page = f"/staff/accounts/{world.account.number}"
    assert f'hx-get="{page}/files"' in client.get(page).text
    piece = client.get(f"{page}/files", headers={"HX-Request": "true"}).text
    assert "<html" not in piece and "Add files" in piece


def test_the_list_of_files_says_what_each_belongs_to(client, world, order):
    make.attachment(order, world.rhea, is_shared=True)
    make.attachment(make.product("RICE"), world.mona)
    client.sign_in(world.rhea)
    page = client.get("/staff/files").text
    assert f"Order {order.number}" in page and "Carol’s Kitchen" in page
    assert len(client.get("/staff/files.json").json["rows"]) == 2
    assert [row["subject"] for row in client.get("/staff/files.json?shared=yes").json["rows"]] == [
        f"Order {order.number}"
    ]
    assert client.get("/staff/files?q=note").text.count("note.txt") == 2
    assert "Carol’s Kitchen" not in client.sign_in(world.owen).get("/staff/files.csv").text


def test_invoices_take_files_by_one_line(client, world, order):
    invoice = invoicing.issue(order, by=world.mona)
    client.sign_in(world.rhea)
    page = f"/staff/invoices/{invoice.number}"
    assert f'hx-get="{page}/files"' in client.get(page).text
    assert client.send(f"{page}/files", files=upload(("scan.txt", "A scan")), is_shared="y").status_code == 303
    client.sign_in(world.carol)
    assert f"/invoices/{invoice.number}/files" in client.get(f"/invoices/{invoice.number}").text
    assert "scan.txt" in client.get(f"/invoices/{invoice.number}/files").text
