"""A database as a real shop has it, whole Sukis over it, and the line that each test leaves."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import postgres_server
from tests.battery import lines
from tests.battery.shops import ROOT, Shop, environment
from tests.battery.town import town, town_template  # noqa: F401
from tests.databases import Postgres
from tests.seeds import SEED

MEASURED = pytest.StashKey()


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if lines.WANTED and not set(lines.rows_of(item)) & set(lines.WANTED)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    for item in items:
        if lines.SIZE != "night" and item.get_closest_marker("night"):
            item.add_marker(pytest.mark.skip(reason="takes a night: make battery SIZE=night"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call" or call.excinfo:
        if report.failed:
            rows = " ".join(lines.rows_of(item))
            report.sections.append(("again", f"make battery ROWS='{rows}' SIZE={lines.SIZE} SEED={SEED}"))
        database = "postgres" if item.get_closest_marker("postgres") else item.config.getoption("--database")
        lines.write(item, report, measured=item.stash.get(MEASURED, {}), seed=SEED, database=database)
    return report


@pytest.fixture
def figures(request):
    """Tell what was measured, before it is judged: figures(cells=11_200, deviations=0)."""
    return request.node.stash.setdefault(MEASURED, {}).update


@pytest.fixture
def sized():
    """How much to do: sized(gate=300, night=20_000)."""
    return lambda gate, night: night if lines.SIZE == "night" else gate


@pytest.fixture
def rng(request):
    """Chance that is this test's own, with the seed that the header of the run prints."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture(scope="session")
def steady_postgres():
    """A PostgreSQL that syncs, so that Suki starts on it; a test may stop it: `.stop()`, `.start()`, `.folder`."""
    folder = Path(tempfile.mkdtemp(prefix="suki-steady-"))
    try:
        url = postgres_server.start(folder, os.getpid(), postgres_server.SAFE)
    except postgres_server.Unavailable as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    server = Postgres(url)
    server.folder = folder
    server.stop = lambda mode="fast": postgres_server.stop(folder, mode)
    server.start = lambda: postgres_server.start_again(folder, url, postgres_server.SAFE)
    yield server
    server.stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty_shop(request, tmp_path):
    """`.env` of a shop without tables, on the database that `--database` names, and its `.data` folder."""
    env, name = {}, None
    if request.config.getoption("--database") == "postgres":
        server = request.getfixturevalue("steady_postgres")
        server.made += 1
        name = f"suki_shop_{server.made}"
        server.admin("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
        env["DATABASE_URL"] = server.url(name)
    yield SimpleNamespace(env=env, data=tmp_path / "data")
    if name:
        server.drop(name)


@pytest.fixture
def run(empty_shop):
    """Run one verb to its end: run("migrate"), run("setup", "--admin", "ada@shop.example")."""

    def once(*arguments, **env):
        command = [sys.executable, "-m", "portal", *arguments]
        env = environment(**{"SUKI_DATA": str(empty_shop.data)} | empty_shop.env | env)
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)

    return once


@pytest.fixture
def open_shop(empty_shop):
    """Start a Suki: open_shop() serves, open_shop("up") is what `make run` does; all are gone after the test."""
    shops = []

    def start(*verb, **env):
        command = [sys.executable, "-m", "portal", *(verb or ("serve",))] if verb[:1] != ("make",) else verb
        shops.append(Shop(empty_shop.data, *command, **empty_shop.env | env))
        return shops[-1]

    yield start
    for shop in shops:
        shop.kill()
