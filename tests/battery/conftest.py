"""A database as a real shop has it, and whole Sukis over it."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import postgres_server
from tests.battery.shops import ROOT, Shop, environment
from tests.databases import Postgres


@pytest.fixture(scope="session")
def steady_postgres():
    """A PostgreSQL of our own that syncs, so that Suki starts on it and a test may stop it: `.stop()`, `.start()`."""
    folder = Path(tempfile.mkdtemp(prefix="suki-steady-"))
    try:
        url = postgres_server.start(folder, os.getpid(), postgres_server.SAFE)
    except postgres_server.Unavailable as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    server = Postgres(url)
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
        env = environment(SUKI_DATA=str(empty_shop.data), **empty_shop.env | env)
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)

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
