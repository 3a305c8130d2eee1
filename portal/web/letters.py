"""Letters on the screen: a notice as this request's reader reads it, in the inbox and among the outgoing mail."""

import html
from dataclasses import replace

from flask import g

from portal import fields
from portal.activity import inbox as notices
from portal.activity import topics
from portal.activity.inbox import recipient_of
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.people import links
from portal.web import posting, sessions, speech
from portal.web.lists import Column, List, Sort
from portal.web.mail import Letter, Shop
from portal.worker import Undeliverable, Withheld

NOTICE_FIELDS = fields.Table(
    "notice",
    fields.Field("number", "number", fields.EVERYONE, sort=True),
    fields.Field("created_at", "moment", fields.EVERYONE),
    fields.Field("topic", "choice", fields.EVERYONE, choices=tuple(topics.BY_KEY)),
    fields.Field("subject", "text", fields.EVERYONE),
    fields.Field("text", "words", fields.EVERYONE),
)


def letter(row, language=None, reveal=False, for_staff=None):
    """The letter of an outbox row, by default in the language of the page.

    One-time links read as removed; `reveal` shows those that are still good (in the demo, whose mail goes nowhere).
    A letter that cannot be written any more shows by name only.
    """
    language = language or speech.language()
    kept = g.setdefault("letters", {})
    if (row.id, language) not in kept:
        kept[row.id, language] = _written(row, language, reveal, for_staff)
    return kept[row.id, language]


def own_letter(row):
    """A notice in the inbox of the person who asks."""
    return letter(row, for_staff=sessions.actor().is_staff)


def subject(row):
    """The subject for a list, in the language it is written in; costs no query."""
    return letter(row, row.language, for_staff=False).subject


def _written(row, language, reveal, for_staff):
    shop, hidden = Shop.of(speech.settings()), sessions.actor().limits.hidden
    to = replace(recipient_of(row), language=language)
    try:
        try:
            return posting.letter_for(row, shop, links.address if reveal else None, to, for_staff, hidden)
        except Withheld:  # its link is over
            return posting.letter_for(row, shop, None, to, for_staff, hidden)
    except Undeliverable as fault:
        return Letter(row.template, html.escape(str(fault)), lambda: "")


def _of_topic(query, text, actor):
    if text not in topics.BY_KEY:
        raise Invalid(topic=("filter-choice-unknown", {"value": text}))
    return notices.about(query, text)


INBOX = List(
    "notice",
    NOTICE_FIELDS,
    [
        Column("number"),
        Column("created_at"),
        Column("topic", lambda row: topics.of(row.template).key),
        Column("subject", lambda row: own_letter(row).subject),
        Column("text", lambda row: own_letter(row).text),
    ],
    {"number": Sort(Outbox.id)},
    "-number",
    {"topic": _of_topic},
)
