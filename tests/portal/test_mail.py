"""Letters: one template gives subject, mail, text and inbox entry in the receiver's language, and nothing escapes."""

import html
import re

import jinja2
import pytest

from portal.values import Money, Recipient, Ref
from portal.web import mail
from tests.make import CHANGED

SHOP = mail.Shop("Tindahan & Co", base_url="https://shop.example")
CAROL = Recipient(Ref("login", 3), "Carol", "carol@kitchen.example")


def letter(template="account_changed", to=CAROL, **params):
    return mail.render(template, {**CHANGED, **params}, to, SHOP)


def written(body, subject="Hello", **params):
    """A letter from a template made here."""
    texts = {"subject": subject, "body": body}
    blocks = "".join(f"{{% block {name} %}}{text}{{% endblock %}}" for name, text in texts.items())
    own = jinja2.DictLoader({"mail/own.html": '{% extends "mail/base.html" %}' + blocks})
    kept = mail._environment
    mail._environment = kept.overlay(loader=jinja2.ChoiceLoader([own, kept.loader]))
    try:
        return mail.render("own", params, CAROL, SHOP)
    finally:
        mail._environment = kept


def body_text(body, **params):
    """The text of a body, without greeting and foot."""
    return written(body, **params).text.split("Hello Carol,\n\n")[1].rsplit("\n\nYou get this", 1)[0]


def words(text):
    return re.sub(r"[-|:\s]+|\d+\.(?=\s)", " ", text).split()


def words_of_page(page):
    """The words a person sees in an HTML mail, with the addresses of its links, read another way than the product."""
    page = re.sub(r"(?s)<head>.*?</head>|<!--.*?-->", " ", page)
    page = re.sub(r'(?s)<a [^>]*href="(?:mailto:)?([^"]*)"[^>]*>(.*?)</a>', lambda f: _link(*f.groups()), page)
    page = re.sub(r"</?(?:span|b|i|strong|em|small)\b[^>]*>", "", page)  # these stand within a word or before a comma
    return words(html.unescape(re.sub(r"<[^>]+>", " ", page)))


def _link(address, said):
    return said if said == address else f"{said} {address}"


def test_a_letter_says_what_changed_from_what_to_what_when_by_whom_and_how_to_object():
    made = letter()
    numbers = ("0917 555 0188", "0917 555 0199", "0917 555 0142")
    for expected in (*numbers, "Carol Dizon", "17 Nov, 9:12 am", "Rhea Cruz"):
        assert expected.replace(" ", "") in re.sub(r"\s", "", made.text), expected
    assert "https://shop.example/security" in made.text
    assert "Carol’s Kitchen" in made.subject


def test_the_text_says_what_the_page_says():
    for changes in ([], CHANGED["changes"], [{"field": "note", "old": None, "new": "<b>1 & 2</b> | 3"}]):
        made = letter(changes=changes)
        assert words(made.text) == words_of_page(made.html)


def test_the_inbox_entry_is_the_body_of_the_letter():
    made = letter()
    assert str(made.entry) in made.html
    assert "<html" not in made.entry and hasattr(made.entry, "__html__")


def test_typed_markup_is_text_in_every_part():
    nasty = '<script>alert(1)</script> & "quotes" {{ 7 * 7 }} {% raw %}'
    made = letter(account={"name": nasty, "number": "12"}, by=nasty)
    assert "<script>" not in made.html and "<script>" not in made.entry
    assert nasty in made.subject and made.text.count(nasty) == 2


def test_a_subject_is_one_line():
    made = written("x", subject="{{ name }}\n two", name="a\r\nBcc: b@example.com\u2028c" + "x" * 500)
    assert len(made.subject) == 200 and not re.search(r"[\r\n\u2028]", made.subject)


def test_text_keeps_paragraphs_lists_tables_and_links_apart():
    page = """<p>One
      two.</p><p>Three<br>four</p><ul><li>five</li><li>six <strong>seven</strong></li></ul>
      <ol><li>a</li><li>b</li></ol>
      <table><tr><th>Name</th><th>Price</th></tr><tr><td>Rice</td><td>₱10</td></tr></table>
      <p><a href="https://x.example/a">Open it</a> or <a href="https://x.example/b">https://x.example/b</a>,
      <a href="mailto:r@x.example">r@x.example</a>.</p>"""
    assert body_text(page) == (
        "One two.\n\nThree\nfour\n\n- five\n- six seven\n\n1. a\n2. b\n\nName | Price\nRice | ₱10\n\n"
        "Open it: https://x.example/a or https://x.example/b, r@x.example."
    )


def test_money_and_moments_are_kept_as_json_and_read_as_on_pages():
    kept = {"total": {"minor": 1864000, "currency": "PHP"}, "at": "2026-11-17T06:00:00", "on": "2025-11-17"}
    text = body_text("{{ total|money }} {{ owed|money }} {{ at|moment }} {{ on|day }}", owed=Money(5, "PHP"), **kept)
    assert "₱18,640.00 ₱0.05" in text and "2:00" in text and "17\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2025" in text


def test_a_thai_reader_gets_thai_dates():
    made = letter(to=Recipient(Ref("login", 3), "คุณแคโรล", "carol@kitchen.example", "th"))
    assert "2569" in made.text and '<html lang="th">' in made.html


def test_a_value_that_is_missing_is_an_error_never_an_empty_letter():
    with pytest.raises(jinja2.UndefinedError):
        mail.render("account_changed", {}, CAROL, SHOP)


def test_staff_are_led_to_the_account_instead_of_being_told_how_to_object():
    made = mail.render("account_changed", CHANGED, CAROL, SHOP, for_staff=True)
    assert "https://shop.example/staff/accounts/12" in made.text and "/security" not in made.text
