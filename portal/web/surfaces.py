"""Surfaces: the two faces. Each route says what it needs; the object is loaded by scope and handed in."""

import functools
import logging
from urllib.parse import urlencode

import peewee
from flask import Blueprint, abort, g, redirect, request, url_for

from portal import masking, store, values
from portal.errors import Denied, NotFound
from portal.people import policy
from portal.web import looking, sessions

security = logging.getLogger("suki.security")
UPLOAD_BYTES = 32 * 1024 * 1024  # of one form with all its files; other forms keep to MAX_CONTENT_LENGTH
EVERYTHING = values.system("surfaces")  # sees whatever is not one person's own
PUBLIC_BYTES = 128 * 1024  # of a form that strangers send


class Surface:
    """One face: a blueprint whose every route declares the action it needs and the kind of record it is about."""

    def __init__(self, name, import_name, url_prefix=None):
        self.name = name
        self.sign_in = f"{url_prefix or ''}/sign-in"
        self.blueprint = Blueprint(name, import_name, url_prefix=url_prefix)

    def get(self, rule, *, may, on=None, feeds=()):
        """A page. `feeds` ("csv", "json") answers at the same address with that ending, under the same policy."""
        return self._route(rule, "GET", may, on, feeds)

    def post(self, rule, *, may, on=None, uploads=False):
        """A change: always a form. One that takes files says so (`uploads`: True, or how many bytes it may have)."""
        return self._route(rule, "POST", may, on, (), uploads)

    def _route(self, rule, method, may, on, feeds, uploads=False):
        def declare(view):
            needs = {"may": may, "on": on, "method": method, "uploads": uploads}
            guarded = self._guard(view, may, on, method)
            guarded.needs = needs
            self.blueprint.add_url_rule(rule, view.__name__, guarded, methods=[method])
            for feed in feeds:  # an endpoint of its own: url_for() prefers the rule with more arguments
                endpoint, options = f"{view.__name__}_{feed}", {"methods": [method], "defaults": {"feed": feed}}
                self.blueprint.add_url_rule(f"{rule}.{feed}", endpoint, guarded, **options)
            return view

        return declare

    def _guard(self, view, action, on, method):
        @functools.wraps(view)
        def guarded(**arguments):
            g.feed = arguments.pop("feed", None)
            return looking.kept_from_acting(action, method, lambda: serve(**arguments))

        def serve(**arguments):
            actor = sessions.actor()
            if method == "GET" and actor.limits.hidden:
                with masking.hiding(actor.limits.hidden):
                    return answer(actor, **arguments)
            return answer(actor, **arguments)

        def answer(actor, **arguments):
            if not policy.may(actor, action):
                return self._refuse(actor, action)
            if on is None:
                return view(actor=actor, **arguments)
            name = next(iter(arguments))
            number = arguments.pop(name)
            try:
                record = load(on, actor, number)
            except NotFound:
                moved = _led_to(on, actor, number, action)
                if moved is None:
                    _note_foreign(on, actor, number)
                    raise
                return redirect(_again_at(url_for(request.endpoint, **{name: moved.number}, **arguments)))
            if not policy.may(actor, action, record):
                return self._refuse(actor, action, record)
            try:
                return view(record, actor=actor, **arguments)
            except (peewee.DoesNotExist, peewee.IntegrityError) as trouble:
                raise _missing(record) or trouble

        return guarded

    def _refuse(self, actor, action, record=None):
        security.warning("denied %s to %s on %s", action, actor.ref, record.ref if record else request.path)
        if not actor.is_anonymous:
            raise Denied(action)
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        sign_in = f"{self.sign_in}?{urlencode({'next': here})}" if here else self.sign_in
        if request.htmx:
            return "", 401, {"HX-Redirect": sign_in}
        if g.feed:
            abort(401)
        return redirect(sign_in, code=303)


def _missing(record):
    """NotFound when somebody removed the record after it was loaded, as a moment later; None while it is there."""
    if not isinstance(record, store.Model) or type(record).get_or_none(type(record).id == record.id):
        return None
    return NotFound(record.ref)


def _again_at(path):
    """The path with what this request asks for behind it."""
    asked = request.query_string.decode("latin-1")
    return f"{path}?{asked}" if asked else path


def start(app):
    """Give forms with files their room, and strangers less, before anybody reads the request."""

    def make_room():
        if sessions.face() == "public":
            request.max_content_length = PUBLIC_BYTES
        needs = getattr(app.view_functions.get(request.endpoint), "needs", None)
        if needs and needs["uploads"]:
            request.max_content_length = UPLOAD_BYTES if needs["uploads"] is True else needs["uploads"] + PUBLIC_BYTES

    app.before_request_funcs.setdefault(None, []).insert(0, make_room)


def load(model, actor, number):
    """The record with this number among those the person may see; foreign and missing are the same NotFound."""
    record = model.visible_to(actor).where(model.by_number(number)).first()
    if record is None:
        raise NotFound(model.__name__)
    return record


def _note_foreign(model, actor, number):
    """Write down who tried whose record; what nobody has is no event. Both cost the same."""
    try:
        record = model.visible_to(EVERYTHING).where(model.by_number(number)).first()
    except NotFound:
        return
    if record is not None:
        security.warning("kept %s from %s at %s", record.ref, actor.ref, request.endpoint)


def _led_to(model, actor, number, action):
    """Where the address of a merged record leads today; None when it was never merged, or is not this person's."""
    if request.method != "GET" or not hasattr(model, "led_to"):
        return None
    found = model.led_to(number, actor)
    return found if found is not None and policy.may(actor, action, found) else None


def check_declarations(app):
    """Refuse to start when a route declares nothing, or an action that no noun declared."""
    known = policy.actions()
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        needs = getattr(app.view_functions[rule.endpoint], "needs", None)
        if needs is None:
            raise RuntimeError(f"{rule.rule} declares no need: register it through a surface")
        if needs["may"] not in known:
            raise RuntimeError(f"{rule.rule} needs {needs['may']!r}, which no noun declares")
