"""No shell, no pickle, no code out of texts: none in the product, and no program started by what people send."""

import ast
import sys
from pathlib import Path

import pytest

from tests.battery.walked import shop, undone, walked  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    "pickle",
    "marshal",
    "shelve",
    "dill",
    "commands",
    "pty",
    "code",
    "codeop",
    "yaml",
    "ctypes",
    "subprocess",
    "xml",
}
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint"}
ATTRIBUTES = {
    "os": {"system", "popen", "execv", "execve", "execvp", "spawnl", "spawnv", "posix_spawn", "fork", "startfile"},
    "tempfile": {"mktemp"},
    "builtins": CALLS,
}
# The one thing that is needed there, and why no text of a person reaches it.
ALLOWED = {
    ("portal/serving.py", "subprocess"): "starts web and worker as they were started themselves",
    ("portal/serving.py", "os.fork"): "the web server of the supervisor",
    ("portal/serving.py", "os.execv"): "takes the place of the old version with the same command",
    ("portal/serving.py", "ctypes"): "has a child die with its parent",
    ("portal/web/press.py", "subprocess"): "papers are set by a child of ours that gets data by its input alone",
    ("portal/pictures.py", "subprocess"): "pictures are opened by a child of ours that gets bytes by its input alone",
    ("portal/safekeeping.py", "subprocess"): "backups are made by a child of ours, with names out of the settings",
}
PAYLOAD = "; id | $(id) `id` ../../etc/passwd"
STARTS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
)
_heard = {"is_on": False, "events": []}


def sources():
    for folder in ("portal", "staff", "selfservice"):
        yield from sorted((ROOT / folder).rglob("*.py"))
    yield from (ROOT / "config.py", ROOT / "wsgi.py")


def dangers(tree):
    """[(line, what)] of every import and call that could make code, programs or objects out of texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.split(".")[0]
            yield from ((node.lineno, f"{node.module}.{a.name}") for a in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield node.lineno, node.func.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.lineno, f"{node.value.id}.{node.attr}"


def is_dangerous(what):
    head, _, name = what.partition(".")
    return what in MODULES | CALLS or name in ATTRIBUTES.get(head, ())


@pytest.mark.row("C13")
@pytest.mark.one_database
def test_nothing_in_the_product_makes_code_or_programs_out_of_texts(figures):
    found, files = {}, 0
    for path in sources():
        files += 1
        name = str(path.relative_to(ROOT))
        for line, what in dangers(ast.parse(path.read_text())):
            if is_dangerous(what):
                found.setdefault((name, what), line)
    figures(files=files, found=len(found), allowed=len(ALLOWED))
    assert sorted(set(found) - set(ALLOWED)) == []
    assert sorted(set(ALLOWED) - set(found)) == []


def hear(event, arguments):
    if _heard["is_on"] and event.startswith(STARTS):
        _heard["events"].append((event, str(arguments)))


@pytest.fixture
def heard():
    """The programs that were started meanwhile; a hook of the interpreter stays for good, so it has a switch."""
    if "is_hung" not in _heard:
        sys.addaudithook(hear)
    _heard.update(is_on=True, is_hung=True, events=[])
    yield _heard["events"]
    _heard["is_on"] = False


@pytest.mark.row("C13")
@pytest.mark.one_database
def test_no_request_starts_a_program(shop, heard, figures):  # noqa: F811
    asked = 0
    for pages in shop.pages.values():
        for address, client in pages:
            asked += 1
            with undone():
                client.get(address)
    for sheet in {sheet.verb: sheet for sheet in shop.sheets}.values():
        asked += 1
        with undone():
            sheet.send(**dict.fromkeys(sheet.texts()[:1], PAYLOAD))
    foreign = [
        (event, told) for event, told in heard if not told.startswith(f"('{sys.executable}', ['{sys.executable}'")
    ]
    figures(requests=asked, own_children=len(heard) - len(foreign), programs=len(foreign))
    assert foreign == []
    assert [told for _, told in heard if PAYLOAD in told] == []
