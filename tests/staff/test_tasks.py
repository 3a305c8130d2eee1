"""Tasks over the wire for staff: the day, done from a list, the panel of a record, the list and plans."""

import re
from datetime import timedelta

import pytest

from portal import store, values
from portal.activity.task_plans import TaskPlan
from portal.activity.tasks import Task
from tests import make
from tests.samples import MAKERS
from tests.tasks import task as make_task

TODAY = values.shop_day()


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def again(task):
    return Task.get_by_id(task.id)


def csrf(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def press(client, page, address, headers=None, **fields):
    return client.post(address, data={"csrf_token": csrf(page), **fields}, headers=headers or {})


def test_the_day_shows_what_is_overdue_due_and_later_in_few_queries(rhea, world, count_queries):
    owner = world.employees["rhea"]
    for number in range(12):
        make_task(owner, f"Late {number}", due_on=TODAY - timedelta(days=2), account=world.account)
    make_task(owner, "Now", about=str(make.order(world.account).ref), account=world.account)
    make_task(owner, "Someday", due_on=None)
    make_task(world.employees["owen"], "Not mine")
    assert count_queries(lambda: rhea.get("/staff/tasks")) <= 8
    page = rhea.get("/staff/tasks")
    order = [page.text.index(word) for word in ("Late 0", "Now", "Someday")]
    assert order == sorted(order) and "2 days late" in page.text and "Not mine" not in page.text


def test_a_task_is_done_from_the_list_and_opened_again_with_and_without_script(rhea, world):
    task = make_task(world.employees["rhea"])
    page = rhea.get("/staff/tasks").text
    answer = press(rhea, page, f"/staff/tasks/{task.number}/finish", back="/staff/tasks")
    assert (answer.status_code, answer.location) == (303, "/staff/tasks")
    assert again(task).state == "done"
    piece = press(rhea, page, f"/staff/tasks/{task.number}/reopen", {"HX-Request": "true"}, back="/staff/tasks")
    assert piece.text.lstrip().startswith("<li") and f"{task.number}/finish" in piece.text
    again(task).edit(by=world.mona, title="Other words")
    press(rhea, page, f"/staff/tasks/{task.number}/finish")
    late = press(rhea, page, f"/staff/tasks/{task.number}/finish", {"HX-Request": "true"}, back="/staff/tasks")
    assert "Somebody was faster" in late.text and late.text.lstrip().startswith("<li")


def test_a_task_is_given_and_done_in_few_statements(rhea, world, count_queries):
    task = make_task(world.employees["rhea"], account=world.account)
    page = rhea.get("/staff/tasks").text
    assert count_queries(lambda: press(rhea, page, f"/staff/tasks/{task.number}/finish")) <= 8
    typed = {"title": "Call", "due_on": TODAY.isoformat(), "about": str(world.account.ref)}
    assert count_queries(lambda: press(rhea, page, "/staff/tasks/new", **typed)) <= 12


def test_a_press_leads_back_to_a_page_of_ours_only(rhea, world):
    task = make_task(world.employees["rhea"])
    page = rhea.get("/staff/tasks").text
    for back in ("https://evil.example/", "//evil.example", "/staff/\\evil.example", "/account"):
        answer = press(rhea, page, f"/staff/tasks/{task.number}/postpone", back=back, to="tomorrow")
        assert answer.location == f"/staff/tasks/{task.number}"


def test_a_task_is_given_from_the_page_of_its_record_in_one_request(rhea, world):
    here = f"/staff/accounts/{world.account.number}"
    page = rhea.get(here).text
    assert 'action="/staff/tasks/new"' in page
    about = {"title": "Bring samples", "due_on": TODAY.isoformat(), "about": str(world.account.ref), "back": here}
    answer = press(rhea, page, "/staff/tasks/new", **about)
    assert (answer.status_code, answer.location) == (303, here)
    assert Task.get().account_id == world.account.id
    assert "Bring samples" in rhea.get(f"{here}/tasks").text


def test_a_refused_task_keeps_what_was_typed(rhea, world):
    page = rhea.get("/staff/tasks").text
    typed = {"title": "", "due_on": "2026-13-40", "about": str(world.account.ref)}
    answer = press(rhea, page, "/staff/tasks/new", **typed)
    assert answer.status_code == 422 and "2026-13-40" in answer.text
    foreign = press(rhea, page, "/staff/tasks/new", title="Look", about=str(world.other_account.ref))
    assert foreign.status_code == 404


@pytest.mark.parametrize("kind", ["contact", "order", "case", "lead"])
def test_tasks_stand_on_the_pages_of_records(rhea, world, kind):
    record = MAKERS[store.kinds()[kind]](world)
    make_task(world.employees["rhea"], "Ask again", about=str(record.ref))
    folder = {"contact": "contacts", "order": "orders", "case": "cases", "lead": "leads"}[kind]
    assert "Ask again" in rhea.get(f"/staff/{folder}/{record.number}").text


def test_a_task_is_changed_and_a_stale_form_shows_both(rhea, world):
    task = make_task(world.employees["rhea"])
    here = f"/staff/tasks/{task.number}"
    opened = rhea.get(f"{here}?edit=1").text
    again(task).edit(by=world.mona, title="Call Carol")
    version = re.search(r'name="version"[^>]*value="(\d+)"', opened)[1]
    typed = {"title": "Call Cora", "owner": str(world.rhea.employee), "priority": "high", "repeats": "weekly",
             "repeat_days": "mon", "due_on": TODAY.isoformat(), "version": version}  # fmt: skip
    stale = press(rhea, opened, f"{here}/edit", **typed)
    assert stale.status_code == 409 and "Call Carol" in stale.text and "Call Cora" in stale.text
    saved = press(rhea, opened, f"{here}/edit", **typed | {"version": str(again(task).version)})
    assert saved.status_code == 303
    assert (again(task).title, again(task).repeats, again(task).repeat_days) == ("Call Cora", "weekly", "mon")


def test_the_checklist_is_ticked_on_the_page(rhea, world):
    task = Task.add("Open", by=world.rhea, steps="One\nTwo")
    page = rhea.get(f"/staff/tasks/{task.number}").text
    press(rhea, page, f"/staff/tasks/{task.number}/tick", step=str(task.steps()[0].id), is_done="1")
    assert again(task).percent == 50
    assert "50 %" in rhea.get(f"/staff/tasks/{task.number}").text


def test_the_numbers_of_the_team_open_to_as_many_rows(client, world):
    rhea = world.employees["rhea"]
    make_task(rhea, due_on=TODAY - timedelta(days=1))
    make_task(rhea, due_on=TODAY - timedelta(days=3))
    make_task(rhea)
    make_task(rhea, state="done", closed_at=values.now())
    make_task(world.employees["owen"])
    page = client.sign_in(world.mona).get("/staff/tasks/team").text
    assert "Owen Tan" not in page
    row = page[page.index("Rhea Cruz") :]
    cells = re.findall(r'<td class="num">(.*?)</td>', row, re.S)[:5]
    for cell, expected in zip(cells, (2, 1, 0, 3, 1), strict=True):
        link = re.search(r'href="([^"]+)"', cell)
        found = len(client.get(link[1].replace("&amp;", "&").replace("?", ".json?")).json["rows"]) if link else 0
        assert found == expected, cell


def test_the_list_is_a_file_and_a_calendar(rhea, world):
    make_task(world.employees["rhea"], "Call, then write")
    assert rhea.get("/staff/tasks/all.csv?owner=me").text.count("\n") == 2
    calendar = rhea.get("/staff/tasks/all.ics")
    assert calendar.mimetype == "text/calendar" and "SUMMARY:Call\\, then write" in calendar.text


def test_many_tasks_are_done_together_and_one_foreign_among_them_changes_nothing(rhea, world):
    mine = [make_task(world.employees["rhea"]) for _ in range(2)]
    foreign = make_task(world.employees["owen"])
    numbers = [task.number for task in mine]
    assert rhea.get("/staff/many/task", query_string={"pick": numbers}).status_code == 200
    refused = rhea.get("/staff/many/task", query_string={"pick": [*numbers, foreign.number]})
    assert refused.status_code == 422
    assert {again(task).state for task in mine} == {"open"}


def test_a_plan_is_written_changed_and_started(client, world):
    mona = client.sign_in(world.mona)
    typed = {"name": "Welcome", "kind": "account", "steps-0-title": "Call", "steps-0-after_days": "2",
             "steps-0-who": "owner", "steps-1-title": "", "steps-1-who": "starter"}  # fmt: skip
    assert mona.send("/staff/task-plans/new", **typed).status_code == 303
    plan = TaskPlan.get()
    page = mona.get(f"/staff/task-plans/{plan.number}").text
    assert "Call" in page
    here = f"/staff/task-plans/start?about={world.account.ref}"
    answer = mona.send(here, "/staff/task-plans/start", plan=str(plan.id))
    assert answer.location == f"/staff/accounts/{world.account.number}#tasks"
    assert (Task.get().owner_id, Task.get().due_on) == (world.rhea.employee, TODAY + timedelta(days=2))
    assert mona.get("/staff/task-plans/start?about=order:999999").status_code == 404
