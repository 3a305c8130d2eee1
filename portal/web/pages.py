"""Page or piece: one template for a browser that loads, one for htmx that swaps; said once per view."""

from typing import NamedTuple

from flask import current_app, g, render_template, request

from portal import masking, memory
from portal.web import sessions, speech
from portal.web.wording import whole

KEPT = memory.Latest(100)


class Page(NamedTuple):
    """A whole page and, for htmx, the piece of it that the server sends again."""

    page: str
    piece: str | None = None

    def render(self, status=200, **context):
        """The page, or the piece when htmx asks (not boosted, not restoring its history)."""
        template = self.piece if self.piece and wants_piece() else self.page
        with masking.hiding(sessions.actor().limits.hidden):
            drawn = render_template(template, **context)
        return current_app.response_class(_with_ready(drawn), status)


def kept(template, about, **context):
    """A piece, drawn once as long as `about` is the same: it says all that the piece shows. None draws it anew."""

    def draw():
        return whole(render_template(template, **context))

    read_by = (speech.language(), sessions.face(), sessions.actor().limits.hidden)
    return draw() if about is None else KEPT.of((template, about, *read_by), draw)


def ready(data):
    """What stands in a template for a large part of the page that is ready as bytes: they go out as they are.

    Of half a megabyte, each step of a template and the coding of its text cost as much as a small page.
    """
    parts = g.setdefault("ready", [])
    parts.append(data)
    return whole(_place(len(parts)))


def _place(number):
    return f"<!--ready {number}-->"  # typed text cannot say that: its < is escaped


def _with_ready(page):
    """A page with the parts that were ready in their places; then it is a list of bytes."""
    parts, made = g.pop("ready", None), []
    if not parts:
        return page
    for number, data in enumerate(parts, 1):
        before, found, after = page.partition(_place(number))
        if found:
            made += [before.encode(), data]
            page = after
    return [*made, page.encode()]


def wants_piece():
    """Whether this request came from an hx- attribute and wants a part of the page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
