"""Hostile texts typed into a form of a real browser, saved, and read back on its pages (BATTERY C1)."""

import re
import unicodedata

import pytest

from portal import fields
from portal.customers.addresses import Address
from portal.errors import Invalid
from tests import make
from tests.battery import crawling, strings
from tests.browsers import PHONE

# The form of an address takes seven texts of any kind at once: {field: its length}.
TEXTS = {name: Address._meta.fields[name].max_length for name in
         ("recipient", "line1", "line2", "district", "city", "region", "label")}  # fmt: skip
FORM = "document.querySelector('main form[action=\"%s\"]')"
FILL = """([action, texts]) => {
  const form = document.querySelector(`main form[action="${action}"]`);
  for (const [name, text] of Object.entries(texts)) form.elements[name].value = text;
  return Object.fromEntries(Object.keys(texts).map(name => [name, form.elements[name].value]));
}"""
READ = """([action, names]) => {
  const form = document.querySelector(`main form[action="${action}"]`);
  return Object.fromEntries(names.map(name => [name, form.elements[name].value]));
}"""
SEND = '(action) => document.querySelector(`main form[action="${action}"]`).requestSubmit()'

pytestmark = [pytest.mark.row("C1"), pytest.mark.one_database]


def kept_as(text, longest):
    """What the shop keeps of a text that was typed, or None when it refuses it or nothing is left."""
    try:
        return fields.sound(text, "text", longest) or None
    except Invalid:
        return None


def to_the_letter(text):
    """What has to be read back: the same letters, composed, blanks made one and none at the ends."""
    return re.sub(r"[\t\r\n ]+", " ", unicodedata.normalize("NFC", text)).strip()


def rounds(found):
    """[{field: text}]: the texts that the shop takes, handed out to the seven fields."""
    waiting = [text for _, text in found if kept_as(text.replace("\r", "").replace("\n", ""), TEXTS["city"])]
    refused = len(found) - len(waiting)
    made = []
    while waiting:
        short = sorted(waiting[: len(TEXTS)], key=len)
        made.append(dict(zip(sorted(TEXTS, key=TEXTS.get), short, strict=False)))
        waiting = waiting[len(TEXTS) :]
    return [{name: text for name, text in one.items() if kept_as(text, TEXTS[name])} for one in made], refused


@pytest.fixture
def form(live, open_page, world):
    """Carol's form of an address on her phone, walked and watched."""
    place = make.address(world.account)
    page = live.sign_in(open_page(viewport=PHONE), world.carol)
    walk = crawling.Walk(live, page, "carol")
    walk.action = f"/account/addresses/{place.number}"
    walk.visit(walk.action)
    yield walk
    page.troubles = []  # the walk itself tells what there was


def saved(walk, texts):
    """Fill the form in and send it; what the browser made of each text, and the status of the answer."""
    typed = walk.page.evaluate(FILL, [walk.action, texts])
    with walk.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        walk.page.evaluate(SEND, walk.action)
    walk.page.wait_for_load_state("domcontentloaded")
    walk.look()
    return typed, answer.value.status


def test_what_is_typed_is_saved_shown_and_read_back_to_the_letter(form, rng, sized, figures):
    found = [one for one in strings.all(rng) if len(one[1]) <= TEXTS["city"]]
    chosen, refused = rounds(found[: sized(gate=420, night=len(found))])
    otherwise, unsaved, typed_in = [], [], 0
    for texts in chosen:
        typed, status = saved(form, texts)
        unsaved += [] if status in (200, 303) else [(status, typed)]
        form.visit(form.action)
        shown = form.page.evaluate(READ, [form.action, list(texts)])
        otherwise += [(typed[n], shown[n]) for n in texts if shown[n] != to_the_letter(typed[n])]
        typed_in += len(texts)
    figures(texts_typed=typed_in, refused_beforehand=refused, read_back_otherwise=len(otherwise))
    figures(faults_on_pages=len(form.faults), foreign_requests=len(form.foreign))
    assert unsaved == []
    assert otherwise == []
    assert (form.faults, form.foreign) == ([], [])
    assert typed_in >= 300


def test_what_is_refused_stays_in_its_field(form, rng, sized, figures):
    """Texts with control characters and letters that are none: 422, said at the field, nothing lost."""
    texts = [text for _, text in strings.all(rng) if len(text) < 100 and kept_as(text, 200) is None and text.strip()]
    lost, kept, count = [], 0, sized(gate=12, night=len(texts))
    for text in texts[:count]:
        typed, status = saved(form, {"line2": text})
        if status == 422:
            shown = form.page.evaluate(READ, [form.action, ["line2"]])["line2"]
            lost += (
                [] if shown == typed["line2"].replace("\0", "\ufffd") else [(typed["line2"], shown)]
            )  # as HTML shows NUL
            kept += 1
        form.visit(form.action)
    figures(texts_refused=kept, lost=len(lost))
    assert lost == []
    assert kept > count / 2
    assert (form.faults, form.foreign) == ([], [])
