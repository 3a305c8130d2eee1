"""Changing one's own sign-in data: proof first, other sessions end, everybody concerned is told."""

from datetime import timedelta

import pytest

from portal import outbox, search, store, values
from portal.audit import Entry, EntryValue
from portal.customers.contacts import Contact
from portal.errors import Expired, Invalid, TooMany
from portal.people import links, passwords, security, sessions, sign_in
from portal.people.links import Link
from portal.people.logins import Login
from portal.values import ANONYMOUS
from tests.refusals import problems

NOW = values.now()
OLD, NEW = "my purple elephant dances", "tsinelas sa ulan"


@pytest.fixture
def carol(world):
    login = world.logins["carol"]
    with store.writing():
        Login.update(password_hash=passwords.scramble(OLD)).where(Login.id == login.id).execute()
    world.login = Login.get_by_id(login.id)
    world.session = sessions.open(world.login, now=NOW).session
    world.elsewhere = sessions.open(world.login, now=NOW)
    return world


def change_password(carol, password=OLD, new_password=NEW):
    return security.change_password(
        by=carol.carol,
        login=carol.login,
        session=carol.session,
        password=password,
        new_password=new_password,
        now=NOW,
    )


def is_open(opened):
    return sessions.find(opened.token, "customer", NOW) is not None


def letters(template, event=None):
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "mail"))
    return sorted(row.address for row in rows if event in (None, row.params.get("event")))


def can_enter(email="carol@kitchen.example", password=NEW):
    return sign_in.by_password(by=ANONYMOUS, kind="customer", email=email, password=password, now=NOW)


# Password


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(carol):
    here = change_password(carol)
    assert is_open(here)
    assert not is_open(carol.elsewhere)
    assert can_enter()


def test_she_and_her_rep_are_told_and_no_hash_is_written_down(carol):
    change_password(carol)
    assert letters("login_changed") == ["carol@kitchen.example", "rhea@shop.example"]
    entry = Entry.select().where(Entry.event == "login.password_changed").get()
    assert entry.about == str(carol.account.ref)
    assert [(v.field, v.old, v.new) for v in EntryValue.select() if v.field == "password_hash"] == [
        ("password_hash", None, None)
    ]
    assert "argon2" not in str([v.__data__ for v in EntryValue.select()])


def test_the_present_password_is_asked_for_and_guessing_it_is_limited(carol):
    for _ in range(10):
        assert problems(change_password, carol, password="wrong") == {"password": "password-wrong"}
    with pytest.raises(TooMany):
        change_password(carol)
    assert is_open(carol.elsewhere)
    assert can_enter(password=OLD), "guessing inside does not lock the door"


def test_a_weak_new_password_changes_nothing(carol):
    assert problems(change_password, carol, new_password="carol@kitchen") == {"new_password": "password-too-close"}
    assert is_open(carol.elsewhere)


def test_who_has_no_password_yet_gets_one_by_mail(carol):
    carol.login.password_hash = None
    assert problems(change_password, carol) == {"password": "password-none-yet"}


# Recovery


def recover_link(carol):
    return links.issue("recover", "customer", carol.login.email, login=carol.login, now=NOW)


def test_recovering_sets_the_password_ends_all_sessions_and_signs_in(carol):
    here = security.recover(by=ANONYMOUS, link=recover_link(carol), password=NEW, now=NOW)
    assert is_open(here)
    assert not is_open(carol.elsewhere)
    assert letters("login_changed") == ["carol@kitchen.example", "rhea@shop.example"]


def test_a_refused_password_does_not_use_the_link_up(carol):
    link = recover_link(carol)
    assert problems(security.recover, by=ANONYMOUS, link=link, password="short") == {"password": "password-too-short"}
    assert security.recover(by=ANONYMOUS, link=link, password=NEW, now=NOW)


def test_one_recovery_makes_the_other_links_worthless(carol):
    first, second = recover_link(carol), recover_link(carol)
    security.recover(by=ANONYMOUS, link=first, password=NEW, now=NOW)
    with pytest.raises(Expired):
        security.recover(by=ANONYMOUS, link=second, password="another song entirely", now=NOW)
    assert can_enter()


def test_recovery_opens_a_door_that_guesses_had_shut(carol):
    for _ in range(10):
        with pytest.raises(Invalid):
            can_enter(password="wrong")
    security.recover(by=ANONYMOUS, link=recover_link(carol), password=NEW, now=NOW)
    assert can_enter()


# Address


def ask_email(carol, email="carol@new.example", password=OLD):
    return security.ask_email_change(by=carol.carol, login=carol.login, email=email, password=password, now=NOW)


def confirm(carol, link, now=NOW):
    return security.confirm_email_change(by=ANONYMOUS, link=link, session=carol.session, now=now)


def test_asking_changes_nothing_yet_and_writes_to_both_addresses(carol):
    ask_email(carol)
    assert Login.get_by_id(carol.login.id).email == "carol@kitchen.example"
    assert letters("change_email_link") == ["carol@new.example"]
    assert letters("login_changed") == ["carol@kitchen.example"]
    assert is_open(carol.elsewhere)


def test_confirming_changes_the_address_tells_old_and_new_and_ends_the_sessions(carol):
    here = confirm(carol, ask_email(carol))
    assert is_open(here)
    assert not is_open(carol.elsewhere)
    told = letters("login_changed", "login.email_changed")
    assert told == ["carol@kitchen.example", "carol@new.example", "rhea@shop.example"]
    assert can_enter("carol@new.example", OLD)
    with pytest.raises(Invalid):
        can_enter("carol@kitchen.example", OLD)


def test_the_contact_is_reached_at_the_new_address_too(carol):
    confirm(carol, ask_email(carol))
    assert Contact.get_by_id(carol.carol.contact).email == "carol@new.example"
    assert search.find("carol@new", ["contact"], carol.rhea)["contact"].records == [carol.carol.contact]
    assert letters("account_changed") == [], "the one event told of it"
    assert Contact.get_by_id(carol.contacts["cora"].id).email == "cora@kitchen.example"


def test_asking_for_many_new_addresses_is_limited(carol):
    for number in range(5):
        ask_email(carol, f"carol{number}@new.example")
    with pytest.raises(TooMany):
        ask_email(carol)


def test_the_link_opened_in_a_strange_browser_signs_nobody_in(carol):
    link = ask_email(carol)
    stranger = sessions.open(carol.logins["dave"], now=NOW).session
    assert security.confirm_email_change(by=ANONYMOUS, link=link, session=stranger, now=NOW) is None
    assert Login.get_by_id(carol.login.id).email == "carol@new.example"


def test_an_address_that_is_taken_is_not_given_away(carol):
    free, taken = ask_email(carol, "free@new.example"), ask_email(carol, "dave@ramos.example")
    assert letters("change_email_link") == ["free@new.example"]
    assert letters("change_email_taken") == ["dave@ramos.example"]
    with pytest.raises(Expired):
        confirm(carol, taken)
    assert Login.get_by_id(carol.login.id).email == "carol@kitchen.example"
    assert confirm(carol, free)


def test_a_changed_password_stops_a_change_of_address_that_was_asked_before(carol):
    link = ask_email(carol)
    change_password(carol)
    with pytest.raises(Expired):
        confirm(carol, link)


def test_an_asked_address_is_over_after_two_days(carol):
    link = ask_email(carol)
    with pytest.raises(Expired):
        confirm(carol, link, NOW + timedelta(days=2))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"password": "wrong"}, {"password": "password-wrong"}),
        ({"email": "nonsense"}, {"email": "email-malformed"}),
        ({"email": "carol@kitchen.example"}, {"email": "email-unchanged"}),
    ],
)
def test_what_is_refused_sends_no_letter(carol, typed, expected):
    assert problems(ask_email, carol, **typed) == expected
    assert Link.select().count() == 0
    assert outbox.Outbox.select().count() == 0


def test_only_the_case_of_an_address_may_change_too(carol):
    confirm(carol, ask_email(carol, "Carol@kitchen.example"))
    assert Login.get_by_id(carol.login.id).email == "Carol@kitchen.example"


# Language, and out everywhere


def test_the_language_changes_and_the_same_again_is_no_event(carol):
    for _ in range(2):
        security.change_language(by=carol.carol, login=carol.login, language="fil", now=NOW)
    assert Login.get_by_id(carol.login.id).language == "fil"
    assert Entry.select().where(Entry.event == "login.language_changed").count() == 1
    assert problems(security.change_language, by=carol.carol, login=carol.login, language="xx") == {
        "language": "language-unknown"
    }


def test_signing_out_everywhere_may_spare_this_browser_and_kills_links(carol):
    link = recover_link(carol)
    here = security.sign_out_everywhere(by=carol.carol, login=carol.login, session=carol.session, now=NOW)
    assert is_open(here)
    assert not is_open(carol.elsewhere)
    with pytest.raises(Expired):
        links.find(link.token, "recover", kind="customer", now=NOW)


def test_signing_out_everywhere_means_everywhere(carol):
    assert security.sign_out_everywhere(by=carol.carol, login=carol.login, now=NOW) is None
    assert not is_open(carol.elsewhere)


def test_each_change_is_told_once_to_each(carol):
    change_password(carol)
    told = [(r.recipient, r.channel, r.address) for r in outbox.Outbox.select()]
    assert len(told) == len(set(told)) == 4
    assert Entry.select().count() == 1
