"""Two records become one, with everything that hangs on them, and can become two again."""

import threading

import pytest

from portal import store
from portal.activity import timeline
from portal.audit import Entry
from portal.customers import likeness, reaching, tags
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.customers.points import ContactPoint
from portal.deeds import Deed
from portal.errors import Invalid
from portal.externals import ExternalId
from portal.outbox import Outbox
from portal.sales.orders import Order
from portal.whole import invariants, merging, merging_back, merging_rows, undo
from portal.whole.merging_rows import MergedRow
from tests import make
from tests.own_fields import custom_field

# A new pointer to an account or contact is moved by itself; whoever adds one says here that this is meant.
ACCOUNT_POINTERS = [
    "account.parent",
    "account_point.account",
    "address.account",
    "address_move.account",
    "affiliation.account",
    "attachment.account",
    "bank_line.account",
    "case.account",
    "change_request.account",
    "claim.account",
    "contact.account",
    "conversation.account",
    "data_request.account",
    "interaction.account",
    "invoice.account",
    "lead.account",
    "membership.account",
    "order.account",
    "order_stop.account",
    "payment.account",
    "price_list.account",
    "refund.account",
    "reminder_hold.account",
    "reminder_letter.account",
    "return.account",
    "shopping_list.account",
    "suggestion.account",
    "suggestion_switch.account",
    "task.account",
    "warranty.account",
    "watcher.account",
    "wish.account",
]
CONTACT_POINTERS = [
    "affiliation.contact",
    "case.contact",
    "consent.contact",
    "contact_point.contact",
    "conversation.contact",
    "interaction_person.contact",
    "lead.contact",
    "liking.contact",
    "membership.contact",
    "no_contact.contact",
    "order.contact",
]


def problems(refusal):
    return {
        name: problem[0] if isinstance(problem, tuple) else problem
        for name, problem in refusal.value.problems.items()
    }


@pytest.fixture
def twins(database, world):
    """Carol's account, and another one of the same company that Rhea opened by mistake."""
    other = make.account(
        "Carols Kitchen Inc", owner=world.employees["rhea"], team=world.north, phone="+639175550999", note="pays late"
    )
    make.address(other)
    return world.account, other


def test_every_pointer_is_known(database):
    for model, known in ((Account, ACCOUNT_POINTERS), (Contact, CONTACT_POINTERS)):
        found = {f"{table._meta.table_name}.{field.name}" for table, field in merging_rows.pointers(model)}
        assert sorted(found) == sorted(known)


def test_what_hangs_on_an_account_moves_and_the_story_of_both_is_told(twins, world):
    account, other = twins
    order, person = make.order(other), make.contact(other, "Nonoy Villaflor")
    other.edit(by=world.rhea, website="kitchen.example")
    make.row(ExternalId, source="old", kind="account", value="77", record=other.id)
    merging.merge(account, other, by=world.mona, take=["phone"])
    kept = Account.get_by_id(account.id)
    assert kept.phone == "+639175550999" and kept.note == "pays late" and kept.name == account.name
    assert Order.get_by_id(order.id).account_id == account.id == Contact.get_by_id(person.id).account_id
    assert ExternalId.get().record == account.id, "an import finds the one that stays"
    assert other.id not in [row.id for row in Account.visible_to(world.ada)]
    assert Account.led_to(other.number, world.rhea) == kept
    told = [happening.event for happening in timeline.of_account(kept, world.rhea).happenings]
    assert "account.edited" in told and "account.merged" in told
    assert [likely.record.id for likely in likeness.like("account", {"name": "Carols Kitchen"}, world.rhea)] == [
        account.id
    ]
    assert list(invariants.broken(with_files=False)) == []


def test_the_number_that_loses_stays_as_a_further_one(world, database):
    one = make.contact(world.account, "Lina Reyes", phone="+639175550101", email="lina@kitchen.example")
    other = make.contact(world.account, "Lina B. Reyes", phone="+639175550102", job_title="Buyer")
    merging.merge(one, other, by=world.rhea)
    assert Contact.get_by_id(one.id).job_title == "Buyer"
    assert [point.value for point in ContactPoint.select()] == ["+639175550102"]


def test_tags_birthdays_and_whom_not_to_contact_follow_what_moved(world, database):
    lina, twin = (make.contact(world.account, "Lina Reyes") for _ in range(2))
    for person, tag in ((lina, "VIP"), (twin, "VIP"), (twin, "School")):
        tags.put(person, by=world.rhea, tag=tag)
    twin.edit(by=world.rhea, born_on="1990-05-04")
    reaching.bar(twin, by=world.rhea, channel="phone", reason="Asked us")
    merging.merge(Contact.get_by_id(lina.id), Contact.get_by_id(twin.id), by=world.mona)
    one = Contact.get_by_id(lina.id)
    assert (one.tags, one.birthday, one.may_be_reached("phone")) == (["School", "VIP"], 504, False)
    assert list(invariants.broken(with_files=False)) == []
    undo.take_back(Deed.get(Deed.event == "contact.merged"), by=world.mona)
    pair = [Contact.get_by_id(person.id) for person in (lina, twin)]
    assert [(c.tags, c.birthday, c.barred) for c in pair] == [(["VIP"], 0, ""), (["School", "VIP"], 504, "phone")]
    assert list(invariants.broken(with_files=False)) == []


def test_own_fields_come_along_where_they_are_empty_or_chosen_and_go_back(twins, world):
    account, other = twins
    custom_field(label="Gate code")
    custom_field(label="Oven", kind="choices", options=["Gas", "Wood"])
    custom_field(label="Depth", kind="decimal", places=1)
    custom_field(noun="contact", label="Second shop", kind="record", target="account")
    person = make.contact(world.account, "Nonoy Villaflor")
    account.edit(by=world.rhea, gate_code="1", depth="1.5")
    other.edit(by=world.rhea, gate_code="2", oven=["gas"], depth="2.5")
    person.edit(by=world.rhea, second_shop=other.id)
    account, other = Account.get_by_id(account.id), Account.get_by_id(other.id)
    offered = {side.name: (side.mine, side.theirs) for side in merging.sides(account, other, world.mona)}
    assert offered["gate_code"] == ("1", "2") and offered["oven"] == ([], ["gas"])
    merging.merge(account, other, by=world.mona, take=["depth", "oven"])
    kept = Account.get_by_id(account.id)
    assert (kept.gate_code, kept.oven, str(kept.depth)) == ("1", ["gas"], "2.5")
    assert Contact.get_by_id(person.id).second_shop == account.id
    undo.take_back(Deed.get(Deed.event == "account.merged"), by=world.mona)
    pair = [Account.get_by_id(record.id) for record in (account, other)]
    assert [(a.gate_code, a.oven, str(a.depth)) for a in pair] == [("1", [], "1.5"), ("2", ["gas"], "2.5")]
    assert Contact.get_by_id(person.id).second_shop == other.id


def test_what_was_written_to_the_old_one_while_it_was_merged_moves_too_and_goes_back(twins, world):
    account, other = twins
    merging.merge(account, other, by=world.mona)
    late = make.order(other)
    assert any("order" in fault for fault in merging.faults())
    merging.move_late()
    assert Order.get_by_id(late.id).account_id == account.id and list(merging.faults()) == []
    undo.take_back(Deed.get(Deed.event == "account.merged"), by=world.mona)
    assert Order.get_by_id(late.id).account_id == other.id
    merging.move_late()
    assert Order.get_by_id(late.id).account_id == other.id


def test_people_who_sign_in_see_more_only_when_somebody_says_so(twins, world):
    account, other = twins
    member = make.member(other, "Ben Reyes", "customer_admin", email="ben@reyes.example")
    with pytest.raises(Invalid) as refusal:
        merging.merge(account, other, by=world.mona)
    assert problems(refusal) == {"people": "merge-people-needed"}
    merging.merge(account, other, by=world.mona, people="end")
    assert Membership.get_by_id(member.id).ended_at
    assert not Outbox.select().where(Outbox.template == "accounts_joined").exists()


def test_people_of_both_are_told_when_they_see_both(twins, world):
    account, other = twins
    make.member(other, "Ben Reyes", "customer_admin", email="ben@reyes.example")
    merging.merge(account, other, by=world.mona, people="both")
    told = {row.name for row in Outbox.select().where(Outbox.template == "accounts_joined")}
    assert {"Carol Dizon", "Ben Reyes"} <= told


def test_other_money_and_other_sign_ins_are_refused(twins, world):
    account, _ = twins
    baht = make.account("Carol’s Kitchen", currency="THB")
    with pytest.raises(Invalid) as refusal:
        merging.merge(account, baht, by=world.ada)
    assert problems(refusal) == {"merge": "merge-currency"}
    with pytest.raises(Invalid) as refusal:
        merging.merge(make.contact(world.account, "Dave Ramos"), world.contacts["dave"], by=world.ada)
    assert problems(refusal) == {"merge": "merge-signs-in-elsewhere"}


def test_taken_back_each_has_its_own_again_but_what_moved_on_stays(twins, world):
    account, other = twins
    orders = [make.order(other), make.order(other)]
    own = make.order(account)
    address = Address.get(Address.account == other)
    merging.merge(account, other, by=world.mona, take=["phone", "name"])
    third = make.account("Third")
    with store.writing():
        Order.update(account=third).where(Order.id == orders[1].id).execute()
    deed = Deed.get(Deed.event == "account.merged")
    (record,) = undo.preview(deed, world.mona).records
    assert record.will and {line.field for line in record.lines} >= {"phone", "name"}
    undo.take_back(deed, by=world.mona)
    now = {row.id: row for row in Account.select()}
    assert now[account.id].phone == "+639175550188" and now[account.id].name == "Carol’s Kitchen"
    assert now[other.id].merged_into is None and now[account.id].absorbed == ""
    assert [Order.get_by_id(order.id).account_id for order in (*orders, own)] == [other.id, third.id, account.id]
    assert Address.get_by_id(address.id).account_id == other.id
    assert other.id in [row.id for row in Account.visible_to(world.rhea)]
    assert list(invariants.broken(with_files=False)) == []


def test_an_earlier_merge_waits_for_the_later_one(twins, world):
    account, other = twins
    third = make.account("Third", team=world.north)
    merging.merge(account, other, by=world.mona)
    merging.merge(third, Account.get_by_id(account.id), by=world.mona, people="both")
    assert Account.led_to(other.number, world.mona).id == third.id
    first = Deed.select().where(Deed.event == "account.merged").order_by(Deed.id).first()
    assert undo.preview(first, world.mona).records[0].why == ("merge-later-first", {})


def test_a_big_account_moves_in_few_statements(twins, world):
    account, other = twins
    many = [make.order(other) for _ in range(3)]
    before = store.queries()
    merging.merge(account, other, by=world.mona)
    cost = store.queries() - before
    assert MergedRow.select().where(MergedRow.table == "order").count() == len(many)
    assert cost < 220, "tables, not rows"


def test_of_two_who_merge_crosswise_one_is_first(postgres):
    world = make.world()
    other = make.account("Carols Kitchen", team=world.north)
    outcomes, start = [], threading.Barrier(2)

    def put(survivor, gone):
        with store.connection():
            start.wait()
            try:
                merging.merge(survivor, gone, by=world.mona, people="both")
                outcomes.append("done")
            except Invalid as refusal:
                outcomes.append(refusal.problems["merge"][0])

    threads = [threading.Thread(target=put, args=pair) for pair in ((world.account, other), (other, world.account))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "merge-gone"]
    assert Account.select().where(Account.merged_into.is_null(False)).count() == 1
    assert Entry.select().where(Entry.event == "account.merged").count() == 1
    assert merging_back.EVENTS
