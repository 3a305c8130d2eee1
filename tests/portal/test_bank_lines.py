"""Bank statements from file to payment: taken in once, booked once, taken back whole; and every sum holds."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import search, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.exchange import bank_booking, bank_lines, bank_taking
from portal.exchange.bank_lines import WAITING, BankBooking, BankLine
from portal.exchange.bank_statements import BankAccount, BankStatement
from portal.sales import paid_notes, payments
from portal.sales.payments import Payment
from portal.whole import invariants
from tests import bank, make
from tests.bank import HEAD, csv_of
from tests.portal.test_payments import again, invoice_of, pay
from tests.races import at_once, in_line_behind

pytestmark = pytest.mark.usefixtures("folder")

TODAY = values.shop_day()


def bring(world, text, by=None):
    return bank.bring(by or world.mona, text)


def take(world, text, by=None, **given):
    return bank.take(by or world.mona, text, **given)


def lines(statement=None):
    rows = BankLine.select().order_by(BankLine.id)
    return list(rows if statement is None else rows.where(BankLine.statement == statement))


def sound():
    return list(invariants.broken(with_files=False)) == []


def test_nothing_is_written_before_somebody_confirms_the_columns(world):
    statement = bring(world, csv_of(("salamat", "100.00")))
    assert (statement.state, BankLine.select().count(), Payment.select().count()) == ("draft", 0, 0)
    _, found = statement.look(statement.as_read, "PHP")
    assert (found.lines, found.in_minor) == (1, 10_000)
    statement.discard(by=world.mona)
    assert BankStatement.get().state == "discarded"
    with pytest.raises(Invalid, match="bank-statement-taken"):
        bank_taking.take(statement, by=world.mona, layout=statement.as_read, bank_account="BPI", currency="PHP")


def test_a_statement_becomes_lines_matched_with_what_is_owed(world):
    invoice = invoice_of(world, 500)
    invoice_of(world, 321, account=world.other_account)
    mine = ((f"IPAY {invoice.number}", "500.00"), ("Dave Ramos", "321.00"))
    statement = take(
        world,
        csv_of(*mine, ("?", "7.00"), ("fee", "-15.00")),
    )
    assert (statement.state, statement.lines, statement.known, statement.left_out) == ("read", 4, 0, 0)
    assert [line.state for line in lines()] == ["matched", "suggested", "unknown", "outgoing"]
    assert [line.account_id for line in lines()] == [world.account.id, world.other_account.id, None, None]
    assert lines()[1].why[0] == "bank-why-name-amount"
    assert search.find("IPAY", ["bank_line"], world.mona, rights=["bank.see"])["bank_line"].records
    assert not search.find("IPAY", ["bank_line"], world.rhea)["bank_line"].records
    assert sound()


def test_accepting_books_the_payment_once_and_tells_the_customer(world):
    invoice = invoice_of(world, 500)
    take(world, csv_of((f"IPAY {invoice.number}", "500.00")))
    line = lines()[0]
    bank_booking.accept(line, by=world.mona, seen=bank_booking.plan_print(line))
    payment = Payment.get()
    assert (payment.source, payment.cause, payment.amount_minor, payment.paid_on) == (
        "bank",
        str(line.ref),
        50_000,
        TODAY,
    )
    assert again(invoice).open_minor == 0 and again(line).state == "booked"
    with pytest.raises(Invalid, match="bank-line-done"):
        bank_booking.accept(line, by=world.ada)
    assert Payment.select().count() == 1 and sound()


def test_a_plan_that_moved_since_it_was_seen_is_refused(world):
    invoice = invoice_of(world, 500)
    take(world, csv_of((f"IPAY {invoice.number}", "500.00")))
    line = lines()[0]
    seen = bank_booking.plan_print(line)
    pay(world, 200, allocate={invoice: 20_000}, method="cash")
    with pytest.raises(Invalid, match="more-than-owed"):
        bank_booking.accept(line, by=world.mona)
    assert again(line).state == "matched" and Payment.select().count() == 1
    assert bank_taking.look_again(by=world.mona) == 1
    with pytest.raises(Invalid, match="bank-plan-moved"):
        bank_booking.accept(line, by=world.mona, seen=seen)
    bank_booking.accept(line, by=world.mona)
    assert again(invoice).open_minor == 0 and Payment.get(Payment.source == "bank").open_minor == 20_000 and sound()


def test_all_sure_lines_are_accepted_at_once_and_one_that_cannot_waits(world):
    first, second = invoice_of(world, 500), invoice_of(world, 300)
    take(world, csv_of((first.number, "500.00"), (second.number, "300.00"), ("?", "9.00")))
    pay(world, 300, allocate={second: 30_000}, method="cash")
    assert bank_booking.accept_sure(by=world.mona) == (1, 1, 0)
    assert [line.state for line in lines()] == ["booked", "suggested", "unknown"]
    assert lines()[1].why[0] == "bank-why-paid-already" and sound()


def test_the_same_line_of_an_overlapping_statement_is_known_and_two_equal_ones_of_a_day_stay_two(world):
    yesterday = TODAY - timedelta(days=1)
    first = HEAD + f"{yesterday},rent,10.00\n{TODAY},load,50.00\n{TODAY},load,50.00\n"
    second = HEAD + f"{TODAY},load,50.00\n{TODAY},load,50.00\n{TODAY},load,50.00\n{TODAY},new,5.00\n"
    take(world, first)
    later = take(world, second)
    assert (later.lines, later.known) == (2, 2)
    assert sorted(line.text for line in lines()) == ["load", "load", "load", "new", "rent"]
    other = take(world, first.replace("rent", "rent "), bank_account="Metrobank")
    assert other.lines == 3  # another bank account has lines of its own


def test_the_very_same_file_leads_to_what_it_became(world):
    statement = take(world, csv_of(("rent", "10.00")))
    with pytest.raises(Invalid, match="bank-file-known") as refusal:
        bring(world, csv_of(("rent", "10.00")))
    assert refusal.value.problems["file"][1] == {"number": statement.number}


def test_a_statement_that_broke_off_goes_on_where_it_stood(world, monkeypatch):
    monkeypatch.setattr(bank_taking, "BATCH", 2)
    text = csv_of(*((f"line {n}", f"{n}.00") for n in range(1, 8)))
    statement, calls = bring(world, text), []
    real = bank_taking._write

    def dies(*given):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*given)

    monkeypatch.setattr(bank_taking, "_write", dies)
    given = {"layout": statement.as_read, "bank_account": "BPI", "currency": "PHP", "by": world.mona}
    with pytest.raises(KeyboardInterrupt):
        bank_taking.take(statement, **given)
    assert (BankStatement.get().state, len(lines())) == ("reading", 4)
    monkeypatch.setattr(bank_taking, "_write", real)
    done = bank_taking.take(BankStatement.get(), **given)
    assert (done.state, done.lines, done.known) == ("read", 7, 0)


def test_a_large_file_takes_several_presses_and_none_of_it_comes_twice(world, monkeypatch):
    monkeypatch.setattr(bank_taking, "BATCH", 2)
    monkeypatch.setattr(bank_taking, "SECONDS", -1)
    statement = bring(world, csv_of(*((f"line {n}", f"{n}.00") for n in range(1, 6))))
    given = {"layout": statement.as_read, "bank_account": "BPI", "currency": "PHP", "by": world.mona}
    assert [bank_taking.take(statement, **given).state, len(lines())] == ["reading", 2]
    monkeypatch.setattr(bank_taking, "SECONDS", 25)
    assert bank_taking.take(statement, **given).state == "read"
    assert [line.text for line in lines()] == [f"line {n}" for n in range(1, 6)]


def test_the_columns_are_remembered_for_the_next_file_of_the_bank(world):
    odd = "Kelan,Ano,Magkano\n13/11/2026,suki,1.234,00\n".replace("1.234,00", '"1.234,00"')
    statement = bring(world, odd)
    assert statement.as_read.problems()
    layout = type(statement.as_read)(header=1, roles=("day", "text", "amount"), mark=",")
    bank_taking.take(statement, by=world.mona, layout=layout, bank_account="BDO", currency="PHP")
    assert lines()[0].amount_minor == 123_400
    following = bring(world, odd.replace("13/11", "14/11"))
    assert following.bank_account.name == "BDO" and following.as_read.roles == ("day", "text", "amount")
    with pytest.raises(Invalid, match="bank-account-other-currency"):
        bank_taking.take(following, by=world.mona, layout=layout, bank_account="BDO", currency="THB")
    assert BankAccount.select().count() == 1


def test_a_line_is_booked_by_hand_over_several_accounts(world):
    mine, theirs = invoice_of(world, 100), invoice_of(world, 50, account=world.other_account)
    take(world, csv_of(("for us and Dave", "170.00")))
    line = lines()[0]
    bank_booking.book(
        line, by=world.mona, parts=[(mine.number, "100"), (theirs.number.lower(), "50"), (world.account.number, "")]
    )
    assert [again(one).open_minor for one in (mine, theirs)] == [0, 0]
    made = {p.account_id: (p.amount_minor, p.open_minor) for p in Payment.select()}
    assert made == {world.account.id: (12_000, 2_000), world.other_account.id: (5_000, 0)}
    assert again(line).state == "booked" and sound()


@pytest.mark.parametrize(
    ("parts", "field", "problem"),
    [
        ([], "target_0", "bank-target-needed"),
        ([("INV-1999-000001", "")], "target_0", "bank-target-unknown"),
        ([("nonsense", "5")], "target_0", "bank-target-unknown"),
        ([("1", "abc")], "amount_0", "amount-not-a-number"),
        ([("1", "-5")], "amount_0", "amount-too-small"),
        ([("1", "5")], "line", "bank-parts-sum"),
        ([("1", "500000")], "line", "bank-parts-over"),
    ],
)
def test_what_cannot_be_booked_by_hand_is_said_at_its_field(world, parts, field, problem):
    take(world, csv_of(("x", "170.00")))
    parts = [(world.account.number if target == "1" else target, amount) for target, amount in parts]
    with pytest.raises(Invalid) as refusal:
        bank_booking.book(lines()[0], by=world.mona, parts=parts)
    assert refusal.value.problems[field][0] == problem and lines()[0].state == "unknown"


def test_a_payment_recorded_by_hand_is_linked_instead_of_booked_again(world):
    invoice = invoice_of(world, 500)
    paid = pay(world, 500, allocate={invoice: 50_000}, reference="GC-778812", paid_on=TODAY - timedelta(days=2))
    take(world, csv_of(("GCASH GC-778812", "500.00"), (invoice.number, "500.00")))
    assert (lines()[0].state, lines()[0].plan["payment"]) == ("matched", paid.id)
    assert lines()[1].why[0] == "bank-why-paid-already"  # the customer really paid twice
    assert bank_booking.accept_sure(by=world.mona) == (1, 0, 0)
    assert Payment.select().count() == 1 and BankBooking.get().is_linked
    with pytest.raises(Invalid, match="bank-payment-linked"):
        bank_booking.link(lines()[1], by=world.mona, payment=paid.number)
    with pytest.raises(Invalid, match="bank-payment-unknown"):
        bank_booking.link(lines()[1], by=world.mona, payment="PAY-999999")
    assert sound()


def test_what_a_customer_told_with_i_have_paid_is_recognised(world):
    invoice = invoice_of(world, 500)
    paid_notes.say_paid(invoice, by=world.carol, paid_on=TODAY, reference="GC 55-1234")
    take(world, csv_of(("GCASH TRANSFER GC55-1234", "500.00"), ("GC 99", "500.00")))
    assert [(line.state, line.why[0]) for line in lines()][0] == ("matched", "bank-why-told-exact")
    bank_booking.accept_sure(by=world.mona)
    assert again(invoice).open_minor == 0 and sound()


def test_taking_back_cancels_the_payment_and_lets_a_linked_one_go(world):
    invoice = invoice_of(world, 500)
    take(world, csv_of((invoice.number, "500.00"), ("own transfer", "80.00")))
    bank_booking.accept_sure(by=world.mona)
    bank_booking.ignore(lines()[1], by=world.mona, note="between our own accounts")
    assert (lines()[1].state, lines()[1].note) == ("ignored", "between our own accounts")
    with pytest.raises(Invalid, match="field-needed"):
        bank_booking.reopen(lines()[0], by=world.mona)
    bank_booking.reopen(lines()[0], by=world.mona, reason="wrong customer")
    bank_booking.reopen(lines()[1], by=world.mona)
    assert [line.state for line in lines()] == ["matched", "unknown"]
    assert again(invoice).open_minor == 50_000 and BankBooking.select().count() == 0 and sound()


def test_a_payment_taken_back_elsewhere_brings_its_line_back_to_the_queue(world):
    invoice = invoice_of(world, 500)
    take(world, csv_of((invoice.number, "500.00")))
    bank_booking.accept_sure(by=world.mona)
    payments.cancel(Payment.get(), by=world.mona, reason="bounced")
    assert sound()
    bank_booking.follow_cancelled()
    assert lines()[0].state == "matched" and again(invoice).open_minor == 50_000 and sound()


def test_a_payer_is_learnt_from_what_people_booked(world):
    invoice_of(world, 100)
    text = "Date,Payer,Amount\n" + f"{TODAY},Maria Santos,40.00\n"
    take(world, text)
    assert lines()[0].state == "unknown"
    bank_booking.book(lines()[0], by=world.mona, parts=[(world.account.number, "")])
    take(world, text.replace("40", "60"))
    assert (lines()[1].state, lines()[1].why[0]) == ("suggested", "bank-why-before")


def test_of_two_people_who_accept_the_same_line_one_gets_it(postgres):
    world = make.world()
    invoice = invoice_of(world, 500)
    take(world, csv_of((invoice.number, "500.00")))
    line = lines()[0]
    acts = [
        lambda: bank_booking.accept(again(line), by=world.mona),
        lambda: bank_booking.accept(again(line), by=world.ada),
        lambda: bank_booking.ignore(again(line), by=world.mona),
    ]
    done = at_once(3, lambda number: acts[number]())
    assert sum(not isinstance(each, Invalid) for each in done) == 1
    assert Payment.select().count() <= 1 and sound()


def test_two_statements_that_overlap_taken_at_once_write_each_line_once(postgres):
    world = make.world()
    rows = [(f"line {n}", f"{n}.00") for n in range(1, 40)]
    texts = [csv_of(*rows[:30]), csv_of(*rows[10:])]
    statements = [bring(world, text) for text in texts]
    given = {"bank_account": "BPI", "currency": "PHP", "by": world.mona}
    at_once(2, lambda number: bank_taking.take(statements[number], layout=statements[number].as_read, **given))
    for statement in BankStatement.select().where(BankStatement.state != "read"):
        bank_taking.take(statement, layout=statement.as_read, **given)
    assert len(lines()) == 39 and sound()


def test_a_large_file_costs_a_few_queries_per_batch(world, count_queries):
    text = csv_of(*((f"line {n} INV-2026-{n:06d} Panaderya Dolor", f"{n}.00") for n in range(1, 2001)))
    cost = count_queries(lambda: take(world, text))
    assert len(lines()) == 2000
    assert cost <= 25 + 4 * 20


STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["accept", "book", "ignore", "reopen", "again"])), max_size=12
)
AMOUNTS = st.lists(st.integers(-20_000, 60_000).filter(bool), min_size=1, max_size=6)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(AMOUNTS, STEPS)
def test_whatever_is_done_the_lines_are_booked_ignored_waiting_or_gone_out(world, amounts, steps):
    before, invoice = len(lines()), invoice_of(world, 300)
    texts = [f"{n} {before} {invoice.number if n % 2 else ''}" for n in range(len(amounts))]
    rows = [(text, f"{minor / 100:.2f}") for text, minor in zip(texts, amounts, strict=True)]
    try:
        statement = take(world, csv_of(*rows))
    except Invalid:
        return  # the very same file as an earlier example's
    mine = lines(statement)
    for place, verb in steps:
        line = again(mine[place % len(mine)])
        try:
            {
                "accept": lambda: bank_booking.accept(line, by=world.mona),
                "book": lambda: bank_booking.book(line, by=world.mona, parts=[(world.account.number, "")]),
                "ignore": lambda: bank_booking.ignore(line, by=world.mona),
                "reopen": lambda: bank_booking.reopen(line, by=world.mona, reason="again"),
                "again": lambda: bank_taking.look_again(by=world.mona),
            }[verb]()
        except Invalid:
            continue
    found = bank_lines.sums(BankLine.select().where(BankLine.statement == statement)).get("PHP", {})
    by_state = {state: minor for state, (_, minor) in found.items()}
    waiting = sum(by_state.get(state, 0) for state in WAITING)
    paid = BankBooking.select().join(BankLine).where(BankLine.statement == statement)
    booked = sum(booking.amount_minor for booking in paid)
    assert by_state.get("booked", 0) == booked
    assert sum(line.amount_minor for line in mine) == booked + waiting + by_state.get("ignored", 0) + by_state.get(
        "outgoing", 0
    )
    assert sound()


def test_two_statements_of_the_same_payers_accepted_at_once_do_not_wait_for_each_other(postgres):
    world = make.world()

    def statement(*accounts):
        numbers = [invoice_of(world, 100, account=account).number for account in accounts]
        return take(world, csv_of(*((f"PAY {number}", "100.00") for number in numbers)))

    ours, theirs = world.account, world.other_account
    both = [statement(ours, theirs), statement(theirs, ours)]
    assert [line.state for line in lines()] == ["matched"] * 4

    def hold():
        Account.update(version=Account.version).where(Account.id == ours.id).execute()

    jobs = [partial(bank_booking.accept_sure, by=world.mona, statement=one) for one in both]
    assert in_line_behind(hold, *jobs) == [(2, 0, 0), (2, 0, 0)] and sound()
