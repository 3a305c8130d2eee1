"""The customer's account page: change where it stands, one page and one send, without scripts."""

import json
from urllib.parse import urlencode

import pytest

from portal import store
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.outbox import Outbox
from tests import make

PHONE = ("/account", "/account/edit/phone")
MY_PHONE = ("/account", "/account/me/my-phone")


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def fresh(world):
    return Account.get_by_id(world.account.id)


def mailed():
    return {row.name: row.params["changes"] for row in Outbox.select().where(Outbox.channel == "mail")}


def test_the_page_shows_the_account_the_person_and_whom_to_ask(carol, world):
    make.address(world.account, is_default_shipping=True, is_default_billing=True)
    before = store.queries()
    page = carol.get("/account").text
    assert store.queries() - before <= 8
    for words in ("Carol’s Kitchen", "0917\xa0555\xa00188", "Sampaguita St.", "The same address", "Rhea Cruz"):
        assert words in page
    for secret in ("Internal note", "note", "Watched"):
        assert f">{secret}<" not in page


def test_a_phone_is_changed_on_one_page_with_one_send(carol, world):
    answer = carol.send(*PHONE, phone="0917 555 0100")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert fresh(world).phone == "+639175550100"
    assert mailed()["Rhea Cruz"] == [{"field": "phone", "old": "+639175550188", "new": "+639175550100"}]
    page = carol.get("/account").text
    assert "Saved." in page and "Rhea Cruz was told" in page
    assert Entry.select().count() == 1


def test_sending_it_unchanged_is_no_event(carol, world):
    assert carol.send(*PHONE).status_code == 303
    assert (Entry.select().count(), Outbox.select().count()) == (0, 0)


@pytest.mark.parametrize("section, field, typed", [
    ("phone", "phone", "12"), ("name", "name", ""), ("name", "name", "\0"), ("name", "name", "x" * 201),
    ("email", "email", "carol"), ("website", "website", "javascript:alert(1)"), ("language", "language", "klingon"),
])  # fmt: skip
def test_a_refusal_opens_the_section_again_with_what_was_typed(carol, world, section, field, typed):
    answer = carol.send("/account", f"/account/edit/{section}", **{field: typed})
    assert answer.status_code == 422
    assert f'id="{section}" open' in answer.text and f'id="{section}-{field}-error"' in answer.text
    assert fresh(world).version == 1
    assert answer.text.count('<details id="') - answer.text.count('" open>') == 7, "the other sections stay folded"


def test_a_stale_section_shows_both(carol, world):
    form = carol.form(*PHONE).fields
    world.account.edit(by=world.rhea, phone="0917 555 0111")
    answer = carol.post(PHONE[1], data=form | {"phone": "0917 555 0222"})
    assert answer.status_code == 409
    assert "+639175550111" in answer.text and 'value="0917 555 0222"' in answer.text
    assert fresh(world).phone == "+639175550111"


def test_the_same_form_sent_twice_is_one_change(carol, world):
    form = carol.form(*PHONE).fields | {"phone": "0917 555 0100"}
    assert [carol.post(PHONE[1], data=form).status_code for _ in range(2)] == [303, 303]
    assert Entry.select().count() == 1


def test_ones_own_number_is_ones_own(carol, world):
    assert carol.send(*MY_PHONE, phone="0917 555 0101").status_code == 303
    assert Contact.get_by_id(world.carol.contact).phone == "+639175550101"
    assert fresh(world).phone == "+639175550188"


def test_a_viewer_reads_and_changes_nothing(client, world):
    cora = client.sign_in(world.cora)
    assert "/account/edit/" not in cora.get("/account").text
    for address in ("/account/edit/phone", "/account/me/my-phone"):
        assert cora.post(address, data={"csrf_token": "x"}).status_code in (400, 403)


def test_a_buyer_changes_himself_but_not_the_account(client, app, world):
    app.config["WTF_CSRF_ENABLED"] = False
    buyer = client.sign_in(make.customer_actor(make.member(world.account, "Ben Dizon", "buyer")))
    assert buyer.send(*MY_PHONE, phone="0917 555 0102").status_code == 303
    assert buyer.post("/account/edit/phone", data={"phone": "0917 555 0103"}).status_code == 403


def test_what_is_not_the_customers_cannot_be_smuggled_in(carol, world):
    carol.send(*PHONE, phone="0917 555 0100", note="x", tax_number="1", owner="3", is_active="", name="Hijacked")
    account = fresh(world)
    assert (account.note, account.tax_number, account.name, account.is_active) == ("", "", "Carol’s Kitchen", True)
    assert carol.send("/account", PHONE[1]).status_code == 303
    form = carol.form(*PHONE).fields
    assert carol.post("/account/edit/note", data=form).status_code == 404
    assert carol.post("/account/me/phone", data=form).status_code == 404


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
def test_what_is_no_form_fills_none(carol, world, kind):
    form = carol.form("/account", "/account/edit/name").fields
    answer = carol.post("/account/edit/name", data=json.dumps(form | {"name": "Jason"}), content_type=kind)
    assert answer.status_code == 415 and fresh(world).name == "Carol’s Kitchen"


def test_broken_bytes_are_refused(carol, world):
    form = carol.form("/account", "/account/edit/name").fields
    body = urlencode(form | {"name": b"Se\xf1or"})
    answer = carol.post("/account/edit/name", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422 and "Please type it again." in answer.text
    assert fresh(world).name == "Carol’s Kitchen"
