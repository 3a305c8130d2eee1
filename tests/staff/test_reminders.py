"""Reminders on both faces: what goes out next, sent by hand, put on hold, arranged; and what customers see of it."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.sales.invoices import Invoice
from portal.sales.reminder_rules import ReminderPlan
from portal.sales.reminders import ReminderHold, ReminderLetter
from tests import make
from tests.portal.test_payments import invoice_of

TODAY = values.shop_day()
PAGE = "/staff/reminders"


def late(world, days, account=None):
    invoice = invoice_of(world, 500, account=account)
    with store.writing():
        Invoice.update(due_on=TODAY - timedelta(days=days)).where(Invoice.id == invoice.id).execute()
    return Invoice.get_by_id(invoice.id)


@pytest.fixture
def mona(client, world):
    return client.sign_in(world.mona)


def test_the_page_tells_what_would_go_out_and_one_press_sends_it(mona, client, world):
    invoice = late(world, 5)
    page = mona.get(PAGE).text
    assert "Reminders are switched off" in page and invoice.number in page and "Friendly" in page
    sent = mona.send(PAGE, f"{PAGE}/accounts/{world.account.number}/send")
    assert sent.status_code == 303 and "Carol Dizon was told" in mona.get(sent.location).text
    letter = ReminderLetter.get()
    assert invoice.number in mona.get(f"{PAGE}/letters/{letter.number}").text
    assert "friendly" in mona.get(f"/staff/invoices/{invoice.number}").text
    again = mona.post(
        f"{PAGE}/accounts/{world.account.number}/send", data=mona.form("/staff/settings/reminders").fields
    )
    assert again.status_code == 422 and "Nothing is due there any more" in again.text
    client.sign_in(world.carol)
    assert "A small reminder" in client.get("/inbox").text
    assert "We wrote to you about this invoice" in client.get(f"/invoices/{invoice.number}").text


def test_an_account_is_put_on_hold_with_a_reason_and_released(mona, world):
    late(world, 5)
    page = f"{PAGE}/accounts/{world.account.number}"
    refused = mona.send(page, f"{page}/hold", until=(TODAY + timedelta(days=9)).isoformat(), reason="")
    assert refused.status_code == 422 and "reason-error" in refused.text
    mona.send(page, f"{page}/hold", until=(TODAY + timedelta(days=9)).isoformat(), reason="the rice was wet")
    assert "the rice was wet" in mona.get(PAGE).text and "Nothing is due then" in mona.get(PAGE).text
    mona.send(page, f"{page}/release")
    assert not ReminderHold.select().where(ReminderHold.standing()).exists()


def test_the_rules_are_set_with_the_texts_in_three_languages_before_one(mona):
    page = mona.get("/staff/settings/reminders").text
    assert page.count('lang="th"') >= 3 and "INV-2026-000041" in page and "Still open" in page
    refused = mona.send("/staff/settings/reminders", days_2="2")
    assert refused.status_code == 422 and 'value="2"' in refused.text and "days_2-error" in refused.text
    saved = mona.send("/staff/settings/reminders", is_on="y", days_1="4", least="20")
    assert saved.status_code == 303
    assert (ReminderPlan.current().is_on, ReminderPlan.current().days_1, ReminderPlan.current().least) == (
        True,
        4,
        20,
    )
    mona.send("/staff/settings/reminders", is_active_2=None)
    assert [rule.level for rule in ReminderPlan.current().active] == [1, 3]


def test_letters_are_listed_as_files_and_reps_see_those_of_their_accounts(client, world):
    for account in (world.account, world.other_account):
        make.row(ReminderLetter, account=account, level=2, sent_on=TODAY, lines=[{"number": "INV-9"}])
    client.sign_in(world.rhea)
    rows = client.get(f"{PAGE}/letters.json?tone=firm").json["rows"]
    assert [(row["account"], row["invoices"]) for row in rows] == [(world.account.name, "INV-9")]
    assert client.get(f"{PAGE}/letters.json?tone=final").json["rows"] == []
    assert client.get(f"{PAGE}/letters").text.count("INV-9") == 1
    assert client.get("/staff/settings/reminders").status_code == 403


def test_the_page_costs_few_queries_however_many_are_due(mona, world, count_queries):
    for _ in range(6):
        late(world, 5, account=make.account(team=world.north, email="a@people.example"))
    assert count_queries(lambda: mona.get(PAGE)) <= 8
    assert count_queries(lambda: mona.get(f"{PAGE}/letters")) <= 8
