"""Refusals: every error as a page that says what happened and what to do; a database that is away keeps the form."""

import logging
from urllib.parse import unquote_to_bytes

from flask import g, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import HTTPException, SecurityError, UnsupportedMediaType

from portal import store, troubles, values
from portal.errors import Denied, Expired, Invalid, NotFound, Repeated, Stale, TooMany
from portal.people import link_requests
from portal.web import places, speech

log = logging.getLogger("suki.web")
security = logging.getLogger("suki.security")
RETRY_SECONDS = 5
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "")
# A body that ends too early, comes too slowly or in chunks that are none: nobody's mistake but the sender's.
BROKEN_OFF = (ParseException, NoMoreData, BlockingIOError)


def start(app):
    """Hang the error pages into the app."""
    app.before_request_funcs.setdefault(None, []).insert(0, refuse_broken_bytes)  # before anybody reads the form
    app.before_request_funcs[None].insert(0, refuse_what_is_no_form)
    app.before_request(refuse_nul)
    app.register_error_handler(NotFound, lambda e: page(404))
    app.register_error_handler(Denied, lambda e: page(403))
    app.register_error_handler(Expired, over)
    app.register_error_handler(TooMany, too_many)
    app.register_error_handler(Invalid, unplaced)
    app.register_error_handler(Stale, lambda e: page(409))
    app.register_error_handler(Repeated, repeated)
    app.register_error_handler(SecurityError, foreign_host)
    app.register_error_handler(CSRFError, unmarked)
    for kind in troubles.AWAY:
        app.register_error_handler(kind, database_trouble)
    for kind in BROKEN_OFF:
        app.register_error_handler(kind, lambda e: page(400))
    for kind in (OSError, MemoryError):
        app.register_error_handler(kind, machine_trouble)
    app.register_error_handler(HTTPException, lambda e: page(e.code) if e.code and e.code >= 400 else e)
    app.register_error_handler(Exception, broken)


def refuse_nul():
    """No address holds NUL; databases disagree about what to do with it."""
    if "\0" in request.path:
        raise NotFound("NUL in an address")
    if any("\0" in name or "\0" in text for name, text in request.args.items(multi=True)):
        raise Invalid(q="character-not-storable")


def refuse_what_is_no_form():
    """What changes something comes as a form: JSON may hold what no browser sends, and would fill in all forms."""
    if request.method == "POST" and request.mimetype not in FORMS:
        raise UnsupportedMediaType


def refuse_broken_bytes():
    """A form that is no UTF-8 is refused whole: read leniently, "Se\\xf1or" would be kept as the name "Se%F1or"."""
    if request.mimetype == "application/x-www-form-urlencoded":
        try:
            unquote_to_bytes(request.get_data()).decode()
        except UnicodeDecodeError:
            raise Invalid(form="text-unreadable")


def page(status, keep=False, **context):
    """The page of an error; in a feed, JSON with the same status."""
    if g.get("feed"):
        return {"error": status}, status
    known = status if status in (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503) else 400
    g.plain_page = True  # an error page must not need the database for its navigation
    kept = [(k, v) for k, v in request.form.items(multi=True) if _is_kept(k)] if keep else []
    html = render_template(f"errors/{known}.html", request_id=g.get("request_id", ""), kept=kept, **context)
    return make_response(html, status)


def foreign_host(error):
    """Asked under a name that is not ours: there is no address to build links with, so a plain line."""
    security.warning("asked under a foreign name from %s", request.remote_addr)
    answer = make_response("This is not the address of the shop.\n", 400)
    answer.mimetype = "text/plain"
    return answer


def over(refusal):
    """A link that is over; where a new one may be sent, a button for it, without a word about the address."""
    return page(410, token=refusal.link.token if link_requests.can_renew(refusal.link) else None)


def _is_kept(name):
    return name != "csrf_token" and "password" not in name


def unplaced(refusal):
    """An Invalid outside of a form (a broken page mark, a nonsense filter)."""
    texts = [speech.message(name, **parameters) for name, parameters in refusal.problems.values()]
    return page(422, texts=texts)


def repeated(earlier):
    """A form without a page of its own was sent twice."""
    address = places.address_of(earlier.result)
    if earlier.same and address:
        return redirect(address, code=303)
    return page(409)


def unmarked(error):
    """A form without this browser's mark: grown old, or sent by somebody else's page."""
    security.warning("form refused at %s from %s: %s", request.path, request.remote_addr, error.description)
    return page(400, keep=True)


def too_many(refusal):
    security.warning("too many attempts at %s from %s", request.path, request.remote_addr)
    answer = make_response(page(429, wait_seconds=refusal.wait_seconds))
    answer.headers["Retry-After"] = str(refusal.wait_seconds)
    return answer


def database_trouble(error):
    """503 with the typed form kept when the database is away; a mistake of ours is a 500."""
    if not troubles.is_away(error):
        return broken(error)
    log.warning("the database is away: %s", error)
    store.discard_connection()
    return away(error)


def machine_trouble(error):
    """A machine that is short of something is as a database that is away; any other such error is our mistake."""
    if not troubles.is_of_the_machine(error):
        return broken(error)
    log.warning("the machine is in trouble: %s: %s", type(error).__name__, error)
    return away(error)


def away(error):
    """503: nothing was saved, the typed form is kept, and when the disk is full that is said."""
    g.actor = values.ANONYMOUS  # the session cannot be read now
    answer = make_response(page(503, keep=True, is_full=troubles.is_without_room(error)))
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def busy(app, settings):
    """What the server says when more people call than it can answer; made once, so that it costs next to nothing."""
    with app.test_request_context("/", base_url=settings.base_url):  # a host that we answer to
        g.actor = values.ANONYMOUS
        answer = make_response(page(503))
    answer.headers.update(app.config["HEADERS_OF_REFUSALS"] | {"Retry-After": str(RETRY_SECONDS)})
    return answer


def broken(error):
    """An error nobody expected: logged once with its request id, shown without details."""
    log.exception("request %s %s %s failed", g.get("request_id"), request.method, request.path, exc_info=error)
    g.actor = values.ANONYMOUS
    return page(500)
