"""Payments: in part, in excess, to several invoices, twice by mistake, bounced, paid back; and used only once."""

from datetime import timedelta

import pytest

from portal import audit, outbox, search, values
from portal.errors import Invalid
from portal.sales import credit_notes, invoicing, payments, refunds
from portal.sales.invoices import Invoice
from portal.sales.payments import Allocation, Payment
from portal.whole import invariants
from tests import make
from tests.races import at_once

TODAY = values.shop_day()


def invoice_of(world, pesos, *, days_ago=0, account=None, **fields):
    product = make.product(list_minor=pesos * 100)
    order = make.order(account or world.account, (product, 1), state="delivered", **fields)
    return invoicing.issue(order, by=world.rhea, issued_on=TODAY - timedelta(days=days_ago))


def pay(world, pesos, by=None, account=None, **given):
    start = {"amount_minor": pesos * 100, "currency": "PHP", "paid_on": TODAY}
    return payments.record(account or world.account, by=by or world.rhea, **start | given)


def again(row):
    return type(row).get_by_id(row.id)


def sound():
    return list(invariants.broken(with_files=False)) == []


def test_a_payment_in_part_leaves_the_rest_open(world):
    invoice = invoice_of(world, 500)
    payment = pay(world, 200, allocate={invoice: 20_000})
    assert (again(invoice).open_minor, again(invoice).state(), again(invoice).paid_at) == (30_000, "part", None)
    assert (payment.open_minor, payment.state) == (0, "used")
    pay(world, 300, allocate="oldest")
    assert again(invoice).state() == "paid" and again(invoice).paid_at
    assert sound()


def test_what_is_paid_in_excess_stays_open_and_settles_a_later_invoice(world):
    invoice = invoice_of(world, 500)
    payment = pay(world, 800, allocate="oldest")
    assert (payment.open_minor, payment.state) == (30_000, "open")
    later = invoice_of(world, 100)
    payments.allocate(payment, by=world.rhea, invoices={later: 10_000})
    assert [again(one).open_minor for one in (invoice, later, payment)] == [0, 0, 20_000]
    assert sound()


def test_one_payment_settles_what_is_due_first(world):
    newer, older = invoice_of(world, 100), invoice_of(world, 100, days_ago=40)
    pay(world, 150, allocate="oldest")
    assert [again(one).open_minor for one in (older, newer)] == [0, 5_000]


def test_a_credit_note_settles_another_invoice(world):
    paid, other = invoice_of(world, 100), invoice_of(world, 300)
    pay(world, 100, allocate={paid: 10_000})
    note = credit_notes.credit(paid, by=world.mona, reason="Came back")
    payments.allocate(note, by=world.rhea, invoices="oldest")
    assert [again(one).open_minor for one in (note, other)] == [0, 20_000]
    assert sound()


def test_the_same_payment_twice_is_asked_about_first(world):
    first = pay(world, 100, reference="GC 7")
    with pytest.raises(Invalid) as refused:
        pay(world, 100, reference="GC 7")
    assert refused.value.problems["is_another"] == (
        "payment-known",
        {"number": first.number, "by": "Rhea Cruz"},
    )
    pay(world, 100, reference="GC 8")
    pay(world, 100, reference="GC 7", is_another=True)
    payments.cancel(first, by=world.mona, reason="Typed twice")
    assert Payment.select().count() == 3


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"amount_minor": 0}, "amount_minor", "amount-too-small"),
        ({"amount_minor": -100}, "amount_minor", "amount-too-small"),
        ({"amount_minor": 10**16}, "amount_minor", "amount-too-large"),
        ({"amount_minor": 10.5}, "amount_minor", "amount-not-a-number"),
        ({"paid_on": TODAY + timedelta(days=1)}, "paid_on", "date-not-between"),
        ({"paid_on": TODAY - timedelta(days=2000)}, "paid_on", "date-not-between"),
        ({"paid_on": "next week"}, "paid_on", "date-malformed"),
        ({"paid_on": ""}, "paid_on", "field-needed"),
        ({"currency": "QQQ"}, "currency", "currency-unknown"),
        ({"method": "barter"}, "method", "choice-unknown"),
        ({"reference": "x" * 141}, "reference", "text-too-long"),
        ({"allocate": {"ours": 10_001}}, "invoices", "more-than-open"),
        ({"allocate": {"ours": 0}}, "invoices", "amount-too-small"),
        ({"allocate": {"ours": -5}}, "invoices", "amount-too-small"),
        ({"allocate": {"theirs": 100}}, "invoices", "invoice-foreign"),
        ({"allocate": {"small": 5_001}}, "invoices", "more-than-owed"),
        ({"allocate": {"dollars": 100}}, "invoices", "other-currency"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_at_its_field(world, given, field, message):
    invoices = {
        "ours": invoice_of(world, 500),
        "small": invoice_of(world, 50),
        "theirs": invoice_of(world, 500, account=world.other_account),
        "dollars": invoice_of(world, 500, currency="USD"),
    }
    if "allocate" in given:
        given = {"allocate": {invoices[name]: minor for name, minor in given["allocate"].items()}}
    with pytest.raises(Invalid) as refused:
        pay(world, 100, **given)
    assert refused.value.problems[field][0] == message
    assert Payment.select().count() == Allocation.select().count() == 0
    assert all(again(invoice).open_minor == invoice.total_minor for invoice in invoices.values())


def test_a_bounced_payment_frees_what_it_settled(world):
    invoice = invoice_of(world, 500)
    payment = pay(world, 600, allocate="oldest")
    payments.cancel(payment, by=world.mona, reason="The cheque bounced")
    assert (again(invoice).open_minor, again(invoice).paid_at) == (50_000, None)
    assert (again(payment).state, again(payment).open_minor) == ("cancelled", 0)
    with pytest.raises(Invalid) as refused:
        payments.cancel(payment, by=world.mona, reason="Again")
    assert refused.value.problems["payment"][0] == "payment-cancelled"
    with pytest.raises(Invalid) as refused:
        payments.allocate(again(payment), by=world.rhea, invoices={invoice: 1})
    assert refused.value.problems["payment"][0] == "payment-cancelled"
    assert sound()


def test_a_payment_is_moved_to_another_invoice(world):
    wrong, right = invoice_of(world, 100), invoice_of(world, 100)
    payment = pay(world, 100, allocate={wrong: 10_000})
    payments.release(payment, by=world.rhea, invoice=wrong)
    assert (again(wrong).open_minor, again(wrong).paid_at, again(payment).open_minor) == (10_000, None, 10_000)
    payments.allocate(payment, by=world.rhea, invoices={right: 10_000})
    assert [again(one).open_minor for one in (wrong, right, payment)] == [10_000, 0, 0]
    with pytest.raises(Invalid) as refused:
        payments.release(payment, by=world.rhea, invoice=wrong)
    assert refused.value.problems["invoices"][0] == "nothing-to-release"
    assert sound()


def test_credit_is_freed_from_the_invoice_it_was_given_for(world):
    invoice = invoice_of(world, 100)
    note = credit_notes.credit(invoice, by=world.mona, amount_minor=3_000, reason="Dented")
    payments.release(note, by=world.rhea, invoice=invoice)
    assert (again(invoice).open_minor, again(note).open_minor) == (10_000, 3_000)
    assert sound()


def test_money_is_paid_back_out_of_what_is_open(world):
    payment = pay(world, 500)
    refunds.pay(payment, by=world.mona, amount_minor=20_000, paid_on=TODAY)
    assert again(payment).open_minor == 30_000
    with pytest.raises(Invalid) as refused:
        refunds.pay(payment, by=world.mona, amount_minor=30_001, paid_on=TODAY)
    assert refused.value.problems["amount_minor"][0] == "more-than-open"
    with pytest.raises(Invalid) as refused:
        payments.cancel(payment, by=world.mona, reason="Bounced")
    assert refused.value.problems["payment"][0] == "payment-refunded"
    assert sound()


def test_the_customer_is_told_and_the_reference_is_found(world):
    payment = pay(world, 100, reference="BPI 998877")
    row = outbox.Outbox.get(outbox.Outbox.recipient == str(world.carol.ref), outbox.Outbox.channel == "mail")
    assert row.template == "payment_received"
    assert search.find("998877", kinds=["payment"], actor=world.rhea)["payment"].records == [payment.id]


def test_what_a_payment_settled_stands_in_its_entry(world):
    invoice = invoice_of(world, 500)
    payment = pay(world, 200, allocate="oldest")
    entry = audit.Entry.get(audit.Entry.subject == str(payment.ref))
    said = {field: new for field, _, new in audit.values_of([entry])[entry.id]}
    assert said["allocated"] == f'"{invoice.number}: 200.00"'


# Races


def test_the_same_credit_is_not_used_twice_at_once(postgres):
    world = make.world()
    first, second = invoice_of(world, 100), invoice_of(world, 100)
    payment = pay(world, 100)

    def use(number):
        invoice = (first, second)[number % 2]
        return payments.allocate(again(payment), by=world.rhea, invoices={invoice: 10_000})

    found = at_once(4, use)
    assert sum(isinstance(one, Payment) for one in found) == 1
    assert (again(payment).open_minor, Allocation.select().count()) == (0, 1)
    assert sound()


def test_two_payments_at_once_do_not_settle_more_than_is_owed(postgres):
    world = make.world()
    invoice = invoice_of(world, 100)
    found = at_once(4, lambda number: pay(world, 100, reference=str(number), allocate={invoice: 10_000}))
    assert sum(isinstance(one, Payment) for one in found) == 1
    assert Payment.select().count() == 1 and sound()


def test_two_who_record_the_same_payment_at_once_record_it_once(postgres):
    world = make.world()
    at_once(4, lambda number: pay(world, 100, reference="GC 7"))
    assert Payment.select().count() == 1


def test_what_a_payment_settled_is_freed_once(postgres):
    world = make.world()
    invoice = invoice_of(world, 100)
    payment = pay(world, 100, allocate={invoice: 10_000})
    found = at_once(4, lambda number: payments.release(again(payment), by=world.rhea, invoice=again(invoice)))
    assert sum(isinstance(one, Payment) for one in found) == 1
    assert (again(invoice).open_minor, again(payment).open_minor) == (10_000, 10_000) and sound()


def test_cancelling_and_using_a_payment_at_once_leaves_the_sums_whole(postgres):
    world = make.world()
    invoice = invoice_of(world, 500)
    payment = pay(world, 500)

    def act(number):
        if number % 2:
            return payments.cancel(again(payment), by=world.mona, reason="Bounced")
        return payments.allocate(again(payment), by=world.rhea, invoices={invoice: 10_000})

    at_once(4, act)
    assert (again(payment).state, again(invoice).open_minor) == ("cancelled", 50_000)
    assert Invoice.select().count() == 1 and Allocation.select().count() == 0 and sound()
