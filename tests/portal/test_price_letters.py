"""Letters about agreed prices and approvals: what, until when, and what it costs."""

from datetime import date

import pytest

from portal import outbox
from portal.activity import inbox
from portal.sales import agreed_prices, approval_asking
from portal.sales.approvals import Approval
from portal.sales.quotes import Wanted
from portal.web import mail
from tests import make

SHOP = mail.Shop("Aling Nena", base_url="https://shop.example")


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", name="Rice <b>", list_minor=12_000)
    make.address(world.account)
    return world


def letters(template):
    """{name: letter} of what was told last."""
    rows = outbox.Outbox.select().where(outbox.Outbox.template == template).order_by(outbox.Outbox.id)
    return {row.name: _letter(row) for row in rows}


def _letter(row):
    to, for_staff = inbox.recipient_of(row), inbox.is_for_staff(row)
    return mail.render(row.template, row.params, to, SHOP, for_staff=for_staff)


def test_the_customer_reads_the_agreed_price_its_days_and_where_it_stands(shop):
    given = {"what": "RICE", "price": "108", "from_quantity": "10", "valid_to": date(2199, 12, 31)}
    item = agreed_prices.agree(shop.account, by=shop.mona, **given)
    found = letters("price_agreed")
    assert set(found) == {"Carol Dizon", "Rhea Cruz"}
    carol, rhea = found["Carol Dizon"], found["Rhea Cruz"]
    assert carol.subject == "A price is agreed for Rice <b>"
    for words in ("Rice <b>: ₱108.00", "The list price is ₱120.00.", "From 10 pieces on", "31 Dec"):
        assert words in carol.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "https://shop.example/catalogue/RICE" in carol.html and "<b>" not in carol.entry
    assert f"https://shop.example/staff/accounts/{shop.account.number}" in rhea.html
    agreed_prices.renew(item, by=shop.mona, price="5 %")
    assert "Rice <b>: 5% off the list price" in letters("price_agreed")["Carol Dizon"].text
    agreed_prices.end(item, by=shop.mona)
    assert letters("price_agreed")["Carol Dizon"].subject == "The agreed price of Rice <b> has ended"


def test_managers_read_what_a_discount_costs_and_the_asker_reads_the_answer(shop):
    lines = [Wanted("RICE", "5", 2_000)]
    order = approval_asking.ask(by=shop.rhea, account=shop.account, lines=lines, reason="They move to us")
    asked = letters("discount_asked")["Mona Santos"]
    assert asked.subject == "Rhea Cruz asks for a discount for Carol’s Kitchen"
    for words in ("Highest discount: 20%", "Given away: ₱120.00", "Left of the goods: ₱480.00", "They move to us"):
        assert words in asked.text
    assert "https://shop.example/staff/approvals/AP-000001" in asked.html
    Approval.visible_to(shop.mona).get().decline(by=shop.mona, words="10 % is enough")
    answer = letters("discount_declined")["Rhea Cruz"]
    assert "Answer: 10 % is enough" in answer.text and f"/staff/orders/{order.number}" in answer.html
