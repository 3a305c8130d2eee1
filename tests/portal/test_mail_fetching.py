"""Mail fetched from a real server: once, whole, whoever is killed at whatever moment; hostile mails harm nobody."""

import os
import signal
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from portal import files, store, values
from portal.files import File
from portal.service import mail_boxes, mail_fetching, mail_reading, mail_receiving, mail_text, mail_tokens
from portal.service.mail_fetching import FetchedMail, MailboxState
from portal.service.mails import LONGEST_TEXT, Mail
from tests.mails import BOX, arrive, mail
from tests.races import at_once


@pytest.fixture
def box(imap):
    return mail_boxes.open_box(imap.url, None)


def look(box, now=None):
    mail_fetching.fetch(box, now=now)
    mail_receiving.receive_all(now=now)


def states():
    return sorted(row.state for row in FetchedMail.select())


def test_what_lies_there_comes_once_and_is_marked_only_then(world, folder, imap, box):
    imap.put(mail("One", sender="a@people.example"), mail("Two", sender="b@people.example"))
    assert imap.flags() == (2, 0)
    look(box)
    assert imap.flags() == (2, 2)
    look(box)
    imap.put(mail("Three", sender="c@people.example"))
    look(box)
    assert [row.text for row in Mail.select().order_by(Mail.id)] == ["One", "Two", "Three"]


def test_new_numbers_of_the_mailbox_bring_nothing_twice(world, folder, imap, box):
    imap.put(mail("One"), mail("Two"))
    look(box)
    imap.begin_anew()
    imap.put(mail("Three"))
    look(box, now=values.now() + timedelta(hours=1))
    assert [row.text for row in Mail.select().order_by(Mail.id)] == ["One", "Two", "Three"]
    assert states() == ["kept", "kept", "kept", "repeated", "repeated"]


def test_a_server_that_is_away_is_said_and_asked_later(world, folder, imap, box):
    imap.stop()
    now = values.now()
    mail_fetching.fetch(box, now=now)
    state = MailboxState.away().get()
    assert state.next_at > now
    assert mail_fetching.trouble_with(box)
    imap.start()
    imap.put(mail("Hello"))
    assert mail_fetching.fetch(box, now=now + timedelta(seconds=5)) == 0
    assert mail_fetching.fetch(box, now=now + timedelta(seconds=70)) == 1
    assert not MailboxState.away().exists()
    assert mail_fetching.trouble_with(box) == ""


@pytest.mark.parametrize(
    ("module", "name"),
    [(mail_fetching.files, "receive"), (mail_fetching, "_go_on"), (mail_boxes._Visit, "mark"),
     (mail_receiving, "_put"), (mail_receiving, "_kept"), (mail_receiving.mails, "index")],
)  # fmt: skip
def test_a_worker_killed_at_any_step_loses_and_doubles_nothing(world, folder, imap, box, module, name):
    imap.put(mail("One", sender="a@people.example"), mail("Two", sender="b@people.example"))
    store.close()
    process = os.fork()
    if not process:
        setattr(module, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        with store.connection():
            look(box)
        os._exit(len(MailboxState.away()))
    assert os.waitpid(process, 0)[1] == signal.SIGKILL
    with store.connection():
        look(box)
        look(box)
        assert sorted(row.text for row in Mail.select()) == ["One", "Two"]
        assert states() == ["kept", "kept"]


def test_two_workers_that_fetch_at_once_keep_each_mail_once(postgres, imap, tmp_path):
    files.open(tmp_path / "files")
    imap.put(*(mail(f"Number {n}", sender=f"p{n}@people.example") for n in range(12)))
    at_once(2, lambda n: look(mail_boxes.open_box(imap.url, None)))
    with store.connection():
        look(mail_boxes.open_box(imap.url, None))
        assert sorted(row.text for row in Mail.select()) == sorted(f"Number {n}" for n in range(12))
        assert imap.flags() == (12, 12)


def test_a_mail_that_is_too_large_stays_where_it_is_and_its_head_says_so(world, folder, imap, box, monkeypatch):
    monkeypatch.setattr(mail_fetching, "MOST_BYTES", 2000)
    imap.put(mail("x" * 5000, sender="Big <big@people.example>", subject="The plans"))
    look(box)
    kept = Mail.get()
    assert (kept.conversation.reason, kept.subject, kept.text) == ("too_large", "The plans", "")
    assert not FetchedMail.get().is_whole
    assert imap.flags() == (1, 0)


# Reading, whatever comes


def test_a_mail_of_200_pages_is_shown_cut_and_kept_whole(world, folder, tmp_path):
    words = "A line of a very long letter.\n" * 20_000
    came = arrive(tmp_path, mail(words))
    assert (came.is_cut, len(came.text)) == (True, LONGEST_TEXT)
    assert files.open_bytes(File.get_by_id(came.original_id)).read().count(b"A line of") == 20_000


NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(2000))
HOSTILE = {
    "nothing": b"",
    "no head": b"\n\nwords",
    "no message id": b"From: a@people.example\nSubject: hi\n\nwords",
    "bad date": b"From: a@people.example\nDate: Tue, 99 Foo 99999 99:99:99 +9999\n\nwords",
    "unknown charset": b"From: a@people.example\nContent-Type: text/plain; charset=klingon\n\nwords \xff\xfe",
    "thai of windows": b"From: a@people.example\nContent-Type: text/plain; charset=windows-874\n\n\xa1\xd2",
    "broken words": b"From: =?utf-8?b?!!!?= <a@people.example>\nSubject: =?x-no?q?a=zz?=\n\nwords",
    "broken base64": b"From: a@people.example\nContent-Transfer-Encoding: base64\n\n====\x00=",
    "ten thousand parts": b"From: a@people.example\nContent-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: text/plain\n\nhello\n" * 10_000,
    "parts within parts": b"From: a@people.example\n" + NESTED,
    "mail in mail": b"From: a@people.example\nContent-Type: message/rfc822\n\n" * 50,
    "control letters": "From: a@people.example\nSubject: \x07\u202egpj\n\nwords \x00 \u202e".encode(),
    "many people": b"From: a@people.example\nTo: " + b"x@people.example, " * 5000 + b"\n\nwords",
    "no address": b"From: nobody at all\n\nwords",
    "endless header": b"From: a@people.example\nSubject: " + b"x" * 300_000 + b"\n\nwords",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mail_that_was_made_to_break_us_is_kept_and_can_be_downloaded(world, folder, tmp_path, name):
    came = arrive(tmp_path, HOSTILE[name])
    assert came is not None
    assert files.open_bytes(File.get_by_id(came.original_id)).read() == (HOSTILE[name] or b"\n")
    assert "\x00" not in came.text + came.subject
    assert "\u202e" not in came.text + came.subject
    assert states() == ["kept"]
    if name == "thai of windows":
        assert came.text == "กา"


@given(
    some.binary(max_size=400), some.sampled_from([b"From: ", b"Content-Type: ", b"Subject: =?", b"\n\n", b"--b\n"])
)
@settings(max_examples=60)
def test_no_bytes_at_all_stop_the_reading(noise, begin):
    found = mail_reading.read(begin + noise)
    assert len(found.identity) == 64
    assert "\x00" not in found.text


def test_a_page_is_read_as_words_with_the_true_addresses_of_its_links():
    page = """<style>p{}</style><p>Dear Rhea</p><script>alert(1)</script><img src="https://spy.example/1.gif">
    <p>Pay at <a href="https://evil.example/pay">https://bank.example</a></p><p style="display: none">hidden</p>"""
    text = mail_text.of_html(page)
    assert "https://bank.example <https://evil.example/pay>" in text
    assert not {"alert", "spy", "hidden", "p{}"} & set(text.replace("(", " ").replace("/", " ").split())


@pytest.mark.parametrize("piece", ["<a", "<", "<!--", "<!", "<p ", "<a x='", "&", "<div>", "<style>", "</a"])
def test_a_page_made_to_keep_us_busy_is_read_at_once(piece):
    began = values.now()
    mail_text.of_html(piece * (200_000 // len(piece)))
    assert values.now() - began < timedelta(seconds=4)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.\n\nOn Mon, 1 Nov 2026 Rhea wrote:\n> Will you?", "Yes."),
        ("Oo.\n\nNoong Lunes, isinulat ni Rhea:\n> Gusto mo?", "Oo."),
        ("ได้ค่ะ\n\nเมื่อวันจันทร์ Rhea เขียนว่า:\n> ?", "ได้ค่ะ"),
        ("Yes.\n\nFrom: Rhea\nSent: Monday\nTo: Carol\nSubject: x\n\nWill you?", "Yes."),
        ("Yes.\n-- \nCarol\nKitchen", "Yes."),
        ("From: a point of view, yes.", "From: a point of view, yes."),
        ("> all is quoted", "> all is quoted"),
    ],
)
def test_what_is_new_in_a_mail_is_told_from_what_was_quoted(text, new):
    assert mail_text.new_words(text) == new


def test_a_mailbox_address_is_read_with_its_password_and_nonsense_is_refused():
    found = mail_boxes.open_box("imaps://inbox%40shop.example:p%2Fw@mail.shop.example/Sales", None)
    assert (found.login, found.password, found.port, found.folder) == ("inbox@shop.example", "p/w", 993, "Sales")
    assert "p/w" not in found.name
    for url in ("http://x@y/INBOX", "imaps://host/INBOX", "imaps://a:b@h/%22%0d%0aLOGOUT"):
        with pytest.raises(ValueError, match="IMAP_URL"):
            mail_boxes.open_box(url, None)
    mail_tokens.hand_in(BOX)
    assert mail_tokens.is_ours("Inbox+m1-x@Shop.example")
    mail_tokens.hand_in("")
