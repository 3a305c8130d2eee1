"""Warranties: covered from the delivery on, numbered, registered, handed over, and never two owners of one thing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from portal import audit, store, values
from portal.activity import attachments
from portal.activity.attachments import Attachment
from portal.errors import Expired, Invalid, NotFound, TooMany
from portal.outbox import Outbox
from portal.people import links
from portal.people.links import Link
from portal.sales import shipments
from portal.sales.orders import Order
from portal.service import (
    claiming,
    covering,
    handing_over,
    numbering,
    registering,
    return_asking,
    return_deciding,
    warranties,
    warranty_terms,
)
from portal.service.warranties import Warranty
from portal.service.warranty_terms import WarrantyTerms
from tests import make
from tests.letters import told
from tests.refusals import problems

pytestmark = pytest.mark.usefixtures("folder")

TODAY = values.shop_day()


@pytest.fixture
def stove(database):
    return make.product("STOVE", name="Gas stove", stock=20, warranty_months=12)


@pytest.fixture
def shipped(world, stove):
    """A shipment of 3 stoves and some rice that is on its way to Carol."""
    order = make.order(world.account, (stove, 3), (make.product("RICE", stock=9), 2), state="confirmed")
    return shipments.ship(order, by=world.rhea)


def own(account, stove, **fields):
    return make.warranty(account, stove, **fields)


def test_a_delivery_covers_what_is_sold_with_a_warranty_from_that_day(world, stove, shipped):
    assert not Warranty.select().exists()
    shipped.deliver(by=world.rhea)
    (thing,) = Warranty.visible_to(world.carol)
    assert (thing.quantity, thing.months, thing.bought_on) == (3, 12, TODAY)
    assert thing.covered_until == warranty_terms.last_day(TODAY, 12) and thing.order.account_id == world.account.id
    assert Warranty.visible_to(world.cora).exists() and Warranty.visible_to(world.rhea).exists()
    assert not Warranty.visible_to(world.dave).exists() and not Warranty.visible_to(world.owen).exists()


def test_all_shipments_of_an_order_are_covered_when_it_is_delivered_at_once(world, stove):
    order = make.order(world.account, (stove, 3), state="confirmed")
    shipments.ship(order, {order.lines[0].id: 1}, by=world.rhea)
    shipments.ship(order, {order.lines[0].id: 2}, by=world.rhea)
    shipments.deliver_all(order, by=world.rhea)
    assert sorted(thing.quantity for thing in Warranty.select()) == [1, 2]


def test_what_was_delivered_before_or_came_by_an_import_is_covered_once(world, stove):
    make.order(world.account, (stove, 2), state="delivered")
    old = make.order(world.account, (stove, 1), state="delivered")
    with store.writing():
        Order.update(placed_at=values.now() - timedelta(days=800)).where(Order.id == old.id).execute()
    assert covering.catch_up() == 1 and covering.catch_up() == 0
    assert [thing.quantity for thing in Warranty.select()] == [2]


def test_the_terms_that_are_nearest_to_a_product_hold(world, stove):
    shelf = make.row(type(stove).category.rel_model, name="Kitchen")
    pan = make.product("PAN", category=shelf)
    warranty_terms.write(by=world.mona, category=shelf, months="6", words_en="Handles and lids", words_th="ด้ามและฝา")
    warranty_terms.write(by=world.mona, months="3", words_en="Everything we sell", takes_elsewhere=True)
    book = warranty_terms.book([stove, pan, make.product("TEA")])
    assert (book.of(stove).months, book.of(pan).months) == (12, 6)
    assert book.of(pan).said("th") == "ด้ามและฝา" and book.of(pan).said("fil") == "Handles and lids"
    assert book.of(stove).said("en") == "Everything we sell"
    assert book.of(stove).takes_elsewhere and not book.of(pan).takes_elsewhere
    assert problems(warranty_terms.write, by=world.mona, category=shelf) == {"reach": "terms-known"}
    assert problems(warranty_terms.write, by=world.rhea, months=3) == {"months": "field-not-yours"}
    terms = WarrantyTerms.get(WarrantyTerms.reach == "all")
    assert problems(terms.edit, by=world.mona, version=1, months="1201") == {"months": "number-not-between"}


def test_the_last_day_is_the_same_day_or_the_last_of_a_shorter_month():
    assert warranty_terms.last_day(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert warranty_terms.last_day(date(2026, 11, 22), 24) == date(2028, 11, 22)


def test_serial_numbers_are_written_down_before_the_goods_are_delivered(world, stove, shipped):
    ((part, known),) = numbering.parts(shipped)
    assert known == []
    numbering.number(shipped, by=world.rhea, serials={part.id: "SN-1\n sn 2 \n"})
    assert not Warranty.visible_to(world.carol).exists()
    numbering.number(shipped, by=world.rhea, serials={part.id: "SN-1\nSN-3"})
    assert numbering.parts(shipped)[0][1] == ["SN-1", "SN-3"]
    wrong = {"1\n2\n3\n4": "serials-too-many", "A1\na-1": "serial-twice", "---": "serial-malformed"}
    for typed, message in wrong.items():
        assert problems(numbering.number, shipped, by=world.rhea, serials={part.id: typed}) == {
            f"serials_{part.id}": message
        }
    shipments.deliver_all(Order.get(), by=world.rhea)
    found = sorted((thing.serial, thing.quantity, thing.state) for thing in Warranty.visible_to(world.carol))
    assert found == [("", 1, "covered"), ("SN-1", 1, "covered"), ("SN-3", 1, "covered")]
    assert problems(numbering.number, shipped, by=world.rhea, serials={}) == {"state": "shipment-not-in-state"}


def test_a_shipment_that_never_left_gives_its_serial_numbers_back(world, stove, shipped):
    ((part, _),) = numbering.parts(shipped)
    numbering.number(shipped, by=world.rhea, serials={part.id: "SN-1"})
    shipped.undo(by=world.rhea, reason="The van broke down")
    again = shipments.ship(Order.visible_to(world.rhea).get(), by=world.rhea)
    ((part, known),) = numbering.parts(again)
    numbering.number(again, by=world.rhea, serials={part.id: "SN-1"})
    assert known == [] and Warranty.get().shipment_id == again.id


def test_one_of_several_alike_pieces_stands_alone_once_it_has_a_number(world, stove):
    three = own(world.account, stove, quantity=3)
    piece = three.give_serial(by=world.carol, serial="sn 77")
    assert piece.id != three.id and Warranty.get_by_id(three.id).quantity == 2
    assert (piece.serial, piece.serial_key, piece.covered_until) == ("sn 77", "SN77", three.covered_until)
    assert problems(Warranty.get_by_id(three.id).give_serial, by=world.carol, serial="SN-77") == {
        "serial": "serial-taken"
    }
    assert Warranty.get_by_id(three.id).quantity == 2
    assert problems(piece.give_serial, by=world.carol, serial="X") == {"serial": "serial-written"}
    assert piece.give_serial(by=world.rhea, serial="sn 78").serial_key == "SN78"


def test_what_comes_back_is_owned_no_longer(world, stove):
    order = make.order(world.account, (stove, 3), state="delivered")
    covering.catch_up()
    back = return_asking.ask(order, by=world.carol, goods={order.lines[0].id: 2}, reason="too_many")
    return_deciding.approve(back, by=world.rhea)
    return_deciding.receive(back, by=world.rhea, restock={order.lines[0].id: 2})
    assert Warranty.get().quantity == 1


def registered(world, stove, **given):
    start = {"product": "stove", "serial": "AB-1", "bought_on": TODAY - timedelta(days=40), "files": [make.sent()]}
    return registering.register(world.account, by=world.carol, **start | given)


def test_a_thing_is_registered_with_a_proof_and_confirmed_by_staff(world, stove):
    made = registered(world, stove)
    assert (made.state, made.is_registered, made.is_elsewhere) == ("waiting", True, False)
    assert told("warranty_registered") == ["Carol Dizon", "Rhea Cruz"] and Attachment.get().subject == str(made.ref)
    registering.confirm(made, by=world.rhea, bought_on=TODAY - timedelta(days=10), months="6")
    assert made.covered_until == warranty_terms.last_day(TODAY - timedelta(days=10), 6)
    assert problems(registering.decline, made, by=world.mona, reply="No") == {"state": "warranty-moved-on"}
    assert told("warranty_confirmed") == ["Carol Dizon"]


def test_a_declined_registration_says_why_and_frees_the_number(world, stove):
    made = registered(world, stove)
    assert problems(registering.decline, made, by=world.rhea, reply=" ") == {"reply": "reason-needed"}
    registering.decline(made, by=world.rhea, reply="The receipt shows another model")
    assert registered(world, stove).state == "waiting"


def test_every_fault_of_a_registration_is_said_at_once(world, stove):
    tomorrow = TODAY + timedelta(days=1)
    found = problems(registered, world, stove, serial="-", bought_on=tomorrow, files=[])
    assert found == {"serial": "serial-malformed", "bought_on": "date-not-past", "files": "warranty-proof-needed"}
    make.product("RICE")
    assert problems(registered, world, stove, product="Spaceship") == {"product": "thing-unknown"}
    assert problems(registered, world, stove, product="rice") == {"product": "warranty-none"}
    assert problems(registered, world, stove, is_elsewhere=True) == {"product": "warranty-not-elsewhere"}
    warranty_terms.write(by=world.mona, product=stove, takes_elsewhere=True)
    assert registered(world, stove, is_elsewhere=True).is_elsewhere


def test_a_number_that_somebody_else_registered_is_refused_without_a_name(world, stove):
    own(world.other_account, stove, serial="AB 1")
    assert problems(registered, world, stove) == {"serial": "serial-taken"}
    own(world.account, stove, serial="AB2")
    assert problems(registered, world, stove, serial="ab-2") == {"serial": "serial-yours"}


def test_nobody_tries_one_number_after_the_other(world, stove):
    for n in range(20):
        problems(registered, world, stove, serial=f"N{n}", files=[])
    with pytest.raises(TooMany):
        registered(world, stove)


def test_of_two_who_register_the_same_number_at_once_one_has_it(postgres, world, stove):
    gate = threading.Barrier(2)

    def take(who, account):
        with store.connection():
            gate.wait()
            try:
                item = type(stove).get_by_id(stove.id)
                registering.register(account, by=who, product="STOVE", serial="X1", bought_on=TODAY, files=[sent])
                return item.code
            except Invalid as refused:
                return next(iter(refused.problems.values()))[0]

    sent = make.sent()
    with ThreadPoolExecutor(2) as pool:
        ways = ((world.carol, world.account), (world.dave, world.other_account))
        found = sorted(pool.map(lambda way: take(*way), ways))
    assert found == ["STOVE", "serial-taken"]


def offered(world, thing, **given):
    thing = handing_over.offer(thing, by=world.carol, email="dave@ramos.example", **given)
    return thing, links.open_for("hand_over", thing.ref)


def test_a_new_owner_takes_a_thing_over_and_the_old_one_sees_it_no_more(world, stove):
    make.attachment(thing := own(world.account, stove, serial="H1"), world.carol)
    thing, link = offered(world, thing)
    found, there = handing_over.find(link.token)
    handing_over.accept(by=world.dave, link=found, thing=there)
    assert not Warranty.visible_to(world.carol).exists() and Warranty.visible_to(world.dave).get().serial == "H1"
    assert told("warranty_handed_over") == ["Carol Dizon", "Rhea Cruz"]
    assert told("warranty_taken_over") == ["Dave Ramos", "Owen Tan"]
    mine = Warranty.visible_to(world.dave).get()
    assert attachments.of(mine, world.dave) == [] and len(attachments.of(mine, world.ada)) == 1
    assert {entry.event for entry in audit.story(mine)} >= {"warranty.offered", "warranty.handed_over"}
    with pytest.raises(Expired):
        handing_over.find(link.token)


def test_an_offer_is_for_somebody_else_and_can_be_taken_back(world, stove):
    two = own(world.account, stove, quantity=2)
    piece, link = offered(world, two, quantity="1")
    assert piece.id != two.id and Warranty.get_by_id(two.id).quantity == 1
    found = handing_over.find(link.token)
    assert problems(handing_over.accept, by=world.carol, link=found[0], thing=found[1]) == {
        "account": "warranty-yours"
    }
    with pytest.raises(NotFound):
        handing_over.accept(by=values.ANONYMOUS, link=found[0], thing=found[1])
    handing_over.keep(piece, by=world.carol)
    with pytest.raises(Expired):
        handing_over.find(link.token)
    assert problems(handing_over.offer, two, by=world.carol, email="nobody") == {"email": "email-malformed"}
    claiming.claim(Warranty.visible_to(world.carol).where(Warranty.id == two.id).get(), by=world.carol, words="Torn")
    assert problems(offered, world, Warranty.get_by_id(two.id)) == {"state": "claim-open"}


def test_of_two_who_accept_at_once_one_has_it(postgres, world, stove):
    _, link = offered(world, own(world.account, stove))
    erin = make.customer_actor(make.member(make.account("Erin"), "Erin Uy", "customer_admin"))
    gate = threading.Barrier(2)

    def take(who):
        with store.connection():
            found = Link.get_by_id(link.id), Warranty.visible_to(values.system("tests")).get()
            gate.wait()
            try:
                handing_over.accept(by=who, link=found[0], thing=found[1])
                return "has it"
            except (Expired, Invalid):
                return "too late"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, (world.dave, erin))) == ["has it", "too late"]


def test_owners_are_told_once_thirty_days_before_the_end(world, stove):
    for left in (29, 5, 31, -1):
        own(world.account, stove, covered_until=TODAY + timedelta(days=left))
    assert covering.remind() == 1 and covering.remind() == 0
    assert told("warranty_ending") == ["Carol Dizon"]
    row = Outbox.get((Outbox.template == "warranty_ending") & (Outbox.channel == "mail"))
    assert len(row.params["things"]) == 2


def test_a_serial_number_finds_its_thing(world, stove):
    thing = own(world.account, stove, serial="ZX-900")
    make.found_by(thing)
    assert [entry.record for entry in Warranty.search_entries(0, 10)] == [thing.id]
    assert warranties.serial_key(" zx_900 ") == "ZX900"
