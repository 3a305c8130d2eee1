"""The app: the only place that knows all the parts and hands them to each other."""

import importlib
import pkgutil

from flask import Flask, request
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

import selfservice
import staff
from config import Settings
from portal import audit, fields, files, masking, store
from portal.people import keys, links
from portal.service import mail_tokens
from portal.web import headers, mail, postbox, posting, refusals, sessions, speech, surfaces
from portal.whole import bin_rules, indexing  # noqa: F401  say what is deleted how, and found by what
from selfservice.face import public, site, tabs
from staff.face import crm, rail

MEGABYTE = 1024 * 1024
REQUEST_BYTES = 8 * MEGABYTE  # without files
FORM_PARTS = 2000

for face in (staff, selfservice):  # every room of a face declares its routes when it is imported
    for room in pkgutil.iter_modules(face.__path__, f"{face.__name__}."):
        importlib.import_module(room.name)


def create_app(settings=None):
    """A Suki app over the database of `settings` (default: from the environment); connects on first use."""
    settings = settings or Settings.from_env()
    app = Flask(__name__)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret,
        SECRET_KEY_FALLBACKS=[settings.secret_before] if settings.secret_before else [],
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MEGABYTE,
        MAX_FORM_PARTS=FORM_PARTS,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open for a day; the session bounds it
        TRUSTED_HOSTS=trusted_hosts(settings),
    )
    if settings.is_https:  # then a proxy stands before us, and the last address it names is the client's
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)
    Htmx(app)
    headers.start(app, settings)
    open_parts(settings)
    hold_connection(app)
    sessions.start(app)
    csrf = CSRFProtect(app)
    speech.start(app, {"staff": rail, "selfservice": tabs, "public": lambda actor: []})
    refusals.start(app)
    surfaces.start(app)
    app.register_blueprint(crm.blueprint)
    app.register_blueprint(site.blueprint)
    app.register_blueprint(public.blueprint)
    csrf.exempt(public.blueprint)  # without cookies nobody can be made to send in another's name
    app.config["BUSY"] = refusals.busy(app, settings)
    surfaces.check_declarations(app)
    guard_fields()
    return app


def guard_fields():
    """Let the fields of every noun be hidden from whom a role keeps them from."""
    models = store.kinds()
    for noun, table in fields.TABLES.items():
        if noun in models:
            masking.guard(models[noun], noun, table.own)


def open_parts(settings):
    """What web and worker both need: the database, the files, the keys of people."""
    store.open(settings.database_url)
    files.open(settings.data / "files")
    audit.MAIL_HOST = settings.hostname or "suki.example"
    mail_tokens.hand_in(settings.reply_to, settings.mail_authserv)
    keys.hand_in(settings.secret, settings.shop_name, is_test=settings.testing, before=settings.secret_before)


def hold_connection(app):
    """A connection is held for the length of each request that needs one."""

    @app.before_request
    def connect():
        if request.endpoint != "static":
            store.db.connect(reuse_if_open=True)

    @app.teardown_request
    def disconnect(error):
        if not store.db.is_closed():
            store.db.close()


def handlers(settings):
    """What the worker does with a message of each channel."""
    send = postbox.open_postbox(settings.smtp_url, settings.data)
    if settings.mail_per_minute:
        send = postbox.Paced(send, settings.mail_per_minute).send
    return posting.handlers(mail.Shop.of(settings), send, links.address)


def trusted_hosts(settings):
    """Hosts under which we answer: that of the base address; every loopback name when it is one."""
    loopback = ["127.0.0.1", "localhost", "[::1]"]
    return loopback if settings.hostname in ("127.0.0.1", "localhost", "::1") else [settings.hostname]
