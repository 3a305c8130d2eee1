"""Price lists and agreed prices: for whom and when, what is refused at its field, and what customers are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import audit, store, values
from portal.errors import Invalid, NotFound, Stale
from portal.outbox import Outbox
from portal.sales import agreed_prices, price_items, pricing
from portal.sales.catalogue import Category
from portal.sales.price_items import Typed
from portal.sales.price_lists import PriceItem, PriceList
from tests import make

TODAY = values.shop_day()
DAY = timedelta(days=1)


@pytest.fixture
def shop(world):
    world.staples = make.row(Category, name="Staples")
    world.rice = make.product("RICE", list_minor=12_000, cost_minor=9_600, category=world.staples)
    world.resellers = make.group("Resellers", world.account)
    return world


def refused(call, **problem):
    """The call is refused with these problems, {field: message id}."""
    with pytest.raises(Invalid) as refusal:
        call()
    assert {name: message for name, (message, _) in refusal.value.problems.items()} == problem
    return refusal.value.problems


def opened(shop, **given):
    return PriceList.open(**{"by": shop.mona, "name": "Resellers 2027", "currency": "PHP"} | given)


# Lists


def test_a_list_begins_today_and_holds_for_everybody_unless_said_otherwise(shop):
    made = opened(shop)
    assert (made.valid_from, made.valid_to, made.target, made.number) == (TODAY, None, "everybody", "PL-00001")
    assert audit.Entry.get().event == "price_list.opened"
    assert opened(shop, group=shop.resellers.id).target == "group"
    assert opened(shop, account=shop.account.id).target == "account"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"name": " "}, {"name": "field-needed"}),
        ({"currency": "XXY"}, {"currency": "currency-unknown"}),
        ({"valid_to": TODAY - DAY}, {"valid_to": "dates-reversed"}),
        ({"valid_from": "2026-13-01"}, {"valid_from": "date-malformed"}),
        ({"account": 99_999}, {"account": "account-unknown"}),
        ({"group": 99_999}, {"group": "group-unknown"}),
    ],
)
def test_what_makes_no_list_is_refused_at_its_field(shop, given, problem):
    refused(lambda: opened(shop, **given), **problem)
    assert not PriceList.select().exists()


def test_a_list_is_for_an_account_or_a_group_not_both(shop):
    refused(lambda: opened(shop, account=shop.account.id, group=shop.resellers.id), group="target-twice")


def test_reps_read_price_lists_and_do_not_write_them(shop):
    with pytest.raises(Invalid):
        opened(shop, by=shop.rhea)
    opened(shop)
    assert PriceList.visible_to(shop.rhea).count() == 1
    with pytest.raises(NotFound):
        PriceList.visible_to(shop.carol)


def test_the_list_of_an_account_is_seen_by_those_who_see_the_account(shop):
    opened(shop, account=shop.account.id)
    assert [PriceList.visible_to(who).count() for who in (shop.rhea, shop.owen, shop.ada)] == [1, 0, 1]


def test_days_that_another_list_holds_for_the_same_ones_are_refused_with_its_name(shop):
    first = opened(shop, group=shop.resellers.id, valid_to=TODAY + 30 * DAY)
    problems = refused(lambda: opened(shop, group=shop.resellers.id, name="Other"), valid_from="price-list-overlaps")
    assert (
        problems["valid_from"][1]["name"] == "Resellers 2027" and problems["valid_from"][1]["number"] == first.number
    )
    opened(shop, group=shop.resellers.id, currency="THB")
    opened(shop)
    later = opened(shop, group=shop.resellers.id, valid_from=TODAY + 31 * DAY)
    assert later.valid_from == first.valid_to + DAY
    refused(
        lambda: later.edit(by=shop.mona, version=1, valid_from=TODAY + 30 * DAY), valid_from="price-list-overlaps"
    )
    first.end(by=shop.mona)
    assert first.valid_to == TODAY - DAY
    later.edit(by=shop.mona, version=1, valid_from=TODAY)
    refused(lambda: first.end(by=shop.mona), state="list-ended")


def test_a_list_that_ends_before_it_begins_holds_no_day(shop):
    opened(shop, valid_from=TODAY + 5 * DAY).end(by=shop.mona)
    assert opened(shop, name="Next").valid_to is None


def test_two_managers_do_not_open_two_lists_for_the_same_days(postgres):
    shop = make.world()

    def work(name):
        with store.connection():
            try:
                return PriceList.open(by=shop.mona, name=name, currency="PHP").name
            except Invalid as refusal:
                return refusal.problems["valid_from"][0]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(work, "ABCD"))
    assert answers.count("price-list-overlaps") == 3 and PriceList.select().count() == 1


def test_a_copy_holds_the_same_items_changed_by_per_cent_and_rounded(shop):
    rows = {"product": shop.rice, "price_minor": 10_005}, {"category": shop.staples, "discount_bp": 500}
    first = make.price_list(*rows, valid_to=TODAY)
    copy = first.copy(by=shop.mona, name="Next", percent="+2,5", valid_from=TODAY + DAY)
    assert [(i.what, i.price_minor, i.discount_bp) for i in copy.items] == [
        ("RICE", 10_255, None),
        ("Staples", None, 500),
    ]
    refused(lambda: first.copy(by=shop.mona, name="Next", percent="lots"), percent="percent-malformed")
    refused(lambda: first.copy(by=shop.mona, name="Next", percent="-101"), percent="percent-malformed")


# Items as typed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("108", (10_800, None)),
        (" ₱1,375.50 ", (137_550, None)),
        ("PHP 95", (9_500, None)),
        ("10 %", (None, 1_000)),
        ("\N{MINUS SIGN}7,5%", (None, 750)),
        ("0", (0, None)),
        ("100%", (None, 10_000)),
    ],
)
def test_a_price_is_an_amount_or_a_discount(typed, expected):
    assert tuple(price_items.read_price(typed, "PHP").values()) == expected


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "field-needed"),
        ("cheap", "price-malformed"),
        ("-5", "price-negative"),
        ("101 %", "discount-over-all"),
        ("ten %", "percent-malformed"),
        ("1.234", "amount-too-fine"),
        ("1" + "0" * 20, "amount-too-large"),
        ("1200000", "price-absurd"),
    ],
)
def test_an_absurd_price_is_refused_at_its_field(shop, typed, problem):
    refused(lambda: price_items.read_price(typed, "PHP", shop.rice), price=problem)


def test_a_pasted_list_reads_codes_pieces_and_prices_and_names_each_fault(shop):
    make.product("MUNG 1", list_minor=5_000)
    make.product("BAHT", currency="THB")
    text = "RICE 10 95\nmung 1\t1\t45.50\n\nStaples 5 %\nNOPE 3 10\nRICE 10 90\nRICE ten 5\nBAHT 1 5\nRICE"
    reads = price_items.read([typed for _, typed in price_items.parsed(text)], "PHP")
    assert [(r.typed.what, list(r.problems)) for r in reads] == [
        ("RICE", []), ("mung 1", []), ("Staples", []), ("NOPE", ["what"]), ("RICE", ["what"]),
        ("RICE ten", ["what"]), ("BAHT", ["what"]), ("RICE", ["price"]),
    ]  # fmt: skip
    assert reads[0].warning == "price-under-cost" and reads[4].problems == {"what": ("item-twice", {})}
    assert (reads[1].fields["price_minor"], reads[2].fields["discount_bp"]) == (4_550, 500)


def test_a_sheet_writes_over_adds_and_takes_out_in_one_event(shop):
    made = make.price_list(
        {"product": shop.rice, "price_minor": 10_000}, {"category": shop.staples, "discount_bp": 500}
    )
    shelf, rice = made.items[1], made.items[0]
    typed = [Typed("rice", "", "99"), Typed("RICE", "10", "95")]
    changed = price_items.put(made, price_items.read(typed, "PHP"), by=shop.mona, gone={shelf.id}, version=1)
    assert [(i.what, i.from_quantity, i.price_minor) for i in made.items] == [("RICE", 1, 9_900), ("RICE", 10, 9_500)]
    assert changed == 2 and PriceItem.get_by_id(rice.id).version == 2
    assert audit.Entry.select().count() == 1
    with pytest.raises(Stale):
        price_items.put(made, [], by=shop.mona, version=1)


# Agreed prices


def agree(shop, price="108", **given):
    return agreed_prices.agree(shop.account, **{"by": shop.rhea, "what": "RICE", "price": price} | given)


def test_an_agreed_price_holds_from_today_and_the_customer_reads_it_in_the_inbox(shop):
    item = agree(shop, "10 %", valid_to=TODAY + 30 * DAY)
    price = pricing.price(shop.rice, shop.account, TODAY)
    assert (price.minor, price.reason, price.params["until"]) == (10_800, "price-agreed", item.valid_to.isoformat())
    (note,) = Outbox.select()
    assert (note.template, note.channel, note.name) == ("price_agreed", "inbox", "Carol Dizon")
    assert note.params["percent_bp"] == 1_000 and note.params["by"] == "Rhea Cruz"
    assert audit.Entry.get().about == str(shop.account.ref)


def test_a_rep_agrees_on_what_he_may_give_and_a_manager_on_any(shop):
    assert refused(lambda: agree(shop, "107.99"), price="agreed-too-low")["price"][1] == {"percent": 10}
    refused(lambda: agree(shop, "11 %"), price="agreed-too-low")
    refused(lambda: agree(shop, "100", what="Staples"), price="agreed-too-low")
    agree(shop, "108")
    assert agree(shop, "60", by=shop.mona, from_quantity="10").price_minor == 6_000


def test_a_rep_does_not_make_longer_what_only_a_manager_could_agree_on(shop):
    item = agree(shop, "60", by=shop.mona, valid_to=TODAY + DAY)
    later = {"price": "60", "valid_to": TODAY + 9 * DAY}
    refused(lambda: agreed_prices.renew(item, by=shop.rhea, **later), price="agreed-too-low")
    assert agreed_prices.renew(item, by=shop.rhea, price="60", valid_to=TODAY).valid_to == TODAY
    assert agreed_prices.renew(item, by=shop.mona, **later).valid_to == TODAY + 9 * DAY


def test_two_agreed_prices_for_the_same_never_hold_on_one_day(shop):
    first = agree(shop, valid_to=TODAY + 10 * DAY)
    problems = refused(lambda: agree(shop, "110"), what="agreed-overlaps")
    assert "RICE: 108.00 PHP" in problems["what"][1]["price"]
    agree(shop, "110", from_quantity="5")
    agree(shop, "5 %", what="staples")
    second = agree(shop, "110", valid_from=TODAY + 11 * DAY)
    refused(
        lambda: agreed_prices.renew(first, by=shop.rhea, price="108", valid_to=TODAY + 11 * DAY),
        valid_to="agreed-overlaps",
    )
    agreed_prices.end(second, by=shop.rhea)
    assert not PriceItem.select().where(PriceItem.id == second.id).exists()
    assert agreed_prices.renew(first, by=shop.rhea, price="109", version=1, valid_to="").price_minor == 10_900


def test_an_agreed_price_that_ends_holds_no_longer_from_today_on(shop):
    item = agree(shop)
    item = agreed_prices.visible_to(shop.rhea).get()
    make_old = PriceItem.update(valid_from=TODAY - 5 * DAY).where(PriceItem.id == item.id)
    with store.writing():
        make_old.execute()
    item = agreed_prices.visible_to(shop.rhea).get()
    agreed_prices.end(item, by=shop.rhea)
    assert pricing.price(shop.rice, shop.account, TODAY).minor == 12_000
    assert agreed_prices.of(shop.account, shop.rhea, TODAY) == []
    assert [note.params["event"] for note in Outbox.select().order_by(Outbox.id)] == ["price.agreed", "price.ended"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"what": "NOPE"}, {"what": "item-unknown"}),
        ({"from_quantity": "-1"}, {"from_quantity": "quantity-too-small"}),
        ({"price": "x"}, {"price": "price-malformed"}),
        ({"valid_from": TODAY - DAY}, {"valid_from": "day-passed"}),
        ({"valid_to": TODAY - DAY}, {"valid_to": "dates-reversed"}),
    ],
)
def test_what_cannot_be_agreed_on_is_refused_at_its_field(shop, given, problem):
    refused(lambda: agree(shop, **given), **problem)
    assert not PriceItem.select().exists() and not Outbox.select().exists()


def test_only_staff_who_see_the_account_see_what_was_agreed(shop):
    agree(shop)
    assert [agreed_prices.visible_to(who).count() for who in (shop.rhea, shop.mona, shop.owen)] == [1, 1, 0]
    with pytest.raises(NotFound):
        agreed_prices.visible_to(shop.carol)


def test_two_reps_do_not_agree_twice_on_the_same(postgres):
    shop = make.world()
    make.product("RICE", list_minor=12_000)

    def work(price):
        with store.connection():
            try:
                return agree(shop, price, by=shop.mona).price_minor
            except Invalid as refusal:
                return next(iter(refusal.problems.values()))[0]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(work, ["110", "111", "112", "113"]))
    assert PriceItem.select().count() == 1, answers


# Groups


def test_a_group_in_use_stays_and_an_empty_one_goes(shop):
    refused(lambda: shop.resellers.remove(by=shop.mona), name="group-in-use")
    shop.account.regroup(by=shop.mona, group=None)
    shop.resellers.remove(by=shop.mona)
    assert [entry.event for entry in audit.Entry.select()] == ["account.regrouped", "account_group.removed"]


def test_the_owner_is_told_when_an_account_changes_its_group(shop):
    shop.account.regroup(by=shop.ada, group=None)
    assert {(row.name, row.params["changes"][0]["old"]) for row in Outbox.select()} == {("Rhea Cruz", "Resellers")}
    refused(lambda: shop.account.regroup(by=shop.mona, group=999), group="group-unknown")
    refused(lambda: shop.account.regroup(by=shop.rhea, group=shop.resellers.id), group="field-not-yours")


def test_agreed_prices_are_no_list_to_write_on_or_end(shop):
    agreed_prices.agree(shop.account, by=shop.mona, what="RICE", price="100")
    agreed = PriceList.get(PriceList.is_agreed)
    verbs = (
        lambda: agreed.edit(by=shop.mona, name="Other"), lambda: agreed.end(by=shop.mona),
        lambda: agreed.copy(by=shop.mona, name="Copy"),
        lambda: price_items.write(agreed, by=shop.mona, prices={}, new=[Typed("RICE", "1", "90")]),
        lambda: price_items.paste(agreed, by=shop.mona, text="RICE 90"),
    )  # fmt: skip
    for verb in verbs:
        with pytest.raises(NotFound):
            verb()
    assert pricing.price(shop.rice, shop.account, TODAY).minor == 10_000


def test_a_pasted_list_that_is_too_long_is_refused_whole(shop):
    text = "\n".join(f"RICE {n} 100" for n in range(1, price_items.MOST_LINES + 2))
    refused(lambda: price_items.paste(opened(shop), by=shop.mona, text=text), text="list-too-long")
    assert not PriceItem.select().exists()
