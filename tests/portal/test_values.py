"""Plain values: amounts as people type them."""

import pytest

from portal.errors import Invalid
from portal.values import Money


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1250.5", 125_050), (" 1,250.50 ", 125_050), ("1,00,000", 10_000_000), (".5", 50), ("12.", 1_200),
        ("-5", -500), ("๑๒.๕๐", 1_250), (7, 700),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(text, minor):
    assert Money.of(text, "PHP").minor == minor


def test_a_currency_has_its_decimals_however_it_is_cased():
    assert Money.of("100", "jpy").minor == Money.of("100", "JPY").minor == 100


ODD = ("1,50", "12,34", "1,2,3", ",5", "1,", "1e3", "1e999999", "1_000", "1 000", "--5", "NaN", "", None, "9" * 5000)


@pytest.mark.parametrize("text", ODD)
def test_an_amount_that_could_mean_another_is_refused_and_never_guessed(text):
    with pytest.raises(Invalid, match="amount-not-a-number"):
        Money.of(text, "PHP")
