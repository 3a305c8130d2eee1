"""A whole shop comes in by the browser's way with the maps of the command line, and what it sold is what it sold."""

import pytest

from portal.customers.accounts import Account
from portal.exchange import run_mapping, run_undoing, run_working
from portal.exchange.importing_maps import read_toml
from portal.people.employees import Employee
from portal.sales.orders import Order
from portal.whole import invariants
from tests import history, runs

pytestmark = [pytest.mark.data, pytest.mark.usefixtures("folder")]
NORTHWIND = [job for job in history.FILES if job[1].startswith("northwind/")]


def bring(by, kind, file, name):
    """One file of the shop, compared under its map and carried out, doubts and all."""
    raw = read_toml((history.MAPS / f"{name}.toml").read_text(encoding="utf-8"))
    raw.pop("kind")
    run = runs.file(by, (history.FOLDER / file).read_bytes(), kind, file)
    run_mapping.compare(run, by=by, kind=kind, raw=raw, shop=runs.SHOP)
    run_working.run()
    assert (runs.again(run).state, runs.again(run).trouble) == ("compared", None)
    return runs.carried_out(run, by, doubtful="take")


def test_a_whole_shop_comes_in_once_and_its_accounts_stay_while_orders_refer_to_them(world):
    if history.missing():
        pytest.skip(history.missing())
    done = {name: bring(world.ada, kind, file, name) for kind, file, name in NORTHWIND}
    assert {name: (run.state, run.refused) for name, run in done.items()} == dict.fromkeys(done, ("done", 0))
    assert Order.select().where(Order.external_number != "").count() == 830
    chief = Employee.get(name="Andrew Fuller")
    assert Employee.select().where(Employee.manager == chief).count() == 5, "links to rows further down are tied"
    assert list(invariants.broken()) == []
    again = bring(world.ada, *NORTHWIND[2])
    assert (again.created, again.changed, again.written) == (0, 0, 0)
    accounts = Account.select().count()
    run_undoing.undo(runs.again(done["northwind-accounts"]), by=world.ada)
    run_working.run()
    undone = runs.again(done["northwind-accounts"])
    assert undone.kept == done["northwind-accounts"].written and Account.select().count() == accounts
