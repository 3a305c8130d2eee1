"""Every page passes axe with no finding: as each kind of person, on a phone and on a desk, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import routes

LOOKS = [
    pytest.param({"width": 390, "dark": False}, id="phone-light"),
    pytest.param({"width": 1280, "dark": True}, id="desk-dark"),
]


def pages_of(app, world, name):
    """Addresses of the pages this person may see, without those that only answer with files."""
    for rule, needs, method in routes.all_routes(app):
        if method != "GET" or "feed" in (rule.defaults or {}):
            continue
        record = routes.sample(needs, world)
        if routes.expectation(routes.person(world, name, rule), needs, record) == "allowed":
            yield routes.address(rule, record)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["nobody", "carol", "ada"])
def test_axe_finds_nothing_on_any_page(live, open_page, world, name, look):
    page = open_page(**look)
    if name != "nobody":
        live.sign_in(page, getattr(world, name))
    found, seen = [], 0
    for address in list(pages_of(live.app, world, name)):
        with live.app.app_context():
            answer = page.request.get(live.url + address)
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(live.url + address)
        seen += 1
        for violation in Axe().run(page).response["violations"]:
            where = violation["nodes"][0]["html"][:120]
            found.append(f"{address}: {violation['id']} ({len(violation['nodes'])}): {where}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{address}: {wide} px wider than the window")
    assert found == []
    assert seen
