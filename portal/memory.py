"""What this process remembers of the open database for a while, at most until it writes itself."""

import time

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
