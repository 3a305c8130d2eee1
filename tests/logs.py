"""What Suki writes into its log, as the text that an owner reads."""

import contextlib
import io
import logging

from portal.web import log_lines


@contextlib.contextmanager
def written():
    """A function that gives all that was written so far, with everything that libraries say at the usual level."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(log_lines.OneLine())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines.getvalue
    root.removeHandler(handler)
    root.setLevel(level)
