"""Chromium for tests: pages of any width, with scripts on or off, that report every error and foreign request."""

import os
import shutil

import pytest

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE = 10_000  # milliseconds until what should be seen is missing
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Both moods of a flow: @pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
BOTH_MOODS = [
    pytest.param({"viewport": PHONE, "java_script_enabled": False}, id="phone without scripts"),
    pytest.param({"viewport": DESK}, id="desk"),
]


def chromium_path():
    """The installed Chromium, or None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium():
    """One browser per worker; skips when none is installed."""
    path = chromium_path()
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    from playwright.sync_api import expect, sync_playwright  # slow import: 250 ms, wanted by browser tests only

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--force-color-profile=srgb"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Open pages in contexts of their own, one per person: open_page(width=390, scripts=False, language="th").

    A page fails its test when a script throws, the console reports an error or it asks a foreign host for something.
    A test that expects trouble empties `page.troubles`.
    """
    contexts, pages = [], []

    def new(viewport=None, width=None, scripts=True, language="en", dark=False, **options):
        viewport = viewport or ({**DESK, "width": width} if width else DESK)
        options.setdefault("java_script_enabled", scripts)
        options.setdefault("color_scheme", "dark" if dark else "light")
        options.setdefault("reduced_motion", "reduce")
        contexts.append(chromium.new_context(viewport=viewport, locale=language, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(f"script: {error}"))
        page.on("console", lambda line: _note_console(page, line))
        page.on("request", lambda request: _note_request(page, request))
        pages.append(page)
        return page

    yield new
    troubles = [trouble for page in pages for trouble in page.troubles]
    for context in contexts:
        context.close()
    assert troubles == []


def _note_console(page, line):
    # Chromium calls each 4xx answer an error; refusals are answers here.
    if line.type == "error" and "the server responded with a status of 4" not in line.text:
        page.troubles.append(f"console: {line.text}")


def _note_request(page, request):
    host = request.url.split("/")[2].split(":")[0] if request.url.startswith("http") else ""
    if host not in ("", "127.0.0.1", "localhost"):
        page.troubles.append(f"foreign request: {request.url}")


@pytest.fixture
def page(open_page, request):
    """One page, 1280 wide with scripts; parametrize it indirectly (BOTH_MOODS) for others."""
    return open_page(**getattr(request, "param", {}))


class Steps:
    """What a person goes through: `pages` that open, forms `sent` that answer with one, `presses` of buttons."""

    def __init__(self, page):
        self.page, self.pages, self.sent, self.presses = page, 0, 0, 0
        page.on("request", self._note)

    def _note(self, request):
        if request.is_navigation_request() and not request.redirected_from:
            self.sent += request.method == "POST"
            self.pages += request.method == "GET"

    def press(self, name, within=None):
        """Press the button with this name; counts also what scripts send without leaving the page."""
        self.presses += 1
        (within or self.page).get_by_role("button", name=name).locator("visible=true").last.click()


def sound(page):
    """No finding of axe, nothing wider than the window; scripts ask both, so not on the phone, which has none."""
    from axe_playwright_python.sync_playwright import Axe  # slow import: 250 ms, wanted by browser tests only

    if page.viewport_size["width"] == PHONE["width"]:
        return
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:150]) for v in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
