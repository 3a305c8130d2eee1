"""Silence: from which day on an account is missed, and how the worker keeps up with what is ordered."""

from datetime import date, timedelta

from portal import values
from portal.customers.accounts import Account
from portal.insight import silence
from tests import make

TODAY = values.shop_day()


def ordered(account, *days_ago):
    for days in days_ago:
        make.order(account, state="delivered", placed_at=values.now() - timedelta(days=days))


def silent():
    silence.keep()
    return sorted(row.name for row in Account.select().where(Account.id.in_(silence.silent())))


def test_the_worked_example_of_a_rhythm():
    days = [date(2026, 5, 1), date(2026, 5, 10), date(2026, 5, 20)]
    assert silence.rhythm_of(days) == (date(2026, 5, 20), 10, date(2026, 6, 4))
    assert silence.rhythm_of(days[:2]) is None


def test_who_is_late_by_half_an_interval_is_missed_and_nobody_else(world):
    ordered(make.account("Late"), 50, 40, 30, 16)  # every 10 days, so since yesterday
    ordered(make.account("In time"), 44, 34, 24, 14)
    ordered(make.account("Too new"), 90, 60)
    ordered(make.account("Given up"), 500, 490, 480)
    assert silent() == ["Late"]


def test_an_order_ends_the_silence_and_what_did_not_change_is_not_worked_out_again(world):
    store = make.account("Late")
    ordered(store, 50, 40, 30, 16)
    assert silent() == ["Late"]
    assert silence.keep() == 0
    ordered(store, 0)
    assert silence.keep() == 1
    assert silent() == []
