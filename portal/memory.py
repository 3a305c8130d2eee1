"""What this process remembers of the open database for a while, at most until it writes itself."""

import threading
import time
from collections import OrderedDict

SLOW_SECONDS = 0.05  # what is answered sooner is asked each time
TIMES, LONGEST_SECONDS = 100, 15  # what is slow is remembered a hundred times as long as asking took
_kept = {}


def forget():
    """Another database, or a change in this one."""
    _kept.clear()


def remembered(what, seconds, ask):
    """ask(), remembered for some seconds: for what only decides how to ask."""
    answer, until = _kept.get(what, (None, 0))
    if until < time.monotonic():
        answer = ask()
        _kept[what] = (answer, time.monotonic() + seconds)
    return answer


def while_slow(what, ask):
    """ask(), remembered while asking is slow, so that counting in a very large shop takes a hundredth of its time."""
    answer, until = _kept.get(what, (None, 0))
    if until < time.monotonic():
        began = time.monotonic()
        answer = ask()
        took = time.monotonic() - began
        if took > SLOW_SECONDS:
            _kept[what] = (answer, time.monotonic() + min(TIMES * took, LONGEST_SECONDS))
    return answer


class Latest:
    """The answers that were asked for last, so many of them: for what its question says all about."""

    def __init__(self, most):
        self._most, self._kept, self._lock = most, OrderedDict(), threading.Lock()

    def of(self, question, ask):
        """The answer to a question; ask() when it was not among the last."""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return self._kept[question]
        answer = ask()
        with self._lock:
            self._kept[question] = answer
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return answer
