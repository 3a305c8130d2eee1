"""A session lives as a row: the browser has the token, we have its hash, and a changed login ends it."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.people import sessions
from portal.people.logins import Login
from portal.people.sessions import Session
from tests import make

NOW = values.now()


def opened(name="carol", kind="customer", now=NOW):
    return sessions.open(make.login(name, kind=kind), "Firefox on Android", now=now)


def is_open(session, kind="customer", now=NOW):
    return sessions.find(session.token, kind, now) is not None


def test_a_token_opens_its_own_face_only(database):
    carol = opened()
    session, login = sessions.find(carol.token, "customer", NOW)
    assert (session.id, login.id) == (carol.session.id, carol.login.id)
    assert not is_open(carol, "staff")


def test_the_row_holds_no_token_and_each_sign_in_makes_another_one(database):
    carol = opened()
    again = sessions.open(carol.login, now=NOW)
    assert carol.token != again.token
    assert len(carol.token) == 43  # 256 bits
    assert carol.token not in str([row.__data__ for row in Session.select()])


@pytest.mark.parametrize("token", ["", None, "x", "นก", "\x00", "\ud800", "a" * 5000])
def test_a_planted_token_opens_nothing(database, token):
    opened()
    assert sessions.find(token, "customer", NOW) is None


@pytest.mark.parametrize(
    ("kind", "idle", "longest"),
    [
        ("customer", timedelta(days=14), timedelta(days=90)),
        ("staff", timedelta(hours=12), timedelta(days=30)),
    ],
)
def test_it_ends_idle_and_it_ends_old(database, kind, idle, longest):
    someone = opened(kind=kind)
    assert not is_open(someone, kind, NOW + idle)
    moment = NOW
    while moment + idle * 0.9 < NOW + longest:
        moment += idle * 0.9
        assert is_open(someone, kind, moment)
    assert not is_open(someone, kind, NOW + longest)


def test_use_is_noted_every_ten_minutes_not_at_every_page(database):
    carol = opened()
    assert is_open(carol, now=NOW + timedelta(minutes=9))
    assert Session.get().seen_at == NOW
    assert is_open(carol, now=NOW + timedelta(minutes=10))
    assert Session.get().seen_at == NOW + timedelta(minutes=10)


def test_a_page_costs_one_query(database):
    carol = opened()
    before = store.queries()
    assert is_open(carol)
    assert store.queries() - before == 1


def test_signing_out_kills_the_token_at_once(database):
    carol = opened()
    sessions.end(carol.token)
    assert not is_open(carol)


def test_ending_all_may_spare_this_browser(database):
    carol = opened()
    other = sessions.open(carol.login, now=NOW)
    sessions.end_all(carol.login, except_token=carol.token)
    assert is_open(carol)
    assert not is_open(other)


def test_a_raised_epoch_ends_every_session_without_touching_one(database):
    carol = opened()
    with store.writing():
        Login.update(epoch=Login.epoch + 1).execute()
    assert not is_open(carol)


def test_a_login_that_was_closed_opens_nothing(database):
    carol = opened()
    with store.writing():
        Login.update(is_active=False).execute()
    assert not is_open(carol)


def test_a_renewed_session_keeps_its_place_and_its_age_under_another_token(database):
    carol = opened()
    sessions.work_in(carol.session, make.account())
    again = sessions.renew(carol.session, carol.login, now=NOW + timedelta(days=1))
    assert not is_open(carol)
    assert is_open(again)
    assert again.session.account == carol.session.account is not None
    assert again.session.created_at == NOW
    assert again.session.agent == "Firefox on Android"


def test_the_list_of_open_sessions_shows_only_live_ones(database):
    carol = opened()
    sessions.end(sessions.open(carol.login, now=NOW).token)
    sessions.open(carol.login, now=NOW - timedelta(days=15))
    opened("dave")
    assert [row.id for row in sessions.live(carol.login, NOW)] == [carol.session.id]


def test_rows_that_never_open_again_are_dropped(database):
    opened()
    sessions.forget_old(NOW + timedelta(days=89))
    assert Session.select().count() == 1
    sessions.forget_old(NOW + timedelta(days=91))
    assert Session.select().count() == 0
