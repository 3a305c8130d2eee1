"""Guessing, signing out and changing one’s password over four processes: two Sukis on one database, of which
one is killed meanwhile (BATTERY B2, B3, B4).
"""

import os
import re
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.apps import Forms
from tests.battery.shops import FORM, send

ADA, PASSWORD, NEXT = "ada@suki-shop.example", "Kamias-road-14-talaga", "tsinelas sa ulan"
INSIDE = "/staff/security"
EVALUATED, PUT_OFF = 422, 429
PER_ACCOUNT, PER_CLIENT = 10, 100
REQUESTS = 12  # of a dead token: each on a connection of its own, which any process takes


class Visitor:
    """A browser: keeps its cookies, and fills in the form of a page."""

    def __init__(self, *shops):
        self.shops, self.asked, self.cookies = shops, 0, {}

    def shop(self):
        """Another one each time: they have one database."""
        self.asked += 1
        return self.shops[self.asked % len(self.shops)]

    def headers(self):
        return {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}

    def get(self, path):
        return self._kept(self.shop().ask("GET", path, **self.headers()))

    def fill(self, page, action=None, **typed):
        """Status of sending the form of a page that goes to `action`, or that has these fields."""
        forms = Forms(self.get(page)[2]).found
        form = next(f for f in forms if (f.action == action if action else typed.keys() <= f.fields.keys()))
        return self.send(form.action or page, form.fields | typed)

    def send(self, address, fields, **headers):
        return self._kept(send(self.shop(), address, fields, FORM | self.headers() | headers))[0]

    def _kept(self, answer):
        for cookie in answer[1].get_all("Set-Cookie") or ():
            name, _, text = cookie.partition(";")[0].partition("=")
            self.cookies[name] = text
        return answer

    def copy(self):
        """Another browser that holds the same cookies: a stolen one."""
        other = Visitor(*self.shops)
        other.cookies = dict(self.cookies)
        return other

    def gets_in(self, times=REQUESTS):
        """How many of so many requests pass."""
        return sum(self.get(INSIDE)[0] == 200 for _ in range(times))


@pytest.fixture
def shops(run, open_shop):
    """Two Sukis over one database, and the link for their first admin."""
    done = run("setup", "--admin", ADA, "--name", "Ada Lim")
    assert done.returncode == 0, done.stderr
    link = re.search(r"http://127\.0\.0\.1:8000(/staff/\S+)$", done.stdout.strip())[1]
    both = [open_shop(BASE_URL="http://127.0.0.1:8000") for _ in range(2)]
    for shop in both:
        shop.wait_for_page(120)
    return both, link


def guess(shops, emails, size):
    """Statuses of so many wrong guesses, four at a time, each naming another client of its own making."""

    def one(number):
        who = Visitor(*shops)
        form = next(f for f in Forms(who.get("/staff/sign-in")[2]).found if "password" in f.fields)
        found = []
        for turn in range(size // 4):
            typed = {"email": emails(number, turn), "password": f"wrong guess {turn}"}
            forged = {"X-Forwarded-For": f"10.{number}.{turn % 250}.1", "Forwarded": "for=10.0.0.2"}
            try:
                found.append(who.send("/staff/sign-in", form.fields | typed, **forged))
            except OSError:  # the process that answered was killed
                found.append("cut")
        return found

    with ThreadPoolExecutor(4) as pool:
        return Counter(status for statuses in pool.map(one, range(4)) for status in statuses)


@pytest.mark.row("B2", "B3", "B4")
def test_sessions_and_limits_hold_over_processes_and_restarts(shops, sized, figures):
    shops, link = shops
    ada, elsewhere = Visitor(*shops), Visitor(*shops)
    assert ada.fill(link, password=PASSWORD) == 303
    assert elsewhere.fill("/staff/sign-in", email=ADA, password=PASSWORD) == 303
    assert elsewhere.gets_in(4) == 4
    assert ada.fill(INSIDE, f"{INSIDE}/password", password=PASSWORD, new_password=NEXT) == 303
    after_change = elsewhere.gets_in()
    assert ada.gets_in(4) == 4
    stolen = ada.copy()
    assert ada.fill(INSIDE, "/staff/sign-out") == 303
    after_sign_out = stolen.gets_in()

    first = guess(shops, lambda number, turn: ADA, sized(gate=24, night=5_000))
    os.kill(shops[0].family()["web"][0], signal.SIGKILL)
    shops[0].wait(lambda: shops[0].answers("/staff/sign-in") == 200, 60, "the web server again")
    second = guess(shops, lambda number, turn: ADA, sized(gate=16, night=5_000))
    stranger = Visitor(*shops).fill("/staff/sign-in", email=ADA, password=NEXT)
    own = ada.fill("/staff/sign-in", email=ADA, password=NEXT)
    wide = guess(shops, lambda number, turn: f"n{number}.{turn}@people.example", sized(gate=120, night=2_000))

    of_account = first[EVALUATED] + second[EVALUATED]
    figures(
        processes=4, guesses=sum((first + second + wide).values()), evaluated_of_account=of_account,
        evaluated_of_client=of_account + wide[EVALUATED], late_after_password=after_change,
        late_after_sign_out=after_sign_out,
    )  # fmt: skip
    assert (after_change, after_sign_out) == (0, 0)
    assert of_account == PER_ACCOUNT and first.keys() | second.keys() <= {EVALUATED, PUT_OFF, "cut"}
    assert (stranger, own) == (PUT_OFF, 303), "her own browser lets her in, and no other"
    assert of_account + wide[EVALUATED] <= PER_CLIENT and wide[PUT_OFF] > 0
