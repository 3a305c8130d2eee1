"""The catalogue: who may change what, what is on sale for whom, how a product is found."""

from datetime import date

import pytest

from portal import audit, reindexing, search, store, values
from portal.errors import Invalid, NotFound, Stale
from portal.sales import catalogue
from portal.sales.catalogue import FIELDS, Category, Product
from portal.sales.orders import Order
from tests import make

RICE = {"code": "R25", "name": "Sinandomeng rice", "unit": "25 kg sack", "list_minor": 137_500, "cost_minor": 110_000}


def problems(refused):
    return {field: message for field, (message, _) in refused.value.problems.items()}


def test_a_manager_adds_a_product_that_is_found_by_part_of_its_name(world):
    product = catalogue.add(by=world.mona, category="Rice", **RICE)
    assert (product.list_minor, product.stock, product.category.name) == (137_500, None, "Rice")
    assert list(Product.select().where(Product.id.in_(search.matches("product", "domeng")))) == [product]
    assert audit.Entry.select().where(audit.Entry.event == "product.added").count() == 1


def test_a_rep_changes_no_product_and_reads_no_cost(world):
    with pytest.raises(Invalid) as refused:
        catalogue.add(by=world.rhea, **RICE)
    assert problems(refused)["list_minor"] == "field-not-yours"
    assert "cost_minor" not in FIELDS.readable(world.rhea)
    assert "cost_minor" not in FIELDS.readable(world.carol)
    assert "cost_minor" in FIELDS.readable(world.mona)
    assert Product.select().count() == 0


@pytest.mark.parametrize("code", ["", " ", "a/b", ".hidden", "new", "a?b", "x" * 61, "a\0b", "50%"])
def test_a_code_that_cannot_stand_in_an_address_is_refused(world, code):
    with pytest.raises(Invalid) as refused:
        catalogue.add(by=world.mona, **RICE | {"code": code})
    assert list(refused.value.problems) == ["code"]


def test_two_products_never_share_a_code_however_it_is_cased(world):
    catalogue.add(by=world.mona, **RICE)
    other = catalogue.add(by=world.mona, **RICE | {"code": "R50"})
    for attempt in (
        lambda: catalogue.add(by=world.mona, **RICE | {"code": "r25"}),
        lambda: other.edit(by=world.mona, version=1, code="r25"),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert problems(refused) == {"code": "code-taken"}
    assert Product.select().where(Product.code_key == "R50").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"list_minor": -1}, "list_minor"),
        ({"list_minor": 2**63}, "list_minor"),
        ({"kind": "thing"}, "kind"),
        ({"currency": "XXZ"}, "currency"),
        ({"weight_g": 2**31}, "weight_g"),
        ({"on_sale_from": date(2026, 2, 1), "on_sale_to": date(2026, 1, 1)}, "on_sale_to"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(world, given, field):
    product = catalogue.add(by=world.mona, **RICE)
    with pytest.raises(Invalid) as refused:
        product.edit(by=world.mona, version=1, **given)
    assert list(refused.value.problems) == [field]
    assert Product.get_by_id(product.id).version == 1


def test_of_two_who_edit_the_same_product_the_second_sees_that_it_changed(world):
    product = catalogue.add(by=world.mona, **RICE)
    mine, theirs = Product.get_by_id(product.id), Product.get_by_id(product.id)
    theirs.edit(by=world.ada, version=1, list_minor=140_000)
    with pytest.raises(Stale) as refused:
        mine.edit(by=world.mona, version=1, name="Rice")
    assert refused.value.current.list_minor == 140_000


def test_customers_see_what_is_on_sale_today_in_their_currency(world):
    today = values.shop_day()
    seen = make.product("A", on_sale_from=today, on_sale_to=today)
    make.product("B", on_sale_from=date(2999, 1, 1))
    make.product("C", on_sale_to=date(2001, 1, 1))
    make.product("D", currency="THB")
    assert list(Product.visible_to(world.carol)) == [seen]
    assert Product.visible_to(world.rhea).count() == 4
    with pytest.raises(NotFound):
        Product.visible_to(values.ANONYMOUS)


def test_a_product_is_taken_off_sale_and_put_back(world):
    product = make.product()
    product.withdraw(by=world.mona)
    assert not product.is_on_sale(values.shop_day()) and not Product.visible_to(world.carol).exists()
    product.put_on_sale(by=world.mona)
    assert product.is_on_sale(values.shop_day()) and Product.visible_to(world.carol).exists()


def test_a_code_in_an_address_is_found_however_it_is_cased(world):
    product = make.product("BK-r93")
    assert Product.select().where(Product.by_number("bk-R93")).get() == product


def test_a_category_of_the_same_name_is_one(world):
    with store.writing():
        first, second = Category.named("Rice ", by=world.ada), Category.named(" Rice", by=world.ada)
    assert first == second and Category.named("", by=world.ada) is None


def test_the_search_index_of_products_and_orders_can_be_made_anew(world):
    product = make.product("NAILS", name="Wire nails", category=make.row(Category, name="Building"))
    order = make.order(world.account, (product, 2))
    sources = {"product": Product.search_entries, "order": Order.search_entries}
    assert reindexing.rebuild(sources) == 2
    assert list(Product.select().where(Product.id.in_(search.matches("product", "building")))) == [product]
    assert list(Order.select().where(Order.id.in_(search.matches("order", f"nails {order.number}")))) == [order]
