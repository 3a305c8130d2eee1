"""Letters about warranties and claims: each for its reader, in his language and on his face, with nothing to click
that is not his."""

from datetime import timedelta

import pytest

from portal import outbox, values
from portal.activity import inbox
from portal.people import link_requests, links
from portal.service import (
    claim_deciding,
    claim_links,
    claiming,
    covering,
    handing_over,
    registering,
)
from portal.service.claims import Claim
from portal.values import ANONYMOUS, Actor
from portal.web import mail
from tests import make

pytestmark = pytest.mark.usefixtures("folder")

SHOP = mail.Shop("Aling Nena", base_url="https://shop.example")
TODAY = values.shop_day()


def letters(template):
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "mail"))
    return {row.name: _letter(row) for row in rows}


def _letter(row):
    params = {name: "https://shop.example/x" if name == "url" else value for name, value in row.params.items()}
    return mail.render(row.template, params, inbox.recipient_of(row), SHOP, for_staff=inbox.is_for_staff(row))


@pytest.fixture
def stove(database):
    return make.product("STOVE", name="Stove & <grill>", warranty_months=12)


@pytest.fixture
def thing(world, stove):
    return make.warranty(world.account, stove, serial="KB-7")


def here(claim):
    return Claim.visible_to(values.system("tests")).where(Claim.id == claim.id).get()


def test_a_claim_tells_both_sides_what_comes_next(world, thing):
    made = claiming.claim(thing, by=world.carol, words="Cold <b>")
    asked = letters("claim_asked")
    assert set(asked) == {"Carol Dizon", "Rhea Cruz"} and "<b>" not in asked["Rhea Cruz"].html.split("</style>")[1]
    assert "https://shop.example/staff/claims/CL-000001" in asked["Rhea Cruz"].html
    assert "https://shop.example/claims/CL-000001" in asked["Carol Dizon"].html
    assert "We have your claim and answer by" in asked["Carol Dizon"].text and "KB-7" in asked["Carol Dizon"].text
    claim_deciding.accept(made, by=world.rhea)
    assert "write CL-000001 on it" in letters("claim_accepted")["Carol Dizon"].text
    claim_deciding.receive(made, by=world.rhea)
    assert "It came to us" in letters("claim_received")["Carol Dizon"].text
    claim_deciding.repair(made, by=world.rhea, reply="A new valve")
    settled = letters("claim_settled")["Carol Dizon"]
    assert "A new valve" in settled.text and settled.subject == "Claim CL-000001 is settled"


def test_refusals_and_withdrawals_say_why_and_who(world, stove, thing):
    claim_deciding.refuse(claiming.claim(thing, by=world.carol, words="Cold"), by=world.rhea, reply="It fell")
    assert "It fell" in letters("claim_refused")["Carol Dizon"].text
    claiming.withdraw(claiming.claim(thing, by=world.carol, words="Cold"), by=world.carol)
    assert "Carol Dizon withdrew" in letters("claim_withdrawn")["Rhea Cruz"].text
    replaced = claiming.claim(make.warranty(world.account, make.product(stock=3)), by=world.carol, words="Cold")
    claim_deciding.accept(replaced, by=world.rhea)
    claim_deciding.receive(replaced, by=world.rhea)
    claim_deciding.replace(here(replaced), by=world.rhea)
    assert "as order SO-000001" in letters("claim_settled")["Carol Dizon"].text


def test_somebody_without_an_account_is_led_nowhere(world, thing):
    eve = Actor(ANONYMOUS.ref, "Eve Sy")
    about = {"serial": "KB-7", "product": "Stove", "email": "eve@else.example", "words": "Hot"}
    claiming.claim_unproved(by=eve, warranty=thing, **about)
    asked = letters("claim_asked")
    assert "/claims/" not in asked["Eve Sy"].html and "grill" in asked["Rhea Cruz"].text
    assert "Nobody has proved yet" in asked["Rhea Cruz"].text and "Carol" not in asked["Eve Sy"].html


def test_the_letter_with_the_form_is_the_same_for_everybody(world, thing):
    for email in ("carol@kitchen.example", "eve@else.example"):
        claim_links.ask(by=ANONYMOUS, email=email, serial="KB-7")
    link_requests.answer_all()
    rows = outbox.Outbox.select().where(outbox.Outbox.template == "claim_link")
    found = {_letter(row).html for row in rows}
    assert len(rows) == 2 and len(found) == 1 and "grill" not in found.pop()


def test_registrations_are_told_to_us_and_answered(world, stove):
    given = {"product": "STOVE", "bought_on": TODAY, "by": world.carol}
    one = registering.register(world.account, serial="A", files=[make.sent()], **given)
    assert "/staff/warranties/WA-000001" in letters("warranty_registered")["Rhea Cruz"].html
    registering.confirm(one, by=world.rhea)
    assert "It is covered until" in letters("warranty_confirmed")["Carol Dizon"].text
    registering.decline(
        registering.register(world.account, serial="B", files=[make.sent()], **given), by=world.rhea, reply="Blurred"
    )
    assert "Blurred" in letters("warranty_declined")["Carol Dizon"].text


def test_a_new_owner_is_asked_and_both_are_told(world, thing):
    handing_over.offer(thing, by=world.carol, email="dave@ramos.example")
    (offer,) = letters("warranty_offered").values()
    assert "Carol Dizon of Carol’s Kitchen wants to hand this over" in offer.text and "14 days" in offer.text
    link = links.open_for("hand_over", thing.ref)
    handing_over.accept(by=world.dave, link=link, thing=handing_over.find(link.token)[1])
    gone, came = letters("warranty_handed_over"), letters("warranty_taken_over")
    assert "/warranties/" not in gone["Carol Dizon"].html and "Dave Ramos accepted" in gone["Carol Dizon"].text
    assert "https://shop.example/warranties/WA-000001" in came["Dave Ramos"].html


def test_what_ends_soon_is_listed_in_one_letter(world, stove):
    for left in (3, 20):
        make.warranty(world.account, stove, covered_until=TODAY + timedelta(days=left))
    assert covering.remind() == 1
    letter = letters("warranty_ending")["Carol Dizon"]
    assert letter.subject == "2 warranties end soon" and letter.html.count("/warranties/WA-") == 2
