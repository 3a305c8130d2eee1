"""Own fields in lists: as columns, filters, orders and in files, for whoever may read them."""

import csv
import io
import json

import pytest

from portal.customers.accounts import Account
from portal.web import list_pages
from staff.accounts import LIST as LIST_OF_ACCOUNTS
from tests import make
from tests.own_fields import custom_field

LIST = "/staff/accounts"


@pytest.fixture
def roasts(world):
    """Carol's Kitchen light, another dark, and one with nothing."""
    custom_field(kind="choice", label="Roast", options=("Light", "Dark"))
    custom_field(kind="decimal", label="Bags", places=1)
    custom_field(kind="money", label="Budget")
    custom_field(kind="date", label="Fair on")
    custom_field(label="Nick")
    dark = make.account("Bean House", owner=world.employees["rhea"], team=world.north)
    none = make.account("Zero Cafe", owner=world.employees["rhea"], team=world.north)
    world.account.edit(by=world.ada, roast="light", bags="2.5", budget="100.50", fair_on="2026-11-17", nick="Señor K")
    Account.get_by_id(dark.id).edit(
        by=world.ada, roast="dark", bags="10", budget="20", fair_on="2027-01-02", nick="b"
    )
    return {"light": world.account.name, "dark": dark.name, "none": none.name}


def names(client, query):
    page = client.get(f"{LIST}.json?{query}")
    assert page.status_code == 200, page.text
    return [row["name"] for row in json.loads(page.text)["rows"]]


FILTERS = [
    ("roast=light", ["light"]),
    ("roast=light,dark", ["dark", "light"]),
    ("roast=none", ["none"]),
    ("roast=any", ["dark", "light"]),
    ("bags.from=2.5&bags.to=3", ["light"]),
    ("bags=10", ["dark"]),
    ("budget.from=50", ["light"]),
    ("fair_on.to=2026-12-31", ["light"]),
    ("nick=senor", ["light"]),
]


def test_each_kind_of_field_can_be_asked_for_in_the_address(client, world, roasts):
    rhea = client.sign_in(world.rhea)
    for query, wanted in FILTERS:
        assert names(rhea, f"{query}&columns=name") == [roasts[key] for key in wanted], query
    refused = rhea.get(f"{LIST}?roast=green")
    assert refused.status_code == 422 and "Roast" in refused.text


def test_a_list_is_ordered_by_an_own_field_and_rows_without_one_come_last(client, world, roasts):
    rhea = client.sign_in(world.rhea)
    order = {"bags": ["light", "dark", "none"], "-bags": ["dark", "light", "none"], "nick": ["dark", "light", "none"]}
    for sort, wanted in order.items():
        assert names(rhea, f"sort={sort}&columns=name") == [roasts[key] for key in wanted], sort


@pytest.mark.parametrize("sort", ["bags", "-bags"])
def test_pages_in_such_an_order_meet_each_row_once_there_and_back(app, world, sort):
    custom_field(kind="decimal", label="Bags")
    for number in range(12):
        shop = make.account(f"Shop {number:02}", owner=world.employees["rhea"], team=world.north)
        if number % 2:
            shop.edit(by=world.ada, bags=number % 7)
    with app.test_request_context():
        query, by = Account.visible_to(world.ada), LIST_OF_ACCOUNTS.orders["bags"]
        whole = [row.id for row in list_pages.page(query, by, sort, None, None, 99)]
        assert len(set(whole)) == len(whole) == 14
        forward, place = [], None
        for _ in range(5):
            rows = list_pages.page(query, by, sort, place, None, 3)
            forward += [row.id for row in rows]
            place = list_pages.place_of(rows[-1], by) if rows else place
        assert forward == whole
        backward, place = [], list_pages.place_of(rows[-1], by)
        for _ in range(5):
            rows = list_pages.page(query, by, sort, None, place, 3)
            backward += [row.id for row in rows]
            place = list_pages.place_of(rows[-1], by) if rows else place
        assert backward == whole[-2::-1]


def test_files_hold_what_a_person_may_read(client, world, roasts):
    custom_field(label="Margin", readers=["manager"], writers=["manager"])
    world.account.edit(by=world.mona, margin="90")
    text = client.sign_in(world.mona).get(f"{LIST}.csv?q=Carol").text.lstrip("\ufeff")
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["roast"], row["bags"], row["budget"], row["fair_on"], row["margin"]) == (
        "light", "2.5", "100.50", "2026-11-17", "90",
    )  # fmt: skip
    rhea = client.sign_in(world.rhea)
    assert "margin" not in rhea.get(f"{LIST}.csv").text
    for query in ("margin=90", "sort=margin", "columns=name,margin"):
        assert rhea.get(f"{LIST}.json?{query}").status_code == 422, query
    assert "Margin" not in rhea.get(f"{LIST}?show=columns").text + rhea.get(f"{LIST}?show=filters").text


def test_a_list_with_twenty_own_fields_stays_within_its_statements(client, world, count_queries):
    for number in range(20):
        custom_field(label=f"Own {number}")
    rhea = client.sign_in(world.rhea)
    world.account.edit(by=world.ada, **{f"own_{number}": "x" for number in range(20)})
    rhea.get(LIST)
    plain = count_queries(lambda: rhea.get(LIST))
    shown = ",".join(f"own_{number}" for number in range(20))
    assert count_queries(lambda: rhea.get(f"{LIST}?columns=name,{shown}")) <= plain + 1 <= 8
    assert count_queries(lambda: rhea.get(f"{LIST}?sort=own_3&own_2=x&columns=name,own_3")) <= 8
