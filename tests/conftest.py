"""What every test can ask for: a clean database, a mail server, the app, a browser."""

import os
import random
from pathlib import Path

import hypothesis
import pytest
from babel.messages import mofile, pofile
from hypothesis import core

pytest.register_assert_rewrite("tests.make", "tests.browsers")

from portal import files, store  # noqa: E402
from portal.people import keys  # noqa: E402
from tests import make  # noqa: E402
from tests.apps import app, client, live, settings  # noqa: E402, F401
from tests.browsers import chromium, open_page, page  # noqa: E402, F401
from tests.databases import (  # noqa: E402, F401
    database,
    forget_session_folder,
    postgres,
    postgres_session,
    postgres_worker,
    session_folder,
)
from tests.dovecot import imap  # noqa: E402, F401
from tests.mail import smtp  # noqa: E402, F401
from tests.schemas import bare, steps  # noqa: E402, F401
from tests.seeds import SEED  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
# What configures a shop must not reach the tests: they would run on its data.
SHOP = (
    "DATABASE_URL", "SMTP_URL", "IMAP_URL", "BASE_URL", "HOST", "PORT", "SUKI_DATA", "SUKI_SECRET",
    "SUKI_SECRET_BEFORE", "SUKI_DEMO",
)  # fmt: skip
MARKED_BY_FOLDER = ("browser", "battery")
WIRE = ("staff", "selfservice")
ASKS_ITS_OWN_WAY = ("test_lists.py", "test_list_addresses.py", "test_search.py", "test_many_rows.py", "test_audit.py")
# Settings, servers of mail, words, and whole shops brought in: they ask the database nothing that others do not ask.
SAME_ON_BOTH = (
    "test_bench.py", "test_importing_history.py", "test_mail_fetching.py", "test_paper_words.py",
    "test_postbox.py", "test_posting.py",
)  # fmt: skip
LONGEST = (
    "test_importing_history.py", "test_accessibility.py", "test_lists.py", "test_hostile.py", "test_matrix.py",
    "test_power_cut.py", "test_kills.py", "test_crash_points.py", "test_crawl.py", "test_model.py", "test_strings.py",
)  # fmt: skip

hypothesis.settings.register_profile(
    "suki", deadline=None, database=None, print_blob=True, suppress_health_check=[*hypothesis.HealthCheck]
)
hypothesis.settings.load_profile("suki")


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default=os.environ.get("SUKI_TEST_DATABASE", "sqlite"),
        help="which database the fixture `database` gives (default: sqlite)",
    )


def pytest_configure(config):
    for name in SHOP:
        os.environ.pop(name, None)
    session_folder()
    keys.hand_in("a secret of tests " * 2, "Aling Nena", is_test=True)
    if config.getoption("hypothesis_seed", None) is None:
        core.global_force_seed = SEED
    if not hasattr(config, "workerinput"):
        compile_translations()


def pytest_unconfigure(config):
    forget_session_folder()


def pytest_report_header(config):
    return f"database: {config.getoption('--database')}; seed: {SEED} (another one: SUKI_SEED=…)"


def pytest_collection_modifyitems(items):
    for item in items:
        parts = Path(item.path).relative_to(ROOT).parts
        for name in MARKED_BY_FOLDER:
            if name in parts:
                item.add_marker(name)
        is_wire = parts[1] in WIRE and item.path.name not in ASKS_ITS_OWN_WAY
        if is_wire or item.path.name in SAME_ON_BOTH:
            item.add_marker("wire")
        if {"postgres", "steady_postgres"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("postgres")
    items.sort(key=lambda item: item.path.name not in LONGEST)  # begun last, one of them would keep a core waiting


def compile_translations():
    """Compile catalogues that changed since, so that a test run by hand speaks the languages too."""
    for source in ROOT.glob("translations/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as text, target.open("wb") as compiled:
                mofile.write_mo(compiled, pofile.read_po(text))


@pytest.fixture
def world(database):  # noqa: F811
    """Rhea, Mona, Owen, Ada, Carol, Cora and Dave in a clean database; see tests/make.py."""
    return make.world()


@pytest.fixture
def folder(tmp_path):
    """The folder below which files of records are kept."""
    files.open(tmp_path / "files")


@pytest.fixture
def count_queries():
    """How many statements a call costs: `count_queries(lambda: client.get("/orders"))`."""

    def count(call):
        before = store.queries()
        call()
        return store.queries() - before

    return count


@pytest.fixture
def rng():
    """Chance with the seed that the header of the run prints."""
    return random.Random(SEED)
