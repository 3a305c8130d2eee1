"""Addresses of lists: they read back as written, and no nonsense breaks a list, whichever it is."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.web import list_addresses, lists, terms
from tests import make

NAMES = st.sampled_from(["state", "rep", "total.from", "q", "columns", "sort", "group", "account"])
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=60).map(str.strip).filter(bool)


@given(st.dictionaries(NAMES, TEXTS, max_size=6))
def test_an_address_reads_back_as_it_was_written(asked):
    address = list_addresses.url(asked, path="/staff/orders")
    assert list_addresses.parsed(urlsplit(address).query) == asked
    assert dict(parse_qsl(urlsplit(address).query)) == asked


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            ["state", "rep", "team", "total", "total.from", "placed_at", "placed_at.to", "requested_on", "account",
             "q", "columns", "sort", "group", "after", "before", "show", "currency", "from", "po_number", "zzz"]
        ),
        st.one_of(TEXTS, st.sampled_from(["none", "any", "me", "today", "today-3", ",", "1,2", "-1", "²", "%"])),
        max_size=4,
    )
)  # fmt: skip
def test_no_address_breaks_a_list(nonsense):
    answer = nonsense_client().get("/staff/orders", query_string=nonsense)
    assert answer.status_code in (200, 302, 422), answer.text
    assert nonsense_client().get("/staff/orders.json", query_string=nonsense).status_code in (200, 422)


CLIENTS = []


def nonsense_client():
    return CLIENTS[0]


@pytest.fixture(autouse=True)
def _keep_client(request):
    """One client for all examples of a property."""
    if request.node.originalname == "test_no_address_breaks_a_list":
        world = request.getfixturevalue("world")
        make.order(world.account)
        CLIENTS[:] = [request.getfixturevalue("client").sign_in(world.rhea)]
    yield
    CLIENTS.clear()


NONSENSE = ("x", ",", "99999999999999999999", "2026-02-30")


def list_pages(app):
    """Paths of every list of the staff face: what answers with files too."""
    rules = [
        rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff/") and rule.rule.endswith(".json")
    ]
    return sorted(rule.rule.removesuffix(".json") for rule in rules if not rule.arguments - {"feed"})


def test_every_list_says_what_it_cannot_read_and_breaks_at_nothing(client, app, world):
    ada, broken = client.sign_in(world.ada), []
    assert len(list_pages(app)) > 12
    for path in list_pages(app):
        page = ada.get(f"{path}?show=filters&view=all").text
        names = {*re.findall(r'<(?:input|select)[^>]* name="([\w.]+)"', page)} - {"csrf_token", "form_key", "pick"}
        asked = [(name, text) for name in sorted(names) for text in NONSENSE]
        asked += [("group", name) for name in names] + [
            ("sort", "nonsense"),
            ("columns", "nonsense"),
            ("after", "eA"),
        ]
        for name, text in asked:
            answer = ada.get(path, query_string={name: text, "view": "all"})
            if answer.status_code not in (200, 302, 422):
                broken.append(f"{path}?{name}={text}: {answer.status_code}")
    assert broken == []


# Tables that stay small in any shop: to sort them costs nothing.
SMALL = {"Product", "Category", "Employee", "Team", "Branch", "SavedView", "PaymentMethod", "PriceList", "PriceItem"}
SMALL |= {"LikelyPair", "ImportRow"}  # sorted within one state, or one run, with which their index begins
SMALL |= {"Article", "OrderForm", "TaxRate", "FreightRule", "BankStatement", "Approval", "Attachment", "AccountGroup"}


def is_indexed(column):
    """Whether an index of the table begins with the column."""
    first = [index[0][0] for index in column.model._meta.indexes if isinstance(index, tuple)]
    return column.primary_key or column.index or column.unique or column.name in first


def test_lists_sort_by_indexed_columns_and_know_which_may_be_empty(app):
    sorts = [(kept.noun, name, by) for kept in lists.EVERY for name, by in kept.sorts.items()]
    assert len(sorts) > 30
    slow = [f"{noun} by {name}" for noun, name, by in sorts if not is_indexed(by.column)
            and by.column.model.__name__ not in SMALL]  # fmt: skip
    assert slow == []
    assert [f"{noun} by {name}" for noun, name, by in sorts if by.column.null and not by.nullable] == []


def test_everything_a_list_names_has_a_word(app):
    lacking = set()
    for kept in lists.EVERY:
        noun = kept.fields.noun
        named = [column.name for column in kept.columns if not column.label]
        named += [field.name for field in kept.fields if field.filter]
        named += [name for name, made in kept.own_filters.items() if made is not None]
        known = {key[1] for key in terms.LABELS if key[0] == noun} | {"id"}
        lacking |= {f"{noun}: {name}" for name in named if name not in known}
        lacking |= {kept.noun} - {key[1] for key in terms.LABELS if key[0] == "noun"}
    assert lacking == set()
