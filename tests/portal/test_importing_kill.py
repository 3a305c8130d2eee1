"""An import that is killed anywhere and run again ends like one that was never killed."""

import os
import signal

import peewee

from portal import externals, store, values
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.exchange import importing
from portal.exchange.runs import ImportRun
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.sales.stock import StockMovement
from tests import imports
from tests.databases import shut
from tests.portal.test_importing_orders import HEAD, LINE_HEAD, LINES, ORDERS

KILLS = 20
CONTACTS = 'source = "old"\nkey = "no"\n[columns]\naccount = "no"\nname = "name"\n'
STOCKED = imports.PRODUCTS + 'stock = "left"\n'


def tables(folder):
    """A small shop as five files: (path, kind, map)."""
    people = "".join(f"{n},Store {n},,\n" for n in range(40))
    goods = "".join(f"P-{n},Thing {n},{n}.50,{n}\n" for n in range(25))
    heads = "".join(f"{n},{n % 40},2014-01-{1 + n % 28:02},,open,1.5,2.25,{n}.99\n" for n in range(60))
    lines = "".join(f"{n},{m},P-{(n + m) % 25},{m},3.333,0,{m * 3.333:.4f},\n" for n in range(60) for m in (1, 2))
    return [
        (imports.table(folder, "no,name,phone,email\n" + people, "a.csv"), "accounts", imports.ACCOUNTS),
        (imports.table(folder, "no,name,phone,email\n" + people, "c.csv"), "contacts", CONTACTS),
        (imports.table(folder, "no,what,price,left\n" + goods, "p.csv"), "products", STOCKED),
        (imports.table(folder, HEAD + heads, "o.csv"), "orders", ORDERS),
        (imports.table(folder, LINE_HEAD + lines, "l.csv.gz"), "order-lines", LINES),
    ]


def content():
    """The business content by its own names: no ids, no times of writing."""
    lines = OrderLine.select(OrderLine, Order, Product).join(Order).switch(OrderLine).join(Product)
    goods = StockMovement.select(StockMovement, Product).join(Product)
    return {
        "accounts": sorted((a.name, a.kind, a.version) for a in Account.select()),
        "contacts": sorted((c.name, c.account.name, c.version) for c in Contact.select()),
        "products": sorted((p.code, p.name, p.list_minor, p.stock, p.version) for p in Product.select()),
        "movements": sorted((m.product.code, m.quantity, m.reason) for m in goods),
        "orders": sorted(
            (o.account_name, o.placed_at, o.subtotal_minor, o.rounding_minor, o.total_minor, o.version)
            for o in Order.select()
        ),
        "lines": sorted((n.order.placed_at, n.position, n.product.code, n.net_minor) for n in lines),
        "names": sorted((e.kind, e.value, e.line_hash) for e in externals.ExternalId.select()),
    }


def bring_all(files):
    for path, kind, mapped in files:
        imports.bring(path, kind, mapped)


def in_a_child(url, files, kill_at=None):
    """Import in a process of its own, killed before its `kill_at`th statement; returns how many it ran."""
    shut()
    back, forth = os.pipe()
    child = os.fork()
    if child == 0:
        store.open(url)
        _count_and_die(kill_at)
        bring_all(files)
        os.write(forth, str(_count_and_die.count).encode())
        os._exit(0)
    os.close(forth)
    status = os.waitpid(child, 0)[1]
    said = os.read(back, 20)
    os.close(back)
    store.open(url)
    assert status == 0 or (kill_at and os.WTERMSIG(status) == signal.SIGKILL)
    return int(said or 0)


def _count_and_die(kill_at):
    _count_and_die.count = 0
    original = peewee.Database.execute_sql

    def counted(self, *args, **kwargs):
        _count_and_die.count += 1
        if _count_and_die.count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, *args, **kwargs)

    peewee.Database.execute_sql = counted


def wipe():
    with store.writing():
        for model in reversed(store.tables()):
            model.delete().execute()


def test_killed_anywhere_and_run_again_it_ends_the_same(database, tmp_path, monkeypatch, rng):
    monkeypatch.setattr(importing, "BATCH_ROWS", 10)
    files = tables(tmp_path)
    statements = in_a_child(database.url, files)
    whole = content()
    assert (len(whole["orders"]), len(whole["lines"]), statements > 200) == (60, 120, True)
    wipe()
    for kill_at in sorted(rng.sample(range(1, statements), KILLS)):
        assert in_a_child(database.url, files, kill_at) == 0, "it was killed, so it could not say how far it came"
        assert ImportRun.select().where(ImportRun.state == "running").count() <= 1
        bring_all(files)
        assert content() == whole, f"killed before statement {kill_at}"
        assert ImportRun.select().where(ImportRun.state == "running").count() == 0
        wipe()


def test_killed_again_and_again_it_still_comes_to_an_end(database, tmp_path, monkeypatch, rng):
    monkeypatch.setattr(importing, "BATCH_ROWS", 10)
    files = tables(tmp_path)
    statements = in_a_child(database.url, files)
    whole = content()
    wipe()
    for kill_at in sorted(rng.sample(range(20, statements // 2), 5)):
        in_a_child(database.url, files, kill_at)
    bring_all(files)
    assert content() == whole


def test_two_imports_of_the_same_files_at_once_make_one_of_each(database, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_ROWS", 10)
    files = tables(tmp_path)
    in_a_child(database.url, files)
    whole = content()
    wipe()
    shut()
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            store.open(database.url)
            bring_all(files)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    store.open(database.url)
    assert content() == whole


def test_a_record_that_somebody_edits_meanwhile_is_decided_anew(database, tmp_path, monkeypatch):
    imports.bring(imports.table(tmp_path, "no,name,phone,email\n1,Store,,\n"), "accounts", imports.ACCOUNTS)
    write, edited = importing.Batch.write, []

    def edit_first(batch, counts):
        if not edited:
            edited.append(Account.get().edit(by=values.system("test"), phone="0917 555 0188"))
        return write(batch, counts)

    monkeypatch.setattr(importing.Batch, "write", edit_first)
    text = "no,name,phone,email\n1,Store of Ana,,\n"
    done = imports.bring(imports.table(tmp_path, text), "accounts", imports.ACCOUNTS)
    assert (imports.tally(done), len(edited)) == ({"changed": 1}, 1)
    assert (Account.get().name, Account.get().phone) == ("Store of Ana", "+639175550188")
