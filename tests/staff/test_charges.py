"""Taxes, delivery fees and branches as admins set them: added, changed, refused, stale, removed."""

import pytest

from portal.sales.branches import Branch
from portal.sales.charges import FreightRule, TaxRate
from tests import make

VAT = {"country": "PH", "tax_class": "standard", "name": "VAT", "basis_points": "12", "is_included": "y"}
FEE = {"country": "PH", "currency": "PHP", "basis": "weight", "from_value": "20", "fee_minor": "350"}


@pytest.fixture
def ada(client, world):
    return client.sign_in(world.ada)


def test_a_tax_rate_is_added_changed_and_removed(ada):
    assert ada.send("/staff/settings/taxes", **VAT).location == "/staff/settings/taxes"
    rate = TaxRate.get()
    assert (rate.basis_points, rate.is_included) == (1_200, True)
    here = f"/staff/settings/taxes/{rate.number}"
    form = ada.form(here, here)
    assert form.fields["basis_points"] == "12"
    assert ada.send(here, here, basis_points="7.5").status_code == 303
    assert TaxRate.get().basis_points == 750
    assert ada.post(here, data=form.fields).status_code == 409
    assert ada.send(here, f"{here}/remove").status_code == 303 and not TaxRate.select().exists()


@pytest.mark.parametrize(
    "typed", [{"basis_points": "much"}, {"basis_points": "101"}, {"country": "QQ"}, {"name": ""}, {"tax_class": "x"}]
)
def test_a_rate_that_makes_no_sense_is_refused(ada, typed):
    assert ada.send("/staff/settings/taxes", **VAT | typed).status_code == 422
    assert not TaxRate.select().exists()


def test_the_same_case_twice_is_refused(ada):
    ada.send("/staff/settings/taxes", **VAT)
    answer = ada.send("/staff/settings/taxes", **VAT)
    assert answer.status_code == 422 and "There is a rule for this case already." in answer.text


def test_a_fee_is_typed_in_kilograms_and_pesos(ada):
    assert ada.send("/staff/settings/freight", **FEE).status_code == 303
    rule = FreightRule.get()
    assert (rule.from_value, rule.fee_minor, rule.free_from_minor) == (20_000, 35_000, None)
    here = f"/staff/settings/freight/{rule.number}"
    assert ada.form(here, here).fields["from_value"] == "20"
    assert ada.send(here, here, free_from_minor="5000").status_code == 303
    assert FreightRule.get().free_from_minor == 500_000
    assert ada.send("/staff/settings/freight", **FEE | {"basis": "amount"}).status_code == 422
    assert ada.send(here, f"{here}/remove").status_code == 303


def test_a_branch_has_hours_in_words(ada):
    typed = {"name": "Cubao", "country": "PH", "hours": "mon-fri 08:00-17:00\nsat 08:00-12:00", "is_active": "y"}
    assert ada.send("/staff/settings/branches", **typed).status_code == 303
    branch = Branch.get()
    assert branch.hours["fri"] == ["08:00", "17:00"] and branch.hours["sat"] == ["08:00", "12:00"]
    here = f"/staff/settings/branches/{branch.number}"
    wrong = ada.send(here, here, hours="always")
    assert wrong.status_code == 422 and "“always” cannot be read" in wrong.text
    assert ada.send(here, here, name="Cubao 2", hours="").status_code == 303
    assert Branch.get().hours == {}


def test_managers_look_and_admins_set(client, world):
    make.branch()
    client.sign_in(world.mona)
    assert client.get("/staff/settings/taxes").status_code == 200
    assert client.post("/staff/settings/taxes", data=VAT).status_code in (400, 403)
    client.sign_in(world.rhea)
    assert client.get("/staff/settings/taxes").status_code == 403
    assert not TaxRate.select().exists()
