"""Lists: one mechanism for every noun: readable filters, sorts, keyset pages, and the same rows as .csv and .json."""

import base64
import binascii
import json
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import quote

from flask import g, request

from portal.errors import Invalid
from portal.web import feeds

PAGE_ROWS = 25
FEED_BATCH = 1000
LONGEST_QUERY = 200


class Column(NamedTuple):
    """A column of a feed: its key in the noun's field table, and how a row gives its value."""

    name: str
    value: object = None  # function(row); None: the attribute of that name
    head: str = ""  # what the feed calls it, when not by its key: money is decimal text there, not minor units

    def of(self, row):
        return self.value(row) if self.value else getattr(row, self.name)


class Sort(NamedTuple):
    """What a list can be ordered by; `nullable` rows without a value come last both ways."""

    column: object
    nullable: bool = False


class Found(NamedTuple):
    """One page of a list, ready for its template."""

    rows: list
    sort: str  # "name" or "-placed"
    filters: dict  # what the address asked for, as typed
    next_url: str | None
    prev_url: str | None
    feed_urls: dict  # {"csv": address, "json": address} with the same filters

    def sort_url(self, name):
        """Address of the same list ordered by `name`; by the other direction when it is ordered so now."""
        return _url(sort=f"-{name}" if self.sort == name else name, after=None, before=None)

    def direction(self, name):
        """ "up", "down" or "" for the arrow in the head of a column."""
        return {name: "up", f"-{name}": "down"}.get(self.sort, "")


class List:
    """How one noun is listed.

    `columns` are those of the feeds, shown to whoever may read them by `fields` (portal/fields.py); `filters` maps a
    name in the address to function(query, text, actor) -> query; `search(query, text)` serves `q`; `expand(rows)`
    returns {id: {more keys}} for the .json of a batch (the lines of orders), in as few queries as it can.
    """

    def __init__(self, noun, fields, columns, sorts, default_sort, filters=None, search=None, expand=None):
        self.noun, self.fields, self.columns = noun, fields, columns
        self.sorts, self.default_sort = sorts, default_sort
        self.filters, self.search, self.expand = filters or {}, search, expand

    def answer(self, query, actor, page, **context):
        """The page, or the feed that the address asked for, of `query` under the filters in the address."""
        if g.get("feed"):
            return self.feed(query, actor)
        return page.render(found=self.find(query, actor), **context)

    def find(self, query, actor, rows=PAGE_ROWS):
        """One keyset page of `query`; never counts, never skips by OFFSET."""
        query, sort, asked = self._narrow(query, actor)
        after, before = _mark(request.args.get("after")), _mark(request.args.get("before"))
        page = list(self._page(query, sort, after, before, rows + 1))
        more = len(page) > rows
        page = page[:rows]
        if before:
            page.reverse()
        has_next = bool(page) and (more if not before else True)
        has_prev = bool(page) and (bool(after) if not before else more)
        return Found(
            page,
            sort,
            asked,
            _url(after=self._mark_of(page[-1], sort), before=None) if has_next else None,
            _url(before=self._mark_of(page[0], sort), after=None) if has_prev else None,
            {feed: _url(feed=feed, after=None, before=None) for feed in ("csv", "json")},
        )

    def feed(self, query, actor):
        """All rows that the address asks for, streamed in keyset batches, with the columns this person may read."""
        query, sort, _ = self._narrow(query, actor)
        readable = set(self.fields.readable(actor)) | {"id", "number"}
        columns = [c for c in self.columns if c.name in readable]
        return feeds.stream(g.feed, self.noun, columns, self._batches(query, sort))

    def _batches(self, query, sort):
        after = None
        while True:
            rows = list(self._page(query, sort, after, None, FEED_BATCH))
            if not rows:
                return
            yield rows, (self.expand(rows) if self.expand and g.feed == "json" else {})
            after = [self._sort_value(rows[-1], sort), rows[-1].id]

    def _narrow(self, query, actor):
        sort = request.args.get("sort", self.default_sort)
        if sort.lstrip("-") not in self.sorts:
            sort = self.default_sort
        asked = {}
        for name, narrow in self.filters.items():
            text = request.args.get(name, "").strip()[:LONGEST_QUERY]
            asked[name] = text
            if text:
                query = narrow(query, text, actor)
        words = request.args.get("q", "").strip()[:LONGEST_QUERY]
        asked["q"] = words
        if words and self.search:
            query = self.search(query, words)
        return query, sort, asked

    def _page(self, query, sort, after, before, limit):
        by = self.sorts[sort.lstrip("-")]
        model = query.model
        down = sort.startswith("-") != bool(before)
        mark = after or before
        if mark:
            query = query.where(_beyond(by, model.id, mark, down, nulls_last=not before))
        nulls = {"nulls": "FIRST" if before else "LAST"} if by.nullable else {}
        order = by.column.desc(**nulls) if down else by.column.asc(**nulls)
        if by.column is model.id:
            return query.order_by(order).limit(limit)
        return query.order_by(order, model.id.desc() if down else model.id.asc()).limit(limit)

    def _sort_value(self, row, sort):
        column = self.sorts[sort.lstrip("-")].column
        value = row.__data__.get(column.name)
        return value.isoformat() if isinstance(value, (date, datetime)) else value

    def _mark_of(self, row, sort):
        text = json.dumps([self._sort_value(row, sort), row.id], ensure_ascii=False)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _beyond(by, key, mark, down, nulls_last):
    value, number = mark
    column = by.column
    step = (key < number) if down else (key > number)
    if column is key:
        return step
    if value is None:
        inside = column.is_null() & step
        return inside if nulls_last else inside | column.is_null(False)
    further = (column < value) if down else (column > value)
    where = further | ((column == value) & step)
    return where | column.is_null() if by.nullable and nulls_last else where


def _mark(text):
    """Decode a keyset mark from the address; nonsense is a plain refusal."""
    if not text:
        return None
    try:
        value, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        sound = isinstance(number, int) and abs(number) < 2**62 and isinstance(value, (str, int, type(None)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        sound = False
    if not sound or (isinstance(value, int) and abs(value) >= 2**62) or (isinstance(value, str) and "\0" in value):
        raise Invalid(after="page-mark-broken")
    return [value, number]


def _url(feed=None, **changes):
    arguments = {k: v for k, v in request.args.items() if v}
    for name, value in changes.items():
        if value is None:
            arguments.pop(name, None)
        else:
            arguments[name] = value
    path = request.path + (f".{feed}" if feed else "")
    query = "&".join(f"{_quote(k)}={_quote(v)}" for k, v in arguments.items())
    return f"{path}?{query}" if query else path


def _quote(text):
    return quote(text, safe="")


def choice(field):
    """A filter on one value of a column: `?state=placed`."""
    return lambda query, text, actor: query.where(field == text)
