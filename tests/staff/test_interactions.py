"""Interactions on the staff face: one line on the page of an account, the timeline beside it, the page of one."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.activity import meetings
from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from tests import make
from tests.talks import talk


@pytest.fixture
def rhea(client, world):
    client.sign_in(world.rhea)
    return client


def page_of(world):
    return f"/staff/accounts/{world.account.number}"


def test_a_call_is_written_down_on_the_page_of_the_account_in_one_send(rhea, world):
    typed = {"contact": str(world.contacts["carol"].id), "outcome": "left_word", "subject": "Wants 40 sacks"}
    answer = rhea.send(page_of(world), f"{page_of(world)}/log", **typed, then="3")
    assert answer.status_code == 303 and answer.location.endswith(f"{page_of(world)}#talks")
    (call,) = Interaction.select()
    assert (call.kind, call.outcome, call.direction, call.people) == (
        "call", "left_word", "out", "Carol Dizon, Rhea Cruz",
    )  # fmt: skip
    assert Task.get().title == "Wants 40 sacks"
    page = rhea.get(page_of(world)).text
    assert page.count("Wants 40 sacks") == 2  # once as a talk, once as the task that follows
    assert "interaction.logged" not in page and "Interaction written down" not in page


def test_with_scripts_the_form_is_fresh_again_over_the_story(rhea, world):
    answer = rhea.send(page_of(world), f"{page_of(world)}/log", htmx=True, subject="Wants <b>40</b> sacks")
    assert answer.status_code == 200 and "<html" not in answer.text
    assert "Wants &lt;b&gt;40&lt;/b&gt; sacks" in answer.text and 'name="subject"' in answer.text
    assert answer.text.count("Wants &lt;b") == 1


def test_what_cannot_be_kept_comes_back_with_what_was_typed(rhea, world):
    answer = rhea.send(page_of(world), f"{page_of(world)}/log", subject="Soon", at="2199-01-01T10:00")
    assert answer.status_code == 422 and "Plan it instead" in answer.text and 'value="Soon"' in answer.text
    assert not Interaction.select().exists()


def test_a_visit_is_written_down_from_the_page_of_its_contact(rhea, world):
    contact = world.contacts["carol"]
    here = f"/staff/contacts/{contact.number}"
    assert rhea.send(f"{here}?log=visit", f"{here}/log", outcome="met", minutes="45").status_code == 303
    (visit,) = Interaction.select()
    assert (visit.kind, visit.outcome, visit.minutes) == ("visit", "met", 45)
    assert "45 minutes" in rhea.get(here).text


def test_the_timeline_is_one_stream_that_turns_page_by_page(rhea, world):
    began = values.now() - timedelta(days=40)
    for n in range(30):
        talk(world.account, at=began + timedelta(days=n), subject=f"Talk-{n}.")
        world.account.edit(by=world.carol, phone=f"0917 555 {n:04d}")
    address, seen, edits = f"{page_of(world)}/timeline", [], 0
    while address:
        piece = rhea.get(address, headers={"HX-Request": "true"}).text
        assert "<html" not in piece
        seen += [n for n in reversed(range(30)) if f": Talk-{n}." in piece]
        edits += piece.count("Account details changed</h") + piece.count("Account details changed <small")
        older = piece.rpartition('hx-get="')[2].partition('"')[0] if ">Older<" in piece else ""
        address = older.replace("&amp;", "&")
    assert (seen, edits) == (list(reversed(range(30))), 30)


def test_the_timeline_shows_what_its_address_asks_for(rhea, world):
    talk(world.account, [world.contacts["carol"]], kind="visit", subject="Saw the kitchen")
    talk(world.account, kind="call", subject="Rang", at=values.now() - timedelta(days=9))
    world.account.edit(by=world.carol, phone="0917 555 0100")

    def shown(asked):
        page = rhea.get(f"{page_of(world)}/timeline?{asked}")
        words = {"visit": "Saw the kitchen", "call": ">Call: Rang", "edit": "Account details changed"}
        return {name for name, text in words.items() if text in page.text}

    week = values.shop_day() - timedelta(days=7)
    assert shown("") == {"visit", "call", "edit"}
    assert shown("kind=interactions") == {"visit", "call"}
    assert shown("kind=visit") == {"visit"} and shown("kind=changes") == {"edit"}
    assert shown(f"person=contact:{world.contacts['carol'].id}") == {"visit", "edit"}
    assert shown(f"person=employee:{world.rhea.employee}") == {"visit", "call"}
    assert shown(f"from={week}") == {"visit", "edit"} and shown(f"to={week}") == {"call"}
    for wrong in ("kind=weather", "person=1", "from=soon", "before=now"):
        assert rhea.get(f"{page_of(world)}/timeline?{wrong}").status_code == 422, wrong
    assert rhea.get(f"{page_of(world)}/timeline.json?kind=visit").get_json()["rows"][0]["what"] == "visit"
    assert "Rang" in rhea.get(f"{page_of(world)}/timeline.csv").text


def test_pages_ask_the_database_few_times_however_much_they_show(rhea, world):
    for n in range(25):
        talk(world.account, [world.contacts["carol"]], subject=f"Talk {n}")
        make.contact(world.account, f"Person {n}")
    one = Interaction.select().first().number
    pages = (page_of(world), f"{page_of(world)}/timeline", f"/staff/contacts/{world.contacts['carol'].number}")
    for page in (*pages, "/staff/interactions", f"/staff/interactions/{one}"):
        before = store.queries()
        assert rhea.get(page).status_code == 200
        assert store.queries() - before <= 8, page
    form = rhea.form(page_of(world), f"{page_of(world)}/log").fields
    typed = {"contact": str(world.contacts["carol"].id), "outcome": "reached", "subject": "One more"}
    before = store.queries()
    assert rhea.post(f"{page_of(world)}/log", data=form | typed).status_code == 303
    assert store.queries() - before <= 12


def test_a_planned_meeting_goes_its_way_from_page_to_page(rhea, world):
    tomorrow = values.shop_day() + timedelta(days=1)
    answer = rhea.send(
        f"{page_of(world)}/plan", f"{page_of(world)}/plan", kind="meeting", subject="The menu",
        at=f"{tomorrow}T10:00", minutes="60", contacts=[str(world.contacts["carol"].id)], is_invited="y",
    )  # fmt: skip
    assert answer.status_code == 303
    here = answer.location
    assert "Carol Dizon was told." in rhea.get(here).text
    assert f"DTSTART:{tomorrow:%Y%m%d}T020000Z" in rhea.get(f"{here}.ics").text
    assert rhea.send(here, f"{here}/move", at=f"{tomorrow}T11:30").status_code == 303
    assert rhea.send(here, f"{here}/hold", outcome="took_place", text="She likes it").status_code == 303
    assert "She likes it" in rhea.get(here).text
    again = rhea.post(f"{here}/hold", data={})
    assert again.status_code in (400, 422)


def test_a_meeting_that_somebody_else_held_meanwhile_says_so(rhea, world):
    account = world.account
    meeting = meetings.plan(account, by=world.rhea, kind="meeting", at=values.now() + timedelta(hours=2), subject="X")
    here = f"/staff/interactions/{meeting.number}"
    form = rhea.form(here, f"{here}/hold").fields
    meetings.hold(meeting, by=world.mona, outcome="took_place")
    answer = rhea.post(f"{here}/hold", data=form | {"outcome": "took_place", "text": "Mine"})
    assert answer.status_code == 422 and "is done already" in answer.text


def test_a_stale_edit_shows_both(rhea, world):
    one = talk(world.account, subject="Old")
    here = f"/staff/interactions/{one.number}"
    form = rhea.form(f"{here}/edit", f"{here}/edit").fields
    one.edit(by=world.mona, subject="Hers", version=1)
    answer = rhea.post(f"{here}/edit", data=form | {"subject": "Mine"})
    assert answer.status_code == 409 and "Hers" in answer.text and 'value="Mine"' in answer.text


def test_the_list_is_filtered_searched_and_taken_along(rhea, world):
    talk(
        world.account, [world.contacts["carol"]], kind="visit", subject="Kitchen seen", owner=world.employees["rhea"]
    )
    talk(world.account, subject="Rang", owner=world.employees["mona"])
    talk(world.other_account, subject="Foreign")
    assert "Foreign" not in rhea.get("/staff/interactions").text
    for asked in ("kind=visit", "owner=me", "q=kitchen", f"contact={world.contacts['carol'].number}"):
        page = rhea.get(f"/staff/interactions?{asked}").text
        assert "Kitchen seen" in page and "Rang" not in page, asked
    assert rhea.get("/staff/interactions.csv").text.count("\n") == 3
    assert rhea.get("/staff/interactions.ics").text.count("BEGIN:VEVENT") == 2


@pytest.mark.parametrize("odd", ["²", "9" * 5000, "account:²", "account:" + "9" * 30, "sent_form:1"])
def test_numbers_that_are_none_are_refused_and_not_stumbled_over(client, world, odd):
    client.sign_in(world.rhea)
    here = f"/staff/accounts/{world.account.number}"
    for page in (f"{here}/log", "/staff/tasks/new"):
        for field in ("about", "contact"):
            assert client.send(page, page, **{field: odd}).status_code in (303, 404, 422)
    assert client.send(f"{here}/plan", f"{here}/plan", contacts=odd, about=odd).status_code == 422
