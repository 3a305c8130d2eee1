"""Headers: the ones every answer carries, and the request id that ties page, log line and audit entry together."""

import secrets

from flask import current_app, g, request

from portal.web import sessions

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LEAVING = ("sign_out", "sign_out_everywhere")
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
YEAR_SECONDS = 365 * 24 * 60 * 60


def start(app, settings):
    """Hang the header functions into the app, outermost, and say what the server’s own refusals carry."""
    app.before_request(name_request)
    app.after_request(dress)
    app.config["TRANSPORT"] = transport(settings)
    app.config["HEADERS_OF_REFUSALS"] = ALWAYS | app.config["TRANSPORT"] | {"Cache-Control": "no-store"}


def transport(settings):
    """What keeps browsers to https for a year once they were here, where the shop is on https."""
    below = "; includeSubDomains" if settings.https_below else ""
    return {"Strict-Transport-Security": f"max-age={YEAR_SECONDS}{below}"} if settings.is_https else {}


def name_request():
    g.request_id = secrets.token_hex(8)


def dress(response):
    """Add the headers that a more exact one has not set already."""
    if "token" in (request.view_args or {}):  # a link from a mail: its address is nobody else's to read
        response.headers.setdefault("Referrer-Policy", "strict-origin")
    for name, value in _standing().items():
        response.headers.setdefault(name, value)
    response.headers.update(current_app.config["TRANSPORT"])
    if request.endpoint == "static" and request.args.get("v") and response.status_code in (200, 304):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" not in response.headers or request.endpoint == "static":
        response.headers["Cache-Control"] = "no-cache" if request.endpoint == "static" else "no-store"
    if request.method == "POST" and (request.endpoint or "").partition(".")[2] in LEAVING:
        response.headers["Clear-Site-Data"] = '"cache"'  # nobody after us reads by the Back button
    if request.endpoint != "static":
        _vary(response)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _vary(response):
    """Say by what a page differs; a file is the same for everybody."""
    response.vary.add("HX-Request")
    # A new cookie would take a private page from its own reader's Back button; public pages know no cookie.
    if not response.cache_control.private and sessions.face() != "public":
        response.vary.add("Cookie")


def frame(origins):
    """Let the answer to this request stand in frames of these sites: only public pages ask for that."""
    g.framed_by = tuple(origins)


def _standing():
    """The headers of this answer: those of ALWAYS, unless it may stand in frames of some sites."""
    if not g.get("framed_by"):
        return ALWAYS
    csp = CSP.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(g.framed_by)}")
    kept = {name: value for name, value in ALWAYS.items() if name != "X-Frame-Options"}  # it knows all or none
    return kept | {"Content-Security-Policy": csp}
