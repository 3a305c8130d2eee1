"""The door for business data: entry, values, notices and form key stand or fall with the rows."""

import pytest

from portal import audit, forgetting, store, values
from portal.audit import Entry, EntryValue, Seal, SentForm
from portal.errors import Invalid, NotFound, Repeated, Stale
from portal.outbox import Outbox
from portal.people.logins import Login
from portal.people.teams import Team
from portal.values import Actor, Recipient, Ref, system

RHEA = Actor(Ref("login", 7), name="Rhea", role="rep", request="r1")
CAROL = Recipient(Ref("login", 9), "Carol", "carol@kitchen.example")


def made(name="North", by=RHEA):
    with audit.change(by, "team.made") as change:
        return change.create(Team, name=name)


def test_a_change_writes_row_entry_and_values(database):
    team = made()
    entry = Entry.get()
    assert (entry.event, entry.subject, entry.actor, entry.actor_name) == (
        "team.made",
        str(team.ref),
        "login:7",
        "Rhea",
    )
    assert [(v.field, v.old, v.new) for v in EntryValue.select()] == [("name", None, '"North"')]


def test_only_what_really_changed_is_recorded(database):
    team = made()
    with audit.change(RHEA, "team.renamed", team) as change:
        assert change.update(team, version=1, name="South") == {"name": ("North", "South")}
    assert (team.version, Team.get().name) == (2, "South")


def test_saving_without_a_change_leaves_no_entry(database):
    team = made()
    with audit.change(RHEA, "team.renamed", team) as change:
        assert change.update(team, version=1, name="North") == {}
    assert Entry.select().count() == 1
    assert team.version == 1


def test_an_edit_of_an_older_version_is_stale(database):
    team = made()
    with audit.change(RHEA, "team.renamed", team) as change:
        change.update(team, version=1, name="South")
    with pytest.raises(Stale) as refusal, audit.change(RHEA, "team.renamed", team) as change:
        change.update(Team.get(), version=1, name="East")
    assert refusal.value.current.name == "South"
    assert Team.get().name == "South"


def test_two_editors_at_once_do_not_overwrite_each_other(database):
    team = made()
    mine, theirs = Team.get(), Team.get()
    with audit.change(RHEA, "team.renamed", team) as change:
        change.update(theirs, name="South")
    with pytest.raises(Stale), audit.change(RHEA, "team.renamed", team) as change:
        change.update(mine, name="East")


@pytest.mark.parametrize("late", ["update", "delete"])
def test_what_somebody_removed_meanwhile_is_missing(database, late):
    team = made()
    opened = Team.get()
    with audit.change(RHEA, "team.removed", team) as change:
        change.delete(team)
    with pytest.raises(NotFound), audit.change(RHEA, "team.changed", opened) as change:
        change.update(opened, version=1, name="South") if late == "update" else change.delete(opened)
    assert [entry.event for entry in Entry.select().order_by(Entry.id)] == ["team.made", "team.removed"]


def test_an_error_takes_everything_back(database):
    with pytest.raises(Invalid), audit.change(RHEA.with_form("key-1", "h"), "team.made") as change:
        change.create(Team, name="North")
        change.tell([CAROL], "hello")
        raise Invalid(name="no")
    assert [m.select().count() for m in (Team, Entry, EntryValue, Outbox, SentForm)] == [0] * 5


def test_a_guard_that_touches_nothing_refuses(database):
    team = made()
    with pytest.raises(Invalid), audit.change(RHEA, "team.renamed", team) as change:
        change.guard(Team.update(name="x").where(Team.name == "gone"), Invalid(name="gone"))


def test_the_same_form_does_one_thing(database):
    by = RHEA.with_form("key-1", "hash-a")
    made(by=by)
    with pytest.raises(Repeated) as refusal:
        made("South", by=by)
    assert refusal.value.same
    assert refusal.value.result == Team.get().ref
    with pytest.raises(Repeated) as refusal:
        made("South", by=RHEA.with_form("key-1", "hash-b"))
    assert not refusal.value.same
    assert Team.select().count() == 1


def test_another_persons_key_is_another_key(database):
    made(by=RHEA.with_form("key-1", "h"))
    made("South", by=Actor(Ref("login", 8), role="rep").with_form("key-1", "h"))
    assert Team.select().count() == 2


def test_nested_changes_join_the_outer_one(database):
    with pytest.raises(RuntimeError), audit.change(RHEA.with_form("k", "h"), "outer") as outer:
        outer.happened()
        made(by=RHEA.with_form("k", "h"))  # does not claim the key a second time
        raise RuntimeError
    assert [m.select().count() for m in (Team, Entry, SentForm)] == [0, 0, 0]


def test_each_recipient_is_told_once_per_channel(database):
    with audit.change(RHEA, "team.made") as change:
        change.create(Team, name="North")
        change.tell([CAROL, CAROL], "hello", word="x")
        change.tell([CAROL.at("old@kitchen.example")], "hello")
    assert [(r.channel, r.address) for r in Outbox.select().order_by(Outbox.id)] == [
        ("inbox", ""),
        ("mail", "carol@kitchen.example"),
        ("mail", "old@kitchen.example"),
    ]
    assert len({r.message_id for r in Outbox.select()}) == 3
    assert audit.last_told() == ["Carol"]


def test_imports_and_demo_data_tell_nobody(database):
    with audit.change(system("import"), "team.made") as change:
        change.create(Team, name="North")
        change.tell([CAROL], "hello")
    assert Outbox.select().count() == 0


def test_secrets_are_recorded_as_changed_and_never_shown(database):
    with audit.change(RHEA, "login.made") as change:
        login = change.create(Login, kind="staff", email="a@b.example", email_key="a@b.example", name="A")
        change.update(login, password_hash="$argon2id$secret")
    assert "secret" not in " ".join(str(v.__data__) for v in EntryValue.select())
    assert "password_hash" in Entry.get().fields


def test_the_chain_shows_what_was_altered(database):
    for name in ("North", "South", "East"):
        made(name)
    assert audit.seal() == 3
    assert list(audit.broken_links()) == []
    with store.schema_change():
        Entry.update(actor_name="Somebody else").where(Entry.id == 2).execute()
    assert list(audit.broken_links()) == ["entry 2: the name of who did it was altered"]
    with store.schema_change():
        Entry.update(actor_name="Rhea", actor_role="admin").where(Entry.id == 2).execute()
    assert list(audit.broken_links()) == ["seal 1: an entry was altered"]


def test_the_chain_shows_altered_values_and_missing_entries(database):
    made()
    made("South")
    audit.seal()
    with store.schema_change():
        EntryValue.update(new='"Paid"').where(EntryValue.entry == 1).execute()
        EntryValue.delete().where(EntryValue.entry == 2).execute()
        Entry.delete().where(Entry.id == 2).execute()
    found = list(audit.broken_links())
    assert "seal 1 covers 2 entries, 1 are there" in found
    assert "entry 1: the value of name was altered" in found


def test_the_name_of_whoever_did_it_can_be_forgotten_without_breaking_the_chain(database):
    made()
    with store.writing():  # as it was written before there were marks
        Entry.create(at=values.now(), event="old", actor=str(RHEA.ref), actor_name="Rhea", actor_role="rep",
                     subject="", about="")  # fmt: skip
    made("South")
    audit.seal()
    with audit.change(RHEA, "names.forgotten") as change:
        before, after = forgetting.drop_names([str(RHEA.ref)])
        change.record("seal", before, after)
    assert before != after
    assert {e.actor_name for e in Entry.select().where(Entry.event != "names.forgotten")} == {values.ERASED}
    audit.seal()
    assert list(audit.broken_links()) == []


def test_values_can_be_forgotten_without_breaking_the_chain(database):
    made()
    audit.seal()
    with store.schema_change():
        EntryValue.delete().execute()
    assert list(audit.broken_links()) == []


def test_sealing_goes_on_where_it_ended(database):
    made()
    audit.seal()
    made("South")
    audit.seal()
    assert audit.seal() == 0
    assert [s.count for s in Seal.select().order_by(Seal.id)] == [1, 1]
    assert list(audit.broken_links()) == []
