"""A shop with one record of each noun, every form as its people are shown it, and requests that leave no trace."""

import contextlib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from portal import memory, store
from portal.audit import Entry, SentForm
from portal.outbox import Outbox
from tests import make, routes
from tests.apps import VOID, Client, _create_app, settings_for
from tests.databases import shut, sqlite_database

PEOPLE = ("nobody", "carol", "ada")  # who sees nothing, a customer who may all, and staff who may all
OWN = ("csrf_token",)  # not asked for here
LEAVES = ("sign-out", "/looking/end", "/account/switch")
EXAMPLES = "/staff/patterns"  # its forms lead nowhere on purpose


@dataclass
class Sheet:
    """One form as one person is shown it: where it goes, what stands in it, and of what kind its fields are."""

    person: str
    client: Client
    page: str
    action: str
    verb: str
    fields: dict
    kinds: dict

    def names(self):
        """Its fields but our own; of one that is repeated for each product the first."""
        alike = {re.sub(r"\d+", "", name): name for name in reversed(self.kinds) if name not in OWN}
        return list(reversed(alike.values()))

    def texts(self):
        """The names of those that a person types any text into."""
        return [name for name in self.names() if self.kinds[name] in ("text", "words")]

    def send(self, **typed):
        """Send it with some fields typed over; None leaves one out. Cookies stay as they were."""
        data = {k: v for k, v in (self.fields | typed).items() if v is not None}
        kept = dict(self.client._cookies)
        try:
            return self.client.post(self.action, data=data)
        finally:
            self.client._cookies.clear()
            self.client._cookies.update(kept)


class Forms(HTMLParser):
    """The forms of a page: [(action, method, fields, kinds)], `form="…"` of buttons and inputs included."""

    def __init__(self, page):
        super().__init__()
        self.found, self.by_id = [], {}
        self.form = self.select = self.area = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.form = SimpleNamespace(action=a.get("action"), method=a.get("method", "get"), fields={}, kinds={})
            self.found.append(self.form)
            self.by_id[a.get("id")] = self.form
        form = self.by_id.get(a["form"]) if "form" in a else self.form
        if tag == "option" and self.select:
            self._option(a)
        if form is None or not a.get("name") or "disabled" in a:
            return
        if tag == "input" and a.get("type") not in VOID:
            self._input(form, a)
        elif tag in ("textarea", "select"):
            self.area, self.select = (form, a["name"]) if tag == "textarea" else None, None
            form.kinds[a["name"]] = "words" if tag == "textarea" else "choice"
            form.fields.setdefault(a["name"], "")
            if tag == "select":
                self.select = SimpleNamespace(form=form, name=a["name"], taken=False)

    def _input(self, form, a):
        kind = a.get("type", "text")
        form.kinds[a["name"]] = "text" if kind in ("text", "search", "email", "tel", "url") else kind
        if kind not in ("checkbox", "radio") or "checked" in a:
            value = a.get("value", "on" if kind == "checkbox" else "")
            before = form.fields.get(a["name"])
            form.fields[a["name"]] = value if before is None else [*_many(before), value]

    def _option(self, a):
        if not self.select.taken or "selected" in a:
            self.select.form.fields[self.select.name] = a.get("value", "")
        self.select.taken = True

    def handle_endtag(self, tag):
        self.form = None if tag == "form" else self.form
        self.area = None if tag == "textarea" else self.area
        self.select = None if tag == "select" else self.select

    def handle_data(self, data):
        if self.area:
            form, name = self.area
            said = form.fields[name] + data.replace("\r\n", "\n")
            form.fields[name] = said if form.fields[name] else said.removeprefix("\n")  # HTML drops the first one


def _many(value):
    return value if isinstance(value, list) else [value]


def pages_of(app, world, name, records):
    """Every page this person may see: [(address, client)]; `records` keeps the one of each noun."""
    client = app.test_client()
    client = client if name == "nobody" else client.sign_in(getattr(world, name))
    for rule, needs, method in routes.all_routes(app):
        if method != "GET" or "feed" in (rule.defaults or {}):
            continue
        if needs.on not in records:
            records[needs.on] = routes.sample(needs, world)
        record = records[needs.on]
        if routes.expectation(routes.person(world, name, rule), needs, record) == "allowed":
            yield routes.address(rule, record), client


def sheets_of(app, pages, name):
    """Every form of these pages that changes something: [Sheet]; those that lead nowhere have the verb None."""
    found, leads_to = {}, app.url_map.bind("localhost")
    for address, client in pages:
        page = client.get(address)
        for form in Forms(page.text).found if page.mimetype == "text/html" and page.status_code == 200 else ():
            action = urlsplit(urljoin(address, form.action or address))._replace(fragment="").geturl()
            if form.method != "post" or action.endswith(LEAVES) or address == EXAMPLES:
                continue
            try:
                verb = leads_to.match(urlsplit(action).path, method="POST")[0]
            except HTTPException:
                verb = None
            sheet = Sheet(name, client, address, action, verb, form.fields, form.kinds)
            found.setdefault((action, *sorted(form.fields)), sheet)
    return list(found.values())


@pytest.fixture(scope="session")
def walked(request, tmp_path_factory):
    """The shop, walked through once for all tests: every request of theirs is taken back."""
    folder = tmp_path_factory.mktemp("walked")
    if request.config.getoption("--database") == "sqlite":
        url, name = sqlite_database(folder), None
    else:
        server = request.getfixturevalue("postgres_session")
        name = server.fresh()
        url = server.url(name)
    store.open(url)
    world = make.world()
    app = _create_app(settings_for(url, folder))
    app.test_client_class = Client
    app.testing, app.config["WTF_CSRF_ENABLED"] = False, False
    app.teardown_request_funcs[None] = [f for f in app.teardown_request_funcs[None] if f.__name__ != "disconnect"]
    records = {}
    pages = {name: list(pages_of(app, world, name, records)) for name in PEOPLE}
    sheets = [sheet for name in PEOPLE for sheet in sheets_of(app, pages[name], name)]
    shut()
    kind = "postgres" if name else "sqlite"
    yield SimpleNamespace(kind=kind, url=url, world=world, app=app, pages=pages, sheets=sheets, records=records)
    if name:
        server.drop(name)


@pytest.fixture
def shop(walked):
    """`.app`, `.world`, `.sheets` (every form), `.pages` ({person: [(address, client)]}) over an open store."""
    store.open(walked.url)
    yield walked
    shut()


@contextlib.contextmanager
def undone():
    """Requests within see what they did, and afterwards nothing of it is left."""
    with store.connection(), contextlib.suppress(_Undone), store.db.atomic():
        yield
        raise _Undone
    memory.forget()


class _Undone(Exception):
    """Takes back what was done."""


def footprint():
    """What every change leaves behind (an entry, a form key, a message): cheap enough to look at after each try."""
    return [model.select().count() for model in (Entry, SentForm, Outbox)]
