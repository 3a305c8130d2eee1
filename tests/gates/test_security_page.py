"""SECURITY.md says what the code does: its numbers are the code's, and nothing that it must name is left out."""

import re

from portal import custom_kinds, field_list, fields
from portal.people import attempts, links
from tests.gates.test_readme import exists
from tests.gates.tree import ROOT, python_files
from tests.written import page

MOST_LINES = 350
KEY = re.compile(r'hmac\.digest\([\w.()]+, b"([\w ]+)"')
HASHES = re.compile(r"hashlib\.(\w+)")
KNOWN_HASHES = {"sha256", "blake2b", "file_digest"}  # the last one reads a file for SHA-256


def source():
    return page.SOURCE.read_text(encoding="utf-8")


def code():
    """All of what runs, as one text."""
    return "\n".join(path.read_text() for path in python_files(ROOT, "portal", "staff", "selfservice", "wsgi"))


def unnamed(wanted, text):
    """What of it the page does not name."""
    return sorted(name for name in wanted if not re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text))


def test_the_page_is_as_the_code_is():
    assert page.TARGET.read_text(encoding="utf-8") == page.written(), "python -m tests.written writes it anew"


def test_the_page_is_short():
    assert len(page.written().splitlines()) <= MOST_LINES


def test_the_page_names_every_link_and_everything_that_is_counted():
    assert unnamed((f"life.{purpose}" for purpose in links.LIFE), source()) == []
    named = re.sub(r'often\("(\w+)"\)', r"most.\1", source())
    assert unnamed((f"most.{what}" for what in attempts.MOST), named) == []


def test_the_page_names_every_key_and_every_hash():
    keys = set(KEY.findall(code()))
    assert len(keys) >= 5
    assert set(re.findall(r"^\| “([\w ]+)” \| (?:HMAC|the same)", source(), re.MULTILINE)) == keys
    assert set(HASHES.findall(code())) == KNOWN_HASHES


def test_the_page_names_what_is_there():
    named = re.findall(r"`(portal\.[\w.]+)`", page.written())
    assert [name for name in named if not exists(name)] == []
    files = re.findall(r"`((?:portal|tests)/[\w./]+)`", page.written())
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_every_field_says_what_it_takes():
    kinds = {field.kind for table in fields.TABLES.values() for field in table.own.values()}
    assert kinds | set(custom_kinds.KINDS) <= set(field_list.KINDS)


def test_the_gates_see_each_fault():
    assert page.written("{{ span(portal.people.links.LIFE.sign_in) }}") == "30 minutes"
    assert [page.span(86_400 * 3), page.span(1), page.span(90)] == ["3 days", "1 second", "90 seconds"]
    assert [page.size(10 << 20), page.size(500_000_000), page.size(7)] == ["10 MiB", "500 MB", "7 bytes"]
    assert unnamed(["life.sign_in", "life.sign"], "{{ span(life.sign_in) }}") == ["life.sign"]
    assert KEY.findall('hmac.digest(secret.encode(), b"new key", "sha256")') == ["new key"]
