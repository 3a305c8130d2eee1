"""Files on the customer's face: one's own added to an order, what is shared read, nothing else there."""

import io

from portal.activity.attachments import Attachment
from portal.outbox import Outbox
from tests import make


def add(client, order, name="photo.txt", text="Wet sacks"):
    page = f"/orders/{order.number}"
    return client.send(page, f"{page}/files", files=[(io.BytesIO(text.encode()), name)])


def test_a_customer_adds_a_file_to_the_order_and_the_owner_is_told(client, world):
    order = make.order(world.account)
    assert add(client.sign_in(world.carol), order).status_code == 303
    page = client.get(f"/orders/{order.number}").text
    assert "photo.txt" in page and "Rhea Cruz was told" in page and "File added" in page
    assert "photo.txt" in client.sign_in(world.cora).get(f"/orders/{order.number}").text
    letter = Outbox.get(Outbox.channel == "mail")
    assert (letter.name, letter.template) == ("Rhea Cruz", "files_brought")


def test_customers_change_and_take_back_what_is_theirs(client, world):
    order = make.order(world.account)
    ours, theirs = make.attachment(order, world.rhea, is_shared=True), make.attachment(order, world.carol)
    client.sign_in(world.carol)
    page = f"/orders/{order.number}"
    shown = client.get(page).text
    assert f"/files/{theirs.id}/revise" in shown and f"/files/{ours.id}/revise" not in shown
    newer = (io.BytesIO(b"Better"), "better.txt")
    assert client.send(page, f"/files/{theirs.id}/revise", file=newer).status_code == 303
    assert client.send(page, f"/files/{theirs.id}/remove").status_code == 303
    assert f"/files/{theirs.id}" not in client.get(page).text
    assert client.get(f"/files/{theirs.id}").status_code == 404


def test_who_may_only_look_reads_and_adds_nothing(client, world):
    order = make.order(world.account)
    kept = make.attachment(order, world.rhea, is_shared=True)
    client.sign_in(world.cora)
    assert client.get(f"/files/{kept.id}").status_code == 200
    assert f"/orders/{order.number}/files" not in client.get(f"/orders/{order.number}").text


def test_another_customer_finds_nothing(client, world):
    kept = make.attachment(make.order(world.account), world.rhea, is_shared=True)
    client.sign_in(world.dave)
    assert [client.get(f"/files/{n}").status_code for n in (kept.id, 999)] == [404, 404]


def test_a_shared_datasheet_stands_with_its_product_while_that_is_on_sale(client, world):
    rice = make.product("RICE")
    kept, hidden = make.attachment(rice, world.mona, is_shared=True), make.attachment(rice, world.mona)
    client.sign_in(world.dave)
    assert f"/files/{kept.id}" in client.get("/catalogue/RICE").text
    assert client.get(f"/files/{kept.id}").status_code == 200 and client.get(f"/files/{hidden.id}").status_code == 404
    rice.withdraw(by=world.mona)
    assert client.get(f"/files/{kept.id}").status_code == 404
    assert Attachment.select().count() == 2


def test_what_is_shared_with_the_whole_account_stands_on_its_page(client, world):
    make.attachment(world.account, world.rhea, is_shared=True)
    assert "note.txt" in client.sign_in(world.cora).get("/account").text
    letter = Outbox.get((Outbox.template == "files_brought") & (Outbox.channel == "mail"))
    assert letter.params["own_path"] == "/account"
