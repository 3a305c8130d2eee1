"""Whoever changes what somebody removes at that moment is told that it is gone, and nothing breaks (BATTERY G10)."""

from collections import Counter

import pytest

from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Refusal
from portal.web import surfaces
from portal.whole import binning
from tests.battery.shown_forms import forms_of
from tests.battery.test_twice import filled
from tests.traces import Watch

WHO = ("carol", "rhea", "ada")
BINNED = (Account, Contact, Interaction, Task)


def removable(town, endpoint):
    noun = town.app.view_functions[endpoint].needs["on"]
    return noun in BINNED or hasattr(noun, "remove")


def remove(record, by):
    """Let it go as a colleague would; returns whether it went."""
    now = type(record).get_by_id(record.id)
    try:
        binning.delete(now, by=by) if type(record) in BINNED else now.remove(by=by)
    except Refusal:
        return False
    return True


class Colleague:
    """Removes the record of the next form once that form has loaded it."""

    def __init__(self, by):
        self.by, self.load, self.has_removed = by, surfaces.load, None

    def load_and_remove(self, model, actor, number):
        record = self.load(model, actor, number)
        if self.has_removed is None:
            self.has_removed = remove(record, self.by)
        return record


@pytest.mark.row("G10")
@pytest.mark.one_database
def test_what_is_removed_while_it_is_changed_is_said_to_be_gone(town, figures, monkeypatch):
    watch, kinds, wrong = Watch(), Counter(), []
    colleague = Colleague(town.world.ada)
    for who in WHO:
        client = town.client(who)
        forms = [found for found in forms_of(town, who, "carol", client) if removable(town, found[0])]
        monkeypatch.setattr(surfaces, "load", colleague.load_and_remove)
        for endpoint, action, _, form in forms:
            cookies, colleague.has_removed = dict(client._cookies), None
            with watch.taken_back():
                status = client.post(action, data=filled(form), buffered=True).status_code
            client._cookies = cookies
            kinds[str(status) if colleague.has_removed else "not_removed"] += 1
            if colleague.has_removed and status not in (303, 404, 409, 422):
                wrong.append(f"{endpoint} ({action}) as {who}: {status}")
        monkeypatch.setattr(surfaces, "load", colleague.load)
    figures(**{f"answered_{kind}": count for kind, count in kinds.items()}, wrong=len(wrong))
    assert kinds["404"] > 15, kinds
    assert wrong == []
    watch.close()
