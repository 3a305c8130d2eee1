"""The chain: who works under whom, as far down as it goes."""

from portal import memory, store
from portal.people.employees import Employee

REMEMBERED_SECONDS = 30


def below(employee):
    """Ids of all who work under an employee (an id), at whatever distance."""
    under = memory.remembered("chain", REMEMBERED_SECONDS, lambda: store.uncounted(_under))
    found, waiting = set(), [employee]
    while waiting:
        fresh = under.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found - {employee}


def _under():
    """{manager: ids of those right under him}."""
    found = {}
    rows = Employee.select(Employee.id, Employee.manager).where(Employee.manager.is_null(False))
    for person, manager in rows.tuples():
        found.setdefault(manager, set()).add(person)
    return found
