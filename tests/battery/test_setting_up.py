"""A fresh installation: nobody knows a password, and one link lets one admin in, once."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import store
from portal.errors import Expired, Invalid
from portal.people import staff_invitations
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login
from portal.people.sessions import Session
from portal.values import ANONYMOUS
from tests.apps import Forms
from tests.battery.shops import FORM, send

PASSWORD = "Kamias-road-14-talaga"
ADMIN = ("--admin", "ada@suki-shop.example", "--name", "Ada Lim")


def link_of(done):
    """The path of the link that a set-up printed last."""
    assert done.returncode == 0, done.stderr
    return re.search(r"http://127\.0\.0\.1:8000(/staff/\S+)$", done.stdout.strip())[1]


@pytest.mark.row("J10")
def test_a_set_up_prints_one_link_that_works_once(run, open_shop):
    first = link_of(run("setup", *ADMIN))
    link = link_of(run("setup", *ADMIN))
    shop = open_shop(BASE_URL="http://127.0.0.1:8000")
    shop.wait_for_page()
    assert shop.ask("GET", first)[0] == 410  # asking again replaced it
    assert shop.ask("GET", link)[0] == 200
    assert shop.ask("GET", link)[0] == 200  # looking does not use it up
    assert count(race(shop, link, 8), 303) == 1
    assert shop.ask("GET", link)[0] == 410
    again = run("setup", *ADMIN)
    assert (again.returncode, again.stdout) == (0, "Suki is set up and has an admin.\n")
    assert "All records fit" in run("verify").stdout


def race(shop, link, many):
    """Statuses of so many people who use a link in the same moment."""
    forms = []
    for _ in range(many):
        _, headers, text = shop.ask("GET", link)
        form = next(form for form in Forms(text).found if "password" in form.fields)
        cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
        forms.append((form.fields | {"password": PASSWORD}, FORM | cookie))
    statuses, start = [], threading.Barrier(many)

    def use(fields, headers):
        start.wait()
        statuses.append(send(shop, link, fields, headers)[0])

    threads = [threading.Thread(target=use, args=form) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def count(statuses, wanted):
    assert set(statuses) <= {303, 410, 409, 422}, statuses
    return statuses.count(wanted)


def test_a_set_up_without_an_address_says_what_is_missing(run):
    done = run("setup")
    assert done.returncode == 2
    assert done.stderr == "Suki cannot start. Nobody can sign in yet; run: python -m portal setup --admin EMAIL\n"
    assert link_of(run("setup", SUKI_ADMIN_EMAIL="ada@suki-shop.example"))
    assert "--admin" not in run("check").stdout


def test_an_address_that_is_none_is_refused_in_words(run):
    done = run("setup", "--admin", "ada at suki")
    assert done.returncode == 2
    assert done.stdout.startswith("The database was brought to 0001_start")
    assert len(done.stderr.splitlines()) == 1
    assert "email-" not in done.stderr


def test_nobody_else_on_the_machine_reads_the_data(run, empty_shop, open_shop):
    assert run("setup", *ADMIN).returncode == 0
    open_shop().wait_for_page()
    found = [empty_shop.data, *empty_shop.data.rglob("*")]
    assert len(found) > 2
    assert [path for path in found if path.stat().st_mode & 0o077] == []


@pytest.mark.row("J10")
def test_a_real_shop_gets_no_invented_people(run, open_shop):
    assert run("setup", *ADMIN).returncode == 0
    shop = open_shop("up")
    shop.wait_for_page()
    shop.wait(lambda: shop.lines[-1:] == ["  Stop      Ctrl-C"])
    assert "Password" not in shop.told()
    assert "Making the demo shop" not in shop.told()
    assert "Nobody can sign in yet" in shop.told()


KNOWN = ("admin", "root", "suki", "demo", "password", "changeme", "letmein", "secret", "")


@pytest.mark.row("J10")
def test_a_fresh_shop_knows_no_password(app, figures):
    """No row that could sign in before the link is used, and none of what is tried first opens it."""
    app.config["WTF_CSRF_ENABLED"] = False
    staff_invitations.first_admin_link("ada@suki-shop.example", "Ada Lim")
    tries, opened = 0, []
    for face in ("", "/staff"):
        for name in (
            "ada@suki-shop.example",
            "admin@suki-shop.example",
            "suki@suki.example",
            "root@localhost.example",
        ):
            for password in KNOWN:
                status = (
                    app.test_client().post(f"{face}/sign-in", data={"email": name, "password": password}).status_code
                )
                tries += 1
                opened += [(face, name, password)] if status in (200, 303) else []
    figures(logins=Login.select().count(), tries=tries, opened=len(opened))
    assert Login.select().count() == 0
    assert opened == []


@pytest.mark.row("J10")
def test_of_a_hundred_set_ups_and_a_hundred_uses_one_counts(postgres, figures):
    """A hundred who set up at once make one link that holds, and of a hundred who use that one becomes the admin."""

    def set_up(_):
        with store.connection():
            try:
                return staff_invitations.first_admin_link("ada@suki-shop.example", "Ada Lim")
            except Invalid:
                return None

    def use(given):
        with store.connection():
            try:
                link, employee = given
                staff_invitations.accept(by=ANONYMOUS, link=link, employee=employee, password=PASSWORD)
            except Expired:
                return 0
            return 1

    with ThreadPoolExecutor(25) as pool:
        paths = [path for path in pool.map(set_up, range(100)) if path]
        live = Link.select().where(Link.used_at.is_null()).count()
        token = staff_invitations.first_admin_link("ada@suki-shop.example", "Ada Lim").rpartition("/")[2]
        used = sum(pool.map(use, [staff_invitations.find(token) for _ in range(100)]))
    figures(made=len(paths), live_links=live, used=used)
    assert (live, used) == (1, 1)
    assert Employee.select().where(Employee.role == "admin").count() == 1
    assert (Login.select().count(), Session.select().count()) == (1, 1)
