"""Successors: named on a product, followed to what is sold today, never in a ring."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.errors import Invalid
from portal.sales import successors
from portal.sales.catalogue import Product
from tests import make


def off_sale(product):
    with store.writing():
        Product.update(on_sale_to=values.shop_day() - timedelta(days=1)).where(Product.id == product.id).execute()
    return Product.get_by_id(product.id)


def test_a_product_leads_over_its_successors_to_what_is_sold_today(world):
    old, newer, newest = make.product("OLD"), make.product("NEWER"), make.product("NEWEST")
    old.edit(by=world.mona, version=1, successor="newer")
    newer.edit(by=world.mona, version=1, successor="NEWEST")
    assert successors.of([old], world.account)[old.id].code == "NEWER"
    off_sale(newer)
    assert successors.of([old], world.account)[old.id].code == "NEWEST"
    off_sale(newest)
    assert successors.of([old, newest], world.account) == {}
    before = store.queries()
    assert successors.of([newest], world.account) == {} and store.queries() == before


def test_no_ring_and_no_unknown_code_is_taken(world):
    old, new = make.product("OLD"), make.product("NEW")
    old.edit(by=world.mona, version=1, successor="NEW")
    for product, code in ((new, "OLD"), (new, "NEW"), (new, "NOPE")):
        with pytest.raises(Invalid) as refusal:
            product.edit(by=world.mona, version=1, successor=code)
        assert refusal.value.problems["successor"][0] == ("product-unknown" if code == "NOPE" else "successor-circle")
    old.edit(by=world.mona, version=2, successor="")
    assert Product.get_by_id(old.id).successor_id is None
