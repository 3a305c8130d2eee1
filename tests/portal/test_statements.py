"""Statements: what is owed is the same wherever it is asked, on any day."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal import values
from portal.errors import Invalid
from portal.sales import credit_notes, payments, refunds, statements
from portal.sales.invoices import Invoice
from portal.sales.payments import Payment
from portal.values import shop_midnight
from portal.whole import invariants
from tests import make
from tests.portal.test_payments import invoice_of, pay

TODAY = values.shop_day()


def ago(days):
    return TODAY - timedelta(days=days)


def test_a_statement_runs_from_its_opening_to_its_end(world):
    first = invoice_of(world, 100, days_ago=50)
    invoice_of(world, 200, days_ago=10)
    payment = pay(world, 60, paid_on=ago(5), allocate={first: 6_000})
    note = credit_notes.credit(first, by=world.mona, amount_minor=1_000, reason="Dented")
    (statement,) = statements.statement(world.account, ago(20), TODAY)
    assert (statement.currency, statement.opening_minor, statement.closing_minor) == ("PHP", 10_000, 23_000)
    assert [(row.kind, row.minor, row.balance_minor) for row in statement.rows] == [
        ("invoice", 20_000, 30_000),
        ("payment", -6_000, 24_000),
        ("credit_note", -1_000, 23_000),
    ]
    assert statement.rows[1].id == payment.id and statement.rows[2].number == note.number
    assert statement.ages == {
        "current": 20_000, "to_30": 3_000, "to_60": 0, "to_90": 0, "older": 0, "credit": 0,
    }  # fmt: skip


def test_an_account_without_any_papers_has_an_empty_statement(world):
    (statement,) = statements.statement(world.account, ago(20), TODAY)
    assert (statement.rows, statement.closing_minor, sum(statement.ages.values())) == ([], 0, 0)


def test_currencies_are_not_added(world):
    invoice_of(world, 100)
    invoice_of(world, 100, currency="USD")
    assert [one.currency for one in statements.statement(world.account, ago(20), TODAY)] == ["PHP", "USD"]
    assert {one.currency: one.minor for one in statements.balances([world.account])[world.account.id]} == {
        "PHP": 10_000,
        "USD": 10_000,
    }


def test_the_ages_of_debts():
    ages = [statements.age(ago(days), TODAY) for days in (-5, 0, 1, 30, 31, 60, 61, 90, 91)]
    assert ages == ["current", "current", "to_30", "to_30", "to_60", "to_60", "to_90", "to_90", "older"]


def test_a_balance_says_what_is_overdue_and_when_the_next_is_due(world):
    invoice_of(world, 100, days_ago=45)
    invoice_of(world, 300, days_ago=5)
    payments.record(world.account, by=world.rhea, amount_minor=2_500, currency="PHP", paid_on=TODAY)
    ((balance,),) = statements.balances([world.account, world.other_account]).values()
    assert (balance.owes_minor, balance.overdue_minor, balance.credit_minor) == (40_000, 10_000, 2_500)
    assert (balance.invoices, balance.next_due_on, balance.minor) == (2, ago(15), 37_500)


def test_a_bounced_payment_stands_in_the_statement_twice(world):
    invoice_of(world, 100, days_ago=30)
    payment = pay(world, 100, paid_on=ago(20), allocate="oldest", now=shop_midnight(ago(20)))
    payments.cancel(payment, by=world.mona, reason="Bounced", now=shop_midnight(ago(10)))
    for day, owed in ((ago(25), 10_000), (ago(15), 0), (TODAY, 10_000)):
        (statement,) = statements.statement(world.account, ago(40), day)
        assert (statement.closing_minor, sum(statement.ages.values())) == (owed, owed)
    assert [row.kind for row in statement.rows] == ["invoice", "payment", "payment_cancelled"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["invoice", "invoice", "pay", "pay", "credit", "words", "allocate", "release", "cancel", "refund"]
        ),
        st.integers(1, 500),
        st.integers(0, 80),
        st.integers(0, 9),
    ),
    max_size=14,
)


def step(world, account, what, pesos, days, which):
    """One thing that happens between the shop and an account; what does not fit is refused."""
    by = world.mona
    papers = list(Invoice.select().where(Invoice.account == account).order_by(Invoice.id))
    paid = list(Payment.select().where(Payment.account == account).order_by(Payment.id))
    invoice = papers[which % len(papers)] if papers else None
    source = [*paid, *(paper for paper in papers if paper.is_credit_note)]
    source = source[which % len(source)] if source else None
    if what == "invoice":
        invoice_of(world, pesos, days_ago=days, account=account)
    elif what == "pay":
        allocate = ("oldest", None)[which % 2]
        pay(world, pesos, account=account, paid_on=ago(days), allocate=allocate, reference=str(len(paid)))
    elif what == "credit" and invoice:
        credit_notes.credit(invoice, by=by, reason="x", reopens=bool(which % 2))
    elif what == "words" and invoice:
        credit_notes.credit(invoice, by=by, reason="x", amount_minor=pesos * 37)
    elif what == "allocate" and source:
        payments.allocate(source, by=by, invoices="oldest")
    elif what == "release" and source and invoice:
        payments.release(source, by=by, invoice=invoice)
    elif what == "cancel" and paid:
        payments.cancel(paid[which % len(paid)], by=by, reason="x")
    elif what == "refund" and source:
        refunds.pay(source, by=by, amount_minor=pesos * 11, paid_on=TODAY)


@settings(max_examples=15)
@given(steps=STEPS, days=st.integers(0, 90))
def test_statement_ages_and_balance_agree_whatever_happened(world, steps, days):
    account = make.account()
    for what in steps:
        try:
            step(world, account, *what)
        except Invalid:
            continue
    for day in (TODAY, ago(days)):
        for statement in statements.statement(account, ago(200), day):
            assert statement.closing_minor == sum(statement.ages.values()), day
            later = statements.statement(account, day, TODAY)
            assert later[0].closing_minor == statements.statement(account, ago(200), TODAY)[0].closing_minor
    (now,) = statements.statement(account, ago(200), TODAY)
    (balance,) = statements.balances([account]).get(account.id, [statements.Balance("PHP")])
    assert balance.minor == now.closing_minor
    late = sum(now.ages[name] for name in ("to_30", "to_60", "to_90", "older"))
    assert (balance.overdue_minor, balance.credit_minor) == (late, -now.ages["credit"])
    assert list(invariants.broken(with_files=False)) == []
