"""What may be a password, and that checking one costs the same whoever asks."""

import time

import pytest

from portal.errors import Invalid
from portal.people import keys, passwords


@pytest.fixture
def real_cost():
    passwords.configure(shop_words=("Aling Nena",))
    yield
    keys.hand_in("a secret of tests " * 2, "Aling Nena", is_test=True)


def refusal(password, about=()):
    with pytest.raises(Invalid) as refused:
        passwords.check(password, about)
    return refused.value.problems["password"][0]


@pytest.mark.parametrize(
    "password",
    [
        "password123456", "P@ssw0rd2024!!", "passwordqwertyadmin", "qwertyuiop123", "1q2w3e4r5t6y", "zaq12wsxcde3",
        "correct horse battery staple", "iloveyouforever1", "aaaaaaaaaaaa", "abc123abc123", "123456789012",
        "210987654321", "manila bangkok 77", "ก" * 12, "            ", "Welcome2Admin!", "mahalkita12345",
        "polniypizdec0211", "blink182!2026", "Bl1nk182!2026", "sonyericsson7", "chelseachelsea",
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password):
    assert refusal(password) == "password-too-common"


@pytest.mark.parametrize("password", ["carol.dizon1", "Kitchen2026!!", "dizoncarol!!", "Aling Nena 26"])
def test_own_names_and_the_shops_are_refused(password):
    assert refusal(password, ("Carol Dizon", "carol@kitchen.example")) == "password-too-close"


@pytest.mark.parametrize(
    "password",
    [
        "my purple elephant dances", "ฉันชอบกินข้าวมาก", "tsinelas sa ulan", "8f3kq-Zp2w!xx", "🦆🐢🪁🧂🪴🪗🪀🧵🧭🪜🪤🪣",
        " with blanks at both ends ",
        "hakbang\u00a0na\tmalayo", "e\u0301clair au chocolat noir", "na\x00ul in it too",
        "".join(chr(0x4E00 + n * 7) for n in range(1000)), "password847291x!", "blink182 and 7 more",
    ],
)  # fmt: skip
def test_anything_else_of_twelve_to_a_thousand_characters_is_accepted_and_kept_as_typed(password):
    passwords.check(password, ("Carol Dizon", "carol@kitchen.example"))
    kept = passwords.scramble(password)
    assert passwords.verify(kept, password)
    assert not passwords.verify(kept, password.strip() + "x")
    assert not passwords.verify(kept, password.swapcase() + "x")


def test_length_is_counted_in_characters():
    assert refusal("ข้าวผัดกุ้") == "password-too-short"
    assert refusal("x1" * 600) == "password-too-long"


def test_a_short_thai_pass_phrase_counts_its_marks():
    assert len("ข้าวผัดกุ้ง") == 11
    passwords.check("ข้าวผัดกุ้ง1")


def test_unicode_is_not_folded_together():
    composed, apart = "caf\u00e9 sa kanto ngayon", "cafe\u0301 sa kanto ngayon"
    assert not passwords.verify(passwords.scramble(composed), apart)


def test_a_hash_says_argon2id_with_at_least_the_floor_of_owasp(real_cost):
    kept = passwords.scramble("my purple elephant dances")
    assert kept.startswith("$argon2id$v=19$m=19456,t=5,p=1$")


def test_raised_parameters_make_a_hash_outdated():
    kept = passwords.scramble("my purple elephant dances")
    assert not passwords.is_outdated(kept)
    passwords.configure(memory_kib=128, passes=1)
    try:
        assert passwords.is_outdated(kept)
        assert passwords.verify(kept, "my purple elephant dances")
    finally:
        keys.hand_in("a secret of tests " * 2, "Aling Nena", is_test=True)


def test_an_unknown_address_costs_a_real_check(real_cost):
    kept = passwords.scramble("my purple elephant dances")

    def seconds(hashed):
        start = time.process_time()
        assert not passwords.verify(hashed, "wrong")
        return time.process_time() - start

    known, unknown = (min(seconds(hashed) for _ in range(5)) for hashed in (kept, None))
    assert unknown > 0.7 * known
    assert known > 0.7 * unknown


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$", "plain text"])
def test_a_broken_hash_opens_nothing(kept):
    assert not passwords.verify(kept, kept)
