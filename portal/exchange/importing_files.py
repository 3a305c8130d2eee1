"""Reading tables from files: bytes to text to records as a stream, each broken record found and passed over."""

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections import deque
from typing import NamedTuple

LONGEST_RECORD = 1_000_000  # characters; an open quotation mark must not swallow the file
HEAD_BYTES = 1 << 18  # of a file are looked at before it is read
MOST_LINES = 500  # of one record
BROKEN = "\udcff"  # stands in the text where bytes could not be read
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones count in East Asia
FREE_BYTES = 20_000_000  # of what a packed file unpacks to, before anybody asks how much it grows
MOST_TIMES = 100  # its size; tables pack ten to thirty times, a bomb a thousand times
UNREADABLE = (EOFError, gzip.BadGzipFile, zlib.error, OSError)

codecs.register_error("suki-broken", lambda trouble: (BROKEN, trouble.end))


class Record(NamedTuple):
    """One record: the line it starts on, its cells, or why it has none (a message id)."""

    line: int
    cells: list
    problem: str = ""


class TooLong(csv.Error):
    """A line without end."""


class _Counted(io.RawIOBase):
    """The bytes of a file as they lie there, counted and hashed while they are read."""

    def __init__(self, path):
        self.file = path.open("rb")
        self.size = path.stat().st_size
        self.position = 0
        self.digest = hashlib.sha256()

    def readable(self):
        return True

    def readinto(self, buffer):
        count = self.file.readinto(buffer)
        self.position += count
        self.digest.update(memoryview(buffer)[:count])
        return count

    def close(self):
        self.file.close()
        super().close()


class TableFile:
    """A CSV file, plain or gzip, opened for one pass."""

    def __init__(self, path, shape):
        self.raw = _Counted(path)
        self.shape = shape
        stream = _unpacked(path, io.BufferedReader(self.raw, 1 << 16))
        self.text = io.TextIOWrapper(stream, encoding=shape.encoding, errors="suki-broken", newline="")
        self.records = iter(Records(self.text, shape))
        self.header = shape.header or next(self.records, Record(1, [])).cells

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.text.close()

    @property
    def share_read(self):
        """How much of the file is behind us, 0 to 1."""
        return self.raw.position / self.raw.size if self.raw.size else 1.0

    @property
    def sha256(self):
        """Hash of the bytes read so far; of the file once it was read to its end."""
        return self.raw.digest.hexdigest()


class Shape(NamedTuple):
    """How the bytes of a file become cells. `header` names the columns of a file that does not do so itself."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header: tuple = ()


class _Unpacked(gzip.GzipFile):
    """A packed file, given up as unreadable when it is a bomb."""

    def __init__(self, stream, size):
        super().__init__(fileobj=stream)
        self.most = max(FREE_BYTES, size * MOST_TIMES)

    def read1(self, size=-1):
        data = super().read1(size)
        if self.tell() > self.most:
            raise gzip.BadGzipFile("it unpacks to far more than a table does")
        return data


def _unpacked(path, stream):
    return _Unpacked(stream, path.stat().st_size) if is_packed(path) else stream


def is_packed(path):
    """Known by its first bytes, not by its name."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def head(path, size=HEAD_BYTES):
    """The first bytes of a file, unpacked."""
    with path.open("rb") as file, _unpacked(path, file) as stream:
        return stream.read(size)


class _Feed:
    """The lines of one record at a time: gives them to the CSV reader and can take them back."""

    def __init__(self, text):
        self.text = text
        self.waiting = deque()
        self.taken = []
        self.size = 0
        self.line = 0
        self.at_end = False

    def __iter__(self):
        return self

    def __next__(self):
        if self.size > LONGEST_RECORD or len(self.taken) >= MOST_LINES:
            raise StopIteration
        line = self.waiting.popleft() if self.waiting else self.text.readline(LONGEST_RECORD)
        if not line:
            self.at_end = True
            raise StopIteration
        self.line += 1
        self.taken.append(line)
        self.size += len(line)
        if len(line) == LONGEST_RECORD:
            self._pass_over_the_rest(line)
            raise TooLong("line")
        return line

    def _pass_over_the_rest(self, line):
        while line and not line.endswith(("\n", "\r")):
            line = self.text.readline(LONGEST_RECORD)

    def begin(self):
        self.taken, self.size = [], 0

    def give_back(self):
        """All but the first line of the record wait to be read anew."""
        self.waiting.extendleft(reversed(self.taken[1:]))
        self.line -= len(self.taken) - 1


class Records:
    """The records of a text; one that cannot be split costs its first line only, and reading goes on after it."""

    def __init__(self, text, shape):
        self.feed = _Feed(text)
        self.shape = shape
        self.width = len(shape.header)

    def _reader(self):
        csv.field_size_limit(LONGEST_RECORD)
        quoting = {"quotechar": self.shape.quote} if self.shape.quote else {"quoting": csv.QUOTE_NONE}
        return csv.reader(self.feed, delimiter=self.shape.delimiter, strict=True, **quoting)

    def __iter__(self):
        feed, reader = self.feed, self._reader()
        while True:
            feed.begin()
            start = feed.line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as trouble:
                feed.give_back()
                reader = self._reader()
                yield Record(start, [], _reason(trouble))
                continue
            if not cells:
                continue
            self.width = self.width or len(cells)
            if len(cells) != self.width:
                if len(feed.taken) > 1:
                    feed.give_back()
                    reader = self._reader()
                yield Record(start, cells, "import-column-count")
                continue
            yield Record(start, _without_guard(cells), self._flaw())

    def _flaw(self):
        for line in self.feed.taken:
            if BROKEN in line:
                return "import-broken-letters"
            if "\0" in line:
                return "import-nul"
        return ""


def guarded(text):
    """A text as a cell that no spreadsheet runs as a formula; whoever reads it takes one apostrophe off again."""
    return f"'{text}" if text.lstrip("'")[:1] in FORMULA_STARTS else text


def _without_guard(cells):
    """Our own exports and some spreadsheets put an apostrophe before what might be a formula."""
    return [cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in FORMULA_STARTS else cell for cell in cells]


def _reason(trouble):
    if isinstance(trouble, TooLong) or "field limit" in str(trouble):
        return "import-record-too-long"
    return "import-broken-quotes"


def flawed_cell(cells):
    """Position of the first cell that holds broken letters or NUL, -1 when none does."""
    return next((n for n, cell in enumerate(cells) if BROKEN in cell or "\0" in cell), -1)
