"""Opening: the list of a new shop is read from its data, and ends with its first invoice."""

from portal.insight import opening
from portal.people.company import Company
from tests import make


def left():
    return [step for step, is_done in opening.steps() if not is_done]


def test_each_step_is_done_by_what_is_there(world, count_queries):
    assert left() == ["company", "taxes", "freight", "products", "payment_methods"]
    make.product()
    make.payment_method()
    assert left() == ["company", "taxes", "freight"]
    assert count_queries(left) == 0


def test_a_company_without_what_invoices_need_is_not_done(world):
    make.row(Company, name="Nena")
    assert "company" in left()


def test_a_shop_that_has_sold_is_past_its_first_days(world):
    make.invoice(world.account)
    assert opening.steps() == []
