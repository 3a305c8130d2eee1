"""What a record has many of: to add, remove, reorder, empty or leave out each needs the right to it (BATTERY A10)."""

from collections import Counter

import pytest

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.people.employees import Employee
from portal.people.roles import StaffRole
from tests.battery.town import PEOPLE
from tests.traces import Watch

pytestmark = [pytest.mark.row("A10"), pytest.mark.one_database]

TEAM = ("rhea", "mona", "ada")  # who sees Carol's account and edits it
# (address, model of its record, its field, who may); written here by hand, so that no declaration excuses itself.
LISTS = (
    ("/staff/accounts/{}/tags", Account, "name", TEAM),
    ("/staff/accounts/{}/tags/take", Account, "name", TEAM),
    ("/staff/contacts/{}/tags", Contact, "name", TEAM),
    ("/staff/contacts/{}/tags/take", Contact, "name", TEAM),
    ("/staff/contacts/{}/consent", Contact, "purpose", TEAM),
    ("/staff/accounts/{}/people/new", Account, "contact", TEAM),
    ("/staff/contacts/{}/accounts/new", Contact, "account", TEAM),
    ("/staff/settings/employees/{}", Employee, "team", ("ada",)),
    ("/staff/settings/roles/{}", StaffRole, "orders", ("ada",)),
    ("/staff/settings/roles/{}/fields/account", StaffRole, "phone", ("ada",)),
    ("/account/data/consent", None, "purpose", ("carol", "bea", "cora", "dave", "doris", "tess")),
    ("/account/data/consent/reaching", None, "barred", ("carol", "bea", "cora", "dave", "doris", "tess")),
    ("/account/data/consent/preferences", None, "topics", ("carol", "bea", "cora", "dave", "doris", "tess")),
    ("/account/people", None, "email", ("carol", "dave", "tess")),
)
VARIANTS = {"add": ["1", "2", "3"], "remove": ["1"], "reorder": ["3", "2", "1"], "empty": [""], "leave out": None}


def wrong_with(answer, may, left):
    """None when somebody was treated as he may be."""
    if may:
        return f"may, but got {answer.status_code}" if answer.status_code in (401, 403, 404, 500) else None
    signs_in = answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
    if not signs_in and answer.status_code not in (403, 404):
        return f"may not, but got {answer.status_code}"
    return f"may not, yet changed {left}" if left else None


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_way_to_change_a_list_needs_its_right(town, figures, variant):
    watch, wrong, kinds = Watch(), [], Counter()
    clients = {name: town.client(name) for name in PEOPLE}
    for pattern, model, field, allowed in LISTS:
        address = pattern.format(town.records["carol"][model][-1].number) if model else pattern
        sent = {} if VARIANTS[variant] is None else {field: VARIANTS[variant]}
        for name, client in clients.items():
            cookies = dict(client._cookies)
            with watch.taken_back() as changed:
                answer = client.post(address, data=sent, buffered=True)
                left = changed() if name not in allowed else []
            client._cookies = cookies
            kinds["may" if name in allowed else "may not"] += 1
            if said := wrong_with(answer, name in allowed, left):
                wrong.append(f"{address} as {name}: {said}")
    figures(**kinds, wrong=len(wrong))
    assert not wrong, "\n".join(wrong[:40])
    watch.close()
