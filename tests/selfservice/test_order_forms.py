"""The public pages on the wire: no cookie ever, frames of listed sites only, the same answer for everybody."""

import re
from datetime import timedelta

import pytest

from portal import values
from portal.outbox import Outbox
from portal.people import form_tokens
from portal.people.links import Link
from portal.people.logins import Login
from portal.sales.leads import Lead
from portal.sales.submissions import Submission
from tests import make

NENA = {"name": "Nena Abad", "email": "nena@abad.example", "words": "Two sacks"}


@pytest.fixture
def form(world):
    questions = [
        {"key": "q1", "label": "How do you pay?", "kind": "choice", "is_required": True, "choices": ["cash", "bank"]},
        {"key": "q2", "label": "Halal?", "kind": "yes", "is_required": False, "choices": []},
    ]
    consents = [{"key": "c1", "text": "You may write me news", "use": "", "is_required": False}]
    shown = {"questions": questions, "consents": consents, "origins": ["https://shop.example"]}
    return make.order_form(slug="feast", languages=["en", "th"], **shown)


def fresh(form):
    return form_tokens.issue_again(form.id)


def send(client, form, path="/order-form/feast", **typed):
    return client.send(path, **{"form_key": fresh(form), "q1": "cash"} | NENA | typed)


def last_link():
    return Link.select().where(Link.purpose == "order_form").order_by(Link.id.desc()).get().path


def test_a_stranger_sends_a_form_proves_his_address_and_opens_an_account(client, form):
    rice = make.product("RICE", name="Jasmine rice")
    answer = send(client, form, **{f"quantity_{rice.id}": "2", "c1": "y"})
    assert (answer.status_code, answer.location) == (303, "/order-form/feast/sent?lang=en")
    assert "Look into your mailbox" in client.get(answer.location).text
    path = last_link()
    assert "Did you send this?" in client.get(path).text and not Lead.select().exists()  # GET changes nothing
    assert client.send(path).status_code == 303
    page = client.get(path).text
    assert "We have it, thank you" in page and Lead.get().lines[0]["quantity"] == 2
    assert Submission.get().consents[0]["given"]
    sign_up = re.search(r'href="(/sign-up/[^"]+)"', page)[1]
    assert client.send(sign_up).status_code == 303
    assert Login.select().where(Login.email == "nena@abad.example").exists()
    assert "before you had an account" in client.get("/").text
    assert "Jasmine rice" in client.get("/guest-orders").text  # waits to be taken over


def test_no_answer_sets_a_cookie_or_looks_at_one(client, form, world, app):
    client.sign_in(world.carol)
    strict = app.test_client()
    for path in ("/feast", "/feast/sent", "/nothing", "/confirm/x", "/"):
        for lang in ("", "?lang=th", "?lang=xx"):
            mine, nobodys = (browser.get(f"/order-form{path}{lang}") for browser in (client, strict))
            for answer in (mine, nobodys):
                assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", ""), path
            assert "Carol" not in mine.text
    for path in ("/feast", "/confirm/x"):
        assert "Set-Cookie" not in client.post(f"/order-form{path}", data=NENA).headers
    assert "Set-Cookie" not in send(client, form).headers
    assert Submission.get().email == "nena@abad.example"  # nothing of Carol went along


def test_only_the_listed_sites_may_frame_it(client, form):
    make.order_form(slug="alone")
    shown, alone, gone = (client.get(f"/order-form/{slug}").headers for slug in ("feast", "alone", "nothing"))
    assert shown["Content-Security-Policy"].endswith("frame-ancestors https://shop.example")
    assert "X-Frame-Options" not in shown
    for headers in (alone, gone, client.get("/sign-in").headers):
        assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
        assert headers["X-Frame-Options"] == "DENY"


def test_whatever_is_refused_keeps_what_was_typed(client, form):
    old = form_tokens.issue(form.id, values.now() - timedelta(hours=7))
    for typed, said in (
        ({"form_key": old}, "This page was open for long"),
        ({"form_key": form_tokens.issue(form.id)}, "That was very quick"),
        ({"form_key": "x"}, "This page was open for long"),
        ({"homepage": "https://pills.example"}, "A field that people do not see"),
        ({"email": "nobody"}, "e-mail"),
        ({"q1": "gold"}, "Please choose one of the list"),
        ({"name": ""}, "Please fill this in"),
    ):
        answer = send(client, form, **{"words": "Two sacks <b>now</b>", "q2": "yes"} | typed)
        assert answer.status_code == 422 and said in answer.text, typed
        assert "Two sacks &lt;b&gt;now&lt;/b&gt;" in answer.text and "pills" not in answer.text
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', send(client, form, form_key=old).text)[1]
    assert send(client, form, form_key=key).status_code == 303  # at once


def test_sent_twice_it_is_one_and_with_other_words_it_asks(client, form):
    key = fresh(form)
    assert [send(client, form, form_key=key).status_code for _ in range(2)] == [303, 303]
    assert Submission.select().count() == Outbox.select().count() == 1
    other = send(client, form, form_key=key, words="Three sacks")
    assert other.status_code == 422 and "This was already done once" in other.text and "Three sacks" in other.text
    again = re.search(r'name="form_key"[^>]*value="([^"]+)"', other.text)[1]
    assert send(client, form, form_key=again, words="Three sacks").status_code == 303


def test_known_and_unknown_addresses_get_the_same_answer(client, form, count_queries):
    answers, costs = [], []
    for email in ("carol@kitchen.example", "nobody@people.example"):
        costs.append(count_queries(lambda email=email: answers.append(send(client, form, email=email))))
    assert answers[0].location == answers[1].location and answers[0].data == answers[1].data
    assert costs[0] == costs[1] <= 20


def test_closed_forms_say_so_and_drafts_are_not_there(client, world):
    make.order_form(slug="over", state="closed")
    make.order_form(slug="later", open_from=values.shop_day() + timedelta(days=3))
    make.order_form(slug="secret", state="draft")
    assert "This form is closed" in client.get("/order-form/over").text
    assert "It opens on" in client.get("/order-form/later").text
    assert client.get("/order-form/secret").status_code == 404
    client.sign_in(world.ada)
    assert client.get("/order-form/secret").status_code == 404


def test_it_speaks_the_languages_it_is_offered_in(client, form):
    assert '<html lang="th">' in client.get("/order-form/feast?lang=th").text
    assert '<html lang="en">' in client.get("/order-form/feast?lang=fil").text
    assert '<html lang="th">' in client.get("/order-form/feast", headers={"Accept-Language": "th-TH"}).text
    send(client, form, "/order-form/feast?lang=th", form_key=fresh(form))
    assert Outbox.get().language == "th"


def test_too_much_at_once_is_refused(client, form):
    big = client.post("/order-form/feast", data=NENA | {"form_key": fresh(form), "words": "x" * 200_000})
    assert big.status_code == 413 and "Set-Cookie" not in big.headers
    many = {"form_key": fresh(form)} | {f"quantity_{n}": "1" for n in range(3000)}
    assert client.post("/order-form/feast", data=many).status_code in (413, 422)


def test_a_link_that_is_over_says_so_and_leads_back_to_the_form(client, form):
    sent = make.submission(form, answers={"q1": "cash"}, now=values.now() - timedelta(days=8))
    path = Link.get(Link.subject == str(sent.ref)).path
    page = client.get(path)
    assert page.status_code == 410 and "/order-form/feast" in page.text
    assert client.post(path).location == path
    assert not Lead.select().exists()


def test_a_link_of_another_kind_is_no_proof(client, form, world):
    send(client, form)
    token = last_link().rpartition("/")[2]
    assert client.get(f"/sign-up/{token}").status_code == 404
    assert client.post(f"/order-form/confirm/{token[:-2]}xx").status_code == 404
    assert not Lead.select().exists()
