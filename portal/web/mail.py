"""Letters: what a notice says, written from one template as mail, as its text alternative and as an inbox entry."""

import html
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import TemplateReference

from portal import values
from portal.values import Money
from portal.web import reading, terms
from portal.web.wording import Wording

TEMPLATES = Path(__file__).parents[2] / "templates"
REMOVED = "[link removed]"  # stands in place of a one-time link wherever others than its receiver read a letter
SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Shop:
    """Whose letters these are: how the shop signs, where its pages are, how it counts."""

    name: str
    mail_from: str = "suki@suki.example"
    base_url: str = "http://127.0.0.1:8000"
    timezone: str = "Asia/Manila"
    currency: str = "PHP"
    country: str = "PH"

    @classmethod
    def of(cls, settings):
        """The shop of these settings (config.py)."""
        s = settings
        return cls(s.shop_name, s.mail_from, s.base_url, s.shop_timezone, s.shop_currency, s.shop_country)

    def link(self, path):
        """Absolute address of a page of ours."""
        return self.base_url + path

    def wording(self, language):
        return Wording(language, self.timezone, self.currency, self.country)


class Letter:
    """One letter: `html` and `text` go out by mail, `entry` is the body for the inbox (escaped by its template).

    Text and entry are made of the letter when they are asked for: most lists show the subject alone.
    """

    def __init__(self, subject, html, entry):
        self.subject, self.html, self._entry = subject, html, entry

    @cached_property
    def text(self):
        return text_of(self.html)

    @cached_property
    def entry(self):
        return self._entry()


def render(template, params, to, shop, link=None, for_staff=False, choices=None):
    """The letter of `templates/mail/<template>.html` for recipient `to`, in the recipient's language.

    `params` are the notice's own values; `link(path)` gives absolute addresses (default: the shop's); `choices` says
    where such letters are switched off, {"topic", "address"}.
    """
    context = {**params, "to": to, "shop": shop, "link": link or shop.link, "for_staff": for_staff}
    context["choices"] = choices
    found = _environment.get_template(f"mail/{template}.html")
    letter = found.new_context({**context, "wording": shop.wording(to.language)})
    page = "".join(found.root_render_func(letter))
    blocks = TemplateReference(letter)
    subject = values.one_line(html.unescape(blocks["subject"]()), SUBJECT_LENGTH) or shop.name
    return Letter(subject, page, blocks["body"])


def as_money(value):
    """Money from what a notice keeps of it: {"minor": 12050, "currency": "PHP"}."""
    return Money(value["minor"], value["currency"]) if isinstance(value, dict) else value


def as_moment(value):
    """A day or moment from the ISO text that a notice keeps of it."""
    if not isinstance(value, str):
        return value
    return date.fromisoformat(value) if len(value) == len("2026-11-17") else datetime.fromisoformat(value)


# The text alternative


SPACED = {"p", "h1", "h2", "h3", "ul", "ol", "table", "blockquote", "hr"}
LINES = {"div", "li", "tr", "br", "footer", "header", "main", "section", "dt", "dd", "dl"}
UNREAD = {"head", "style", "title"}


def text_of(page):
    """The words of a letter as plain text: paragraphs apart, lists with dashes, links as "text: address"."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects lines; a blank one keeps paragraphs apart."""

    def __init__(self):
        super().__init__()
        self.lines = [""]
        self.unread = 0
        self.href = None
        self.said_at = 0
        self.numbers = []  # of the lists we are in: None for dashes, else the number of the last item

    def handle_starttag(self, tag, attrs):  # name given by html.parser
        if tag in UNREAD:
            self.unread += 1
        elif tag in SPACED:
            self._break(2)
        elif tag in LINES:
            self._break(1)
        if tag in ("ul", "ol"):
            self.numbers.append(None if tag == "ul" else 0)
        elif tag == "li":
            self._mark_item()
        elif tag in ("td", "th") and self.lines[-1]:
            self.lines[-1] += " | "
        elif tag == "a":
            self.href, self.said_at = dict(attrs).get("href") or "", len(self.lines[-1])

    def handle_endtag(self, tag):  # name given by html.parser
        if tag in UNREAD:
            self.unread -= 1
        elif tag in SPACED:
            self._break(2)
        elif tag in LINES:
            self._break(1)
        if tag in ("ul", "ol"):
            self.numbers.pop()
        elif tag == "a" and self.href is not None:
            said = self.lines[-1][self.said_at :].strip()
            address = re.sub(r"^(mailto|tel):", "", self.href)
            if address and said not in (address, self.href):
                self.lines[-1] += f": {address}"
            self.href = None

    def handle_data(self, data):  # name given by html.parser
        if self.unread:
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        line = self.lines[-1]
        self.lines[-1] = line + (text.lstrip(" ") if not line or line.endswith(" ") else text)

    def _mark_item(self):
        if self.numbers and self.numbers[-1] is not None:
            self.numbers[-1] += 1
            self.lines[-1] = f"{self.numbers[-1]}. "
        else:
            self.lines[-1] = "- "

    def _break(self, wanted):
        """Begin a new line; `wanted` 2 leaves an empty one before it."""
        if self.lines[-1].strip():
            self.lines.append("")
        if wanted == 2 and len(self.lines) > 1 and self.lines[-2].strip():
            self.lines.append("")

    def text(self):
        joined = "\n".join(line.strip(" ") for line in self.lines)
        return re.sub(r"\n{3,}", "\n\n", joined).strip("\n") + "\n"


# The environment of the templates: the same filters as pages have, money and numbers as plain text


def _spoken(name, read=lambda value: value):
    @pass_context
    def said(context, value, *arguments, **named):
        return getattr(context["wording"], name)(read(value), *arguments, **named)

    return said


@pass_context
def _gettext(context, message):
    return context["wording"].catalogue.gettext(message)


@pass_context
def _ngettext(context, singular, plural, n):
    return context["wording"].catalogue.ngettext(singular, plural, n)


@pass_context
def _pgettext(context, meaning, message):
    return context["wording"].catalogue.pgettext(meaning, message)


@pass_context
def _term(context, *key):
    """The word for a label, a value or an event, as on pages."""
    wording = context["wording"]
    return terms.word(wording.gettext, *key, language=wording.language)


@pass_context
def _reads(context, value, noun, field):
    return reading.reads(context["wording"], value, noun, field)


def _make_environment():
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(_gettext, _ngettext, newstyle=True, pgettext=_pgettext)
    made.filters |= {"money": _spoken("money_text", as_money), "money_text": _spoken("money_text", as_money)}
    made.filters["amount"] = _spoken("amount_text", as_money)
    made.filters |= {name: _spoken(name, as_moment) for name in ("day", "long_day", "clock", "moment", "month_year")}
    made.filters |= {name: _spoken(name) for name in ("number", "percent", "quantity", "phone", "list_words")}
    made.filters["reads"] = _reads
    made.globals["term"] = _term
    return made


_environment = _make_environment()
