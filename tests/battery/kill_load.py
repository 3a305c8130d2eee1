"""Customers who order and change their number over HTTP, and send a form again until it is answered."""

import http.client
import random
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlencode

from tests.battery.filling import Inputs
from tests.battery.shops import FORM

PASSWORD = "Kamias-road-14-talaga"
PATIENCE_SECONDS = 120  # how long somebody goes on sending one form
DOUBLE = 0.2  # of the forms are sent twice at once
CHANGES = 0.2  # of them change the number of the account
SCARCE = 0.1  # of the orders want what there is little of
PRICES = {"RICE": 137_500, "OIL": 19_500, "FEW": 1_000}
ANSWERED = (303, 409, 422)


class Answered(NamedTuple):
    """A form that was answered at last: `status`, and where it leads; what it said is with the customer."""

    status: int
    location: str | None


class Customer:
    """One account's buyer with a browser: what was acknowledged stands in `orders`, `phones` and `refused`."""

    def __init__(self, shop, email, account, seed):
        self.shop, self.email, self.account, self.chance = shop, email, account, random.Random(seed)
        self.orders, self.phones, self.refused = {}, [], []  # {key: (number, quantities)}, [phone], [key]
        self.again, self.wrong = 0, []
        self.hands = ThreadPoolExecutor(2)

    def come_in(self):
        """Sign in, and see the review of an order once: its form is filled in anew for each order."""
        self.cookies = {}
        form = self._form("/sign-in", lambda form: "password" in form.fields)
        status = self._ask("POST", "/sign-in", form | {"email": self.email, "password": PASSWORD})[0]
        assert status == 303, f"{self.email} was not let in: {status}"
        pad = self._form("/orders/new", lambda form: form.action == "/orders/new/review")
        _, text = self._ask("POST", "/orders/new/review", pad | {"quantity:OIL": "1"})
        self.order = next(f.fields for f in Inputs(text).found if f.action == "/orders/new/place")
        del self.order["quantity:OIL"]

    def _form(self, page, fits):
        """The fields of the form of a page that fits."""
        _, text = self._ask("GET", page)
        return next(form.fields for form in Inputs(text).found if fits(form))

    def _ask(self, method, path, fields=None):
        """(status, text) of a request with the cookies of this browser; new ones are kept."""
        body = None if fields is None else urlencode(fields)
        status, headers, text = self.shop.ask(method, path, body, **self.headers)
        for line in headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return status, text

    @property
    def headers(self):
        return FORM | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def act(self):
        """One order or one change, sent once or twice, until it is answered."""
        if self.chance.random() < CHANGES:
            self._change_phone()
        else:
            self._order()

    def _order(self):
        wanted = self.chance.choice((["OIL"], ["OIL", "RICE"], ["RICE"]))
        wanted = [*wanted, "FEW"] if self.chance.random() < SCARCE else wanted
        quantities = {code: self.chance.randint(1, 3) for code in wanted}
        total = sum(PRICES[code] * quantity for code, quantity in quantities.items())
        typed = {f"quantity:{code}": str(quantity) for code, quantity in quantities.items()}
        key = secrets.token_urlsafe(18)
        answer = self._send("/orders/new/place", self.order | typed | {"shown_total_minor": total, "form_key": key})
        if answer.status == 303:
            self.orders[key] = (answer.location.rpartition("/")[2], quantities)
        elif "FEW" in quantities:
            self.refused.append(key)  # there are no more of it
        else:
            self.wrong.append(f"an order of {quantities} was answered with {answer.status}")

    def _change_phone(self):
        phone = f"+63917{self.chance.randrange(10**7):07d}"
        form = self._patiently(lambda: self._form("/account", lambda form: form.action == "/account/edit/phone"))
        answer = self._send("/account/edit/phone", form | {"phone": phone})
        if answer.status == 303:
            self.phones.append(phone)
        else:
            self.wrong.append(f"a new number was answered with {answer.status}")

    def _send(self, path, fields):
        """The answer to a form; now and then two browsers send it at once, and hear the same."""
        if self.chance.random() >= DOUBLE:
            return self._until_answered(path, fields)
        both = [self.hands.submit(self._until_answered, path, fields) for _ in range(2)]
        first, second = (one.result() for one in both)
        if first != second:
            self.wrong.append(f"sent twice, {path} answered {first} and {second}")
        return first

    def _until_answered(self, path, fields):
        body, tries = urlencode(fields), []

        def send():
            tries.append(1)
            status, headers, _ = self.shop.ask("POST", path, body, **self.headers)
            if status not in ANSWERED:
                if status != 503:
                    self.wrong.append(f"{path} answered {status}")
                raise ConnectionError(status)
            return Answered(status, headers["Location"])

        answer = self._patiently(send)
        self.again += len(tries) - 1
        return answer

    def _patiently(self, ask):
        """What `ask` returns once the shop is there to be asked."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return ask()
            except (OSError, http.client.HTTPException, StopIteration):
                assert time.monotonic() < until, "nobody answers any more"
                time.sleep(0.02)


class Crowd:
    """Customers who act at the same time, until `forms` are sent or one is `wrong`; `acted` counts the answered."""

    def __init__(self, customers, forms):
        self.customers, self.left, self.acted = customers, forms, 0
        self.lock, self.faults = threading.Lock(), []
        self.threads = [threading.Thread(target=self._shop, args=[one], daemon=True) for one in customers]

    def begin(self):
        for thread in self.threads:
            thread.start()

    @property
    def wrong(self):
        """What went otherwise than it should so far."""
        return self.faults + [fault for customer in self.customers for fault in customer.wrong]

    def is_busy(self):
        return any(thread.is_alive() for thread in self.threads)

    def _shop(self, customer):
        while self._one_more():
            try:
                customer.act()
            except Exception as fault:  # a thread that dies alone would be taken for one that is done
                self.faults.append(f"{type(fault).__name__}: {fault}")
                return
            self.acted += 1

    def _one_more(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0 and not self.wrong
