"""Price lists and agreed prices over the wire: written, pasted, copied, ended; agreed in one short form."""

import json
from datetime import timedelta

import pytest

from portal import store, values
from portal.sales import agreed_prices, price_items, pricing
from portal.sales.catalogue import Category, Product
from portal.sales.price_lists import PriceItem, PriceList
from tests import make
from tests.selfservice.test_order_pad import form_in, press, text_of

TODAY = values.shop_day()
END = TODAY + timedelta(days=30)


@pytest.fixture
def shop(world):
    world.staples = make.row(Category, name="Staples")
    world.rice = make.product(
        "RICE", list_minor=12_000, cost_minor=9_600, name="Sinandomeng rice", category=world.staples
    )
    world.oil = make.product("OIL", list_minor=20_000, name="Palm oil")
    world.resellers = make.group("Resellers", world.account)
    make.address(world.account)
    return world


@pytest.fixture
def mona(client, shop):
    return client.sign_in(shop.mona)


def fields_of(client, page, action):
    return form_in(client.get(page), action).fields


def opened(mona, **typed):
    typed = {"name": "Resellers 2027", "currency": "PHP", "valid_from": TODAY.isoformat()} | typed
    return press(mona, "/staff/prices", fields_of(mona, "/staff/prices/new", "/staff/prices"), **typed)


def test_a_list_is_begun_for_a_group_and_filled_in_its_sheet(mona, shop):
    answer = opened(mona, group=str(shop.resellers.id), valid_to=END.isoformat())
    made = PriceList.get()
    assert (answer.status_code, answer.location) == (303, f"/staff/prices/{made.number}")
    sheet = f"/staff/prices/{made.number}/sheet"
    typed = {
        "what:0": "rice",
        "new:0": "110",
        "what:1": "RICE",
        "from:1": "10",
        "new:1": "95",
        "what:2": "Staples",
        "new:2": "5 %",
    }
    done = press(mona, sheet, fields_of(mona, answer.location, sheet), **typed)
    page = text_of(mona.get(done.location))
    assert done.status_code == 303 and "RICE: This is less than the product costs us." in page
    assert [(i.what, i.from_quantity) for i in made.items] == [("RICE", 1), ("RICE", 10), ("Staples", 1)]
    first = made.items[0]
    done = press(mona, sheet, fields_of(mona, answer.location, sheet), **{f"price:{first.id}": ""})
    assert done.status_code == 303 and len(made.items) == 2
    assert pricing.price(shop.rice, shop.account, TODAY, 10).minor == 9_500
    trail = text_of(mona.get(f"/staff/audit/price_list/{made.number}"))
    assert "RICE × 10: 95.00 PHP" in trail and "Price list begun" in trail


def test_a_fault_in_the_sheet_stands_at_its_row_and_keeps_what_was_typed(mona, shop):
    made = make.price_list({"product": shop.rice, "price_minor": 11_000})
    sheet, (item,) = f"/staff/prices/{made.number}/sheet", made.items
    typed = {f"price:{item.id}": "-5", "what:0": "NOPE", "from:0": "x", "new:0": "95"}
    answer = press(mona, sheet, fields_of(mona, f"/staff/prices/{made.number}", sheet), **typed)
    page = text_of(answer)
    assert answer.status_code == 422 and "A price cannot be below nothing" in page
    assert "We know no product with this code and no category of this name." in page
    again = form_in(answer, sheet).fields
    assert (again[f"price:{item.id}"], again["what:0"], again["from:0"]) == ("-5", "NOPE", "x")
    assert made.items[0].price_minor == 11_000


def test_two_managers_on_one_sheet_the_second_sees_that_it_changed(mona, shop):
    made = make.price_list({"product": shop.rice, "price_minor": 11_000})
    sheet, (item,) = f"/staff/prices/{made.number}/sheet", made.items
    fields = fields_of(mona, f"/staff/prices/{made.number}", sheet)
    make.row(PriceItem, price_list=made, product=shop.oil, price_minor=1)
    with store.writing():
        PriceList.update(version=2).execute()
    answer = press(mona, sheet, fields, **{f"price:{item.id}": "100"})
    assert answer.status_code == 409 and "Someone changed this" in text_of(answer)
    assert press(mona, sheet, form_in(answer, sheet).fields).status_code == 303
    assert PriceItem.get_by_id(item.id).price_minor == 10_000


def test_of_a_pasted_list_the_good_lines_are_kept_and_the_bad_ones_stay_with_their_fault(mona, shop):
    made = make.price_list()
    paste = f"/staff/prices/{made.number}/paste#paste"
    fields = fields_of(mona, f"/staff/prices/{made.number}", paste)
    answer = press(mona, paste, fields, text="RICE\t10\t100\r\nOIL 5%\r\nNOPE 1 5\r\nRICE 12000000")
    page = text_of(answer)
    assert answer.status_code == 422 and "2 lines are kept." in page
    assert "NOPE 1 5: We know no product" in page and "RICE 12000000: This is more than 100 times" in page
    again = form_in(answer, paste).fields
    assert again["text"].split("\n") == ["NOPE 1 5", "RICE 12000000"]
    assert len(made.items) == 2
    assert press(mona, paste, again, text="OIL 10 180").status_code == 303 and len(made.items) == 3
    assert press(mona, paste, fields_of(mona, f"/staff/prices/{made.number}", paste), text=" ").status_code == 422


def test_a_list_for_days_that_another_one_holds_is_refused_with_its_name(mona, shop):
    make.price_list(name="Old ones", group=shop.resellers)
    answer = opened(mona, group=str(shop.resellers.id))
    assert answer.status_code == 422 and "“Old ones” (PL-00001) holds for the same customers" in text_of(answer)
    assert opened(mona, account="no").status_code == opened(mona, account="99999").status_code == 422
    assert opened(mona, account=shop.account.number).status_code == 303


def test_a_list_is_copied_with_a_change_and_ended(mona, shop):
    made = make.price_list({"product": shop.rice, "price_minor": 10_000}, valid_to=END, group=shop.resellers)
    copy = f"/staff/prices/{made.number}/copy"
    fields = fields_of(mona, copy, copy)
    assert (fields["group"], fields["valid_from"]) == (str(shop.resellers.id), (END + timedelta(days=1)).isoformat())
    done = press(mona, copy, fields, percent="5", name="Next")
    assert done.status_code == 303 and PriceList.get(PriceList.name == "Next").items[0].price_minor == 10_500
    end = f"/staff/prices/{made.number}/end"
    assert press(mona, end, fields_of(mona, f"/staff/prices/{made.number}", end)).status_code == 303
    assert "No longer" in text_of(mona.get(f"/staff/prices/{made.number}"))


def test_reps_read_lists_and_cannot_write_them(client, shop):
    made = make.price_list({"product": shop.rice, "price_minor": 10_000})
    rhea = client.sign_in(shop.rhea)
    page = rhea.get(f"/staff/prices/{made.number}")
    assert "100.00" in page.text and "Save the prices" not in page.text and "End it today" not in page.text


def test_the_list_of_lists_is_given_as_files(mona, shop):
    make.price_list(group=shop.resellers, name="R")
    make.agreed_price(shop.account)
    (row,) = json.loads(mona.get("/staff/prices.json").text)["rows"]
    assert (row["number"], row["group"], row["account"]) == ("PL-00001", "Resellers", None)
    assert "Resellers" in text_of(mona.get("/staff/prices"))


# Agreed prices


def test_a_price_is_agreed_on_the_account_page_in_one_short_form(client, shop):
    rhea = client.sign_in(shop.rhea)
    action = f"/staff/accounts/{shop.account.number}/prices"
    fields = fields_of(rhea, f"/staff/accounts/{shop.account.number}", action)
    done = press(rhea, action, fields, what="rice", price="10%", valid_to=END.isoformat())
    page = text_of(rhea.get(done.location))
    assert (
        done.status_code == 303 and "Carol Dizon was told" in page and "Sinandomeng rice" in page and "− 10%" in page
    )
    piece = rhea.get(action, headers={"HX-Request": "true"}).text
    assert piece.lstrip().startswith("<section") and "Sinandomeng rice" in piece
    assert pricing.price(shop.rice, shop.account, TODAY).minor == 10_800


def test_what_a_rep_may_not_agree_on_is_refused_at_the_price(client, shop):
    rhea = client.sign_in(shop.rhea)
    action = f"/staff/accounts/{shop.account.number}/prices"
    answer = press(rhea, action, fields_of(rhea, action, action), what="RICE", price="50")
    assert answer.status_code == 422 and "up to 10 per cent off the list price" in text_of(answer)
    assert form_in(answer, action).fields["price"] == "50"


def test_an_agreed_price_is_changed_and_ended(mona, shop):
    item = agreed_prices.agree(shop.account, by=shop.mona, what="RICE", price="110")
    page = f"/staff/prices/agreed/{item.number}"
    assert press(mona, page, fields_of(mona, page, page), price="90").status_code == 303
    page_of = text_of(mona.get(f"/staff/accounts/{shop.account.number}/prices"))
    assert "₱90 .00" in page_of and "less than the product costs us" in page_of
    assert press(mona, f"{page}/end", fields_of(mona, page, f"{page}/end")).status_code == 303
    assert not PriceItem.select().exists()


def test_all_agreed_prices_stand_in_one_list_with_those_that_end_first_in_front(mona, shop):
    make.agreed_price(shop.account, shop.rice)
    make.agreed_price(shop.account, shop.oil, valid_to=END)
    rows = json.loads(mona.get("/staff/prices/agreed.json").text)["rows"]
    assert [(row["what"], row["price"]) for row in rows] == [("OIL", "90.00"), ("RICE", "90.00")]
    assert "Palm oil" in text_of(mona.get(f"/staff/prices/agreed?account={shop.account.number}"))
    assert mona.get("/staff/prices/agreed?account=nonsense").status_code == 422


def test_an_account_is_put_into_a_group(mona, shop):
    page = f"/staff/accounts/{shop.other_account.number}/prices"
    assert mona.get(page).status_code == 404
    page, action = (f"/staff/accounts/{shop.account.number}/{end}" for end in ("prices", "group"))
    assert press(mona, action, fields_of(mona, page, action), group="0").status_code == 303
    assert type(shop.account).get_by_id(shop.account.id).group_id is None


def test_a_product_page_lists_the_prices_others_pay(mona, shop):
    make.price_list({"product": shop.rice, "price_minor": 11_000}, group=shop.resellers, name="R 2027")
    make.agreed_price(shop.account, shop.rice)
    page = text_of(mona.get("/staff/catalogue/RICE"))
    assert "R 2027" in page and "₱110 .00" in page and "Carol’s Kitchen" in page


def test_pages_about_prices_ask_the_database_little(mona, shop):
    made = make.price_list(*({"product": make.product(), "price_minor": 1_000 + n} for n in range(30)))
    for _ in range(12):
        make.agreed_price(shop.account)
    account = f"/staff/accounts/{shop.account.number}"
    for page in ("/staff/prices", f"/staff/prices/{made.number}", "/staff/prices/agreed", f"{account}/prices"):
        before = store.queries()
        assert mona.get(page).status_code == 200
        assert store.queries() - before <= 8, page


def test_only_who_may_read_the_cost_hears_that_a_price_is_below_it(client, shop):
    page = f"/staff/accounts/{shop.account.number}/prices"
    with store.writing():
        Product.update(cost_minor=11_500).where(Product.id == shop.rice.id).execute()
    for who, price, is_said in ((shop.rhea, "110", False), (shop.mona, "109", True)):
        client.sign_in(who)
        done = press(client, page, fields_of(client, page, page), what="RICE", price=price, from_quantity=price)
        assert done.status_code == 303
        assert ("less than the product costs us" in text_of(client.get(done.location))) == is_said


def test_a_list_marks_what_is_below_cost_for_those_who_may_read_costs(client, shop):
    made = PriceList.open(by=shop.mona, name="Cheap", currency="PHP")
    price_items.paste(made, by=shop.mona, text="RICE 90")
    assert "elow cost" in client.sign_in(shop.mona).get(f"/staff/prices/{made.number}").text
    page = client.sign_in(shop.rhea).get(f"/staff/prices/{made.number}").text
    assert "Sinandomeng rice" in page and "elow cost" not in page
