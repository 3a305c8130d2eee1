"""Nobody overwrites what he has not seen: two people with the same form open (BATTERY G10)."""

import html
from collections import Counter

import pytest

from tests.battery.shown_forms import forms_of
from tests.traces import Watch

# Whose form it is, and who saves first: two tabs, two colleagues, staff and customer.
PAIRS = (("mona", "mona"), ("ada", "mona"), ("carol", "carol"))
MINE, THEIRS = "Sampaguita mine", "Sampaguita theirs"


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
