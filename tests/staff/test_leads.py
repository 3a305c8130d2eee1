"""Order forms and leads on the wire for staff."""

import csv
import io

import pytest

from portal.customers.accounts import Account
from portal.sales.leads import Lead
from portal.sales.order_forms import OrderForm
from portal.sales.orders import Order
from tests import make

COMPOSED = {
    "title": "Rice for Christmas", "languages": ["en", "fil"], "range": "all", "takes_words": "y", "currency": "PHP",
    "country": "PH", "most_per_day": "50", "origins": "https://shop.example",
    "questions-0-label": "When do you need it?", "questions-0-kind": "date", "questions-0-is_required": "y",
    "consents-0-text": "You may write me news",
}  # fmt: skip


@pytest.fixture
def mona(client, world):
    return client.sign_in(world.mona)


def test_a_form_is_composed_looked_at_opened_shared_and_copied(mona, world):
    answer = mona.send("/staff/order-forms/new", "/staff/order-forms", owner=str(world.rhea.employee), **COMPOSED)
    assert (answer.status_code, answer.location) == (303, "/staff/order-forms/rice-for-christmas")
    form = OrderForm.get()
    assert (form.owner_id, form.team_id) == (world.rhea.employee, world.north.id)
    assert "When do you need it?" in mona.get("/staff/order-forms/rice-for-christmas/preview").text
    assert mona.get("/order-form/rice-for-christmas").status_code == 404
    here = "/staff/order-forms/rice-for-christmas"
    mona.send(here, f"{here}/open")
    page = mona.get(here).text
    assert "/order-form/rice-for-christmas" in page and "&lt;iframe" in page and "<svg" in page
    assert mona.get("/order-form/rice-for-christmas").status_code == 200
    changed = mona.send(f"{here}/edit", title="Rice for Easter", **{"questions-1-label": "Where to?"})
    assert changed.status_code == 303
    asked = [(row["key"], row["label"]) for row in OrderForm.get().questions]
    assert asked == [("q1", "When do you need it?"), ("q2", "Where to?")]
    copy = mona.send(here, f"{here}/copy").location
    assert "Rice for Easter" in mona.get(copy).text
    assert "Rice for Easter" in mona.get("/staff/order-forms").text


def test_a_refused_form_says_so_at_the_row_and_keeps_what_was_typed(mona):
    bad = {"questions-0-kind": "choice", "questions-0-choices": "one", "origins": "*"}
    answer = mona.send("/staff/order-forms/new", "/staff/order-forms", **COMPOSED | bad)
    assert answer.status_code == 422
    assert "Write at least two choices" in answer.text and "is no address of a site" in answer.text
    assert "When do you need it?" in answer.text and "You may write me news" in answer.text


def test_reps_look_at_forms_and_compose_none(client, world):
    make.order_form(slug="feast")
    client.sign_in(world.rhea)
    assert client.get("/staff/order-forms/feast").status_code == 200
    assert client.get("/staff/order-forms/new").status_code == 403


def test_a_lead_is_worked_from_the_queue_to_an_account_and_an_order(client, world):
    rice = make.product("RICE", name="Jasmine rice", stock=20)
    lead = make.lead(company="Panaderya Abad", quantities={rice.id: "3"})
    client.sign_in(world.rhea)
    assert "Panaderya Abad" in client.get("/staff/leads").text and "1 new lead" in client.get("/staff/").text
    here = f"/staff/leads/{lead.number}"
    assert client.send(here, f"{here}/take").status_code == 303
    assert client.send(here, f"{here}/contact", words="Send the price").status_code == 303
    assert client.send(here, f"{here}/note", next_step="Call again", next_on="2026-12-01").status_code == 303
    assert client.send(here, f"{here}/open-account").status_code == 303
    page = client.get(here).text
    assert Account.get(Account.name == "Panaderya Abad").number in page and "Make it an order" in page
    assert lead.number in client.get(f"/staff/orders/{Order.get().number}").text
    pad = client.get(f"/staff/orders/new?draft={Order.get().number}")
    assert pad.status_code == 200 and "Jasmine rice" in pad.text
    assert client.send(here, f"{here}/lose", because="").status_code == 422
    assert client.send(here, f"{here}/lose", because="price", words="Too dear").status_code == 303
    assert "Too dear" in client.get(here).text


def test_what_strangers_write_is_text_on_pages_and_no_formula_in_files(client, world):
    lead = make.lead(name="=HYPERLINK(evil)", company="<script>alert(1)</script>", words="<img src=x onerror=y>")
    client.sign_in(world.rhea)
    for page in ("/staff/leads", f"/staff/leads/{lead.number}", "/staff/"):
        text = client.get(page).text
        assert "<script>alert" not in text and "<img src=x" not in text
    rows = list(csv.DictReader(io.StringIO(client.get("/staff/leads.csv").get_data(as_text=True).lstrip("\ufeff"))))
    assert not rows[0]["name"].startswith("=")
    assert client.get("/staff/leads.json").json["rows"][0]["company"] == "<script>alert(1)</script>"


def test_unconfirmed_ones_are_counted_and_not_shown(client, world):
    make.submission(name="Not proved yet")
    client.sign_in(world.rhea)
    page = client.get("/staff/leads").text
    assert "1 form was sent" in page and "Not proved yet" not in page
    assert not Lead.select().exists()


def test_a_lead_is_found_by_the_one_box(client, world):
    lead = make.lead(company="Panaderya Abad")
    client.sign_in(world.rhea)
    assert client.get("/staff/search?q=panaderya").location == f"/staff/leads/{lead.number}"


def test_several_are_thrown_out_together(client, world):
    made = [make.lead(email=f"n{n}@people.example") for n in range(3)]
    client.sign_in(world.rhea)
    numbers = "&".join(f"pick={lead.number}" for lead in made)
    page = f"/staff/many/lead?{numbers}&back=/staff/leads"
    fields = client.form(page).fields | {"deed": "spam"}
    assert client.post("/staff/many/lead", data=fields).status_code == 303
    assert {lead.state for lead in Lead.select()} == {"spam"}
