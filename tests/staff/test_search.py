"""The box that finds anything: grouped, by any part of a word, and never beyond one's reach."""

from portal import search
from portal.values import Ref
from staff import search as page
from tests import make, samples


def indexed(world):
    other = make.account("Owen’s Garden", team=world.south)
    for account in (world.account, other):
        with make.store.writing():
            search.put(account.ref, [account.name], account.id, account.team_id)
    return other


def test_a_part_of_a_name_finds_the_account(client, world):
    indexed(world)
    page = client.sign_in(world.ada).get("/staff/search?q=den")
    assert page.status_code == 303 or "Owen’s Garden" in page.text


def test_what_belongs_to_another_team_is_not_found(client, world):
    other = indexed(world)
    page = client.sign_in(world.rhea).get("/staff/search?q=garden")
    assert other.name not in page.text
    assert "Nothing found" in page.text


def test_an_empty_box_says_what_it_takes(client, world):
    assert "Type part of a name" in client.sign_in(world.rhea).get("/staff/search").text


def test_whatever_can_be_found_has_a_name_and_a_page(client, world):
    found = [*page.NOUNS.items(), *((kind, model) for kind, (model, _) in page.KEPT.items())]
    with make.store.writing():
        for kind, model in found:
            for record in (samples.MAKERS[model](world), samples.MAKERS[model](world)):
                search.put(Ref(kind, record.id), ["Everywhere"], world.account.id, None)
    text = client.sign_in(world.ada).get("/staff/search?q=everywhere").text
    assert text.count("<table") == len(found) and 'href="#"' not in text
