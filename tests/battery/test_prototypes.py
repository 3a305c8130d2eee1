"""What comes from outside never becomes a property of all objects in a browser (BATTERY C13)."""

import re
from urllib.parse import quote

import pytest

from tests.battery.shops import ROOT

pytestmark = [pytest.mark.row("C13"), pytest.mark.one_database]
NAMES = (
    "__proto__[polluted]",
    "__proto__.polluted",
    "constructor[prototype][polluted]",
    "constructor.prototype.polluted",
)
TYPED = '{"__proto__": {"polluted": "1"}, "constructor": {"prototype": {"polluted": "1"}}}'
PAGES = {
    "carol": ("/", "/orders", "/order", "/account", "/security", "/articles", "/inbox"),
    "rhea": ("/staff/", "/staff/accounts", "/staff/search", "/staff/orders", "/staff/tasks/new", "/staff/security"),
}
# How many kinds of objects have what nobody gave them.
POLLUTED = """() => [{}, [], "", () => 0, document.body, document].filter(one => "polluted" in Object(one)).length"""
MERGES = re.compile(
    r"Object\.(assign|setPrototypeOf|defineProperty)|\.\.\.|\bfor *\([^;)]* in |__proto__|JSON\.parse|\]\s*=[^=]"
)


def test_our_script_puts_nothing_into_objects_by_a_name_from_outside(figures):
    text = (ROOT / "static/suki.js").read_text()
    found = MERGES.findall(text)
    figures(lines=text.count("\n"), merges=len(found))
    assert found == []


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_name_in_address_form_or_storage_reaches_a_prototype(live, open_page, world, name, figures):
    page, wrong, typed = live.sign_in(open_page(), getattr(world, name)), [], 0
    asked = "&".join(f"{quote(one, safe='[]._')}=1" for one in NAMES) + f"&q={quote(TYPED)}"
    for path in PAGES[name]:
        page.goto(f"{live.url}{path}?{asked}#{asked}")
        wrong += [(path, page.evaluate(POLLUTED))]
        page.evaluate(
            "text => { for (const one of [localStorage, sessionStorage]) one.setItem('suki-keys', text); }", TYPED
        )
        fields = page.locator("main input:is([type=text], [type=search], :not([type])), main textarea").locator(
            "visible=true"
        )
        for place in range(min(fields.count(), 3)):
            fields.nth(place).fill(TYPED)
            typed += 1
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        wrong += [(path, page.evaluate(POLLUTED))]
    wrong = [(path, found) for path, found in wrong if found]
    figures(pages=len(PAGES[name]), typed=typed, polluted=len(wrong))
    assert typed
    assert wrong == []
