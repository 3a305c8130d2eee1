"""Tax, freight and discounts: the worked examples, the edges, and who may change the rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid, NotFound, Stale
from portal.sales import branches, charges, pricing
from portal.sales.branches import Branch
from portal.sales.charges import FreightRule, TaxRate
from tests import make


def rate(basis_points, is_included):
    return TaxRate(country="PH", tax_class="standard", name="VAT", basis_points=basis_points, is_included=is_included)


def rule(from_value, fee_minor, free_from_minor=None, basis="weight"):
    return FreightRule(
        country="PH", currency="PHP", basis=basis, from_value=from_value, fee_minor=fee_minor,
        free_from_minor=free_from_minor,
    )  # fmt: skip


def test_tax_inside_and_on_top_as_the_worked_examples_say():
    assert charges.tax(11_200, rate(1_200, True)) == (1_200, 1_200, True, "VAT")
    assert charges.tax(10_005, rate(700, False)) == (700, 700, False, "VAT")
    assert charges.tax(50, rate(100, False)).minor == 1  # half a centavo up
    assert charges.tax(10_000, None) == (0, 0, True, "")


@given(st.integers(0, 10**13), st.integers(0, 10_000))
def test_tax_inside_is_never_more_than_the_price_and_agrees_with_tax_on_top(net, basis_points):
    inside = charges.tax(net, rate(basis_points, True)).minor
    assert 0 <= inside <= net
    assert abs(charges.tax(net - inside, rate(basis_points, False)).minor - inside) <= 1


def test_freight_is_decided_by_the_highest_step_that_is_reached():
    rules = [rule(0, 15_000, 500_000), rule(20_000, 35_000, 500_000)]
    assert charges.freight(rules, weight_g=19_999, goods_minor=400_000).minor == 15_000
    assert charges.freight(rules, weight_g=25_000, goods_minor=400_000).minor == 35_000
    assert charges.freight(rules, weight_g=25_000, goods_minor=400_000).params == {"missing_minor": 100_000}
    assert charges.freight(rules, weight_g=25_000, goods_minor=500_000) == (
        0, "freight-free", {"free_from_minor": 500_000},
    )  # fmt: skip


def test_freight_by_amount_and_without_a_rule():
    rules = [rule(0, 9_000, basis="amount"), rule(100_000, 5_000, basis="amount")]
    assert charges.freight(rules, weight_g=10**9, goods_minor=99_999).minor == 9_000
    assert charges.freight(rules, weight_g=0, goods_minor=100_000) == (5_000, "freight-by-amount", {})
    assert charges.freight([], weight_g=1, goods_minor=1) == (0, "freight-no-rule", {})
    assert charges.freight([rule(500, 1)], weight_g=499, goods_minor=1).reason == "freight-no-rule"


def test_a_discount_is_rounded_once_for_the_whole_line():
    assert pricing.discounted(3, 1_995, 1_000) == (5_386, 599)
    assert pricing.discounted(3, 1_995, 0) == (5_985, 0)
    assert pricing.discounted(1, 1_995, 10_000) == (0, 1_995)


def test_todays_price_is_the_list_price_and_says_so(database):
    product = make.product(list_minor=12_345)
    price = pricing.price(product, make.account(), None)
    assert (price.minor, price.parts, price.reason) == (12_345, (("list", 12_345),), "price-list")


def test_an_admin_keeps_the_rules_and_nobody_else(world):
    vat = {"country": "ph", "tax_class": "standard", "name": "VAT", "basis_points": 1200, "is_included": True}
    tax = TaxRate.add(by=world.ada, **vat)
    assert TaxRate.in_country("PH") == {"standard": tax}
    with pytest.raises(Invalid):
        TaxRate.add(by=world.mona, country="TH", tax_class="standard", name="VAT", basis_points=700)
    with pytest.raises(NotFound):
        TaxRate.visible_to(world.rhea)
    tax.edit(by=world.ada, version=1, basis_points=1000)
    with pytest.raises(Stale):
        tax.edit(by=world.ada, version=1, basis_points=900)
    tax.remove(by=world.ada)
    assert TaxRate.in_country("PH") == {}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"basis_points": 10_001}, "basis_points"), ({"country": "QQ"}, "country"), ({"tax_class": "x"}, "tax_class")],
)
def test_a_rate_that_makes_no_sense_is_refused(world, given, field):
    whole = {"country": "PH", "tax_class": "standard", "name": "VAT", "basis_points": 1200, "is_included": True}
    with pytest.raises(Invalid) as refused:
        TaxRate.add(by=world.ada, **whole | given)
    assert list(refused.value.problems) == [field]


def test_rules_are_typed_as_per_cent_kilograms_and_amounts(world):
    tax = TaxRate.add(by=world.ada, country="TH", tax_class="standard", name="VAT", basis_points="7.5")
    assert tax.basis_points == 750
    weight = {"country": "PH", "currency": "PHP", "basis": "weight", "from_value": "2.5", "fee_minor": "150.00"}
    freight = FreightRule.add(by=world.ada, **weight, free_from_minor="5000")
    assert (freight.from_value, freight.fee_minor, freight.free_from_minor) == (2_500, 15_000, 500_000)
    amount = FreightRule.add(by=world.ada, **weight | {"country": "TH", "currency": "THB", "basis": "amount"})
    assert amount.from_value == 250
    for wrong in ({"from_value": "x"}, {"from_value": "-1"}, {"fee_minor": "-1"}, {"fee_minor": "1.005"}):
        with pytest.raises(Invalid) as refused:
            FreightRule.add(by=world.ada, **weight | {"country": "JP"} | wrong)
        assert list(refused.value.problems) == list(wrong)


def test_a_case_has_one_rule_and_a_country_one_basis(world):
    step = {"country": "PH", "currency": "PHP", "basis": "weight", "from_value": 0, "fee_minor": 15_000}
    FreightRule.add(by=world.ada, **step)
    with pytest.raises(Invalid) as refused:
        FreightRule.add(by=world.ada, **step)
    assert refused.value.problems == {"from_value": ("rule-taken", {})}
    with pytest.raises(Invalid) as refused:
        FreightRule.add(by=world.ada, **step | {"basis": "amount"})
    assert refused.value.problems == {"basis": ("freight-one-basis", {})}
    assert FreightRule.select().count() == 1


def test_hours_are_written_as_they_are_read():
    text = "mon-wed 08:00-17:00\nfri 08:00-17:00\nsat-sun 09:00-12:00"
    assert Branch(hours=branches.read_hours(text)).hours_text == text
    assert Branch(hours={}).hours_text == ""
