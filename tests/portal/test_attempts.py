"""Guessing is slowed down, in the database, without locking out whom it is about."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import store, values
from portal.errors import TooMany
from portal.people import attempts
from portal.people.attempts import Attempt

NOW = values.now()


def passes(times, now=NOW, **whom):
    """How many of so many tries are looked at."""
    done = 0
    for _ in range(times):
        try:
            attempts.count(now=now, **whom)
            done += 1
        except TooMany:
            continue
    return done


def test_ten_guesses_at_an_address_then_none(database):
    assert passes(30, guess="customer carol@kitchen.example") == 10


def test_another_address_has_its_own_count(database):
    passes(30, guess="customer carol@kitchen.example")
    assert passes(3, guess="customer dave@ramos.example") == 3


def test_a_hundred_from_one_client_whatever_it_guesses_at(database):
    done = sum(passes(1, guess=f"customer n{n}@people.example", client="10.0.0.7") for n in range(130))
    assert done == 100


def test_what_is_refused_is_not_counted_against_the_client(database):
    passes(60, guess="customer carol@kitchen.example", client="10.0.0.7")
    assert passes(200, client="10.0.0.7") == 90


def test_a_quarter_of_an_hour_later_it_starts_anew(database):
    passes(30, guess="carol")
    assert passes(1, NOW + timedelta(minutes=14, seconds=59), guess="carol") == 0
    assert passes(30, NOW + timedelta(minutes=15), guess="carol") == 10


def test_the_refusal_says_how_long_to_wait(database):
    passes(10, guess="carol")
    with pytest.raises(TooMany) as refused:
        attempts.count(now=NOW + timedelta(minutes=5), guess="carol")
    assert refused.value.wait_seconds == 601


def test_a_right_password_resets_the_account_and_gives_the_client_its_try_back(database):
    passes(9, guess="carol", client="10.0.0.7")
    attempts.forgive(guess="carol", client="10.0.0.7")
    assert passes(30, guess="carol") == 10
    assert passes(200, client="10.0.0.7") == 92


def test_a_known_device_is_not_locked_out_by_guesses_from_elsewhere(database):
    who = "customer carol@kitchen.example"
    passes(30, guess=who)
    device = attempts.device_mark(who)
    assert passes(30, guess=attempts.counted_as(who, device)) == 10


@pytest.mark.parametrize("device", ["", None, "x", "a.b", "." * 300, "นก.นก"])
def test_a_made_up_device_counts_as_none(database, device):
    assert attempts.counted_as("customer carol@kitchen.example", device) == "customer carol@kitchen.example"


def test_the_mark_of_another_account_counts_as_none(database):
    mark = attempts.device_mark("customer dave@ramos.example")
    assert attempts.counted_as("customer carol@kitchen.example", mark) == "customer carol@kitchen.example"


def test_typed_addresses_are_not_kept(database):
    attempts.count(guess="customer secret@typed.example", now=NOW)
    assert "typed" not in "".join(row.key for row in Attempt.select())


def test_old_counters_are_dropped(database):
    passes(3, guess="carol")
    attempts.forget_old(NOW + attempts.LONGEST + timedelta(minutes=1))
    assert Attempt.select().count() == 0


def test_exactly_ten_pass_of_a_hundred_at_once(postgres):
    def one(_):
        with store.connection():
            return passes(1, guess="carol", client="10.0.0.7")

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(100))) == 10
    assert Attempt.select().where(Attempt.count == 10).count() == 2
