"""Lists: one mechanism for every noun: columns, filters, sorts, counts, keyset pages, and the same rows as files."""

import peewee
from flask import flash, g, redirect
from flask_babel import gettext

from portal.errors import Invalid
from portal.web import (
    feeds,
    list_addresses,
    list_custom,
    list_filters,
    list_pages,
    list_views,
    speech,
)
from portal.web.list_cells import Column
from portal.web.list_filters import Choice, Custom, Filter, Link, Span, one_of
from portal.web.list_found import Found
from portal.web.list_pages import Sort
from portal.web.pages import Page

PAGE_ROWS = 25
FEED_BATCH = 1000
PAGE = Page("staff/list.html")
EVERY = []  # all lists of both faces
KNOWN = {}  # noun -> its list of the staff face, for what is done to many rows

__all__ = ["Choice", "Column", "Filter", "Found", "Link", "List", "Sort", "Span", "choice", "one_of"]


class List:
    """How one noun is listed.

    `columns` are those of feeds and pages, shown to whoever may read them by `fields` (portal/fields.py); the field
    table opens filters by itself, and `filters` adds others: {name in the address: function(query, text, actor) ->
    query, or a Filter; None takes one away}, and `defaults` hold while the address does not ask otherwise.
    `search(query, text)` serves `q`; `expand(rows)` returns {id: {more keys}} for the .json of
    a batch, `beside(rows)` what the cells of a page need besides, in as few queries as they can.

    For pages: `shown` names the columns that stand there unless others are chosen, `link` the one that opens the
    row at the endpoint `at`; `drawn` {field: {value: kind of state}}; `said` the filters that the page's own
    sentence asks for; `also` further names in the address. `rows(actor)` is the query where `answer`
    is given none; `many` are the Deeds (list_deeds.py) that can be done to many rows, which need `rows`.
    """

    def __init__(
        self, noun, fields, columns, sorts, default_sort, filters=None, search=None, expand=None, *,
        shown=None, link=None, at=None, drawn=None, beside=None, said=(), also=(), defaults=None,
        rows=None, many=None,
    ):  # fmt: skip
        self.noun, self.fields, self.columns = noun, fields, columns
        self.sorts, self.default_sort = sorts, default_sort
        self.own_filters, self.search, self.expand = filters or {}, search, expand
        self.shown, self.link, self.at, self.drawn = shown, link, at, drawn or {}
        self.beside, self.said, self.also, self.rows, self.many = beside, said, set(also), rows, many
        self.defaults, self._filters = defaults or {}, None
        EVERY.append(self)
        if many:
            KNOWN[noun] = self

    def answer(self, query, actor, page=PAGE, *, when_none=None, **context):
        """The page, or the feed that the address asked for, of `query` under the filters in the address.

        `when_none(words)` hears of a search that found nothing.
        """
        query = self.rows(actor) if query is None else query
        if g.get("feed"):
            return self.feed(query, actor)
        asked = list_addresses.asked()
        to = list_addresses.url(asked) if list_addresses.is_untidy() else list_views.first_address(actor, asked)
        if to:
            return redirect(to)
        found = self.find(query, actor)
        if when_none and not found.rows and asked.get("q") and not found.is_refused:
            when_none(asked["q"])
        return page.render(found.status, found=found, **context)

    def find(self, query, actor, rows=PAGE_ROWS):
        """One keyset page of `query`; never counts, never skips by OFFSET. The page tells what cannot be read."""
        found = Found(self, query, actor, list_addresses.asked(), rows)
        if found.faults:
            title = gettext("Some of this address cannot be read")
            flash({"kind": "warn", "title": title, "text": " ".join(dict.fromkeys(found.faults))})
        return found

    def feed(self, query, actor):
        """All rows that the address asks for, streamed in keyset batches, with the columns this person may read."""
        asked = list_addresses.asked()
        faults = []
        query = self.narrow(query, asked, actor, faults)
        columns = self.chosen(asked, actor, faults) or [c for c in self.readable(actor) if not c.is_for_pages]
        sort = self.sort_of(asked, actor, faults)
        if faults:
            return {"error": 422, "texts": [text for _, text in faults]}, 422
        return feeds.stream(g.feed, self.noun, columns, self._batches(query, sort, [c.name for c in columns]))

    def _batches(self, query, sort, names):
        after, by = None, self.orders[sort.removeprefix("-")]
        while True:
            rows = list(list_pages.page(query, by, sort, after, None, FEED_BATCH))
            if not rows:
                return
            list_custom.load(rows, names)
            yield rows, (self.expand(rows) if self.expand and g.feed == "json" else {})
            after = list_pages.place_of(rows[-1], by)

    # What an address may ask for

    def filters(self, query, actor):
        """{name: Filter} this person may use: those of fields he reads, and the noun's own."""
        if self._filters is None:
            opened = list_filters.filters_of(self.fields, query.model)
            plain = {name for name, made in self.own_filters.items() if hasattr(made, "by_kind") and name in opened}
            own = {
                name: made if isinstance(made, Filter) else Custom(self.fields.noun, name, made)
                for name, made in self.own_filters.items()
                if made is not None and name not in plain
            }
            kept = opened.keys() - self.own_filters.keys() | plain
            self._filters = {name: made for name, made in opened.items() if name in kept} | own
        readable = {list_filters.key_of(name) for name in self.fields.readable(actor)}
        hidden = {list_filters.key_of(name) for name in self.fields.fields} - readable
        known = self._filters | list_custom.filters(self.fields)
        return {name: made for name, made in known.items() if name not in hidden}

    def narrow(self, query, asked, actor, faults, without=None):
        """`query` under the filters of an address; what cannot be read is told in `faults` [(name, sentence)]."""
        known, wanted = set(), self.defaults | asked
        for name, made in self.filters(query, actor).items():
            known.update(made.keys)
            if name != without and any(key in wanted for key in made.keys):
                query = _under(made, query, wanted, actor, faults)
        words = asked.get("q")
        if words and self.search:
            query = self.search(query, words)
        strange = asked.keys() - known - list_addresses.OWN_NAMES - self.also - ({"q"} if self.search else set())
        faults += [(name, speech.message("filter-unknown", name=name)) for name in sorted(strange)]
        return query.where(peewee.SQL("1 = 0")) if faults else query

    def readable(self, actor):
        """The columns this person may read."""
        names = set(self.fields.readable(actor)) | {"id", "number"}
        columns = [*self.columns, *list_custom.columns(self.fields)]
        return [c for c in columns if c.name in names or (c.is_for_pages and c.name not in self.fields.fields)]

    def chosen(self, asked, actor, faults):
        """The columns that the address names, in its order; what is unknown or hidden from this person is told."""
        known = {column.key: column for column in self.readable(actor)}
        found = []
        for key in dict.fromkeys(part.strip() for part in asked.get("columns", "").split(",") if part.strip()):
            if key not in known:
                faults.append(("columns", speech.message("column-unknown", name=key)))
            elif not (known[key].is_for_pages and g.get("feed")):
                found.append(known[key])
        return found

    def sort_of(self, asked, actor, faults):
        """The sort of the address, when there is one by that name over a field this person may read."""
        sorts = (made.sort for name, made in (self._filters or {}).items() if made.sort and asked.get(name))
        sort = asked.get("sort") or next(sorts, self.default_sort)
        if sort.removeprefix("-") in self.sorts_for(actor):
            return sort
        faults.append(("sort", speech.message("sort-unknown", name=sort.removeprefix("-"))))
        return self.default_sort

    def sorts_for(self, actor):
        """Names of the sorts this person may use."""
        hidden = self.fields.fields.keys() - set(self.fields.readable(actor))
        known = self.orders.items()
        return [name for name, by in known if by.column.name not in hidden and name not in hidden]

    @property
    def orders(self):
        """{name: Sort} of all that its rows can be ordered by."""
        return self.sorts | list_custom.sorts(self.fields)


def _under(made, query, asked, actor, faults):
    try:
        return made.narrow(query, asked, actor)
    except Invalid as refusal:
        for message, parameters in refusal.problems.values():
            faults.append((made.name, f"{made.label}: {speech.message(message, **parameters)}"))
    return query


def choice(column):
    """A filter on one value of a column: `?state=placed`; by the kind of its field where the table opens that."""

    def narrow(query, text, actor):
        return query.where(column == text)

    narrow.by_kind = True
    return narrow
