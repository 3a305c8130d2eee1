"""One page of a list as its template reads it: cells, heads, filters, counts, views; worked out when asked for."""

from functools import cached_property

from flask_babel import gettext

from portal.web import (
    list_addresses,
    list_cells,
    list_custom,
    list_deeds,
    list_groups,
    list_pages,
    list_views,
    speech,
    wording,
)
from portal.web.list_filters import Custom

MOST_SHOWN = 7  # columns of a page where a noun names none


class Found:
    """One page of a list, ready for its template; what a template does not ask for is not worked out."""

    def __init__(self, list, query, actor, asked, most):
        self.list, self.query, self.actor, self.asked = list, query, actor, asked
        hard, soft = [], []
        narrowed = list.narrow(query, asked, actor, hard)
        self.columns = list.chosen(asked, actor, soft) or self._default_columns()
        self.sort = list.sort_of(asked, actor, soft)
        self.faults, self.is_refused = [text for _, text in hard + soft], bool(hard)
        self._turn(narrowed, most)

    def _turn(self, query, most):
        after, before = (list_pages.read_mark(self.asked.get(name)) for name in ("after", "before"))
        by = self.list.orders[self.sort.removeprefix("-")]
        page = [] if self.is_refused else [*list_pages.page(query, by, self.sort, after, before, most + 1)]
        more, page = len(page) > most, page[:most]
        if before:
            page.reverse()
        self.rows = page
        has_next = bool(page) and (more if not before else True)
        has_prev = bool(page) and (bool(after) if not before else more)
        self.next_url = self.url(after=list_pages.mark_of(page[-1], by), before=None) if has_next else None
        self.prev_url = self.url(before=list_pages.mark_of(page[0], by), after=None) if has_prev else None

    def _default_columns(self):
        known = {column.key: column for column in self.list.readable(self.actor)}
        if self.list.shown:
            return [known[key] for key in self.list.shown if key in known]
        return [*known.values()][:MOST_SHOWN]

    def url(self, feed=None, **changes):
        """The address of this list with some names changed; None takes one out."""
        return list_addresses.url(self.asked, feed, **changes)

    @property
    def feed_urls(self):
        """{"csv": address, "json": address} of all the rows."""
        return {feed: self.url(feed, after=None, before=None, show=None) for feed in ("csv", "json")}

    @property
    def status(self):
        """422 when a filter could not be read: then no row is shown, rather than too many."""
        return 422 if self.is_refused else 200

    @cached_property
    def filters(self):
        """What the address asks for, by name, "" where it does not."""
        names = (key for made in self.known.values() for key in made.keys)
        return {name: self.asked.get(name, "") for name in (*names, *self.list.own_filters, *self.list.also, "q")}

    @cached_property
    def known(self):
        return self.list.filters(self.query, self.actor)

    def sort_url(self, name):
        """Address of the same list ordered by `name`; by the other direction when it is ordered so now."""
        return self.url(sort=f"-{name}" if self.sort == name else name, after=None, before=None)

    def direction(self, name):
        """ "up", "down" or "" for the arrow in the head of a column."""
        return {name: "up", f"-{name}": "down"}.get(self.sort, "")

    # The table

    @cached_property
    def _drawn(self):
        beside = list_cells.Beside(lambda: self.list.beside(self.rows) if self.list.beside and self.rows else {})
        list_custom.load(self.rows, [column.name for column in self.columns])
        drawing = list_cells.Drawing(self.list.fields, self.list.drawn, beside)
        link = self._link
        return [drawing.of(column, column is link) for column in self.columns]

    @property
    def _link(self):
        names = [self.list.link] if self.list.link else ["name", "number", "code"]
        keyed = {column.name: column for column in reversed(self.columns)}
        return next((keyed[name] for name in names if name in keyed), self.columns[0])

    @cached_property
    def heads(self):
        sorts = self.list.sorts_for(self.actor)
        return [self._head(column, css, sorts) for column, (css, _) in zip(self.columns, self._drawn, strict=True)]

    def _head(self, column, css, sorts):
        label = str(column.label) if column.label else speech.term(self.list.fields.noun, column.name)
        name = next((n for n in sorts if n in (column.name, column.key)), None)
        orders = self.list.orders
        name = name or next((n for n in sorts if orders[n].column.name == column.name), None)
        look = "num" if "num" in css.split() else ""
        return list_cells.Head(label, look, name and self.sort_url(name), self.direction(name) if name else "")

    @property
    def looks(self):
        """How the cells of a row look, from left to right; the one that opens the row is a "link"."""
        return [look for look, _ in self._drawn]

    def lines_in(self, frame):
        """The rows as markup: `frame` is one row with a %s for each of its texts."""
        return wording.filled(frame, self.texts())

    def texts(self):
        """For each row: its number and name where rows can be chosen, then its cells, before a link its address."""
        address_of, may_pick = list_cells.addresses(self.list.at), self.may_pick
        for row in self.rows:
            texts = [row.number, getattr(row, "name", "") or row.number] if may_pick else []
            for look, text_of in self._drawn:
                texts += (address_of(row), text_of(row)) if look == "link" else (text_of(row),)
            yield texts

    # What stands over it

    @property
    def is_narrowed(self):
        return bool(self.asked.keys() - list_addresses.OWN_NAMES)

    @property
    def showing(self):
        """Which part of the page is open: "filters", "columns" or nothing."""
        return self.asked.get("show", "")

    @property
    def tabs(self):
        """The saved views over this list, as tabs."""
        return list_views.tabs(self.actor, self.asked)

    @property
    def views(self):
        return list_views.over(self.actor)

    @property
    def save_form(self):
        """The form that keeps this address under a name."""
        return list_views.save_form(self.actor, self.asked)

    @cached_property
    def may_pick(self):
        """Whether this person may do anything to many rows of it."""
        many = self.list.many
        return bool(many and self.actor.employee and list_deeds.open_to(self.actor, many, self.list.fields))

    @property
    def of(self):
        """What all its rows have in common, for what is done to all that fit."""
        return list_addresses.query_text(self.asked)

    @property
    def tools(self):
        """[(name, word)] of the parts of the page that open on request."""
        views = [("views", gettext("Views"))] if self.actor.employee else []
        filters = [("filters", gettext("More filters"))] if self.control_names else []
        return [*filters, ("columns", gettext("Columns")), *views]

    @property
    def group(self):
        return self.asked.get("group", "")

    @property
    def all_url(self):
        """The address without any filter."""
        return list_addresses.url({name: self.asked[name] for name in ("sort", "columns") if name in self.asked})

    @property
    def said(self):
        """Names of what the sentence over the list asks for."""
        return (*self.list.said, "q") if self.list.search else self.list.said

    @property
    def spoken(self):
        """Controls of the filters in the sentence, for a noun that wrote none of its own."""
        made = (self.known[name].pick(self.asked, self.actor) for name in self.list.said if name in self.known)
        return [control for control in made if control]

    @property
    def chips(self):
        """[(label, words, address without it)] of the filters that the page's own sentence does not hold."""
        found = []
        for made in self.known.values():
            used = [key for key in made.keys if key in self.asked and key not in self.list.said]
            if used:
                words = "?" if self.is_refused else made.words(self.asked, self.actor)
                found.append((made.label, words, self.url(**dict.fromkeys((*used, "after", "before")))))
        return found

    def offer(self, name, options):
        """The choices of a sentence, and what the address asks for when it is none of them."""
        asked = self.asked.get(name, "")
        if not asked or self.is_refused or asked in {str(value) for value, _ in options}:
            return options
        return [*options, (asked, self.known[name].words(self.asked, self.actor))]

    def kept(self, *without):
        """[(name, text)] of the address that a form sends along: all but what it asks for itself."""
        dropped = {*without, *list_addresses.PLACES, "lang"}
        return [(name, text) for name, text in self.asked.items() if name not in dropped]

    @property
    def controls(self):
        """The controls of the panel of filters."""
        made = (one.control(self.asked, self.actor) for one in self.known.values())
        said = self.list.said
        return [c for c in made if c and not (c["kind"] == "text" and c["name"] in said)]

    @property
    def control_names(self):
        return [key for made in self.known.values() if not isinstance(made, Custom) for key in made.keys]

    @property
    def groupings(self):
        """[(name, label)] of what the rows can be counted by."""
        return [(name, made.label) for name, made in self.known.items() if made.may_group]

    @cached_property
    def counted(self):
        """The counts that the address asks for (`group=state`), None without."""
        name = self.asked.get("group")
        if name not in dict(self.groupings) or self.is_refused:
            return None
        query = self.list.narrow(self.query, self.asked, self.actor, [], without=name)
        return list_groups.counted(self.known[name], query, self.asked)

    @property
    def choosable(self):
        """[(key, label, is chosen, address that puts it one place earlier)] of the columns: the chosen ones first."""
        chosen = [column.key for column in self.columns]
        rest = [c for c in self.list.readable(self.actor) if c.key not in chosen]
        found = []
        for place, column in enumerate([*self.columns, *rest]):
            earlier = None
            if 0 < place < len(chosen):
                moved = [*chosen[: place - 1], chosen[place], chosen[place - 1], *chosen[place + 1 :]]
                earlier = self.url(columns=",".join(moved))
            found.append((column.key, self._head(column, "", ()).label, column.key in chosen, earlier))
        return found
