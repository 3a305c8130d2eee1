"""The check before the start: each bad configuration is refused with one clear line."""

import contextlib
import os
import stat
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
from babel import Locale
from babel.numbers import list_currencies
from psycopg import conninfo, pq

from portal import audit, store, troubles, values
from portal.errors import Invalid
from portal.migrations import running
from portal.service import mail_boxes

BUILT_AT = datetime(2026, 11, 1)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OLDEST_POSTGRESQL = 150_000
DATABASES = ("sqlite", "postgresql", "postgres")
MAIL_SCHEMES = ("smtp", "smtps", "smtp+starttls")
SAFE_WRITES = ("fsync", "synchronous_commit", "full_page_writes")
DEMO_EVENT, FIRST_ENTRIES = "demo.filled", 1000
PLAIN_MAIL = ("smtp", "imap")
ENCRYPTED = ("require", "verify-ca", "verify-full")
FEWEST_LETTERS = 8  # a secret of fewer different letters was typed, not drawn


def problems(settings, *, schema=True):
    """Sentences, each naming the setting and what to write instead; an empty list means: start.

    `schema=False` lets migrations be pending (before `migrate` has run); a newer database is refused always.
    """
    folder = [*_folder(settings)]
    found = [*_addresses(settings), *_mail(settings), *_shop(settings), *folder, *_moment()]
    url = _parts(settings.database_url)
    if url is None or url.scheme not in DATABASES or url.path in ("", "/", "/:memory:"):
        return [*found, "DATABASE_URL: write sqlite:////path/file.db or postgresql://user:password@host/name."]
    if folder and url.scheme == "sqlite":
        return found  # the file stands in that folder
    if url.scheme != "sqlite" and not _is_encrypted(settings):
        return [*found, "DATABASE_URL: rows to another machine go encrypted; " + _instead("?sslmode=verify-full")]
    try:
        store.open(settings.database_url)
        with store.connection():
            found += [*_database(), *_newer(), *_known_passwords(settings)]
            found += [] if found or not schema else _pending()
    except (*troubles.AWAY, OSError, ValueError) as trouble:
        found.append(f"DATABASE_URL: the database does not answer ({_one_line(trouble, url)}).")
    return found


def _parts(url):
    """The parts of an address, or None when it has none."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _one_line(trouble, url):
    """What a database said, in one line and without the password."""
    text = " ".join(str(trouble).split())[:300] or type(trouble).__name__
    return text.replace(url.password, "…") if url.password else text


def _addresses(settings):
    base, is_open = _parts(settings.base_url), settings.host not in LOOPBACK
    if base is None or base.scheme not in ("http", "https") or not base.hostname or base.path not in ("", "/"):
        yield "BASE_URL: write the address people use, like https://shop.example, without a path."
    elif base.scheme == "http" and base.hostname not in LOOPBACK:
        yield "BASE_URL: plain http is only for this machine; people elsewhere need https."
    elif settings.demo and (is_open or base.hostname not in LOOPBACK):
        yield "SUKI_DEMO: the demo has known passwords and is only for this machine; unset it, BASE_URL and HOST."
    elif is_open and base.hostname in LOOPBACK:
        yield f"BASE_URL: HOST={settings.host} lets other machines in; write the https address that they use."
    if not isinstance(settings.port, int) or not 0 < settings.port < 65536:
        yield f"PORT: {settings.port!r} is no port; write a number from 1 to 65535."
    if not isinstance(settings.backups_kept, int) or not settings.backups_kept:
        yield f"BACKUPS_KEPT: {settings.backups_kept!r} is not how many; write 14, or at least 1."
    if not isinstance(settings.mail_per_minute, int):
        yield f"MAIL_PER_MINUTE: {settings.mail_per_minute!r} is no number; write 30, or 0 for all that come."


def _mail(settings):
    smtp = _parts(settings.smtp_url)
    if settings.smtp_url and (smtp is None or smtp.scheme not in MAIL_SCHEMES or not smtp.hostname):
        yield "SMTP_URL: write smtp+starttls://user:password@host:587, smtps://host:465 or smtp://127.0.0.1:25."
    elif settings.smtp_url and not _is_safe(smtp, settings):
        yield "SMTP_URL: letters to another machine go encrypted; " + _instead("smtps:// or smtp+starttls://")
    try:
        values.email(settings.mail_from)
    except Invalid:
        yield "MAIL_FROM: write the e-mail address that letters come from."
    yield from _mailbox(settings)


def _mailbox(settings):
    """The shared inbox; its password goes over no line in the clear."""
    try:
        mail_boxes.open_box(settings.imap_url, settings.data)
    except ValueError:
        yield "IMAP_URL: write imaps://user:password@host/INBOX or imap+starttls://user:password@host/INBOX."
    else:
        if settings.imap_url and not _is_safe(_parts(settings.imap_url), settings):
            yield "IMAP_URL: mails from another machine come encrypted; " + _instead("imaps:// or imap+starttls://")
    try:
        values.email(settings.mailbox or "inbox@suki.example")
    except Invalid:
        yield "MAILBOX: write the e-mail address of the shared inbox, or unset it when it is that of MAIL_FROM."


def _is_safe(parts, settings):
    """Whether nobody on the way reads what goes to this mail server."""
    return parts.scheme not in PLAIN_MAIL or parts.hostname in _near(settings)


def _is_encrypted(settings):
    """The same of the line to PostgreSQL, whose address may leave things to the environment (PGHOST, PGSSLMODE)."""
    try:
        asked = conninfo.conninfo_to_dict(settings.database_url)
    except psycopg.Error:
        return True  # it leads nowhere, and connecting says why
    usual = {one.keyword.decode(): (one.val or b"").decode() for one in pq.Conninfo.get_defaults()}
    said = usual | asked
    hosts = f"{said['host']},{said['hostaddr']}".split(",")
    is_near = all(not host or host.startswith(("/", "@")) or host in _near(settings) for host in hosts)
    return is_near or said["sslmode"] in ENCRYPTED


def _near(settings):
    """Machines to which a line may be plain: this one, and those that the shop names."""
    return {*LOOPBACK, *settings.plain_hosts.replace(",", " ").split()}


def _instead(encrypted):
    return f"write {encrypted}, or name the machine in PLAIN_HOSTS where the network is your own."


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


def _folder(settings):
    """The data folder, and the secret that stands in it."""
    with contextlib.suppress(OSError):
        settings.data.mkdir(parents=True, exist_ok=True)
    key = settings.data / "secret.key"
    if not settings.data.is_dir() or not os.access(settings.data, os.R_OK | os.W_OK | os.X_OK):
        yield f"SUKI_DATA: {settings.data} is no folder that Suki can write to."
    elif key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield f"SUKI_DATA: others on this machine can read {key}; run chmod 600 on it."
    elif not settings.secret:
        yield f"SUKI_DATA: {key} cannot be read; give it back to the account that runs Suki."
    elif len(settings.secret) < 32:
        yield "SUKI_SECRET: it is shorter than 32 characters; unset it and Suki makes one."
    elif len(set(settings.secret)) < FEWEST_LETTERS:
        yield "SUKI_SECRET: it is easy to guess; unset it and Suki makes one."
    elif settings.secret == settings.secret_before:
        yield "SUKI_SECRET_BEFORE: it is the secret of today; give Suki another one, or unset this."


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
    if store.db.server_version < OLDEST_POSTGRESQL:
        yield "DATABASE_URL: PostgreSQL 15 or newer is needed."
    off = [name for name in SAFE_WRITES if _asked(f"SHOW {name}") == "off"]
    if off:
        yield f"DATABASE_URL: PostgreSQL runs with {', '.join(off)} = off; orders could be lost."
    if _asked("SHOW server_encoding") != "UTF8" or not _asked("SELECT upper('ñ') = 'Ñ'"):
        yield "DATABASE_URL: the database has LC_CTYPE=C or is not UTF-8 and would not find ñ or Thai; make another."


def _asked(question):
    return store.db.execute_sql(question).fetchone()[0]


def _newer():
    newer = running.unknown()
    if newer:
        yield f"The database is newer than this version of Suki (it has {newer[-1]}); start the newer one."


def _pending():
    waiting = running.pending()
    if waiting:
        yield f"The database waits for {len(waiting)} migration(s); run: python -m portal migrate"


def _known_passwords(settings):
    if is_demo_shop() and (settings.hostname not in LOOPBACK or settings.host not in LOOPBACK):
        yield "DATABASE_URL: it holds the demo shop, whose passwords everybody knows; begin with an empty database."


def is_demo_shop():
    """Whether the open database was filled with the demo shop: it says so among its first entries."""
    if not store.db.table_exists("entry"):
        return False
    is_first = audit.Entry.id <= FIRST_ENTRIES
    return audit.Entry.select().where(is_first & (audit.Entry.event == DEMO_EVENT)).exists()
