"""H6: whatever people are called, a letter has the same parts, leads only to the shop, and reads alike as text."""

import contextlib
import html
from html.parser import HTMLParser

import pytest

from portal.errors import Invalid
from portal.outbox import Outbox
from portal.web import mail, posting
from tests import samples

pytestmark = [pytest.mark.row("H6"), pytest.mark.one_database]

SHOP = mail.Shop("Tindahan", "tindahan@shop.example", "https://shop.example")
NAMED = {
    "name", "account", "account_name", "by", "asked_by", "words", "answer", "customer", "title", "reason", "text",
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>", "</p></div><h1>Pay here", '"><a href="https://evil.example">x</a>',
    "{{ 7*7 }}{% if %}", "%(name)s %s {0} ${x}", "Ana & Co. <ana@evil.example>", "ครัวคุณแม่ 😀 Ñuñez",
    "\u202eevil\u202c", "a\tb Bcc: x@evil.example", "https://evil.example/", "&lt;b&gt;", "'; DROP TABLE login; --",
)  # fmt: skip


class Parts(HTMLParser):
    """The tags of a page in their order, and where its links lead."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]


def called(params, name):
    """The values of a notice with another name wherever somebody named something."""
    if isinstance(params, dict):
        return {k: name if k in NAMED and isinstance(v, str) and v else called(v, name) for k, v in params.items()}
    return [called(part, name) for part in params] if isinstance(params, list) else params


def rows_of_each(world, folder):
    """One mail of each letter that a shop with one record of each noun sends."""
    for model in samples.MAKERS:
        with contextlib.suppress(Invalid, KeyError, AttributeError, TypeError):
            samples.make(model, world)
    found = {}
    for row in Outbox.select().where(Outbox.channel == "mail").order_by(Outbox.id):
        found.setdefault(row.template, row)
    return found


def written(row, name):
    row.name, row.params = name, called(row.params, name)
    return posting.letter_for(row, SHOP)


def test_letters_are_whole_whatever_people_are_called(world, folder, figures):
    wrong, count, seen = [], 0, rows_of_each(world, folder)
    for template, row in seen.items():
        params = row.params
        plain = Parts(written(row, "Plain name").html).tags
        for name in HOSTILE:
            row.params = params
            letter = written(row, name)
            parts, count = Parts(letter.html), count + 1
            away = [link for link in parts.links if not link.startswith((SHOP.base_url, "tel:", "mailto:"))]
            said = " ".join(html.unescape(letter.html).split())
            is_said = " ".join(name.split()) not in said or " ".join(name.split()) in " ".join(letter.text.split())
            if parts.tags != plain or away or not is_said or "\n" in letter.subject:
                wrong.append((template, name))
    figures(letters=len(seen), names=len(HOSTILE), written=count, wrong=len(wrong))
    assert len(seen) >= 10
    assert wrong == []
