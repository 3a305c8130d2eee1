"""What a mail carries so that its answer finds home: a mark for a record, in an address and among the references."""

import base64
import re
from typing import NamedTuple

from portal.people import proofs
from portal.values import Ref

LETTERS = {"m": "conversation", "c": "case"}
MAC_BYTES = 12  # 96 bits: short enough for an address, far beyond guessing
TOKEN = re.compile(r"(?<![a-z0-9])([mc])([1-9][0-9]{0,11})-([a-z2-7]{20})(?![a-z0-9])", re.IGNORECASE | re.ASCII)
LONGEST_READ = 20_000  # letters of headers that are looked through


class Mailbox(NamedTuple):
    """The shared inbox: its address ("" while nobody fetches it) and the server whose checks of senders count."""

    address: str = ""
    authserv_id: str = ""


_mailbox = Mailbox()


def hand_in(address, authserv_id=""):
    """Say which address is the shop's shared inbox."""
    global _mailbox
    _mailbox = Mailbox(address, authserv_id)


def mailbox():
    """The shop's shared inbox."""
    return _mailbox


def token_of(ref):
    """The mark of a record: "m12-…". It is derived, never kept, and the same in lower and upper case."""
    letter = next(letter for letter, kind in LETTERS.items() if kind == ref.kind)
    return f"{letter}{ref.id}-{_macs(ref)[0]}"


def _macs(ref):
    """The signs of our secret and of the one before it."""
    digests = [base64.urlsafe_b64decode(proof + "=") for proof in proofs.each("mail", str(ref))]
    return [base64.b32encode(digest[:MAC_BYTES]).decode().rstrip("=").lower() for digest in digests]


def refs_in(texts):
    """The records whose marks stand in some headers, in their order; what we did not make is passed over."""
    found = []
    for text in texts:
        for letter, number, mac in TOKEN.findall(text[:LONGEST_READ]):
            ref = Ref(LETTERS[letter.lower()], int(number))
            if _is_ours(ref, mac) and ref not in found:
                found.append(ref)
    return found


def _is_ours(ref, mac):
    return True in [proofs.same(mac.lower(), ours) for ours in _macs(ref)]


def reply_address(ref):
    """Where the answer to a mail about this record goes: inbox+m12-…@shop.example; "" without a shared inbox."""
    if not _mailbox.address:
        return ""
    local, _, domain = _mailbox.address.rpartition("@")
    return f"{local}+{token_of(ref)}@{domain}"


def reference(ref, host):
    """The same mark as a Message-ID, for programs that answer to another address and keep the references."""
    return f"<{token_of(ref)}@{host}>"


def is_ours(address):
    """Whether an address is that of the shared inbox, with a mark or without."""
    local, _, domain = address.casefold().rpartition("@")
    return bool(_mailbox.address) and f"{local.partition('+')[0]}@{domain}" == _mailbox.address.casefold()
