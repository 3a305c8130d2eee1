"""Mails both ways: written through the outbox, threaded by mark, and never trusted further than they prove."""

import io

import pytest
from PIL import Image

from portal import worker
from portal.activity.interactions import Interaction
from portal.audit import Entry
from portal.customers import reaching
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.service import case_writing, mail_people, mail_tokens, mail_writing, mails
from portal.service.case_messages import CaseMessage
from portal.service.conversations import Conversation
from portal.service.mail_fetching import FetchedMail
from portal.service.mails import BouncedAddress, Mail
from portal.values import Ref
from portal.web import postbox, posting
from portal.web.mail import Shop
from tests import make
from tests.mails import BOX, arrive, mail, sent_by, written

pytestmark = pytest.mark.usefixtures("folder")
SHOP = Shop("Aling Nena", mail_from="shop@shop.example", base_url="https://shop.example")


@pytest.fixture(autouse=True)
def _mailbox():
    mail_tokens.hand_in(BOX, "mx.shop.example")
    yield
    mail_tokens.hand_in("")


def picture():
    target = io.BytesIO()
    Image.new("RGB", (40, 40), (200, 10, 10)).save(target, "PNG")
    return target.getvalue()


def carols(world):
    return world.contacts["carol"]


def answered(world, sent, words="Thank you", sender=None):
    """The bytes of an answer to a mail of ours, by our mark in the address."""
    to = mail_tokens.reply_address(Ref("conversation", sent.conversation_id))
    return mail(words, sender=sender or f"Carol <{carols(world).email}>", to=to, subject="Re: Your order")


def test_a_mail_goes_out_once_to_each_with_our_mark_and_stands_on_the_timeline(world):
    other = make.contact(world.account, name="Ben", email="ben@kitchen.example")
    sent = written(world, cc=[str(other.ref)])
    rows = sent_by(sent)
    assert [row.address for row in rows] == [carols(world).email, "ben@kitchen.example"]
    assert len({row.message_id for row in rows}) == 2
    letter = posting.message_for(rows[1], SHOP, lambda link: None).content.decode()
    assert f"Reply-To: {mail_tokens.reply_address(sent.conversation.ref)}" in letter
    assert mail_tokens.token_of(sent.conversation.ref) in letter.partition("References:")[2].partition("\r\n")[0]
    assert "Auto-Submitted" not in letter
    assert "Cc: Ben <ben@kitchen.example>" in letter
    talk = Interaction.get()
    assert (talk.kind, talk.direction, talk.subject) == ("email", "out", "Your order")


def test_an_answer_with_our_mark_goes_on_in_its_conversation_and_its_owner_is_told(world, tmp_path):
    sent = written(world)
    came = arrive(tmp_path, answered(world, sent))
    assert came.conversation_id == sent.conversation_id
    assert came.conversation.state == "for_us"
    assert {row.name for row in Outbox.select().where(Outbox.template == "mail_came")} == {"Rhea Cruz"}
    assert Interaction.select().where(Interaction.direction == "in").count() == 1


def test_a_mail_goes_out_by_a_real_server_and_its_answer_comes_home(world, smtp, tmp_path):
    sent = written(world)
    worker.deliver(posting.handlers(SHOP, postbox.open_postbox(smtp.url, tmp_path), lambda link: None))
    message = smtp.to(carols(world).email)[0]
    assert message["From"].addresses[0].display_name == "Rhea Cruz, Aling Nena"
    marks = {"References": f"{message['References']} {message['Message-ID']}", "In_Reply_To": message["Message-ID"]}
    answer = mail("Yes", sender=carols(world).email, to=BOX, subject="AW: ?", **marks)
    assert arrive(tmp_path, answer).conversation_id == sent.conversation_id


def test_an_answer_is_known_by_the_mails_it_names_too(world, tmp_path):
    sent = written(world)
    reference = sent_by(sent)[0].message_id
    plain = mail("Yes", sender=carols(world).email, subject="Something else", In_Reply_To=reference)
    assert arrive(tmp_path, plain).conversation_id == sent.conversation_id


@pytest.mark.parametrize("sender", ["mallory@elsewhere.example", "dave"])
def test_a_mark_from_another_address_waits_for_a_person(world, tmp_path, sender):
    sent = written(world)
    sender = world.contacts["dave"].email if sender == "dave" else sender
    came = arrive(tmp_path, answered(world, sent, sender=sender))
    assert came.conversation_id != sent.conversation_id
    assert (came.conversation.state, came.conversation.reason) == ("to_sort", "another_address")
    assert came.conversation.hint_ref == Ref("conversation", sent.conversation_id)


def test_a_mark_that_we_did_not_make_is_none(world, tmp_path):
    sent = written(world)
    token = mail_tokens.token_of(sent.conversation.ref)
    forged = token[:-4] + ("aaaa" if not token.endswith("aaaa") else "bbbb")
    came = arrive(tmp_path, mail(sender="m@elsewhere.example", to=f"inbox+{forged}@shop.example"))
    assert came.conversation.reason == "unknown"
    assert mail_tokens.refs_in([token.upper()]) == [sent.conversation.ref]


def test_what_our_server_doubts_is_not_let_in(world, tmp_path):
    sent = written(world)
    content = b"Authentication-Results: mx.shop.example; spf=fail; dkim=fail\n" + answered(world, sent)
    came = arrive(tmp_path, content)
    assert (came.conversation.reason, came.is_doubtful) == ("checks", True)
    other = b"Authentication-Results: mx.evil.example; spf=fail\n" + answered(world, sent)
    assert arrive(tmp_path, other).conversation_id == sent.conversation_id  # not our server


def test_whom_we_know_begins_a_conversation_of_his_account_and_a_stranger_waits_in_the_queue(world, tmp_path):
    order, foreign = make.order(world.account), make.order(world.contacts["dave"].account)
    asked = f"Where is {foreign.number}, and where is {order.number}?"
    came = arrive(tmp_path, mail(asked, sender=f"C <{carols(world).email.upper()}>"))
    assert came.conversation.account == world.account
    assert came.conversation.contact == carols(world)
    assert came.conversation.about_ref == order.ref  # the number of another account opens nothing
    came = arrive(tmp_path, mail("Do you sell rice?", sender="New <new@people.example>"))
    assert (came.conversation.state, came.conversation.reason) == ("to_sort", "unknown")


def test_an_answer_to_a_letter_about_a_case_is_written_into_the_case(world, tmp_path):
    case = case_writing.ask(world.account, by=world.carol, kind="other", words="Where is my rice?")
    case_writing.answer(case, by=world.rhea, words="On its way.")
    to = mail_tokens.reply_address(case.ref)
    words = "It came.\n\nOn Monday Rhea wrote:\n> On its way."
    photo = ("bag.png", "image/png", picture())
    came = arrive(tmp_path, mail(words, sender=carols(world).email, to=to, files=[photo]))
    last = CaseMessage.select().order_by(CaseMessage.id.desc()).get()
    assert (last.words, last.is_ours, last.author) == ("It came.", False, str(world.carol.ref))
    assert len(last.files) == 1
    assert came.conversation.state == "in_case"
    before = CaseMessage.select().count()
    arrive(tmp_path, mail("Let me in", sender="mallory@elsewhere.example", to=to))
    arrive(tmp_path, mail("I am away", sender=carols(world).email, to=to, Auto_Submitted="auto-replied"))
    assert CaseMessage.select().count() == before


def test_a_letter_about_a_case_carries_its_mark(world):
    case = case_writing.ask(world.account, by=world.carol, kind="other", words="Where is my rice?")
    case_writing.answer(case, by=world.rhea, words="On its way.")
    row = Outbox.select().where((Outbox.template == "case_answered") & (Outbox.channel == "mail")).get()
    letter = posting.message_for(row, SHOP, lambda link: f"/x/{link}").content.decode()
    assert f"Reply-To: {mail_tokens.reply_address(case.ref)}" in letter
    assert "Auto-Submitted: auto-generated" in letter


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "auto_reply"}, {"X_Auto_Response_Suppress": "All"},
     {"List_Id": "<news.elsewhere.example>"}],
)  # fmt: skip
def test_what_a_machine_wrote_wakes_nobody(world, tmp_path, headers):
    sent = written(world)
    before = Outbox.select().count()
    to = mail_tokens.reply_address(sent.conversation.ref)
    came = arrive(tmp_path, mail("I am away", sender=carols(world).email, to=to, **headers))
    assert came.automatic
    assert (came.conversation_id, came.conversation.state) == (sent.conversation_id, "for_them")
    assert Outbox.select().count() == before
    assert arrive(tmp_path, mail("News", sender="n@people.example", **headers)).conversation.state == "let_be"


def test_mail_of_ours_that_comes_back_is_only_noted(world, tmp_path):
    sent = written(world)
    own = posting.message_for(sent_by(sent)[0], SHOP, lambda link: None).content
    assert arrive(tmp_path, own) is None
    assert FetchedMail.get().state == "own"
    came = arrive(tmp_path, mail("Pay here", sender=BOX))  # somebody who only says so
    assert came.conversation.reason == "own_address"


def bounced(message_id, status="5.1.1"):
    report = f"""From: MAILER-DAEMON@mx.elsewhere.example
To: {BOX}
Subject: Undelivered
Message-ID: <{status}.{message_id.strip("<>")}>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.elsewhere.example

Final-Recipient: rfc822; carol@kitchen.example
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Your order

Hello
--b--
"""
    return report.encode()


def test_a_mail_that_comes_back_is_dead_and_its_address_is_flagged_until_it_writes(world, tmp_path):
    sent = written(world)
    row = sent_by(sent)[0]
    arrive(tmp_path, bounced(row.message_id, "4.4.1"), bounced("<guessed@shop.example>"))
    assert Outbox.get_by_id(row.id).state != "dead"
    came = arrive(tmp_path, bounced(row.message_id))
    assert (Outbox.get_by_id(row.id).state, came.conversation_id) == ("dead", sent.conversation_id)
    person = next(one for one in mail_people.of(account=world.account) if one.contact == carols(world))
    assert person.bounced.reason.startswith("smtp; 550")
    arrive(tmp_path, mail("I am here", sender=carols(world).email))
    assert BouncedAddress.select().count() == 0


def test_the_same_mail_by_two_ways_comes_once_and_a_stolen_message_id_hides_nothing(world, tmp_path):
    content = mail("Hello", sender="new@people.example")
    arrive(tmp_path, content)
    assert arrive(tmp_path, b"Received: by another way\n" + content) is None
    message_id = Mail.get().message_id
    other = mail("Another", sender="new@people.example", Message_ID=message_id)
    assert arrive(tmp_path, other) is not None
    assert sorted(row.state for row in FetchedMail.select()) == ["kept", "kept", "repeated"]


def test_whoever_wants_no_mail_gets_none_but_the_answer_to_his_own(world, tmp_path):
    reaching.bar(carols(world), by=world.rhea, channel="mail", reason="asked on the phone")
    with pytest.raises(Invalid) as refused:
        written(world)
    assert refused.value.problems["to"][0] == "contact-wants-no-mail"
    came = arrive(tmp_path, mail("Please call me", sender=carols(world).email))
    answer = {"to": [str(carols(world).ref)], "subject": "Re", "text": "Gladly."}
    mail_writing.write(by=world.rhea, conversation=Conversation.get_by_id(came.conversation_id), **answer)
    assert Mail.select().where(Mail.is_ours).count() == 1


@pytest.mark.parametrize(
    ("field", "given"),
    [("to", {"to": []}), ("to", {"to": ["contact:99999"]}), ("subject", {"subject": " "}), ("text", {"text": ""}),
     ("attached", {"attached": [99999]})],
)  # fmt: skip
def test_a_mail_that_cannot_go_is_refused_at_its_field(world, field, given):
    with pytest.raises(Invalid) as refused:
        written(world, **given)
    assert field in refused.value.problems
    assert Mail.select().count() == Conversation.select().count() == 0


def test_files_go_along_and_come_in(world, tmp_path):
    order = make.order(world.account)
    kept = make.attachment(order, world.rhea)
    sent = written(world, about=order.ref, attached=[kept.id])
    row = sent_by(sent)[0]
    assert kept.name.encode() in posting.message_for(row, SHOP, lambda link: None).content
    brought = [("bag.png", "image/png", picture()), ("run.exe", "application/x-msdownload", b"MZ\x00\x01" * 9)]
    came = arrive(tmp_path, mail("Look", sender=carols(world).email, files=brought))
    assert (len(came.files), came.left_out) == (1, ["run.exe"])


def test_a_conversation_is_seen_by_whoever_sees_its_account(world, tmp_path):
    sent = written(world)
    assert not Conversation.visible_to(world.owen).where(Conversation.id == sent.conversation_id).exists()
    assert Conversation.visible_to(world.mona).where(Conversation.id == sent.conversation_id).exists()
    assert not Mail.visible_to(world.owen).where(Mail.id == sent.id).exists()
    came = arrive(tmp_path, mail("Hi", sender="new@people.example"))
    assert Conversation.to_sort(world.owen).where(Conversation.id == came.conversation_id).exists()
    assert Entry.select().where(Entry.event == "mail.received").count() == 1
    assert mails.page(came.conversation)[0] == [came]
    assert Contact.select().where(Contact.email == "new@people.example").count() == 0
