"""A filled-in form, sent to a process that is killed at some point, and sent again: one effect, whatever happened."""

import re
import signal
from typing import NamedTuple

from tests.battery import filling
from tests.battery.grounds import counts, faults, in_a_process, sent
from tests.battery.statements import Statements
from tests.battery.storage import Storage

GONE = 404


class Undisturbed(NamedTuple):
    """How a form ends when nothing happens: what stood before, what after, the answer, statements, storage calls."""

    before: dict
    after: dict
    answer: object
    said: list
    calls: int


class Trial:
    """One form of one person, over a ground that is put back after each disaster."""

    def __init__(self, ground, what, client, form, counts_calls):
        self.ground, self.what, self.client, self.form = ground, what, client, form
        ground.keep()
        self.calm = self._undisturbed(counts_calls)

    @property
    def has_effect(self):
        """Whether something came of it: else there is nothing to be lost."""
        return self.calm.answer.status in (200, 303) and self.calm.before != self.calm.after

    @property
    def takes_away(self):
        """Whether rows are fewer afterwards."""
        before, after = counts(self.calm.before), counts(self.calm.after)
        return any(after[name] < before[name] for name in after)

    def _undisturbed(self, counts_calls):
        before = self.ground.tables()

        def send():
            storage = Storage().watch() if counts_calls else None
            statements = Statements().watch()
            answer = sent(self.client, self.form)
            return answer, statements.said, len(storage.calls) if storage else 0

        ended, status = in_a_process(send)
        assert status == 0, f"{self.what} ended its process with {status}"
        after = self.ground.tables()
        self.ground.put_back()
        return Undisturbed(before, after, *ended)

    def statement_points(self):
        """Before each statement; and after those whose end is the moment: a commit, and the last."""
        said = self.calm.said
        ends = [n for n, sql in enumerate(said, 1) if sql == "COMMIT" or n == len(said)]
        return [("statement", n, False) for n in range(1, len(said) + 1)] + [("statement", n, True) for n in ends]

    def call_points(self):
        return [("storage call", n, False) for n in range(1, self.calm.calls + 1)]

    def killed_at(self, kind, number, after):
        """What is wrong once it was killed there, and once the same form was sent again: sentences."""
        here = f"{self.what}, killed {'after' if after else 'before'} {kind} {number}"

        def send():
            Storage(at=number).watch() if kind == "storage call" else Statements(number, after).watch()
            sent(self.client, self.form)

        status = in_a_process(send)[1]
        wrong = [] if status == -signal.SIGKILL else [f"{here}: was not killed but ended with {status}"]
        wrong += [f"{here}: {fault}" for fault in self.afterwards()]
        self.ground.put_back()
        return wrong

    def afterwards(self):
        """What is wrong when it is looked at now, and when the same form is sent again."""
        found = self.ground.tables()
        is_there = found != self.calm.before
        if is_there and counts(found) != counts(self.calm.after):
            yield f"neither all nor nothing is there: {differences(found, self.calm.after)}"
        yield from self._sent_again(is_there)

    def _sent_again(self, is_there):
        """The same form again has the effect that it would have had at once, and nothing twice.

        Where it was carried out before, its answer leads to what it did, and not on as the first one would have; and
        where it took its own record away, that is missing now.
        """
        ended, status = in_a_process(lambda: (sent(self.client, self.form), faults()))
        if status:
            yield f"sent again, the process ended with {status}"
            return
        (answer, broken), wanted = ended, self.calm.answer
        is_gone = is_there and answer.status == GONE and self.takes_away
        if not is_gone and answer.status != wanted.status or (not is_there and _place(answer) != _place(wanted)):
            yield f"sent again, it answers {answer.status} {answer.location}, not {wanted.status} {wanted.location}"
        found = self.ground.tables()
        if counts(found) != counts(self.calm.after):
            yield f"sent again, there is not one effect: {differences(found, self.calm.after)}"
        yield from broken


def _place(answer):
    """Where an answer leads, but for its part, numbers (PostgreSQL gives none a second time) and what chance drew."""
    return re.sub(r"\b[0-9a-f]{6}\b|\d+", "0", (answer.location or "").partition("#")[0])


def differences(found, wanted):
    """Which tables hold another number of rows than they should."""
    found, wanted = counts(found), counts(wanted)
    return {name: (found[name], wanted[name]) for name in wanted if found[name] != wanted[name]}


def order_form(client):
    """The form that places an order of two lines, as the review shows it."""
    pad = _form(client.get("/orders/new"), "/orders/new/review")
    pad.fields |= {"quantity:RICE": "2", "quantity:OIL": "1"}
    return _form(client.post("/orders/new/review", data=pad.fields), "/orders/new/place")


def phone_form(client):
    """The form that changes the number of the own account."""
    form = _form(client.get("/account"), "/account/edit/phone")
    name = next(name for name in form.fields if name.endswith("phone"))
    form.fields[name] = "+639175550123"
    return form


def _form(shown, action):
    return next(form for form in filling.Inputs(shown.text).found if form.action == action)
