"""A question in Chromium: asked and rated on a phone without scripts and at a desk with them, answered by two."""

import pytest
from playwright.sync_api import expect

from portal.activity.attachments import Attachment
from portal.people.links import Link
from portal.service import case_writing
from portal.service.case_messages import CaseMessage
from portal.service.cases import Case
from tests import make
from tests.browsers import BOTH_MOODS, sound

NOTE = {"name": "Wet sacks.txt", "mimeType": "text/plain", "buffer": b"Two sacks are wet."}
FILM = {"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"\0\0\0\x14ftypqt  \0\0\0\0qt  "}


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_asks_in_one_page_and_one_press_reads_the_answer_and_rates_it(live, page, world):
    order = make.order(world.account)
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/orders/{order.number}")
    page.get_by_role("link", name="Ask about this").click()  # one page
    assert page.get_by_label("Its number, if you have it").input_value() == order.number
    sound(page)
    page.get_by_label("What happened").fill("Two sacks were wet")
    page.get_by_label("Photos or papers").set_input_files([NOTE, FILM])
    page.get_by_role("button", name="Send it to us").click()
    expect(page.get_by_text("film.mov").first).to_be_visible()
    assert Case.select().count() == 0
    assert page.get_by_label("What happened").input_value() == "Two sacks were wet"
    page.troubles.clear()
    page.get_by_role("button", name="Send it to us").click()  # one press
    expect(page.get_by_text("We have your question.")).to_be_visible()
    assert Attachment.get().name == "Wet sacks.txt"
    sound(page)
    case_writing.answer(Case.get(), by=world.rhea, words="New ones come tomorrow", then="solved")
    page.goto(f"{live.url}/cases")
    page.get_by_role("link", name="Two sacks were wet").click()
    expect(page.get_by_text("New ones come tomorrow")).to_be_visible()
    sound(page)
    page.get_by_text("Very good").click()
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("It is closed. Thank you.")).to_be_visible()
    assert (Case.get().state, Case.get().rating) == ("closed", 5)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_letter_replies_without_signing_in(live, page, world):
    case = case_writing.ask(world.account, by=world.carol, kind="other", words="Where is my rice?")
    case_writing.answer(case, by=world.rhea, words="Which order?")
    link = Link.select().order_by(Link.id.desc()).get()
    page.goto(live.url + link.path)
    expect(page.get_by_text("Which order?")).to_be_visible()
    sound(page)
    page.get_by_label("Your reply").fill("The last one")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_text("We have your reply, and will answer.").first).to_be_visible()
    assert CaseMessage.select().where(CaseMessage.words == "The last one").exists()


def test_two_of_us_answer_at_once_and_the_second_reads_the_first(live, page, world):
    case = case_writing.ask(world.account, by=world.carol, kind="other", words="Where is my rice?")
    live.sign_in(page, world.mona)
    page.goto(f"{live.url}/staff/cases")
    page.get_by_role("link", name=case.number).click()
    sound(page)
    case_writing.answer(case, by=world.rhea, words="It left today")
    page.get_by_label("Answer to the customer").fill("It leaves tomorrow")
    page.get_by_role("button", name="Send the answer").click()
    page.troubles.clear()
    expect(page.get_by_text("Rhea Cruz wrote while you were writing")).to_be_visible()
    expect(page.get_by_text("It left today")).to_be_visible()
    sound(page)
    page.get_by_label("Answer to the customer").fill("And two bags more leave tomorrow")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("The answer is written.")).to_be_visible()
    page.get_by_text("Write a comment").click()
    page.get_by_label("Comment among us").fill("The yard was late")
    page.get_by_role("button", name="Keep the comment").click()
    expect(page.get_by_text("Among us: the customer does not read this")).to_be_visible()
    page.get_by_role("link", name="Give it away").click()
    sound(page)
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/cases/{case.number}")
    expect(page.get_by_text("And two bags more")).to_be_visible()
    expect(page.get_by_text("The yard was late")).not_to_be_visible()


def test_an_article_that_may_answer_it_stands_there_while_somebody_asks(live, page, world):
    article = make.article(world, title="How do I send rice back?")
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/cases/new")
    page.get_by_label("What happened").fill("How can I send rice back?")
    assert page.locator("#answers").get_by_role("link", name=article.title).get_attribute("target") == "_blank"
    sound(page)
