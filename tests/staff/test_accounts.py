"""Accounts over the wire of the staff face: pages and pieces, refusals that keep what was typed, stale forms."""

import csv
import io
from datetime import timedelta

import pytest

from portal import search, store, values
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.outbox import Outbox
from portal.sales.orders import Order
from tests import make


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


@pytest.fixture
def mona(client, world):
    return client.sign_in(world.mona)


KITCHEN = "Carol’s Kitchen"


def fresh(account):
    return Account.get_by_id(account.id)


def details(account):
    return f"/staff/accounts/{account.number}?edit=details", f"/staff/accounts/{account.number}/edit/details"


def ordered(account, days_ago, minor=100_000, **fields):
    placed = values.now() - timedelta(days=days_ago)
    fields = {"state": "delivered", "account_name": account.name, "currency": "PHP", "total_minor": minor} | fields
    return make.row(Order, account=account, placed_at=placed, **fields)


# The list


def test_the_list_shows_whom_one_may_see_and_what_they_bought(rhea, world):
    make.address(world.account, is_default_shipping=True)
    ordered(world.account, 3, 1_864_000)
    page = rhea.get("/staff/accounts").text
    assert "Carol’s Kitchen" in page and "Commonwealth, Quezon City" in page and "₱18,640" in page
    assert "Dave Ramos" not in page


@pytest.mark.parametrize("asked, found", [
    ("q=kitch", [KITCHEN]), ("q=KITCHEN+carol", [KITCHEN]), ("q=09175550188", [KITCHEN]), ("q=nobody", []),
    ("kind=household", ["Aling Baby"]), ("owner=me", [KITCHEN]), ("owner=none", ["Aling Baby"]),
    ("active=no", ["Closed Corner"]), ("active=all&sort=-number", ["Closed Corner", "Aling Baby", KITCHEN]),
    ("country=TH", []), ("team=none", []), ("owner=99999", []),
])  # fmt: skip
def test_the_address_of_the_list_says_what_it_shows(rhea, world, asked, found):
    make.account("Aling Baby", kind="household", team=world.north)
    make.account("Closed Corner", is_active=False, team=world.north, owner=world.employees["rhea"])
    answer = rhea.get(f"/staff/accounts.json?{asked}")
    assert [row["name"] for row in answer.json["rows"]] == found
    assert rhea.get(f"/staff/accounts?{asked}").status_code == 200


def test_the_list_goes_on_page_by_page_without_losing_or_repeating_anybody(rhea, world):
    names = {make.account(f"Store {n:03d}", team=world.north).name for n in range(60)} | {"Carol’s Kitchen"}
    seen, address = [], "/staff/accounts?sort=-name"
    while address:
        page = rhea.get(address).text
        seen += [name for name in names if f">{name}</a>" in page]
        before, next_page, _ = page.partition('" rel="next"')
        address = before.rpartition('href="')[2].replace("&amp;", "&") if next_page else ""
    assert sorted(seen) == sorted(names)


def test_a_very_common_word_shows_the_newest_and_says_so(rhea, world, monkeypatch):
    monkeypatch.setattr(search, "LISTED", 1)
    make.account("Kitchen two", team=world.north)
    page = rhea.get("/staff/accounts?q=kitchen").text
    assert "Kitchen two" in page and KITCHEN not in page and "Very many fit" in page
    assert "Very many fit" not in rhea.get("/staff/accounts?q=two").text
    assert KITCHEN in rhea.get("/staff/accounts.csv?q=kitchen").text


def test_the_csv_has_the_same_rows_and_no_formula(rhea, world):
    make.account("=cmd()", team=world.north)
    rows = list(csv.DictReader(io.StringIO(rhea.get("/staff/accounts.csv").text.lstrip("\ufeff"))))
    assert [row["name"] for row in rows] == ["'=cmd()", "Carol’s Kitchen"]
    assert rows[1]["owner"] == "Rhea Cruz"


def test_the_pages_ask_the_database_few_times_however_much_they_show(rhea, world):
    for n in range(30):
        store_ = make.account(f"Store {n}", team=world.north, owner=world.employees["rhea"])
        make.address(store_, is_default_shipping=True)
        ordered(store_, n)
        make.contact(world.account, f"Person {n}")
        world.account.edit(by=world.carol, phone=f"0917 555 {n:04d}")
    for page in ("/staff/accounts", f"/staff/accounts/{world.account.number}", "/staff/contacts"):
        before = store.queries()
        assert rhea.get(page).status_code == 200
        assert store.queries() - before <= 8, page


# Opening


def test_an_account_is_opened_and_its_page_says_so(rhea, world):
    answer = rhea.send("/staff/accounts/new", name="Señor Niño’s", kind="company", phone="0917 555 0100")
    opened = Account.get(Account.name == "Señor Niño’s")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/staff/accounts/{opened.number}")
    assert "The account is open." in rhea.get(answer.headers["Location"]).text
    assert opened.owner == world.employees["rhea"]


def test_an_account_that_exists_is_asked_about_and_opened_when_it_is_another_one(rhea, world):
    answer = rhea.send("/staff/accounts/new", name="carol's kitchen", kind="company", country="PH")
    assert answer.status_code == 422
    assert "An account like this one is known already" in answer.text and "same name" in answer.text
    assert 'value="carol&#x27;s kitchen"' in answer.text
    form = rhea.form("/staff/accounts/new").fields | {"name": "carol's kitchen", "is_another": "y"}
    assert rhea.post("/staff/accounts/new", data=form).status_code == 303


def test_a_filter_that_cannot_be_read_is_refused(rhea):
    assert rhea.get("/staff/accounts?kind=%00").status_code == 422


def test_the_same_form_sent_twice_opens_one_account(rhea, world):
    form = rhea.form("/staff/accounts/new").fields | {"name": "Once"}
    first, second = (rhea.post("/staff/accounts/new", data=form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Account.select().where(Account.name == "Once").count() == 1
    other = rhea.post("/staff/accounts/new", data=form | {"name": "Twice"})
    assert other.status_code == 422 and first.headers["Location"] in other.text and 'value="Twice"' in other.text


@pytest.mark.parametrize("typed, field", [
    ({"name": ""}, "name"), ({"name": "a\0b"}, "name"), ({"name": "x" * 201}, "name"), ({"kind": "bank"}, "kind"),
    ({"phone": "12"}, "phone"), ({"email": "a@b"}, "email"), ({"country": "ZZ"}, "country"), ({"name": None}, "name"),
])  # fmt: skip
def test_bad_input_comes_back_with_its_reason(rhea, world, typed, field):
    answer = rhea.send("/staff/accounts/new", **{"name": "Store", "kind": "company"} | typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert Account.select().count() == 2


# The page of one


def test_the_page_shows_people_addresses_orders_and_what_happened(rhea, world):
    make.address(world.account, label="Second kitchen")
    ordered(world.account, 5, 1_598_200)
    world.account.edit(by=world.carol, phone="0917 555 0100")
    page = rhea.get(f"/staff/accounts/{world.account.number}").text
    for words in ("Carol Dizon", "Second kitchen", "SO-000001", "₱15,982", "Account details changed"):
        assert words in page
    assert "0917\xa0555\xa00188</del>" in page and "0917\xa0555\xa00100</ins>" in page


def test_the_timeline_names_what_a_change_leads_to(rhea, world):
    schools = make.group("Schools")
    world.account.regroup(by=world.mona, group=schools)
    page = rhea.get(f"/staff/accounts/{world.account.number}/timeline").text
    assert "Schools" in page and f"now {schools.id}" not in page


def test_the_timeline_goes_back_as_far_as_there_is_something(rhea, world):
    for n in range(45):
        world.account.edit(by=world.carol, phone=f"0917 555 {n:04d}")
    address, numbers = f"/staff/accounts/{world.account.number}/timeline", 0
    while address:
        piece = rhea.get(address, headers={"HX-Request": "true"} if numbers else {}).text
        numbers += piece.count("Account details changed")
        older = piece.rpartition('hx-get="')[2].partition('"')[0] if ">Older<" in piece else ""
        address = older.replace("&amp;", "&")
    assert numbers == 45


def test_a_section_is_edited_in_place_by_a_piece(rhea, world):
    opened = rhea.get(details(world.account)[0], headers={"HX-Request": "true"})
    assert "<html" not in opened.text and 'name="version"' in opened.text
    answer = rhea.send(*details(world.account), htmx=True, name="Carol’s Kitchen and Bar")
    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'id="account-name" hx-swap-oob="true">Carol’s Kitchen and Bar' in answer.text
    assert "Carol Dizon was told." in answer.text
    assert fresh(world.account).name == "Carol’s Kitchen and Bar"


def test_without_scripts_the_same_section_is_a_page(rhea, world):
    answer = rhea.send(*details(world.account), phone="0917 555 0100")
    assert answer.status_code == 303
    assert "Carol Dizon was told." in rhea.get(answer.headers["Location"]).text
    assert Entry.select().count() == 1 and Outbox.select().where(Outbox.channel == "mail").count() == 1


def test_a_refused_section_keeps_what_was_typed(rhea, world):
    answer = rhea.send(*details(world.account), name="New name", phone="none")
    assert answer.status_code == 422
    assert 'value="New name"' in answer.text and 'value="none"' in answer.text and "phone-error" in answer.text
    assert fresh(world.account).name == "Carol’s Kitchen"


def test_a_stale_section_shows_both_and_the_next_save_counts(rhea, world):
    form = rhea.form(*details(world.account)).fields
    fresh(world.account).edit(by=world.carol, phone="0917 555 0111")
    answer = rhea.post(details(world.account)[1], data=form | {"phone": "0917 555 0222"})
    assert answer.status_code == 409
    assert "+639175550111" in answer.text and "0917 555 0222" in answer.text
    assert fresh(world.account).phone == "+639175550111"
    again = form | {"phone": "0917 555 0222", "version": "2", "form_key": "another-key-1234567"}
    assert rhea.post(details(world.account)[1], data=again).status_code == 303
    assert fresh(world.account).phone == "+639175550222"


@pytest.mark.parametrize("version", ["", "x", "-1", str(2**63), "1.5"])
def test_a_version_that_is_none_is_stale(rhea, world, version):
    form = rhea.form(*details(world.account)).fields | {"version": version, "phone": "0917 555 0222"}
    assert rhea.post(details(world.account)[1], data=form).status_code == 409


def test_another_teams_account_is_not_there(rhea, world):
    for address in ("", "?edit=details"):
        assert rhea.get(f"/staff/accounts/{world.other_account.number}{address}").status_code == 404
    assert rhea.post(f"/staff/accounts/{world.other_account.number}/edit/details").status_code in (400, 404)
    for nonsense in ("0", "01", "x", str(2**63), "1%00", "९"):
        assert rhea.get(f"/staff/accounts/{nonsense}").status_code == 404, nonsense


def test_a_section_that_does_not_exist_is_not_there(rhea, world):
    form = rhea.form(*details(world.account)).fields
    assert rhea.post(f"/staff/accounts/{world.account.number}/edit/owner", data=form).status_code == 404


def test_fields_of_other_sections_are_not_taken_along(rhea, world):
    rhea.send(*details(world.account), note="smuggled", owner=str(world.owen.employee), is_active="")
    assert (fresh(world.account).note, fresh(world.account).owner_id) == ("", world.rhea.employee)


# Giving away, watching, closing


def test_a_manager_gives_an_account_to_somebody_else(mona, world):
    page = f"/staff/accounts/{world.account.number}/reassign"
    answer = mona.send(page, owner=str(world.owen.employee), team=str(world.south.id))
    assert answer.status_code == 303
    assert fresh(world.account).owner == world.employees["owen"]
    told = Outbox.select().where(Outbox.template == "account_reassigned")
    assert {row.name for row in told} == {"Rhea Cruz", "Owen Tan"}
    assert mona.get(page).status_code == 404, "it is another team's now"


def test_an_owner_who_would_not_see_it_is_refused(mona, world):
    page = f"/staff/accounts/{world.account.number}/reassign"
    answer = mona.send(page, owner=str(world.owen.employee), team=str(world.north.id))
    assert answer.status_code == 422 and "Owen Tan is not in the team North" in answer.text
    assert mona.send(page, owner="0", team="9" * 20).status_code == 422
    form = mona.form(page).fields
    fresh(world.account).edit(by=world.carol, phone="0917 555 0111")
    assert mona.post(page, data=form | {"owner": "0", "team": "0"}).status_code == 409


def test_a_rep_cannot_give_an_account_away(rhea, world):
    assert rhea.get(f"/staff/accounts/{world.account.number}/reassign").status_code == 403


def test_watching_and_closing_are_one_click(mona, world):
    here = f"/staff/accounts/{world.account.number}"
    assert mona.send(here, f"{here}/watch").headers["Location"] == here
    assert "Watched by Mona Santos" in mona.get(here).text
    assert mona.send(here, f"{here}/unwatch").status_code == 303
    assert "Watched by" not in mona.get(here).text
    assert mona.send(here, f"{here}/close").status_code == 303
    assert not fresh(world.account).is_active
    assert mona.send(here, f"{here}/reopen").status_code == 303
    assert fresh(world.account).is_active


# Addresses of an account


def test_staff_add_and_change_an_address(rhea, world):
    new = f"/staff/accounts/{world.account.number}/addresses/new"
    typed = {"line1": "88 J.P. Rizal St.", "district": "Sto. Niño", "city": "Marikina", "postal_code": "1800"}
    assert rhea.send(new, **typed).status_code == 303
    again = rhea.send(new, **typed)
    assert again.status_code == 422 and "You have this address already" in again.text
    address = Address.get()
    assert rhea.send(f"/staff/addresses/{address.number}", label="Second kitchen").status_code == 303
    assert Address.get().label == "Second kitchen"
    form = rhea.form(f"/staff/addresses/{address.number}").fields
    Address.get().edit(by=world.carol, label="Other")
    assert rhea.post(f"/staff/addresses/{address.number}", data=form | {"label": "x"}).status_code == 409
    here = f"/staff/addresses/{address.number}"
    assert rhea.send(here, f"{here}/archive").status_code == 303
    assert "This address was put away" in rhea.get(here).text


def test_the_fields_take_the_names_of_the_country(rhea, world):
    new = f"/staff/accounts/{world.account.number}/addresses/new"
    piece = rhea.get(f"{new}?country=TH&line1=99%2F1", headers={"HX-Request": "true"}).text
    assert "<html" not in piece and "Amphoe or khet" in piece and 'value="99/1"' in piece
    assert "Barangay" in rhea.get(new).text
