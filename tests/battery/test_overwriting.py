"""Nobody overwrites what he has not seen: two people with the same form open (BATTERY G10)."""

import html
from collections import Counter
from itertools import product
from typing import NamedTuple

import pytest

from portal.customers.addresses import Address
from tests.apps import Forms
from tests.battery.shown_forms import forms_of
from tests.traces import Watch

# Whose form it is, and who saves first: two tabs, two colleagues, staff and customer.
PAIRS = (("mona", "mona"), ("ada", "mona"), ("carol", "carol"))
MINE, THEIRS = "Sampaguita mine", "Sampaguita theirs"
# What is typed by the first and by the second into a field that takes no words of anybody's choice.
WORDS = {"phone": ("+639175550101", "+639175550102"), "website": ("theirs.example", "mine.example")}


def texts(form):
    """The fields of a form that take words of anybody's choice, likely ones first."""
    likely = (
        "name",
        "title",
        "note",
        "words",
        "text",
        "line1",
        "subject",
        "body",
        "description",
        "job_title",
        "question",
    )
    found = [name for name, value in form.fields.items() if isinstance(value, str) and not value.isdigit()]
    return [name for name in likely if name in found] + [name for name in found if "title" in name or "text" in name]


@pytest.mark.row("G10")
@pytest.mark.one_database
def test_the_slower_of_two_editors_sees_both_versions(town, figures):
    watch, wrong, kinds, untried = Watch(), [], Counter(), []
    for who, first in PAIRS:
        client, earlier = town.client(who), town.client(first)
        for endpoint, action, _, form in forms_of(town, who, "carol", client):
            if "version" not in form.fields:
                continue
            cookies = dict(client._cookies), dict(earlier._cookies)
            with watch.taken_back() as changed:
                said = overtaken(client, earlier, action, form, changed)
            client._cookies, earlier._cookies = cookies
            kinds["pairs" if said is not None else "untried"] += 1
            if said is None:
                untried.append(endpoint)
            elif said:
                wrong.append(f"{endpoint} ({action}), {first} before {who}: {said}")
    figures(**kinds, not_tried=sorted(set(untried)), overwritten=len(wrong))
    assert kinds["pairs"] >= 15, untried
    assert not wrong, "\n".join(wrong[:30])
    watch.close()


def overtaken(client, earlier, action, form, changed):
    """None when no field of it could be changed; else what is wrong when another one saves first, "" for nothing."""
    fields = {name: value for name, value in form.fields.items() if value is not None}
    for name in texts(form):
        theirs = fields | {name: THEIRS, "form_key": "a" * 24}
        if earlier.post(action, data=theirs, buffered=True).status_code != 303 or len(changed()) < 3:
            continue
        answer = client.post(action, data=fields | {name: MINE}, buffered=True)
        page = html.unescape(answer.text)
        if answer.status_code != 409:
            return f"{name}: {answer.status}"
        return "" if MINE in page and THEIRS in page else f"{name}: the page does not show both"
    return None


class Side(NamedTuple):
    """One side of the counter: who sits there, the page with the form, where it goes, and the fields tried in it."""

    who: str
    page: str
    action: str
    names: tuple

    def form(self, town):
        """The client, and what the form of the page holds."""
        client = town.client(self.who)
        [form] = [form for form in Forms(client.get(self.page).text).found if form.action == self.action]
        return client, sent_by(form)


def sent_by(form):
    return {name: value for name, value in form.fields.items() if value is not None}


def open_on_both(town):
    """[(the customer's Side, that of staff)] of each form over a record that both edit."""
    account = f"/staff/accounts/{town.world.account.number}"
    contact = f"/staff/contacts/{town.world.contacts['carol'].number}"
    address = town.records["carol"][Address][-1].number
    details = Side("mona", f"{account}?edit=details", f"{account}/edit/details", ("name", "phone", "website"))
    person = Side("ada", f"{contact}?edit=person", f"{contact}/edit/person", ("name", "title"))
    reach = Side("ada", f"{contact}?edit=reach", f"{contact}/edit/reach", ("phone",))
    at = f"/account/addresses/{address}", f"/account/addresses/{address}"
    place = Side("mona", *(f"/staff/addresses/{address}",) * 2, ("line1", "label", "phone"))
    ours = [("carol", "/account", f"/account/edit/{name}", (name,)) for name in ("name", "phone", "website")]
    mine = [("carol", "/account", "/account/me/my-name", ("name", "title")),
            ("carol", "/account", "/account/me/my-phone", ("phone",))]  # fmt: skip
    return [
        *((Side(*one), details) for one in ours),
        *product([Side(*one) for one in mine], [person, reach]),
        (Side("carol", *at, ("line1", "label", "phone")), place),
    ]


@pytest.mark.row("G10")
@pytest.mark.one_database
def test_staff_and_customer_who_edit_the_same_record_lose_nothing(town, figures):
    watch, wrong, kinds = Watch(), [], Counter()
    for pair in open_on_both(town):
        for first, second in (pair, pair[::-1]):
            for theirs, mine in product(first.names, second.names):
                with watch.taken_back():
                    said = told_and_kept(town, first, theirs, second, mine)
                kinds["the same field" if theirs == mine else "another field"] += 1
                if said:
                    wrong.append(f"{first.action} ({theirs}) before {second.action} ({mine}): {said}")
    figures(pairs=kinds.total(), **kinds, overwritten=len(wrong))
    assert not wrong, "\n".join(wrong[:30])
    watch.close()


def told_and_kept(town, first, theirs, second, mine):
    """What is wrong when the second, with his form open, saves what the first has just saved; "" for nothing."""
    (earlier, before), (later, typed) = first.form(town), second.form(town)
    theirs_now, mine_now = WORDS.get(theirs, (THEIRS, MINE))[0], WORDS.get(mine, (THEIRS, MINE))[1]
    if earlier.post(first.action, data=before | {theirs: theirs_now}, buffered=True).status_code != 303:
        return "the first is refused"
    answer = later.post(second.action, data=typed | {mine: mine_now}, buffered=True)
    page = html.unescape(answer.text)
    if answer.status_code != 409:
        return answer.status
    if mine_now not in page or (theirs == mine and theirs_now not in page):
        return "the page does not show both"
    again = [sent_by(form) for form in Forms(answer.text).found if form.action == second.action]
    if not again or again[0].get(mine) != mine_now:
        return "what was typed is not in the form"
    saved = later.post(second.action, data=again[0], buffered=True)
    return "" if saved.status_code == 303 else f"it cannot be saved after all: {saved.status}"
