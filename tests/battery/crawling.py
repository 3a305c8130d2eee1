"""A walk through all pages as every role in one Chromium, which notes what a page did that it should not."""

import re
from typing import NamedTuple

from tests import routes, samples

ROLES = ("nobody", "cora", "carol", "rhea", "mona", "ada")
WATCH = """
window.suki_seen = [];
document.addEventListener("securitypolicyviolation", event =>
  suki_seen.push(`the policy was broken: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
LOOK = """() => {
  const all = [...document.querySelectorAll("*")];
  return {
    violations: window.suki_seen,
    made: all.map(e => e.localName).filter(name => name.startsWith("suki-")),
    handlers: all.filter(e => [...e.attributes].some(a => /^on[a-z]/i.test(a.name))).length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
}"""
CALM = "() => !document.querySelector('.htmx-request')"
RAW = re.compile(r"<(suki-\d+)", re.IGNORECASE)


class Page(NamedTuple):
    """An address as one person, and what it answered in the process of the test."""

    rule: str
    address: str
    text: str


def records_of(app, world):
    """{noun: its record} of all nouns that routes are about, each made once."""
    nouns = {needs.on for _, needs, _ in routes.all_routes(app) if needs.on is not None}
    return {noun: samples.make(noun, world) for noun in sorted(nouns, key=lambda noun: noun.__name__)}


def addresses(app, world, records, name, feed=None):
    """[(rule, address)] that this person may read: its pages, or its feeds of one kind ("csv")."""
    for rule, needs, method in routes.all_routes(app):
        record = records.get(needs.on)
        if method != "GET" or (rule.defaults or {}).get("feed") != feed:
            continue
        if routes.expectation(routes.person(world, name, rule), needs, record) == "allowed":
            yield rule.rule, routes.address(rule, record)


def pages(app, world, records, name):
    """Every page of a person, read once without a browser; of what is missing, one of each face stands for all."""
    client = app.test_client() if name == "nobody" else app.test_client().sign_in(getattr(world, name))
    missing = set()
    for rule, address in list(addresses(app, world, records, name)):
        answer = client.get(address)
        face = rule.startswith("/staff")
        assert answer.status_code < 500, f"{address} as {name}: {answer.status}"
        if answer.mimetype == "text/html" and (answer.status_code == 200 or face not in missing):
            missing |= {face} if answer.status_code != 200 else set()
            yield Page(rule, address, answer.text)


class Walk:
    """One page of a Chromium that goes from address to address; `faults` tells what it met."""

    def __init__(self, live, page, who):
        self.live, self.page, self.who = live, page, who
        self.faults, self.foreign, self.here, self.opened = [], [], "", 0
        page.add_init_script(WATCH)
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._fault(f"a script threw: {error}"))
        page.on("request", self._request)

    def visit(self, address):
        """Open it, wait for the parts it fetches by itself, and look at what became of it."""
        self.here = address
        self.page.goto(self.live.url + address, wait_until="domcontentloaded")
        self.opened += 1
        self.look()

    def look(self):
        self.page.wait_for_function(CALM)
        found = self.page.evaluate(LOOK)
        for violation in found["violations"] or ():
            self._fault(violation)
        if found["made"] or found["handlers"]:
            self._fault(f"text became markup: {found['made'][:3]}, {found['handlers']} handlers")
        if found["wide"] > 0:
            self._fault(f"{found['wide']} px wider than the window")

    def _fault(self, what):
        self.faults.append(f"{self.here} as {self.who}: {what}")

    def _dialog(self, dialog):
        self._fault(f"a script ran: {dialog.message}")
        dialog.dismiss()

    def _console(self, line):
        if line.type == "error" and "the server responded with a status of 4" not in line.text:
            self._fault(f"console: {line.text[:200]}")

    def _request(self, request):
        if not request.url.startswith((f"{self.live.url}/", "data:", "about:", "blob:")):
            self.foreign.append(f"{self.here} as {self.who}: {request.url}")
