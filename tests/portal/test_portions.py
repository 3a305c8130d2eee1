"""Portions: however an order is split, its parts add up to it."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from portal.sales import portions

amounts = st.integers(-(10**9), 10**9)


def test_three_pieces_for_one_peso():
    taken = [portions.portion(100, 1, 3), portions.portion(100, 2, 3, 33), portions.portion(100, 3, 3, 67)]
    assert taken == [33, 34, 33]


def test_a_share_of_less_than_nothing_is_rounded_away_from_zero():
    assert portions.spread(-1, [10_000, 5_000]) == [-1, 0]


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_shares_add_up_and_none_has_the_other_sign(minor, weights):
    shares = portions.spread(minor, weights)
    assert sum(shares) == minor
    assert all(share * minor >= 0 for share in shares)


@given(amounts, st.lists(st.integers(1, 50), min_size=1, max_size=10))
def test_pieces_taken_one_after_the_other_add_up(minor, pieces):
    whole, reached, taken = sum(pieces), 0, 0
    for quantity in pieces:
        reached += quantity
        part = portions.portion(minor, reached, whole, taken)
        assert part * minor >= 0
        taken += part
    assert taken == minor


def line(id, net, tax=0, inside=True):
    return SimpleNamespace(id=id, net_minor=net, tax_minor=tax, is_tax_included=inside, tax_bp=0, tax_name="")


def test_tax_known_of_the_whole_order_only_is_spread_over_its_lines():
    order = SimpleNamespace(total_minor=16_000, freight_minor=0, tax_minor=1_001, tax_included_minor=0)
    parts = portions.of_order(order, [line(1, 10_000), line(2, 5_000)])
    assert [(part.tax, part.is_included, part.rounding) for part in parts.values()] == [
        (667, False, -1),
        (334, False, 0),
    ]
    assert sum(part.gross for part in parts.values()) == 16_000
