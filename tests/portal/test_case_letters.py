"""Letters about cases: each step to who takes part, on his face, with links of his own; comments to us alone."""

import pytest

from portal import outbox
from portal.activity import inbox
from portal.activity.attachments import Attachment
from portal.people import links
from portal.service import case_sorting, case_steps, case_writing
from portal.web import mail, posting
from tests import make

pytestmark = pytest.mark.usefixtures("folder")

SHOP = mail.Shop("Aling Nena", base_url="https://shop.example")


@pytest.fixture
def case(world):
    return case_writing.ask(
        world.account, by=world.carol, kind="other", words="Where is <my> rice?\nIt was promised."
    )


def letters(template):
    """{name: letter} as they are mailed, their links good."""
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "mail"))
    return {row.name: posting.letter_for(row, SHOP, links.address, for_staff=inbox.is_for_staff(row)) for row in rows}


def test_asking_promises_an_answer_and_tells_staff_who_asks(case):
    found = letters("case_asked")
    assert set(found) == {"Carol Dizon", "Rhea Cruz"}
    receipt, news = found["Carol Dizon"], found["Rhea Cruz"]
    assert "You get an answer by" in receipt.text and "/do/" in receipt.html
    assert news.subject == "Carol Dizon of Carol’s Kitchen asks: Where is <my> rice?"
    assert "https://shop.example/staff/cases/CS-000001" in news.html and "/do/" not in news.html
    assert "It was promised." in news.text and "<my>" not in news.html


def test_an_answer_can_be_replied_to_and_a_solution_rated_from_the_letter(world, case):
    case_writing.answer(case, by=world.rhea, words="It left")
    answer = letters("case_answered")["Carol Dizon"]
    assert "It left" in answer.text and "Reply without signing in" in answer.text
    case_writing.answer(case, by=world.rhea, words="It is there", then="solved")
    solved = letters("case_solved")["Carol Dizon"]
    assert solved.html.count("/do/") == 2 and "How was it?" in solved.text and "in 5 days" in solved.text
    assert set(letters("case_solved")) == {"Carol Dizon"}


def test_links_stand_in_the_mail_alone(world, case):
    case_writing.answer(case, by=world.rhea, words="It left")
    row = (
        outbox.Outbox.select()
        .where((outbox.Outbox.template == "case_answered") & (outbox.Outbox.channel == "inbox"))
        .get()
    )
    shown = posting.letter_for(row, SHOP)
    assert "/do/" not in shown.html and "https://shop.example/cases/CS-000001" in shown.html


def test_each_takes_part_with_links_of_his_own_and_nobody_else_is_written_to(world, case):
    ben = make.customer_actor(make.member(world.account, "Ben Dizon", "buyer"))
    case_writing.reply(case, by=ben, words="I wait for it, too")
    case_writing.answer(case, by=world.rhea, words="It left")
    found = letters("case_answered")
    assert set(found) == {"Carol Dizon", "Ben Dizon"}
    assert found["Carol Dizon"].html != found["Ben Dizon"].html


def test_what_is_among_us_is_written_to_staff_alone(world, case):
    case_sorting.assign(case, by=world.mona, owner=world.rhea.employee)
    case_writing.note(case, by=world.mona, words="zanzibar")
    assert set(letters("case_noted")) == set(letters("case_assigned")) == {"Rhea Cruz"}
    assert "the customer does not read this" in letters("case_noted")["Rhea Cruz"].text


def test_a_file_that_is_shared_later_is_told_to_who_takes_part(world):
    make.member(world.account, "Ben Dizon", "buyer")
    private = case_writing.ask(world.account, by=world.cora, kind="other", words="My boss", is_private=True)
    case_writing.note(private, by=world.rhea, words="See", files=[make.sent()])
    Attachment.get().share(by=world.rhea)
    assert set(letters("files_brought")) == {"Cora Dizon"}


def test_closing_opening_again_rating_and_merging_are_told(world, case):
    other = case_writing.ask(world.account, by=world.carol, kind="other", words="Again")
    case_sorting.merge(other, by=world.rhea, number=case.number)
    assert "Nothing you wrote is lost." in letters("case_merged")["Carol Dizon"].text
    case_steps.close(case, by=world.carol, rating=2, words="Slow")
    assert "Rating: 2 of 5." in letters("case_closed")["Rhea Cruz"].text
    case_steps.rate(case, by=world.carol, rating=3, words="Well")
    assert "gives CS-000001 3 of 5" in letters("case_rated")["Rhea Cruz"].text
    case_steps.reopen(case, by=world.rhea, words="One more thing")
    assert "One more thing" in letters("case_reopened")["Carol Dizon"].text


def test_a_long_message_is_quoted_in_part(world, case):
    case_writing.reply(case, by=world.carol, words="y" * 5_000)
    assert len(letters("case_replied")["Rhea Cruz"].text) < 3_000


def test_what_staff_write_down_is_told_to_whoever_is_told_of_orders(world):
    case_writing.ask(world.account, by=world.rhea, kind="other", words="She called")
    assert set(letters("case_asked")) == {"Carol Dizon"}
