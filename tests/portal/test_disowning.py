"""“This was not me” takes a customer's sign-in back from whoever changed it, and shuts what was opened with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import store, values
from portal.activity import preferences
from portal.customers import invitations, memberships, moves
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.customers.moves import AddressMove
from portal.errors import Expired, Invalid, NotFound, TooMany
from portal.outbox import Outbox
from portal.people import attempts, links, passwords, revert_links, security, sessions
from portal.people.links import Link
from portal.people.logins import Login
from portal.sales import cancelling, order_stops, placing
from portal.sales.order_stops import OrderStop
from portal.sales.orders import Order
from portal.sales.quotes import Wanted
from portal.values import ANONYMOUS
from portal.whole import disowning
from tests import make, stolen
from tests.stolen import PASSWORD, carol_of, order_of, sent_link, take_over


@pytest.fixture
def shop(world):
    return stolen.prepare(world)


def disown(link):
    return disowning.disown(Link.get_by_id(link.id), by=ANONYMOUS)


def test_the_owner_gets_all_back_after_the_thief_changed_address_and_password(shop):
    owners = take_over(shop)
    shop.account.edit(by=shop.carol, phone="0999 666 0000")
    stolen = sessions.open(carol_of(shop))
    disown(owners)
    login = carol_of(shop)
    assert (login.email, login.email_key) == ("carol@kitchen.example",) * 2
    assert login.password_hash is None
    assert sessions.find(stolen.token, "customer") is None
    assert Account.get_by_id(shop.account.id).phone == "+639175550188"
    assert Contact.get_by_id(shop.contacts["carol"].id).email == "carol@kitchen.example"


def test_the_letter_to_set_a_new_password_goes_to_the_restored_address_and_to_no_other(shop):
    disown(take_over(shop))
    letters = {row.address for row in Outbox.select().where(Outbox.template == "disowned")}
    assert letters == {"carol@kitchen.example"}
    told = {row.template: row.address for row in Outbox.select().where(Outbox.address == "thief@evil.example")}
    assert told["disowned_elsewhere"] == "thief@evil.example"


def test_only_the_letter_of_before_holds_the_link_and_the_new_address_gets_none(shop):
    take_over(shop)
    told = Outbox.select().where((Outbox.template == "login_changed") & (Outbox.channel == "mail"))
    changed = [row for row in told if row.params["changes"]]
    to_thief = [r for r in changed if r.address == "thief@evil.example"]
    assert to_thief
    assert [r.params["not_me"] for r in to_thief] == [None] * len(to_thief)
    assert {r.address for r in changed if r.params["not_me"]} == {"carol@kitchen.example"}


def test_after_the_owner_the_thiefs_own_links_are_dead(shop):
    owners = take_over(shop)
    thiefs = sent_link("thief@evil.example")  # of the password that he set himself
    disown(owners)
    with pytest.raises(Expired):
        disown(thiefs)
    assert carol_of(shop).email == "carol@kitchen.example"


def test_the_thiefs_link_does_not_outlast_the_owners_earlier_one(shop):
    owners = take_over(shop)
    disown(sent_link("thief@evil.example"))  # he throws "the other one" out first
    assert carol_of(shop).email == "thief@evil.example"
    disown(owners)
    assert carol_of(shop).email == "carol@kitchen.example"


def test_a_link_works_once_for_72_hours_and_for_its_purpose_alone(shop):
    owners = take_over(shop)
    with pytest.raises(NotFound):
        links.find(owners.token, "recover", kind="customer")
    with pytest.raises(Expired):
        revert_links.find(owners.token, now=values.now() + timedelta(hours=72, seconds=1))
    disown(owners)
    with pytest.raises(Expired):
        disown(owners)


def test_what_a_colleague_or_staff_changed_cannot_be_disowned(shop):
    shop.account.edit(by=shop.rhea, phone="0999 666 0000")
    Membership.get(Membership.login == shop.logins["cora"]).change_rights(by=shop.carol, role="buyer")
    assert [row.params["not_me"] for row in Outbox.select() if row.params.get("not_me")] == []


def test_what_staff_have_put_right_since_stays(shop):
    owners = take_over(shop)
    account = Account.get_by_id(shop.account.id)
    account.edit(by=shop.carol, phone="0999 666 0000")
    account.edit(by=shop.rhea, phone="0917 555 0123")
    disown(owners)
    assert Account.get_by_id(shop.account.id).phone == "+639175550123"


def test_addresses_added_since_are_put_away_changed_ones_as_before_and_the_usual_one_is_usual_again(shop):
    owners = take_over(shop)
    kitchen = Address.get(Address.label == "Kitchen")
    before = kitchen.line1
    Address.add(shop.account, by=shop.carol, line1="1 Den", district="Sto. Niño", city="Marikina", make_default=True)
    Address.get_by_id(kitchen.id).edit(by=shop.carol, line1="2 Den")
    disown(owners)
    assert [a.line1 for a in Address.active(shop.account)] == [before]
    assert Address.default(shop.account, "shipping") == kitchen


def test_an_address_that_gave_way_in_the_owners_name_is_the_usual_one_again(shop):
    owners = take_over(shop)
    kitchen = Address.get(Address.label == "Kitchen")
    kitchen.account = Account.get_by_id(shop.account.id)
    den = {"line1": "1 Den", "district": "Sto. Niño", "city": "Marikina", "country": "PH"}
    den |= {"region": "Metro Manila", "postal_code": "1800"}
    AddressMove.plan(kitchen, by=shop.carol, from_on=values.shop_day(), new_address=den)
    assert moves.run() == 1
    assert Address.default(shop.account, "shipping").line1 == "1 Den"
    disown(owners)
    assert Address.default(shop.account, "shipping") == kitchen
    assert len(list(Address.active(shop.account))) == 1


def test_whom_the_thief_let_in_is_out_and_open_invitations_are_dead(shop):
    owners = take_over(shop)
    invitations.invite_colleague(shop.account, by=shop.carol, name="Max", email="max@evil.example", role="buyer")
    link = Link.get(Link.email == "max@evil.example")
    contact = Contact.get(Contact.name == "Max")
    opened = invitations.accept(by=ANONYMOUS, link=link, contact=contact, password=PASSWORD)
    invitations.invite_colleague(shop.account, by=shop.carol, name="Ida", email="ida@evil.example", role="buyer")
    disown(owners)
    assert sessions.find(opened.token, "customer") is None
    assert list(memberships.open_of(opened.login)) == []
    assert not Link.get(Link.email == "ida@evil.example").is_live(values.now())
    assert not Contact.get(Contact.name == "Max").is_active


def test_an_accomplice_cannot_throw_the_owner_out_for_good(shop):
    owners = take_over(shop)
    invite = invitations.invite_colleague
    invite(shop.account, by=shop.carol, name="Max", email="max@evil.example", role="customer_admin")
    link, contact = Link.get(Link.email == "max@evil.example"), Contact.get(Contact.name == "Max")
    opened = invitations.accept(by=ANONYMOUS, link=link, contact=contact, password=PASSWORD)
    max_ = memberships.actor_for(opened.login)
    Membership.get(Membership.login == shop.logins["carol"]).end(by=max_)
    invite(shop.account, by=max_, name="Moe", email="moe@evil.example", role="buyer")
    link, contact = Link.get(Link.email == "moe@evil.example"), Contact.get(Contact.name == "Moe")
    moe = memberships.actor_for(invitations.accept(by=ANONYMOUS, link=link, contact=contact, password=PASSWORD).login)
    item = make.product(stock=9)
    order = placing.place(
        by=moe, account=Account.get_by_id(shop.account.id), lines=[Wanted(item.code, 1)],
        shown_total_minor=10_000, shown_currency="PHP",
    )  # fmt: skip
    disown(owners)
    inside = {place.login.name for place in Membership.working_in(shop.rhea)}
    assert inside == {"Carol Dizon", "Cora Dizon"}
    assert Order.get_by_id(order.id).held_at


def test_who_was_removed_in_the_owners_name_is_back(shop):
    owners = take_over(shop)
    place = Membership.get(Membership.login == shop.logins["cora"])
    place.end(by=shop.carol)
    disown(owners)
    assert Membership.get_by_id(place.id).ended_at is None


def test_orders_placed_since_wait_for_staff_and_nothing_more_is_ordered(shop):
    owners = take_over(shop)
    order = order_of(shop)
    disown(owners)
    order = Order.get_by_id(order.id)
    assert order.held_at
    with pytest.raises(Invalid) as refusal:
        order.confirm(by=shop.rhea)
    assert refusal.value.problems["state"][0] == "order-held"
    with pytest.raises(Invalid) as refusal:
        order_of(shop)
    assert refusal.value.problems["account"][0] == "ordering-stopped"
    told = Outbox.get(Outbox.template == "disowned_staff")
    assert (told.recipient, told.params["orders"]) == (str(shop.rhea.ref), [order.number])


def test_staff_let_an_order_go_on_or_cancel_it(shop):
    owners = take_over(shop)
    first, second = order_of(shop), order_of(shop)
    disown(owners)
    order_stops.release(Order.get_by_id(first.id), by=shop.rhea, reason="She called")
    assert Order.get_by_id(first.id).confirm(by=shop.rhea).state == "confirmed"
    assert cancelling.cancel(Order.get_by_id(second.id), by=shop.rhea, reason="Not hers").state == "cancelled"


def test_an_invoice_of_before_and_its_amount_let_ordering_go_on(shop):
    disown(take_over(shop))
    stop = OrderStop.get()
    with pytest.raises(Invalid):
        stop.prove(by=shop.cora, number=shop.invoice.number, amount="100.00")
    stop.prove(by=shop.carol, number=f" {shop.invoice.number.lower()} ", amount="100")
    assert order_of(shop).state == "placed"


def test_a_wrong_number_and_a_wrong_amount_read_alike_and_guessing_ends(shop):
    owners = take_over(shop)
    late = make.invoice(shop.account)  # of the thief's own order
    disown(owners)
    stop = OrderStop.get()
    said = []
    for number, amount in ((shop.invoice.number, "99.00"), ("INV-2026-999999", "100.00"), (late.number, "100.00")):
        with pytest.raises(Invalid) as refusal:
            stop.prove(by=shop.carol, number=number, amount=amount)
        said.append(refusal.value.problems)
    assert said == [{"number": ("proof-wrong", {})}] * 3
    with pytest.raises((TooMany, Invalid)) as refusal:
        for _ in range(20):
            OrderStop.get().prove(by=shop.carol, number="INV-1", amount="1")
    assert isinstance(refusal.value, Invalid)
    with pytest.raises(TooMany):
        for _ in range(attempts.MOST["proof"] + 1):
            try:
                OrderStop.get().prove(by=shop.carol, number="INV-1", amount="1")
            except Invalid:
                continue
    later = values.now() + attempts.WINDOW + timedelta(seconds=1)
    with store.writing():
        OrderStop.update(tries=order_stops.MOST_TRIES).execute()
    with pytest.raises(Invalid) as refusal:
        OrderStop.get().prove(by=shop.carol, number=shop.invoice.number, amount="100.00", now=later)
    assert "proof-over" in str(refusal.value)


def test_staff_lift_the_stop_with_a_reason(shop):
    disown(take_over(shop))
    with pytest.raises(Invalid):
        OrderStop.get().lift(by=shop.rhea, reason=" ")
    OrderStop.get().lift(by=shop.rhea, reason="She came by with her ID")
    assert order_of(shop)
    with pytest.raises(Invalid):
        OrderStop.get().lift(by=shop.rhea, reason="Again")


def test_when_somebody_else_signs_in_with_the_old_address_the_sign_in_is_closed_rather_than_left_to_the_thief(shop):
    owners = take_over(shop)
    make.login("Carol Dizon", email="carol@kitchen.example")
    disown(owners)
    login = carol_of(shop)
    assert (login.is_active, login.password_hash) == (False, None)
    assert Outbox.get(Outbox.template == "disowned_staff").params["is_locked"]


def test_a_viewer_gets_his_sign_in_back_and_stops_nobodys_ordering(shop):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).where(Login.id == shop.logins["cora"].id).execute()
    login = Login.get_by_id(shop.logins["cora"].id)
    session = sessions.open(login).session
    security.change_password(
        by=shop.cora, login=login, session=session, password=PASSWORD, new_password="a thief was here 99"
    )
    disown(sent_link(login.email))
    assert OrderStop.select().count() == 0


def test_the_page_shows_what_was_before_and_never_what_was_written_since(shop):
    owners = take_over(shop)
    shop.account.edit(by=shop.carol, phone="0999 666 0000")
    deeds = disowning.deeds(Link.get_by_id(owners.id))
    assert [deed.entry.event for deed in deeds][-2:] == ["login.password_changed", "account.edited"]
    shown = str([deed.was for deed in deeds])
    assert "carol@kitchen.example" in shown
    assert "evil" not in shown
    assert "666" not in shown


def test_a_letter_without_its_dead_link_still_tells_of_the_change(shop):
    assert links.LIFE["revert"] == timedelta(hours=72)
    shop.account.edit(by=shop.carol, phone="0999 666 0000")
    row = Outbox.get(Outbox.template == "own_change", Outbox.channel == "mail")
    assert row.params["not_me"] == {"link": sent_link("carol@kitchen.example").id, "spare": True}


def race(*jobs):
    """What came of some jobs that begin at the same time, each on its own connection."""

    def run(job):
        with store.connection():
            try:
                return job()
            except Exception as fault:
                return fault

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


@pytest.fixture
def raced(postgres):
    return stolen.prepare(make.world())


def test_of_parallel_uses_of_one_link_one_acts(raced):
    owners = take_over(raced)
    found = race(*[lambda: disown(owners)] * 4)
    assert sorted(type(each).__name__ for each in found) == ["Expired"] * 3 + ["Login"]


def test_owner_and_thief_at_the_same_time_end_with_the_owner(raced):
    owners = take_over(raced)
    thiefs = sent_link("thief@evil.example")
    race(lambda: disown(thiefs), lambda: disown(owners))
    assert carol_of(raced).email == "carol@kitchen.example"


def test_an_order_placed_at_that_moment_is_refused_or_held(raced):
    owners = take_over(raced)
    found = race(*[lambda: order_of(raced)] * 3, lambda: disown(owners), *[lambda: order_of(raced)] * 2)
    assert isinstance(found[3], Login), found
    assert [order for order in Order.select() if order.state == "placed" and not order.held_at] == []


def test_who_silenced_the_letters_first_has_told_how_to_take_back_what_he_did_then(shop):
    login = carol_of(shop)
    preferences.choose(by=shop.carol, login=login, off={("people", "mail")})
    shop.account.edit(by=shop.carol, phone="0999 666 0000")
    row = Outbox.select().where(Outbox.template == "login_changed").get()
    disowning.disown(Link.get_by_id(row.params["not_me"]["link"]), by=ANONYMOUS)
    assert Account.get_by_id(shop.account.id).phone == "+639175550188"
    assert preferences.off_of(preferences.plan_of(login.ref)) == set()
