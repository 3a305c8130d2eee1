"""The customer's way with a question: one page to ask, a conversation, a rating, and links that need no sign-in."""

import io
import re
from datetime import timedelta

import pytest

from portal import store, values
from portal.activity.attachments import Attachment
from portal.people.links import Link
from portal.service import case_messages, case_sorting, case_steps, case_writing
from portal.service.case_messages import CaseMessage
from portal.service.cases import Case
from tests import make
from tests.apps import Forms


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


@pytest.fixture
def case(app, world):
    return case_writing.ask(world.account, by=world.carol, kind="other", words="Where is my rice?")


def link(name, template="cases"):
    return next(
        one for one in Link.select().order_by(Link.id.desc()) if one.params.get("task") == f"{template}.{name}"
    )


def test_one_page_and_one_button_ask_about_an_order(carol, world):
    order = make.order(world.account)
    page = carol.get(f"/orders/{order.number}").text
    ask = re.search(r'href="(/cases/new\?[^"]*)"', page)[1].replace("&amp;", "&")
    form = carol.form(ask, "/cases")
    assert (form.fields["kind"], form.fields["number"]) == ("order", order.number)
    answer = carol.send(ask, "/cases", words="Two sacks were wet", files=[(io.BytesIO(b"Wet"), "wet.txt")])
    assert answer.status_code == 303 and answer.location.endswith("/cases/CS-000001")
    shown = carol.get("/cases/CS-000001").text
    assert "We have your question." in shown and "You get an answer by" in shown and "wet.txt" in shown
    about = f"/cases?topic={order.number}"
    assert about in carol.get(f"/orders/{order.number}").text
    piece = carol.get(about, headers={"HX-Request": "true"}).text
    assert "Two sacks were wet" in piece and "<html" not in piece
    assert "/cases/new" in carol.get("/account").text and "Two sacks were wet" in carol.get("/cases").text


def test_a_refused_question_keeps_words_and_files(carol):
    answer = carol.send("/cases/new", "/cases", kind="order", number="SO-009999", words="Hm",
                        files=[(io.BytesIO(b"Wet"), "wet.txt")])  # fmt: skip
    assert answer.status_code == 422 and "We find no order" in answer.text and "wet.txt" in answer.text
    form = next(form for form in Forms(answer.text).found if form.action == "/cases")
    assert form.fields["words"] == "Hm" and Case.select().count() == 0
    assert carol.post("/cases", data=form.fields | {"number": ""}).status_code == 303
    assert Attachment.get().name == "wet.txt"


def test_absurd_words_and_files_are_refused_and_told(carol):
    refused = carol.send("/cases/new", "/cases", words="x" * 20_001)
    assert refused.status_code == 422 and "20" in refused.text
    film = (io.BytesIO(b"\0\0\0\x14ftypqt  \0\0\0\0qt  "), "film.mov")
    assert "film.mov" in carol.send("/cases/new", "/cases", words="See", files=[film]).text
    assert carol.send("/cases/new", "/cases", words="\0").status_code == 422
    assert Case.select().count() == 0


def test_the_conversation_shows_who_answers_and_hides_what_is_among_us(carol, world, case):
    case_writing.note(
        case, by=world.mona, words="zanzibar: she always complains", files=[make.sent("x", "zanzibar.txt")]
    )
    case_writing.answer(case, by=world.rhea, words="It left today")
    own = "/cases/CS-000001"
    for address in (own, f"{own}?after=0", "/cases", "/cases.csv", "/cases.json", "/account", "/", "/inbox"):
        assert "zanzibar" not in carol.get(address).text
    assert case.number not in carol.get("/cases?q=zanzibar").text and case.number in carol.get("/cases?q=rice").text
    page = carol.get("/cases/CS-000001").text
    assert "It left today" in page and "Rhea Cruz" in page and "We wait for your answer" in page
    assert f"We answered {case.number}" in carol.get("/").text
    assert carol.get(f"/files/{Attachment.get().number}").status_code == 404
    answer = carol.send("/cases/CS-000001", "/cases/CS-000001/reply", words="Thanks")
    assert answer.status_code == 303 and Case.get().state == "for_us"


def test_columns_of_ours_stand_in_no_file_of_a_customer(carol, case):
    head = carol.get("/cases.csv").text.splitlines()[0].split(",")
    assert not {"owner", "team", "priority", "due_at", "solve_due_at"} & set(head)
    assert '"priority"' not in carol.get("/cases.json").text
    assert carol.get("/cases?priority=high").status_code == 422


def test_colleagues_read_what_is_not_private(client, world):
    ben = make.customer_actor(make.member(world.account, "Ben Dizon", "buyer"))
    mine = case_writing.ask(world.account, by=ben, kind="other", words="About my boss", is_private=True)
    ours = case_writing.ask(world.account, by=ben, kind="other", words="About rice")
    client.sign_in(world.cora)
    assert [client.get(f"/cases/{c.number}").status_code for c in (mine, ours)] == [404, 200]
    assert "About my boss" not in client.get("/cases").text + client.get("/cases.csv").text
    assert client.post(f"/cases/{ours.number}/close").status_code in (400, 403)
    client.sign_in(world.dave)
    assert [client.get(f"/cases/{n}").status_code for n in (ours.number, "CS-000999", "CS-1")] == [404] * 3


def test_a_letter_replies_without_signing_in_once_and_get_changes_nothing(client, world, case):
    case_writing.answer(case, by=world.rhea, words="Which order?")
    path = link("reply").path
    page = client.get(path)
    assert "Which order?" in page.text and CaseMessage.select().count() == 2
    assert client.send(path, path, words=" ").status_code == 422
    client.send(path, path, words="The last one")
    assert CaseMessage.select().where(CaseMessage.words == "The last one").get().author_name == "Carol Dizon"
    assert "We have your reply" in client.get(path).text
    assert Case.get().state == "for_us"


def test_an_old_link_of_a_merged_case_replies_where_it_goes_on(client, world, case):
    case_writing.answer(case, by=world.rhea, words="Which order?")
    path = link("reply").path
    other = case_writing.ask(world.account, by=world.carol, kind="other", words="Rice again")
    case_sorting.merge(case, by=world.rhea, number=other.number)
    assert f"{case.number} was put together with {other.number}" in client.get(path).text
    client.send(path, path, words="Here I am")
    assert CaseMessage.get(CaseMessage.words == "Here I am").case_id == other.id
    client.sign_in(world.carol)
    assert "goes on there" in client.get(f"/cases/{case.number}").text


def test_a_rating_by_link_or_page_is_kept_and_closing_asks_for_one(client, world, case):
    case_writing.answer(case, by=world.rhea, words="Done", then="solved")
    path = link("rate").path
    assert client.send(path, path).status_code == 422 and Case.get().rating is None
    client.send(path, path, rating="2", words="Slow")
    assert (Case.get().rating, Case.get().state) == (2, "solved")
    client.sign_in(world.carol)
    client.send(f"/cases/{case.number}", f"/cases/{case.number}/close", rating="4")
    assert (Case.get().rating, Case.get().state) == (4, "closed")
    client.send(f"/cases/{case.number}", f"/cases/{case.number}/rate", rating="5", words="Kind")
    assert (Case.get().rating, Case.get().rating_words) == (5, "Kind")
    client.send(f"/cases/{case.number}", f"/cases/{case.number}/reopen")
    assert Case.get().state == "for_us"


def test_a_reply_to_what_is_closed_for_good_begins_a_new_one_and_says_so(client, world, case):
    case_steps.close(case, by=world.rhea, now=values.now() - timedelta(days=60))
    client.sign_in(world.carol)
    page = client.get(f"/cases/{case.number}").text
    assert "It is closed for good" in page and "It is not solved" not in page
    answer = client.send(f"/cases/{case.number}", f"/cases/{case.number}/reply", words="Once more")
    assert answer.location.endswith("/cases/CS-000002")
    shown = client.get("/cases/CS-000002").text
    assert "CS-000001 is closed for good, so this became CS-000002." in shown and "It follows CS-000001" in shown


def test_a_long_conversation_is_turned_page_by_page(carol, world, case, count_queries):
    start = {"case": case.id, "at": values.now(), "author": str(world.carol.ref), "is_ours": False}
    with store.writing():
        CaseMessage.insert_many([start | {"words": f"Reply {n}"} for n in range(100)]).execute()
    page = carol.get(f"/cases/{case.number}").text
    assert "Reply 99" in page and "Reply 69" not in page and "Earlier messages" in page
    earlier = re.search(r"\?before=\d+", page)[0]
    assert "Reply 69" in carol.get(f"/cases/{case.number}{earlier}").text
    assert "Where is my rice?" in carol.get(f"/cases/{case.number}?after=0").text
    assert carol.get(f"/cases/{case.number}?before=nonsense").status_code == 200
    assert count_queries(lambda: carol.get(f"/cases/{case.number}{earlier}")) <= 8
    assert count_queries(lambda: carol.get("/cases")) <= 8
    assert len(case_messages.page(case, world.carol).messages) == 30


def test_what_a_customer_takes_along_holds_the_conversation_and_nothing_of_ours(client, world, case):
    ben = make.customer_actor(make.member(world.account, "Ben Dizon", "buyer"))
    case_writing.ask(world.account, by=ben, kind="other", words="About my boss", is_private=True)
    case_writing.answer(case, by=world.rhea, words="It left today")
    case_writing.note(case, by=world.rhea, words="zanzibar")
    client.sign_in(world.cora)
    for kind in ("json", "html"):
        taken = client.send("/account/data", "/account/data/take-along", kind=kind).text
        assert "It left today" in taken and "zanzibar" not in taken and "About my boss" not in taken, kind
