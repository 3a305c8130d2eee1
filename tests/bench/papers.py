"""What a paper costs: the CPU of a web process that prints an invoice of twenty lines, from its rows to the PDF."""

import statistics
import time
from typing import NamedTuple

from portal import store
from portal.web import documents, press
from tests import make

LINES = 20
EACH = 15


class Printed(NamedTuple):
    """Milliseconds of CPU: the median, the lowest and the highest, and the size of the file in bytes."""

    ms: float
    low: float
    high: float
    size: int


def measure(app, each=EACH):
    """Print one invoice after the other, each with lines of its own: the press remembers what it has set before.

    The first, which loads the fonts, is not counted.
    """
    with store.connection():
        account = make.account("Bench of papers")
        invoices = [_invoice(account, turn) for turn in range(each + 1)]
    with app.test_request_context():
        times, size = [], 0
        for turn, made in enumerate(invoices):
            began = time.process_time()
            with store.connection():
                how = documents.how_to_pay(made)
                paper = documents.invoice_data(made, made.lines, "en", how)
            size = len(press.pdf(paper, made.created_at))
            if turn:
                times.append((time.process_time() - began) * 1000)
    return Printed(statistics.median(times), min(times), max(times), size)


def _invoice(account, turn):
    goods = [make.product(f"PAPER-{turn}-{n:02d}", name=f"Goods {turn * LINES + n:05d}") for n in range(LINES)]
    return make.invoice(account, *[(product, turn + n + 1) for n, product in enumerate(goods)])
