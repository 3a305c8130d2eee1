"""Pasted lines: what each line of a pasted list may mean, by its text alone: words, cells, headings, numbering."""

import re
import unicodedata
from typing import NamedTuple

MOST_CELLS = 40
LONGEST = 2_000  # letters of a row of cells; a longer one means nothing
LONGEST_SAID = 300  # letters of a line that is read word by word: that takes the square of them
_COUNT = r"(?P<count>\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?"
_TIMES = r"[x×*]"
# Words that count pieces. "25 kg" or "17 L" belong to the name of a product, so measures are not among them.
_PIECES = r"""(?:pcs?|pieces?|ea|each|units?|sacks?|bags?|box(?:es)?|packs?|cases?|tins?|cans?|bottles?|trays?|tubs?
    |bundles?|rolls?|sets?|pairs?|cartons?|piraso|sako|kahon|lata|bote|balot|supot|tali
    |ชิ้น|อัน|ตัว|ถุง|ลัง|ขวด|กล่อง|กระป๋อง|แพ็ค|แพค|ห่อ|ปี๊บ|ม้วน|ชุด|คู่|กระสอบ)\b\.?"""
_AFTER = rf"(?P<what>.*?\S)(?:\s*[,;:=|]++\s*|\s+[–-]\s+|\s+|\s*(?={_TIMES})){_TIMES}?\s*{_COUNT}\s*"
_CODE_FIRST = re.compile(rf"{_AFTER}(?:{_TIMES}|{_PIECES})?\.?", re.IGNORECASE | re.VERBOSE)
_COUNT_FIRST = re.compile(
    rf"{_COUNT}\s*(?:{_PIECES}|{_TIMES})?\s*(?:of\s+|[,;:=|]\s*)?(?P<what>\S.*)", re.IGNORECASE | re.VERBOSE
)
_ANY_UNIT_AFTER = re.compile(rf"{_AFTER}[^\W\d]{{1,20}}\.?", re.IGNORECASE | re.VERBOSE)
_ANY_UNIT_BEFORE = re.compile(rf"{_COUNT}\s*[^\W\d]{{1,20}}\.?\s+(?P<what>\S.*)", re.IGNORECASE | re.VERBOSE)
_CELL_COUNT = re.compile(rf"{_TIMES}?\s*{_COUNT}\s*(?:{_TIMES}|[^\W\d]{{1,20}})?\.?", re.IGNORECASE | re.VERBOSE)
_BREAKS = re.compile(r"[\t;|]")
_QUANTITY_HEADS = re.compile(
    r"qty|quantity|how many|pieces|pcs|count|amount ordered|order(ed)?|dami|bilang|ilan|จำนวน", re.IGNORECASE
)
_CODE_HEADS = re.compile(
    r"code|sku|item|product|article|ref|name|description|kodigo|produkto|รหัส|สินค้า", re.IGNORECASE
)


class Meant(NamedTuple):
    """What a line may mean: a code or name, and how many. A `loose` one counts only when it is a product's code."""

    what: str
    count: str
    loose: bool = False


class Line(NamedTuple):
    """One line as it was pasted, and its meanings, the likelier first; none when it is too long."""

    text: str
    meanings: tuple


def read(lines):
    """The Lines of these texts; a heading at the top tells which column counts, and is no line itself.

    A first column that only numbers the lines (1, 2, 3 …) counts nothing when another number follows.
    """
    rows = [_cells(line) if len(line) <= LONGEST else [] for line in lines]
    column = _counting_column(rows[0]) if rows else None
    start = 1 if column is not None or (rows and _is_heading(rows[0])) else 0
    numbered = _are_numbered(rows[start:])
    return [
        Line(" ".join(line.split()), tuple(_meanings(line, cells, column, numbered)))
        for line, cells in list(zip(lines, rows, strict=True))[start:]
    ]


def western(text):
    """Text with the digits of any script as 0–9: "๑๒" → "12"."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _cells(line):
    """The cells of a row from a spreadsheet, or of a list parted by commas, without the marks around them."""
    parts = _BREAKS.split(line)
    if len(parts) == 1:
        parts = re.split(r",(?!\d{3}(?!\d))", line)
    return [part.strip().strip("\"'“”").strip() for part in parts[:MOST_CELLS]]


def _is_heading(cells):
    """Whether a first row names columns: only words, one of them for what or for how many."""
    words = [cell for cell in cells if cell]
    named = any(_QUANTITY_HEADS.match(cell) or _CODE_HEADS.match(cell) for cell in words)
    return len(words) > 1 and named and not any(any(map(str.isdecimal, cell)) for cell in words)


def _counting_column(cells):
    """Which column of a heading says how many; None when the row is no heading or does not say."""
    if not _is_heading(cells):
        return None
    return next((n for n, cell in enumerate(cells) if _QUANTITY_HEADS.match(cell)), None)


def _are_numbered(rows):
    """Whether the first cells only number the rows: 1, 2, 3 …, with another number in each of them."""
    counted = [row for row in rows if any(row)]
    return len(counted) > 1 and all(
        western(row[0]).rstrip(".)") == str(n) and any(_CELL_COUNT.fullmatch(western(cell)) for cell in row[1:])
        for n, row in enumerate(counted, 1)
    )


def _meanings(line, cells, column, numbered):
    """The meanings of one line: by its cells, then by its words."""
    if len(line) > LONGEST:
        return ()
    found = list(_by_cells(cells[1:] if numbered else cells, column - numbered if column is not None else None))
    words = western(" ".join(line.split())).strip("\"'")
    if len(words) > LONGEST_SAID:
        return dict.fromkeys(found)
    for pattern, loose in ((_CODE_FIRST, False), (_COUNT_FIRST, False), (_ANY_UNIT_AFTER, True),
                           (_ANY_UNIT_BEFORE, True)):  # fmt: skip
        match = pattern.fullmatch(words)
        if match:
            found.append(Meant(match["what"].strip(" ,;:|\"'"), match["count"], loose))
    whole = words.rstrip(",;")
    return dict.fromkeys([*found, Meant(whole, "1")])


def _by_cells(cells, column):
    """Each cell with the count of its row: of the counting column, the next cell, the one before, or a later one."""
    if len(cells) < 2:
        return
    counts = [_CELL_COUNT.fullmatch(western(cell)) for cell in cells]
    for n, cell in enumerate(cells):
        if not cell or n == column:
            continue
        near = [column] if column is not None else [n + 1, n - 1, *range(n + 2, len(cells))]
        match = next((counts[place] for place in near if 0 <= place < len(cells) and counts[place]), None)
        if match:
            yield Meant(cell, match["count"], loose=n > 1)  # a unit or a remark stands further on
