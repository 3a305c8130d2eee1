"""Eight thousand texts through every text field: kept byte for byte or refused and shown again."""

import io
import json
import logging
import re
import unicodedata
from collections import Counter
from itertools import cycle
from urllib.parse import quote

import pytest

from portal import store
from portal.web import log_lines
from tests.battery import strings
from tests.battery.walked import Forms, shop, undone, walked  # noqa: F401

PLAIN = "Sampaguita tree"
WRITTEN = re.compile(r'(?:INSERT INTO|UPDATE) "(\w+)"')
# What keeps every text a second time, folded for the search or as JSON of the journal.
SECOND_TIME = {"entry", "entry_value", "search_entry", "sent_form", "outbox", "match_key", "deed"}
LISTED = re.compile(r"(?:\(?(?:\?|%s)(?: AS \w+)?\)?(?:, )?){2,}")
TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
CONTROLS = ("Cc", "Cs", "Zl", "Zp")
BEGINS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ [\w.]+ \S+ \[[\w-]+\] ")
BREAKING = "\r\v\f\x1b\x85\u2028\u2029"
TRICKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd")


class Tap:
    """Every statement of the store: `.shapes` of all so far, `.written` tables since the last `clear()`."""

    def __init__(self, monkeypatch):
        self.shapes, self.written, self.fresh = set(), set(), []
        passed_on = store.db.obj.execute_sql

        def tapped(sql, params=None):
            shape = "" if sql.startswith(TRANSACTION) else LISTED.sub("…", sql)
            if shape not in self.shapes:
                self.shapes.add(shape)
                self.fresh.append(shape)
            self.written.update(WRITTEN.findall(sql))
            return passed_on(sql, params)

        monkeypatch.setattr(store.db.obj, "execute_sql", tapped)

    def clear(self):
        self.written, self.fresh = set(), []

    def cells(self):
        """Every text in the tables that were written since."""
        kinds = store.kinds()
        for table in self.written - SECOND_TIME & kinds.keys():
            for row in kinds[table].select().tuples() if table in kinds else ():
                yield from (cell for cell in map(as_text, row) if cell)


def as_text(cell):
    return (
        cell
        if isinstance(cell, str)
        else json.dumps(cell, ensure_ascii=False)
        if isinstance(cell, list | dict)
        else ""
    )


@pytest.fixture
def tap(shop, monkeypatch):  # noqa: F811
    return Tap(monkeypatch)


@pytest.fixture
def log():
    """[(records, lines)] that were written by the way the product writes them."""
    root, level = logging.getLogger(), logging.getLogger().level
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(log_lines.OneLine())
    handler.count = 0
    handler.addFilter(lambda record: setattr(handler, "count", handler.count + 1) or True)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: (handler.count, written.getvalue().split("\n")[:-1])
    root.removeHandler(handler)
    root.setLevel(level)


def sent(sheet, name, text):
    """The text as a browser sends it from this field."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", "\r\n") if sheet.kinds[name] == "words" else text.replace("\n", "")


def kept(sheet, name, text):
    """The text as it has to be found again: as typed, or by R26 in NFC and in a line with one blank between words."""
    typed = sent(sheet, name, text).replace("\r\n", "\n").strip()
    text = unicodedata.normalize("NFC", typed)
    return typed, (text if sheet.kinds[name] == "words" else re.sub(r"[\t\n ]+", " ", text)).strip()


def is_sound(text):
    """Whether the shop keeps such a text at all (R26)."""
    controls = any(unicodedata.category(letter) in CONTROLS and letter not in "\t\r\n" for letter in text)
    return not controls and TRICKS.isdisjoint(text) and 0 < len(unicodedata.normalize("NFKD", text).strip()) <= 100


def is_in(texts, cells):
    """Whether one of the texts stands somewhere, as a whole or in JSON."""
    quoted = [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts]
    return any(cell in texts or (cell[:1] in '[{"' and any(text in cell for text in quoted)) for cell in cells)


def shown(sheet, page):
    """What stands in the fields of the form when the page comes again."""
    again = [form for form in Forms(page.text).found if sheet.texts() and sheet.texts()[0] in form.fields]
    return again[0].fields if again else {}


def calibrated(sheets, tap):
    """[(sheet, fields that keep any text, all fields shown again)], tried with a text that harms nobody."""
    found = []
    for sheet in {sheet.verb: sheet for sheet in sheets if sheet.texts()}.values():
        free, again = [], []
        for name in sheet.texts():
            with undone():
                tap.clear()
                answer = sheet.send(**{name: PLAIN})
                if answer.status_code in (302, 303) and is_in([PLAIN], tap.cells()):
                    free.append(name)
            with undone():
                if shown(sheet, sheet.send(**{name: "a\0b"})).get(name) == "a\0b":
                    again.append(name)
        found.append((sheet, free, again))
    return found


def refused_or_shown(sheet, texts, again, answer):
    """What is wrong with an answer to texts that this shop does not keep."""
    if answer.status_code >= 500:
        return [f"{sheet.action} {texts!r:.200}: {answer.status_code}"]
    if answer.status_code != 422:
        return []
    fields = shown(sheet, answer)
    typed = {name: text.replace("\r\n", "\n").strip() for name, text in texts.items() if name in again}
    wrong = [name for name, text in typed.items() if (fields.get(name) or "").strip() != text]
    return [f"{sheet.action} {name}: {texts[name]!r:.80} came back as {fields.get(name)!r:.80}" for name in wrong]


def piles(texts):
    """[(texts, whether the shop keeps them)]."""
    sound = [text for _, text in texts if is_sound(text)]
    return (sound, True), ([text for _, text in texts if not is_sound(text)], False)


def dealt(pile, forms, is_kept):
    """(sheet, {field: text}) until each text has gone through a field: those that keep any, or all of them."""
    turn = cycle([(sheet, free if is_kept else sheet.texts()) for sheet, free, _ in forms if free or not is_kept])
    left = list(pile)
    while left:
        sheet, names = next(turn)
        yield sheet, {name: left.pop() for name in names[: len(left)]}


def judged(sheet, free, again, typed, answer, cells):
    """What is wrong with the answer to these texts: lost, changed, or not shown again when they were refused."""
    if answer.status_code in (302, 303):
        names = [name for name, text in typed.items() if name in free and not is_in(kept(sheet, name, text), cells)]
        return [f"{sheet.action} {name}: {typed[name]!r:.90} is not found again" for name in names]
    return refused_or_shown(sheet, {n: sent(sheet, n, text) for n, text in typed.items()}, again, answer)


@pytest.mark.row("C1", "C3")
def test_eight_thousand_texts_are_kept_as_they_are_or_refused(shop, tap, rng, sized, figures):  # noqa: F811
    texts = strings.all(rng)[: sized(gate=10_000 if shop.kind == "sqlite" else 1_500, night=10_000)]
    forms = calibrated(shop.sheets, tap)
    told = {sheet.verb: (free, again) for sheet, free, again in forms}
    counts, wrong, inside, fresh = Counter(), [], [], []
    for pile, is_kept in piles(texts) * sized(gate=1, night=40):
        assert sum(len(free if is_kept else sheet.texts()) for sheet, free, _ in forms) > 100
        rng.shuffle(pile)
        for sheet, typed in dealt(pile, forms, is_kept):
            free, again = told[sheet.verb]
            with undone():
                tap.clear()
                answer = sheet.send(**{name: sent(sheet, name, text) for name, text in typed.items()})
                wrong += judged(sheet, free, again, typed, answer, list(tap.cells()))
            counts += Counter(requests=1, **{f"status {answer.status_code}": 1})
            fresh.append(len(tap.fresh))
            inside += [sql for sql in tap.fresh for text in typed.values() if len(text) > 5 and text in sql]
    figures(strings=len(texts), forms=len(forms), statements=len(tap.shapes), wrong=len(wrong), **counts)
    figures(new_statements_in_last_half=sum(fresh[len(fresh) // 2 :]))
    assert inside == []
    assert wrong == []
    assert sum(fresh[len(fresh) // 2 :]) < len(tap.shapes) / 20  # a way that only one text goes: found, not found


@pytest.mark.row("C7")
def test_whatever_is_asked_for_one_event_is_one_line_of_the_log(shop, log, rng, sized, figures):  # noqa: F811
    texts = [text for _, text in strings.all(rng) if 0 < len(text) < 2_000][: sized(gate=1_500, night=10_000)]
    client = shop.app.test_client()
    for text in texts:
        client.get("/staff/accounts/" + quote(text, safe=""))
        logging.getLogger("suki.tests").info("%s", text)
        try:
            raise ValueError(f"{text}\n2026-01-01T00:00:00.000Z INFO suki.security [-] opened for admin")
        except ValueError:
            logging.getLogger("suki.tests").exception("%s", text)
    events, lines = log()
    begun = [line for line in lines if not line.startswith(log_lines.BELOW)]
    figures(texts=len(texts), events=events, lines=len(begun))
    assert events >= 2 * len(texts)
    assert len(begun) == events
    assert [line for line in begun if not BEGINS.match(line)] == []
    assert [line for line in lines if any(sign in line for sign in BREAKING)] == []
