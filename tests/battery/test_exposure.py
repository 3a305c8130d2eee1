"""What stands in the answers that somebody gets: no secret, no field kept from him (BATTERY A4), and no record that
is not his, by whatever way it could have come there (BATTERY A9).
"""

import hashlib
import html
import re
from urllib.parse import quote, urlsplit

import peewee
import pytest
from werkzeug.exceptions import HTTPException

from portal import store
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import NotFound
from portal.outbox import Outbox
from portal.web import mail, posting
from tests import routes
from tests.battery.foreign import OF_THE_SHOP
from tests.battery.shown_forms import pages_of
from tests.battery.test_two_worlds import ALWAYS, OF_HIMSELF, READERS, hidden_fields
from tests.battery.town import STAFF
from tests.traces import Watch

pytestmark = pytest.mark.one_database

SECRET = re.compile(r"(password|token)_hash$")
SHOP = mail.Shop("Tindahan", "tindahan@shop.example", "https://shop.example")
TEXTS = {"text", "words", "phone", "website"}
SEARCHES = ("a", "e", "carol", "dave", "tess", "SO-")
HREF = re.compile(r'(?:href|action|hx-get)="([^"]+)"')
SAID = re.compile(r'"url": ?"([^"]+)"')
PART = 30  # pages of each person that the gate opens beside lists


def addresses(town, who, whose, rng, sized):
    """(addresses, of how many): lists with the files they make, searches, and of other pages what this size opens.

    The pages of the account and its people are among them in any size.
    """
    pages = list(dict.fromkeys(pages_of(town, who, whose)))
    feeds = {rule.rule for rule, *_ in routes.all_routes(town.app) if rule.defaults}
    lists = [page for page in pages if f"{page}.csv" in feeds]
    first = [page for page in pages if ALWAYS.search(page)] + lists
    first += [f"{page}{ending}" for page in lists for ending in (".csv", ".json") if f"{page}{ending}" in feeds]
    first += [f"/staff/search?q={quote(word)}" for word in SEARCHES if who in STAFF]
    others = [page for page in pages if page not in first]
    return first + rng.sample(others, min(len(others), sized(gate=PART, night=10**6))), len(first) + len(others)


def secrets():
    """{what is kept of a password, a session or a link: where it stands}."""
    found = {}
    for model in store.tables():
        for field in model._meta.sorted_fields:
            if SECRET.search(field.name):
                rows = model.select(field).where(field.is_null(False)).tuples()
                found |= {text: f"{model._meta.table_name}.{field.name}" for (text,) in rows if len(text) >= 16}
    return found


def planted(hidden):
    """Put a word of its own into each text that this person may not read: {word: noun.field}."""
    words = {}
    with store.writing():
        for noun, model, field in hidden:
            is_text = isinstance(model._meta.fields[field.name], peewee.CharField | peewee.TextField)
            if field.kind in TEXTS and is_text:
                word = "q" + hashlib.sha256(f"{noun}.{field.name}".encode()).hexdigest()[:15]
                words[word] = f"{noun}.{field.name}"
                model.update({field.name: word}).execute()
        for model in {model for _, model, _ in hidden if "index" in vars(model)}:
            for row in model.select():
                row.index()
    return words


def standing(words, text):
    return [where for word, where in words.items() if word in text]


@pytest.mark.row("A4")
@pytest.mark.parametrize(("who", "whose"), READERS)
def test_no_answer_holds_a_secret_or_what_is_kept_from_its_reader(town, figures, rng, sized, caplog, who, whose):
    watch, client, wrong = Watch(), town.client(who), []
    pages, of = addresses(town, who, whose, rng, sized)
    kept = secrets()
    with watch.taken_back():
        words = planted(hidden_fields(getattr(town.world, who)))
        for address in pages:
            answer = client.get(address, buffered=True)
            text = f"{answer.headers}\n{answer.data.decode(errors='replace')}"
            told = address.startswith(OF_HIMSELF)
            unread = {word: where for word, where in words.items() if not (told and where.startswith("contact."))}
            wrong += [f"{address}: {where}" for where in standing(kept | unread, html.unescape(text))]
    wrong += [f"log: {where}" for where in standing(kept, caplog.text)]
    figures(pages=len(pages), of=of, secrets=len(kept), field_canaries=len(words), found=len(wrong))
    assert kept
    assert not wrong, "\n".join(wrong[:30])
    watch.close()


@pytest.mark.row("A4")
def test_no_letter_holds_a_secret(town, figures):
    kept, wrong, templates = secrets(), [], set()
    for row in Outbox.select().where(Outbox.channel == "mail"):
        if row.template not in templates:
            templates.add(row.template)
            wrong += [f"{row.template}: {where}" for where in standing(kept, str(posting.letter_for(row, SHOP)))]
    figures(letters=len(templates), secrets=len(kept), found=len(wrong))
    assert templates
    assert not wrong, "\n".join(wrong)


# Side doors


class Doors:
    """Which records an answer leads to, and whether its reader may see them."""

    def __init__(self, town, who):
        self.map, self.actor, self.seen = town.app.url_map.bind("localhost"), getattr(town.world, who), {}
        self.needs = {rule.endpoint: needs for rule, needs, _ in routes.all_routes(town.app)}
        self.names = self._names_of_strangers()

    def _names_of_strangers(self):
        """{e-mail or name: whose} of the accounts and people that the reader does not see."""
        found = {}
        for model, column in ((Account, Account.name), (Contact, Contact.email)):
            own = [id for (id,) in model.visible_to(self.actor).select(model.id).tuples()]
            known = {text for (text,) in model.select(column).where(model.id.in_(own)).tuples()}
            rows = model.select(model.id, column).where(model.id.not_in(own)).tuples()
            found |= {text: f"{model._meta.table_name} {id}" for id, text in rows if text and text not in known}
        return found

    def led_to(self, address, text):
        """Every (endpoint, number) below a record in what is shown."""
        found = set(HREF.findall(text)) | set(SAID.findall(text))
        for link in found:
            parts = urlsplit(html.unescape(link))
            if parts.scheme or not parts.path.startswith("/"):
                continue
            for method in ("GET", "POST"):
                try:
                    endpoint, arguments = self.map.match(parts.path, method=method)
                except HTTPException:
                    continue
                if endpoint != "static" and self.needs[endpoint].on not in (None, *OF_THE_SHOP) and arguments:
                    yield self.needs[endpoint].on, str(next(iter(arguments.values())))

    def is_his(self, model, number):
        key = model, number
        if key not in self.seen:
            try:
                self.seen[key] = model.visible_to(self.actor).where(model.by_number(number)).exists()
            except NotFound:
                self.seen[key] = False
        return self.seen[key]


@pytest.mark.row("A9")
@pytest.mark.parametrize(("who", "whose"), READERS)
def test_no_way_leads_to_a_record_that_is_not_his(town, figures, rng, sized, who, whose):
    doors, client, wrong = Doors(town, who), town.client(who), []
    pages, of = addresses(town, who, whose, rng, sized)
    for address in pages:
        text = client.get(address, buffered=True).data.decode(errors="replace")
        for model, number in set(doors.led_to(address, text)):
            if not doors.is_his(model, number):
                wrong.append(f"{address} leads to {model.__name__} {number}")
        wrong += [f"{address} names {whom}" for name, whom in doors.names.items() if name in html.unescape(text)]
    figures(pages=len(pages), of=of, records=len(doors.seen), strangers=len(doors.names), differences=len(wrong))
    assert doors.seen
    assert not wrong, "\n".join(wrong[:30])
