"""The log: one line per event on standard error, at its moment in UTC, with client and request, without secrets."""

import logging
import re
import sys
import time

from flask import g, has_request_context, request

LINE = "%(asctime)s %(levelname)s %(name)s %(client)s [%(request)s] %(message)s"
# Tokens of links (id and proof), keys and passwords in addresses of servers: whoever reads the log must not get in.
_SECRETS = (
    (re.compile(r"\b(\w+)\.[A-Za-z0-9_-]{40,}"), r"\1.…"),
    (re.compile(r"(\w://[^\s:/@]*):[^\s/@]+@"), r"\1:…@"),
    (re.compile(r"(?i)\b(password|secret|token)=[^\s&]+"), r"\1=…"),
)
BELOW = "  | "  # begins the lines of a traceback, which may quote what somebody typed
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


class OneLine(logging.Formatter):
    """Writes control characters visibly, so nobody forges a line; a traceback below is marked as the line's own."""

    converter = time.gmtime  # the machine's own zone may jump by an hour, and another machine has another
    default_time_format, default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"

    def __init__(self):
        super().__init__(LINE)

    def formatMessage(self, record):  # name given by logging
        record.request = g.get("request_id", "-") if has_request_context() else "-"
        record.client = (request.remote_addr or "-") if has_request_context() else "-"
        return _visible(super().formatMessage(record))

    def format(self, record):
        line, *below = without_secrets(super().format(record)).split("\n")
        return "\n".join([line, *(BELOW + _visible(more) for more in below)])


def _visible(text):
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def without_secrets(text):
    """The text with tokens and passwords of addresses left out."""
    for secret, left in _SECRETS:
        text = secret.sub(left, text)
    return text


def start():
    """Write the log of this process, libraries' included, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("peewee.migrations").setLevel(logging.WARNING)  # the command line says it in its own words
