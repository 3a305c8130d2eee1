"""The one mechanism of lists: columns, filters of every kind, orders, counts, pages and files that agree."""

import csv
import html
import io
import re
from datetime import date, datetime

import pytest

from portal import store, values
from portal.web import list_groups
from tests import make

DAY = datetime(2026, 5, 5, 3, 0)


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


@pytest.fixture
def mona(client, world):
    return client.sign_in(world.mona)


def heads(page):
    """The words over the table, in their order."""
    cells = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page)
    return [html.unescape(re.sub("<[^>]+>", "", cell)).strip(" ↑↓") for cell in cells]


def shown(page):
    """What opens each row."""
    return [html.unescape(name) for name in re.findall(r"data-row>([^<]*)</a>", page)]


def told(page):
    return html.unescape(re.search(r'<div class="note warn".*?</div></div>', page, re.DOTALL)[0])


def listed(client, address, field="number"):
    path, _, query = address.partition("?")
    answer = client.get(f"{path}.json?{query}")
    assert answer.status_code == 200, answer.text
    return [row[field] for row in answer.json["rows"]]


# Columns


def test_the_address_chooses_the_columns_of_the_page_and_of_the_files(rhea, world):
    page = rhea.get("/staff/accounts?columns=country,number,name").text
    assert heads(page) == ["Country", "Number", "Name"]
    rows = list(csv.reader(io.StringIO(rhea.get("/staff/accounts.csv?columns=country,number,name").text)))
    assert rows == [["\ufeffcountry", "number", "name"], ["PH", world.account.number, "Carol’s Kitchen"]]
    assert listed(rhea, "/staff/accounts?columns=name", "name") == ["Carol’s Kitchen"]


def test_columns_are_chosen_by_boxes_and_moved_by_links(rhea, world):
    page = rhea.get("/staff/accounts?columns=country,name&show=columns").text
    assert re.findall(r'name="columns" value="(\w+)" checked', page) == ["country", "name"]
    assert "columns=name,country" in html.unescape(page)
    assert heads(rhea.get("/staff/accounts?columns=name&columns=country").text) == ["Name", "Country"]


@pytest.mark.parametrize("name", ["cost", "nonsense"])
def test_a_column_one_may_not_read_is_as_unknown_as_one_that_is_not_there(client, world, name):
    make.product("RICE", cost_minor=4_242_00)
    rep = client.sign_in(world.rhea)
    page = rep.get(f"/staff/catalogue?columns=code,{name}").text
    assert f"This list has no column {name}." in told(page) and heads(page) == ["Code"]
    assert "4242" not in page and "4,242" not in page
    assert rep.get(f"/staff/catalogue.csv?columns=code,{name}").status_code == 422
    if name == "cost":
        assert "₱4,242" in client.sign_in(world.mona).get("/staff/catalogue?columns=code,cost").text


# Filters


@pytest.fixture
def orders(world):
    """Three orders of 100, 250.50 and 900 pesos, in different states, days and hands."""
    rhea = world.employees["rhea"]
    small = make.order(world.account, total_minor=10_000, placed_at=DAY, requested_on=date(2026, 5, 9))
    middle = make.order(world.account, total_minor=25_050, state="confirmed", rep=rhea, po_number="PO 17")
    large = make.order(world.account, total_minor=90_000, state="delivered", rep=rhea, source="import")
    return {"small": small, "middle": middle, "large": large}


@pytest.mark.parametrize("asked, names", [
    ("state=placed", "small"), ("state=placed,confirmed", "small middle"),
    ("state=placed&state=delivered", "small large"),
    ("state=open", "small middle"), ("rep=me", "middle large"), ("rep=none", "small"), ("rep=any", "middle large"),
    ("total.from=250.50", "middle large"), ("total.to=250.5", "small middle"), ("total=100", "small"),
    ("total.from=200&total.to=300", "middle"), ("total.from=1000", ""), ("total.from=-5", "small middle large"),
    ("placed_at=2026-05-05", "small"), ("placed_at.to=2026-05-04", ""), ("placed_at=today", "middle large"),
    ("placed_at.from=today-7", "middle large"), ("placed_at.from=today+1", ""), ("placed_at.to=2026-05-05", "small"),
    ("requested_on=2026-05-09", "small"), ("requested_on=none", "middle large"), ("requested_on=any", "small"),
    ("po_number=po", "middle"), ("po_number=none", "small large"), ("po_number=any", "middle"), ("po_number=%25", ""),
    ("source=import", "large"), ("from=2026-05-01&to=2026-05-31", "small"), ("account=1", "small middle large"),
    ("account=2", ""), ("currency=php", "small middle large"), ("currency=THB", ""),
    ("delivered_at=none&rep=me", "middle large"),
])  # fmt: skip
def test_each_kind_of_field_is_asked_for_in_its_own_way(rhea, orders, asked, names):
    wanted = {orders[name].number for name in names.split()}
    assert set(listed(rhea, f"/staff/orders?{asked}")) == wanted
    page = rhea.get(f"/staff/orders?{asked}")
    assert page.status_code == 200 and set(shown(page.text)) == wanted


@pytest.mark.parametrize("asked, sentence", [
    ("state=nonsense", "nonsense is none of its values"), ("total.from=x", "Write an amount"),
    ("rep=x", "cannot be a number"),
    ("placed_at=2026-13-01", "Write a day"), ("placed_at.from=soon", "Write a day"),
    ("from=0001-01-01", "Write a day"),
    ("total=99999999999999", "larger than we can book"), ("total=1e99", "Write an amount"),
    ("total=NaN", "Write an amount"),
    ("account=99999999999999999999", "number"),
    ("nonsense=1", "This list has no filter nonsense."), ("currency=Peso", "none of its values"),
    ("po_number.from=1", "no filter po_number.from"), ("placed_at=today-99999", "Write a day"),
])  # fmt: skip
def test_what_cannot_be_read_is_said_and_then_no_row_is_shown(rhea, orders, asked, sentence):
    page = rhea.get(f"/staff/orders?{asked}")
    assert page.status_code == 422
    assert sentence in told(page.text) and shown(page.text) == []
    feed = rhea.get(f"/staff/orders.json?{asked}")
    assert feed.status_code == 422 and sentence in " ".join(feed.json["texts"])


def test_an_order_or_count_that_is_not_there_is_said_and_the_rows_stay(rhea, orders):
    page = rhea.get("/staff/orders?sort=nonsense&columns=nonsense")
    assert page.status_code == 200 and len(shown(page.text)) == 3
    assert "no order by nonsense" in told(page.text)


def test_yes_and_no_and_numbers(mona, world):
    make.product("LOW", stock=3, low_at=5, weight_g=500)
    make.product("HIGH", stock=300, weight_g=5_000)
    make.product("ALWAYS", stock=None)
    assert listed(mona, "/staff/catalogue?stock.to=3", "code") == ["LOW"]
    assert listed(mona, "/staff/catalogue?stock=none", "code") == ["ALWAYS"]
    assert listed(mona, "/staff/catalogue?stock=low", "code") == ["LOW"]
    assert listed(mona, "/staff/catalogue?weight_g.from=501&weight_g.to=5000", "code") == ["ALWAYS", "HIGH"]
    assert mona.get("/staff/catalogue?weight_g=heavy").status_code == 422


@pytest.mark.parametrize("asked", ["cost.from=1", "cost=none"])
def test_filtering_by_what_one_may_not_read_is_refused_as_if_it_were_not_there(client, world, asked):
    make.product("RICE", cost_minor=4_242_00)
    rep, name = client.sign_in(world.rhea), asked.partition("=")[0]
    hidden = rep.get(f"/staff/catalogue?{asked}")
    unknown = rep.get(f"/staff/catalogue?{asked.replace('cost', 'nonsense')}")
    assert hidden.status_code == unknown.status_code == 422
    assert told(hidden.text) == told(unknown.text).replace("nonsense", "cost")
    assert name not in rep.get("/staff/catalogue?show=filters").text
    assert client.sign_in(world.mona).get(f"/staff/catalogue?{asked}").status_code == 200


def test_customers_ask_only_for_what_they_read(client, world, orders):
    carol = client.sign_in(world.carol)
    assert len(listed(carol, "/orders?state=placed")) == 1
    assert len(listed(carol, "/orders?total.from=200")) == 2
    for asked in ("source=import", "columns=source", "created_at=today"):
        assert carol.get(f"/orders.json?{asked}").status_code == 422
    assert "no filter source" in carol.get("/orders?source=import").text


def test_another_team_and_another_customer_see_nothing_however_they_ask(client, world, orders):
    address = f"/staff/orders?account={world.account.number}"
    assert listed(client.sign_in(world.owen), address) == []
    page = client.get(f"{address}&group=account").text
    assert "Carol" not in page
    assert listed(client.sign_in(world.dave), f"/orders?account={world.account.number}") == []


def test_the_panel_shows_what_is_asked_and_keeps_the_rest(mona, world, orders):
    page = mona.get("/staff/orders?show=filters&state=placed,confirmed&total.from=100&columns=number&rep=none").text
    assert re.findall(r'type="checkbox" name="state" value="(\w+)" checked', page) == ["placed", "confirmed"]
    assert 'name="total.from" value="100"' in page
    panel = page[page.index('id="filters"') :]
    assert '<input type="hidden" name="columns" value="number">' in panel
    assert re.search(r'<option value="none" selected>nobody', panel)


def test_a_sentence_keeps_what_it_cannot_say_itself(mona, world, orders):
    page = html.unescape(mona.get("/staff/orders?state=placed,confirmed&total.from=100").text)
    assert '<option value="placed,confirmed" selected>Placed and Confirmed</option>' in page
    make.product("P", stock=3)
    page = html.unescape(mona.get("/staff/catalogue?stock.from=2").text)
    assert "Stock: <b>from 2</b>" in page and '<input type="hidden" name="stock.from" value="2">' in page


def test_blanks_of_a_form_do_not_stay_in_the_address(rhea, world):
    answer = rhea.get("/staff/orders?state=&q=&rep=me&from=")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/orders?rep=me")


# Counts


def test_a_strip_counts_the_rows_by_a_field_and_leads_to_them(rhea, world, orders):
    page = html.unescape(rhea.get("/staff/orders?group=state&rep=me&state=confirmed").text)
    strip = page[page.index('class="groups"') :].partition("</nav>")[0]
    found = dict(re.findall(r'<a href="([^"]+)"[^>]*>(?:\w+ )+<b>(\d+)</b>', strip))
    assert found == {
        "/staff/orders?group=state&rep=me": "2",
        "/staff/orders?group=state&rep=me&state=confirmed": "1",
        "/staff/orders?group=state&rep=me&state=delivered": "1",
    }
    by_rep = html.unescape(rhea.get("/staff/orders?group=rep").text)
    assert "Rhea Cruz <b>2</b>" in by_rep and "nobody <b>1</b>" in by_rep


def test_a_count_stops_at_its_bound_and_says_so(rhea, world, orders, monkeypatch):
    monkeypatch.setattr(list_groups, "MOST_COUNTED", 2)
    for _ in range(4):
        make.order(world.account, source="staff")
    page = rhea.get("/staff/orders?group=source").text
    assert "over 2" in page and "Counted are the first 2 rows" in page
    assert sum(map(int, re.findall(r"<b>(\d+)\+</b>", page))) <= 3


def test_counts_take_only_fields_that_group(rhea, orders):
    for name in ("total", "nonsense", "cost"):
        assert 'class="groups"' not in rhea.get(f"/staff/orders?group={name}").text


# Pages


def walk(client, address, rel):
    """The names on each page, following the links of one direction."""
    seen = []
    while address:
        page = client.get(address).text
        seen.append(shown(page))
        link = re.search(rf'<a href="([^"]+)" rel="{rel}"', page)
        last, address = address, html.unescape(link[1]) if link else None
    return seen, last


@pytest.mark.parametrize("sort", ["stock", "-stock", "price", "-price", "name", "-code"])
def test_pages_go_forth_and_back_over_ties_and_over_nothing(mona, world, sort):
    for n in range(55):
        make.product(f"P{n:02d}", stock=None if n % 3 == 0 else n % 4, list_minor=1000 * (n % 2))
    forth, last = walk(mona, f"/staff/catalogue?sort={sort}", "next")
    assert [len(page) for page in forth] == [25, 25, 5]
    assert len({name for page in forth for name in page}) == 55
    back, _ = walk(mona, last, "prev")
    assert [name for page in reversed(back) for name in page] == [name for page in forth for name in page]
    stocks = [row["stock"] for row in mona.get(f"/staff/catalogue.json?sort={sort}").json["rows"]]
    if sort.endswith("stock"):
        filled = [stock for stock in stocks if stock is not None]
        assert stocks[len(filled) :] == [None] * 19
        assert filled == sorted(filled, reverse=sort.startswith("-"))


def test_a_mark_of_another_order_is_refused(mona, world):
    for n in range(30):
        make.product(f"P{n:02d}", stock=n)
    link = re.search(r'href="([^"]+)" rel="next"', mona.get("/staff/catalogue?sort=name").text)[1]
    for sort in ("stock", "price"):
        assert mona.get(html.unescape(link).replace("sort=name", f"sort={sort}")).status_code == 422


def test_files_hold_exactly_the_rows_of_the_pages(mona, world):
    for n in range(60):
        make.product(f"P{n:02d}", stock=n, list_minor=100 * n)
    asked = "stock.from=10&stock.to=49&sort=-price&columns=code,list_price"
    pages, _ = walk(mona, f"/staff/catalogue?{asked}", "next")
    names = [name for page in pages for name in page]
    assert names == listed(mona, f"/staff/catalogue?{asked}", "code") and len(names) == 40
    text = mona.get(f"/staff/catalogue.csv?{asked}").text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["code"] for row in rows] == names and list(rows[0]) == ["code", "list_price"]


@pytest.mark.parametrize("page", ["accounts", "contacts", "orders", "catalogue", "views"])
@pytest.mark.parametrize("asked", ["", "?group=currency&show=filters", "?show=views"])
def test_a_list_asks_the_database_few_times(rhea, world, page, asked):
    make.view(world.employees["rhea"], f"/staff/{page}", "Mine", "sort=name")
    for n in range(30):
        make.order(world.account, make.contact(world.account, f"Person {n}") and (make.product(), 1))
    before = store.queries()
    rhea.get(f"/staff/{page}{asked}")
    assert store.queries() - before <= 8


def test_rows_cannot_smuggle_markup_into_the_page(rhea, world):
    make.account("<b>Bold</b> %s & 'Sons'", team=world.north)
    page = rhea.get("/staff/accounts").text
    assert "<b>Bold" not in page and "&lt;b&gt;Bold&lt;/b&gt; %s &amp; &#x27;Sons&#x27;" in page


def test_relative_days_go_by_the_shops_calendar(rhea, world):
    order = make.order(world.account, placed_at=values.shop_midnight(values.shop_day()))
    assert listed(rhea, "/staff/orders?placed_at=today") == [order.number]
    assert listed(rhea, "/staff/orders?placed_at.to=today-1") == []
