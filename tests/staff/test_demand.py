"""Unmet demand over the wire: counted, opened to its rows, answered at once, as files too."""

import pytest

from portal.sales import missed, wishes
from portal.sales.wishes import Wish
from tests import make


@pytest.fixture
def shop(world):
    world.first = wishes.ask(by=world.carol, account=world.account, words="Brown rice", quantity="5")
    world.second = wishes.ask(by=world.dave, account=world.other_account, words="rice, brown")
    missed.note(world.account, "catalogue", [("brown rice", 0), ("candles", 0)])
    make.product("BRO", name="Brown rice 5 kg")
    return world


def test_demand_is_counted_and_opens_to_its_rows(client, shop):
    client.sign_in(shop.ada)
    page = client.get("/staff/demand")
    assert "/staff/demand/words?key=brown+rice&amp;days=90" in page.text and "candles" in page.text
    assert "candles" not in client.get("/staff/demand?open=1").text
    rows = client.get("/staff/demand.json").json["rows"]
    assert rows[0] | {"last_on": ""} == {
        "words": "rice, brown", "asks": 3, "accounts": 2, "quantity": 5, "open": 2, "last_on": "",
    }  # fmt: skip
    assert client.get("/staff/demand.csv?q=candl").text.splitlines()[1].startswith("candles,1,1,0,0,")
    shown = client.get("/staff/demand/words?key=brown+rice&days=90")
    assert "Carol’s Kitchen" in shown.text and "Dave Ramos" in shown.text
    assert "Searched in the catalogue" in shown.text and "/staff/catalogue/new?name=rice" in shown.text
    assert client.get("/staff/demand/words?key=nobody").status_code == 404
    assert 'value="rice, brown"' in client.get("/staff/catalogue/new?name=rice,+brown").text


def test_all_who_asked_are_answered_at_once(client, shop):
    client.sign_in(shop.ada)
    here = "/staff/demand/words?key=brown+rice"
    refused = client.send(here, "/staff/demand/answer", state="found", words="New.")
    assert refused.status_code == 422 and "Name the product by its code" in refused.text and "New." in refused.text
    sent = client.send(here, "/staff/demand/answer", state="found", product="bro", words="New.")
    assert sent.status_code == 303 and "2 wishes are answered." in client.get(sent.location).text
    assert {wish.state for wish in Wish.select()} == {"found"}


def test_only_those_who_are_ticked_and_seen_are_answered(client, shop):
    client.sign_in(shop.rhea)
    here = "/staff/demand/words?key=brown+rice"
    assert "Dave Ramos" not in client.get(here).text
    sent = client.send(here, "/staff/demand/answer", state="declined", wishes=str(shop.second.id))
    assert sent.status_code == 422 and Wish.get_by_id(shop.second.id).state == "open"
    client.send(here, "/staff/demand/answer", state="declined")
    assert [wish.state for wish in Wish.select().order_by(Wish.id)] == ["declined", "open"]


def test_wishes_are_listed_by_state(client, shop):
    client.sign_in(shop.mona)
    assert "Brown rice" in client.get("/staff/wishes?state=open").text
    assert "Brown rice" not in client.get("/staff/wishes?state=declined").text
    assert client.get("/staff/wishes.json").json["rows"][0]["words"] == "Brown rice"
