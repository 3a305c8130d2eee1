"""Texts that look like places to fill in: they are shown as they are, and in a template of ours refused."""

from itertools import cycle, product

import pytest

from portal.outbox import Outbox
from portal.web import mail, posting
from tests.apps import settings_for
from tests.battery import strings
from tests.battery.walked import shop, undone, walked  # noqa: F401

WORTH = "13371337"
EXPRESSIONS = (
    "191*70007", "70007*191", "13371336+1", "13371338-1", "26742674//2", "'1337'+'1337'", "'1337'~'1337'", "'1337'*2",
    "['1337','1337']|join", "'%s%s'%(1337,1337)", "'{}{}'.format(1337,1337)", "13371337|int", "(191*70007)|string",
    "range(13371337,13371338)|first", "''.join(['1337','1337'])", "191*70007 if 1 else 0", "[191*70007][0]",
    "{'a':191*70007}['a']", "lipsum and 191*70007", "cycler(191*70007).next()",
)  # fmt: skip
PLACES = ("text", "subject")


def payloads():
    """Five hundred of them: what some language or other would make 13371337 of."""
    return [template.format(sum_of) for template, sum_of in product(strings.TEMPLATES, EXPRESSIONS)]


def is_worked_out(page, payload):
    """Whether the worth stands there, though not because it was typed."""
    return WORTH in page and WORTH not in payload


def letters(shop, settings, after):  # noqa: F811
    """What the letters say that were written since, in words and in HTML."""
    ours = mail.Shop.of(settings)
    for row in Outbox.select().where(Outbox.id > after, Outbox.channel == "mail"):
        written = posting.letter_for(row, ours)
        yield from (written.subject, written.text, written.html)


@pytest.mark.row("C4")
@pytest.mark.one_database
def test_no_text_is_worked_out_on_a_page_or_in_a_letter(shop, tmp_path, figures):  # noqa: F811
    settings = settings_for(shop.url, tmp_path)
    fields = [(sheet, name) for sheet in {s.verb: s for s in shop.sheets}.values() for name in sheet.texts()]
    turn, last = cycle(payloads()), Outbox.select().count()
    wrong, told, kept = [], 0, 0
    for sheet, name in [*fields, *fields][: max(500, len(fields))]:
        payload = next(turn)
        with undone():
            answer = sheet.send(**{name: payload})
            shown = [answer.text]
            if answer.status_code == 303:
                kept += 1
                shown.append(sheet.client.get(answer.headers["Location"]).text)
            written = list(letters(shop, settings, last))
            told += len(written) // 3
            if answer.status_code >= 500 or any(is_worked_out(text, payload) for text in (*shown, *written)):
                wrong.append(f"{sheet.action} {name}: {payload}: {answer.status_code}")
    figures(fields=len(fields), payloads=500, kept=kept, letters=told, worked_out=len(wrong))
    assert wrong == []
    assert kept > 100


@pytest.mark.row("C4")
@pytest.mark.one_database
def test_a_place_that_nothing_fills_is_an_error_at_the_form(shop, figures):  # noqa: F811
    sheets = [sheet for sheet in shop.sheets if set(PLACES) <= set(sheet.texts()) and "template" in sheet.verb]
    assert sheets
    wrong, open_ones = [], [text for text in payloads() if "{{" in text or "}}" in text]
    sheet = sheets[0]
    words = dict.fromkeys(sheet.texts(), "Two sacks of rice")
    with undone():
        assert sheet.send(**words).status_code == 303  # so that a refusal is about the payload
    for name, payload in product(PLACES, open_ones):
        with undone():
            answer = sheet.send(**words | {name: payload})
            if answer.status_code != 422:
                wrong.append(f"{sheet.action} {name}: {payload}: {answer.status_code}")
    figures(payloads=len(open_ones), accepted=len(wrong))
    assert wrong == []
