"""A public form in Chromium: alone on a phone without scripts, in a frame of another site, and on to an order."""

import threading
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from portal import store
from portal.people import form_tokens
from portal.people.links import Link
from portal.sales.leads import Lead
from portal.sales.order_forms import OrderForm
from portal.sales.orders import Order
from portal.sales.submissions import Submission
from tests import make
from tests.browsers import DESK, PHONE

PASSWORD = "tsinelas sa ulan, ข้าวผัดกุ้ง"


@pytest.fixture
def form(world, monkeypatch):
    monkeypatch.setattr(form_tokens, "SOONEST", timedelta(0))  # these hands are faster than people's
    world.rice = make.product("RICE", stock=40, name="Sinandomeng rice", unit="sack")
    where = {"key": "q1", "label": "Which branch?", "kind": "choice", "is_required": True, "choices": ["A", "B"]}
    consent = {"key": "c1", "text": "You may write me news", "use": "", "is_required": False}
    owner = {"owner": world.employees["rhea"], "team": world.north}
    return make.order_form(slug="feast", questions=[where], consents=[consent], **owner)


@pytest.fixture
def another_site():
    """Another site: `site(address)` shows that address in a frame; every call is a site of its own."""
    servers = []

    def show(address):
        body = f'<!doctype html><title>A site</title><iframe src="{address}" title="Form" width="340" height="900">'
        servers.append(make_server("127.0.0.1", 0, Response(body, mimetype="text/html"), threaded=True))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield show
    for server in servers:
        server.shutdown()


def letter():
    return Link.select().where(Link.purpose == "order_form").order_by(Link.id.desc()).get().path


def fill(page, email):
    page.get_by_label("Sinandomeng rice").first.fill("2")
    page.get_by_label("Your name").fill("Nena Abad")
    page.get_by_label("E-mail").fill(email)


def test_a_stranger_orders_on_a_phone_without_scripts_and_becomes_a_customer(live, open_page, form):
    page = open_page(viewport=PHONE, scripts=False)
    page.goto(f"{live.url}/order-form/feast")
    fill(page, "nena at abad")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("2 things need a change")).to_be_visible()
    assert page.get_by_label("Sinandomeng rice").first.input_value() == "2"
    assert page.get_by_label("E-mail").input_value() == "nena at abad"
    assert not page.get_by_label("You may write me news").is_checked()
    page.get_by_label("E-mail").fill("nena@abad.example")
    page.get_by_label("B", exact=True).check()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(live.url + letter())
    page.get_by_role("button", name="Yes, this is from me").click()
    expect(page.get_by_role("heading", name="We have it, thank you")).to_be_visible()
    assert page.context.cookies() == []
    page.get_by_role("link", name="Open an account").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    page.get_by_role("link", name="Home").last.click()
    page.get_by_role("link", name="Take it over").click()
    page.get_by_role("button", name="Take it over").click()
    expect(page.get_by_text("It is yours now")).to_be_visible()
    expect(page.get_by_text("Sinandomeng rice").first).to_be_visible()
    assert Order.get().source == "portal"


def test_a_listed_site_frames_it_and_staff_make_it_an_order(live, open_page, form, world, another_site):
    site, stranger = another_site(f"{live.url}/order-form/feast"), another_site(f"{live.url}/order-form/feast")
    with store.writing():
        OrderForm.update(origins=[site]).execute()
    page = open_page(viewport=DESK)
    page.goto(stranger)
    expect(page.frames[1].get_by_text("Rice for the feast")).not_to_be_visible()
    page.troubles.clear()  # the console tells that the frame was refused
    page.goto(site)
    frame = page.frame_locator("iframe")
    fill(frame, "nena@abad.example")
    frame.get_by_label("A", exact=True).check()
    frame.get_by_role("button", name="Send it").click()
    frame.get_by_role("heading", name="Look into your mailbox").wait_for()
    assert page.context.cookies() == []
    first, second = open_page(viewport=DESK), open_page(viewport=DESK)
    for tab in (first, second):
        tab.goto(live.url + letter())
    for tab in (first, second):
        tab.get_by_role("button", name="Yes, this is from me").click()
        tab.get_by_role("heading", name="We have it, thank you").wait_for()
    assert Lead.select().count() == Submission.select().count() == 1
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/leads?state=new")
    page.get_by_role("link", name="Nena Abad").first.click()
    page.get_by_role("button", name="Open an account").click()
    make.address(Lead.get().account)
    page.get_by_role("link", name="Make it an order").click()
    page.get_by_role("button", name="Review").first.click()
    page.get_by_role("button", name="Place").first.click()
    page.get_by_text("The order is placed.").wait_for()
    assert (Lead.get().state, Order.get().state) == ("won", "placed")


def test_a_page_that_stood_open_too_long_loses_nothing(live, open_page, form, monkeypatch):
    page = open_page(viewport=DESK)
    page.goto(f"{live.url}/order-form/feast")
    fill(page, "nena@abad.example")
    page.get_by_label("A", exact=True).check()
    with monkeypatch.context() as hours_later:
        hours_later.setattr(form_tokens, "LIFE", timedelta(seconds=-1))
        page.get_by_role("button", name="Send it").click()
        page.get_by_text("This page was open for long").wait_for()
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("heading", name="Look into your mailbox").wait_for()
    assert Submission.get().lines[0]["quantity"] == 2
