"""Companies stand below others, never below themselves, and a group is seen and summed as far as one sees."""

from portal import store
from portal.audit import Entry
from portal.customers import parents
from portal.customers.accounts import Account
from portal.customers.parents import place_under, tree
from tests import make
from tests.races import race
from tests.refusals import problems


def group(account, actor):
    return [(node.account.name, node.depth) for node in tree(account, actor)]


def company(world, name, team=None):
    return make.account(name, team=team or world.north, owner=world.employees["rhea"])


def test_a_group_is_read_from_the_topmost_company_down(world):
    holding, north, south, shop = (company(world, name) for name in ("Holding", "North", "Aurora", "Shop"))
    place_under(north, by=world.rhea, parent="Holding", version=1)
    place_under(south, by=world.rhea, parent=holding.number)
    place_under(shop, by=world.rhea, parent=north)
    wanted = [("Holding", 0), ("Aurora", 1), ("North", 1), ("Shop", 2)]
    assert group(shop, world.rhea) == group(holding, world.rhea) == wanted
    assert group(world.account, world.rhea) == [("Carol’s Kitchen", 0)]
    place_under(north, by=world.rhea)
    assert group(shop, world.rhea) == [("North", 0), ("Shop", 1)]
    assert [entry.event for entry in Entry.select().where(Entry.subject == str(north.ref))] == list(parents.EVENTS)
    assert list(Account.visible_to(world.rhea).where(Account.parent == holding)) == [south]
    assert [parents.stands_alone(one) for one in (holding, shop, world.account)] == [False, False, True]


def test_a_company_that_one_does_not_see_hides_what_is_beyond_it(world):
    top, hidden, shop = company(world, "Top"), company(world, "Hidden", world.south), company(world, "Shop")
    place_under(hidden, by=world.ada, parent=top)
    place_under(shop, by=world.ada, parent=hidden)
    assert group(shop, world.rhea) == [("Shop", 0)]
    assert group(top, world.rhea) == [("Top", 0)]
    assert group(top, world.ada) == [("Top", 0), ("Hidden", 1), ("Shop", 2)]
    assert problems(place_under, top, by=world.rhea, parent="Hidden") == {"parent": "account-not-found"}


def test_no_company_stands_below_itself_or_too_deep(world, monkeypatch):
    one, two, three = (company(world, name) for name in ("One", "Two", "Three"))
    place_under(two, by=world.rhea, parent=one)
    place_under(three, by=world.rhea, parent=two)
    for above in (one, two, three):
        assert problems(place_under, one, by=world.rhea, parent=above) == {"parent": "parent-circle"}
    monkeypatch.setattr(parents, "MOST_LEVELS", 3)
    assert problems(place_under, one, by=world.rhea, parent=company(world, "Zero")) == {"parent": "parent-too-deep"}
    assert problems(place_under, one, by=world.carol, parent="") == {"parent": "field-not-yours"}
    assert problems(one.edit, by=world.ada, parent=two.id) == {"parent": "field-not-yours"}
    assert list(parents.faults()) == []
    with store.writing():
        Account.update(parent=three).where(Account.id == one.id).execute()
    assert list(parents.faults()) == [f"account {company.id} stands below itself" for company in (one, two, three)]


def test_two_who_put_each_company_below_the_other_close_no_circle(postgres):
    world = make.world()
    pair = [company(world, name) for name in ("One", "Two")]

    def work(n):
        mine, other = Account.get_by_id(pair[n].id), Account.get_by_id(pair[1 - n].id)
        return lambda: place_under(mine, by=world.ada, parent=other)

    assert race(2, work) == ["done", "parent-circle"]
    assert list(parents.faults()) == []
