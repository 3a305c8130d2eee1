"""The bench itself works: a tiny shop is filled as the verbs would, measured, and written down."""

import pytest

from config import Settings
from portal import search, store, values
from portal.activity.interactions import Interaction
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from tests.bench import figures, importing, measuring, pages, running, seen, shop


@pytest.fixture
def empty(tmp_path):
    store.open(f"sqlite:///{tmp_path}/bench.db")
    yield
    store.close()
    store.db.initialize(None)


def test_the_shop_is_found_as_its_verbs_would_have_put_it(empty):
    made = shop.make(200, values.now())
    with store.connection():
        assert Order.select().count() == made.last_order == 800
        for model in (Account, Contact, Product, Order, Interaction):
            for entry in model.search_entries(0, 200):
                where = (search.SearchEntry.kind == model._meta.table_name) & (
                    search.SearchEntry.record == entry.record
                )
                row = search.SearchEntry.get(where)
                text = search.text_of(row.kind, entry.text)
                assert (row.text, row.account, row.team) == (text, entry.account, entry.team)


def test_each_page_of_the_table_is_there(empty, tmp_path):
    made = shop.make(200, values.now())
    eyes = seen.Eyes(Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/bench.db", secret="x" * 40), made)
    for page in pages.PAGES:
        assert eyes.look(page).html_bytes > 1000


def test_a_tiny_run_measures_and_writes_the_figures(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "PAGES", pages.PAGES[:2])
    monkeypatch.setattr(figures, "PAGES", pages.PAGES)
    monkeypatch.setattr(measuring, "PAGE_REQUESTS", 2)
    monkeypatch.setattr(measuring, "REFERENCE_REQUESTS", 4)
    monkeypatch.setattr(importing, "KINDS", {name: importing.KINDS[name] for name in ("accounts", "products")})
    found = running.run("tiny", ["sqlite"], effort=0.05)
    assert found.missing == []
    text = figures.write(found, "a test", tmp_path / "FIGURES.md").read_text()
    for title in ("Pages on SQLite", "What a page weighs", "Changes", "Orders a second", "Papers", "Import"):
        assert f"## {title}\n" in text
    assert all(f"\n| {page.name} | " in text for page in pages.PAGES)
