"""The doors in Chromium: a stranger becomes a customer on a phone without scripts; passwords are pasted."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from portal import store, values
from portal.customers import invitations, sign_up
from portal.people import link_requests, links, passwords, security, staff_invitations
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login
from portal.values import ANONYMOUS
from tests import make

PASSWORD = "tsinelas sa ulan, ข้าวผัดกุ้ง"


@pytest.fixture
def known(world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    return world


def last_link():
    link_requests.answer_all()
    return Link.select().order_by(Link.id.desc()).get().path


def test_a_stranger_becomes_a_customer_on_a_phone_without_scripts(live, open_page, known):
    page = open_page(width=390, scripts=False)
    page.goto(f"{live.url}/sign-in")
    page.get_by_role("link", name="Open an account").click()
    page.get_by_text("A company", exact=True).click()
    page.get_by_label("Name of the company").fill("Panaderya Abad")
    page.get_by_label("Your name").fill("Nena Abad")
    page.get_by_label("E-mail").fill("nena@abad.example")
    page.get_by_role("button", name="Send me the letter").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(live.url + last_link())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    page.goto(f"{live.url}/security")
    expect(page.get_by_text("You sign in with nena@abad.example.")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("E-mail").fill("nena@abad.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{live.url}/security")
    expect(page.get_by_role("heading", name="Sign-in and safety")).to_be_visible()


def test_a_password_is_pasted_as_it_is_and_a_wrong_one_is_told_at_its_field(live, open_page, known):
    page = open_page(width=1280)
    page.goto(f"{live.url}/staff/sign-in?next=/staff/security")
    page.get_by_label("E-mail").fill("rhea@shop.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#password-error")).to_be_visible()
    assert page.get_by_label("E-mail").input_value() == "rhea@shop.example"
    page.get_by_label("Password").focus()
    page.keyboard.insert_text(PASSWORD)
    assert page.get_by_label("Password").input_value() == PASSWORD
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sign-in and safety").wait_for()
    hints = page.locator("input[autocomplete]").evaluate_all("all => all.map(i => i.autocomplete)")
    assert {"username", "current-password", "new-password"} <= set(hints)


def test_a_link_from_the_mail_waits_for_its_button(live, open_page, known):
    page = open_page(width=390, scripts=False)
    page.goto(f"{live.url}/sign-in")
    page.get_by_label("E-mail").fill("carol@kitchen.example")
    page.get_by_role("button", name="E-mail me a link instead").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(live.url + last_link())
    expect(page.get_by_role("heading", name="Welcome back, Carol Dizon")).to_be_visible()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{live.url}/security")
    expect(page.get_by_text("this one")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_axe_finds_nothing_on_the_pages_that_letters_lead_to(live, open_page, known, width, dark):
    carol, dave = (Login.get_by_id(known.logins[name].id) for name in ("carol", "dave"))
    sign_up.ask(by=ANONYMOUS, kind="company", name="Nena Abad", account_name="Abad", email="nena@abad.example")
    link_requests.answer_all()
    for name, email in (("Lina Reyes", "lina@kitchen.example"), ("Dave Ramos", dave.email)):
        contact = make.contact(known.account, name, email=email)
        invitations.invite(contact, by=known.rhea, role="buyer")
    security.ask_email_change(by=known.carol, login=carol, email="carol@new.example", password=PASSWORD)
    for purpose in ("sign_in", "recover"):
        links.issue(purpose, "customer", carol.email, login=carol)
    staff_invitations.invite(Employee.add(by=known.ada, name="Liza Uy"), by=known.ada, email="liza@shop.example")
    over = links.issue("sign_in", "customer", dave.email, login=dave, now=values.now() - timedelta(hours=1))
    page, found = open_page(width=width, dark=dark), []
    for link in Link.select():
        page.goto(live.url + link.path)
        if link == over:
            expect(page.get_by_role("button", name="Send a new link")).to_be_visible()
        else:
            expect(page.locator("main h1")).to_be_visible()
        found += [f"{link.purpose}: {fault['id']}" for fault in Axe().run(page).response["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert found == []
    assert Link.select().count() == 9
