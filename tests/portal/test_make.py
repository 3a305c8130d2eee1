"""The makers make what they promise, on either database."""

from portal.customers.accounts import Account


def test_the_seven_people_see_what_is_theirs(world):
    def seen(actor):
        return {account.name for account in Account.visible_to(actor)}

    assert seen(world.rhea) == seen(world.mona) == seen(world.carol) == seen(world.cora) == {"Carol’s Kitchen"}
    assert seen(world.owen) == seen(world.dave) == {"Dave Ramos"}
    assert seen(world.ada) == {"Carol’s Kitchen", "Dave Ramos"}
    assert world.account.owner == world.employees["rhea"]
