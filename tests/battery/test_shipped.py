"""What is shipped and running: nobody is asked but the database and the mail server, and nothing is left open."""

import pytest

from tests.battery.visitors import first_admin

pytestmark = pytest.mark.one_database
# Runs before anything of ours in every process of the shop and tells whom it asks and what it starts.
LISTENER = """
import os, sys
FILE = os.environ["SUKI_TEST_HEARD"]
WANTED = ("socket.connect", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")

def hear(event, arguments):
    if event in WANTED:
        with os.fdopen(os.open(FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
            file.write(f"{event}\\t{arguments[-1] if event == 'os.system' else arguments[1]!r}\\n")

sys.addaudithook(hear)
"""
# What scanners try first: what an editor, a build, a framework or a careless owner leaves behind.
LEFT_BEHIND = (
    "/.git/HEAD", "/.git/config", "/.gitignore", "/.env", "/.env.local", "/.htaccess", "/.svn/entries",
    "/.DS_Store", "/.ci/run", "/.venv/pyvenv.cfg", "/config.py", "/wsgi.py", "/pyproject.toml",
    "/requirements.txt", "/Makefile", "/README.md", "/CONTRIBUTING.md", "/Dockerfile", "/package.json", "/var",
    "/var/", "/var/suki.db", "/suki.db", "/suki.db-wal", "/secret.key", "/data/secret.key", "/backup",
    "/backup.zip", "/backups/", "/dump.sql", "/db.sqlite3", "/debug", "/debug/", "/console", "/__debugger__",
    "/_debug_toolbar/", "/admin", "/admin/", "/phpinfo.php", "/info.php", "/index.php", "/wp-login.php",
    "/server-status", "/server-info", "/status", "/stats", "/metrics", "/health", "/healthz", "/actuator",
    "/actuator/env", "/version", "/api", "/api/v1", "/graphql", "/swagger.json", "/openapi.json", "/docs",
    "/redoc", "/test", "/tests", "/testing", "/shell", "/exec", "/cgi-bin/", "/static/", "/static",
    "/static/../config.py", "/static/..%2fconfig.py", "/static/%2e%2e/config.py", "/staff/debug",
    "/staff/console", "/staff/test", "/staff/shell", "/templates/", "/portal/", "/files", "/uploads", "/logs",
    "/log", "/error.log", "/trace.axd", "/elmah.axd", "/.well-known/security.txt~", "/crossdomain.xml",
    "/?__debugger__=yes",
)  # fmt: skip


@pytest.fixture
def heard(tmp_path):
    """Lines about connections and programs of a shop, once it runs with `heard.env`."""
    (tmp_path / "ears").mkdir()
    (tmp_path / "ears" / "sitecustomize.py").write_text(LISTENER)
    file = tmp_path / "heard.txt"

    def lines():
        return [line.split("\t") for line in file.read_text().splitlines()] if file.exists() else []

    lines.env = {"PYTHONPATH": str(tmp_path / "ears"), "SUKI_TEST_HEARD": str(file)}
    return lines


@pytest.mark.row("J7")
def test_only_database_and_mail_server_are_asked(run, open_shop, heard, smtp, figures):
    ada = first_admin(run, open_shop, SMTP_URL=smtp.url, **heard.env)
    for page in ("/staff/", "/staff/accounts", "/staff/health", "/sign-in", "/help"):
        assert ada.look(page)[0] == 200, ada.shop.told()
    smtp.wait_for(1, 30)  # the letter about the new sign-in
    connections = [name for event, name in heard() if event == "socket.connect"]
    programs = [name for event, name in heard() if event != "socket.connect"]
    mail = repr(("127.0.0.1", int(smtp.url.rpartition(":")[2])))
    figures(connections=len(connections), elsewhere=sum(name != mail for name in connections), programs=len(programs))
    assert set(connections) == {mail}
    assert all("-m" in name and "portal" in name for name in programs), programs


@pytest.mark.row("J8")
def test_nothing_was_left_open(run, open_shop, figures):
    ada = first_admin(run, open_shop)
    asked = {page: ada.look(page) for page in LEFT_BEHIND}
    found = [page for page, (status, _, text) in asked.items() if status == 200 or "Werkzeug" in text]
    figures(addresses=len(LEFT_BEHIND), found=len(found))
    assert found == []
    assert {status for status, _, _ in asked.values()} <= {303, 308, 400, 404, 405}
