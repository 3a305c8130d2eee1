"""Own fields: made by an admin, standing on every record like any other field, and nothing in them is ever lost."""

import json
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from portal import audit, custom, search, store
from portal.custom import CustomField, CustomValue
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.deeds import Deed
from portal.errors import Invalid, Stale
from portal.sales.orders import Order
from portal.values import Money
from portal.whole import (
    custom_batches,
    custom_fields,
    custom_values,
    custom_whole,
    dossier,
    indexing,
    undo,
    undo_custom,  # noqa: F401 says what can be taken back
)
from tests import make, races
from tests.own_fields import custom_field


def ids_of(refused):
    return {name: problem[0] for name, problem in refused.value.problems.items()}


def test_a_field_stands_on_the_record_as_soon_as_it_is_made(world):
    custom_field(label="Gate code")
    account = Account.get_by_id(world.account.id)
    assert account.gate_code == ""
    account.edit(by=world.rhea, version=account.version, gate_code="4711")
    again = Account.get_by_id(account.id)
    assert (again.gate_code, again.version) == ("4711", account.version)
    entry = audit.story(again)[-1]
    assert entry.event == "account.edited"
    assert [(f, old, json.loads(new)) for f, old, new in audit.values_of([entry])[entry.id]] == [
        ("gate_code", '""', "4711")
    ]


def test_a_field_that_is_emptied_leaves_no_row(world):
    custom_field(label="Gate code")
    world.account.edit(by=world.rhea, gate_code="4711")
    world.account.edit(by=world.rhea, gate_code=" ")
    assert Account.get_by_id(world.account.id).gate_code == ""
    assert CustomValue.select().count() == 0


def test_two_people_who_fill_in_the_same_record_do_not_overwrite_each_other(world):
    custom_field(label="Gate code")
    one, other = (Account.get_by_id(world.account.id) for _ in range(2))
    one.edit(by=world.rhea, version=one.version, gate_code="1")
    with pytest.raises(Stale):
        other.edit(by=world.mona, version=other.version, gate_code="2")
    assert Account.get_by_id(world.account.id).gate_code == "1"


KINDS = [
    ("text", {}, " Blue  gate ", "Blue gate"),
    ("words", {}, "One\r\nTwo", "One\nTwo"),
    ("decimal", {"places": 2}, "1,250.5", Decimal("1250.50")),
    ("money", {}, "1250.5", 125_050),
    ("date", {}, "2026-11-17", date(2026, 11, 17)),
    ("yes", {}, "no", False),
    ("choice", {"options": ("Light", "Dark")}, "dark", "dark"),
    ("choices", {"options": ("Light", "Dark", "Green")}, ["green", "light"], ["light", "green"]),
    ("email", {}, "Gate@Shop.EXAMPLE", "Gate@shop.example"),
    ("phone", {}, "0917 555 0188", "+639175550188"),
]


@pytest.mark.parametrize(("kind", "given", "typed", "kept"), KINDS, ids=[kind for kind, *_ in KINDS])
def test_each_kind_comes_back_as_it_was_kept(world, kind, given, typed, kept):
    custom_field(kind=kind, label="Roast", **given)
    world.account.edit(by=world.rhea, roast=typed)
    again = Account.get_by_id(world.account.id)
    assert again.roast == kept
    assert again.edit(by=world.rhea, roast=kept).version == again.version, "what is the same again changes nothing"


REFUSED = [
    ("text", {"most": "3"}, "four", "text-too-long"),
    ("decimal", {"places": 1}, "1.25", "custom-too-fine"),
    ("decimal", {"least": "1", "most": "5"}, "6", "custom-not-between"),
    ("decimal", {}, "many", "custom-not-a-number"),
    ("money", {"most": "100"}, "100.01", "custom-too-high"),
    ("date", {"least": "2026-01-01"}, "2025-12-31", "custom-too-low"),
    ("choice", {"options": ("Light",)}, "blue", "choice-unknown"),
    ("choices", {"options": ("Light",)}, ["light", "blue"], "choice-unknown"),
    ("yes", {}, "perhaps", "choice-unknown"),
    ("email", {}, "gate", "email-malformed"),
    ("record", {"target": "account"}, "999999", "custom-record-unknown"),
    ("text", {"is_required": True}, "  ", "field-needed"),
]


@pytest.mark.parametrize(("kind", "given", "typed", "said"), REFUSED)
def test_what_a_field_does_not_take_is_refused_at_the_field(world, kind, given, typed, said):
    custom_field(kind=kind, label="Roast", **given)
    with pytest.raises(Invalid) as refused:
        world.account.edit(by=world.rhea, roast=typed)
    assert ids_of(refused) == {"roast": said}
    assert CustomValue.select().count() == 0


def test_a_link_leads_only_to_what_the_person_may_know_of(world):
    custom_field(kind="record", label="Sister shop", target="account")
    with pytest.raises(Invalid) as refused:
        world.account.edit(by=world.rhea, sister_shop=world.other_account.id)
    assert ids_of(refused) == {"sister_shop": "custom-record-unknown"}
    world.account.edit(by=world.ada, sister_shop=world.other_account.id)
    assert Account.get_by_id(world.account.id).sister_shop == world.other_account.id


def test_a_key_shadows_nothing_that_is_there_already(world):
    assert custom_field(label="Name").key == "name_2"
    assert custom_field(label="Name").key == "name_3"
    assert custom_field(label="รหัสประตู").key == "field"
    assert custom_field(label="save").key != "save"


def test_who_may_not_read_or_write_a_field_does_neither(world):
    custom_field(label="Margin", readers=["manager"], writers=["manager"])
    assert "margin" not in ACCOUNT_FIELDS.readable(world.rhea)
    assert "margin" in ACCOUNT_FIELDS.readable(world.mona)
    with pytest.raises(Invalid) as refused:
        world.account.edit(by=world.rhea, margin="12")
    assert ids_of(refused) == {"margin": "field-not-yours"}
    world.account.edit(by=world.mona, margin="12")


def test_renaming_and_retiring_keep_what_stands_there_and_bringing_back_shows_it(world):
    field = custom_field(label="Gate code")
    world.account.edit(by=world.rhea, gate_code="4711")
    custom_fields.edit(field, by=world.ada, version=field.version, labels={"en": "Door code", "th": "รหัสประตู"})
    assert ACCOUNT_FIELDS["gate_code"].label("th") == "รหัสประตู"
    custom_fields.retire(field, by=world.ada)
    assert "gate_code" not in ACCOUNT_FIELDS.fields
    with pytest.raises(Invalid):
        world.account.edit(by=world.rhea, gate_code="1")
    custom_fields.bring_back(field, by=world.ada)
    assert Account.get_by_id(world.account.id).gate_code == "4711"


def test_a_kind_becomes_another_only_where_nothing_is_lost(world):
    field = custom_field(label="Gate code")
    world.account.edit(by=world.rhea, gate_code="4711")
    with pytest.raises(Invalid) as refused:
        custom_fields.edit(field, by=world.ada, kind="date")
    assert ids_of(refused) == {"kind": "custom-kind-fixed"}
    custom_fields.edit(field, by=world.ada, kind="words")
    assert Account.get_by_id(world.account.id).gate_code == "4711"
    roast = custom_field(kind="choice", label="Roast", options=("Light", "Dark"))
    world.account.edit(by=world.rhea, roast="dark")
    custom_fields.edit(roast, by=world.ada, kind="choices")
    assert Account.get_by_id(world.account.id).roast == ["dark"]


def test_a_default_stands_in_new_records_and_old_ones_stay_as_they_are(world):
    custom_field(kind="choice", label="Roast", options=("Light", "Dark"), default="dark", is_required=True)
    assert Account.get_by_id(world.account.id).roast == ""
    assert Account.open(by=world.rhea, name="New shop").roast == "dark"


def test_a_field_that_hangs_on_another_is_asked_only_with_it(world):
    custom_field(kind="yes", label="Has a gate")
    custom_field(label="Gate code", is_required=True, shown_if="has_a_gate", shown_for=["yes"])
    account = Account.get_by_id(world.account.id)
    custom_values.fill(account, by=world.rhea, version=account.version, has_a_gate="no", gate_code="typed")
    assert (account.has_a_gate, account.gate_code) == (False, "")
    with pytest.raises(Invalid) as refused:
        custom_values.fill(account, by=world.rhea, version=account.version, has_a_gate="yes", gate_code="")
    assert ids_of(refused) == {"gate_code": "field-needed"}
    custom_values.fill(account, by=world.rhea, version=account.version, has_a_gate="yes", gate_code="4711")
    custom_values.fill(account, by=world.rhea, version=account.version, has_a_gate="no", gate_code="")
    account = Account.get_by_id(account.id)
    assert [f.name for f in custom_values.fields_for(account, world.rhea)] == ["has_a_gate"]
    assert account.gate_code == "4711", "kept, and seen again with the gate"


def test_without_fields_of_its_own_a_shop_asks_nothing_more(world, count_queries):
    account = Account.get_by_id(world.account.id)
    account.edit(by=world.rhea, note="0")
    plain = count_queries(lambda: account.edit(by=world.rhea, note="A"))
    custom_field("contact", label="Nickname")
    assert count_queries(lambda: account.edit(by=world.rhea, note="B")) == plain
    assert count_queries(lambda: custom_values.fields_for(account, world.rhea)) == 0


def test_a_record_is_found_by_an_own_field_only_by_whoever_reads_it(world):
    custom_field(label="Nickname", is_searched=True)
    custom_field(label="Gossip", is_searched=True, readers=["manager"], writers=["manager"])
    world.account.edit(by=world.ada, nickname="Señora Uno", gossip="late payer")
    found = lambda words, actor: search.find(words, ["account"], actor)["account"].records  # noqa: E731
    assert found("senora", world.rhea) == [world.account.id]
    assert found("payer", world.mona) == [world.account.id]
    assert found("payer", world.rhea) == [] == found("senora", world.carol) == found("senora", world.owen)
    assert list(indexing.stale(["account"])) == []
    world.account.edit(by=world.ada, nickname="")
    assert found("senora", world.rhea) == []


def test_narrowing_who_reads_a_field_counts_in_the_search_at_once(world):
    field = custom_field(label="Nickname", is_searched=True)
    world.account.edit(by=world.ada, nickname="Uno")
    custom_fields.edit(field, by=world.ada, readers=["manager"])
    assert search.find("uno", ["account"], world.rhea)["account"].records == []
    while custom_batches.work():
        pass
    assert search.find("uno", ["account"], world.mona)["account"].records == [world.account.id]
    assert list(indexing.stale(["account"])) == []


def roast(world, *options):
    field = custom_field(kind="choice", label="Roast", options=options or ("Light", "Dark"))
    world.account.edit(by=world.rhea, roast="dark")
    return field


def without(field, key):
    return [(option["key"], option["labels"]) for option in field.options if option["key"] != key]


def test_a_choice_that_stands_somewhere_is_not_taken_away(world):
    field = roast(world)
    with pytest.raises(Invalid) as refused:
        custom_fields.edit(field, by=world.ada, options=without(field, "dark"))
    assert refused.value.problems == {"options": ("custom-option-used", {"word": "Dark", "count": 1})}
    assert Account.get_by_id(world.account.id).roast == "dark"
    fresh = CustomField.get_by_id(field.id)
    custom_fields.edit(fresh, by=world.ada, options=without(fresh, "light"))
    assert ACCOUNT_FIELDS["roast"].choices == ("dark",)


def test_one_choice_takes_the_place_of_another_with_an_entry_for_each_record(world):
    field = roast(world)
    others = [make.account(f"Shop {number}") for number in range(4)]
    for other in others:
        other.edit(by=world.ada, roast="dark")
    custom_batches.replace_option(field, by=world.ada, old="dark", new="light", most=2)
    assert ACCOUNT_FIELDS["roast"].choices == ("light",), "nobody chooses it any more"
    assert CustomValue.select().where(CustomValue.folded == "dark").count() == 3, "the worker goes on"
    with pytest.raises(Invalid):
        others[0].edit(by=world.ada, roast="dark")
    while custom_batches.work(most=2):
        pass
    assert {Account.get_by_id(row.id).roast for row in (world.account, *others)} == {"light"}
    assert [option["key"] for option in CustomField.get_by_id(field.id).options] == ["light"]
    entry = audit.story(others[-1])[-1]
    assert (entry.event, entry.actor_name) == ("account.filled", "Ada Lim")


def test_of_several_choices_only_the_one_is_exchanged(world):
    field = custom_field(kind="choices", label="Roast", options=("Light", "Dark", "Green"))
    world.account.edit(by=world.rhea, roast=["light", "dark"])
    custom_batches.replace_option(field, by=world.ada, old="dark", new="light")
    assert Account.get_by_id(world.account.id).roast == ["light"]


def test_a_field_made_required_leaves_old_records_and_can_fill_them(world):
    field = custom_field(label="Gate code")
    custom_fields.edit(field, by=world.ada, is_required=True)
    assert custom_fields.lacking(field) == 2
    account = Account.get_by_id(world.account.id)
    account.edit(by=world.rhea, note="Still saved")
    with pytest.raises(Invalid) as refused:
        custom_values.fill(account, by=world.rhea, gate_code="")
    assert ids_of(refused) == {"gate_code": "field-needed"}
    with pytest.raises(Invalid):
        custom_batches.fill_empty(field, by=world.ada)
    custom_fields.edit(field, by=world.ada, default="none")
    custom_batches.fill_empty(field, by=world.ada)
    assert custom_fields.lacking(field) == 0
    assert Account.get_by_id(world.account.id).gate_code == "none"


def test_of_two_admins_who_edit_a_field_the_second_is_told(world):
    field = custom_field(label="Gate code")
    mine, theirs = (CustomField.get_by_id(field.id) for _ in range(2))
    custom_fields.edit(mine, by=world.ada, version=mine.version, labels={"en": "Door code"})
    with pytest.raises(Stale):
        custom_fields.edit(theirs, by=world.ada, version=theirs.version, labels={"en": "Gate"})
    assert ACCOUNT_FIELDS["gate_code"].label("en") == "Door code"


def test_a_field_that_another_process_changed_is_met_with_the_next_session(world):
    field = custom_field(label="Gate code")
    known = custom._known
    custom_fields.edit(field, by=world.ada, labels={"en": "Door code"})
    custom._known = known  # as another process knows it
    assert ACCOUNT_FIELDS["gate_code"].label("en") == "Gate code"
    custom.meet(known.stamp + 1)
    assert ACCOUNT_FIELDS["gate_code"].label("en") == "Door code"


def test_what_an_old_form_brings_for_a_field_that_retired_meanwhile_is_refused(world):
    field = custom_field(label="Gate code")
    known = custom._known
    custom_fields.retire(field, by=world.ada)
    custom._known = known
    with pytest.raises(Invalid) as refused:
        world.account.edit(by=world.rhea, gate_code="1")
    assert ids_of(refused) == {"gate_code": "custom-field-gone"}


def test_a_choice_is_not_taken_away_while_somebody_saves_it(postgres):
    world = make.world()
    for _ in range(3):
        field = custom_field(kind="choice", label="Roast", options=("Light", "Dark"))
        account = Account.get_by_id(make.account().id)
        save = partial(account.edit, by=world.ada, **{field.key: "dark"})
        take_away = partial(custom_fields.edit, field, by=world.ada, options=without(field, "dark"))
        came = races.race(2, lambda n, acts=(save, take_away): acts[n])
        stands = CustomValue.select().where(CustomValue.field == field.id, CustomValue.folded == "dark").exists()
        offered = "dark" in [option["key"] for option in CustomField.get_by_id(field.id).options]
        assert stands == offered, "either it was saved and is still offered, or it is gone and was refused"
        assert came in (["choice-unknown", "done"], ["custom-option-used", "done"])


def test_verify_sees_values_that_fit_no_record_and_no_choice(world):
    field = roast(world)
    assert list(custom_whole.faults()) == []
    with store.writing():
        CustomValue.insert(field=field.id, record=999, text="blue", folded="blue").execute()
    assert [fault.split(" holds ")[1] for fault in custom_whole.faults()] == [
        "a value of account 999, which is not there", "blue, which is no choice of it",
    ]  # fmt: skip


def test_what_a_customer_takes_along_holds_the_own_fields_that_are_open_to_him(world):
    custom_field(kind="money", label="Most in cash", readers=["viewer", "customer_admin"])
    custom_field(label="Gossip")
    custom_field("contact", kind="choices", label="Talks about", options=("Cooking", "Church"))
    world.account.edit(by=world.ada, most_in_cash="500", gossip="late")
    world.contacts["carol"].edit(by=world.ada, talks_about="church,cooking")
    sections = {section.noun: section for section in dossier.everything(world.carol)}
    account = dict(zip(sections["account"].columns, next(iter(sections["account"].batches))[0], strict=True))
    assert account["most_in_cash"] == Money(50_000, "PHP") and "gossip" not in account
    contact = dict(zip(sections["contact"].columns, next(iter(sections["contact"].batches))[0], strict=True))
    assert contact["talks_about"] == "Cooking, Church"


def test_what_was_filled_in_on_an_order_can_be_taken_back(world):
    custom_field("order", kind="decimal", label="Pallets", places=1)
    order = make.order(world.account)
    custom_values.fill(order, by=world.rhea, pallets="2.5")
    custom_values.fill(order, by=world.rhea, pallets="3")
    undo.take_back(Deed.select().order_by(Deed.id.desc()).first(), by=world.rhea)
    assert Order.get_by_id(order.id).pallets == Decimal("2.5")
