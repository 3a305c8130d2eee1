"""The top level is fixed, so that nobody has to wonder where a thing goes."""

import subprocess

from tests.gates.tree import ROOT, write

ROOMS = {"portal", "staff", "selfservice", "templates", "static", "tests"}
FILES = {"config.py", "wsgi.py", "README.md"}
TOOLS = {
    "pyproject.toml", "requirements.txt", "requirements-test.txt", "Makefile", ".ci", "CONTRIBUTING.md",
    "SECURITY.md", "translations", ".gitignore",
}  # fmt: skip


def kept(root):
    """Names at the top that git keeps or would keep."""
    asked = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        return {path.name for path in root.iterdir() if path.name not in (".venv", ".git")}
    return {line.split("/")[0] for line in done.stdout.splitlines() if (root / line).exists()}


def strangers(root):
    """Names at the top that do not belong there."""
    return sorted(kept(root) - ROOMS - FILES - TOOLS)


def missing(root):
    """Rooms and files that the house must have, asked for once it has a door (wsgi.py)."""
    return sorted((ROOMS | FILES | TOOLS) - {"translations"} - kept(root)) if "wsgi.py" in kept(root) else []


def test_nothing_strange_stands_at_the_top():
    assert strangers(ROOT) == []


def test_every_room_is_there():
    assert missing(ROOT) == []


def test_the_tree_sees_each_fault(tmp_path):
    root = write(tmp_path, {"wsgi.py": "", "notes.txt": ""})
    assert strangers(root) == ["notes.txt"]
    assert "portal" in missing(root)
