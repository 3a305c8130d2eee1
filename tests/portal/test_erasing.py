"""Erasing a person: what is asked before, the one letter, what others keep, and what does not come back."""

from datetime import timedelta

import pytest

from portal import audit, values, worker
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.people import passwords
from portal.people.logins import Login
from portal.sales.orders import Order
from portal.values import ERASED
from portal.whole import erasing, erasing_person, erasing_traces, invariants
from portal.whole.erasing import Erasure
from tests import make
from tests.imports import ACCOUNTS, bring, table
from tests.letters import letters

PASSWORD = "a long word of proof"


@pytest.fixture
def ada(world):
    """Ada, who knows her password."""
    with audit.change(world.ada, "login.password_changed") as change:
        change.update(Login.get_by_id(world.ada.ref.id), password_hash=passwords.scramble(PASSWORD))
    return world.ada


def ask(record, by, **typed):
    return erasing.ask(record, **{"by": by, "name": record.name, "password": PASSWORD, "whose": "person"} | typed)


def deliver():
    worker.deliver({"mail": lambda row: None})


def test_a_person_is_erased_only_by_name_and_password(world, ada):
    for typed, field in (({"name": "Dave"}, "name"), ({"password": "wrong"}, "password"), ({"whose": "x"}, "whose")):
        with pytest.raises(Invalid) as refused:
            ask(world.other_account, ada, **typed)
        assert list(refused.value.problems) == [field]
    assert not Erasure.select().exists()


def test_a_company_is_no_person(world, ada):
    with pytest.raises(Invalid) as refused:
        ask(world.account, ada)
    assert refused.value.problems["record"][0] == "erase-not-household"


def test_what_is_open_is_settled_first(world, ada):
    make.order(world.other_account)
    with pytest.raises(Invalid) as refused:
        ask(world.other_account, ada)
    assert refused.value.problems["record"][0] == "erase-still-open"


def test_the_letter_goes_before_the_address(world, ada, tmp_path):
    ask(world.other_account, ada)
    assert list(letters("person_erased")) == ["Dave Ramos"]
    erasing.run(tmp_path)
    assert Erasure.get().state == "told" and Account.get_by_id(world.other_account.id).name == "Dave Ramos"
    deliver()
    erasing.run(tmp_path)
    assert Erasure.get().state == "done"
    assert Account.get_by_id(world.other_account.id).name == ERASED
    assert not Outbox.select().where(Outbox.template == "person_erased").exists()


def test_a_mail_server_that_is_away_holds_it_up_for_three_days_at_most(world, ada, tmp_path):
    ask(world.other_account, ada)
    erasing.run(tmp_path, now=values.now() + timedelta(days=2))
    assert Erasure.get().state == "told"
    erasing.run(tmp_path, now=values.now() + timedelta(days=4))
    assert Erasure.get().state == "done"


def test_the_journal_says_that_somebody_was_erased_and_not_who(world, ada, tmp_path):
    ask(world.other_account, ada)
    deliver()
    erasing.run(tmp_path)
    said = Entry.get(Entry.event == "person.erased")
    told = {field: new for field, _, new in audit.values_of([said])[said.id]}
    assert told == {"whose": '"person"', "asked_name": '"Ada Lim"'}
    assert "Dave" not in str([e.__data__ for e in Entry.select()])


def test_what_went_with_a_person_is_not_missed(world, ada, tmp_path):
    added = Contact.add(world.account, by=world.rhea, name="Lito Reyes", role="buyer", email="lito@sari.example")
    ask(added, ada)
    deliver()
    erasing.run(tmp_path)
    assert not Contact.select().where(Contact.id == added.id).exists()
    assert Entry.select().where(Entry.subject == str(added.ref)).exists()
    assert list(invariants.broken()) == []


def test_orders_stay_with_goods_and_amounts(world, ada, tmp_path):
    place = {"city": "Cebu", "country": "PH", "address": 7}
    order = make.order(world.other_account, state="delivered", ship_to=place)
    ask(world.other_account, ada)
    deliver()
    erasing.run(tmp_path)
    kept = Order.get_by_id(order.id)
    assert (kept.total_minor, kept.account_name, len(kept.lines)) == (order.total_minor, ERASED, 1)
    assert list(invariants.broken()) == []
    assert kept.ship_to == {"city": "", "country": "PH", "address": None, "recipient": ERASED}


def test_one_of_a_company_leaves_the_others_and_their_words_without_the_name(world, ada, tmp_path):
    order = make.order(world.account, state="delivered", note="Ask Cora Dizon at the gate", placed_by="Cora Dizon")
    ask(world.contacts["cora"], ada)
    deliver()
    erasing.run(tmp_path)
    kept = Order.get_by_id(order.id)
    assert (kept.note, kept.placed_by) == (f"Ask {ERASED} at the gate", ERASED)
    assert [person.name for person in Contact.of(world.account)] == ["Carol Dizon"]
    login = world.logins["cora"]
    assert not Login.get_by_id(login.id).is_active
    assert Login.get_by_id(world.logins["carol"].id).name == "Carol Dizon"


def test_who_works_in_another_account_keeps_the_sign_in(world, ada, tmp_path):
    make.row(type(world.memberships["cora"]), login=world.logins["cora"], account=world.other_account)
    assert erasing_person.whole(world.contacts["cora"]).logins == set()


def test_an_import_does_not_bring_back_who_was_erased(world, ada, folder, tmp_path):
    bring(table(tmp_path, "no,name,phone,email\n7,Ana Lim,,ana@lim.example\n"), "accounts", ACCOUNTS)
    account = Account.get(Account.name == "Ana Lim")
    Account.update(kind="household")
    with audit.change(ada, "account.edited", account) as change:
        change.update(account, kind="household")
    ask(account, ada)
    erasing.run(tmp_path, now=values.now() + timedelta(days=4))
    again = bring(table(tmp_path, "no,name,phone,email\n7,Ana Lim,,\n8,Bo Lim,,\n"), "accounts", ACCOUNTS)
    assert [problem for *_, problem in again.said] == ["import-erased"]
    assert again.counts["created"] == 1
    assert not Account.select().where(Account.name == "Ana Lim").exists()


def test_what_a_crash_left_half_done_is_finished(world, ada, tmp_path, monkeypatch):
    ask(world.other_account, ada)
    deliver()
    steps = erasing.erasing_rules.STEPS

    def breaks(eraser):
        raise MemoryError

    monkeypatch.setattr(erasing.erasing_rules, "STEPS", (*steps[:5], breaks))
    with pytest.raises(MemoryError):
        erasing.run(tmp_path)
    assert Erasure.get().reached == 5
    monkeypatch.setattr(erasing.erasing_rules, "STEPS", steps)
    erasing.run(tmp_path)
    assert Erasure.get().state == "done"


def test_the_list_of_who_was_erased_holds_each_once_and_survives_a_cut(world, ada, tmp_path):
    ask(world.other_account, ada)
    erasing.run(tmp_path, now=values.now() + timedelta(days=4))
    strange = erasing_traces.line_of(Erasure.get()) | {"asked_name": "Ada\u2028Lim"}
    erasing_traces.write_down(tmp_path, [strange])
    listed = erasing_traces.written_down(tmp_path)
    (tmp_path / "erased.new").write_text('{"kind":"acc')  # a write that was cut off
    erasing_traces.write_down(tmp_path, listed)
    assert erasing_traces.written_down(tmp_path) == listed == [erasing_traces.line_of(Erasure.get()), strange]
