"""Mails in Chromium: written from an order with a template, a stranger sorted, two who sort the same one."""

import pytest
from playwright.sync_api import expect

from portal.service import conversation_sorting, mail_tokens
from portal.service.conversations import Conversation
from portal.service.mails import Mail
from tests import mails, make
from tests.browsers import BOTH_MOODS, sound


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_mail_is_written_with_a_template_looked_at_refused_and_sent(live, page, world):
    order, template = make.order(world.account), mails.template(world)
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/orders/{order.number}")
    page.locator("#mails").get_by_role("link", name="Write").click()
    page.get_by_label("Template").select_option(str(template.id))
    page.get_by_role("button", name="Fill it in").click()
    text = page.get_by_label("Text")
    assert f"your order {order.number} of" in text.input_value()
    sound(page)
    text.fill(text.input_value() + " {{order.secret}}")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("{{order.secret}} stands for nothing here").first).to_be_visible()
    assert Mail.select().count() == 0
    page.troubles.clear()
    text.fill(text.input_value().replace("secret", "number"))
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("So it goes out")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("The mail goes out.")).to_be_visible()
    assert Mail.get().text.endswith(order.number)
    sound(page)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_stranger_is_sorted_and_whoever_sorts_him_too_is_told(live, page, world, tmp_path):
    mails.arrive(tmp_path, mails.mail("Do you sell rice?", sender="Nena <nena@people.example>"))
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/mailbox")
    page.get_by_role("link", name="A question").click()
    expect(page.get_by_text("Do you sell rice?")).to_be_visible()
    sound(page)
    page.get_by_label("Account, by number or name").fill(world.account.number)
    page.get_by_role("button", name="Sort it").click()
    expect(page.get_by_text("It is sorted.")).to_be_visible()
    assert Conversation.get().contact.email == "nena@people.example"
    sound(page)
    came = mails.arrive(tmp_path, mails.mail("Do you sell oil?", sender="Berto <berto@people.example>"))
    page.goto(f"{live.url}/staff/mailbox/{came.conversation.number}")
    conversation_sorting.end(came.conversation, by=world.mona, state="let_be")
    page.get_by_label("Account, by number or name").fill(world.account.number)
    page.get_by_role("button", name="Sort it").click()
    expect(page.get_by_text("has moved on in the meantime").first).to_be_visible()
    page.troubles.clear()
    assert Conversation.get_by_id(came.conversation_id).state == "let_be"
    mail_tokens.hand_in("")
