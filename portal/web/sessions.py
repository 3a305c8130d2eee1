"""Who is asking: one cookie per face, Flask-Login over session rows, and the Actor of this request."""

from dataclasses import replace

from flask import current_app, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature

from portal import values
from portal.activity import inbox
from portal.customers import memberships
from portal.customers.looks import Look
from portal.people import employees, sessions

STAFF_PREFIX = "/staff"
LOOK = "look:"  # instead of a token: one of us looks at a customer's pages
PUBLIC_PREFIXES = ("/order-form", "/unsubscribe")  # pages for everybody and for mail programs: they know nobody


class SignedIn(UserMixin):
    """What Flask-Login keeps: the session row and its login. Its id is the token in the cookie."""

    def __init__(self, token, session, login, look=None, staff=None):
        self.token, self.session, self.login = token, session, login
        self.look, self.staff = look, staff  # of one of us who only looks

    def get_id(self):  # name given by Flask-Login
        return self.token


class FaceCookies(SecureCookieSessionInterface):
    """Each face has its own cookie, so that a person may be signed in at both in one browser.

    On public pages there is none: nothing is read from the browser, and nothing is left in it.
    """

    def open_session(self, app, request):  # name given by Flask
        return self.session_class() if face() == "public" else super().open_session(app, request)

    def get_cookie_name(self, app):  # name given by Flask
        return self.name_for(app, face())

    def name_for(self, app, face):
        """The name of a face's cookie."""
        name = "suki-staff" if face == "staff" else "suki"
        return f"__Host-{name}" if app.config["SESSION_COOKIE_SECURE"] else name

    def save_session(self, app, session, response):  # name given by Flask
        """A page that its reader may go back to does not depend on the cookie, which each notice changes.

        Neither does a file: a cache that people share keeps one for all of them.
        """
        if face() == "public" or request.endpoint == "static":
            return
        super().save_session(app, session, response)
        if response.cache_control.private:
            response.headers["Vary"] = "HX-Request"


def face():
    """Name of the face this request is for, from its path."""
    path = request.path
    for name, prefix in (("staff", STAFF_PREFIX), *(("public", prefix) for prefix in PUBLIC_PREFIXES)):
        if path == prefix or path.startswith(prefix + "/"):
            return name
    return "portal"


def start(app):
    """Hang sessions and Flask-Login into the app."""
    app.session_interface = FaceCookies()
    manager = LoginManager()
    # Pages get no current_user: it would be asked of a database that is away, for the page that says so.
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = None  # the token is bound to a row and an epoch; addresses of phones change

    @manager.user_loader
    def load(token):
        if token.startswith(LOOK):
            return _looking(token) if face() == "portal" else None
        kind = "staff" if face() == "staff" else "customer"
        found = sessions.find(token, kind, beside=employees.beside_logins if kind == "staff" else None)
        return SignedIn(token, *found) if found else None


def actor():
    """The person behind this request as a plain value; anonymous when nobody is signed in at this face."""
    if "actor" not in g:
        g.actor = replace(_build_actor(), request=g.get("request_id", ""))
    return g.actor


def _build_actor():
    if face() == "public" or not current_user.is_authenticated:
        return values.ANONYMOUS
    login = current_user.login
    if login.kind == "staff":
        return employees.actor_for(login) or values.ANONYMOUS
    g.places = list(inbox.places_of(login))  # asked once: the header wants them too
    if current_user.look is not None:
        g.looking = current_user.look
        here = current_user.look.membership
        g.places = [place for place in g.places if place.id == here.id]
        return memberships.actor_for(login, here.account_id, g.places) or values.ANONYMOUS
    return memberships.actor_for(login, current_user.session.account, g.places) or values.ANONYMOUS


def _looking(token):
    """One of us who looks at a customer's pages: his own staff session of this browser, and the look it began."""
    number, found = token.removeprefix(LOOK), staff_session()
    staff = employees.actor_for(found[1]) if found else None
    look = Look.live(int(number), found[0], staff) if staff and number.isdigit() else None
    return SignedIn(token, None, look.membership.login, look, staff) if look else None


def staff_session():
    """(session, login) that this browser holds at the staff face, read from the customers' face; else None."""
    app = current_app
    sealed = request.cookies.get(app.session_interface.name_for(app, "staff"))
    try:
        held = app.session_interface.get_signing_serializer(app).loads(sealed) if sealed else {}
    except BadSignature:
        return None
    return sessions.find(held.get("_user_id"), "staff", beside=employees.beside_logins)


def look():
    """The Look behind this request, None for whoever is signed in himself."""
    return current_user.look if face() == "portal" and current_user.is_authenticated else None


def looking_staff():
    """What the employee acts as who looks; only behind a look."""
    return current_user.staff


def is_look_over():
    """Whether the cookie names a look that shows nothing any more; it is forgotten then."""
    if face() != "portal" or not str(cookie.get("_user_id", "")).startswith(LOOK) or current_user.is_authenticated:
        return False
    leave()
    return True


def begin_look(look):
    """Show this browser the customer's pages from the next one on."""
    enter(f"{LOOK}{look.id}", None, look.membership.login)


def enter(token, session, login):
    """Put a fresh session into this face's cookie; of what it held before, only the language goes on."""
    kept = {"lang": cookie["lang"]} if "lang" in cookie else {}
    flashes = cookie.get("_flashes")
    cookie.clear()
    cookie.update(kept | ({"_flashes": flashes} if flashes else {}))
    login_user(SignedIn(token, session, login))
    g.pop("actor", None)


def leave():
    """Forget the session in the cookie; the row is ended by the domain."""
    logout_user()
    g.pop("actor", None)


def token():
    """The token of this request's session, or None."""
    return current_user.token if current_user.is_authenticated else None


def login():
    """The login behind this request; only behind a route that asks for somebody signed in."""
    return current_user.login


def session():
    """The session row behind this request; only behind a route that asks for somebody signed in."""
    return current_user.session


def current():
    """The session row behind this request, or None."""
    return current_user.session if current_user.is_authenticated else None


def place():
    """The membership this customer works by, with what `inbox.places_of` says of it; None for anybody else."""
    key = actor().account
    return next((place for place in g.get("places", ()) if place.account_id == key), None)


def account():
    """The account this customer works in, as it was read with the memberships; only behind a route for customers."""
    return place().account


def companies():
    """The accounts this customer may switch between, for the header: [{name, number, current}]; [] when one."""
    if not current_user.is_authenticated or actor().is_anonymous:
        return []
    return memberships.choices(current_user.login, actor().account, g.get("places"))
