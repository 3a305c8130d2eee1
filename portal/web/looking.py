"""Looking: the pages of a customer read by one of us as that person sees them; nothing can be done by it."""

from flask import make_response, render_template

from portal import read_only
from portal.customers import looks
from portal.web import sessions

WAYS = ("looks.enter", "looks.end")  # routes that begin and end it


def kept_from_acting(action, method, serve):
    """serve(), where a look shows this route, with every way to write shut; else the page that says why not."""
    if action in WAYS:
        return serve()
    if sessions.look() is None:
        return _page("over", 410) if sessions.is_look_over() else serve()
    if not looks.shows(action, method):
        return _page("unseen" if method in ("GET", "HEAD") else "only", 403)
    with read_only.reading_only():
        return serve()


def _page(step, status):
    return make_response(render_template("errors/look.html", step=step), status)
