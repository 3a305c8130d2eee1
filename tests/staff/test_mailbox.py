"""The mailbox on the wire: writing from records, the queue, a conversation, templates."""

import pytest

from portal.service import mail_tokens
from portal.service.conversations import Conversation
from portal.service.mails import Mail
from tests import mails, make
from tests.mails import BOX, arrive, mail


@pytest.fixture
def came(world, client, tmp_path):
    """A mail of somebody nobody knows."""
    mail_tokens.hand_in(BOX)
    page = '<p>Pay <a href="https://evil.example">https://bank.example</a></p><script>alert(1)</script>'
    return arrive(tmp_path, mail("", sender="New <new@people.example>", subject="<b>Hi</b>", html=page))


@pytest.fixture
def template(world):
    return mails.template(world)


def test_a_mail_is_written_from_an_order_with_a_template_looked_at_and_sent(world, client, template):
    order, to = make.order(world.account), str(world.contacts["carol"].ref)
    client.sign_in(world.rhea)
    page = client.get(f"/staff/orders/{order.number}/write?template={template.id}").text
    assert f"your order {order.number} of" in page
    assert world.contacts["carol"].name in page
    words = {"to": to, "subject": "{{order.number}}", "text": "Your {{order.number}}, {{contact.name}}"}
    looked = client.send(f"/staff/orders/{order.number}/write", look="yes", **words)
    assert f"Your {order.number}, {world.contacts['carol'].name}" in looked.text
    assert Mail.select().count() == 0
    done = client.send(f"/staff/orders/{order.number}/write", look="", **words)
    sent = Mail.get()
    assert (done.status_code, sent.text) == (303, f"Your {order.number}, {world.contacts['carol'].name}")
    assert sent.conversation.about_ref == order.ref
    assert "Mails both ways" in client.get(f"/staff/orders/{order.number}").text
    assert sent.subject in client.get(f"/staff/mailbox?about={order.number}&state=all").text


def test_a_place_that_nothing_fills_is_refused_at_its_field_and_what_was_typed_stays(world, client, template):
    client.sign_in(world.mona)
    refused = client.send(f"/staff/settings/mail-templates/{template.id}", text="{{config.SECRET}} and {{7*7}}")
    assert refused.status_code == 422
    assert "{{config.SECRET}} stands for nothing here" in refused.text
    assert "{{order.total}}" in refused.text
    order = make.order(world.account)
    typed = {"to": str(world.contacts["carol"].ref), "subject": "x", "text": "{{lead.name}} mine"}
    refused = client.send(f"/staff/orders/{order.number}/write", look="", **typed)
    assert refused.status_code == 422
    assert "{{lead.name}} mine" in refused.text
    assert Mail.select().count() == 0


def test_a_stranger_is_sorted_into_an_account_in_one_request(world, client, came):
    client.sign_in(world.rhea)
    assert "<b>Hi</b>" not in client.get("/staff/mailbox").text
    shown = client.get(f"/staff/mailbox/{came.conversation.number}").text
    assert "https://evil.example" in shown
    assert 'href="https://evil.example"' not in shown
    assert "alert(1)" not in shown
    page = f"/staff/mailbox/{came.conversation.number}"
    path = f"{page}/sort"
    assert client.send(page, path, then="contact", account="nobody at all").status_code == 422
    done = client.send(page, path, then="contact", account=world.account.number, name="Nena New", about="")
    assert done.status_code == 303
    sorted_ = Conversation.get()
    assert (sorted_.account, sorted_.contact.email, sorted_.state) == (world.account, "new@people.example", "for_us")
    assert Mail.get().interaction


@pytest.mark.parametrize(("then", "state"), [("lead", "for_us"), ("case", "in_case")])
def test_a_stranger_becomes_a_lead_or_asks_a_case(world, client, came, then, state):
    client.sign_in(world.rhea)
    page = f"/staff/mailbox/{came.conversation.number}"
    path = f"{page}/sort"
    done = client.send(page, path, then=then, account=world.account.name, name="Nena", about="")
    assert done.status_code == 303
    assert Conversation.get().state == state
    assert client.get(f"/staff/mailbox/{came.conversation.number}").status_code == 200


@pytest.mark.parametrize(("step", "state"), [("let-be", "let_be"), ("spam", "spam")])
def test_a_conversation_ends_and_is_opened_again(world, client, came, step, state):
    client.sign_in(world.rhea)
    path = f"/staff/mailbox/{came.conversation.number}"
    assert client.send(path, f"{path}/{step}").status_code == 303
    assert Conversation.get().state == state
    assert client.send(path, f"{path}/reopen").status_code == 303
    assert Conversation.get().state == "to_sort"


def test_an_answer_goes_out_from_the_conversation_and_the_original_is_only_downloaded(world, client, came):
    client.sign_in(world.rhea)
    path = f"/staff/mailbox/{came.conversation.number}"
    typed = {"to": str(came.conversation.ref), "subject": "Re: Hi", "text": "We do not pay.", "look": ""}
    assert client.send(path, f"{path}/reply", **typed).status_code == 303
    assert Mail.select().where(Mail.is_ours).get().to == [["New", "new@people.example"]]
    original = client.get(f"/staff/mails/{came.number}/original")
    assert original.headers["Content-Type"].startswith("message/rfc822")
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert original.headers["X-Content-Type-Options"] == "nosniff"
    assert b"new@people.example" in original.data


def test_another_team_sees_nothing_of_it(world, client):
    sent = mails.written(world, subject="Secret")
    client.sign_in(world.owen)
    assert client.get(f"/staff/mailbox/{sent.conversation.number}").status_code == 404
    assert "Secret" not in client.get("/staff/mailbox?state=all").text
    assert "Secret" not in client.get("/staff/mailbox.csv?state=all").text


def test_two_conversations_are_put_together(world, client, came, tmp_path):
    other = arrive(tmp_path, mail("More", sender="New <new@people.example>", subject="Hi again"))
    client.sign_in(world.rhea)
    path = f"/staff/mailbox/{other.conversation.number}"
    assert client.send(path, f"{path}/join", number="ML-999999").status_code == 422
    assert client.send(path, f"{path}/join", number=came.conversation.number).status_code == 303
    assert {row.conversation_id for row in Mail.select()} == {came.conversation_id}


def test_the_pages_ask_the_database_little(world, client, came, count_queries):
    client.sign_in(world.rhea)
    order = make.order(world.account)
    pages = ("/staff/mailbox", f"/staff/mailbox/{came.conversation.number}", f"/staff/orders/{order.number}/write",
             "/staff/settings/mail-templates")  # fmt: skip
    for page in pages:
        client.get(page)
        asked = count_queries(lambda page=page: client.get(page))
        assert asked <= 12, (page, asked)
