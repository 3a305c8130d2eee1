"""Speech: the language of this request, and what templates know without being told: filters and globals."""

import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from flask import current_app, g, get_flashed_messages, request, session, url_for
from flask_babel import Babel, Domain, gettext
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined, Template

from portal import values
from portal.people import policy
from portal.values import Money, Ref
from portal.web import places, reading, sessions, terms
from portal.web.wording import LANGUAGES, Wording, best_language

CODES = tuple(code for code, _ in LANGUAGES)
FILTERS = (
    "money", "amount", "money_text", "day", "long_day", "clock", "moment", "weekday", "dayno", "month", "number",
    "percent", "quantity", "phone", "initials", "list_words", "file_size", "month_year", "hours", "options",
)  # fmt: skip


def start(app, faces):
    """Hang languages, filters and globals into the app; `faces` maps a face to its navigation function."""
    Babel(app, locale_selector=language, timezone_selector=lambda: settings().shop_timezone)
    app.extensions["babel"].instance.domain_instance = Spoken()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.template_class = Shared
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for name in FILTERS:
        app.jinja_env.filters[name] = _spoken(name)
    # Flask-Babel's own callables look the language up anew for each word, a third of a long list's time.
    for name, callable_ in (("_", _translated), ("gettext", _translated), ("ngettext", _counted)):
        app.jinja_env.globals[name] = callable_
    app.jinja_env.filters["reads"] = lambda *arguments: reading.reads(wording(), *arguments)
    app.jinja_env.globals.update(static=static, term=term, message=message, language_url=language_url, place=place)
    app.jinja_env.globals.update(csrf_token=generate_csrf, languages=LANGUAGES)
    app.before_request(switch_language)
    app.context_processor(lambda: context(faces))


class Spoken(Domain):
    """Flask-Babel's gettext, which the faces use, by this request's Wording: it need not look for the language."""

    def gettext(self, message, **parameters):
        return wording().gettext(message, **parameters)

    def ngettext(self, singular, plural, n, **parameters):
        parameters.setdefault("num", n)
        return wording().catalogue.ngettext(singular, plural, n) % parameters


class Shared(Template):
    """Templates whose macros are made once: those of ui*.html know no page, whatever an import hands them.

    Made anew for every piece that imports them "with context" they cost a fifth of a page.
    """

    def make_module(self, vars=None, shared=False, locals=None):  # name given by Jinja
        if not (self.name and self.name.startswith("ui")):
            return super().make_module(vars, shared, locals)
        if self._module is None:
            self._module = super().make_module()
        return self._module


def settings():
    return current_app.config["SETTINGS"]


def language():
    """Chosen in this browser, else the person's own, else the best the browser asks for."""
    if "language" not in g:
        chosen = session.get("lang")
        own = sessions.actor().language if not sessions.actor().is_anonymous else None
        g.language = next((c for c in (chosen, own) if c in CODES), None) or best_language(
            request.headers.get("Accept-Language", "")
        )
    return g.language


def prefer(code):
    """Show this page in the language of a letter, unless another one was chosen in this browser."""
    if code in CODES and session.get("lang") not in CODES:
        g.language = code
        g.pop("wording", None)


def switch_language():
    """`?lang=th` on any page: remember it in the cookie and show the page in it; works without script."""
    chosen = request.args.get("lang")
    if chosen in CODES and request.method == "GET":
        session["lang"] = chosen
        g.language = chosen


def speak(code):
    """Show this page in a language that something else than its reader decides."""
    g.language = code
    g.pop("wording", None)


def language_url(code):
    """Address of the same page in another language."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*kept, ('lang', code)])}"


def place(text):
    """Address of the record behind a Ref as text ("order:12") on this face; None where its reader may open none."""
    return places.open_to(sessions.actor(), Ref.parse(text))


def wording():
    """The Wording of this request's language; one look at `g`, because every word of a page asks."""
    found = g.get("wording")
    if found is None:
        s = settings()
        found = g.wording = Wording(language(), s.shop_timezone, s.shop_currency, s.shop_country)
    return found


def _translated(message, /, **parameters):
    """What `_()` is in templates."""
    return wording().markup(message, **parameters)


def _counted(singular, plural, n, /, **parameters):
    """What `ngettext()` is in templates."""
    return wording().counted(singular, plural, n, **parameters)


def _spoken(name):
    return lambda *arguments, **named: getattr(wording(), name)(*arguments, **named)


def term(*key):
    """The word for a label `term("order", "note")` or for a value `term("order", "state", "placed")`, translated."""
    spoken = wording()
    return terms.word(spoken.gettext, *key, language=spoken.language)


def message(name, /, **parameters):
    """The sentence of a message id, translated; amounts and days among its parameters as people write them."""
    return gettext(terms.MESSAGES.get(name, name), **{key: _said(value) for key, value in parameters.items()})


def _said(value):
    if isinstance(value, Money):
        return wording().money_text(value)
    return wording().day(value) if isinstance(value, date) else value


def context(faces):
    """What every template knows besides what its view hands it."""
    actor = sessions.actor()
    face = {"staff": "staff", "public": "public"}.get(sessions.face(), "selfservice")
    nav = faces[face](actor) if not g.get("plain_page") else []
    return {
        "actor": actor,
        "face": face,
        "lang": language(),
        "shop": shop(),
        "nav": nav,
        "current": _place(nav),
        "memberships": sessions.companies() if face == "selfservice" and not g.get("plain_page") else [],
        "may": lambda action, record=None: policy.may(actor, action, record),
        "flashes": [f for f in get_flashed_messages() if isinstance(f, dict)],
        "is_demo": settings().demo,
        "looking": g.get("looking"),
    }


def _place(nav):
    best = ""
    place = ""
    for item in nav:
        for url in (item.url, *item.also):
            # Everything lies below the first place; pages of no place, such as one's own sign-in, light up none.
            at_or_below = request.path == url or item is not nav[0] and request.path.startswith(url.rstrip("/") + "/")
            if at_or_below and len(url) > len(best):
                best, place = url, item.place
    return place


def shop():
    """The shop as pages and mails name it."""
    s = settings()
    return {"name": s.shop_name, "seal": wording().initials(s.shop_name), "currency": s.shop_currency}


def greeting(name):
    """Good morning, in the hours of the shop."""
    hour = wording().local(values.now()).hour
    if hour < 12:
        return gettext("Good morning, %(name)s", name=name)
    if hour < 18:
        return gettext("Good afternoon, %(name)s", name=name)
    return gettext("Good evening, %(name)s", name=name)


def static(name):
    """Address of a static file with a hash of its content, so that it may be cached for ever."""
    return _static(name, current_app.static_folder, request.script_root)


@lru_cache
def _static(name, folder, root):
    content = (Path(folder) / name).read_bytes()
    return url_for("static", filename=name, v=hashlib.sha256(content).hexdigest()[:12])
