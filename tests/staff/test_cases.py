"""Cases for staff: the queue with what is overdue first, the conversation, and the steps of a case."""

import io
from datetime import timedelta

import pytest

from portal import values
from portal.activity.attachments import Attachment
from portal.service import case_messages, case_writing, promises
from portal.service.case_messages import CaseMessage
from portal.service.cases import Case
from portal.service.promises import Promise, ServiceDesk
from tests import make
from tests.apps import Forms


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


@pytest.fixture
def case(app, world):
    return case_writing.ask(world.account, by=world.carol, kind="other", words="Where is my rice?")


def test_the_queue_shows_what_is_overdue_first_and_in_words(rhea, world, case, count_queries):
    long_ago = values.now() - timedelta(days=30)
    late = case_writing.ask(world.account, by=world.carol, kind="other", words="Forgotten", now=long_ago)
    page = rhea.get("/staff/cases").text
    assert page.index("Forgotten") < page.index("Where is my rice?") and "Overdue: " in page
    assert "Where is my rice?" not in rhea.get("/staff/cases?due=overdue").text
    assert rhea.get("/staff/cases?due=someday").status_code == 422
    assert late.number in rhea.get("/staff/cases.csv").text
    today = rhea.get("/staff/").text
    assert "1 case later than promised" in today and "2 cases nobody works on yet" in today
    assert count_queries(lambda: rhea.get("/staff/cases")) <= 8
    assert count_queries(lambda: rhea.get(f"/staff/cases/{case.number}")) <= 8
    assert count_queries(lambda: rhea.get(f"/staff/cases/{case.number}?do=assign")) <= 10


def test_an_answer_is_sent_with_files_and_the_owner_is_who_answers(rhea, world, case):
    page = f"/staff/cases/{case.number}"
    answer = rhea.send(
        page, f"{page}/answer", words="It left today", then="solved", files=[(io.BytesIO(b"Note"), "note.txt")]
    )
    assert answer.status_code == 303
    now = Case.get()
    assert (now.state, now.owner_id) == ("solved", world.rhea.employee) and Attachment.get().is_shared
    assert rhea.send(page, f"{page}/answer", words=" ").status_code == 422
    shown = rhea.get(page).text
    assert "note.txt" in shown and "Solved" in shown


def test_whoever_answers_second_reads_the_first_answer_before_sending(client, world, case):
    page = f"/staff/cases/{case.number}"
    client.sign_in(world.mona)
    form = client.form(page, f"{page}/answer")
    news = f"{page}?since={form.fields['seen']}"
    assert client.get(news).status_code == 204
    case_writing.answer(case, by=world.rhea, words="It left today")
    assert "Rhea Cruz wrote just now" in client.get(news).text
    stale = client.post(f"{page}/answer", data=form.fields | {"words": "It leaves tomorrow"})
    assert stale.status_code == 422 and "Rhea Cruz wrote while you were writing" in stale.text
    assert "It left today" in stale.text and CaseMessage.select().count() == 2
    again = next(form for form in Forms(stale.text).found if form.action == f"{page}/answer")
    assert again.fields["words"] == "It leaves tomorrow"
    assert client.post(f"{page}/answer", data=again.fields).status_code == 303
    assert CaseMessage.select().where(CaseMessage.is_ours).count() == 2


def test_a_comment_is_kept_among_us(rhea, world, case):
    page = f"/staff/cases/{case.number}"
    rhea.send(page, f"{page}/note", words="zanzibar", files=[(io.BytesIO(b"Note"), "note.txt")])
    assert not Attachment.get().is_shared
    assert "Among us: the customer does not read this" in rhea.get(page).text
    assert rhea.get("/staff/search?q=zanzibar").location == page
    assert case.number in rhea.get("/staff/cases?q=zanzibar").text


def test_a_case_is_taken_given_away_changed_closed_and_opened_again(rhea, world, case):
    page = f"/staff/cases/{case.number}"
    order = make.order(world.account)
    rhea.send(page, f"{page}/take")
    assert Case.get().owner_id == world.rhea.employee
    rhea.send(f"{page}?do=assign", f"{page}/assign", owner=str(world.mona.employee), team=str(world.south.id))
    assert (Case.get().owner_id, Case.get().team_id) == (world.mona.employee, world.south.id)
    assert rhea.send(f"{page}?do=assign", f"{page}/assign", owner=str(world.owen.employee)).status_code == 422
    rhea.send(
        f"{page}?do=describe",
        f"{page}/describe",
        subject="Rice",
        kind="order",
        number=order.number,
        priority="urgent",
    )
    assert (Case.get().subject, Case.get().topic, Case.get().answer_hours) == ("Rice", str(order.ref), 1)
    assert f"/staff/cases?topic={order.number}" in rhea.get(f"/staff/orders/{order.number}").text
    assert "Rice" in rhea.get(f"/staff/cases?topic={order.number}", headers={"HX-Request": "true"}).text
    of_account = f"/staff/cases?account={world.account.number}"
    assert of_account in rhea.get(f"/staff/accounts/{world.account.number}").text.replace("state=live&amp;", "")
    piece = rhea.get(of_account, headers={"HX-Request": "true"}).text
    assert "Rice" in piece and "<html" not in piece
    rhea.send(page, f"{page}/close")
    assert Case.get().state == "closed"
    rhea.send(page, f"{page}/reopen")
    assert Case.get().state == "for_us"


def test_two_cases_become_one(rhea, world, case):
    other = case_writing.ask(world.account, by=world.carol, kind="other", words="Rice again")
    page = f"/staff/cases/{case.number}"
    assert rhea.send(f"{page}?do=merge", f"{page}/merge", number="CS-000999").status_code == 422
    answer = rhea.send(f"{page}?do=merge", f"{page}/merge", number=other.number)
    assert answer.location.endswith(other.number) and "Where is my rice?" in rhea.get(answer.location).text
    assert f"It goes on in {other.number}." in rhea.get(page).text


def test_staff_write_down_what_is_said_on_the_phone(rhea, world):
    page = f"/staff/accounts/{world.account.number}/case"
    rhea.send(page, page, words="She called about rice", priority="high")
    case = Case.get()
    assert (case.asker, case.asked_by, case.priority) == ("", "Rhea Cruz", "high")
    assert case_messages.page(case, world.carol).messages[0].words == "She called about rice"


def test_cases_of_other_teams_are_not_there(client, world, case):
    client.sign_in(world.owen)
    assert client.get(f"/staff/cases/{case.number}").status_code == 404
    assert "Where is my rice?" not in client.get("/staff/cases").text + client.get("/staff/cases.csv").text
    assert client.get("/staff/search?q=rice").status_code == 200


def test_managers_arrange_what_is_promised(client, world):
    here = "/staff/settings/promises"
    client.sign_in(world.mona)
    client.send(here, here, case_kind="order", priority="high", answer_hours="2", solve_hours="6")
    assert promises.hours_for("order", "high") == (2, 6)
    assert client.send(here, here, priority="high", answer_hours="9", solve_hours="6").status_code == 422
    desk = f"{here}/desk"
    client.send(here, desk, hours="mon-sat 07:00-19:00", close_days="9", is_in_hours="y")
    assert (ServiceDesk.current().close_days, ServiceDesk.current().hours["sat"]) == (9, ["07:00", "19:00"])
    assert "mon-sat 07:00-19:00" in client.get(here).text
    assert client.send(here, desk, hours="whenever").status_code == 422
    client.send(here, f"{here}/{Promise.get().number}/remove")
    assert Promise.select().count() == 0
    client.sign_in(world.rhea)
    assert client.get(here).status_code == 403


def test_many_cases_are_given_away_at_once(client, world, case):
    other = case_writing.ask(world.account, by=world.carol, kind="other", words="Rice again")
    client.sign_in(world.mona)
    chosen = f"/staff/many/case?pick={case.number}&pick={other.number}&back=/staff/cases"
    tried = client.send(chosen, "/staff/many/case/preview", deed="owner", value=str(world.employees["rhea"].id))
    assert tried.status_code == 200 and "Rhea Cruz" in tried.text
    form = next(form for form in Forms(tried.text).found if form.action == "/staff/many/case")
    assert client.post(form.action, data=form.fields).location == "/staff/cases"
    assert {row.owner_id for row in Case.select()} == {world.rhea.employee}
    assert "Rhea Cruz" in client.get("/staff/cases?state=all&group=owner").text


def test_writing_costs_few_queries_however_long_the_conversation_is(client, world, case, count_queries):
    client.sign_in(world.rhea)
    page = f"/staff/cases/{case.number}"
    form = client.form(page, f"{page}/answer")
    few = count_queries(lambda: client.post(f"{page}/answer", data=form.fields | {"words": "It left"}))
    for n in range(50):
        case_writing.reply(case, by=world.carol, words=f"Reply {n}")
    form = client.form(page, f"{page}/answer")
    assert count_queries(lambda: client.post(f"{page}/answer", data=form.fields | {"words": "It left"})) <= few
    assert few <= 24
