"""Bank statements for tests: written as a bank writes them, brought and taken in as a manager does."""

import io

from portal import values
from portal.exchange import bank_taking
from portal.exchange.bank_lines import BankLine
from portal.exchange.bank_statements import BankStatement

HEAD = "Date,Description,Amount\n"


def csv_of(*rows, day=None):
    """A statement of (text, pesos) rows, all of one day."""
    day = (day or values.shop_day()).isoformat()
    return HEAD + "".join(f"{day},{text},{pesos}\n" for text, pesos in rows)


def bring(by, text, name="november.csv"):
    return BankStatement.bring(by=by, stream=io.BytesIO(text.encode()), name=name)


def take(by, text, **given):
    statement = bring(by, text)
    start = {"layout": statement.as_read, "bank_account": "BPI current", "currency": "PHP"}
    return bank_taking.take(statement, by=by, **start | given)


def line(by, text="salamat po", pesos="170.00"):
    """One line that waits."""
    statement = take(by, csv_of((f"{text} {BankLine.select().count()}", pesos)))
    return BankLine.get(BankLine.statement == statement)
