"""A form sent twice does one thing; the same key with another content is a page that says so (BATTERY G9)."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import values
from portal.audit import Entry, SentForm
from tests.battery.shown_forms import OWN, forms_of
from tests.traces import Watch

WHO = (("carol", "carol"), ("rhea", "carol"), ("mona", "carol"), ("ada", "carol"))
DOORS = ("sign_up", "order_form", "claim_ask", "recover", "enter", "link", "look")
PART = {True: 150, False: 40}
AT_ONCE = 20
# What a person would write into a field that the page left empty, by a part of its name.
TYPED = {
    "email": "new@people.example", "phone": "0917 555 0111", "amount": "1.00", "price": "12.00", "minor": "12.00",
    "quantity": "1", "website": "shop.example", "days": "3", "_on": None, "year": "2026", "code": "NEW-1",
    "slug": "new-one",
}  # fmt: skip


def filled(form):
    """The form with its empty fields filled in, and the same with other words."""
    fields = {name: value for name, value in form.fields.items() if value is not None}
    for name, value in fields.items():
        if value == "" and name not in OWN:
            part = next((part for part in TYPED if part in name), "")
            day = (values.shop_day() + timedelta(days=2)).isoformat()
            fields[name] = TYPED.get(part, "New words") or day
    return fields


def other(fields):
    """The same form with other words in it: None when it has none to change."""
    words = [name for name, value in fields.items() if value == "New words"]
    return fields | {words[0]: "Other words"} if words else None


@pytest.mark.row("G9")
def test_a_form_sent_twice_does_one_thing(town, figures, rng, sized):
    watch, wrong, kinds = Watch(), [], Counter()
    forms = [
        (client, who, *found)
        for who, whose in WHO
        for client in [town.client(who)]
        for found in forms_of(town, who, whose, client)
        if not any(door in found[0] for door in DOORS)
    ]
    watch.changed()
    chosen = rng.sample(forms, min(len(forms), sized(gate=PART[watch.is_sqlite], night=10**6)))
    for client, who, endpoint, action, _, form in chosen:
        cookies = dict(client._cookies)
        for fields in (filled(form), {name: value for name, value in form.fields.items() if value is not None}):
            with watch.taken_back() as changed:
                said, carried_out = sent_again(client, action, fields, changed, watch)
            client._cookies = dict(cookies)
            if carried_out:
                break
        kinds["carried out" if carried_out else "refused"] += 1
        wrong += [f"{endpoint} ({action}) as {who}: {what}" for what in said]
    figures(forms=len(chosen), of=len(forms), **kinds, wrong=len(wrong))
    assert kinds["carried out"] > len(chosen) // 4, kinds
    assert not wrong, "\n".join(wrong[:30])
    watch.close()


def sent_again(client, action, fields, changed, watch):
    """(what was wrong, whether the form was carried out) of sending it, again, and again with other words."""
    first = client.post(action, data=fields, buffered=True)
    once = changed()
    if first.status_code >= 400 or "sent_form" not in once:
        return [], False
    wrong, entries = [], Entry.select().count()
    second = client.post(action, data=fields, buffered=True)
    if Entry.select().count() != entries:
        wrong.append(f"done twice: {first.status}, {second.status}")
    # What it removed is gone, and a press of a row carries no key: it is refused by what it did.
    if "form_key" in fields and second.status_code >= 400 and second.status_code not in (404, 409):
        wrong.append(f"sent again it is {second.status}")
    if changed_words := other(fields):
        third = client.post(action, data=changed_words, buffered=True)
        if Entry.select().count() != entries:
            wrong.append(f"other words under the same key were carried out: {third.status}")
        if third.status_code not in (409, 422):
            wrong.append(f"other words under the same key: {third.status}")
    return wrong, True


@pytest.mark.row("G9")
def test_a_form_sent_by_twenty_at_once_does_one_thing(town, figures, rng, sized):
    """SQLite lets one at a time in, PostgreSQL all of them: they meet at the key of the form."""
    watch, wrong, kinds, sent, tried = Watch(), [], Counter(), set(), 0
    forms = [
        (client, who, *found)
        for who, whose in WHO
        for client in [town.client(who)]
        for found in forms_of(town, who, whose, client)
        if "form_key" in found[3].fields and not any(door in found[0] for door in DOORS)
    ]
    wanted = sized(gate=12, night=10**6)
    for client, who, endpoint, action, _, form in rng.sample(forms, len(forms)):
        if len(sent) == wanted:
            break
        tried += 1
        fields, cookies = filled(form), dict(client._cookies)
        with watch.taken_back() as changed:
            written = Entry.select().count()
            first = client.post(action, data=fields | {"form_key": "b" * 24}, buffered=True)
            written = Entry.select().count() - written
            is_done = first.status_code < 400 and "sent_form" in changed()
        client._cookies = dict(cookies)
        if not is_done:
            continue
        sent.add((who, endpoint, action))
        before = Entry.select().count()
        answers = at_once(town.app, cookies, action, fields)
        more = Entry.select().count() - before
        kinds.update(answers)
        keys = SentForm.select().where(SentForm.key == form.fields["form_key"]).count()
        # What it removed is gone for whoever comes a moment later.
        if more != written or keys != 1 or set(answers) - {200, 303, 404} or not set(answers) & {200, 303}:
            wrong.append(f"{endpoint} ({action}) as {who}: {more} events of {written}, {keys} keys, {dict(answers)}")
    figures(forms=len(sent), at_once=AT_ONCE, statuses=dict(kinds), wrong=len(wrong))
    assert len(sent) >= min(wanted, tried // 4)
    assert not wrong, "\n".join(wrong[:30])
    watch.close()


def at_once(app, cookies, action, fields):
    """Counted: the statuses of the answers to one form that is sent by AT_ONCE lines at the same moment."""
    started = threading.Barrier(AT_ONCE)

    def send(_):
        browser = app.test_client()
        browser._cookies = dict(cookies)
        started.wait()
        return browser.post(action, data=fields, buffered=True).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(send, range(AT_ONCE)))
