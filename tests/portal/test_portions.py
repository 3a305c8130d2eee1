"""Portions: what the worker carries out goes on where it stood, is done once, and is taken back as one."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import store
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.deeds import Deed
from portal.people.employees import Employee
from portal.people.roles import StaffRole
from portal.whole import bulk, portions, undo, undo_nouns  # noqa: F401
from staff import accounts, many  # noqa: F401  they know how a large change of their rows goes on
from tests import make


@pytest.fixture
def few(monkeypatch):
    """Two rows are a portion."""
    for module, name in ((bulk, "PORTION"), (undo, "PORTION"), (undo, "AT_ONCE")):
        monkeypatch.setattr(module, name, 2)


def asked(world, count):
    """Many accounts, and the deed that waits to move them to Thailand."""
    rows = [make.account(f"Shop {n}", team=world.north) for n in range(count)]
    work = {"noun": "account", "deed": "country", "value": "TH"}
    query, chosen = Account.visible_to(world.mona), bulk.read(bulk.written(rows))
    return rows, bulk.ask(query, by=world.mona, may="accounts.edit", chosen=chosen, note="", work=work)


def countries(rows):
    return [Account.get_by_id(row.id).country for row in rows]


def test_a_large_deed_is_carried_out_piece_by_piece_and_taken_back_alike(world, few):
    rows, deed = asked(world, 5)
    portions.run()
    deed = Deed.get_by_id(deed.id)
    assert (deed.state, deed.count, deed.tally) == ("done", 5, {"done": 5})
    assert set(countries(rows)) == {"TH"}
    made = undo.take_back(deed, by=world.mona)
    assert (made.state, made.undoes_id) == ("waits", deed.id) and set(countries(rows)) == {"TH"}
    portions.run()
    assert set(countries(rows)) == {"PH"}
    made = Deed.get_by_id(made.id)
    assert (made.state, made.count, made.tally["back"]) == ("done", 5, 5)


def test_after_a_crash_it_goes_on_where_it_stood(world, few, monkeypatch):
    rows, deed = asked(world, 5)
    carry_on, seen = portions._carriers["list.changed"], []

    def break_down(deed, by):
        seen.append(deed.reached)
        portion = carry_on(deed, by)
        if len(seen) == 2:
            raise RuntimeError("the power went")
        return portion

    monkeypatch.setitem(portions._carriers, "list.changed", break_down)
    portions.run()
    assert countries(rows) == ["TH", "TH", "PH", "PH", "PH"]
    portions.run()
    assert set(countries(rows)) == {"TH"} and seen[1] == seen[2]
    assert Entry.select().where(Entry.deed == deed.id, Entry.event == "account.edited").count() == 5


def test_a_large_one_of_which_nothing_fits_any_more_can_be_tried_again(world, few):
    rows, deed = asked(world, 3)
    portions.run()
    for row in rows:
        Account.get_by_id(row.id).edit(by=world.rhea, country="SG")
    made = undo.take_back(Deed.get_by_id(deed.id), by=world.mona)
    portions.run()
    assert Deed.get_by_id(deed.id).state == "done"
    assert Deed.get_by_id(made.id).tally == {"kept": 3} and set(countries(rows)) == {"SG"}


def test_two_workers_at_once_do_each_piece_once(postgres, few):
    rows, deed = asked(make.world(), 9)

    def work(_):
        with store.connection():
            portions.run()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    deed = Deed.get_by_id(deed.id)
    assert (deed.state, deed.count, deed.tally) == ("done", 9, {"done": 9})
    assert {Account.get_by_id(row.id).version for row in rows} == {2}


def test_who_may_not_do_it_any_more_stops_it_and_leaves_it_to_others(world, few):
    rows, deed = asked(world, 3)
    portions.run()
    made = undo.take_back(Deed.get_by_id(deed.id), by=world.mona)
    role = StaffRole.add(by=world.ada, name="No journal", base="rep")
    role.edit(by=world.ada, name=role.name, base="rep", reach="team", journal="look")
    Employee.get_by_id(world.mona.employee).edit(by=world.ada, staff_role=role.number)
    portions.run()
    made, deed = Deed.get_by_id(made.id), Deed.get_by_id(deed.id)
    assert (made.state, made.tally, deed.state) == ("done", {"stopped": 1}, "done")
    assert set(countries(rows)) == {"TH"}
    undo.take_back(deed, by=world.ada)
    portions.run()
    assert set(countries(rows)) == {"PH"}
