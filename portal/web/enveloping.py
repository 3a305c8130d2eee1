"""Envelopes: from whom a letter comes, to whom it says it goes, where its answer finds home, and what lies in it."""

import re

from portal import audit, files, values
from portal.service import mail_tokens
from portal.values import Ref
from portal.web import postbox
from portal.worker import Undeliverable

# What a letter of the house says of itself: nobody wrote it by hand, and no machine should answer.
BY_ITSELF = {"Auto_Submitted": "auto-generated"}
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,298}>")


def of(row, shop):
    """The parts of the envelope of an outbox row, as `postbox.finish` takes them.

    A notice says under "envelope" in its params what is special: {"thread"} is the Ref of a record to which answers
    belong; a mail that somebody wrote has besides {"by", "to", "cc", "references", "files"}.
    """
    own = row.params.get("envelope") or {}
    found = {
        "sender": (values.one_line(_sender(own, shop)), shop.mail_from),
        "to": [(values.one_line(row.name), postbox.ascii_address(row.address))],
    }
    found |= _answered_to(own)
    return found | (_by_hand(own) if "by" in own else BY_ITSELF)


def _sender(own, shop):
    return f"{own['by']}, {shop.name}" if own.get("by") else shop.name


def _answered_to(own):
    """Reply-To and References with the mark by which the answer is known, where a shared inbox is fetched."""
    thread = Ref.parse(own.get("thread"))
    address = mail_tokens.reply_address(thread) if thread else ""
    if not address:
        return {}
    earlier = [one for one in own.get("references", ()) if MESSAGE_ID.fullmatch(one)]
    mark = mail_tokens.reference(thread, audit.MAIL_HOST)
    answers = {"In_Reply_To": earlier[-1]} if earlier else {}
    return {"Reply_To": address, "References": (mark, *earlier)} | answers


def _by_hand(own):
    """What a mail has that somebody wrote: all its recipients, and its files."""
    to, cc = (_named(own.get(name, ())) for name in ("to", "cc"))
    return {"to": to, "cc": cc, "files": [_opened(*file) for file in own.get("files", ())]}


def _named(people):
    return [(values.one_line(name), postbox.ascii_address(address)) for name, address in people]


def _opened(name, sha256, kind):
    try:
        return files.clean_name(name), kind, files.path(sha256).read_bytes()
    except FileNotFoundError:
        raise Undeliverable(f"the file {name} has lost its content")
