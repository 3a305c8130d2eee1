"""A fault in the last statement of every route: a plain page with its number, and all of it taken back."""

import logging

import pytest

from portal import store
from tests.battery.walked import footprint, shop, undone, walked  # noqa: F401

TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
CANARY = "a fault in /srv/suki/portal/secret.py: SELECT password_hash"
IN_PORTIONS = ("/take",)  # of a bank statement: it is taken in piece by piece and goes on where it broke off
INSIDE = (CANARY, "secret.py", "Traceback", "password_hash", "SELECT ", "RuntimeError", 'File "')


class Fault:
    """Counts the statements of a request; with `due` set, the one of that number breaks."""

    def __init__(self, monkeypatch):
        self.count, self.last, self.due = 0, 0, None
        passed_on = store.db.obj.execute_sql

        def counted(sql, params=None):
            if sql.startswith(TRANSACTION):
                return passed_on(sql, params)
            self.count += 1
            if store.is_writing():
                self.last = self.count
            if self.count == self.due:
                raise RuntimeError(CANARY)
            return passed_on(sql, params)

        monkeypatch.setattr(store.db.obj, "execute_sql", counted)

    def within(self, ask):
        """(the answer when its last statement breaks, what stands afterwards), or None where there are none.

        Of a change it is the last one before the commit. What the first asking filled is not asked for again.
        """
        self.due = None
        for _ in range(3):
            was_due = self.due
            self.count = self.last = 0
            with undone():
                answer = ask()
                self.due = None
                if was_due and self.count >= was_due:
                    return answer, footprint()
            self.due = self.last or self.count
            if not self.due:
                return None
        raise AssertionError("the statements of this request are others each time")


@pytest.fixture
def fault(shop, monkeypatch):  # noqa: F811
    return Fault(monkeypatch)


def routes_of(shop, is_whole):  # noqa: F811
    """[(name, ask)] of every page and every verb, once; for all people at night."""
    seen = set()
    for person, pages in shop.pages.items():
        for address, client in pages:
            mark = (address, person if is_whole else None)
            if mark not in seen:
                seen.add(mark)
                yield f"GET {address}", lambda client=client, address=address: client.get(address)
    for sheet in shop.sheets:
        mark = (sheet.verb, sheet.action if is_whole else None)
        if mark not in seen:
            seen.add(mark)
            yield f"POST {sheet.action}", sheet.send


def faults_of(answer, left, before, records):
    """What is wrong with the answer to a forced error."""
    if answer.status_code != 500:
        return f"answered {answer.status_code}"
    if shown := [text for text in INSIDE if text in answer.text]:
        return f"shows {shown}"
    if answer.headers["X-Request-Id"] not in answer.text:
        return "does not name the request"
    if left != before:
        return f"left {left} of {before}"
    if len(records) != 1 or answer.headers["X-Request-Id"] not in records[0].getMessage():
        return f"logged {len(records)} times"
    return None


@pytest.mark.row("F8")
def test_a_fault_in_any_route_is_a_plain_page_and_taken_back(shop, fault, caplog, sized, figures):  # noqa: F811
    wrong, tried, before = [], 0, footprint()
    for name, ask in routes_of(shop, is_whole=sized(gate=False, night=True)):
        caplog.clear()
        if broken := fault.within(ask):
            tried += 1
            errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
            if problem := faults_of(*broken, before, errors):
                wrong.append(f"{name}: {problem}")
    wrong = [problem for problem in wrong if not any(f"{verb}: left" in problem for verb in IN_PORTIONS)]
    figures(routes=tried, wrong=len(wrong))
    assert wrong == []
    assert tried > 400
