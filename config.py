"""Every setting, its default and its meaning; read once from the environment."""

import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Settings:
    """The settings of one running Suki. `portal/preflight.py` says what is wrong with them at the start."""

    data: Path  # SUKI_DATA: folder for database, files, mail and the secret
    database_url: str  # DATABASE_URL: sqlite:////path/file.db or postgresql://…
    secret: str  # SUKI_SECRET, else data/secret.key, made on first start
    secret_before: str = ""  # SUKI_SECRET_BEFORE: the one before SUKI_SECRET; what it signed is still good
    port: int = 8000  # PORT
    host: str = "127.0.0.1"  # HOST: what the server listens on
    base_url: str = "http://127.0.0.1:8000"  # BASE_URL: how people reach it; links in mails start with it
    smtp_url: str = ""  # SMTP_URL: smtp+starttls://user:password@host:587; empty: mails are written to data/mail
    mail_from: str = "suki@suki.example"  # MAIL_FROM
    imap_url: str = (
        ""  # IMAP_URL: imaps://user:password@host/INBOX, the shared inbox; empty: from data/mailbox in the demo
    )
    mailbox: str = ""  # MAILBOX: the address of the shared inbox, which takes inbox+anything@ too; empty: MAIL_FROM
    mail_authserv: str = ""  # MAIL_AUTHSERV: as the mail server calls itself where it says what it found of a sender
    plain_hosts: str = ""  # PLAIN_HOSTS: machines of mail and database to speak to without TLS: db.lan mail.lan
    mail_per_minute: int = 0  # MAIL_PER_MINUTE: what the mail server takes of us; 0: as many as there are
    backups_kept: int = 14  # BACKUPS_KEPT: how many of the backups made by night, and how many of those asked for
    shop_name: str = "Tindahan ni Aling Nena"  # SHOP_NAME
    shop_country: str = "PH"  # SHOP_COUNTRY: how phone numbers without a prefix are read
    shop_currency: str = "PHP"  # SHOP_CURRENCY
    shop_timezone: str = "Asia/Manila"  # SHOP_TIMEZONE: in which moments are shown
    demo: bool = False  # SUKI_DEMO=1: invented people with known passwords; links are readable in the staff face
    https_below: bool = True  # HTTPS_BELOW=0: hosts below that of BASE_URL may be reached by plain http
    testing: bool = False  # cheap password hashing; only the test suite sets it

    @classmethod
    def from_env(cls, env=os.environ):
        """Settings from environment variables; makes the data folder and the secret when they are missing.

        Nothing is refused here: what cannot be read stays as it is, or empty, and the check before the start says so.
        """
        data = Path(env.get("SUKI_DATA") or ROOT / "var").absolute()
        port = _whole_number(env.get("PORT") or "8000")
        here = f"http://127.0.0.1:{port if port in range(1, 65536) else 8000}"
        mail = ("smtp_url", "mail_from", "imap_url", "mailbox", "mail_authserv", "plain_hosts")
        names = (*mail, "shop_name", "shop_country", "shop_currency", "shop_timezone", "host")
        given = {name: env[name.upper()] for name in names if env.get(name.upper())}
        return cls(
            data=data,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{quote(str(data))}/suki.db",
            secret=env.get("SUKI_SECRET") or _kept_secret(data),
            secret_before=env.get("SUKI_SECRET_BEFORE") or "",
            port=port,
            base_url=(env.get("BASE_URL") or here).rstrip("/"),
            backups_kept=_whole_number(env.get("BACKUPS_KEPT") or "14"),
            mail_per_minute=_whole_number(env.get("MAIL_PER_MINUTE") or "0"),
            demo=env.get("SUKI_DEMO", "") == "1",
            https_below=env.get("HTTPS_BELOW", "") != "0",
            **given,
        )

    @property
    def reply_to(self):
        """The address that answers to our mails go to; "" where nobody would fetch them."""
        return (self.mailbox or self.mail_from) if self.imap_url or self.demo else ""

    @property
    def is_https(self):
        return self.base_url.startswith("https://")

    @property
    def hostname(self):
        try:
            return urlsplit(self.base_url).hostname or ""
        except ValueError:
            return ""


def _whole_number(text):
    """The number, or the text as it came when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _kept_secret(folder):
    """The secret of this shop, made once; "" when the folder does not let us."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "secret.key", os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+") as key:
            fcntl.flock(key, fcntl.LOCK_EX)  # two that start at once must not make two
            secret = key.read().strip()
            if not secret:
                secret = secrets.token_urlsafe(48)
                key.write(secret)
                key.flush()
                os.fsync(key.fileno())
            return secret
    except (OSError, ValueError):
        return ""
