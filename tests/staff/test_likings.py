"""The products that a person likes are noted on his page, once each, and known by their codes."""

from portal.sales import likings
from portal.sales.likings import Liking
from tests import make


def test_a_rep_notes_what_a_person_likes(world, client):
    rice = make.product("BIG-SIN25", name="Sinandomeng rice")
    carol = world.contacts["carol"]
    client.sign_in(world.rhea)
    here = f"/staff/contacts/{carol.number}"
    assert client.send(here, f"{here}/likings", product="NOTHING").status_code == 422
    for code in ("big-sin25", "BIG-SIN25"):
        assert client.send(here, f"{here}/likings", product=code).status_code == 303
    assert likings.of(carol) == [rice]
    assert "Sinandomeng rice" in client.get(here).text
    assert client.send(here, f"{here}/likings/drop", product="BIG-SIN25").status_code == 303
    assert Liking.select().count() == 0
