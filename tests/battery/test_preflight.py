"""Before the start: each bad configuration is refused with exactly one clear line, and a good one is not."""

import contextlib
import os
import secrets
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from config import Settings
from portal import preflight, store
from portal.migrations import running
from tests.databases import shut
from tests.postgres_server import free_port

ROOT = Path(__file__).resolve().parents[2]
GOOD = secrets.token_urlsafe(28)
LIVE = {"BASE_URL": "https://suki.example", "HOST": "0.0.0.0"}  # noqa: S104 a shop behind a proxy

pytestmark = [pytest.mark.row("J4"), pytest.mark.one_database]
not_as_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write anything: rights were not tested")


@pytest.fixture
def problems(tmp_path):
    """Lines about an environment, over a database that is current; `problems.env` is what is set besides."""

    def ask(**env):
        env = {"SUKI_DATA": str(tmp_path / "data"), **env}
        env = {name: str(value) for name, value in env.items() if value is not None}
        settings = Settings.from_env(env)
        if "DATABASE_URL" not in env:
            with contextlib.suppress(OSError):
                store.open(settings.database_url)
                running.migrate()
        return preflight.problems(settings)

    yield ask
    shut()


def test_a_fresh_start_needs_nothing(problems):
    assert problems() == []


def test_a_real_shop_starts(problems):
    mail = "smtp+starttls://shop:pw@mail.suki.example:587"
    assert problems(**LIVE, SMTP_URL=mail, SUKI_SECRET=GOOD, SHOP_TIMEZONE="Asia/Bangkok", SHOP_CURRENCY="THB") == []


BAD = [
    ("PORT", {"PORT": "eight thousand"}),
    ("PORT", {"PORT": "0"}),
    ("PORT", {"PORT": "70000"}),
    ("PORT", {"PORT": "-1"}),
    ("MAIL_PER_MINUTE", {"MAIL_PER_MINUTE": "thirty"}),
    ("BASE_URL", {"BASE_URL": "suki.example"}),
    ("BASE_URL", {"BASE_URL": "https://suki.example/crm"}),
    ("BASE_URL", {"BASE_URL": "https://[::1"}),
    ("BASE_URL", {"BASE_URL": "http://suki.example"}),
    ("BASE_URL", {"HOST": "0.0.0.0"}),  # noqa: S104
    ("SUKI_DEMO", {"SUKI_DEMO": "1", "BASE_URL": "https://suki.example"}),
    ("SUKI_DEMO", {"SUKI_DEMO": "1", "HOST": "0.0.0.0"}),  # noqa: S104
    ("SUKI_SECRET", {"SUKI_SECRET": "hunter2"}),
    ("SUKI_SECRET", {"SUKI_SECRET": "changeme" * 5}),
    ("SMTP_URL", {"SMTP_URL": "mail.suki.example"}),
    ("SMTP_URL", {"SMTP_URL": "http://mail.suki.example"}),
    ("SMTP_URL", {"SMTP_URL": "smtp://mail.suki.example:twenty"}),
    ("SMTP_URL", {"SMTP_URL": "smtp://mail.suki.example"}),
    ("SMTP_URL", {"SMTP_URL": "smtp://me:pw@10.0.0.7:587", "PLAIN_HOSTS": "10.0.0.8"}),
    ("MAIL_FROM", {"MAIL_FROM": "the shop"}),
    ("IMAP_URL", {"IMAP_URL": "mail.suki.example"}),
    ("IMAP_URL", {"IMAP_URL": "imaps://mail.suki.example/INBOX"}),
    ("IMAP_URL", {"IMAP_URL": "imaps://me:pw@mail.suki.example:x/INBOX"}),
    ("IMAP_URL", {"IMAP_URL": "imap://me:pw@mail.suki.example/INBOX"}),
    ("MAILBOX", {"MAILBOX": "the shared one"}),
    ("SHOP_TIMEZONE", {"SHOP_TIMEZONE": "Asia/Maynila"}),
    ("SHOP_TIMEZONE", {"SHOP_TIMEZONE": "../../etc/passwd"}),
    ("SHOP_CURRENCY", {"SHOP_CURRENCY": "PESO"}),
    ("SHOP_COUNTRY", {"SHOP_COUNTRY": "Philippines"}),
    ("SHOP_NAME", {"SHOP_NAME": "  "}),
    ("DATABASE_URL", {"DATABASE_URL": "suki.db"}),
    ("DATABASE_URL", {"DATABASE_URL": "mysql://localhost/suki"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite://"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite:///:memory:"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite:////"}),
    ("DATABASE_URL", {"DATABASE_URL": "sqlite:////etc"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://127.0.0.1"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://suki:pw@127.0.0.1:nonsense/suki"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://suki:pw@db.suki.invalid/suki"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://suki:pw@db.suki.invalid/suki?sslmode=prefer"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://suki:pw@127.0.0.1,10.0.0.7/suki"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql:///suki?host=db.suki.invalid"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://127.0.0.1/suki?hostaddr=10.0.0.7"}),
    ("SUKI_DATA", {"SUKI_DATA": "/dev/null/suki"}),
    ("SUKI_DATA", {"SUKI_DATA": "/etc/hostname"}),
]


def test_a_bad_setting_is_refused_with_one_line(problems, figures):
    told = [(setting, problems(**env)) for setting, env in BAD]
    figures(bad_settings=len(BAD), refused_with_one_line=sum(len(lines) == 1 for _, lines in told))
    assert [lines for setting, lines in told if len(lines) != 1 or not lines[0].startswith(f"{setting}: ")] == []
    assert [lines for _, lines in told if "\n" in lines[0]] == []


IN_THE_CLEAR = {
    "smtp://127.0.0.1:25": True,
    "smtp://[::1]": True,
    "smtp://mail.lan": False,
    "smtps://mail.lan": True,
    "smtp+starttls://mail.lan": True,
    "imap://me:pw@localhost/INBOX": True,
    "imap://me:pw@mail.lan/INBOX": False,
    "imaps://me:pw@mail.lan/INBOX": True,
    "imap+starttls://me:pw@mail.lan/INBOX": True,
    "postgresql://suki@127.0.0.1:{port}/suki": True,
    "postgresql:///suki?host=/nowhere&port={port}": True,
    "postgresql://suki@db.lan:{port}/suki": False,
    "postgresql://suki@db.lan:{port}/suki?sslmode=allow": False,
    "postgresql://suki@db.lan:{port}/suki?sslmode=require&hostaddr=127.0.0.1": True,
    "postgresql://suki@db.lan:{port}/suki?sslmode=verify-full&hostaddr=127.0.0.1": True,
}


def test_what_goes_to_another_machine_is_encrypted_or_was_asked_for(problems, figures):
    """Mails both ways and the database; only machines that PLAIN_HOSTS names are spoken to in the clear."""
    wrong = []
    for url, is_let in IN_THE_CLEAR.items():
        setting = {"s": "SMTP_URL", "i": "IMAP_URL", "p": "DATABASE_URL"}[url[0]]
        url = url.format(port=free_port())
        told = [line for line in problems(**{setting: url}) if "PLAIN_HOSTS" in line]
        wrong += [url] if bool(told) == is_let or any(not line.startswith(setting) for line in told) else []
        named = url if "db.lan" not in url else f"{url}{'&' if '?' in url else '?'}hostaddr=127.0.0.1"
        let = problems(**{setting: named}, PLAIN_HOSTS="db.lan, mail.lan")
        wrong += [f"named: {url}"] if any("PLAIN_HOSTS" in line for line in let) else []
    figures(lines=len(IN_THE_CLEAR), in_the_clear=len(wrong))
    assert wrong == []


def test_what_the_environment_says_of_postgresql_counts(problems, monkeypatch):
    url = "postgresql://suki@db.suki.invalid/suki"
    monkeypatch.setenv("PGSSLMODE", "require")
    assert "does not answer" in one(problems(DATABASE_URL=url))
    monkeypatch.setenv("PGSSLMODE", "disable")
    monkeypatch.setenv("PGHOST", "db.suki.invalid")
    assert "PLAIN_HOSTS" in one(problems(DATABASE_URL="postgresql:///suki"))


def one(lines):
    """The only line; it is one line indeed."""
    assert len(lines) == 1, lines
    assert "\n" not in lines[0]
    return lines[0]


def test_several_faults_are_told_at_once(problems):
    assert len(problems(PORT="x", SHOP_CURRENCY="PESO", MAIL_FROM="me")) == 3


def test_a_database_that_is_away_is_said_without_the_password(problems):
    line = one(problems(DATABASE_URL=f"postgresql://suki:geheim@127.0.0.1:{free_port()}/suki"))
    assert line.startswith("DATABASE_URL: the database does not answer")
    assert "geheim" not in line


def test_a_file_that_is_no_database_is_refused(problems, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Nena, " * 200)
    line = one(problems(DATABASE_URL=f"sqlite:///{tmp_path}/letter.txt"))
    assert line.startswith("DATABASE_URL: the database does not answer (file is not a database")


def test_a_folder_with_odd_letters_is_no_trouble(problems, tmp_path):
    assert problems(SUKI_DATA=tmp_path / "Tindahan 50% # ? ñ") == []
    assert (tmp_path / "Tindahan 50% # ? ñ" / "suki.db").exists()


# the secret


def test_a_secret_that_others_can_read_is_refused(problems, tmp_path):
    assert problems() == []
    key = tmp_path / "data" / "secret.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    assert "run chmod 600 on it" in one(problems())
    key.chmod(0o600)
    assert problems() == []


def test_the_secret_is_made_once_and_kept(tmp_path):
    first, second = (Settings.from_env({"SUKI_DATA": str(tmp_path)}).secret for _ in range(2))
    other = Settings.from_env({"SUKI_DATA": str(tmp_path / "other")}).secret
    assert first == second != other
    assert len(first) >= 64


def test_processes_that_start_at_once_share_one_secret(tmp_path):
    ask = "from config import Settings; print(Settings.from_env().secret)"
    env = {**os.environ, "SUKI_DATA": str(tmp_path / "new")}
    started = [
        subprocess.Popen([sys.executable, "-c", ask], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({process.communicate(timeout=20)[0] for process in started}) == 1


@not_as_root
def test_a_folder_that_cannot_be_written_is_refused(problems, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    assert one(problems(SUKI_DATA=tmp_path / "closed")).startswith("SUKI_DATA: ")


@not_as_root
def test_a_secret_that_cannot_be_read_is_refused(problems, tmp_path):
    problems()
    (tmp_path / "data" / "secret.key").chmod(0o000)
    assert "cannot be read" in one(problems())


# the machine


def test_a_clock_before_this_version_is_refused(problems, monkeypatch):
    monkeypatch.setattr(preflight, "BUILT_AT", datetime(2999, 1, 1))
    assert one(problems()).startswith("The clock of this machine")


def test_debug_pages_are_refused(problems, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert one(problems()).startswith("FLASK_DEBUG: ")


# the database


def test_pending_migrations_are_refused_until_they_ran(tmp_path):
    settings = Settings.from_env({"SUKI_DATA": str(tmp_path)})
    assert "python -m portal migrate" in one(preflight.problems(settings))
    assert preflight.problems(settings, schema=False) == []
    running.migrate()
    assert preflight.problems(settings) == []
    shut()


def test_a_newer_database_is_refused_by_every_verb(problems, tmp_path):
    assert problems() == []
    with sqlite3.connect(tmp_path / "data" / "suki.db") as database:
        database.execute(f"INSERT INTO {running.HISTORY} (name, applied) VALUES ('0999_later', '2031-01-01')")
    assert "0999_later" in one(problems())
    settings = Settings.from_env({"SUKI_DATA": str(tmp_path / "data")})
    assert "0999_later" in one(preflight.problems(settings, schema=False))


def test_a_demo_shop_is_never_shown_to_the_world(problems, tmp_path):
    assert problems() == []
    with sqlite3.connect(tmp_path / "data" / "suki.db") as database:
        texts = "actor, actor_name, actor_role, subject, about, fields, commitments, request"
        event = f"'2026-11-22', '{preflight.DEMO_EVENT}', '', '', '', '', '', '', '', ''"
        database.execute(f"INSERT INTO entry (at, event, {texts}) VALUES ({event})")
    assert problems() == []
    assert "the demo shop" in one(problems(**LIVE))
    assert "the demo shop" in one(problems(BASE_URL="https://suki.example"))


@pytest.fixture
def created(postgres_session):
    """Create databases by statement on the test server; they are dropped at the end."""
    made = []

    def create(more):
        made.append(f"{postgres_session.prefix}_odd_{len(made)}_{os.getpid()}")
        postgres_session.admin(f"CREATE DATABASE {{}} TEMPLATE template0 {more}", made[-1])
        return postgres_session.url(made[-1])

    yield create
    shut()
    for name in made:
        postgres_session.drop(name)


def test_postgresql_that_does_not_sync_is_refused(problems, created):
    # The server of the tests is run so; one line names all of it. TEST_PG_URL may lead to one that is not.
    url = created("ENCODING 'UTF8'")
    store.open(url)
    running.migrate()
    with store.connection():
        off = [name for name in preflight.SAFE_WRITES if preflight._asked(f"SHOW {name}") == "off"]
    if not off:
        pytest.skip("the PostgreSQL in TEST_PG_URL syncs: the check of fsync was not tested")
    assert f"runs with {', '.join(off)} = off" in one(problems(DATABASE_URL=url))


@pytest.mark.parametrize("encoding", ["UTF8", "SQL_ASCII"])
def test_a_database_that_knows_no_letters_is_refused(problems, created, monkeypatch, encoding):
    monkeypatch.setattr(preflight, "SAFE_WRITES", ())  # the server of the tests does not sync
    url = created(f"ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C'")
    settings = Settings.from_env({"SUKI_DATA": os.environ["SUKI_TEST_FOLDER"], "DATABASE_URL": url})
    assert "LC_CTYPE=C" in one(preflight.problems(settings, schema=False))


# the command


def run(*arguments, **env):
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LC_ALL")}
    command = [sys.executable, "-m", "portal", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept | env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("verb", ["serve", "up", "worker", "check", "migrate", "setup", "verify", "demo"])
def test_every_verb_refuses_with_the_line_and_status_2(tmp_path, verb):
    done = run(verb, SUKI_DATA=str(tmp_path), PORT="http")
    assert done.returncode == 2
    assert done.stderr == "Suki cannot start. PORT: 'http' is no port; write a number from 1 to 65535.\n"
    assert done.stdout == ""


def test_a_shop_for_other_machines_is_asked_for_its_address(tmp_path):
    done = run("up", SUKI_DATA=str(tmp_path), HOST="0.0.0.0")  # noqa: S104
    assert done.returncode == 2
    assert done.stderr.startswith("Suki cannot start. BASE_URL: HOST=0.0.0.0 lets other machines in")
    assert len(done.stderr.splitlines()) == 1
