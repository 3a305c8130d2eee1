"""A shop of the first version, brought up to date: its old records are as much their customers' own (BATTERY A2)."""

from types import SimpleNamespace

import pytest

import wsgi
from portal import audit, store
from portal.customers import memberships
from portal.migrations import running
from portal.people import sessions
from portal.people.logins import Login
from tests import routes
from tests.apps import Client, settings_for
from tests.battery.test_upgrading import FIRST
from tests.schemas import insert

CANARY = "Kalabasa-Zx77"
STATES = ("draft", "placed", "confirmed", "shipped", "delivered", "cancelled")


def customer(word, product):
    """A customer as the first version kept one: a person who signs in, and a row of each noun there was."""
    mail, told = f"{word.lower()}@old.example", {"language": "en", "name": word}
    here = insert("account", kind="company", country="PH", currency="PHP", note=word, phone=word, is_active=True,
                  folded=word.lower(), **told)  # fmt: skip
    person = insert("contact", account_id=here, email=mail, title=word, is_active=True, folded=word.lower(), **told)
    insert("contact_point", contact_id=person, kind="phone", value=word, label=word)
    insert("address", account_id=here, label=word, recipient=word, line1=word, city=word, country="PH",
           for_shipping=True)  # fmt: skip
    login = insert("login", kind="customer", email=mail, email_key=mail, is_active=True, **told)
    insert("membership", login_id=login, account_id=here, contact_id=person, role="customer_admin")
    for state in STATES:
        ordered(word, state, product, here, login)
    return SimpleNamespace(account=here, login=login)


def ordered(word, state, product, account, login):
    """An order of then, what was written down of it, and the message about it."""
    place = f'{{"recipient": "{word}", "line1": "{word}", "country": "PH"}}'
    order = insert("order", account_id=account, state=state, account_name=word, source="portal", currency="PHP",
                   delivery="ship", po_number=word, note=word, ship_to=place, bill_to=place)  # fmt: skip
    insert("order_line", order_id=order, position=1, product_id=product, name=word, unit="sack", quantity=3)
    entry = insert("entry", event="order.placed", actor=f"login:{login}", actor_name=word,
                   subject=f"order:{order}", actor_role="customer_admin", about=f"account:{account}",
                   fields="{}", commitments="{}")  # fmt: skip
    insert("outbox", entry=entry, recipient=f"login:{login}", channel="inbox", name=word, params="{}", state="sent",
           language="en", template="order_placed", message_id=f"<{entry}.{login}>")  # fmt: skip


@pytest.fixture
def upgraded(bare, steps, tmp_path):
    """The app over such a shop, with Carol's rows, full of a word that nobody else has, and Dave's."""
    later = steps.stop_at(FIRST)
    running.migrate()
    with store.connection(), store.schema_change():
        product = insert("product", code="A", code_key="a", name="Rice", folded="rice", currency="PHP", unit="sack",
                         kind="goods", tax_class="standard", stock=0)  # fmt: skip
        carol, dave = (customer(word, product) for word in (CANARY, "Dave"))
    for step in later:
        steps.go_on(step)
        running.migrate()
    app = wsgi.create_app(settings_for(bare.url, tmp_path))
    app.test_client_class, app.config["WTF_CSRF_ENABLED"] = Client, False
    return SimpleNamespace(app=app, carol=carol, dave=dave)


def client_of(shop, one):
    with store.connection():
        opened = sessions.open(Login.get_by_id(one.login), "tests", account=one.account)
    client = shop.app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = opened.token, True
    return client


def records_of(shop, model):
    """What Carol sees of a noun and is hers by its own words, whatever Dave sees."""
    with store.connection():
        carol = memberships.actor_for(Login.get_by_id(shop.carol.login), shop.carol.account)
        return [row for row in model.visible_to(carol) if is_hers(shop.carol, row.__data__)]


def is_hers(carol, row):
    names_her = any(mark in str(row) for mark in (CANARY, f"'login:{carol.login}'"))
    return names_her or row.get("account") == carol.account


@pytest.mark.row("A2", "I4")
def test_no_customer_reads_old_records_of_another(upgraded, figures):
    """Every page, file and form of the customers' face as Dave: none tells Carol's word or takes her numbers."""
    carol, dave = client_of(upgraded, upgraded.carol), client_of(upgraded, upgraded.dave)
    leaks, hers, tried = [], 0, 0
    found = [one for one in routes.all_routes(upgraded.app) if one[0].endpoint.startswith("portal.")]
    for rule, needs, method in found:
        records = records_of(upgraded, needs.on) if needs.on is not None else [None]
        if needs.on is None and rule.arguments - set(rule.defaults or {}):
            continue
        for record in records:
            address = routes.address(rule, record)
            if method == "GET":
                hers += CANARY.encode() in carol.get(address, buffered=True).data
            answer = dave.open(address, method=method, buffered=True)
            tried += 1
            is_open = record is not None and answer.status_code not in (403, 404)
            if is_open or CANARY.encode() in answer.data:
                leaks.append(f"{method} {address}: {answer.status_code}")
            if "/sign-in" in answer.headers.get("Location", ""):
                dave = client_of(upgraded, upgraded.dave)
    figures(routes=len(found), tried=tried, hers=hers, leaks=len(leaks))
    assert hers > 20, "Carol reads her own"
    assert leaks == []
    with store.connection():
        assert audit.Entry.select().where(audit.Entry.actor_name == CANARY).count() >= len(STATES)
