"""Texts that try to be headers of a letter: the mail that goes out has exactly the headers it should have."""

from email import message_from_bytes, policy

import pytest

from portal.web import postbox
from tests.battery import strings

EXPECTED = ["Message-ID", "From", "To", "Cc", "Subject", "Date", "MIME-Version", "Content-Type"]
DATE = "Mon, 02 Feb 2026 08:00:00 +0000"


def letter_with(text):
    """A mail in which the text stands wherever a text of ours or of others may stand in a head."""
    people = {"sender": (text, "shop@shop.example"), "to": [(text, "ada@a.example"), (text, "ben@b.example")]}
    made = postbox.finish(
        "<1@shop.example>", "Body", "<p>Body</p>", cc=[(text, "c@c.example")], subject=text, Date=DATE, **people
    )
    return message_from_bytes(made.content, policy=policy.default)


@pytest.mark.row("C6")
@pytest.mark.one_database
def test_no_text_adds_a_header_or_a_receiver(rng, sized, figures):
    texts = [text for name, text in strings.all(rng) if name.startswith("naughty") or "\n" in text or "\r" in text]
    wrong = []
    texts = [text for text in texts if len(text) < 1_000][: sized(gate=1_000, night=10_000)]
    for text in texts:
        made = letter_with(text)
        receivers = [address.addr_spec for name in ("To", "Cc") for address in made[name].addresses]
        if made.keys() != EXPECTED or receivers != ["ada@a.example", "ben@b.example", "c@c.example"]:
            wrong.append((text, made.keys(), receivers))
        elif made.get_body(("plain",)).get_content().strip() != "Body" or made["Date"] is None:
            wrong.append((text, "body or date"))
    figures(payloads=len(texts), wrong=len(wrong))
    assert len(texts) >= 1_000
    assert wrong == []
