"""The app under test: a client that fills in the forms it is shown, and a server for browsers."""

import threading
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from config import Settings
from portal.people import sessions
from portal.people.logins import Login
from tests.postgres_server import free_port

VOID = {"submit", "button", "reset", "image", "file"}


class Forms(HTMLParser):
    """The forms of a page as a browser without scripts would send them: `.found` is a list of (action, fields)."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.select = self.area = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.found.append(
                SimpleNamespace(action=a.get("action"), method=a.get("method", "get").lower(), fields={}, names=set())
            )
        if self.found and a.get("name"):
            self.found[-1].names.add(a["name"])  # what may be sent, ticked or not
        if not self.found or (tag != "option" and not a.get("name")) or "disabled" in a:
            return
        if tag == "input" and a.get("type") not in VOID:
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self.keep(a["name"], a.get("value", "on" if a.get("type") == "checkbox" else ""))
        elif tag == "textarea":
            self.area = a["name"]
            self.keep(self.area, "")
        elif tag == "select":
            self.select = SimpleNamespace(name=a["name"], taken=False)
        elif tag == "option" and self.select:
            if not self.select.taken or "selected" in a:
                self.found[-1].fields[self.select.name] = a.get("value", "")
            self.select.taken = True

    def handle_endtag(self, tag):
        self.area = None if tag == "textarea" else self.area
        self.select = None if tag == "select" else self.select

    def handle_data(self, data):
        if self.area:
            data = data.replace("\r\n", "\n")
            fields = self.found[-1].fields
            # HTML drops the first line break of a text area.
            fields[self.area] = (fields[self.area] or "") + (data if fields[self.area] else data.removeprefix("\n"))

    def keep(self, name, value):
        """A name that comes twice is sent twice."""
        fields = self.found[-1].fields
        fields[name] = value if name not in fields else [*_many(fields[name]), value]


def _many(value):
    return value if isinstance(value, list) else [value]


class Client(FlaskClient):
    """A browser without scripts: knows how to sign in as somebody and how to send the form of a page."""

    def sign_in(self, actor, base=None):
        """Be this person of make.world() (at the face that is theirs) without going through the form.

        `base` is the address of a shop that answers to another one than that of tests.
        """
        login = Login.get_by_id(actor.ref.id)
        opened = sessions.open(login, "tests", account=actor.account)
        with self.session_transaction(path="/staff/" if actor.is_staff else "/", base_url=base) as cookie:
            cookie["_user_id"] = opened.token
            cookie["_fresh"] = True
        return self

    def form(self, page, action=None):
        """The form of a page that goes to `action`, or its first form that changes something."""
        shown = self.get(page)
        assert shown.status_code == 200, f"{page}: {shown.status}"
        forms = [form for form in Forms(shown.text).found if form.method == "post"]
        if action is None:
            fitting = [form for form in forms if not (form.action or "").endswith(("sign-out", "switch"))]
        else:
            fitting = [form for form in forms if (form.action or page) == action]
        assert fitting, f"{page} has no form to {action}; it has {[form.action for form in forms]}"
        return fitting[0]

    def send(self, page, action=None, *, htmx=False, **typed):
        """Open a page, fill in its form as a person would, send it, and return the answer (not followed).

        Fields that are not named keep what the page put there, hidden ones included. None leaves a field out.
        """
        form = self.form(page, action)
        fields = {name: value for name, value in (form.fields | typed).items() if value is not None}
        headers = {"HX-Request": "true"} if htmx else {}
        return self.post(form.action or page, data=fields, headers=headers)


@pytest.fixture
def settings(database, tmp_path):
    """Settings of a shop in Manila over this test's database, mails into a folder."""
    return settings_for(database.url, tmp_path)


def settings_for(url, folder, **others):
    """Settings for a test; `others` as in config.Settings."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    return Settings(**{"data": data, "database_url": url, "secret": "not a secret " * 4, "testing": True} | others)


@pytest.fixture
def app(settings):
    """The app over this test's database; exceptions reach the test instead of becoming a page."""
    made = _create_app(settings)
    made.testing = True
    made.test_client_class = Client
    return made


def _create_app(settings):
    from wsgi import create_app  # its imports take half a second that tests of rules need not pay

    return create_app(settings)


@pytest.fixture
def client(app):
    """Nobody yet; `client.sign_in(world.carol)` makes it somebody. `client.send(page, **typed)` sends a form."""
    return app.test_client()


class InHand:
    """The requests that a live server works on: whoever shuts the database under one of them ends the process."""

    def __init__(self, app):
        self.app, self.count, self.is_over, self.changed = app, 0, False, threading.Condition()

    def __call__(self, environ, start_response):
        with self.changed:
            if self.is_over:  # said before the end and heard after it
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return []
            self.count += 1
        try:
            return self.app(environ, start_response)
        finally:
            with self.changed:
                self.count -= 1
                self.changed.notify_all()

    def end(self):
        """Take no more, and wait for those in hand."""
        with self.changed:
            self.is_over = True
            self.changed.wait_for(lambda: not self.count, 10)


@pytest.fixture
def live(database, tmp_path):
    """A running server over this test's database: `live.url`, `live.sign_in(page, world.carol)`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = _create_app(settings_for(database.url, tmp_path, port=port, base_url=url))
    app.test_client_class = Client
    in_hand = InHand(app)
    server = make_server("127.0.0.1", port, in_hand, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()

    def sign_in(page, actor):
        """Put this person's cookie into a browser page."""
        client = app.test_client().sign_in(actor)
        for cookie in client._cookies.values():
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
        return page

    yield SimpleNamespace(url=url, app=app, sign_in=sign_in)
    server.shutdown()
    thread.join()
    in_hand.end()
    server.server_close()
