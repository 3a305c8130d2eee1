"""What a brought file would do is seen before it does it, is done exactly once, and can be taken back."""

import io
from datetime import timedelta

import peewee
import pytest

from portal import audit, externals, outbox, values
from portal.activity.interactions import Interaction, InteractionPerson
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.deeds import Deed
from portal.errors import Invalid, Stale
from portal.exchange import importing, run_carrying, run_files, run_mapping, run_rows, run_working
from portal.exchange.map_files import ImportMap
from portal.exchange.runs import ImportRun
from portal.files import File
from portal.whole import invariants, undo, undo_imports  # noqa: F401 offers the undo of imports
from tests import make, runs
from tests.own_fields import custom_field

STORES = "ID,Name,Email,Phone\n7,Aling Nena,nena@tindahan.example,0917 555 0188\n8,Bahay Kubo,kubo@x.example,\n"
MOVED = STORES.replace("nena@tindahan", "nena@palengke")

pytestmark = pytest.mark.usefixtures("folder")


def test_nothing_is_written_before_the_person_presses_and_nobody_else_is_told(world):
    run = runs.compared(world.mona, STORES)
    assert (run.state, run.created, run.same) == ("compared", 2, 0)
    assert Account.get_or_none(name="Aling Nena") is None
    run = runs.carried_out(run, world.mona)
    assert (run.state, run.written) == ("done", 2) and Account.get(name="Aling Nena").email == "nena@tindahan.example"
    told = {(row.template, row.recipient) for row in outbox.Outbox.select()}
    assert told == {(name, str(world.mona.ref)) for name in ("import_compared", "import_done")}
    entry = audit.Entry.get(audit.Entry.event == "import.rows")
    assert entry.actor_name == world.mona.name
    again = runs.compared(world.mona, STORES)
    assert (again.same, runs.rows(again)) == (2, {})


def test_a_changed_row_shows_old_and_new_and_a_field_can_stay_as_it_is(world):
    runs.brought(world.mona, STORES)
    text = MOVED.replace("Bahay Kubo", "Bahay Kubo Store").replace("kubo@x", "kubo@y")
    run = runs.compared(world.mona, text)
    assert runs.rows(run)[2].fields == {"email": ["nena@tindahan.example", "nena@palengke.example"]}
    runs.carried_out(run, world.mona, left=["email"])
    assert {a.name: a.email for a in Account.select().where(Account.email.contains("x.example"))} == {
        "Bahay Kubo Store": "kubo@x.example"
    }
    assert Account.get(name="Aling Nena").email == "nena@tindahan.example"


def test_what_people_edited_here_is_a_doubt_and_stays_unless_it_is_taken(world):
    runs.brought(world.mona, STORES)
    Account.get(name="Aling Nena").edit(by=world.mona, email="mine@here.example")
    run = runs.compared(world.mona, MOVED)
    row = runs.rows(run)[2]
    assert (row.outcome, runs.why(row)) == ("doubtful", ["import-edited-here"])
    runs.carried_out(run, world.mona)
    assert Account.get(name="Aling Nena").email == "mine@here.example"
    run_rows.choose(runs.again(run), by=world.mona, choices={2: "take"})
    runs.carried_out(run, world.mona)
    assert Account.get(name="Aling Nena").email == "nena@palengke.example"


def test_what_is_likely_here_already_updates_the_record_that_is_chosen(world):
    make.account(name="Aling Nena", email="nena@tindahan.example", folded="aling nena")
    nena = Account.get(name="Aling Nena")
    run = runs.compared(world.mona, STORES)
    row = runs.rows(run)[2]
    assert row.outcome == "doubtful" and row.likely[0][0] == nena.id
    run_rows.choose(run, by=world.mona, choices={2: f"update {nena.id} {nena.version}"})
    run = runs.carried_out(run, world.mona)
    assert Account.get_by_id(nena.id).phone == "0917 555 0188" and run.written == 2
    assert externals.record_of("list", "account", "7") == nena.id
    with pytest.raises(Invalid) as refused:
        run_rows.choose(run, by=world.mona, choices={2: "leave"})
    assert refused.value.problems["choice"][0] == "import-moved-on"


def test_two_rows_that_are_alike_are_a_doubt(world):
    run = runs.compared(world.mona, STORES + "9,Bahay Kubo,kubo@x.example,\n")
    assert runs.why(runs.rows(run)[4]) == ["import-alike-line"]
    assert run.created == 2 and runs.carried_out(run, world.mona, doubtful="update").written == 2


def test_a_newer_edit_between_comparing_and_writing_is_left_alone(world):
    runs.brought(world.mona, STORES)
    run = runs.compared(world.mona, MOVED)
    Account.get(name="Aling Nena").edit(by=world.mona, email="newer@here.example")
    run = runs.carried_out(run, world.mona)
    row = runs.rows(run)[2]
    assert (row.outcome, row.state, runs.why(row)) == ("doubtful", "open", ["import-changed-since"])
    assert Account.get(name="Aling Nena").email == "newer@here.example" and run.written == 0


def test_two_people_who_bring_the_same_file_make_one_of_each(world):
    one, two = runs.compared(world.mona, STORES), runs.compared(world.ada, STORES)
    runs.carried_out(one, world.mona)
    two = runs.carried_out(two, world.ada)
    assert Account.select().where(Account.name == "Aling Nena").count() == 1
    assert runs.outcomes(two) == {2: ("created", "same"), 3: ("created", "same")} and two.written == 0


def test_rows_of_accounts_out_of_reach_and_fields_that_one_may_not_write_are_refused(world):
    runs.brought(world.ada, STORES + "9,South Store,s@x.example,\n")
    with audit.change(values.system("test"), "test.moved"):
        Account.update(team=world.south).where(Account.name == "South Store").execute()
    run = runs.compared(world.mona, STORES.replace("7,Aling", "9,Aling"))
    assert runs.why(runs.rows(run)[2]) == ["import-row-foreign"] and runs.rows(run)[2].fields == {}
    with pytest.raises(Invalid) as refused:
        runs.compared(world.mona, "ID,Name\n1,Ana\n", kind="employees")
    assert "kind" in refused.value.problems


def test_taking_back_removes_what_was_new_and_puts_back_what_was_changed(world):
    runs.brought(world.mona, STORES)
    accounts = Account.select().count()
    run = runs.brought(world.mona, MOVED + "9,Cora Store,cora@x.example,\n")
    assert Account.select().count() == accounts + 1
    run = runs.undone(run, world.mona)
    assert (run.state, run.undone, run.kept) == ("undone", 2, 0)
    assert Account.get(name="Aling Nena").email == "nena@tindahan.example"
    assert Account.select().count() == accounts and externals.record_of("list", "account", "9") is None
    assert list(invariants.broken()) == []
    once_more = runs.compared(world.mona, MOVED + "9,Cora Store,cora@x.example,\n")
    assert (once_more.created, once_more.changed, once_more.same) == (1, 1, 1)


def test_what_others_refer_to_and_what_changed_since_stays_and_is_named(world):
    runs.brought(world.mona, STORES)
    run = runs.brought(world.mona, MOVED + "9,Cora Store,cora@x.example,\n10,Dan Store,d@x.example,\n")
    make.contact(Account.get(name="Cora Store"))
    Account.get(name="Dan Store").edit(by=world.mona, phone="0917 555 0100")
    Account.get(name="Aling Nena").edit(by=world.mona, email="newer@here.example")
    run = runs.undone(run, world.mona)
    assert (run.undone, run.kept) == (0, 3)
    found = {row.name: runs.why(row) for row in runs.rows(run).values()}
    assert found == {
        "Cora Store": ["import-kept-used"],
        "Dan Store": ["import-kept-changed"],
        "Aling Nena": ["import-kept-changed"],
    }
    assert Account.get(name="Aling Nena").email == "newer@here.example"


def test_a_list_that_was_fetched_here_finds_its_records_by_our_numbers(world):
    text = f"number,name,phone\n{world.account.number},{world.account.name},0917 555 0155\n"
    run = runs.compared(world.mona, text)
    assert list(runs.rows(run)[2].fields) == ["phone"]
    runs.carried_out(run, world.mona)
    assert Account.get_by_id(world.account.id).phone == "0917 555 0155"


def test_own_fields_are_compared_written_and_taken_back(world):
    custom_field(label="Gate code")
    custom_field(label="Size", kind="choice", options=("Small", "Large"))
    text = "ID,Name,Gate code,Size\n7,Aling Nena,4711,Large\n8,Bahay Kubo,,Huge\n"
    run = runs.brought(world.mona, text)
    nena = Account.get(name="Aling Nena")
    assert (nena.gate_code, nena.size) == ("4711", "large") and runs.why(runs.rows(run)[3]) == ["import-not-a-choice"]
    second = runs.brought(world.mona, text.replace("4711", "4712"))
    assert runs.rows(second)[2].fields == {"gate_code": ["4711", "4712"]}
    runs.undone(second, world.mona)
    assert Account.get(name="Aling Nena").gate_code == "4711"


def test_columns_are_understood_by_their_names_in_three_languages(world):
    named = "Unang pangalan,Apelyido,อีเมล,โทรศัพท์,Kasarian,รหัสลูกค้า\nAna,Cruz,a@x.example,0917,babae,7\n"
    run = run_files.bring(by=world.mona, stream=_stream(named), name="contacts 2026.csv")
    kind, raw = run_mapping.guess(run, world.mona)
    assert kind == "contacts" and raw["columns"] == {
        "account": "รหัสลูกค้า",
        "name": "{Unang pangalan} {Apelyido}",
        "email": "อีเมล",
        "phone": "โทรศัพท์",
        "gender": "Kasarian",
    }
    assert raw["values"] == {"gender": {"babae": "female"}}


def _stream(text):
    return io.BytesIO(text.encode())


def test_contacts_find_their_accounts_by_name(world):
    run = runs.brought(world.mona, f"ID,Name,Company\n1,Ana Cruz,{world.account.name.upper()}\n", kind="contacts")
    assert run.written == 1 and Contact.get(name="Ana Cruz").account == world.account


def test_calls_of_another_system_come_in_with_who_took_part_and_go_again(world):
    carol, account = world.contacts["carol"].name, world.account.name
    text = f"ID,Kind,Company,Date,Subject,Contact\n1,call,{account},2026-10-13,Hello,{carol}\n"
    run = runs.brought(world.mona, text, kind="interactions")
    assert run.written == 1 and InteractionPerson.select().count() == 1
    assert runs.undone(run, world.mona).undone == 1 and Interaction.select().count() == 0


def test_a_run_that_is_stopped_goes_on_where_it_stood(world, monkeypatch):
    monkeypatch.setattr(run_carrying, "BATCH_ROWS", 10)
    run = runs.compared(world.mona, "ID,Name\n" + "".join(f"{n},Store {n}\n" for n in range(40)))
    run_carrying.carry_out(run, by=world.mona)
    write, steps = importing.Batch.put, []

    def stop_after_two(batch, change):
        steps.append(1)
        if len(steps) == 3:
            ImportRun.update(state="stopped", worker="", beat_at=None).where(ImportRun.id == run.id).execute()
        return write(batch, change)

    with monkeypatch.context() as patch:
        patch.setattr(importing.Batch, "put", stop_after_two)
        run_working.run()
    assert Account.select().where(Account.name.startswith("Store ")).count() in (20, 30)
    run = runs.carried_out(runs.again(run), world.mona)
    assert (run.state, run.written) == ("done", 40)
    assert Account.select().where(Account.name.startswith("Store ")).count() == 40


def test_a_batch_that_the_database_refuses_once_is_decided_anew(world, monkeypatch):
    run = runs.compared(world.mona, STORES)
    write, refused = importing.Batch.put, []

    def refuse_once(batch, change):
        if not refused:
            refused.append(write(batch, change))
            raise peewee.IntegrityError("somebody was faster")
        return write(batch, change)

    monkeypatch.setattr(importing.Batch, "put", refuse_once)
    run = runs.carried_out(run, world.mona)
    assert (run.state, run.written) == ("done", 2) and refused
    assert Account.select().where(Account.name == "Aling Nena").count() == 1


def test_of_two_decisions_on_the_same_import_the_second_is_told(world):
    run = runs.compared(world.mona, STORES)
    run_carrying.carry_out(run, by=world.mona, version=run.version)
    with pytest.raises((Invalid, Stale)):
        run_carrying.carry_out(ImportRun.get_by_id(run.id), by=world.ada)


def test_after_thirty_days_neither_the_file_nor_its_rows_are_kept(world):
    run = runs.brought(world.mona, STORES)
    run_files.forget_old(values.now() + timedelta(days=29))
    assert len(runs.rows(run)) == 2
    run_files.forget_old(values.now() + timedelta(days=31))
    assert (runs.again(run).content, runs.rows(run), File.select().count()) == (None, {}, 0)
    with pytest.raises(Invalid):
        runs.undone(run, world.mona)


def test_the_map_of_a_colleague_serves_the_next_file_with_the_same_columns(world):
    runs.compared(world.ada, STORES, source="old-shop")
    run = run_files.bring(by=world.mona, stream=_stream(STORES), name="x.csv")
    assert run_mapping.guess(run, world.mona)[1]["source"] == "old-shop" and ImportMap.select().count() == 1


def test_an_import_stands_in_the_journal_and_is_taken_back_from_there(world):
    run = runs.brought(world.mona, STORES)
    deed = Deed.get()
    assert (deed.kind, deed.actor_name) == ("import", world.mona.name)
    seen = undo.preview(deed, world.mona).records
    assert [(one.ref, one.will) for one in seen] == [(run.ref, ("import-undo-rows", {"rows": 2}))]
    undo.take_back(deed, by=world.mona)
    assert runs.again(run).state == "undoing"
    run_working.run()
    assert (runs.again(run).undone, Deed.get_by_id(deed.id).state) == (2, "back")
