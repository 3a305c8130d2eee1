"""Forms set what they show and nothing else, whatever columns are sent along (BATTERY A5)."""

import re
from collections import Counter

import peewee
import pytest

from portal import store
from tests import traces
from tests.battery.shown_forms import forms_of
from tests.traces import Watch

WHO = (("carol", "carol"), ("dave", "dave"), ("rhea", "carol"), ("mona", "carol"), ("ada", "carol"))
CANARY = "mass-assigned-canary"
# What is new each time a form is sent: moments, keys and chance.
FLEETING = re.compile(r"id$|(^|_)at$|salt|_mark$|hash|key|token|commitments|message_id|request|text$")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?")
ENUMS = {
    "role": "admin", "state": "paid", "kind": "staff", "currency": "EUR", "country": "FR", "base": "manager",
    "reach": "all", "source": "staff", "audience": "everybody", "email": "canary@evil.example", "language": "th",
}  # fmt: skip
# Doors judge who comes; the review of an order only looks, and reads what the pad before it does not ask.
DOORS = ("order_review", "sign_up", "order_form", "claim_ask", "recover", "enter", "link")
PART = 120


def columns():
    """{column: a value that would be taken} of every column of every table."""
    found = {}
    for model in store.tables():
        for field in model._meta.sorted_fields:
            for name in {field.name, field.column_name}:
                found[name] = ENUMS.get(name) or of_kind(field)
    return found


def of_kind(field):
    if isinstance(field, peewee.BooleanField):
        return "1"
    if isinstance(field, peewee.IntegerField | peewee.ForeignKeyField):
        return "2"
    if isinstance(field, peewee.DateTimeField | peewee.DateField):
        return "2031-01-01"
    return CANARY


def sent_along(declared):
    """Every column as a field of its own, in brackets and behind dots, but for what the form itself has."""
    extra = {}
    for name, value in columns().items():
        extra[name] = extra[f"account[{name}]"] = extra[f"account.{name}"] = extra[f"obj-0-{name}"] = value
    return {name: value for name, value in extra.items() if name not in declared and not name.startswith("csrf")}


def what_changed(watch, before, client, action, **given):
    """(status, rows that came and went, without what is fleeting) of one sending, which is taken back."""
    cookies = dict(client._cookies)
    with watch.taken_back() as changed:
        answer = client.post(action, buffered=True, **given)
        now = traces.rows_of([name for name in changed() if name != "sent_form"])
    client._cookies = cookies
    moved = {}
    for name, (titles, rows) in now.items():
        kept = [i for i, title in enumerate(titles) if not FLEETING.search(title)]
        moved[name] = [
            Counter(tuple(MOMENT.sub("now", str(row[i])) for i in kept) for row in some.elements())
            for some in (rows - before[name][1], before[name][1] - rows)
        ]
    return answer.status_code, moved


@pytest.mark.row("A5")
@pytest.mark.one_database
def test_a_form_sets_what_it_shows_and_nothing_else(town, figures, rng, sized):
    watch, wrong = Watch(), []
    forms = [
        (client, who, endpoint, action, form)
        for who, whose in WHO
        for client in [town.client(who)]
        for endpoint, action, _, form in forms_of(town, who, whose, client)
        if not any(door in endpoint for door in DOORS)
    ]
    watch.changed()
    before = traces.rows_of(watch.hash)
    chosen = rng.sample(forms, min(len(forms), sized(gate=PART, night=10**6)))
    for client, who, endpoint, action, form in chosen:
        fields = {name: value for name, value in form.fields.items() if value is not None}
        plain = what_changed(watch, before, client, action, data=fields)
        stuffed = what_changed(watch, before, client, action, data=sent_along(form.names) | fields)
        _, by_json = what_changed(watch, before, client, action, json=sent_along(form.names) | fields)
        if stuffed != plain:
            wrong.append(f"{endpoint} ({action}) as {who}: {difference(plain, stuffed)}")
        if any(came or gone for came, gone in by_json.values()):
            wrong.append(f"{endpoint} ({action}) as {who}: JSON changed {sorted(by_json)}")
    figures(forms=len(chosen), of=len(forms), columns=len(columns()), sent=len(sent_along(())), wrong=len(wrong))
    assert not wrong, "\n".join(wrong[:30])
    watch.close()


def difference(plain, stuffed):
    """Where two sendings of one form differ."""
    if plain[0] != stuffed[0]:
        return f"{plain[0]} became {stuffed[0]}"
    tables = [name for name in {*plain[1], *stuffed[1]} if plain[1].get(name) != stuffed[1].get(name)]
    return "; ".join(f"{name}: {plain[1].get(name)} became {stuffed[1].get(name)}" for name in tables)[:900]
