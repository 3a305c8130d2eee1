"""The outbox: one row per event, recipient and channel; claimed by one worker; in order for each address."""

from datetime import timedelta

import pytest

from portal import audit, outbox, store, values
from portal.outbox import LEASE, WAITS_SECONDS, Outbox
from portal.people.teams import Team
from portal.values import Actor, Recipient, Ref, system

RHEA = Actor(Ref("login", 7), name="Rhea", role="rep")
NOW = values.now()


def person(name, **fields):
    return Recipient(Ref("login", sum(name.encode())), name, f"{name.lower()}@people.example", **fields)


def told(*people, by=RHEA, now=NOW, name=None):
    """An event that tells these people by mail; returns its rows."""
    with audit.change(by, "team.made", now=now) as change:
        change.create(Team, name=name or f"Team {Team.select().count()}")
        change.tell([Recipient(p.ref, p.name, p.email, channels=("mail",)) for p in people], "hello")
    return list(Outbox.select().where(Outbox.entry == change.entry_id).order_by(Outbox.id))


def ids(rows):
    return [row.id for row in rows]


def state(row):
    return Outbox.get_by_id(row.id).state


def test_each_event_recipient_and_channel_has_one_row_and_one_message_id(database):
    carol, dave = person("Carol"), person("Dave")
    with audit.change(RHEA, "team.made") as change:
        change.create(Team, name="North")
        change.tell([carol, dave, carol], "hello")
        change.tell([dave, carol.at("old@people.example")], "hello")
    rows = list(Outbox.select().order_by(Outbox.id))
    assert sorted((r.name, r.channel, r.address) for r in rows) == [
        ("Carol", "inbox", ""),
        ("Carol", "mail", "carol@people.example"),
        ("Carol", "mail", "old@people.example"),
        ("Dave", "inbox", ""),
        ("Dave", "mail", "dave@people.example"),
    ]
    assert len({r.message_id for r in rows}) == 5


def test_a_change_that_is_rolled_back_tells_nobody(database):
    with pytest.raises(RuntimeError), audit.change(RHEA, "team.made") as change:
        change.create(Team, name="North")
        change.tell([person("Carol")], "hello")
        raise RuntimeError
    assert Outbox.select().count() == 0


def test_a_nested_change_that_fails_takes_every_notice_with_it(database):
    with pytest.raises(RuntimeError), audit.change(RHEA, "team.made") as outer:
        outer.create(Team, name="North")
        outer.tell([person("Carol")], "hello")
        with audit.change(RHEA, "team.made") as inner:
            inner.create(Team, name="South")
            inner.tell([person("Dave")], "hello")
        raise RuntimeError
    assert Outbox.select().count() == 0


def test_imports_and_demo_data_tell_nobody(database):
    assert told(person("Carol"), by=system("import")) == []


def test_a_claimed_message_is_nobody_elses_until_its_lease_is_over(database):
    told(person("Carol"))
    [row] = outbox.claim(now=NOW)
    assert outbox.claim(now=NOW + LEASE) == []
    [again] = outbox.claim(now=NOW + LEASE + timedelta(seconds=1))
    assert again.id == row.id and again.fence == row.fence + 1


def test_a_renewed_lease_holds_longer(database):
    told(person("Carol"))
    rows = outbox.claim(now=NOW)
    outbox.renew(rows, now=NOW + timedelta(seconds=3))
    assert outbox.claim(now=NOW + LEASE + timedelta(seconds=1)) == []


def test_a_worker_that_lost_its_lease_cannot_say_how_it_went(database):
    told(person("Carol"))
    [late] = outbox.claim(now=NOW)
    [taken] = outbox.claim(now=NOW + 2 * LEASE)
    assert not outbox.sent(late)
    outbox.failed(late, "too late", for_good=True)
    assert state(taken) == "waiting"
    assert outbox.sent(taken) and state(taken) == "sent"
    outbox.failed(taken, "after all", for_good=True)
    assert state(taken) == "sent"


def test_a_lease_from_before_the_clock_was_put_back_does_not_hold_for_hours(database):
    told(person("Carol"), now=NOW - timedelta(hours=2))
    outbox.claim(now=NOW)
    assert len(outbox.claim(now=NOW - timedelta(hours=1))) == 1


WAYS = ("hashjoin", "mergejoin", "hashagg", "sort", "material")


def test_no_more_is_claimed_than_was_asked_for_whatever_way_the_database_takes(postgres):
    told(*(person(f"Person{n}") for n in range(8)))
    for way in WAYS:
        store.db.connection().execute(f"SET enable_{way} = off")
    assert [len(outbox.claim(most, now=NOW)) for most in (1, 2)] == [1, 2]


def test_messages_to_one_address_go_out_one_after_the_other(database):
    carol, dave = person("Carol"), person("Dave")
    [first], [second], [other] = told(carol), told(carol), told(dave)
    assert ids(outbox.claim(now=NOW)) == [first.id, other.id]
    assert outbox.claim(now=NOW) == []
    outbox.sent(Outbox.get_by_id(first.id))
    assert ids(outbox.claim(now=NOW)) == [second.id]


def test_a_message_that_has_to_wait_holds_up_its_own_address_only(database):
    carol, dave = person("Carol"), person("Dave")
    told(carol)
    [poison] = outbox.claim(now=NOW)
    outbox.failed(poison, "450 later", now=NOW)
    told(carol)
    [other] = told(dave)
    [claimed] = outbox.claim(now=NOW)
    assert claimed.id == other.id and outbox.sent(claimed)
    assert ids(outbox.claim(now=NOW + timedelta(seconds=6))) == [poison.id]


def test_a_dead_message_lets_the_next_one_pass(database):
    carol = person("Carol")
    told(carol)
    [poison] = outbox.claim(now=NOW)
    outbox.failed(poison, "550 nobody here", for_good=True, now=NOW)
    [second] = told(carol)
    assert ids(outbox.claim(now=NOW)) == [second.id]


def test_waits_grow_and_end_in_a_dead_letter(database):
    told(person("Carol"))
    now, waits = NOW, []
    for _ in WAITS_SECONDS:
        [row] = outbox.claim(now=now)
        assert outbox.failed(row, "450 later\r\nBcc: x", now=now) == "waiting"
        due = Outbox.get().due_at
        waits.append((due - now).total_seconds())
        now = due
    [row] = outbox.claim(now=now)
    assert outbox.failed(row, "450 later", now=now) == "dead"
    assert all(0.9 * w <= got <= 1.1 * w for w, got in zip(WAITS_SECONDS, waits, strict=True))
    assert (Outbox.get().attempts, Outbox.get().due_at) == (len(WAITS_SECONDS) + 1, None)


def test_a_dead_message_is_sent_again_under_its_old_message_id(database):
    told(person("Carol"))
    [row] = outbox.claim(now=NOW)
    outbox.failed(row, "550 nobody here", for_good=True, now=NOW)
    with audit.change(RHEA, "mail.sent_again", row) as change:
        change.guard(outbox.again(row, NOW), RuntimeError())
    [again] = outbox.claim(now=NOW)
    assert (again.message_id, again.attempts, again.error) == (row.message_id, 0, "")


def test_only_a_dead_message_is_sent_again(database):
    [row] = told(person("Carol"))
    with pytest.raises(RuntimeError), audit.change(RHEA, "mail.sent_again", row) as change:
        change.guard(outbox.again(row, NOW), RuntimeError())
