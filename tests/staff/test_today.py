"""Today over the wire: numbers that open to their rows, and news that come by themselves."""

import re
from datetime import timedelta

import pytest

from portal import audit, outbox, store, values
from portal.outbox import Outbox
from tests import make


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


def test_the_numbers_open_to_as_many_rows(client, world):
    placed(world)
    changed(world)
    changed(world, world.rhea)  # ours, so no news
    changed(world, event="login.signed_in")
    mail = make.told(world.account, world.logins["carol"], by=world.rhea)[1]
    with store.housekeeping("delivery"):
        Outbox.update(state="dead", error="550 nobody here").where(Outbox.id == mail.id).execute()
    page = client.sign_in(world.mona).get("/staff/").text
    assert figures(page) == [1, 1, 0, 1]
    for link, count in (("state=placed", 1), ("by=customers", 1), ("state=dead", 1)):
        address = re.search(rf'href="(/staff/(?:orders|audit|mail)\?[^"]*{link}[^"]*)"', page)[1]
        rows = client.get(address.replace("?", ".json?").replace("&amp;", "&")).json["rows"]
        assert len(rows) == count, address


def test_mail_that_waits_for_longer_than_two_minutes_is_seen(client, world):
    make.told(world.account, world.logins["carol"])
    client.sign_in(world.mona)
    assert "waits for the mail server" not in client.get("/staff/").text
    with store.housekeeping("delivery"):
        long_ago = values.now() - timedelta(minutes=3)
        Outbox.update(created_at=long_ago, due_at=long_ago).execute()
    assert "One mail waits for the mail server." in client.get("/staff/").text


def test_reps_see_their_inbox_instead_of_failed_mail(rhea, world):
    make.told(world.account, world.employees["rhea"], by=world.carol)
    page = rhea.get("/staff/").text
    assert figures(page) == [0, 1, 0, 1] and "New in your inbox" in page and "not delivered" not in page


def test_new_orders_stand_there_with_account_and_total(rhea, world):
    order = placed(world, total_minor=1864000)
    page = rhea.get("/staff/").text
    assert order.number in page and "Carol’s Kitchen" in page and "₱18,640" in page


def test_sums_of_two_currencies_are_not_added(client, world):
    placed(world, total_minor=100_00)
    placed(world, total_minor=900_00, currency="THB")
    page = client.sign_in(world.rhea).get("/staff/").text
    assert "₱100" in page and "฿900" in page and "1,000" not in page


def test_what_happens_elsewhere_is_not_shown(client, world):
    order = placed(world)
    page = client.sign_in(world.owen).get("/staff/").text
    assert figures(page)[:2] == [0, 0] and order.number not in page and "Carol" not in page


def test_an_open_page_gets_nothing_until_there_is_news_and_then_the_new_rows(rhea, world):
    changed(world)
    seen = since(rhea.get("/staff/").text)
    asked = {"headers": {"HX-Request": "true"}}
    quiet = rhea.get(f"/staff/?since={seen}", **asked)
    assert (quiet.status_code, quiet.data) == (204, b"")
    order = placed(world)
    news = rhea.get(f"/staff/?since={seen}", **asked)
    assert news.status_code == 200 and order.number in news.text and "<html" not in news.text
    assert since(news.text) > seen and figures(news.text)[0] == 1
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
    assert figures(page) == [0, 0, 0, 0] and "No order waits" in page and "Quiet so far" in page


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
