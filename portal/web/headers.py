"""Headers: the ones every answer carries, and the request id that ties page, log line and audit entry together."""

import secrets

from flask import g, request

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


def start(app):
    """Hang the header functions into the app, outermost."""
    app.before_request(name_request)
    app.after_request(dress)


def name_request():
    g.request_id = secrets.token_hex(8)


def dress(response):
    """Add the headers that a more exact one has not set already."""
    if "token" in (request.view_args or {}):  # a link from a mail: its address is nobody else's to read
        response.headers.setdefault("Referrer-Policy", "strict-origin")
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.scheme == "https":
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static" and request.args.get("v") and response.status_code in (200, 304):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" not in response.headers or request.endpoint == "static":
        response.headers["Cache-Control"] = "no-cache" if request.endpoint == "static" else "no-store"
    if request.method == "POST" and (request.endpoint or "").partition(".")[2] in LEAVING:
        response.headers["Clear-Site-Data"] = '"cache"'  # nobody after us reads by the Back button
    response.vary.add("HX-Request")
    if not response.cache_control.private:  # a new cookie would take the page from its own reader's Back button
        response.vary.add("Cookie")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response
