"""Shopping lists: kept, changed by several, ordered from; whose they are."""

import threading

import pytest

from portal import audit, store
from portal.errors import Invalid, Stale
from portal.sales.quotes import Wanted
from portal.sales.shopping_lists import ShoppingList
from tests import make


@pytest.fixture
def shop(world):
    world.rice, world.oil = make.product("RICE", name="Rice"), make.product("OIL", name="Palm oil")
    world.ben = make.customer_actor(make.member(world.account, "Ben Reyes", "buyer"))
    return world


def keep(shop, name="Monday", by=None, lines=(("RICE", 2), ("OIL", "3")), **given):
    account = shop.account if (by or shop.carol) is not shop.dave else shop.other_account
    return ShoppingList.keep(
        by=by or shop.carol, account=account, name=name, lines=[Wanted(*line) for line in lines], **given
    )


def held(kept):
    return [(line.product.code, line.quantity) for line in kept.lines]


def names(actor):
    return sorted(row.name for row in ShoppingList.visible_to(actor))


def test_a_list_keeps_what_is_bought_together_and_adds_up_what_stands_twice(shop):
    kept = keep(shop, lines=[("rice", "๒"), ("OIL", "1,000"), ("RICE", 3)])
    assert held(kept) == [("RICE", 5), ("OIL", 1000)]
    entry = audit.Entry.select().order_by(audit.Entry.id.desc()).get()
    assert (entry.event, entry.subject, entry.about) == ("shopping_list.kept", str(kept.ref), str(shop.account.ref))


def test_an_own_list_is_for_its_owner_and_a_shared_one_for_the_account_and_staff(shop):
    keep(shop, "Mine"), keep(shop, "Ours", is_shared=True), keep(shop, "Theirs", by=shop.dave, is_shared=True)
    assert names(shop.carol) == ["Mine", "Ours"]
    assert names(shop.cora) == names(shop.ben) == names(shop.rhea) == ["Ours"]
    assert names(shop.dave) == names(shop.owen) == ["Theirs"]


def test_a_name_is_taken_once_by_the_same_person(shop):
    keep(shop)
    with pytest.raises(Invalid, match="list-known"):
        keep(shop, "MONDAY")
    assert keep(shop, by=shop.ben).name == "Monday"


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "lines-needed"),
        ([("NOPE", 1)], "list-line-unknown"),
        ([("RICE", "x")], "list-line-malformed"),
        ([("RICE", "0")], "list-line-malformed"),
        ([("RICE", 1)] * 501, "lines-too-many"),
    ],
)
def test_what_cannot_stand_on_a_list_is_refused_and_nothing_is_kept(shop, lines, problem):
    with pytest.raises(Invalid, match=problem):
        keep(shop, lines=lines)
    assert not ShoppingList.select().exists()


def test_a_list_is_renamed_its_quantities_changed_and_more_is_pasted(shop):
    kept, version = keep(shop, is_shared=True), 1
    make.product("SALT", name="Salt")
    given = {"name": "Tuesday", "is_shared": True, "quantities": {shop.rice.id: 7}, "more": "SALT\t4\nRICE 1"}
    kept.edit(by=shop.ben, version=version, **given)
    assert held(ShoppingList.get()) == [("RICE", 8), ("SALT", 4)] and ShoppingList.get().name == "Tuesday"
    with pytest.raises(Invalid, match="list-lines-unread"):
        kept.edit(by=shop.ben, version=2, **given | {"more": "whatever 3"})
    with pytest.raises(Invalid, match="field-not-yours"):
        kept.edit(by=shop.ben, version=2, **given | {"is_shared": False})


def test_of_two_colleagues_the_slower_one_is_told_and_overwrites_nothing(shop):
    kept = keep(shop, is_shared=True)
    mine, theirs = ShoppingList.get(), ShoppingList.get()
    mine.edit(by=shop.carol, version=1, name="Monday", is_shared=True, quantities={shop.rice.id: 9})
    with pytest.raises(Stale):
        theirs.edit(by=shop.ben, version=1, name="Monday", is_shared=True, quantities={shop.oil.id: 1})
    assert held(kept) == [("RICE", 9)]


def test_a_product_is_added_to_what_stands_there(shop):
    kept = keep(shop, lines=[("RICE", 2)])
    kept.add(by=shop.carol, lines=[Wanted("OIL", "1"), Wanted("RICE", 4)])
    assert held(kept) == [("RICE", 6), ("OIL", 1)] and ShoppingList.get().version == 2


def test_a_list_is_removed_with_its_lines(shop):
    kept = keep(shop)
    kept.remove(by=shop.carol)
    assert not ShoppingList.select().exists() and kept.lines == []


def test_two_who_put_something_on_the_same_list_at_once_both_find_it_there(postgres):
    shop = make.world()
    shop.rice, shop.oil = make.product("RICE"), make.product("OIL")
    kept = keep(shop, lines=[("RICE", 1)], is_shared=True)
    ready = threading.Barrier(2)

    def put(code):
        with store.connection():
            mine = ShoppingList.get_by_id(kept.id)
            ready.wait()
            mine.add(by=shop.carol, lines=[Wanted(code, 2)])

    threads = [threading.Thread(target=put, args=(code,)) for code in ("RICE", "OIL")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(held(kept)) == [("OIL", 2), ("RICE", 3)]
