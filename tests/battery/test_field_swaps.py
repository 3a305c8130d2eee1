"""Foreign ids in fields, hidden ones and choices included, in queries, headers and cookies (BATTERY A2)."""

import re
from collections import Counter
from urllib.parse import quote

import pytest

from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.sales.invoices import Invoice
from portal.sales.orders import Order, OrderLine
from portal.sales.payments import Payment
from portal.service.cases import Case
from portal.service.conversations import Conversation
from portal.service.warranties import Warranty
from tests.battery.foreign import seen, twin_of
from tests.battery.shown_forms import OWN, forms_of, pages_of
from tests.traces import Watch

PAIRS = (("carol", "carol", "dave"), ("rhea", "carol", "dave"), ("nina", "tess", "carol"), ("owen", "dave", "carol"))
# What the fields that name a record are called, and whose ids stand in the names of others.
NAMED = {
    "account": Account, "parent": Account, "contact": Contact, "to": Contact, "recipient": Contact, "join": Account,
    "address": Address, "order": Order, "invoice": Invoice, "payment": Payment, "case": Case, "into": Case,
    "about": Account, "keep": Account, "other": Account, "conversation": Conversation, "warranty": Warranty,
}  # fmt: skip
ARGUMENTS = (*NAMED, "of", "for", "subject", "again", "number", "id")
HEADERS = ("X-Account", "X-User-Id", "X-Forwarded-User", "Remote-User", "X-Suki-Account", "Referer", "X-Original-URL")
IN_NAME = re.compile(r"(line|pieces|amount|unsent)([_:])(\d+)")
DOORS = (
    "sign_up",
    "order_form",
    "claim_ask",
    "recover",
)  # limited by tries, so that no two answers are alike: see B5
PART = {True: (500, 800), False: (40, 60)}


def keys(record):
    return [str(record.id), str(record.number), str(record.ref)]


def fields_to_try(form, foreign):
    """(fields with a foreign key in one of them, the same with the key of nobody, both keys) for one form."""
    for name in form.fields:
        if name in OWN:
            continue
        found = IN_NAME.fullmatch(name)
        if found:
            for line in OrderLine.select().where(OrderLine.order == foreign[Order][0].id):
                mine, nobody = f"{found[1]}{found[2]}{line.id}", f"{found[1]}{found[2]}{line.id + 700_000}"
                yield form.fields | {mine: "1"}, form.fields | {nobody: "1"}, (mine, nobody)
        models = [NAMED[name]] if name in NAMED else [Account, Order, Invoice, Case]
        for model in models:
            for key in keys(foreign[model][0]):
                # Elsewhere 3 is three, and a longer text too long; a number of an order is one anywhere.
                if name in NAMED or (not key.isdigit() and len(key) == len(twin_of(key))):
                    yield form.fields | {name: key}, form.fields | {name: twin_of(key)}, (key, twin_of(key))


def names_no_record(one):
    """False for a try that puts a number into a field that names a record: where most is to be lost comes first."""
    fields, twin = one[-3], one[-2]
    return not any(name in NAMED and fields[name] != twin.get(name) for name in fields)


def without(answer, *asked):
    """What is seen of an answer but for the key that was sent, which the page shows again."""
    status, headers, text = seen(answer)
    for key in (*asked, *map(quote, asked)):
        text = re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w-])", "KEY", text)
    return status, [(name, re.sub(r"\d+", "9", value)) for name, value in headers], text


@pytest.mark.row("A2", "A3")
def test_a_foreign_id_in_a_field_is_a_missing_id(town, figures, rng, sized):
    watch, tries, wrong, statuses = Watch(), [], [], Counter()
    for who, whose, others in PAIRS:
        client, foreign = town.client(who), town.records[others]
        for endpoint, action, _, form in forms_of(town, who, whose, client):
            if any(door in endpoint for door in DOORS):
                continue
            tries += [(client, who, endpoint, action, *fields) for fields in fields_to_try(form, foreign)]
    watch.changed()  # opening pages
    rng.shuffle(tries)
    tries.sort(key=names_no_record)
    chosen = tries[: sized(gate=PART[watch.is_sqlite][0], night=10**6)]
    for client, who, endpoint, action, fields, twin, asked in chosen:
        cookies, answers = dict(client._cookies), []
        for one in (fields, twin):
            with watch.taken_back() as changed:
                answers.append(client.post(action, data=none_left_out(one), buffered=True))
                left = changed() if answers[-1].status_code >= 400 else []
            client._cookies = dict(cookies)
            if left:
                wrong.append(f"{endpoint} as {who} with {asked}: {answers[-1].status_code}, yet {left} changed")
        statuses[answers[0].status_code] += 1
        if without(answers[0], *asked) != without(answers[1], *asked):
            wrong.append(f"{endpoint} ({action}) as {who}: {asked[0]} is told apart from {asked[1]}")
    figures(swaps=len(chosen), of=len(tries), statuses=dict(statuses), wrong=len(wrong))
    assert not (wrong := wrong + watch.changed_at_last()), "\n".join(wrong[:30])
    watch.close()


def none_left_out(fields):
    return {name: value for name, value in fields.items() if value is not None}


@pytest.mark.row("A2")
def test_a_foreign_id_in_a_query_header_or_cookie_is_a_missing_id(town, figures, rng, sized):
    watch, tries, wrong = Watch(), [], []
    for who, whose, others in PAIRS:
        client, foreign = town.client(who), town.records[others]
        for page in pages_of(town, who, whose):
            for name in (*ARGUMENTS, *HEADERS, "cookie"):
                key = rng.choice(keys(foreign[NAMED.get(name, Account)][0]))
                tries.append((client, who, page, name, key))
    chosen = rng.sample(tries, min(len(tries), sized(gate=PART[watch.is_sqlite][1] // 2, night=10**6)))
    for client, who, page, name, key in chosen:
        for _ in range(2):  # a minute may have passed between the two: what is told apart is told apart again
            asked = [client.get(page, buffered=True, **sent(name, k)) for k in (key, twin_of(key))]
            answers = [without(answer, key, twin_of(key)) for answer in asked]
            if answers[0] == answers[1]:
                break
        if answers[0] != answers[1]:
            wrong.append(f"{page} as {who} with {name}: {key} is told apart from {twin_of(key)}")
        if answers[0][0] >= 500:
            wrong.append(f"{page} as {who} with {name}: {answers[0][0]}")
    figures(swaps=len(chosen), of=len(tries), wrong=len(wrong))
    assert not (wrong := wrong + watch.changed_at_last()), "\n".join(wrong[:30])
    watch.close()


def sent(name, key):
    """How a key is sent under a name: in a header, in a cookie or in the query."""
    if name in HEADERS:
        return {"headers": {name: key}}
    return {"headers": {"Cookie": f"account={key}"}} if name == "cookie" else {"query_string": {name: key}}
