"""All pages as every role, every free text of the shop hostile (BATTERY E1, E9, C1, C2)."""

import html
import json
import re
from collections import defaultdict
from dataclasses import replace

import pytest

from portal import fields
from portal.activity import inbox
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.web import headers, mail
from tests.battery import crawling, planting, strings
from tests.battery.shops import ROOT
from tests.letters import SHOP

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PHONE = 390
HTMX = {
    "includeIndicatorStyles": False, "allowEval": False, "allowScriptTags": False, "selfRequestsOnly": True,
    "historyCacheSize": 0, "disableInheritance": True,
}  # fmt: skip
MARKED = re.compile(r"\bMarkup\(|\|\s*safe\b|\bautoescape\s+false|\|\s*markup\b")
IN_SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|set(?:Timeout|Interval)\(\s*[\"']"
    r"|postMessage|[\"']message[\"']|onmessage|createElement\(\s*[\"']script|srcdoc|import\("
)
IN_PAGES = re.compile(
    r"<script(?![^>]*\ssrc=)|\shx-on|[\s\"']on[a-z]+\s*=\s*[\"']|javascript:|hx-vals=[\"']?js|srcdoc|<(?:iframe|object|embed)\b"
)

pytestmark = pytest.mark.one_database


@pytest.fixture
def hostile_world(live, world):
    """The world with a record of every noun, and a text in every free column that would like to be markup."""
    world.records = crawling.records_of(live.app, world)
    world.planted = planting.plant(planting.markup)
    return world


@pytest.mark.row("E1", "E9", "C2")
def test_no_page_of_any_role_runs_loads_or_shows_what_it_should_not(
    live, open_page, hostile_world, rng, sized, figures
):
    world = hostile_world
    every = [(name, page) for name in crawling.ROLES for page in crawling.pages(live.app, world, world.records, name)]
    raw = [
        f"{page.address} as {name}: {found[1]}" for name, page in every if (found := crawling.RAW.search(page.text))
    ]
    shown = {number for _, page in every for number in re.findall(r"suki-(\d+)", page.text)}
    walks = list(walked(live, open_page, world, chosen(every, rng, sized)))
    faults, foreign = sum((walk.faults for walk in walks), []), sum((walk.foreign for walk in walks), [])
    opened = sum(walk.opened for walk in walks)
    figures(pages_read=len(every), pages_opened=opened, texts_planted=len(world.planted))
    figures(texts_shown=len(shown), violations=len(faults), unescaped=len(raw), foreign_requests=len(foreign))
    assert raw == []
    assert foreign == []
    assert faults == []
    assert opened > 250
    assert len(shown) > 60


def chosen(every, rng, sized):
    """[(role, page)] to open: all of every role at night; at the gate each route once, the roles taking turns."""
    by_route = defaultdict(list)
    for name, page in every:
        by_route[page.rule].append((name, page))
    return sized(gate=[rng.choice(options) for options in by_route.values()], night=every)


def walked(live, open_page, world, wanted):
    """A finished Walk for each role; two of them hold a phone."""
    for name in crawling.ROLES:
        page = open_page(width=PHONE if name in ("carol", "rhea") else None)
        if name != "nobody":
            live.sign_in(page, getattr(world, name))
        walk = crawling.Walk(live, page, name)
        for who, one in wanted:
            if who == name:
                walk.visit(one.address)
        page.troubles = []  # the walk itself tells what there was
        yield walk


@pytest.mark.night
@pytest.mark.row("C1", "E1", "E9")
def test_no_text_that_the_shop_keeps_breaks_any_page(live, open_page, world, rng, figures):
    """Every text of ours that may be saved, some in every field at once, through all pages as all roles."""
    world.records = crawling.records_of(live.app, world)
    texts = [text for _, text in strings.all(rng) if kept(text)]
    step, opened, faults, foreign = len(planting.free_texts()), 0, [], []
    for start in range(0, len(texts), step):
        some = texts[start : start + step]
        planting.plant(lambda number, most, some=some: some[number % len(some)][:most].strip() or "x")
        every = [
            (name, page) for name in crawling.ROLES for page in crawling.pages(live.app, world, world.records, name)
        ]
        for walk in walked(live, open_page, world, every):
            faults, foreign, opened = faults + walk.faults, foreign + walk.foreign, opened + walk.opened
            walk.page.context.close()
        figures(texts=min(start + step, len(texts)), pages_opened=opened, faults=len(faults), foreign=len(foreign))
    assert (faults, foreign) == ([], [])


def kept(text):
    """Whether a form takes this text as it is."""
    try:
        return fields.sound(text, "text", 200) == text != ""
    except Invalid:
        return False


@pytest.mark.row("E1")
def test_the_policy_is_the_designed_one_on_every_page(live, world, figures):
    answers = [
        live.app.test_client().get(address) for address in ("/sign-in", "/staff/sign-in", "/static/suki.js", "/no")
    ]
    figures(policies=len({answer.headers["Content-Security-Policy"] for answer in answers}))
    assert {answer.headers["Content-Security-Policy"] for answer in answers} == {POLICY}
    assert headers.CSP == POLICY
    assert "unsafe" not in POLICY and "nonce" not in POLICY


@pytest.mark.row("C2")
def test_no_letter_takes_a_text_for_markup(hostile_world, figures):
    rows = list(Outbox.select().where(Outbox.channel == "mail"))
    wrong = []
    for row in rows:
        to = replace(inbox.recipient_of(row), name=planting.markup(0, 200))
        letter = mail.render(row.template, hostile(row.params), to, SHOP, for_staff=inbox.is_for_staff(row))
        wrong += [row.template] if crawling.RAW.search(letter.html) or crawling.RAW.search(letter.entry) else []
    figures(letters=len({row.template for row in rows}), letters_with_markup=len(wrong))
    assert wrong == []
    assert len(rows) >= 15


def hostile(value):
    """The values of a notice with markup for each that a person may have written: words with blanks in them."""
    if isinstance(value, dict) and set(value) == {"link"}:
        return SHOP.link("/do/one-task")
    if isinstance(value, dict):
        return {name: hostile(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [hostile(inner) for inner in value]
    return planting.markup(0, 200) if isinstance(value, str) and " " in value else value


@pytest.mark.row("C2")
def test_only_two_modules_may_call_a_text_markup(figures):
    found = sorted(
        str(path.relative_to(ROOT))
        for folder in ("portal", "staff", "selfservice", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".html") and MARKED.search(path.read_text())
    )
    figures(modules_that_mark_text=len(found))
    assert found == ["portal/web/prose.py", "portal/web/wording.py"]


@pytest.mark.row("E7")
def test_htmx_may_do_only_what_pages_need(live, world, figures):
    page = live.app.test_client().get("/sign-in").text
    told = json.loads(html.unescape(re.search(r"name=\"htmx-config\" content='([^']*)'", page)[1]))
    figures(htmx_options=len(HTMX))
    assert {name: told.get(name) for name in HTMX} == HTMX


@pytest.mark.row("E7")
def test_our_script_and_pages_hold_nothing_that_makes_code_of_text(figures):
    found, looked = [], 0
    for path in [ROOT / "static/suki.js", *(ROOT / "templates").rglob("*.html")]:
        forbidden = IN_SCRIPTS if path.suffix == ".js" else IN_PAGES
        looked += 1
        found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in forbidden.finditer(path.read_text())]
    figures(files=looked, findings=len(found))
    assert found == []
