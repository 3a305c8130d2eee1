"""Page or piece: one template for a browser that loads, one for htmx that swaps; said once per view."""

from typing import NamedTuple

from flask import make_response, render_template, request


class Page(NamedTuple):
    """A whole page and, for htmx, the piece of it that the server sends again."""

    page: str
    piece: str | None = None

    def render(self, status=200, **context):
        """The page, or the piece when htmx asks (not boosted, not restoring its history)."""
        template = self.piece if self.piece and wants_piece() else self.page
        return make_response(render_template(template, **context), status)


def wants_piece():
    """Whether this request came from an hx- attribute and wants a part of the page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
