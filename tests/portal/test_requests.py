"""Change requests: what customers may not change alone is asked for, decided once, and never over a newer value."""

from datetime import timedelta

import pytest

from portal import audit, search, store, values
from portal.activity.attachments import Attachment
from portal.customers import field_rules
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.errors import Stale
from portal.outbox import Outbox
from portal.service import request_asking, request_deciding, requests
from portal.service.requests import ChangeRequest, RequestedField
from portal.whole import requests_whole
from tests import make
from tests.letters import told
from tests.races import race
from tests.refusals import problems

pytestmark = pytest.mark.usefixtures("folder")


def ask(world, **typed):
    """What Carol asks of her account, read anew as a page would."""
    given = {"files": [make.sent()]} | typed
    return request_asking.alter(Account.get_by_id(world.account.id), by=world.carol, **given).request


def saw(request):
    return requests.seen(request.record(), request.items)


def approve(request, by, **given):
    mine = ChangeRequest.visible_to(by).where(ChangeRequest.id == request.id).get()
    return request_deciding.approve(mine, by=by, **{"saw": saw(mine)} | given)


def fresh(world):
    return Account.get_by_id(world.account.id)


def test_what_is_ruled_changes_at_once_and_the_rest_becomes_one_request(world):
    done, made = request_asking.alter(
        world.account, by=world.carol, version=1, phone="0917 555 0100", legal_name="Dizon Foods Inc.",
        tax_number="123-456", reason="We incorporated", files=[make.sent()],
    )  # fmt: skip
    account = fresh(world)
    assert (done, account.phone, account.legal_name, account.tax_number) == (["phone"], "+639175550100", "", "")
    assert [(i.field, i.old, i.new) for i in made.items] == [
        ("legal_name", "", "Dizon Foods Inc."), ("tax_number", "", "123-456"),
    ]  # fmt: skip
    assert (made.state, made.asked_by, Attachment.get().subject) == ("asked", "Carol Dizon", str(made.ref))
    assert told("request_asked") == ["Carol Dizon", "Rhea Cruz"] and told("own_change") == ["Carol Dizon"]
    assert [e.event for e in audit.Entry.select().order_by(audit.Entry.id)][0] == "account.edited"


def test_what_needs_a_paper_waits_for_it_and_the_customer_brings_it(world):
    made = ask(world, tax_number="123", files=[])
    assert made.state == "proof"
    request_asking.prove(made, by=world.carol, files=[make.sent()])
    assert (made.state, told("request_proven")) == ("asked", ["Rhea Cruz"])
    assert problems(request_deciding.ask_proof, made, by=world.rhea, reply=" ") == {"reply": "reason-needed"}
    request_deciding.ask_proof(made, by=world.rhea, reply="The 2026 certificate, please")
    assert (made.state, told("request_proof")) == ("proof", ["Carol Dizon"])
    assert problems(request_asking.prove, made, by=world.carol, files=[]) == {"files": "file-needed"}


def test_staff_approve_field_by_field_and_one_letter_says_both(world):
    made = ask(world, legal_name="Dizon Inc.", billing_email="books@kitchen.example")
    assert problems(approve, made, world.rhea, fields=["legal_name"]) == {"reply": "reason-needed"}
    assert problems(approve, made, world.rhea, fields=[]) == {"fields": "request-nothing-chosen"}
    made = approve(made, world.rhea, fields=["legal_name"], reply="Who reads that address?")
    assert (fresh(world).legal_name, fresh(world).billing_email) == ("Dizon Inc.", "")
    assert [item.state for item in made.items] == ["done", "declined"]
    assert (told("request_decided"), told("account_changed")) == (["Carol Dizon"], [])
    assert problems(approve, made, world.mona) == {"state": "request-moved-on"}


def test_nobody_approves_what_he_could_not_change_himself(world):
    made = ask(world, terms_days="60")
    assert problems(approve, made, world.rhea) == {"state": "request-not-yours"}
    assert approve(made, world.mona).state == "done"
    assert fresh(world).terms_days == 60


@pytest.mark.parametrize("typed, refused", [
    ({"terms_days": "400"}, {"terms_days": "number-not-between"}),
    ({"terms_days": ""}, {"terms_days": "field-needed"}),
    ({"billing_email": "books"}, {"billing_email": "email-malformed"}),
    ({"note": "x"}, {"note": "field-not-yours"}),
    ({"owner": "1"}, {"owner": "field-not-yours"}),
    ({"legal_name": "X", "valid_from": "soon"}, {"valid_from": "date-malformed"}),
    ({"legal_name": "X", "valid_from": "2199-01-01"}, {"valid_from": "date-too-far"}),
    ({"legal_name": "X", "reason": "x" * 1001}, {"reason": "text-too-long"}),
])  # fmt: skip
def test_a_bad_value_is_refused_at_its_field_and_nothing_is_asked(world, typed, refused):
    assert problems(ask, world, **typed) == refused
    assert (ChangeRequest.select().count(), audit.Entry.select().count()) == (0, 0)


def test_a_form_of_an_older_version_asks_for_nothing(world):
    world.account.edit(by=world.rhea, phone="0917 555 0111")
    with pytest.raises(Stale):
        ask(world, legal_name="X", version=1)
    assert ChangeRequest.select().count() == 0


def test_asking_again_takes_the_place_of_what_is_not_answered(world):
    first = ask(world, legal_name="Dizon", tax_number="1")
    second = ask(world, legal_name="Dizon Inc.")
    assert [(i.field, i.state) for i in first.items] == [("legal_name", "withdrawn"), ("tax_number", "asked")]
    ask(world, legal_name="Dizon Foods", tax_number="2")
    states = [ChangeRequest.get_by_id(request.id).state for request in (first, second)]
    assert states == ["withdrawn", "withdrawn"]
    assert {key[1]: item.new for key, item in requests.waiting_on(world.account).items()} == {
        "legal_name": "Dizon Foods", "tax_number": "2",
    }  # fmt: skip


def test_a_value_that_changed_meanwhile_is_shown_before_it_is_decided(world):
    made = ask(world, legal_name="Dizon Inc.")
    before = saw(made)
    fresh(world).edit(by=world.mona, legal_name="Dizon & Daughters")
    assert [item.is_stale(made.record()) for item in made.items] == [True]
    assert problems(approve, made, world.rhea, saw=before) == {"state": "request-values-moved"}
    assert fresh(world).legal_name == "Dizon & Daughters"
    approve(made, world.rhea)
    assert fresh(world).legal_name == "Dizon Inc."
    assert RequestedField.get().old == "Dizon & Daughters", "what was decided on is kept"


def test_a_new_address_is_approved_for_an_account_whose_people_have_all_left(world):
    field_rules.arrange(by=world.ada, modes={("account", "email"): "review"})
    made = ask(world, email="new@kitchen.example")
    for member in Membership.select().where(Membership.account == world.account):
        member.end(by=world.rhea)
    with store.writing():
        Account.update(email="").where(Account.id == world.account.id).execute()
    made = ChangeRequest.visible_to(world.rhea).get()
    approve(made, world.rhea)
    assert fresh(world).email == "new@kitchen.example"
    assert Outbox.select().where(Outbox.address == "new@kitchen.example").exists()


def test_an_approved_change_is_done_on_its_day_in_the_shop(world):
    now = values.now()
    day = values.shop_day(now) + timedelta(days=9)
    made = approve(ask(world, legal_name="Dizon Inc.", valid_from=day.isoformat()), world.rhea)
    assert (made.state, fresh(world).legal_name) == ("planned", "")
    almost = values.shop_midnight(day) - timedelta(seconds=1)
    assert request_deciding.run(now=almost) == 0
    assert [request_deciding.run(now=values.shop_midnight(day)) for _ in range(2)] == [1, 0]
    assert (fresh(world).legal_name, ChangeRequest.get().state) == ("Dizon Inc.", "done")
    assert told("request_decided") == ["Carol Dizon", "Rhea Cruz"]


def test_a_planned_change_over_a_newer_value_goes_back_to_staff(world):
    day = values.shop_day() + timedelta(days=9)
    made = approve(ask(world, legal_name="Dizon Inc.", valid_from=day), world.rhea)
    fresh(world).edit(by=world.mona, legal_name="Dizon & Daughters")
    assert request_deciding.run(now=values.shop_midnight(day)) == 0
    assert (fresh(world).legal_name, ChangeRequest.get().state) == ("Dizon & Daughters", "asked")
    assert told("request_stale") == ["Rhea Cruz"]
    assert approve(made, world.rhea, saw=saw(made)).state == "planned", "its day is still ahead of today"


def test_a_planned_change_can_be_withdrawn_or_taken_back(world):
    day = values.shop_day() + timedelta(days=9)
    made = approve(ask(world, legal_name="Dizon Inc.", valid_from=day), world.rhea)
    request_asking.withdraw(made, by=world.carol)
    assert request_deciding.run(now=values.shop_midnight(day)) == 0
    other = approve(ask(world, legal_name="Dizon", valid_from=day), world.rhea)
    request_deciding.decline(other, by=world.mona, reply="Not yet")
    assert (other.state, fresh(world).legal_name) == ("declined", "")
    assert problems(request_asking.withdraw, other, by=world.carol) == {"state": "request-moved-on"}


def test_of_deciding_withdrawing_and_deciding_otherwise_at_once_one_wins(postgres):
    people = make.world()
    made = ask(people, legal_name="Dizon Inc.")

    def decide(n):
        mine = ChangeRequest.visible_to(people.mona).get()
        return (
            lambda: request_deciding.approve(mine, by=people.mona, saw=saw(made)),
            lambda: request_deciding.decline(mine, by=people.ada, reply="No"),
            lambda: request_asking.withdraw(mine, by=people.carol),
        )[n % 3]

    results = race(6, decide)
    assert results.count("done") == 1 and set(results) <= {"done", "request-moved-on", "request-values-moved"}
    state = ChangeRequest.get().state
    assert fresh(people).legal_name == ("Dizon Inc." if state == "done" else "")
    assert RequestedField.get().state == state


def test_two_colleagues_who_ask_for_the_same_field_at_once_leave_one_open_request(postgres):
    people = make.world()

    def save(n):
        mine = fresh(people)
        return lambda: request_asking.alter(mine, by=people.carol, legal_name=f"Dizon {n}", files=[])

    assert race(4, save) == ["done"] * 4
    assert ChangeRequest.select().where(ChangeRequest.state == "proof").count() == 1
    assert len(requests.waiting_on(people.account)) == 1


def test_an_admin_rules_which_field_is_looked_at(world):
    assert problems(
        field_rules.arrange, by=world.ada, modes={("account", "terms_days"): "now", ("account", "name"): "never"}
    ) == {"account_terms_days": "choice-unknown", "account_name": "choice-unknown"}
    field_rules.arrange(by=world.ada, modes={("account", "phone"): "review", ("contact", "name"): "proof"})
    made = ask(world, phone="0917 555 0100", tax_number="")
    assert (made.state, [item.field for item in made.items]) == ("asked", ["phone"])
    field_rules.arrange(by=world.ada, modes={("account", "phone"): "now"})
    field_rules.arrange(by=world.ada, modes={("account", "website"): "review"})
    refused = problems(fresh(world).edit, by=world.carol, website="https://kitchen.example", name="Kitchen")
    assert refused == {"website": "field-looked-at"}, "there is no way around it"
    assert ask(world, phone="0917 555 0109") is None
    assert fresh(world).phone == "+639175550109"
    entries = audit.Entry.select().where(audit.Entry.event == "field_rule.set")
    assert entries.count() == 4


def test_a_persons_name_and_the_place_of_invoices_are_ruled_too(world):
    place = make.address(world.account, is_default_billing=True)
    field_rules.arrange(by=world.ada, modes={("contact", "name"): "review", ("address", "address"): "review"})
    named = request_asking.alter(world.contacts["carol"], by=world.carol, name="Carol Reyes", phone="0917 555 0102")
    assert (named.done, Contact.get_by_id(world.carol.contact).name) == (["phone"], "Carol Dizon")
    approve(named.request, world.rhea)
    assert Contact.get_by_id(world.carol.contact).name == "Carol Reyes"
    moved = request_asking.alter(place, by=world.carol, label="Office", line1="9 Roxas Blvd.")
    assert (moved.done, [item.field for item in moved.request.items]) == (["label"], ["line1"])
    other = make.address(world.account)
    around = [(other.prefer, {"purpose": "billing"}), (place.archive, {})]
    around += [(place.edit, {"for_billing": False}), (other.edit, {"make_default": True})]
    for call, given in around:
        assert list(problems(call, by=world.carol, **given).values()) == ["billing-place-looked-at"]
    approve(moved.request, world.rhea)
    assert type(place).get_by_id(place.id).line1 == "9 Roxas Blvd."


def test_it_is_found_by_its_number_and_by_what_it_asks_for(world):
    made = ask(world, legal_name="Dizon Foods Inc.")
    for words in (made.number, "dizon foods", "carol"):
        found = ChangeRequest.select().where(ChangeRequest.id.in_(search.matches("change_request", words)))
        assert [request.id for request in found] == [made.id], words
    assert [entry.record for entry in ChangeRequest.search_entries(0, 10)] == [made.id]
    assert list(requests_whole.requests()) == []
    with store.writing():
        ChangeRequest.update(state="done").execute()
    assert list(requests_whole.requests()) == [f"request {made.number} is done, and its details are not"]


def test_staff_and_imports_change_directly(world):
    world.account.edit(by=world.rhea, tax_number="123-456")
    assert (fresh(world).tax_number, ChangeRequest.select().count()) == ("123-456", 0)
