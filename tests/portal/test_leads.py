"""Leads: what a proved address becomes, whose order it is, and how staff work on it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import audit, search, store, values
from portal.customers import consent, invitations
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.errors import Expired, Invalid
from portal.outbox import Outbox
from portal.people import links
from portal.people.links import Link
from portal.people.logins import Login
from portal.sales import guest_orders, placing, submissions
from portal.sales.leads import Lead
from portal.sales.orders import Order
from portal.sales.submissions import FormBan
from portal.values import ANONYMOUS
from portal.web import mail, posting
from tests import make

SHOP = mail.Shop("Aling Nena", base_url="https://shop.example")
PROVED = {"verified_at": values.now()}


@pytest.fixture
def rice(world):
    return make.product("RICE", stock=50)


def link_of(sent):
    return Link.select().where(Link.subject == str(sent.ref)).order_by(Link.id).first()


def confirm(sent):
    return guest_orders.confirm(by=ANONYMOUS, link=link_of(sent), submission=sent)


def seen(lead, *actors):
    return [Lead.visible_to(actor).where(Lead.id == lead.id).exists() for actor in actors]


def told(template):
    return {row.name for row in Outbox.select().where(Outbox.template == template)}


def prove(login):
    with store.writing():
        Login.update(**PROVED).where(Login.id == login.id).execute()


# What a proof makes of it


def test_a_strangers_proof_makes_a_lead_and_a_link_to_open_an_account(world, rice):
    form = make.order_form(owner=world.employees["rhea"], team=world.north)
    lead = make.lead(form, quantities={rice.id: "2"}, company="Panaderya Abad")
    assert (lead.state, lead.owner, lead.team) == ("new", form.owner, world.north)
    assert (lead.account, lead.order) == (None, None)
    assert told("lead_arrived") == {"Rhea Cruz"}
    assert guest_orders.what_next(lead.submission).sign_up.startswith("/sign-up/")
    assert seen(lead, world.rhea, world.mona, world.owen, world.ada) == [True, True, False, True]
    assert search.find("panaderya", ["lead"], world.rhea)["lead"].records == [lead.id]
    assert not search.find("panaderya", ["lead"], world.owen)["lead"].records


def test_a_form_of_nobody_tells_the_admins_and_everybody_sees_its_leads(world):
    lead = make.lead()
    assert told("lead_arrived") == {"Ada Lim"}
    assert seen(lead, world.rhea, world.owen) == [True, True]


def test_a_buyers_proof_makes_a_draft_of_his_own_that_only_his_account_sees(world, rice):
    lead = make.lead(email="Carol@kitchen.example", quantities={rice.id: "2"}, words="By Friday")
    order = lead.order
    assert (order.account, order.state, order.source, order.note) == (world.account, "draft", "portal", "By Friday")
    assert (order.contact_id, lead.owner, lead.team) == (world.carol.contact, world.employees["rhea"], world.north)
    drafts = [Order.visible_to(actor).where(Order.id == order.id).exists() for actor in (world.carol, world.dave)]
    assert drafts == [True, False]
    assert guest_orders.what_next(lead.submission) == (True, None, [])
    assert not rice.reserved


def test_a_colleague_who_may_only_look_gets_no_draft_of_her_own(world, rice):
    lead = make.lead(email="cora@kitchen.example", quantities={rice.id: "2"})
    assert (lead.account, lead.order.source) == (world.account, "staff")
    assert not Order.visible_to(world.cora).where(Order.id == lead.order.id).exists()


def test_a_contact_who_does_not_sign_in_is_known_by_his_address(world, rice):
    make.contact(world.account, "Lina Reyes", email="lina@kitchen.example")
    lead = make.lead(email="lina@kitchen.example", quantities={rice.id: "1"})
    assert (lead.account, lead.contact.name, lead.order.source) == (world.account, "Lina Reyes", "staff")
    make.contact(world.other_account, "Lina Reyes", email="lina@kitchen.example")
    second = make.lead(email="lina@kitchen.example", quantities={rice.id: "1"})
    assert (second.account, second.order) == (None, None)  # of two accounts nobody guesses


def test_an_address_that_a_customer_wrote_down_himself_brings_him_nothing_of_its_owner(world, rice):
    invitations.invite_colleague(
        world.other_account, by=world.dave, name="Eve", email="eve@else.example", role="buyer"
    )
    lead = make.lead(email="eve@else.example", quantities={rice.id: "1"})
    assert (lead.account, lead.order) == (None, None)
    world.other_account.edit(by=world.dave, email="bob@else.example")
    lead = make.lead(email="bob@else.example", quantities={rice.id: "1"})
    assert (lead.account, lead.order) == (None, None)
    world.other_account.edit(by=world.ada, email="bill@else.example")
    assert make.lead(email="bill@else.example", quantities={rice.id: "1"}).account == world.other_account


def test_what_is_not_sold_any_more_is_left_out_and_named(world, rice):
    oil = make.product("OIL", name="Coconut oil")
    sent = make.submission(email="carol@kitchen.example", quantities={rice.id: "1", oil.id: "1"})
    with store.writing():
        type(oil).update(on_sale_to=values.shop_day() - timedelta(days=1)).where(type(oil).id == oil.id).execute()
    lead = confirm(sent)
    assert ([line.code for line in lead.order.lines], lead.left_out) == (["RICE"], ["Coconut oil"])


def test_more_money_than_an_order_holds_is_left_to_people(world):
    gold = make.product("GOLD", name="Gold", list_minor=10**12)
    lead = make.lead(email="carol@kitchen.example", quantities={gold.id: "1,000,000"})
    assert (lead.order, lead.left_out) == (None, ["Gold"])


def test_a_link_proves_once_in_seven_days(world):
    sent = make.submission()
    link = link_of(sent)
    confirm(sent)
    with pytest.raises(Expired):
        confirm(sent)
    assert submissions.find(link.token)[1].state == "confirmed"  # the page says what came of it
    late = make.submission(email="late@people.example", now=values.now() - timedelta(days=8))
    with pytest.raises(Expired):
        submissions.find(link_of(late).token)


def test_of_two_presses_at_once_one_makes_the_lead(postgres):
    sent = make.submission()

    def press(_):
        with store.connection():
            try:
                return confirm(submissions.Submission.get_by_id(sent.id))
            except Expired:
                return None

    with ThreadPoolExecutor(4) as pool:
        assert sum(found is not None for found in pool.map(press, range(4))) == 1
    assert Lead.select().count() == 1


def test_who_answers_his_letters_may_get_more_of_them(world):
    for _ in range(4):
        confirm(make.submission())
    assert Lead.select().count() == 4


# An account for it


def test_staff_open_an_account_in_one_press_and_its_draft_lies_in_it(world, rice):
    lead = make.lead(company="Panaderya Abad", quantities={rice.id: "3"})
    lead = Lead.visible_to(world.rhea).get()
    guest_orders.open_account(lead, by=world.rhea)
    account, contact = lead.account, Contact.get(Contact.email == "nena@abad.example")
    assert (account.name, account.kind, account.owner_id, contact.account) == (
        "Panaderya Abad", "company", world.rhea.employee, account,
    )  # fmt: skip
    assert (lead.order.account, lead.order.lines[0].quantity, lead.team_id) == (account, 3, world.north.id)
    other = make.lead(company="Panaderya Abad", email="other@abad.example")
    with pytest.raises(Invalid) as refused:
        guest_orders.open_account(other, by=world.rhea)
    assert refused.value.problems["is_another"][0] == "account-like"
    guest_orders.attach(other, by=world.rhea, account=account.number)
    assert other.account == account


def test_what_was_agreed_to_holds_for_the_contact_in_its_wording(world):
    asked = {"key": "c1", "text": "News by mail?", "use": "news_mail", "is_required": False}
    form = make.order_form(title="Feast", consents=[asked, asked | {"key": "c2", "use": "news_phone"}])
    make.lead(form, email="carol@kitchen.example", ticked=["c1"])
    carol = world.contacts["carol"]
    assert [consent.allows(carol, "news", channel) for channel in ("mail", "phone")] == [True, False]
    assert (consent.history(carol)[0].how, consent.history(carol)[0].by_name) == ("Feast", "Nena Abad")
    stranger = make.lead(form, ticked=["c1"])
    guest_orders.open_account(stranger, by=world.rhea)
    assert consent.allows(stranger.contact, "news", "mail")


def test_an_account_out_of_reach_cannot_take_a_lead(world):
    lead = make.lead()
    for number in (world.other_account.number, "999", "x", ""):
        with pytest.raises(Invalid) as refused:
            guest_orders.attach(lead, by=world.rhea, account=number)
        assert refused.value.problems == {"account": ("account-not-found", {})}


def test_a_guest_who_signs_up_later_claims_what_he_sent_and_nobody_else_does(world, rice):
    lead = make.lead(quantities={rice.id: "2"})
    place = make.member(make.account("Panaderya Abad"), "Nena Abad", email="nena@abad.example")
    nena = make.customer_actor(place)
    assert not guest_orders.unclaimed(nena).exists()  # her address has proved nothing yet
    prove(place.login)
    assert [found.id for found in guest_orders.unclaimed(nena)] == [lead.id]
    assert not any(guest_orders.unclaimed(actor).exists() for actor in (world.carol, world.dave))
    guest_orders.claim(guest_orders.unclaimed(nena).get(), by=nena)
    order = Order.get()
    assert (order.account_id, order.state, order.source) == (place.account_id, "draft", "portal")
    assert not guest_orders.unclaimed(nena).exists()
    with pytest.raises(Invalid):
        guest_orders.claim(lead, by=nena)
    assert told("lead_claimed") == {"Ada Lim"}


def test_a_draft_that_is_placed_wins_its_lead(world, rice):
    make.address(world.account)
    lead = make.lead(email="carol@kitchen.example", quantities={rice.id: "2"})
    quote, _ = placing.prepare(world.carol, world.account, placing.again(lead.order, world.carol), now=None)
    placing.place(
        by=world.carol, account=world.account, lines=placing.again(lead.order, world.carol), draft=lead.order,
        shown_total_minor=quote.total_minor, shown_currency="PHP",
    )  # fmt: skip
    assert Lead.get_by_id(lead.id).state == "won"


# Working on it


def test_staff_take_call_qualify_and_note_what_comes_next(world):
    lead = make.lead()
    lead.take(by=world.rhea)
    assert lead.owner_id == world.rhea.employee
    lead.reached(by=world.rhea, words="Send a sample").qualify(by=world.rhea)
    lead.note(by=world.rhea, next_step="Call", next_on="2026-12-01", owner=world.mona.employee)
    assert (lead.state, lead.next_step, lead.owner_id) == ("qualified", "Call", world.mona.employee)
    assert "Mona Santos" in told("lead_arrived")
    with pytest.raises(Invalid):
        lead.reached(by=world.rhea)
    lead.win(by=world.rhea)
    assert [entry.event for entry in audit.story(lead)] == [
        "lead.arrived", "lead.taken", "lead.contacted", "lead.qualified", "lead.noted", "lead.won",
    ]  # fmt: skip


def test_a_lead_is_lost_with_a_reason_and_our_draft_of_it_goes(world, rice):
    hers = make.lead(email="carol@kitchen.example", quantities={rice.id: "2"})
    hers.lose(by=world.rhea, because="no_answer")
    assert Order.get() == hers.order  # she may still place it
    lead = make.lead(email="cora@kitchen.example", quantities={rice.id: "2"})
    with pytest.raises(Invalid) as refused:
        lead.lose(by=world.rhea)
    assert refused.value.problems == {"because": ("choice-unknown", {})}
    lead.lose(by=world.rhea, because="price", words="Ten pesos too much")
    assert (Lead.get_by_id(lead.id).state, Order.select().count()) == ("lost", 1)
    lead.reopen(by=world.rhea)
    assert (lead.state, lead.lost_because) == ("new", "")


def test_spam_bans_its_client_and_is_not_found_any_more(world):
    form = make.order_form()
    lead = make.lead(form, client="10.0.0.7")
    lead.spam(by=world.rhea)
    assert FormBan.get().until_at > values.now() + timedelta(hours=23)
    with pytest.raises(Exception, match="wait"):
        make.submission(form, email="b@people.example", client="10.0.0.7")
    assert make.submission(form, email="b@people.example", client="10.0.0.8")
    assert not search.find("nena", ["lead"], world.rhea)["lead"].records


def test_two_who_decide_at_once_do_not_overwrite_each_other(world):
    lead = make.lead()
    other = Lead.get_by_id(lead.id)
    lead.qualify(by=world.rhea)
    with pytest.raises(Invalid) as refused:
        other.lose(by=world.mona, because="price")
    assert refused.value.problems["state"] == ("lead-moved-on", {"number": lead.number, "state": "qualified"})


def test_who_signs_in_for_several_accounts_chooses_by_himself(world, rice):
    login = world.logins["carol"]
    prove(login)
    make.row(Membership, login=login, account=make.account("Second"), role="buyer")
    lead = make.lead(email="carol@kitchen.example", quantities={rice.id: "1"})
    assert (lead.account, lead.order) == (None, None)
    assert [found.id for found in guest_orders.unclaimed(world.carol)] == [lead.id]
    guest_orders.claim(lead, by=world.carol)
    assert Order.get().account == Account.get_by_id(world.carol.account)


@pytest.mark.parametrize("language", ["en", "fil", "th"])
def test_every_letter_can_be_written_and_the_link_is_its_receivers_alone(world, rice, language):
    lead = make.lead(quantities={rice.id: "1,200"})
    place = make.member(make.account("Panaderya Abad"), "Nena Abad", email="nena@abad.example")
    prove(place.login)
    guest_orders.claim(lead, by=make.customer_actor(place))
    rows = list(Outbox.select().where(Outbox.template << ("order_form_sent", "lead_arrived", "lead_claimed")))
    assert {row.template for row in rows} == {"order_form_sent", "lead_arrived", "lead_claimed"}
    for row in rows:
        row.language = language
        letter = posting.letter_for(row, SHOP)
        assert letter.subject and letter.entry and "None" not in letter.text and "{" not in letter.text, letter.text
        assert ("[link removed]" in letter.text) == (row.template == "order_form_sent")
    sent = next(row for row in rows if row.template == "order_form_sent")
    assert "Two sacks" not in posting.letter_for(sent, SHOP).text
    waiting = make.submission(email="b@people.example")
    letter = posting.letter_for(Outbox.get(Outbox.address == "b@people.example"), SHOP, links.address)
    assert f"https://shop.example{link_of(waiting).path}" in letter.text
