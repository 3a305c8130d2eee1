"""What a page is, whoever serves it: its statements, its bytes, and what a browser fetches beside it."""

import gzip
from html.parser import HTMLParser
from typing import NamedTuple

import wsgi
from portal import store
from portal.people.logins import Login
from tests.apps import Client
from tests.bench import pages, shop


class Seen(NamedTuple):
    """One page: statements of a second look (the first fills caches), bytes, requests of a first visit."""

    queries: int
    html_bytes: int
    gz_bytes: int
    requests: int
    path: str


class Parts(HTMLParser):
    """What a browser fetches for a page by itself."""

    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "script" and a.get("src"):
            self.found.add(a["src"])
        if tag == "link" and a.get("rel") in ("stylesheet", "icon", "preload"):
            self.found.add(a["href"])


class Eyes:
    """The app in this process with the people of a shop signed in; `cookies` are theirs for the servers."""

    def __init__(self, settings, made):
        self.app = wsgi.create_app(settings)
        self.app.test_client_class = Client
        self.places = pages.addresses(made)
        with store.connection():
            people = {
                "rep": made.rep,
                "manager": 2,
                "admin": 3,
                "customer": shop.EMPLOYEES + made.carol // 4,
            }
            self.clients = {who: self._signed_in(number, made) for who, number in people.items()}
        self.cookies = {who: self._cookie(client) for who, client in self.clients.items()}

    def _signed_in(self, login, made):
        login = Login.get_by_id(login)
        actor = type("Who", (), {"ref": login.ref, "is_staff": login.kind == "staff", "account": None})
        if login.kind == "customer":
            actor.account = made.carol
        return self.app.test_client().sign_in(actor)

    def _cookie(self, client):
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())

    def look(self, page):
        """A page as it is seen the second time. Raises ValueError when it does not come."""
        path = page.path.format(**self.places)
        client = self.clients[page.who]
        client.get(path)
        before = store.queries()
        shown = client.get(path)
        queries = store.queries() - before
        if shown.status_code != 200:
            raise ValueError(f"{path} answers {shown.status}")
        return Seen(
            queries, len(shown.data), len(gzip.compress(shown.data, 6)), 1 + len(Parts(shown.text).found), path
        )
