"""Guessing what a map leaves open: encoding, delimiter, decimal mark and order of dates, from the start of a file."""

import codecs
import csv
import io
import re
from datetime import datetime
from itertools import islice

from portal.errors import Invalid
from portal.exchange.importing_files import HEAD_BYTES, Records, Shape, head

SAMPLE_ROWS = 500
MOST_OF_THEM = 0.75
DELIMITERS = ",;\t|"
MARKS = (  # the longer ones first: the mark of UTF-32 begins like that of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DATES = ("iso", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%d %B %Y")
_THAI = re.compile(rb"[\xa1-\xfb]{4,}")
_LAST_MARK = re.compile(r"[.,](?=\d+$)")
BUDDHIST_FROM = 2400  # no shop keeps dates of our year 2400, many keep those of the Buddhist one


def encoding(start):
    """The encoding of a text by its first bytes: byte order mark, NULs, UTF-8, else Thai or western Windows."""
    for mark, name in MARKS:
        if start.startswith(mark):
            return name
    if start[1:400:2].count(0) > len(start[:400]) // 3:
        return "utf-16-le"
    if start[0:400:2].count(0) > len(start[:400]) // 3:
        return "utf-16-be"
    faults = start.decode("utf-8", "suki-broken").count("\udcff")
    odd = sum(byte > 127 for byte in start)
    # One broken row does not make a whole file of UTF-8 something else.
    if faults <= odd // 20:
        return "utf-8"
    runs = sum(len(run) for run in _THAI.findall(start))
    return "cp874" if runs * 2 > odd else "cp1252"


def delimiter(text, wanted=()):
    """The delimiter under which the first line names most of the wanted columns, else most columns."""
    first = re.split("[\r\n]", text.lstrip("\ufeff\r\n"), maxsplit=1)[0]

    def names(mark):
        try:
            cells = next(csv.reader([first], delimiter=mark), [])
        except csv.Error:
            return (0, 0)
        return len(set(wanted) & {cell.strip() for cell in cells}), len(cells)

    return max(DELIMITERS, key=names)


def shape(path, declared, wanted=()):
    """(Shape, names of what was guessed) of a file; `declared` holds what the map says.

    Raises Invalid on "file" when it cannot be read and on "encoding" when nobody knows that name.
    """
    try:
        start = head(path)
    except (OSError, EOFError, ValueError) as trouble:
        raise Invalid(file=("import-file-unreadable", {"why": str(trouble)}))
    found = {"encoding": declared.get("encoding") or encoding(start), "header": tuple(declared.get("header", ()))}
    try:
        text = start.decode(found["encoding"], "suki-broken")
    except LookupError:
        raise Invalid(encoding=("import-encoding-unknown", {"name": found["encoding"]}))
    found["delimiter"] = declared.get("delimiter") or delimiter(text, wanted)
    found["quote"] = declared.get("quote", '"')
    guessed = [name for name in ("encoding", "delimiter") if not declared.get(name)]
    return Shape(**found), guessed


def sample(path, form):
    """The header and some rows of a file, without its broken ones."""
    start = head(path)
    text = start.decode(form.encoding, "suki-broken")
    records = islice(Records(io.StringIO(text, newline=""), form), SAMPLE_ROWS)
    rows = [record.cells for record in records if not record.problem]
    header = list(form.header) or (rows.pop(0) if rows else [])
    is_cut = len(start) == HEAD_BYTES and len(rows) < SAMPLE_ROWS - 1
    return [cell.strip().lstrip("\ufeff") for cell in header], rows[:-1] if is_cut else rows


def decimal_mark(texts):
    """Point or comma, from amounts as they are written; a point when nothing shows."""
    comma = dot = 0
    for text in texts:
        mark = _LAST_MARK.search(text.strip())
        if not mark:
            continue
        digits = len(text.strip()) - mark.end()
        both = "." in text and "," in text
        if both or digits != 3:  # "1,250" alone tells nothing
            comma, dot = comma + (mark[0] == ","), dot + (mark[0] == ".")
    return "," if comma > dot else "."


def date_format(texts):
    """(format, calendar) that reads most of these dates: the few others are rows to be reported.

    Raises Invalid on "date": import-date-unclear when day and month could be either, import-date-unknown.
    """
    texts = [text.strip() for text in texts if text.strip()]
    if not texts:
        return "iso", "gregorian"
    fit = {name: sum(reads(text, name) for text in texts) for name in DATES}
    best = max(fit.values())
    fitting = [name for name in DATES if fit[name] == best]
    if best < len(texts) * MOST_OF_THEM:
        raise Invalid(date=("import-date-unknown", {"example": texts[0]}))
    if len(fitting) > 1 and "%d/%m/%Y" in fitting:
        raise Invalid(date=("import-date-unclear", {"example": texts[0]}))
    years = [int(year) for text in texts for year in re.findall(r"\d{4}", text)[:1]]
    return fitting[0], "buddhist" if years and min(years) > BUDDHIST_FROM else "gregorian"


def reads(text, form):
    """Whether a date can be read in this format."""
    try:
        if form == "iso":
            datetime.fromisoformat(_leap_safe(text))
        else:
            datetime.strptime(_leap_safe(text).partition(" ")[0] if " " not in form else _leap_safe(text), form)
    except ValueError:
        return False
    return True


def _leap_safe(text):
    """29 February 2567 of the Buddhist era is no date of ours: any leap year does for a look at the format."""
    return re.sub(r"(?<!\d)2[4-9]\d\d(?!\d)", "2000", text)
