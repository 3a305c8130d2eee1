"""Saved views: a name for what a list shows, one's own or shared, and the one a list begins with."""

import html

import pytest

from portal.activity.views import FirstView, SavedView
from portal.audit import Entry
from portal.errors import Invalid
from tests import make


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def keep(client, address, name, **typed):
    """Open the views of a list and keep what it shows."""
    return client.send(f"{address}{'&' if '?' in address else '?'}show=views", "/staff/views", name=name, **typed)


def tabs(client, address):
    page = client.get(address).text
    return html.unescape(page.partition('class="views"')[2].partition("</nav>")[0])


def test_what_a_list_shows_is_kept_under_a_name_and_stands_over_it(rhea, world):
    answer = keep(rhea, "/staff/orders?state=placed,confirmed&rep=me&sort=-total&columns=number,total", "To do")
    address = "/staff/orders?state=placed,confirmed&rep=me&sort=-total&columns=number,total"
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert f'<a href="{address}" aria-current="page">To do</a>' in tabs(rhea, address)
    assert "aria-current" not in tabs(rhea, "/staff/orders?state=placed").replace("To do", "")
    assert "To do" not in tabs(rhea, "/staff/accounts")
    assert Entry.select().where(Entry.event == "view.saved").count() == 1


def test_a_view_of_the_same_name_is_replaced(rhea, world):
    for state in ("placed", "shipped"):
        assert keep(rhea, f"/staff/orders?state={state}", "Mine").status_code == 303
    assert [view.query for view in SavedView.select()] == ["state=shipped"]


def test_a_view_stands_where_it_is_shared_and_nowhere_else(client, world):
    mona, ada = world.employees["mona"], world.employees["ada"]
    make.view(mona, name="Own")
    make.view(mona, name="Of the team", shared="team", team=world.north)
    make.view(ada, name="For all", shared="all")

    def seen(name):
        shown = tabs(client.sign_in(getattr(world, name)), "/staff/orders?state=placed")
        return {view for view in ("Own", "Of the team", "For all") if view in shown}

    assert seen("mona") == {"Own", "Of the team", "For all"}
    assert seen("rhea") == {"Of the team", "For all"}
    assert seen("owen") == {"For all"}
    own = SavedView.get(SavedView.name == "Own")
    assert client.sign_in(world.rhea).get(f"/staff/views/{own.number}").status_code == 404


def test_only_managers_share(client, world):
    assert "Who sees it" not in client.sign_in(world.rhea).get("/staff/orders?show=views").text
    with pytest.raises(Invalid, match="field-not-yours"):
        SavedView.save_as(by=world.rhea, place="/staff/orders", name="x", query="", shared="all")
    assert keep(client.sign_in(world.mona), "/staff/orders?state=placed", "Shared", shared="all").status_code == 303
    assert SavedView.get().shared == "all"


def test_what_is_shared_shows_each_person_only_their_own_rows(client, world):
    order = make.order(world.account)
    view = make.view(world.employees["mona"], shared="all", query="state=placed")
    assert order.number in client.sign_in(world.rhea).get(view.address).text
    assert order.number not in client.sign_in(world.owen).get(view.address).text


def test_a_list_begins_with_the_view_one_chose_and_with_everything_on_request(client, world):
    view = make.view(world.employees["mona"], shared="all", name="Waiting")
    rhea = client.sign_in(world.rhea)
    assert rhea.send(f"/staff/views/{view.number}", f"/staff/views/{view.number}/first").status_code == 303
    answer = rhea.get("/staff/orders")
    assert (answer.status_code, answer.headers["Location"]) == (302, view.address)
    assert rhea.get("/staff/orders?view=all").status_code == 200
    assert rhea.get("/staff/orders.csv").status_code == 200
    assert client.sign_in(world.mona).get("/staff/orders").status_code == 200
    client.sign_in(world.rhea).send(f"/staff/views/{view.number}", f"/staff/views/{view.number}/unfirst")
    assert rhea.get("/staff/orders").status_code == 200


def test_a_view_is_renamed_by_its_keeper_and_removed_with_everything_that_led_to_it(client, world):
    mine = make.view(world.employees["mona"], name="Old", shared="all")
    mona, rhea = client.sign_in(world.mona), world.rhea
    mine.begin_with(by=rhea)
    here = f"/staff/views/{mine.number}"
    assert mona.send(here, here, name="New").status_code == 303
    assert SavedView.get().name == "New"
    assert client.sign_in(rhea).post(f"{here}/remove").status_code in (400, 403)
    assert client.sign_in(world.mona).send(here, f"{here}/remove").status_code == 303
    assert not SavedView.select().exists() and not FirstView.select().exists()


def test_taking_a_view_back_takes_it_from_the_lists_of_others(world):
    view = make.view(world.employees["mona"], shared="all")
    view.begin_with(by=world.rhea)
    view.begin_with(by=world.mona)
    view.edit(by=world.mona, shared="")
    assert [first.employee_id for first in FirstView.select()] == [world.mona.employee]


@pytest.mark.parametrize("typed, sentence", [
    ({"name": ""}, "Please fill this in"), ({"name": "x" * 61}, "60 letters or fewer"),
    ({"name": "a\u202eb"}, "cannot be shown"), ({"query": "q=" + "x" * 1001}, "1000 letters or fewer"),
])  # fmt: skip
def test_a_name_that_cannot_be_kept_is_said_and_stays(rhea, typed, sentence):
    answer = keep(rhea, "/staff/orders?state=placed", **{"name": "Mine"} | typed)
    assert answer.status_code == 422 and sentence in html.unescape(answer.text)
    assert not SavedView.select().exists()


@pytest.mark.parametrize("place", ["https://elsewhere.example/", "//elsewhere.example", "/orders", "/staff/a?b"])
def test_a_view_leads_nowhere_but_into_the_house(rhea, place):
    assert keep(rhea, "/staff/orders?state=placed", "Away", place=place).status_code == 404


def test_one_keeps_so_many_views_of_a_list_and_no_more(rhea, world):
    for n in range(30):
        make.view(world.employees["rhea"], name=f"View {n:02d}")
    answer = keep(rhea, "/staff/orders?state=placed", "One more")
    assert answer.status_code == 422 and "Remove one first" in answer.text


def test_no_views_yet_is_a_page_that_says_how_to_get_one(rhea):
    assert "Your saved views will stand here" in rhea.get("/staff/views").text


def test_a_place_longer_than_any_list_has_is_refused(world):
    with pytest.raises(Invalid, match="text-too-long"):
        SavedView.save_as(by=world.mona, place="/staff/" + "x" * 200, name="Far", query="")
