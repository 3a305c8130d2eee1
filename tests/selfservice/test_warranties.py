"""The customer's wallet on the wire: what is owned, registered, handed over, claimed, with and without signing in."""

import io
from datetime import timedelta

import pytest

from portal import values
from portal.activity.attachments import Attachment
from portal.outbox import Outbox
from portal.people import link_requests, links
from portal.people.links import Link
from portal.sales import invoicing
from portal.service import claim_deciding, claiming, covering, handing_over, warranty_terms
from portal.service.claims import Claim
from portal.service.warranties import Warranty
from tests import make

TODAY = values.shop_day()


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


@pytest.fixture
def stove(database):
    return make.product("STOVE", name="Gas stove", stock=20, warranty_months=12)


@pytest.fixture
def thing(world, stove):
    """Two stoves of an invoiced order."""
    order = make.order(world.account, (stove, 2), state="delivered")
    invoicing.issue(order, by=world.mona)
    covering.catch_up()
    return Warranty.visible_to(world.carol).get()


def photo(name="broken.txt"):
    return (io.BytesIO(name.encode()), name)


def test_the_wallet_and_the_page_of_a_thing_say_until_when_and_why(carol, thing):
    warranty_terms.write(by=values.system("tests"), product=thing.product, words_en="Burners <and> valves")
    wallet = carol.get("/warranties").text
    assert "Gas stove" in wallet and "12 months left, until" in wallet and "/warranties/WA-000001/claim" in wallet
    page = carol.get("/warranties/WA-000001").text
    assert "Burners &lt;and&gt; valves" in page and "INV-" in page and "SO-000001" in page and 'class="qr"' in page
    assert "/warranties?order=SO-000001" in carol.get("/orders/SO-000001").text
    assert "/warranties" in carol.get("/account").text


def test_lists_come_as_tables_and_as_a_calendar(carol, world, thing):
    make.warranty(world.account, covered_until=TODAY - timedelta(days=1))
    rows = {row["number"]: row for row in carol.get("/warranties.json").json["rows"]}
    assert rows["WA-000001"]["order"] == "SO-000001" and "account_name" not in rows["WA-000001"]
    assert [rows[number]["state"] for number in sorted(rows)] == ["covered", "over"]
    assert "WA-000001" in carol.get("/warranties.csv").text
    found = [row["number"] for row in carol.get("/warranties.json?holds=over").json["rows"]]
    assert found == ["WA-000002"] and carol.get("/warranties?holds=nonsense").status_code == 422
    feed = carol.get("/warranties.ics")
    assert feed.content_type.startswith("text/calendar") and feed.text.count("BEGIN:VEVENT") == 1
    assert f"DTSTART;VALUE=DATE:{thing.covered_until:%Y%m%d}\r\n" in feed.text and "TRIGGER:-P30D" in feed.text
    one = carol.get("/warranties/WA-000001.ics").text
    assert "UID:WA-000001@" in one and all(len(line.encode()) <= 75 for line in one.split("\r\n"))
    claiming.claim(thing, by=world.carol, words="Cold")
    assert carol.get("/claims.json").json["rows"][0]["warranty"] == "WA-000001"
    assert "CL-000001" in carol.get("/claims.csv").text and "labour" not in carol.get("/claims.csv").text


def test_two_pages_and_one_button_claim(carol, thing):
    page = "/warranties/WA-000001/claim"
    answer = carol.send(page, page, words="It does not light", since_on=str(TODAY), quantity="2", files=[photo()])
    assert answer.location.endswith("/claims/CL-000001")
    shown = carol.get("/claims/CL-000001").text
    assert "We have it, and will answer." in shown and "Rhea Cruz was told" in shown and "broken.txt" in shown
    assert carol.get(page).location.endswith("/claims/CL-000001")
    carol.send("/claims/CL-000001", "/claims/CL-000001/withdraw")
    assert Claim.get().state == "withdrawn" and "You withdrew it." in carol.get("/claims/CL-000001").text


def test_a_refused_claim_loses_neither_words_nor_photos(carol, thing):
    page = "/warranties/WA-000001/claim"
    form = carol.form(page, page)
    claiming.claim(thing, by=values.system("tests"), words="A colleague was faster")
    typed = form.fields | {"words": "It does not light", "files": [photo(), (io.BytesIO(b"MZ\x90\0"), "virus.exe")]}
    answer = carol.post(page, data=typed)
    assert answer.status_code == 422 and "virus.exe" in answer.text and "broken.txt" in answer.text
    answer = carol.post(page, data=form.fields | {"words": "It does not light"})
    assert answer.status_code == 422 and "There is an open claim for this already: CL-000001" in answer.text
    assert "It does not light" in answer.text and Claim.select().count() == 1


def test_after_the_end_one_may_ask_and_is_told_so(carol, world, stove):
    over = make.warranty(world.account, stove, covered_until=TODAY - timedelta(days=2))
    page = f"/warranties/{over.number}/claim"
    assert "The warranty is over, but ask anyway" in carol.get(page).text
    assert carol.send(page, page, words="It rusts").status_code == 303 and Claim.get().is_late


def test_who_may_only_look_claims_nothing_and_strangers_see_nothing(client, world, thing):
    client.sign_in(world.cora)
    assert client.get("/warranties/WA-000001").status_code == 200
    assert "Something is wrong" not in client.get("/warranties/WA-000001").text
    refused = [client.get(page).status_code for page in ("/warranties/WA-000001/claim", "/warranties/new")]
    assert refused == [403, 403]
    client.sign_in(world.dave)
    pages = ("/warranties/WA-000001", "/warranties/WA-000001.ics", "/warranties/WA-000001/claim", "/warranties/WA-1")
    assert [client.get(page).status_code for page in pages] == [404] * 4


def test_a_thing_is_registered_with_its_receipt(carol, world, stove):
    page = "/warranties/new"
    typed = {"product": "Gas stove", "serial": "S 1", "bought_on": str(TODAY - timedelta(days=9))}
    assert "another shop" not in carol.get(page).text
    answer = carol.send(page, page, **typed)
    assert answer.status_code == 422 and "Add a photo of the receipt" in answer.text
    huge = (io.BytesIO(b"a" * (10 * 1024 * 1024 + 1)), "huge.txt")
    assert "huge.txt" in carol.send(page, page, **typed, files=[huge]).text
    answer = carol.send(page, page, **typed, files=[photo("receipt.txt")])
    assert answer.location.endswith("/warranties/WA-000001") and Attachment.get().name == "receipt.txt"
    assert "One of us looks at the proof" in carol.get("/warranties/WA-000001").text
    make.warranty(world.other_account, stove, serial="D 2")
    answer = carol.send(page, page, **typed | {"serial": "d2"}, files=[photo("receipt.txt")])
    assert answer.status_code == 422 and "is registered already" in answer.text and "Dave" not in answer.text


def test_a_serial_number_is_written_down_later(carol, thing):
    page = "/warranties/WA-000001"
    answer = carol.send(page, f"{page}/serial", serial="***")
    assert answer.status_code == 422 and "Write the serial number as it stands on the thing" in answer.text
    assert carol.send(page, f"{page}/serial", serial="S-9").location.endswith("/warranties/WA-000002")
    assert [thing.quantity for thing in Warranty.select().order_by(Warranty.id)] == [1, 1]


def test_a_thing_is_handed_over_by_a_letter(client, world, thing):
    client.sign_in(world.carol)
    old = claiming.claim(thing, by=world.carol, words="It was cold")
    claim_deciding.refuse(old, by=world.rhea, reply="It fell")
    thing = Warranty.visible_to(world.carol).get()
    page = "/warranties/WA-000001"
    assert client.send(page, f"{page}/hand-over", email="nobody").status_code == 422
    assert client.send(page, f"{page}/hand-over", email="dave@ramos.example").status_code == 303
    assert "Offered to dave@ramos.example" in client.get(page).text
    link = links.open_for("hand_over", thing.ref)
    here = link.path
    client.sign_in(world.cora)
    assert "Take it over" not in client.get(here).text.replace("not take things over", "")
    client.sign_in(world.dave)
    assert "Gas stove" in client.get(here).text and "12 months left" in client.get(here).text
    assert client.send(here, here).location.endswith(page)
    mine = client.get(page).text
    assert "Claim refused" in mine and "Rhea Cruz" in mine and old.number not in mine and "It was cold" not in mine
    assert "Handed over" in mine and "Carol" not in mine and "SO-000001" not in mine and "INV-" not in mine
    assert client.get(here).status_code == 410
    client.sign_in(world.carol)
    assert client.get(page).status_code == 404


def test_whoever_is_not_signed_in_is_asked_to_and_an_offer_can_be_taken_back(client, world, thing):
    handing_over.offer(thing, by=world.carol, email="new@owner.example")
    here = links.open_for("hand_over", thing.ref).path
    shown = client.get(here)
    assert "Sign in first" in shown.text and "/sign-up" in shown.text and "carol" not in shown.text
    assert client.get("/warranties/take-over/1.nonsense").status_code == 404
    client.sign_in(world.carol).send("/warranties/WA-000001", "/warranties/WA-000001/keep")
    assert client.get(here).status_code == 410 and not Warranty.get().offered_to


def test_the_page_behind_the_code_says_the_same_to_everybody(client, world, stove):
    mine = make.warranty(world.account, stove, serial="QR-5")
    pages = [client.get(f"/warranties/claim/{tag}").text.replace(tag, "TAG") for tag in (mine.tag, "x" * 16)]
    bare = [page.split("form_key")[0] for page in pages]
    assert bare[0].split("csrf_token")[0] == bare[1].split("csrf_token")[0] and "stove" not in pages[0].lower()
    said = []
    for tag, serial, email in ((mine.tag, "QR-5", "carol@kitchen.example"), ("x" * 16, "NO", "eve@else.example")):
        answer = client.send(f"/warranties/claim/{tag}", f"/warranties/claim/{tag}", serial=serial, email=email)
        assert answer.status_code == 303
        said.append(client.get(answer.location).text)
    assert said[0] == said[1] and "A letter is on its way." in said[0]
    answer = client.send("/warranties/claim", "/warranties/claim", serial="", email="eve")
    assert answer.status_code == 422 and "serial" in answer.text


def test_a_letter_leads_to_the_form_and_the_form_to_a_claim_once(client, world, stove):
    make.warranty(world.account, stove, serial="QR-5")
    for email, words in (("carol@kitchen.example", "It hums"), ("eve@else.example", "It smells")):
        client.send("/warranties/claim", "/warranties/claim", serial="QR-5", email=email)
        link_requests.answer_all()
        row = Outbox.select().where(Outbox.template == "claim_link").order_by(Outbox.id.desc()).get()
        here = Link.get_by_id(row.params["url"]["link"]).path
        assert ("Gas stove" in client.get(here).text) == email.startswith("carol")
        more = {} if email.startswith("carol") else {"name": "Eve Sy", "product": "Stove"}
        assert client.send(here, here, words="", **more).status_code == 422
        answer = client.send(here, here, words=words, files=[photo()], **more)
        assert (
            answer.location.endswith("/warranties/claim-done")
            and "answer by mail" in client.get(answer.location).text
        )
        assert client.get(here).status_code == 410
    owned, unproved = Claim.select().order_by(Claim.id)
    assert (owned.account_id, owned.asked_by) == (world.account.id, "Carol Dizon")
    assert (unproved.account_id, unproved.asked_by, unproved.email) == (None, "Eve Sy", "eve@else.example")
    assert Attachment.select().count() == 2


def test_the_pages_ask_the_database_few_times(carol, world, thing, count_queries):
    claiming.claim(thing, by=world.carol, words="Cold", files=[make.sent()])
    for page in ("/warranties", "/warranties/WA-000001", "/claims", "/claims/CL-000001", "/warranties/new"):
        carol.get(page)
        assert count_queries(lambda page=page: carol.get(page)) <= 8, page


def test_home_asks_for_the_thing_of_an_accepted_claim(carol, world, thing):
    made = claiming.claim(thing, by=world.carol, words="Cold")
    form = carol.form("/claims/CL-000001", "/claims/CL-000001/withdraw")
    claim_deciding.accept(made, by=world.rhea, reply="Bring it to Cubao")
    assert "Bring or send us the thing of CL-000001" in carol.get("/").text
    assert "Bring it to Cubao" in carol.get("/claims/CL-000001").text
    late = carol.post("/claims/CL-000001/withdraw", data=form.fields)
    assert late.status_code == 422 and "moved on" in late.text
