"""The changes that are measured, step by step as a person without scripts makes them; a noun adds its own here."""

from typing import NamedTuple

from portal import store
from portal.customers.accounts import Account
from portal.outbox import Outbox
from portal.sales.orders import Order
from tests.apps import Forms


class Done(NamedTuple):
    """One change: pages and sends, the most statements that one of its sends ran, and how many messages it made."""

    requests: int
    statements: int
    messages: int


class Person:
    """A client that counts its requests and the statements of each send."""

    def __init__(self, client):
        self.client, self.requests, self.most = client, 0, 0

    def get(self, page):
        self.requests += 1
        shown = self.client.get(page)
        assert shown.status_code == 200, f"{page} answers {shown.status}"
        return shown

    def send(self, shown, action, to=None, **typed):
        """Send the form of a page to its `action`, or `to` elsewhere; follows where the answer leads."""
        form = next(form for form in Forms(shown.text).found if form.action == action)
        fields = {name: value for name, value in (form.fields | typed).items() if value is not None}
        before = store.queries()
        answer = self.client.post(to or action, data=fields)
        self.requests, self.most = self.requests + 1, max(self.most, store.queries() - before)
        assert answer.status_code in (200, 303), f"{to or action} answers {answer.status}"
        return self.get(answer.location) if answer.status_code == 303 else answer


def change_phone(carol, places):
    carol.send(carol.get("/account"), "/account/edit/phone", phone="0917 555 0123")


def place_order(carol, places):
    pad = carol.get("/orders/new")
    review = carol.send(pad, "/orders/new/review", **{"quantity:P1001": "2", "quantity:P1002": "3"})
    carol.send(review, "/orders/new/place")


def confirm_order(rep, places):
    with store.connection():
        team = Account.get_by_id(places["account"]).team
        order = Order.select().join(Account).where((Order.state == "placed") & (Account.team == team))
        here = f"/staff/orders/{order.order_by(Order.id).get().number}"
    rep.send(rep.get(here), f"{here}/confirm")


def log_call(rep, places):
    here = f"/staff/accounts/{places['account']}"
    rep.send(rep.get(here), f"{here}/log", outcome="reached", subject="Wants 40 sacks")


def open_known_account(rep, places):
    """Known by its phone: he is shown who it may be, and opens another one all the same."""
    with store.connection():
        known = Account.get_by_id(places["account"])
    typed = {"name": known.name, "phone": known.phone, "kind": known.kind}
    shown = rep.get("/staff/accounts/new")
    rep.send(shown, "/staff/accounts/new", to="/staff/accounts/known", **typed)


CHANGES = {
    "Change a phone number": ("customer", change_phone),
    "Place an order of two lines": ("customer", place_order),
    "Confirm an order": ("rep", confirm_order),
    "Ask who is known while an account is opened": ("rep", open_known_account),
    "Write down a call": ("rep", log_call),
}


def measure(name, eyes):
    """The Done of one change."""
    who, make = CHANGES[name]
    person = Person(eyes.clients[who])
    with store.connection():
        before = Outbox.select().count()
    make(person, eyes.places)
    with store.connection():
        messages = Outbox.select().count() - before
    return Done(person.requests, person.most, messages)
