"""Faults in how long the product's patterns take, and what they are given."""

from tests.battery.sabotages import Sabotage

TEST = "tests/battery/test_regexes.py::"
STEEP = TEST + "test_no_regular_expression_slows_down_faster_than_its_text_grows"
CUT = TEST + "test_texts_that_are_cut_cost_no_more_when_they_are_longer"

SABOTAGES = [
    Sabotage("F5", "marks around a price are taken off slowly", "portal/sales/price_items.py",
             r'r"(?<!\s)\s++(?=[%٪])"', r'r"\s+(?=[%٪])"', STEEP),
    Sabotage("F5", "a name may be as long as it likes where likenesses are looked for", "portal/alike/facts.py",
             'str(text or "")[:LONGEST]', 'str(text or "")', CUT),
]  # fmt: skip
