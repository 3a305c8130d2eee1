"""One record of each noun that a route can be about, within Carol's reach where a customer owns such records."""

from portal.activity.inbox import Notice
from portal.activity.outgoing import Mail
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.people.employees import Employee
from portal.people.teams import Team
from tests import make as makers

MAKERS = {
    Account: lambda world: world.account,
    Address: lambda world: makers.address(world.account),
    Notice: lambda world: makers.told(world.account, world.logins["carol"])[0],
    Mail: lambda world: makers.told(world.account, world.logins["carol"])[1],
    Contact: lambda world: world.contacts["carol"],
    Employee: lambda world: world.employees["rhea"],
    Team: lambda world: world.north,
}


def make(model, world):
    """The record for this noun; a noun without a maker has no place in the access matrix and fails it."""
    return MAKERS[model](world)
