"""The demo shop's bank: a statement with what is sure, suggested and unknown, and the reminders before it."""

import io
from datetime import timedelta

from portal import values
from portal.exchange import bank_booking, bank_taking
from portal.exchange.bank_lines import BankLine
from portal.exchange.bank_statements import BankStatement
from portal.sales import reminders
from portal.sales.invoices import Invoice
from portal.sales.reminder_rules import ReminderPlan
from portal.values import Money

BANK_ACCOUNT = "Bangko ng Bayan, current"
REMINDED_DAYS = 45  # of history
HEAD = "Bangko ng Bayan\nAccount number,0012-3456-78\n\nDate,Description,Reference,Debit,Credit,Balance\n"
# Lines that nothing explains: days ago, words, reference, pesos (out of the account when negative)
STRANGE = (
    (1, "CASH DEPOSIT CUBAO BRANCH", "CD 004417", 5_000),
    (2, "INSTAPAY FR GCASH 0917XXX0151", "778812", 1_842),
    (2, "SERVICE CHARGE", "", -15),
    (4, "MERALCO BILLS PAYMENT", "88120034", -12_480),
    (5, "INTEREST EARNED", "", 38),
)


def fill(by, now):
    """Arrange reminders, send those of the last weeks, and take in this week's statement; two lines are booked."""
    plan = {"is_on": True, "is_weekdays": True, "least": 20}
    plan |= {f"is_active_{level}": True for level in (1, 2, 3)} | {"days_1": 3, "days_2": 14, "days_3": 30}
    began = now - timedelta(days=REMINDED_DAYS)
    ReminderPlan.arrange(by=by, now=began, **plan)
    for day in range(REMINDED_DAYS):
        reminders.run(_noon(began + timedelta(days=day)), by=by)
    statement = BankStatement.bring(by=by, stream=io.BytesIO(_statement(now)), name="bangko-ng-bayan.csv", now=now)
    bank_taking.take(statement, by=by, layout=statement.as_read, bank_account=BANK_ACCOUNT, currency="PHP", now=now)
    for line in BankLine.select().where(BankLine.state == "matched").order_by(BankLine.id).limit(2):
        bank_booking.accept(line, by=by, now=now)


def _noon(moment):
    """Noon in the shop on the day of a moment."""
    return values.shop_midnight(values.shop_day(moment)) + timedelta(hours=12)


def _statement(now):
    """The file, newest line last, as a bank writes it."""
    today = values.shop_day(now)
    rows = [(today - timedelta(days=ago), words, reference, pesos * 100) for ago, words, reference, pesos in STRANGE]
    rows += _paid(today)
    lines, balance = [], 184_250_00
    for day, words, reference, minor in sorted(rows, key=lambda row: row[0]):
        balance += minor
        out, came = ("", _pesos(minor)) if minor > 0 else (_pesos(-minor), "")
        lines.append(f'{day:%m/%d/%Y},{words},{reference},"{out}","{came}","{_pesos(balance)}"\n')
    return (HEAD + "".join(lines)).encode()


def _paid(today):
    """What customers paid of their open invoices: with the number, in part, too much, with a name, with nothing."""
    rows = Invoice.select().where(Invoice.unpaid(), Invoice.currency == "PHP", Invoice.issued_on < today)
    ways = (
        lambda one: (f"INSTAPAY {one.number}", one.open_minor),
        lambda one: (f"PESONET FR {one.account_name.upper()} {one.number}", one.open_minor),
        lambda one: (f"part payment {one.number}", one.open_minor // 200 * 100),
        lambda one: (f"FR {one.account_name.upper()}", one.open_minor),
        lambda one: ("OVER THE COUNTER DEPOSIT", one.open_minor),
        lambda one: (f"Inv {one.number.removeprefix('INV-').replace('-', ' ')} salamat po", one.open_minor + 5_000),
        lambda one: (f"PAYMT {one.number}", one.open_minor),
    )
    found, newest = [], rows.order_by(Invoice.due_on.desc(), Invoice.id).limit(len(ways))
    for place, (one, way) in enumerate(zip(newest, ways, strict=False)):
        words, minor = way(one)
        if minor > 0:
            found.append((today - timedelta(days=1 + place % 4), words.replace(",", " "), f"{881200 + place}", minor))
    return found


def _pesos(minor):
    return f"{Money(minor, 'PHP').decimal:,.2f}"
