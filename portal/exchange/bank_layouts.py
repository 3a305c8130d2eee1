"""The layout of a bank's file: its letters, its delimiter, where its table begins and which column is what."""

import csv
import hashlib
import io
from collections import Counter
from dataclasses import asdict, dataclass, replace
from itertools import islice

import filetype

from portal import search, values
from portal.errors import Invalid
from portal.exchange import bank_cells, importing_guesses
from portal.exchange.importing_files import LONGEST_RECORD

ROLES = ("day", "amount", "credit", "debit", "side", "text", "reference", "payer", "payer_account", "balance")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874", "cp1252")
DELIMITERS = ",;\t|"
MARKS = (".", ",")
HEAD_BYTES = 1 << 16
HEAD_ROWS = 60
MOST_COLUMNS = 60
# What columns are called; the first role one of whose words a heading holds is its own. Longer words come first.
NAMES = (
    ("side", "dr/cr", "cr/dr", "debit/credit", "credit/debit", "d/c", "c/d"),
    ("balance", "balance", "ยอดคงเหลือ", "คงเหลือ", "balanse", "saldo"),
    ("payer_account", "from account", "sender account", "payer account", "counterparty account", "บัญชีผู้โอน", "iban"),
    ("reference", "reference", "ref no", "ref.", "check no", "cheque no", "transaction id", "เลขที่อ้างอิง", "อ้างอิง"),
    ("day", "transaction date", "posting date", "booking date", "date", "วันที่", "petsa", "fecha", "buchungstag"),
    ("credit", "credit", "deposit", "money in", "paid in", "received amount", "เงินเข้า", "ฝาก", "เครดิต", "pasok"),
    ("debit", "debit", "withdrawal", "money out", "paid out", "ถอน", "เงินออก", "เดบิต", "labas"),
    ("amount", "amount", "จำนวนเงิน", "halaga", "betrag", "importe"),
    ("payer", "payer", "sender", "remitter", "counterparty", "received from", "ผู้โอน", "ชื่อบัญชี", "nagbayad", "name"),
    ("text", "description", "particulars", "detail", "remark", "narrative", "memo", "message", "purpose",
     "transaction", "รายการ", "รายละเอียด", "หมายเหตุ", "paglalarawan", "channel", "ช่องทาง"),
)  # fmt: skip
ONCE = ("day", "amount", "credit", "debit", "side", "balance", "payer_account")
STRANGE = {  # what is no table of text, by its content
    "application/pdf": "bank-file-pdf",
    "application/zip": "bank-file-workbook",
    "application/vnd.ms-excel": "bank-file-workbook",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "bank-file-workbook",
    "application/x-ole-storage": "bank-file-workbook",
}


@dataclass(frozen=True)
class Layout:
    """How a file is read. `header` is the row with the names of the columns (1 is the first, 0: there is none)."""

    encoding: str = "utf-8"
    delimiter: str = ","
    header: int = 0
    roles: tuple = ()  # of each column, "" for none
    order: str = "dmy"
    era: str = "gregorian"
    mark: str = "."
    is_flipped: bool = False  # money that came in stands with a minus

    def kept(self):
        """As JSON, for the next file of this kind."""
        return asdict(self) | {"roles": list(self.roles)}

    @classmethod
    def of(cls, kept):
        return cls(**kept | {"roles": tuple(kept["roles"])})

    def problems(self):
        """What is missing before it can be read, as {field: message id}."""
        found = {}
        if "day" not in self.roles:
            found["day"] = "bank-layout-no-day"
        if not {"amount", "credit", "debit"} & set(self.roles):
            found["amount"] = "bank-layout-no-amount"
        twice = [role for role in ONCE if self.roles.count(role) > 1]
        if twice:
            found["roles"] = ("bank-layout-twice", {"roles": twice})
        return found


def check_is_text(start):
    """Refuse what is no table, by its first bytes: Invalid on "file" (file-empty, bank-file-…)."""
    if not start.strip(b"\0\r\n\t ,;\xef\xbb\xbf\xff\xfe"):
        raise Invalid(file="file-empty")
    guess = filetype.guess(start)
    is_table_too = (
        guess is not None and guess.mime not in STRANGE and not guess.mime.startswith(("image", "video", "audio"))
    )
    if guess is not None and not is_table_too:
        raise Invalid(file=STRANGE.get(guess.mime, "bank-file-not-table"))
    text = start.decode(importing_guesses.encoding(start), "suki-broken")
    odd = sum(1 for c in text[:4000] if (c < " " and c not in "\t\r\n") or c == "\udcff")
    if odd > len(text[:4000]) // 20 or text.lstrip("\ufeff \r\n")[:1] in ("<", "{"):
        raise Invalid(file="bank-file-not-table")


def head_rows(start, layout):
    """The first rows of a file as lists of cells, the table's and what stands before it."""
    text = start.decode(layout.encoding, "suki-broken").lstrip("\ufeff")
    return list(islice(rows_of(io.StringIO(text, newline=""), layout.delimiter), HEAD_ROWS))


def rows_of(text, delimiter):
    """Rows of cells of an open text, however wide; a quotation mark that never ends costs its own line only."""
    csv.field_size_limit(LONGEST_RECORD)
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = []
        yield [cell.strip().replace("\0", "") for cell in row[:MOST_COLUMNS]]


def guess(start, today=None):
    """The Layout of a file from its first bytes; what nobody can know is left for the person to choose."""
    encoding = importing_guesses.encoding(start)
    # A cut in the middle of a letter is no fault of the file.
    text = start.decode(encoding, "suki-broken").lstrip("\ufeff")
    layout = Layout(encoding=encoding, delimiter=_delimiter(text))
    rows = head_rows(start, layout)
    header, roles = _header(rows)
    return refine(replace(layout, header=header, roles=roles), rows, today)


def by_names(layout, rows, today=None):
    """The layout with the roles that the names in its header row say."""
    names = rows[layout.header - 1] if 0 < layout.header <= len(rows) else []
    return refine(replace(layout, roles=_roles_of(names)), rows, today)


def refine(layout, rows, today=None):
    """The layout with columns, order of days and marks read off the rows below its header, where they show."""
    body = [row for row in rows[layout.header :] if any(row)]
    width = max((len(row) for row in rows), default=0)
    roles = (*layout.roles, *[""] * (width - len(layout.roles)))[:width]
    if not layout.header:
        roles = _by_content(body, width)
    days = _cells(body, roles, ("day",))
    order, era, _ = bank_cells.days_are(days, today or values.shop_day())
    mark = bank_cells.mark_of(_cells(body, roles, ("amount", "credit", "debit", "balance")))
    return replace(layout, roles=tuple(roles), order=order, era=era, mark=mark)


def signature(delimiter, names):
    """What tells files of a kind again: the names of their columns; without names how many there are."""
    text = "\x1f".join([delimiter, *(map(search.fold, names) if not isinstance(names, int) else [str(names)])])
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def own_signature(layout, rows):
    """The signature of a file that is read with this layout."""
    has_names = 0 < layout.header <= len(rows)
    return signature(layout.delimiter, rows[layout.header - 1] if has_names else len(layout.roles))


def signatures(layout, rows):
    """{signature: row of the names} of all that a file might be known by; 0 is a file in which we found no names."""
    found = {} if layout.header else {signature(layout.delimiter, max((len(row) for row in rows), default=0)): 0}
    return found | {signature(layout.delimiter, row): place for place, row in enumerate(rows, 1) if len(row) > 1}


def _delimiter(text):
    """The one under which most rows have the same number of cells, and more than one."""

    def fit(mark):
        widths = Counter(
            len(row) for row in islice(rows_of(io.StringIO(text, newline=""), mark), HEAD_ROWS) if any(row)
        )
        width, times = max(widths.items(), key=lambda pair: (pair[0] > 1, pair[1] * min(pair[0], 4)), default=(0, 0))
        return (width > 1, times * min(width, 4))

    return max(DELIMITERS, key=fit)


def role_of(name):
    """What a column of this name holds, "" when nobody knows."""
    folded = search.fold(name)
    return (
        next((role for role, *words in NAMES if any(search.fold(word) in folded for word in words)), "")
        if folded
        else ""
    )


def _header(rows):
    """(its row, the roles of the columns): the row that names most of what a statement has; (0, ()) without one."""
    best, found = 0, (0, ())
    for place, row in enumerate(rows[:40], 1):
        if any(len(cell) > 60 for cell in row):
            continue
        roles, seen = _roles_of(row), {role_of(cell) for cell in row}
        score = len({"day", "text", "balance", "reference"} & seen) + 2 * bool({"amount", "credit", "debit"} & seen)
        if score > best and "day" in seen and (score >= 2 or _days_below(rows[place:], roles.index("day"))):
            best, found = score, (place, roles)
    return found


def _roles_of(names):
    """What each column holds by its name; of what a line has once the first counts."""
    roles = []
    for name in names:
        role = role_of(name)
        roles.append("" if role in roles and role in ONCE else role)
    return tuple(roles)


def _days_below(rows, column):
    cells = [row[column] for row in rows[:5] if column < len(row) and row[column]]
    return bool(cells) and _is_day(cells[0])


def _by_content(body, width):
    """The roles of columns without names: the first of days, the first of amounts, a second as the balance, texts."""
    roles, sample = [""] * width, body[:HEAD_ROWS]
    for column in range(width):
        cells = [row[column] for row in sample if column < len(row) and row[column]]
        if not cells:
            continue
        if "day" not in roles and _share(cells, _is_day) > 0.7:
            roles[column] = "day"
        elif _share(cells, _is_amount) > 0.9 and any("." in c or "," in c for c in cells):
            roles[column] = "balance" if "amount" in roles and "balance" not in roles else "amount"
        elif _share(cells, lambda cell: any(c.isalpha() for c in cell)) > 0.5:
            roles[column] = "text"
    return tuple("" if role == "amount" and roles.index("amount") != n else role for n, role in enumerate(roles))


def _share(cells, test):
    return sum(map(test, cells)) / len(cells)


def _is_day(cell):
    try:
        return len(cell) <= 30 and any(bank_cells.day(cell, order) for order in bank_cells.ORDERS[:1])
    except Invalid:
        return False


def _is_amount(cell):
    for mark in MARKS:
        try:
            return bank_cells.amount(cell, mark) is not None
        except Invalid:
            continue
    return False


def _cells(body, roles, wanted):
    places = [place for place, role in enumerate(roles) if role in wanted]
    return [row[place] for row in body for place in places if place < len(row) and row[place]]
