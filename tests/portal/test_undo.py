"""Taking back: what fits goes back by the noun's own verb, what does not is said, and that can be taken back too."""

from dataclasses import replace

import pytest

from portal import audit, deeds, search, store, values
from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from portal.audit import Entry
from portal.customers import points, tags
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.deeds import Deed
from portal.outbox import Outbox
from portal.sales.catalogue import Category
from portal.whole import bulk, custom_fields, undo, undo_nouns  # noqa: F401
from tests import make, races
from tests.refusals import problems


def newest():
    return Deed.select().order_by(Deed.id.desc()).first()


def now(row):
    return type(row).get_by_id(row.id)


def edit(row, by, **changes):
    """One save, and the deed it makes."""
    now(row).edit(by=by, **changes)
    return newest()


def lines(deed, actor):
    return {(r.ref, one.field): one for r in undo.preview(deed, actor).records for one in r.lines}


def test_one_save_is_one_deed_that_says_what_would_change_back(world):
    deed = edit(world.account, world.rhea, phone="0917 555 0101", legal_name="Kitchen Inc.")
    assert (deed.kind, deed.event, deed.subject, deed.count) == ("edit", "account.edited", str(world.account.ref), 1)
    assert deed.account == world.account.id and deed.actor_name == "Rhea Cruz"
    found = lines(deed, world.rhea)
    line = found[world.account.ref, "legal_name"]
    assert (line.now, line.back, line.why) == ("Kitchen Inc.", "", None)
    assert len(found) == 2


def test_taking_it_back_is_an_edit_by_its_own_verb_told_and_found_as_any(world):
    deed = edit(world.account, world.mona, name="Wholly Other")
    before = Outbox.select().count()
    made = undo.take_back(deed, by=world.mona)
    assert now(world.account).name == world.account.name
    assert Outbox.select().count() > before
    assert search.find("wholly", ["account"], world.mona)["account"].records == []
    assert (made.kind, made.undoes_id, made.count) == ("undo", deed.id, 1)
    assert now(deed).state == "back" and now(deed).back_by == "Mona Santos"
    events = [entry.event for entry in Entry.select().order_by(Entry.id.desc()).limit(2)]
    assert events == ["deed.taken_back", "account.edited"]


def test_what_was_taken_back_can_be_done_again(world):
    made = undo.take_back(edit(world.account, world.rhea, legal_name="Kitchen Inc."), by=world.rhea)
    undo.take_back(made, by=world.rhea)
    assert now(world.account).legal_name == "Kitchen Inc."
    assert problems(undo.take_back, now(made), by=world.rhea) == {"deed": "undo-done-already"}


def test_a_newer_value_stays_unless_it_is_chosen_as_it_was_seen(world):
    deed = edit(world.account, world.rhea, legal_name="First", website="https://first.example")
    edit(world.account, world.mona, legal_name="Second")
    line = lines(deed, world.rhea)[world.account.ref, "legal_name"]
    assert line.why == ("undo-changed-since", {"name": "Mona Santos"}) and line.now == "Second"
    made = undo.take_back(deed, by=world.rhea)
    assert now(world.account).legal_name == "Second" and now(world.account).website == ""
    assert made.tally == {"back": 1, "kept": 1}
    undo.take_back(made, by=world.rhea)
    redo = edit(world.account, world.rhea, phone="0917 555 0101")
    assert redo.id > made.id
    third = edit(world.account, world.rhea, language="th")
    edit(world.account, world.mona, language="fil")
    mark = lines(third, world.rhea)[world.account.ref, "language"].mark
    undo.take_back(third, by=world.rhea, over=[mark])
    assert now(world.account).language == "en"


def test_a_mark_of_a_value_that_moved_on_once_more_counts_no_longer(world):
    deed = edit(world.account, world.rhea, legal_name="First")
    edit(world.account, world.mona, legal_name="Second")
    mark = lines(deed, world.rhea)[world.account.ref, "legal_name"].mark
    edit(world.account, world.mona, legal_name="Third")
    assert problems(undo.take_back, deed, by=world.rhea, over=[mark]) == {"deed": "undo-nothing-fits"}
    assert now(world.account).legal_name == "Third" and now(deed).state == "done"


def test_who_may_not_do_the_same_edit_may_not_take_it_back(world):
    south = make.account("Southern", team=world.south)
    deed = edit(south, world.ada, legal_name="South Inc.")
    assert undo.preview(deed, world.rhea).records[0].why == ("undo-gone", {})
    assert problems(undo.take_back, deed, by=world.rhea) == {"deed": "undo-nothing-fits"}
    world.account.reassign(by=world.mona, owner=None, team=world.north.id)
    moved = newest()
    assert undo.preview(moved, world.rhea).records[0].why == ("undo-not-yours", {})
    assert problems(undo.take_back, moved, by=world.rhea) == {"deed": "undo-nothing-fits"}


def test_own_deeds_are_seen_by_oneself_those_of_the_team_by_its_manager_all_by_admins(world):
    deed = edit(world.account, world.rhea, legal_name="Kitchen Inc.")
    south = edit(make.account("Southern", team=world.south), world.ada, legal_name="South Inc.")
    people = ("rhea", "mona", "owen", "ada")
    seen = {name: {row.id for row in Deed.visible_to(getattr(world, name))} for name in people}
    assert seen == {"rhea": {deed.id}, "mona": {deed.id}, "owen": set(), "ada": {deed.id, south.id}}


def test_what_a_rule_refuses_now_is_said_beforehand_and_the_rest_goes_back(world):
    deed = edit(world.account, world.rhea, country="TH", legal_name="Kitchen Inc.")
    with store.writing():
        audit.EntryValue.update(old='"XX"').where(audit.EntryValue.field == "country").execute()
    assert lines(deed, world.rhea)[world.account.ref, "country"].why[0] == "country-unknown"
    assert undo.take_back(deed, by=world.rhea).tally == {"back": 1, "kept": 1}
    assert (now(world.account).country, now(world.account).legal_name) == ("TH", "")


def test_many_rows_changed_at_once_are_one_deed(world):
    rows = [make.account(f"Shop {n}", team=world.north) for n in range(3)]
    chosen = bulk.read(bulk.written(rows))
    move = lambda row, by: row.edit(by=by, version=row.version, country="TH")  # noqa: E731
    bulk.carry_out(Account.visible_to(world.mona), move, by=world.mona, may="accounts.edit", chosen=chosen)
    deed = newest()
    assert (deed.kind, deed.event, deed.count, deed.account) == ("many", "list.changed", 3, None)
    now(rows[0]).edit(by=world.rhea, country="SG")
    made = undo.take_back(deed, by=world.mona)
    assert [now(row).country for row in rows] == ["SG", "PH", "PH"]
    assert made.count == 2 and made.tally == {"back": 2, "kept": 1}


def test_who_gets_a_further_number_keeps_it(world):
    """Further numbers go by the name of the main one in the audit; nothing of the main one goes back for them."""
    carol = world.contacts["carol"]
    edit(carol, world.rhea, phone="0917 555 0100")
    points.add(now(carol), by=world.rhea, kind="phone", value="0917 555 0199")
    assert undo.preview(newest(), world.rhea).records[0].why == ("undo-as-before", {})
    assert Contact.get_by_id(carol.id).phone.endswith("0100")


def test_thirty_days_later_it_is_too_late(world):
    deed = edit(world.account, world.rhea, legal_name="Kitchen Inc.")
    later = values.now() + deeds.timedelta(days=31)
    assert problems(undo.take_back, deed, by=world.rhea, now=later) == {"deed": "undo-too-late"}
    edit(world.account, world.rhea, legal_name="Newer")
    with audit.change(values.system("tests"), "deeds.dropped"):
        assert deeds.drop_old(later) == 1
    assert [row.id for row in Deed.select()] == [newest().id]


def test_what_the_system_does_quietly_is_no_deed(world):
    for by in (values.system("import"), replace(world.rhea, is_quiet=True)):
        now(world.account).edit(by=by, legal_name=f"By {by.name}")
    assert Deed.select().count() == 0


def test_an_edit_costs_one_statement_more(world, count_queries):
    account = now(world.account)
    account.edit(by=world.rhea, legal_name="Zero")  # the people behind it are at hand from now on
    with_deed = count_queries(lambda: account.edit(by=world.rhea, legal_name="One"))
    deeds._kinds.pop("account.edited")
    try:
        without = count_queries(lambda: account.edit(by=world.rhea, legal_name="Two"))
    finally:
        deeds.keep("account.edited")
    assert with_deed - without <= 1


def test_tags_addresses_and_goods_go_back_by_their_own_verbs(world):
    account = now(world.account)
    tags.put(account, by=world.rhea, tag="VIP")
    tagged = newest()
    assert lines(tagged, world.rhea)[account.ref, "tag"].now == "VIP"
    made = undo.take_back(tagged, by=world.rhea)
    assert now(account).tags == []
    undo.take_back(made, by=world.rhea)
    assert now(account).tags == ["VIP"]
    first, second = make.address(account), make.address(account)
    now(first).archive(by=world.rhea)
    made = undo.take_back(newest(), by=world.rhea)
    assert now(first).archived_at is None and now(second).is_default_shipping
    undo.take_back(made, by=world.rhea)
    assert now(first).archived_at is not None
    rice = make.product()
    shelf = Category.named("Grains", by=world.mona)
    now(rice).edit(by=world.mona, version=1, category="Rice and more", cost_minor=5_000)
    now(rice).edit(by=world.mona, version=2, category=shelf)
    undo.take_back(newest(), by=world.mona)
    assert now(rice).category.name == "Rice and more"
    now(rice).withdraw(by=world.mona)
    assert undo.preview(newest(), world.rhea).records[0].why == ("undo-not-yours", {})
    undo.take_back(newest(), by=world.mona)
    assert now(rice).on_sale_to is None


def test_tasks_and_interactions_go_back_too(world):
    task = Task.add("Call Carol", by=world.rhea, account=world.account, due_on="2026-12-01")
    now(task).edit(by=world.rhea, title="Visit Carol", due_on=None)
    undo.take_back(newest(), by=world.rhea)
    assert (now(task).title, str(now(task).due_on)) == ("Call Carol", "2026-12-01")
    now(task).assign(by=world.rhea, owner=world.employees["mona"].id)
    undo.take_back(newest(), by=world.rhea)
    assert now(task).owner_id == world.employees["rhea"].id
    talk = Interaction.log(world.account, by=world.rhea, kind="call", subject="Rice")
    now(talk).edit(by=world.rhea, subject="Beans", outcome="reached")
    undo.take_back(newest(), by=world.rhea)
    assert (now(talk).subject, now(talk).outcome) == ("Rice", "")


def test_fields_that_the_shop_added_go_back_as_well(world):
    field = custom_fields.make(
        "account", by=world.ada, kind="text", labels={"en": "Nickname"}, writers=["rep"], readers=["rep"]
    )
    key = field.as_field().name
    edit(world.account, world.rhea, **{key: "Kusina"})
    deed = edit(world.account, world.rhea, **{key: "Lutuan"})
    assert [(one.now, one.back) for one in lines(deed, world.rhea).values()] == [("Lutuan", "Kusina")]
    undo.take_back(deed, by=world.rhea)
    assert getattr(now(world.account), key) == "Kusina"


@pytest.mark.parametrize("people", [2, 4])
def test_of_several_who_take_back_the_same_deed_one_does(postgres, people):
    world = make.world()
    deed = edit(world.account, world.rhea, legal_name="Kitchen Inc.")
    came = races.race(people, lambda n: lambda: undo.take_back(Deed.get_by_id(deed.id), by=world.mona))
    assert came == ["done", *["undo-done-already"] * (people - 1)]


def test_an_edit_at_the_same_time_wins_or_is_taken_into_account(postgres):
    world = make.world()
    deed = edit(world.account, world.rhea, legal_name="First")

    def work(n):
        if n:
            return lambda: undo.take_back(Deed.get_by_id(deed.id), by=world.mona)
        row = now(world.account)
        return lambda: row.amend(by=world.rhea, legal_name="Second")

    came = races.race(2, work)
    assert now(world.account).legal_name in ("Second", "") and came[0] == "done"
