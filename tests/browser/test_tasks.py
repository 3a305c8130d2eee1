"""Tasks in Chromium: given, refused, ticked, overtaken by a colleague, done from the list, and a plan started."""

import pytest
from playwright.sync_api import expect

from portal.activity import task_doing
from portal.activity.task_plans import TaskPlan
from portal.activity.tasks import Task
from tests.browsers import BOTH_MOODS, sound


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_rep_gives_changes_and_does_tasks_from_one_page(live, page, world):
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/tasks")
    sound(page)
    page.get_by_role("button", name="Add the task").click()  # refused, and the day stays
    expect(page.get_by_role("heading", name="New task")).to_be_visible()
    assert not Task.select().exists()
    page.troubles.clear()
    page.get_by_label("What is to do").fill("Bring samples")
    page.get_by_label("Checklist").fill("Dinorado\nMalagkit")
    page.get_by_role("button", name="Give the task").click()
    page.get_by_role("link", name="Bring samples").click()
    sound(page)
    page.get_by_role("button", name="Tick: Dinorado").click()
    expect(page.get_by_text("50 %").first).to_be_visible()
    page.get_by_role("link", name="Change", exact=True).click()
    Task.get().edit(by=world.mona, priority="high")  # a manager was faster
    page.get_by_label("What is to do").fill("Bring new samples")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Someone changed this while you were writing")).to_be_visible()
    page.troubles.clear()
    sound(page)
    page.get_by_role("button", name="Save").click()
    assert Task.get().title == "Bring new samples"
    page.goto(f"{live.url}/staff/")
    page.get_by_role("button", name="Done: Bring new samples").click()
    if page.evaluate("Boolean(window.htmx)"):
        page.get_by_role("button", name="Open again: Bring new samples").click()
        page.get_by_role("button", name="Done: Bring new samples").wait_for()
        task_doing.finish(Task.get(), by=world.mona)
        page.get_by_role("button", name="Done: Bring new samples").click()
        page.get_by_text("Somebody was faster").wait_for()
    assert Task.get().state == "done"


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_plan_is_started_on_the_page_of_an_account(live, page, world):
    TaskPlan.make(by=world.mona, name="Welcome", steps=[{"title": "Call and thank", "who": "owner"}])
    live.sign_in(page, world.mona)
    page.goto(f"{live.url}/staff/accounts/{world.account.number}")
    page.locator("#tasks").get_by_text("Add a task").click()
    page.get_by_role("link", name="Start a plan of tasks").click()
    sound(page)
    page.get_by_role("button", name="Start the plan").click()
    expect(page.get_by_text("One task is given.")).to_be_visible()
    page.goto(f"{live.url}/staff/tasks/team")
    sound(page)
    page.locator("tr", has_text="Rhea Cruz").get_by_role("link").nth(1).click()
    expect(page.get_by_role("link", name="Call and thank")).to_be_visible()
