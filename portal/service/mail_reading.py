"""Reading a mail: from its bytes to who wrote what, whatever its sender made of it; nothing here fails or waits."""

import email
import email.utils
import hashlib
import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.header import decode_header
from email.message import Message
from typing import NamedTuple

from portal import files, values
from portal.errors import Invalid
from portal.service import mail_text
from portal.service.mails import LONGEST_TEXT

MOST_PARTS = 200  # of a mail that are looked at
MOST_HEADER = 10_000  # letters of one header
MOST_FILES = 20
MOST_ADDRESSES = 50
SMALL_PICTURE = 4_000  # bytes: below it a picture within the text belongs to a signature
EARLIEST = datetime(1990, 1, 1)
CHARSETS = {"windows-874": "cp874", "x-windows-874": "cp874", "iso-8859-8-i": "iso-8859-8", "ansi": "cp1252"}
MESSAGE_ID = re.compile(r"<[^<>\s]{1,298}>")
CHECK = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]{2,12})", re.IGNORECASE)
BULK = ("bulk", "junk", "list", "auto_reply")
DAEMONS = ("mailer-daemon", "postmaster")
PERMANENT = re.compile(r"^\s*5\.\d{1,3}\.\d{1,3}")


class Bounce(NamedTuple):
    """What a report of non-delivery says: whom it did not reach, why, whether for good, and of which mails."""

    address: str
    reason: str
    is_for_good: bool
    message_ids: tuple


class Reading(NamedTuple):
    """A mail as it was understood."""

    identity: str
    message_id: str = ""
    answers: tuple = ()  # Message-IDs that it names as those it answers
    headers: tuple = ()  # where marks of ours may stand
    from_name: str = ""
    from_address: str = ""
    to: tuple = ()
    cc: tuple = ()
    subject: str = ""
    dated_at: datetime | None = None
    text: str = ""
    is_cut: bool = False
    files: tuple = ()  # (name, bytes)
    left_out: tuple = ()  # names of parts that are only in the original
    automatic: str = ""
    bounce: Bounce | None = None
    checks: tuple = ()  # ("spf", "pass") by our own server


def read(content, authserv_id="", now=None):
    """A mail as we understand it. What cannot be read is left empty; the original holds it."""
    try:
        message = email.message_from_bytes(content, policy=policy.compat32)
        return _read(content, message, authserv_id, now or values.now())
    except RecursionError:  # parts within parts without end
        return bare(content)
    except (ValueError, TypeError, LookupError, AttributeError, IndexError, KeyError, AssertionError):
        return bare(content)  # the standard library raises all of these on mails that were made to break it


def bare(content):
    """The same of a mail whose parts cannot be read: its head alone."""
    head = re.split(rb"\r?\n\r?\n", content[:200_000], maxsplit=1)[0]
    message = Message(policy.compat32)
    for line in re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines()[:200]:
        name, colon, value = line.partition(b":")
        if colon and re.fullmatch(rb"[!-9;-~]{1,80}", name):
            message[name.decode()] = value.strip().decode("latin-1").replace("\r", "")[:MOST_HEADER]
    sender = _people(message, "from")[:1] or [("", "")]
    return Reading(
        identity_of(content), _message_id(message), from_name=sender[0][0], from_address=sender[0][1],
        subject=_words(message, "subject"),
    )  # fmt: skip


def identity_of(content):
    """By what the same mail is known when it comes again, by another way or under another number: ID and body."""
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    found = re.search(rb"^message-id:\s*(<[^<>\s]+>)", head[:200_000], re.IGNORECASE | re.MULTILINE)
    return hashlib.sha256((found[1] if found else head) + b"\n" + body).hexdigest()


def _read(content, message, authserv_id, now):
    sender = (_people(message, "from") or _people(message, "sender") or [("", "")])[0]
    leaves = _leaves(message)
    text = mail_text.clean(_text(leaves))
    brought, left_out = _files(leaves)
    bounce = _bounce(message)
    return Reading(
        identity=identity_of(content),
        message_id=_message_id(message),
        answers=tuple(_ids(message, "in-reply-to") + _ids(message, "references")),
        headers=tuple(
            _plain(message, name)
            for name in ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "in-reply-to", "references")
        ),
        from_name=sender[0],
        from_address=sender[1],
        to=tuple(_people(message, "to")),
        cc=tuple(_people(message, "cc")),
        subject=_words(message, "subject"),
        dated_at=_dated(message, now),
        text=text[:LONGEST_TEXT],
        is_cut=len(text) > LONGEST_TEXT,
        files=tuple(brought),
        left_out=tuple(left_out),
        automatic=_automatic(message, sender[1], bounce),
        bounce=bounce,
        checks=tuple(_checks(message, authserv_id)),
    )


# Headers


def _plain(message, name):
    """All headers of a name as they stand, bytes beyond ASCII read as well as can be."""
    found = [str(value).replace("\r", "").replace("\n", "") for value in message.get_all(name, [])[:20]]
    return " ".join(found)[:MOST_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _decoded(text):
    """Header text with its encoded words in letters."""
    try:
        pieces = decode_header(text)
    except Exception:  # decode_header raises what base64 and quopri raise, and its own
        return text
    return "".join(_letters(p, charset) if isinstance(p, bytes) else p for p, charset in pieces)


def _words(message, name):
    return values.one_line(mail_text.clean(_decoded(_plain(message, name))), 200) or ""


def _people(message, name):
    """[(name, address)] of a header; what is no address is left out."""
    found = []
    for shown, address in email.utils.getaddresses([_plain(message, name)[:4000]])[:MOST_ADDRESSES]:
        address = mail_text.clean(address)
        if "@" in address and len(address) <= 320 and not re.search(r"\s", address):
            found.append((values.one_line(mail_text.clean(_decoded(shown)), 200) or "", address))
    return found


def _ids(message, name):
    return MESSAGE_ID.findall(_plain(message, name))[-30:]


def _message_id(message):
    found = MESSAGE_ID.search(_plain(message, "message-id")[:1000])
    return mail_text.clean(found[0]) if found else ""


def _dated(message, now):
    """The day its sender says, None when that cannot be."""
    try:
        found = email.utils.parsedate_to_datetime(_plain(message, "date")[:100])
        found = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if EARLIEST <= found <= now + timedelta(days=2) else None


def _checks(message, authserv_id):
    """What our own server found about the sender; headers of other servers anybody could have written."""
    for header in message.get_all("authentication-results", [])[:5] if authserv_id else []:
        server, _, rest = str(header)[:MOST_HEADER].partition(";")
        if (server.split() or [""])[0].casefold() == authserv_id.casefold():
            yield from {name.lower(): said.lower() for name, said in CHECK.findall(rest)[::-1]}.items()
            return


def is_doubtful(checks):
    """Whether these checks say that the sender is not who the mail says."""
    found = dict(checks)
    if "dmarc" in found:
        return found["dmarc"] not in ("pass", "none", "bestguesspass", "temperror")
    if found.get("dkim") == "pass" or found.get("spf") == "pass":
        return False
    return bool({"fail", "softfail", "permerror"} & {found.get("spf"), found.get("dkim")})


def _automatic(message, address, bounce):
    """Whether no person wrote it: "bounce", "reply" (an answering machine), "list", else ""."""
    local = address.partition("@")[0].casefold()
    if bounce or local in DAEMONS or _plain(message, "return-path").strip() == "<>":
        return "bounce"
    submitted = _plain(message, "auto-submitted").partition(";")[0].strip().lower() or "no"
    precedence = _plain(message, "precedence").strip().lower()
    if _plain(message, "list-id") or precedence in ("bulk", "junk", "list"):
        return "list"
    replies = submitted != "no" or precedence in BULK
    marks = ("x-autoreply", "x-autorespond", "x-auto-response-suppress")
    return "reply" if replies or any(_plain(message, name) for name in marks) else ""


# Parts


def _leaves(message):
    """The parts that hold something, in their order, as far as anybody would look."""
    found, waiting = [], [message]
    looked_at = 0
    while waiting and looked_at < MOST_PARTS:
        part = waiting.pop()
        looked_at += 1
        kind = part.get_content_type()
        inner = part.get_payload() if part.is_multipart() else None
        if kind == "message/rfc822" or not isinstance(inner, list):
            found.append(part)
        else:
            waiting += reversed(inner[:MOST_PARTS])
    return found


def _letters(data, charset):
    """Bytes as letters: by the charset they claim, else as UTF-8, else as what Windows wrote."""
    name = (charset or "utf-8").strip().lower()
    for guess in (CHARSETS.get(name, name), "utf-8", "cp1252"):
        try:
            return data.decode(guess)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("latin-1")


def _is_text(part):
    disposition = str(part.get("content-disposition") or "").strip().lower()
    is_plain = part.get_content_maintype() == "text" and not disposition.startswith("attachment")
    return is_plain and not part.get_filename()


def _text(leaves):
    """The words: plain ones where there are any, else those of the page."""
    texts = [part for part in leaves if part.get_content_type() == "text/plain" and _is_text(part)]
    plain = "\n\n".join(_words_of(part) for part in texts)
    if plain.strip():
        return plain
    pages = [part for part in leaves if part.get_content_type() == "text/html" and _is_text(part)]
    return "\n\n".join(mail_text.of_html(_words_of(part)) for part in pages[:3])


def _words_of(part):
    data = part.get_payload(decode=True)
    return _letters(data, part.get_content_charset()) if isinstance(data, bytes) else ""


def _files(leaves):
    """([(name, bytes)] that may be kept, [names] of the others)."""
    brought, left_out = [], []
    for part in leaves:
        kind = part.get_content_type()
        if _is_text(part) and kind in ("text/plain", "text/html") or kind.startswith("message/delivery"):
            continue
        name = files.clean_name(_decoded(part.get_filename() or "") or kind.replace("/", "."))
        data = part.get_payload(decode=True) if kind != "message/rfc822" else None
        if not isinstance(data, bytes) or not data:
            left_out.append(name)
        elif not (part.get("content-id") and len(data) < SMALL_PICTURE):
            (brought if len(brought) < MOST_FILES else left_out).append((name, data))
    return brought, [one if isinstance(one, str) else one[0] for one in left_out][:MOST_PARTS]


def taken(reading):
    """([(name, Received)], [names left out]) of its files, by the same rules as what people upload."""
    kept, left_out = [], list(reading.left_out)
    for name, data in reading.files:
        try:
            kept.append((name, files.receive(data)))
        except Invalid:
            left_out.append(name)
    return kept, left_out


def _bounce(message):
    """What a report of non-delivery (RFC 3464) says, None of any other mail."""
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    address = reason = ""
    is_for_good, ids = False, []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in part.get_payload() if part.is_multipart() else []:
                if block.get("final-recipient"):
                    address = _plain(block, "final-recipient").partition(";")[2].strip()[:320]
                    reason = values.one_line(mail_text.clean(_plain(block, "diagnostic-code")), 300) or ""
                    is_for_good = is_for_good or bool(PERMANENT.match(_plain(block, "status")))
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            inner = part.get_payload()
            inner = inner[0] if isinstance(inner, list) and inner else email.message_from_string(_words_of(part))
            ids += _ids(inner, "message-id")
        if len(ids) > MOST_PARTS:
            break
    return Bounce(address, reason, is_for_good, tuple(ids))
