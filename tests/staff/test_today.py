"""Today over the wire: numbers that open to their rows, and news that come by themselves."""

import re
from datetime import timedelta

import pytest

from portal import audit, outbox, store, values
from portal.customers.accounts import Account
from portal.insight import numbers, silence
from portal.outbox import Outbox
from portal.sales.invoices import Invoice
from tests import make, talks
from tests.portal.test_silence import ordered
from tests.tasks import task as make_task


def changed(world, by=None, account=None, event="account.edited"):
    with audit.change(by or world.carol, event, account or world.account, about=account or world.account) as change:
        change.record("phone", "1", "2")
    return change.entry_id


def placed(world, **fields):
    order = make.order(world.account, **fields)
    with audit.change(world.carol, "order.placed", order, about=world.account) as change:
        change.happened()
    return order


def figures(page):
    return [int(n) for n in re.findall(r'<dd class="v">(\d+)', page)]


def since(page):
    return int(re.search(r'hx-get="/staff/\?since=(\d+)"', page)[1])


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def late(invoice):
    with store.writing():
        Invoice.update(due_on=values.shop_day() - timedelta(days=3)).where(Invoice.id == invoice.id).execute()


def rows_of(client, address):
    return client.get(address.replace("?", ".json?").replace("&amp;", "&")).json["rows"]


def test_each_of_the_three_numbers_opens_to_exactly_its_rows(client, world):
    placed(world)
    make.order(world.account, state="cancelled")
    make.order(world.other_account)
    make.order(make.account("Pool store"))
    for account in (world.account, world.account, world.other_account):
        late(make.invoice(account))
    ordered(make.account("Late store", owner=world.employees["rhea"], team=world.north), 50, 40, 30, 16)
    ordered(make.account("Late too", owner=world.employees["owen"], team=world.south), 50, 40, 30, 16)
    silence.keep()
    make_task(world.employees["rhea"], due_on=values.shop_day() - timedelta(days=1))
    make_task(world.employees["owen"], due_on=values.shop_day() - timedelta(days=1))
    mail = make.told(world.account, world.logins["carol"], by=world.rhea)[1]
    with store.housekeeping("delivery"):
        Outbox.update(state="dead", error="550 nobody here").where(Outbox.id == mail.id).execute()
    this_month = sum(days < values.shop_day().day for days in (50, 40, 30, 16))
    expected = {
        world.rhea: [3 + this_month, 2, 1],
        world.mona: [4 + this_month, 2, 1],
        world.ada: [6 + 2 * this_month, 3, 1],
    }
    for person, counts in expected.items():
        found = numbers.of(person)
        assert [number.count for number in found] == counts, person.name
        page = client.sign_in(person).get("/staff/").text
        links = re.findall(r'<dd class="note-line">.*?<a href="([^"]+)"', page, re.S)
        assert [len(rows_of(client, link)) for link in links] == counts, person.name


def test_mail_that_waits_for_longer_than_two_minutes_is_seen(client, world):
    make.told(world.account, world.logins["carol"])
    client.sign_in(world.mona)
    assert "waits for the mail server" not in client.get("/staff/").text
    with store.housekeeping("delivery"):
        long_ago = values.now() - timedelta(minutes=3)
        Outbox.update(created_at=long_ago, due_at=long_ago).execute()
    assert "1 mail waits for the mail server" in client.get("/staff/").text


def test_what_waits_stands_there_by_its_queue_and_opens_to_it(rhea, world):
    placed(world)
    make.told(world.account, world.employees["rhea"], by=world.carol)
    page = rhea.get("/staff/").text
    assert "1 order to confirm" in page and "1 message you have not read" in page and "not delivered" not in page


def test_what_is_due_stands_there_and_is_done_from_there(rhea, world):
    task = make_task(world.employees["rhea"], "Bring samples")
    make_task(world.employees["rhea"], "Not today", due_on=values.shop_day() + timedelta(days=1))
    talks.talk(world.account, state="planned", subject="The new list")
    page = rhea.get("/staff/").text
    assert "Bring samples" in page and "The new list" in page and "Not today" not in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    done = rhea.post(f"/staff/tasks/{task.number}/finish", data={"csrf_token": token, "back": "/staff/"})
    assert done.location == "/staff/"
    assert "Bring samples" not in rhea.get("/staff/").text


def test_what_happened_is_grouped_by_kind_and_opens_to_its_entries(rhea, world):
    for _ in range(3):
        placed(world)
    changed(world)
    make.account("Of mine")
    page = rhea.get("/staff/").text
    news = page[page.index('id="news"') :]
    link = re.search(r'href="(/staff/audit\?event=order.placed[^"]*)"', news)[1]
    assert len(rows_of(rhea, link)) == 3 and "Account details changed" in news


def test_others_hear_of_a_new_account_and_who_opened_it_does_not(client, world):
    Account.open(by=world.mona, name="New Store")
    assert "New Store" in client.sign_in(world.rhea).get("/staff/").text
    assert "Quiet so far" in client.sign_in(world.mona).get("/staff/").text
    assert "New Store" not in client.sign_in(world.owen).get("/staff/").text


def test_sums_of_two_currencies_are_not_added(client, world):
    placed(world, total_minor=100_00)
    placed(world, total_minor=900_00, currency="THB")
    page = client.sign_in(world.rhea).get("/staff/").text
    assert "₱100" in page and "฿900" in page and "1,000" not in page


def test_what_happens_elsewhere_is_not_shown(client, world):
    order = placed(world)
    page = client.sign_in(world.owen).get("/staff/").text
    assert figures(page) == [0, 0, 0] and order.number not in page and "Carol" not in page


def test_an_open_page_gets_nothing_until_there_is_news_and_then_the_new_rows(rhea, world):
    changed(world)
    seen = since(rhea.get("/staff/").text)
    asked = {"headers": {"HX-Request": "true"}}
    quiet = rhea.get(f"/staff/?since={seen}", **asked)
    assert (quiet.status_code, quiet.data) == (204, b"")
    order = placed(world)
    news = rhea.get(f"/staff/?since={seen}", **asked)
    assert news.status_code == 200 and f"/staff/orders/{order.number}" in news.text and "<html" not in news.text
    assert since(news.text) > seen and "1 order to confirm" in news.text
    assert rhea.get(f"/staff/?since={since(news.text)}", **asked).status_code == 204


def test_what_staff_or_other_teams_customers_do_is_no_news(rhea, world):
    changed(world, world.rhea)
    changed(world, world.dave, world.other_account)
    assert rhea.get("/staff/?since=0").status_code == 204


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 30, "1.5", "١"])
def test_a_nonsense_mark_is_just_the_page(rhea, nonsense):
    assert rhea.get(f"/staff/?since={nonsense}").status_code in (200, 204)


def test_the_page_works_without_anything_to_show(rhea):
    page = rhea.get("/staff/").text
    assert figures(page) == [0, 0, 0] and "Nothing is due today" in page and "Quiet so far" in page


def test_a_busy_day_costs_as_few_queries_as_a_quiet_one(client, world, count_queries):
    for _ in range(15):
        placed(world)
        changed(world)
        make.told(world.account, world.logins["carol"])
    outbox.failed(outbox.claim(1)[0], "550 no", for_good=True)
    client.sign_in(world.mona)
    assert count_queries(lambda: client.get("/staff/")) <= 8
    assert count_queries(lambda: client.get("/staff/?since=1")) <= 9
    assert count_queries(lambda: client.get("/staff/?since=99999")) <= 4


def test_customers_are_sent_to_the_door(client, world):
    answer = client.sign_in(world.carol).get("/staff/?since=0")
    assert answer.status_code == 303 and "/staff/sign-in" in answer.headers["Location"]


def test_a_new_shop_tells_its_admin_what_is_left_to_arrange_and_nobody_else(client, world):
    page = client.sign_in(world.ada).get("/staff/").text
    assert "First days of your shop" in page and "/staff/settings/payment-methods" in page
    assert "First days of your shop" not in client.sign_in(world.rhea).get("/staff/").text
