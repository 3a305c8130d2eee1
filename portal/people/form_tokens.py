"""Tokens of public forms: signed, expiring, for one form; by them a page without cookies knows what it showed."""

import re
import secrets
from datetime import UTC, timedelta

from portal import values
from portal.errors import Invalid
from portal.people import proofs

LIFE = timedelta(hours=6)
SOONEST = timedelta(seconds=3)  # nobody has read a form and filled it in before
_TOKEN = re.compile(r"([0-9a-f]{8,10})-([0-9a-f]{16})-([A-Za-z0-9_-]{32})", re.ASCII)


def issue(form, now=None):
    """A token for one showing of the form of this id: when it was shown, chance, and our signature."""
    shown = f"{_seconds(now or values.now()):x}"
    chance = secrets.token_hex(8)
    return f"{shown}-{chance}-{_proofs(form, shown, chance)[0]}"


def issue_again(form, now=None):
    """A token for a form that comes back with what was typed: it may be sent at once."""
    return issue(form, (now or values.now()) - SOONEST)


def check(token, form, now=None):
    """Refuse what is not a token of ours for this form, or is too old or too young.

    Raises Invalid(form_key=…): form-token-old, form-token-young.
    """
    parts = _TOKEN.fullmatch(token or "")
    if not parts or True not in [proofs.same(ours, parts[3]) for ours in _proofs(form, parts[1], parts[2])]:
        raise Invalid(form_key="form-token-old")
    age = _seconds(now or values.now()) - int(parts[1], 16)
    if not 0 <= age <= LIFE.total_seconds():
        raise Invalid(form_key="form-token-old")
    if age < SOONEST.total_seconds():
        raise Invalid(form_key="form-token-young")


def mark(client):
    """A client as it is kept: enough to know it again, nothing to find it by."""
    return proofs.proof("form client", client) if client else ""


def _seconds(moment):
    return int(moment.replace(tzinfo=UTC).timestamp())


def _proofs(form, shown, chance):
    """Of our secret and of the one before it; 192 bits, because it is kept as a key of a form."""
    return [proof[:32] for proof in proofs.each("order form", f"{form} {shown} {chance}")]
