"""Names of files: never part of a path, shown as text, given back exactly (BATTERY D3, D7)."""

import html
import io
import re
import unicodedata
from email.message import EmailMessage
from email.parser import Parser
from urllib.parse import quote, unquote

import pytest
from werkzeug.http import parse_options_header

from portal import files
from portal.activity.attachments import Attachment
from tests import make
from tests.battery import file_names

NAMES = 2_000
ONE_FORM = 10  # so many files go along with one
# RFC 6266 with RFC 8187: a quoted string of plain letters, then the same in UTF-8, each other byte as %XX.
HEADER = re.compile(
    r"attachment; filename=\"(?P<plain>[ !#$&'()*+,\-./0-9:<=>?@A-Z\[\]^_`a-z{|}~]+)\"; "
    r"filename\*=UTF-8''(?P<exact>(?:[A-Za-z0-9!#$&+\-.^_`|~]|%[0-9A-F]{2})+)"
)
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}

pytestmark = pytest.mark.one_database


@pytest.mark.row("D3")
def test_what_is_left_of_a_name_leads_nowhere_and_hides_nothing(rng, figures):
    names, wrong = file_names.all(rng, NAMES), []
    for name in names:
        clean = files.clean_name(name)
        leads = re.search(r"[/\\:]", clean) or clean in ("", ".", "..") or clean.startswith(".")
        hides = any(unicodedata.category(letter) in HIDDEN for letter in clean)
        if leads or hides or len(clean) > 200 or files.clean_name(clean) != clean:
            wrong.append(name)
    kept = [name for name in file_names.HARMLESS if files.clean_name(name) == unicodedata.normalize("NFC", name)]
    figures(names=len(names), wrong=len(wrong), harmless=len(file_names.HARMLESS), harmless_kept_exactly=len(kept))
    assert wrong == []
    assert kept == [*file_names.HARMLESS]
    assert len(names) == NAMES


@pytest.mark.row("D3")
def test_no_name_becomes_a_path_or_markup_on_its_way_through_the_shop(client, world, rng, sized, figures):
    wanted = rng.sample(file_names.all(rng, NAMES), sized(gate=200, night=NAMES))
    shown = []
    for start in range(0, len(wanted), 10 * ONE_FORM):  # a record takes two hundred files
        order = make.order(world.account)
        for first in range(start, min(start + 10 * ONE_FORM, len(wanted)), ONE_FORM):
            shown += sent(client.sign_in(world.carol), order, wanted[first : first + ONE_FORM])
    blobs = [path for path in files._folder.rglob("*") if path.is_file() and path.name != "lock"]
    strange = [
        path
        for path in blobs
        if not re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}", str(path.relative_to(files._folder)))
    ]
    figures(
        names_sent=len(wanted), not_shown_as_text=len(shown), strange_paths=len(strange), files_on_disk=len(blobs)
    )
    assert shown == []
    assert strange == []
    assert len(blobs) == 1  # one content under two hundred names


def sent(client, order, names):
    """Send files of these names; what of them its page does not show as plain text."""
    page = f"/orders/{order.number}"
    before = Attachment.select().count()
    storages = [(io.BytesIO(b"The same words"), as_a_browser(name)) for name in names]
    assert client.send(page, f"{page}/files", files=storages).status_code == 303
    text = client.get(page).text
    kept = [one.name for one in Attachment.select().order_by(Attachment.id).offset(before).limit(len(names) + 1)]
    text = text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    wrong = [name for name in kept if f">{html.escape(name)}</a>" not in text]
    wrong += re.findall(r"<suki-\d|<script>alert", text)
    return wrong if len(kept) == len(names) else [*wrong, "not all were kept"]


def as_a_browser(name):
    """The name as a browser writes it into a form: what would end the line or the name goes as %XX, or not at all."""
    for letter in '\r\n"':
        name = name.replace(letter, f"%{ord(letter):02X}")
    return name.encode("utf-8", "ignore").decode().rstrip("\\") or "-"


@pytest.mark.row("D7")
def test_content_disposition_is_exact_for_every_name(rng, figures):
    names, wrong = file_names.all(rng, NAMES), []
    for name in names:
        for kind in ("text/plain", "image/jpeg", "application/pdf"):
            header, clean = files.disposition(name, kind), files.clean_name(name)
            expected = clean if clean.lower().endswith(files.ENDINGS[kind]) else clean + files.ENDINGS[kind][0]
            if read_by_all(header) != {expected} or not says_the_same(header, expected):
                wrong.append((name, header))
    figures(headers=3 * len(names), wrong=len(wrong))
    assert wrong == []


def says_the_same(header, expected):
    """Whether it is the grammar to the letter, ends as the content says, and nobody reads another ending in it."""
    found = HEADER.fullmatch(header)
    if (
        not found
        or unquote(found["exact"]) != expected
        or quote(expected, safe="") != quote(unquote(found["exact"]), safe="")
    ):
        return False
    return "%" not in found["plain"] and found["plain"].rpartition(".")[2] == expected.rpartition(".")[2]


def read_by_all(header):
    """The name that two readers of such headers, neither of them ours, find in it."""
    exact = header.replace(HEADER.match(header)[0], "attachment; filename*=UTF-8''" + HEADER.match(header)["exact"])
    message = Parser(EmailMessage).parsestr(f"Content-Disposition: {exact}\n\n")
    return {parse_options_header(header)[1]["filename"], message.get_filename()}
