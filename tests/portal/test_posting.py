"""Posting: a row of the outbox becomes a mail when it is sent, with exactly the headers it should have."""

import email
import email.policy
import random
from email.header import decode_header, make_header

import pytest

from portal import audit, values
from portal.outbox import Outbox
from portal.people.teams import Team
from portal.values import Actor, Recipient, Ref
from portal.web import mail, posting
from portal.worker import Undeliverable, Withheld
from tests.conftest import SEED
from tests.make import CHANGED
from tests.portal.test_mail import words, words_of_page

SHOP = mail.Shop("Tindahan ni “Nena”, Inc.", "tindahan@shop.example", "https://shop.example")
RHEA = Actor(Ref("login", 7), name="Rhea", role="rep")
HEADERS = ["Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "MIME-Version", "Message-ID"]
HEADERS += ["Subject", "To"]


def posted(*people, template="account_changed", **params):
    """The outbox rows of an event that tells these people by mail."""
    with audit.change(RHEA, "team.made") as change:
        change.create(Team, name=f"Team {Team.select().count()}")
        change.tell(people, template, **{**CHANGED, **params})
    return list(Outbox.select().where(Outbox.entry == change.entry_id).order_by(Outbox.id))


def person(name, number=1, address=None, **fields):
    fields |= {"channels": ("mail",), "email": address or f"p{number}@people.example"}
    return Recipient(Ref("address", number), name, **fields)


def sent(row, link_address=None):
    """The mail as it arrives."""
    made = posting.message_for(row, SHOP, link_address)
    mail_read = email.message_from_bytes(made.content, policy=email.policy.default)
    mail_read.plainly = email.message_from_bytes(made.content)
    return mail_read


def shown(made, header):
    """A header as mail programs show it (the address parser of Python 3.11 puts blanks between encoded words)."""
    return str(make_header(decode_header(made.plainly[header])))


BROKEN_WORDS = ["=?utf-8?q?", "=0D=0ABcc:_x@evil.example", "?=", "=?utf-8?b?DQpCY2M6IHhAZXZpbA==?=", "=", "?", "_"]
BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\u2028", "\x85", "\t", " ", "\r\nBcc: x@evil.example\r\n\r\n<script>"]
LETTERS = ["Carol", "ครัวคุณแม่", "Müller, Ana", "👩\u200d🌾", "é" * 90, "x" * 300, "e\u0301", "\u202e", "a" * 75]
MARKS = [*"\"\\,;:<>@()'", "Bcc: x@evil.example", "%0d%0aBcc:", "Subject: x", "--===", "{{ 7 }}", "%(x)s", "&amp;"]
PIECES = [*BROKEN_WORDS, *BREAKS, *LETTERS, *MARKS]


def payloads(count):
    """Texts that try to become a header of their own, made of such pieces in any order; the same ones each time."""
    chance = random.Random(SEED)
    return [*PIECES, *("".join(chance.choices(PIECES, k=chance.randint(1, 6))) for _ in range(count - len(PIECES)))]


def test_no_text_becomes_a_header(database):
    texts = [text.replace("\0", "") for text in payloads(1000)]  # no door lets NUL in, and PostgreSQL keeps none
    rows = []
    for n, text in enumerate(texts):
        rows += posted(person(text[:200], n), account={"name": text, "number": "1"}, by=text)
    assert len(rows) == 1000
    for row, text in zip(rows, texts, strict=True):
        made = sent(row)
        assert sorted(made.keys()) == HEADERS, repr(text)
        assert [a.addr_spec for a in made["To"].addresses] == [row.address], repr(text)
        name = values.one_line(row.name)
        assert shown(made, "To") == (f"{name} <{row.address}>" if name else row.address), repr(text)
        assert shown(made, "From") == f"{SHOP.name} <{SHOP.mail_from}>"
        assert made["Message-ID"] == row.message_id
        assert not made.defects and not made.get_body(("plain",)).defects
        plain, page = (made.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert words(plain) == words_of_page(page), repr(text)


def test_a_subject_reads_as_it_was_typed(database):
    for n, text in enumerate(text.replace("\0", "") for text in payloads(300)):
        [row] = posted(person("Carol", n), account={"name": text, "number": "1"})
        assert sent(row)["Subject"] == values.one_line(f"Account details changed: {text}"), repr(text)


def test_a_repeated_mail_is_the_same_mail(database):
    [row] = posted(person("Carol"))
    first, second = sent(row), sent(Outbox.get())
    for header in ("Message-ID", "Date", "To", "Subject"):
        assert first[header] == second[header]
    assert abs((first["Date"].datetime.replace(tzinfo=None) - row.created_at).total_seconds()) < 1
    assert first["Auto-Submitted"] == "auto-generated"


def test_each_reads_his_own_language(database):
    rows = posted(person("Carol", 1, language="en"), person("Malee", 2, language="th"))
    assert [sent(row)["Content-Language"] for row in rows] == ["en", "th"]
    assert "2569" in sent(rows[1]).get_body(("plain",)).get_content()


def test_a_letter_that_cannot_be_written_is_dead_and_names_the_fault(database):
    [row] = posted(person("Carol"), template="no_such_letter")
    with pytest.raises(Undeliverable, match="no_such_letter"):
        sent(row)
    [row] = posted(person("Carol"), changes=[{"field": "phone"}])
    with pytest.raises(Undeliverable, match="account_changed"):
        sent(row)


def test_a_one_time_link_is_derived_when_it_is_sent_and_removed_for_everybody_else(database):
    asked = []

    def link_address(number):
        asked.append(number)
        return f"/do/{number}.token"

    [row] = posted(person("Carol"), by={"link": 41})
    assert "token" not in str(row.params) and row.params["by"] == {"link": 41}
    assert "https://shop.example/do/41.token" in sent(row, link_address).get_body(("plain",)).get_content()
    assert asked == [41]
    shown = posting.letter_for(row, SHOP)
    assert mail.REMOVED in shown.text and mail.REMOVED in shown.entry and "41" not in shown.entry


def test_a_mail_whose_link_is_no_longer_good_is_not_sent(database):
    [row] = posted(person("Carol"), by={"link": 41})
    with pytest.raises(Withheld):
        sent(row, lambda number: None)
