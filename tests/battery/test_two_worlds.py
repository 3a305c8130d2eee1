"""Two worlds that differ in what somebody may not read look the same to him, whatever he asks (BATTERY A6)."""

import re
from datetime import date

import peewee
import pytest

from portal import fields, store
from portal.people import policy
from portal.people.roles import NOUNS
from tests import routes
from tests.battery.foreign import seen
from tests.battery.shown_forms import pages_of
from tests.traces import Watch

READERS = (("carol", "carol"), ("cora", "carol"), ("rhea", "carol"), ("nina", "tess"), ("marco", "carol"))
PART = 60  # questions of each reader that the gate asks, beside the pages that show most of what is kept
ALWAYS = re.compile(r"/staff/(accounts|contacts)/\d+$")
OF_HIMSELF = "/account/data"  # where a customer reads every field that is kept of himself (R234)
KINDS = {"text", "words", "phone", "email", "website", "number", "money", "date"}
WORLDS = ("amihan", "habagat")  # what stands in a text there; numbers and days go by the place in this list
# What is free of a product is read by whoever orders it, and its counters have to fit each other.
NOT_TOLD = {"product.stock", "product.reserved", "product.free", "account.currency"}


def hidden_fields(actor):
    """[(noun, model, field)] of what this person reads nowhere, by the field tables and his role."""
    found = []
    for noun in NOUNS:
        table, model = fields.TABLES[noun], store.kinds()[noun]
        if noun == "interaction" and actor.is_customer:
            continue  # what is shared of it is read whole (R320)
        readable = set(table.readable(actor))
        for field in table.own.values():
            column = model._meta.fields.get(field.name)
            plain = field.kind in KINDS and column is not None and not isinstance(column, peewee.ForeignKeyField)
            pairs = [index for index in model._meta.indexes if isinstance(index, tuple)]
            keys = {name for names, is_unique in pairs if is_unique for name in names}
            single = plain and not column.unique and field.name not in keys
            if single and field.name not in readable and f"{noun}.{field.name}" not in NOT_TOLD:
                found.append((noun, model, field))
    return found


def value_of(field, world):
    if field.kind in ("number", "money"):
        return 1_000 + world
    return date(1980, 1, 1 + world) if field.kind == "date" else WORLDS[world]


def make_so(hidden, world):
    """Put the value of a world into every hidden field of every record, and into the search."""
    with store.writing():
        for model in {model for _, model, _ in hidden}:
            given = {field.name: value_of(field, world) for _, of, field in hidden if of is model}
            model.update(**given).execute()
            for row in model.select() if "index" in vars(model) else ():
                row.index()


def questions(town, who, whose, hidden):
    """Every address that lists, searches, sorts, filters or counts, asked about the hidden values."""
    yield from pages_of(town, who, whose)
    names = {field.name for _, _, field in hidden}
    for rule, needs, method in routes.all_routes(town.app):
        actor = town.actor(who, rule)
        feeds = any(other.endpoint == f"{rule.endpoint}_json" for other in town.app.url_map.iter_rules())
        if method != "GET" or not feeds or needs.on or not policy.may(actor, needs.may):
            continue
        for name in names:
            value = value_of(next(field for _, _, field in hidden if field.name == name), 0)
            for ending in ("", ".json"):
                yield f"{rule.rule}{ending}?{name}={value}"
                yield f"{rule.rule}{ending}?sort={name}"
            yield f"{rule.rule}.csv?columns={name}"
        yield from (f"{rule.rule}.csv", f"{rule.rule}?q={WORLDS[0]}", f"{rule.rule}.json?q={WORLDS[0]}")
    if who in ("rhea", "nina", "marco"):
        yield from (f"/staff/search?q={WORLDS[0]}", f"/staff/search?q={WORLDS[0][:3]}")


@pytest.mark.row("A6")
@pytest.mark.one_database
@pytest.mark.parametrize(("who", "whose"), READERS)
def test_what_one_may_not_read_moves_nothing_that_one_sees(town, figures, rng, sized, who, whose):
    watch, client = Watch(), town.client(who)
    hidden = hidden_fields(getattr(town.world, who))
    asked = list(dict.fromkeys(questions(town, who, whose, hidden)))
    asked = [address for address in asked if not address.startswith(OF_HIMSELF)]
    always = [address for address in asked if ALWAYS.search(address)]
    others = [address for address in asked if address not in always]
    asked = always + rng.sample(others, min(len(others), sized(gate=PART, night=10**6)))
    answers = []
    for world in range(len(WORLDS)):
        with watch.taken_back():
            make_so(hidden, world)
            cookies = dict(client._cookies)
            answers.append([seen(client.get(address, buffered=True)) for address in asked])
            client._cookies = cookies
    differing = [
        f"{address}: {told_apart(one, other)}"
        for address, one, other in zip(asked, *answers, strict=True)
        if one != other
    ]
    figures(hidden_fields=len(hidden), asked=len(asked), differing=len(differing))
    assert hidden
    assert not differing, "\n".join(differing[:30])
    watch.close()


def told_apart(one, other):
    """The first place where two answers differ."""
    if one[:2] != other[:2]:
        return f"{one[:2]} and {other[:2]}"
    lines = zip(one[2].splitlines(), other[2].splitlines(), strict=False)
    return next((f"{a!r} and {b!r}" for a, b in lines if a != b), "one is longer")[:600]
