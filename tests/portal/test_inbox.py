"""The inbox: each reads his own, in the account he works in; what he may no longer read is not sent."""

import pytest

from portal import audit
from portal.activity import inbox
from portal.activity.inbox import Notice
from portal.errors import NotFound
from portal.outbox import Outbox
from portal.values import ANONYMOUS
from portal.web import mail, posting
from portal.worker import Withheld
from portal.worker import deliver as deliver_all
from tests import make
from tests.make import CHANGED

SHOP = mail.Shop("Tindahan")


def tell(world, *people, account=None, **event):
    return make.told(account or world.account, *people, **event)


def end(membership):
    with audit.change(make.staff_actor(membership.account.owner), "membership.ended", membership) as change:
        change.update(membership, ended_at=change.now)


def test_each_reads_what_was_written_to_him_and_nobody_elses(world):
    [mine, *_] = tell(world, world.logins["carol"])
    assert [n.id for n in Notice.visible_to(world.carol)] == [mine.id]
    for other in (world.cora, world.dave, world.rhea, world.mona, world.owen, world.ada):
        assert list(Notice.visible_to(other)) == []


def test_a_person_of_two_companies_reads_those_of_the_one_he_works_in_now(world):
    make.member(world.other_account, "Carol Dizon", login=world.logins["carol"])
    [here, *_] = tell(world, world.logins["carol"])
    [there, *_] = tell(world, world.logins["carol"], account=world.other_account)
    with audit.change(world.ada, "login.greeted", world.logins["carol"]) as change:
        change.tell([world.logins["carol"].recipient], "account_changed", **CHANGED)
    own = Outbox.select().where((Outbox.entry == change.entry_id) & (Outbox.channel == "inbox")).get()
    assert {n.id for n in Notice.visible_to(world.carol)} == {here.id, own.id}
    elsewhere = make.customer_actor(world.logins["carol"].membership_set[1])
    assert elsewhere.account == world.other_account.id
    assert {n.id for n in Notice.visible_to(elsewhere)} == {there.id, own.id}


def test_nobody_who_is_not_signed_in_has_an_inbox(world):
    with pytest.raises(NotFound):
        Notice.visible_to(ANONYMOUS)


def test_what_was_on_the_screen_is_read_and_never_becomes_unread(world):
    first, second = (tell(world, world.logins["carol"])[0] for _ in range(2))
    assert inbox.unread(world.carol) == 2
    inbox.mark_read(world.carol, first.id)
    assert (inbox.unread(world.carol), inbox.read_upto(world.carol)) == (1, first.id)
    inbox.mark_read(world.carol, second.id)
    inbox.mark_read(world.carol, first.id)
    assert (inbox.unread(world.carol), inbox.read_upto(world.carol)) == (0, second.id)
    assert inbox.unread(world.cora) == 0


def test_a_colleague_who_left_between_the_event_and_the_sending_is_not_told(world):
    rows = tell(world, world.logins["carol"], world.logins["cora"])
    end(world.memberships["cora"])
    assert {(r.name, inbox.may_be_read(r)) for r in rows} == {("Carol Dizon", True), ("Cora Dizon", False)}
    letters = [r for r in rows if r.channel == "mail" and r.name == "Cora Dizon"]
    with pytest.raises(Withheld):
        posting.message_for(letters[0], SHOP, None)


def test_a_withheld_mail_is_settled_and_bothers_nobody(world):
    tell(world, world.logins["carol"], world.logins["cora"])
    end(world.memberships["cora"])
    went = []
    deliver_all(posting.handlers(SHOP, lambda made, sender, address: went.append(address), None))
    assert went == [world.logins["carol"].email]
    assert sorted((r.name, r.state) for r in Outbox.select().where(Outbox.channel == "mail")) == [
        ("Carol Dizon", "sent"),
        ("Cora Dizon", "withheld"),
    ]


def test_staff_are_told_only_of_accounts_they_see_when_it_is_sent(world):
    rows = tell(world, world.employees["rhea"], world.employees["owen"], world.employees["ada"])
    assert {r.name: inbox.may_be_read(r) for r in rows} == {"Rhea Cruz": True, "Owen Tan": False, "Ada Lim": True}
    with audit.change(world.ada, "account.reassigned", world.account, about=world.account) as change:
        change.update(world.account, team=world.south)
    assert {r.name: inbox.may_be_read(r) for r in rows} == {"Rhea Cruz": False, "Owen Tan": True, "Ada Lim": True}


def test_a_deactivated_employee_is_told_nothing(world):
    rows = tell(world, world.employees["rhea"])
    with audit.change(world.ada, "employee.deactivated", world.employees["rhea"]) as change:
        change.update(world.employees["rhea"], is_active=False)
    assert [inbox.may_be_read(r) for r in rows] == [False, False]


def test_news_of_his_own_sign_in_always_reaches_its_owner(world):
    carol = world.logins["carol"]
    rows = tell(world, carol, subject=carol)
    end(world.memberships["carol"])
    assert rows and all(inbox.may_be_read(r) for r in rows)


def test_people_are_told_of_the_loss_of_access_itself(world):
    world.account.close(by=world.mona)
    rows = list(Outbox.select())
    assert {"Carol Dizon", "Rhea Cruz"} <= {r.name for r in rows}
    assert all(inbox.may_be_read(r) for r in rows)
    assert not inbox.may_be_read(tell(world, world.logins["carol"])[0])


def test_a_sign_in_that_works_in_two_accounts_concerns_the_staff_of_both(world):
    carol = world.logins["carol"]
    make.member(world.other_account, "Carol Dizon", login=carol)
    rows = tell(world, world.employees["owen"], subject=carol)
    assert rows and all(inbox.may_be_read(r) for r in rows)
    assert not any(inbox.may_be_read(r) for r in tell(world, world.employees["owen"]))
