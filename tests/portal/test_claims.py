"""Claims: asked by owners or by a letter, decided once, made good by repair, the same again or credit."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from portal import outbox, store, values
from portal.activity.attachments import Attachment
from portal.audit import Entry
from portal.customers import sign_up
from portal.errors import Expired, Invalid, TooMany
from portal.outbox import Outbox
from portal.people import attempts, link_requests, sign_in
from portal.people.links import Link
from portal.sales import invoicing, shipments
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.service import claim_deciding, claim_links, claiming, claims, covering, registering
from portal.service.claims import Claim
from portal.service.warranties import Warranty
from portal.whole import warranties_whole
from tests import make
from tests.letters import told
from tests.refusals import problems

pytestmark = pytest.mark.usefixtures("folder")

TODAY = values.shop_day()


@pytest.fixture
def stove(database):
    return make.product("STOVE", name="Gas stove", stock=20, warranty_months=12)


@pytest.fixture
def thing(world, stove):
    """Two stoves that Carol bought and got."""
    make.order(world.account, (stove, 2), state="delivered")
    covering.catch_up()
    return Warranty.visible_to(world.carol).get()


def asked(world, thing, **given):
    return claiming.claim(thing, by=world.carol, **{"words": "It does not light"} | given)


def here(claim):
    """A claim as staff find it when it has come to us."""
    return Claim.visible_to(values.system("tests")).where(Claim.id == claim.id).get()


def brought(world, thing, **given):
    made = asked(world, thing, **given)
    claim_deciding.accept(made, by=world.rhea)
    claim_deciding.receive(made, by=world.rhea)
    return made


def test_a_claim_says_what_is_wrong_and_promises_an_answer(world, thing):
    yesterday = TODAY - timedelta(days=1)
    made = asked(world, thing, since_on=yesterday, reach="0917 555 0188", quantity="2", files=[make.sent()])
    assert (made.state, made.quantity, made.since_on, made.is_late) == ("asked", 2, yesterday, False)
    assert made.answer_by == claims.promised(made.asked_at) and Attachment.get().subject == str(made.ref)
    assert told("claim_asked") == ["Carol Dizon", "Rhea Cruz"]
    assert [c.number for c in Claim.visible_to(world.cora)] == ["CL-000001"]
    assert Claim.visible_to(world.rhea).exists()
    assert not Claim.visible_to(world.owen).exists() and not Claim.visible_to(world.dave).exists()


def test_a_promise_counts_days_on_which_the_shop_works():
    assert claims.promised(datetime(2026, 11, 20, 3)) == date(2026, 11, 25)  # asked on a Friday


def test_what_cannot_be_claimed_is_said_at_its_field(world, thing):
    assert problems(asked, world, thing, words=" ") == {"words": "field-needed"}
    assert problems(asked, world, thing, since_on=TODAY + timedelta(days=1)) == {"since_on": "date-not-past"}
    assert problems(asked, world, thing, quantity="3") == {"quantity": "pieces-too-many"}
    assert problems(asked, world, thing, quantity="-1") == {"quantity": "quantity-malformed"}
    asked(world, thing)
    assert problems(asked, world, thing) == {"warranty": "claim-open"}
    with store.writing():
        Claim.delete().execute()
        Warranty.update(account=world.other_account).execute()
    assert problems(asked, world, thing) == {"warranty": "warranty-not-claimable"}
    gone = make.warranty(world.account, state="gone")
    assert problems(asked, world, gone) == {"warranty": "warranty-not-claimable"}


def test_after_the_end_of_the_warranty_one_may_ask_and_the_claim_says_so(world, stove):
    over = make.warranty(world.account, stove, covered_until=TODAY - timedelta(days=3))
    assert asked(world, over).is_late


def test_a_claim_is_withdrawn_until_we_have_answered(world, thing):
    made = asked(world, thing)
    claiming.withdraw(made, by=world.carol)
    again = asked(world, thing)
    claim_deciding.accept(again, by=world.rhea, reply="Bring it to Cubao")
    assert problems(claiming.withdraw, here(again), by=world.carol) == {"state": "claim-moved-on"}
    assert told("claim_accepted") == ["Carol Dizon"] and told("claim_withdrawn") == ["Carol Dizon", "Rhea Cruz"]


def test_a_refusal_says_why(world, thing):
    made = asked(world, thing)
    assert problems(claim_deciding.refuse, made, by=world.rhea, reply="") == {"reply": "reason-needed"}
    claim_deciding.refuse(made, by=world.rhea, reply="It fell from a roof")
    assert (made.state, made.reply, told("claim_refused")) == ("refused", "It fell from a roof", ["Carol Dizon"])
    assert asked(world, thing).state == "asked"


def test_what_was_accepted_is_ended_with_a_reason_when_it_is_not_covered_after_all(world, thing):
    made = brought(world, thing)
    assert problems(claim_deciding.refuse, made, by=world.rhea, reply="No") == {"state": "claim-moved-on"}
    claim_deciding.give_up(made, by=world.rhea, reply="Water got in")
    assert (made.state, made.reply) == ("refused", "Water got in")


def test_a_repair_says_what_was_done_and_keeps_what_it_cost(world, thing):
    made = brought(world, thing)
    claim_deciding.repair(made, by=world.rhea, reply="A new valve")
    claim_deciding.cost(made, by=world.rhea, labour_minor="350.50", parts_minor="1,200", freight_minor="")
    assert (made.labour_minor, made.parts_minor, made.costs) == (35_050, 120_000, values.Money(155_050, "PHP"))
    assert problems(claim_deciding.cost, made, by=world.rhea, labour_minor="much") == {
        "labour_minor": "amount-not-a-number"
    }
    claim_deciding.close(made, by=world.rhea)
    assert (made.state, made.settled_how) == ("closed", "repaired")
    assert told("claim_settled") == ["Carol Dizon"]


def test_the_same_comes_again_at_no_charge_and_the_warranty_runs_on(world, stove, thing):
    until, left = thing.covered_until, Product.get_by_id(stove.id).free
    piece = thing.give_serial(by=world.carol, serial="OLD-1")
    made = brought(world, piece)
    claim_deciding.replace(here(made), by=world.rhea)
    order = Order.visible_to(world.carol).where(Order.source == "warranty").get()
    assert (order.total_minor, order.lines[0].quantity) == (0, 1) and Product.get_by_id(stove.id).free == left - 1
    again = Warranty.get_by_id(piece.id)
    assert (again.serial, again.covered_until, again.state) == ("", until, "covered")
    shipments.ship(order, by=world.rhea).deliver(by=world.rhea)
    assert sum(row.quantity for row in Warranty.select()) == 2


def test_what_was_not_bought_here_is_replaced_to_the_address_of_the_account(world, stove):
    address = make.address(world.account)
    made = brought(world, make.warranty(world.account, stove, is_registered=True))
    claim_deciding.replace(here(made), by=world.rhea)
    order = Order.get(Order.source == "warranty")
    assert order.ship_to["address"] == address.id and order.account_id == world.account.id


def test_money_goes_back_over_the_invoice_that_billed_it_once(world, thing):
    invoice = invoicing.issue(Order.get(), by=world.mona)
    made = brought(world, thing)
    claim_deciding.refund(here(made), by=world.mona)
    note = Invoice.get(Invoice.kind == "credit_note")
    assert note.cause == str(made.ref) and note.total_minor == invoice.total_minor // 2
    assert sorted((row.quantity, row.state) for row in Warranty.select()) == [(1, "covered"), (1, "gone")]
    assert problems(claim_deciding.refund, here(made), by=world.mona) == {"state": "claim-moved-on"}


def test_money_for_two_pieces_ends_both_though_one_got_a_number_meanwhile(world, thing):
    invoicing.issue(Order.get(), by=world.mona)
    made = brought(world, thing, quantity=2)
    Warranty.get().give_serial(by=world.rhea, serial="N-1")
    claim_deciding.refund(here(made), by=world.mona)
    assert {row.state for row in Warranty.select()} == {"gone"}


def test_without_an_invoice_no_money_goes_back(world, stove, thing):
    assert problems(claim_deciding.refund, here(brought(world, thing)), by=world.mona) == {
        "state": "claim-not-invoiced"
    }
    elsewhere = brought(world, make.warranty(world.account, stove))
    assert problems(claim_deciding.refund, here(elsewhere), by=world.mona) == {"state": "claim-not-invoiced"}


def test_of_two_who_decide_at_once_one_wins_and_the_other_reads_so(postgres, world, thing):
    made = asked(world, thing)
    gate = threading.Barrier(2)

    def decide(way):
        with store.connection():
            claim = here(made)
            gate.wait()
            try:
                way(claim)
                return "decided"
            except Invalid as refused:
                return refused.problems["state"][0]

    ways = (
        lambda claim: claim_deciding.accept(claim, by=world.rhea),
        lambda claim: claim_deciding.refuse(claim, by=world.mona, reply="Too old"),
    )
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, ways)) == ["claim-moved-on", "decided"]
    assert Entry.select().where(Entry.event.in_(("claim.accepted", "claim.refused"))).count() == 1


def test_of_two_colleagues_who_claim_at_once_one_has_asked(postgres, world, thing):
    gate = threading.Barrier(2)

    def ask(_):
        with store.connection():
            mine = Warranty.visible_to(world.carol).get()
            gate.wait()
            try:
                return asked(world, mine).state
            except Invalid as refused:
                return refused.problems["warranty"][0]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, range(2))) == ["asked", "claim-open"]


def letter_to(email, **asked):
    """The Link of the letter that a page without sign-in leads to."""
    asked = {"serial": "", "tag": ""} | asked
    claim_links.ask(by=values.ANONYMOUS, email=email, **asked)
    link_requests.answer_all()
    row = Outbox.select().where(Outbox.template == "claim_link").order_by(Outbox.id.desc()).get()
    return Link.get_by_id(row.params["url"]["link"]), row


def test_the_owner_gets_a_letter_and_claims_as_if_he_had_signed_in(world, stove):
    thing = make.warranty(world.account, stove, serial="QR-5")
    for asked in ({"serial": "qr5"}, {"tag": thing.tag, "serial": "QR 5"}):
        link, _ = letter_to("Carol@kitchen.example", **asked)
        found, there = claim_links.find(link.token)
        assert there.id == thing.id
    made = claim_links.claim(by=values.ANONYMOUS, link=found, thing=there, words="It hums")
    assert (made.account_id, made.asked_by, made.warranty_id) == (world.account.id, "Carol Dizon", thing.id)
    with pytest.raises(Expired):
        claim_links.claim(by=values.ANONYMOUS, link=found, thing=there, words="It hums again")


def test_letters_are_the_same_whoever_asks_for_whatever(world, stove):
    thing = make.warranty(world.account, stove, serial="QR-5")
    said = []
    for email, serial in (("carol@kitchen.example", "QR-5"), ("eve@else.example", "QR-5"), ("x@y.example", "NO-1")):
        _, row = letter_to(email, serial=serial)
        said.append({name: value for name, value in row.params.items() if name not in ("url", "serial")})
    assert said == [{}, {}, {}] and told("claim_link") == [""]
    assert letter_to("carol@kitchen.example", tag=thing.tag)[0].subject == ""  # the code alone proves no thing


def test_a_colleague_who_may_only_look_and_a_stranger_are_unproved(world, stove):
    thing = make.warranty(world.account, stove, serial="QR-5")
    for email in ("cora@kitchen.example", "eve@else.example"):
        link, there = claim_links.find(letter_to(email, serial="QR-5")[0].token)
        made = claim_links.claim(
            by=values.ANONYMOUS, link=link, thing=there, name="Eve", product="Stove", words="Hot"
        )
        assert there is None and made.is_unproved and made.warranty_id == thing.id
    assert not Claim.visible_to(world.carol).exists() and Claim.visible_to(world.owen).count() == 2
    assert problems(claim_deciding.replace, here(made), by=world.rhea) == {"state": "claim-unproved"}
    claim_deciding.accept(here(made), by=world.rhea, reply="Bring it, with the receipt")
    row = Outbox.get(Outbox.template == "claim_accepted")
    assert (row.address, row.channel, row.params["has_page"]) == ("eve@else.example", "mail", False)
    assert told("claim_asked") == ["Eve", "Rhea Cruz"]


def test_a_thing_nobody_knows_is_told_to_the_admins(world):
    link, there = claim_links.find(letter_to("eve@else.example", serial="NO-1")[0].token)
    made = claim_links.claim(by=values.ANONYMOUS, link=link, thing=there, name="Eve", product="Lamp", words="Dark")
    assert (made.product_name, made.serial, told("claim_asked")) == ("Lamp", "NO-1", ["Ada Lim", "Eve"])
    with pytest.raises(Expired):
        claim_links.claim(by=values.ANONYMOUS, link=link, thing=None, name="Eve", words="Dark")


def test_who_proved_nothing_learns_nothing_by_a_number_and_sends_no_words_of_his_own_to_others(world, stove):
    make.warranty(world.account, stove, serial="QR-5")
    link, there = claim_links.find(letter_to("eve@else.example", serial="QR-5")[0].token)
    claim_links.claim(by=values.ANONYMOUS, link=link, thing=there, name="Eve", product="It", words="Hot")
    said = {row.name: row.params["product"] for row in Outbox.select().where(Outbox.template == "claim_asked")}
    assert said == {"Eve": "It", "Rhea Cruz": stove.name}
    _, row = letter_to("bob@else.example", serial="You won! Go to http://evil.example/now")
    assert row.params["serial"] == "YOUWONGOTOHTTPEVILEXAMPL"


def test_asking_looks_nothing_up_and_only_so_often(world, stove, count_queries):
    make.warranty(world.account, stove, serial="QR-5")
    ask = lambda serial, email: claim_links.ask(by=values.ANONYMOUS, email=email, serial=serial)  # noqa: E731
    costs = {count_queries(lambda s=s, e=e: ask(s, e)) for s, e in (("QR-5", "a@b.example"), ("NO", "c@d.example"))}
    assert len(costs) == 1
    for _ in range(4):
        ask("QR-5", "a@b.example")
    with pytest.raises(TooMany):
        ask("QR-5", "a@b.example")
    assert problems(claim_links.ask, by=values.ANONYMOUS, email="x", serial="QR") == {"email": "email-malformed"}
    assert problems(claim_links.ask, by=values.ANONYMOUS, email="a@b.example") == {"serial": "serial-malformed"}


def test_nobody_has_us_fill_the_mailbox_of_somebody_who_never_asked_for_a_letter(world):
    begun = values.now()
    for turn in range(attempts.MOST["unasked"]):
        ask = {"by": values.ANONYMOUS, "email": "victim@else.example", "now": begun + turn * timedelta(minutes=16)}
        claim_links.ask(**ask, serial="QR-5")
    ask["now"] += timedelta(minutes=16)
    with pytest.raises(TooMany):
        claim_links.ask(**ask, serial="QR-5")
    with pytest.raises(TooMany):
        sign_up.ask(**ask, kind="household", name="Vic")
    sign_in.ask_link(**ask, kind="customer")  # nobody is kept from his own door
    claim_links.ask(**ask | {"now": begun + timedelta(days=1, minutes=1)}, serial="QR-5")


def test_a_letter_dies_with_the_hand_over(world, stove):
    thing = make.warranty(world.account, stove, serial="QR-5")
    link, _ = letter_to("carol@kitchen.example", serial="QR-5")
    with store.writing():
        Warranty.update(account=world.other_account).where(Warranty.id == thing.id).execute()
    with pytest.raises(Expired):
        claim_links.find(link.token)


def test_faults_of_warranties_and_claims_are_found(world, thing):
    asked(world, thing)
    assert [*warranties_whole.covered(), *warranties_whole.claimed()] == []
    with store.writing():
        Warranty.update(quantity=5, account=world.other_account).execute()
    found = [*warranties_whole.covered(), *warranties_whole.claimed()]
    assert found == [
        "order line 1: 5 under warranty, 2 delivered",
        "claim CL-000001 is about a thing of somebody else",
    ]


def test_a_waiting_registration_can_be_claimed_for_too(world, stove):
    made = registering.register(
        world.account, by=world.carol, product="STOVE", serial="R1", bought_on=TODAY, files=[make.sent()]
    )
    assert asked(world, made).state == "asked" and outbox.Outbox.select().exists()
