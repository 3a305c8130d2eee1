"""Reading only: a thread that keeps nothing for a while, whatever the code that it runs would write."""

import contextlib
import threading

_local = threading.local()


class TakenBack(Exception):
    """The end of a transaction that is not kept."""


@contextlib.contextmanager
def reading_only():
    """Within it the business door stays shut, and what housekeeping writes is taken back."""
    before, _local.reads_only = is_on(), True
    try:
        yield
    finally:
        _local.reads_only = before


def is_on():
    """Whether this thread keeps nothing just now."""
    return getattr(_local, "reads_only", False)
