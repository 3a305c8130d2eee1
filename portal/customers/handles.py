"""Handles: what people call themselves in networks and messengers, kept in one spelling, and the safe link to it."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from portal import fields, values
from portal.errors import Invalid

WEBSITE = fields.Field("value", "website")
LONGEST = 200


class _Network(NamedTuple):
    """Its hosts, the shape of a handle there, and the address of one; "" where none opens in a browser."""

    hosts: tuple
    shape: str
    link: str
    keeps_case: bool = False


NETWORKS = {
    "linkedin": _Network(("linkedin.com",), r"(?:in|company|school)/[\w%-]{2,120}", "https://www.linkedin.com/{}"),
    "facebook": _Network(("facebook.com", "fb.com", "fb.me"), r"[a-z0-9.-]{3,60}", "https://www.facebook.com/{}"),
    "instagram": _Network(("instagram.com",), r"[a-z0-9._]{1,30}", "https://www.instagram.com/{}"),
    "x": _Network(("x.com", "twitter.com"), r"[a-z0-9_]{1,15}", "https://x.com/{}"),
    "tiktok": _Network(("tiktok.com",), r"[a-z0-9._]{2,24}", "https://www.tiktok.com/@{}"),
    "youtube": _Network(
        ("youtube.com",), r"(?:channel/|c/|@)?[\w.-]{3,60}", "https://www.youtube.com/{}", keeps_case=True
    ),
    "line": _Network(("line.me",), r"[@~]?[a-z0-9._-]{1,20}", "https://line.me/R/ti/p/{}"),
    "telegram": _Network(("t.me", "telegram.me"), r"\+?[a-z0-9_]{5,32}", "https://t.me/{}"),
    "wechat": _Network((), r"[A-Za-z][A-Za-z0-9_-]{5,19}", "", keeps_case=True),
}
BY_NUMBER = {"viber": "", "whatsapp": "https://wa.me/{}"}
KINDS = (*NETWORKS, *BY_NUMBER, "website", "other")
PATHS = ("@", "ti/p/", "R/ti/p/")  # what stands before a handle in an address and does not belong to it


def clean(kind, text, country):
    """What is kept of a handle or of the address of a profile. Raises Invalid(value=…): handle-malformed and others.

    An address of another site is refused: a link that says LinkedIn leads there and nowhere else.
    """
    text = fields.sound(text or "", "value", LONGEST)
    if not text:
        raise Invalid(value="field-needed")
    if kind in BY_NUMBER:
        return values.phone(text, country, "value")
    if kind == "website":
        return WEBSITE.clean(text)
    if kind == "other":
        return text
    return _handle(kind, NETWORKS[kind], text)


def _handle(kind, network, text):
    found = _of_address(network, text) if "/" in text or _host(text) in network.hosts else text
    if kind in ("linkedin",) and "/" not in found:
        found = f"in/{found}"
    if kind not in ("line", "youtube"):
        found = found.removeprefix("@")
    if kind == "youtube" and "/" not in found:
        found = f"@{found.removeprefix('@')}"
    if kind == "line" and found[:1] not in ("@", "~"):
        found = f"~{found}"
    found = found if network.keeps_case else found.lower()
    if not re.fullmatch(network.shape, found):
        raise Invalid(value="handle-malformed")
    return found


def _host(address):
    return (urlsplit(address if "://" in address else f"https://{address}").hostname or "").lower()


def _of_address(network, text):
    """The handle in the address of a profile; a text such as in/lina-reyes is one already."""
    if re.fullmatch(network.shape, text):
        return text
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").lower()
    except ValueError:
        host = ""
    if not any(host == known or host.endswith(f".{known}") for known in network.hosts):
        raise Invalid(value="handle-elsewhere")
    path = parts.path.strip("/")
    if path == "profile.php":
        return (parse_qs(parts.query).get("id") or [""])[0]
    for before in PATHS[1:]:
        path = path.removeprefix(before)
    return (
        "/".join(path.split("/")[:2])
        if path.startswith(("in/", "company/", "school/", "channel/", "c/"))
        else (path.split("/")[0])
    )


def link(kind, handle):
    """The address that a handle leads to, "" where there is none that a browser opens."""
    if kind == "website":
        return handle
    if kind == "other":
        return handle if handle.startswith("https://") else ""
    if kind in BY_NUMBER:
        return BY_NUMBER[kind].format(handle.removeprefix("+"))
    return NETWORKS[kind].link.format(quote(handle, safe="@/~+%")) if kind in NETWORKS else ""
