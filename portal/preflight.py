"""The check before the start: each bad configuration is refused with one clear line."""

import os
import stat
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import peewee
from babel import Locale
from babel.numbers import list_currencies

from portal import store, values
from portal.errors import Invalid
from portal.migrations import running

BUILT_AT = datetime(2026, 11, 1)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OLDEST_POSTGRESQL = 150_000
SCHEMES = {"smtp": False, "smtps": True, "smtp+starttls": False}


def problems(settings, *, schema=True):
    """Sentences, each naming the setting and what to write instead; an empty list means: start.

    `schema=False` leaves out the check of migrations (before `migrate` has run).
    """
    found = [*_addresses(settings), *_shop(settings), *_secret(settings), *_folder(settings), *_moment()]
    if urlsplit(settings.database_url).scheme not in ("sqlite", "postgresql", "postgres"):
        return [*found, "DATABASE_URL: write sqlite:////path/file.db or postgresql://user:password@host/name."]
    try:
        store.open(settings.database_url)
        with store.connection():
            found += _database()
        if schema:
            found += _schema()
    except (peewee.DatabaseError, OSError) as trouble:
        found.append(f"DATABASE_URL: the database does not answer ({str(trouble).splitlines()[0]}).")
    return found


def _addresses(settings):
    base = urlsplit(settings.base_url)
    if base.scheme not in ("http", "https") or not base.hostname or base.path not in ("", "/"):
        yield "BASE_URL: write the address people use, like https://shop.example, without a path."
    elif base.scheme == "http" and base.hostname not in LOOPBACK:
        yield "BASE_URL: plain http is only for this machine; people elsewhere need https."
    elif settings.demo and base.hostname not in LOOPBACK:
        yield "SUKI_DEMO: the demo has known passwords and is only for this machine; unset it or BASE_URL."
    if not 0 < settings.port < 65536:
        yield f"PORT: {settings.port} is no port; write a number from 1 to 65535."
    if settings.smtp_url:
        smtp = urlsplit(settings.smtp_url)
        if smtp.scheme not in SCHEMES or not smtp.hostname:
            yield "SMTP_URL: write smtp://host:25, smtp+starttls://user:password@host:587 or smtps://host:465."
    try:
        values.email(settings.mail_from)
    except Invalid:
        yield "MAIL_FROM: write the e-mail address that letters come from."


def _shop(settings):
    try:
        ZoneInfo(settings.shop_timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"SHOP_TIMEZONE: {settings.shop_timezone!r} is not known; write one like Asia/Manila."
    if settings.shop_currency not in list_currencies():
        yield f"SHOP_CURRENCY: {settings.shop_currency!r} is not a currency; write one like PHP or THB."
    if settings.shop_country not in Locale("en").territories or len(settings.shop_country) != 2:
        yield f"SHOP_COUNTRY: {settings.shop_country!r} is not a country; write two letters like PH or TH."
    if not settings.shop_name.strip():
        yield "SHOP_NAME: write the name customers know."


def _secret(settings):
    if len(settings.secret) < 32:
        yield "SUKI_SECRET: it is shorter than 32 characters; unset it and Suki makes one."
    key = settings.data / "secret.key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield f"SUKI_DATA: others on this machine can read {key}; run chmod 600 on it."


def _folder(settings):
    if not os.access(settings.data, os.W_OK | os.X_OK):
        yield f"SUKI_DATA: nothing can be written to {settings.data}."


def _moment():
    if values.now() < BUILT_AT:
        yield "The clock of this machine stands before the day this version was made; set it."
    if os.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
        yield "FLASK_DEBUG: unset it; its pages show code to everybody."


def _database():
    if store.is_sqlite():
        if store.db.pragma("synchronous") != 2 or store.db.pragma("journal_mode") != "wal":
            yield "DATABASE_URL: this SQLite does not keep synchronous=FULL and WAL; orders could be lost."
        return
    if store.db.server_version and store.db.server_version < OLDEST_POSTGRESQL:
        yield "DATABASE_URL: PostgreSQL 15 or newer is needed."
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if store.db.execute_sql(f"SHOW {name}").fetchone()[0] == "off":
            yield f"DATABASE_URL: PostgreSQL runs with {name} = off; orders could be lost."
    if not store.db.execute_sql("SELECT upper('ñ') = 'Ñ'").fetchone()[0]:
        yield "DATABASE_URL: the database has LC_CTYPE=C and would not find Thai or ñ; create it with a UTF-8 locale."


def _schema():
    newer = running.unknown()
    if newer:
        yield f"The database is newer than this version of Suki (it has {newer[-1]}); start the newer one."
    waiting = running.pending()
    if waiting:
        yield f"The database waits for {len(waiting)} migration(s); run: python -m portal migrate"
