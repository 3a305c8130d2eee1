"""Files that people bring to be imported: taken in, and refused at once when they are no table."""

import re

import filetype

from portal import audit, files, values
from portal.errors import Invalid
from portal.exchange import importing_guesses as guesses
from portal.exchange import run_rows
from portal.exchange.importing_files import BROKEN, UNREADABLE, head
from portal.exchange.importing_kinds import KINDS
from portal.exchange.runs import AT_WORK, KEPT, ImportRun
from portal.people import policy

MOST_BYTES = 64 * 1024 * 1024  # packed with gzip that is some millions of rows
MOST_COLUMNS = 200
STRANGE = {  # what is no table of text, by its content
    "application/pdf": "import-file-pdf",
    "application/zip": "import-file-workbook",
    "application/vnd.ms-excel": "import-file-workbook",
    "application/vnd.oasis.opendocument.spreadsheet": "import-file-workbook",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "import-file-workbook",
    "application/x-ole-storage": "import-file-workbook",
    "application/msword": "import-file-workbook",
}
_OLE = b"\xd0\xcf\x11\xe0"  # workbooks of before 2007
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a]")  # no table in one byte a letter holds any
_MARKUP = re.compile(r"\ufeff?\s*<[!?a-zA-Z]")
_DATA = re.compile(r"[^\s@]+@[^\s@]+\.\w+|[+-]?(?=\D*\d)[\d.,\s/:-]+")


def bring(*, by, stream, name, kind="", now=None):
    """Take in a file for import; its columns wait to be confirmed. Returns the ImportRun.

    `stream` is a binary file, `kind` what the person says that its rows are. Raises Invalid on "kind":
    import-kind-not-yours, and on "file": file-empty, file-too-large, and what `check` raises.
    """
    if kind and (kind not in KINDS or not policy.may(by, KINDS[kind].may)):
        raise Invalid(kind="import-kind-not-yours")
    received = files.receive_whole(stream, most=MOST_BYTES, kind="text/csv")
    check(files.path(received.sha256))
    with audit.change(by, "import.brought", now=now) as change:
        content = files.keep(received, now=change.now)
        about = {"by": by.employee, "by_name": by.name, "file": files.clean_name(name), "started_at": change.now}
        run = ImportRun.create(
            kind=kind, source="", state="mapping", content=content, sha256=received.sha256, **about
        )
        change.subject = run.ref
        change.record("file", None, run.file)
    return run


def check(path):
    """Refuse what is no table with names over its columns.

    Raises Invalid on "file": import-file-workbook, import-file-pdf, import-file-picture, import-file-not-table,
    import-file-unreadable, import-columns-too-many, import-file-no-header, import-file-no-rows.
    """
    try:
        start = head(path)
    except UNREADABLE as trouble:
        raise Invalid(file=("import-file-unreadable", {"why": str(trouble)}))
    _check_content(start)
    shape, _ = guesses.shape(path, {})
    header, rows = guesses.sample(path, shape)
    if len(header) > MOST_COLUMNS:
        raise Invalid(file=("import-columns-too-many", {"found": len(header), "most": MOST_COLUMNS}))
    named = [cell for cell in header if cell]
    if (
        not named
        or len(named) * 2 < len(header)
        or sum(bool(_DATA.fullmatch(cell)) for cell in named) * 3 > len(named)
    ):
        raise Invalid(file="import-file-no-header")
    if not rows or not any(any(cell.strip() for cell in row) for row in rows):
        raise Invalid(file="import-file-no-rows")


def _check_content(start):
    if not start:
        raise Invalid(file="file-empty")
    if start.startswith(_OLE):
        raise Invalid(file="import-file-workbook")
    guess = filetype.guess(start) if _CONTROLS.search(start) or start.startswith(b"%PDF") else None
    if guess is not None:
        picture = guess.mime.startswith(("image/", "video/", "audio/"))
        raise Invalid(file=STRANGE.get(guess.mime, "import-file-picture" if picture else "import-file-not-table"))
    text = start.decode(guesses.encoding(start), "suki-broken")
    odd = sum(text.count(mark) for mark in ("\0", BROKEN, "\x01", "\x02", "\x03", "\x04", "\x05"))
    if _MARKUP.match(text) or odd * 50 > len(text):
        raise Invalid(file="import-file-not-table")


def forget_old(now=None):
    """Let go of files brought long ago, and of what was noted of their rows: from then on nothing is taken back."""
    old = (ImportRun.started_at < (now or values.now()) - KEPT) & ImportRun.content.is_null(False)
    for run in ImportRun.select().where(old & ImportRun.state.not_in(AT_WORK)).order_by(ImportRun.id).limit(100):
        while run_rows.drop_some(run):
            pass
        with audit.change(values.system("import"), "import.file_dropped", run, now=now) as change:
            content = run.content_id
            state = "discarded" if run.state in ("mapping", "compared") else run.state
            ImportRun.update(content=None, state=state).where(ImportRun.id == run.id).execute()
            files.let_go(content)
            change.record("file", run.file, None)


def is_open(run):
    """Whether the file is still here."""
    return run.content_id is not None and files.path(run.content.sha256).is_file()
