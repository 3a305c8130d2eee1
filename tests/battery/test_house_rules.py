"""Rules that keep whole kinds of mistakes out, read from the syntax tree of everything that is shipped."""

import ast
import json
import re
import subprocess
import sys

import pytest

from tests.gates.tree import FACES, ROOT, parsed, python_files, where, write

pytestmark = [pytest.mark.row("J2"), pytest.mark.one_database]
SHIPPED = ("portal", *FACES, "wsgi", "config")
REASONED = re.compile(r"#\s*noqa:\s*S\d{3}(?:,\s*[A-Z]+\d+)*\s+\w")
SECURITY = re.compile(r"#\s*noqa:?[^\n]*\bS\d{3}|#\s*noqa\s*$|#\s*nosec|#\s*type:\s*ignore")
TAKEN_FOR_PASSWORDS = ("S106",)  # Invalid(password="message-id")
SECRETS = ("token", "proof", "digest", "signature", "secret", "csrf")
OUTSIDE = {"requests", "httpx", "aiohttp", "urllib.request", "urllib3", "http.client"}


def called(node):
    """The dotted name of what is called: "datetime.now"."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def has(node, **arguments):
    given = {word.arg: ast.unparse(word.value) for word in node.keywords}
    return all(given.get(name) == text for name, text in arguments.items())


def compares_a_secret(node):
    """`==` between things named after secrets: what answers sooner tells how much was right."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return False
    sides = [node.left, *node.comparators]
    names = [(getattr(side, "id", None) or getattr(side, "attr", "")).lower() for side in sides]
    return all(name.endswith(SECRETS) for name in names) and len(sides) == 2


def swallows_everything(node):
    if not isinstance(node, ast.ExceptHandler):
        return False
    is_broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
    return is_broad and all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)


def local_time(node):
    return called(node) in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today") and not node.args


def word_of_a_request(node):
    """getattr(anything, request.args["name"]): somebody outside would choose what is done."""
    return called(node) == "getattr" and "request." in ast.unparse(node.args[1])


def asks_elsewhere(node):
    modules = [name.name for name in getattr(node, "names", ())] if isinstance(node, ast.Import) else []
    return bool(OUTSIDE & {*modules, getattr(node, "module", None)})


# name: does a node break it?
RULES = {
    "no eval, exec or compile": lambda node: called(node) in ("eval", "exec", "compile"),
    "no pickle, marshal, shelve": lambda node: called(node).split(".")[0] in ("pickle", "marshal", "shelve", "dill"),
    "no unsafe YAML": lambda node: called(node) in ("yaml.load", "yaml.unsafe_load"),
    "no shell": lambda node: isinstance(node, ast.Call) and has(node, shell="True"),
    "no os.system, os.popen": lambda node: called(node) in ("os.system", "os.popen", "commands.getoutput"),
    "no unpacking of archives": lambda node: called(node).endswith((".extractall", "unpack_archive")),
    "no certificate goes unchecked": lambda node: "_create_unverified_context" in called(node),
    "no verify=False": lambda node: isinstance(node, ast.Call) and has(node, verify="False"),
    "no weak hash": lambda node: called(node) in ("hashlib.md5", "hashlib.sha1"),
    "no temporary name made beforehand": lambda node: called(node) == "tempfile.mktemp",
    "no assert in what is shipped": lambda node: isinstance(node, ast.Assert),
    "no template out of a text": lambda node: called(node).endswith(("render_template_string", ".from_string")),
    "no format string from outside": lambda node: called(node) == "format_map",
    "no attribute by a request's word": word_of_a_request,
    "no request decides what is imported": lambda node: called(node).endswith("__import__"),
    "no redirect to what a request says": lambda node: (
        called(node) == "redirect" and "request.args" in ast.unparse(node)
    ),
    "no secret compared with ==": compares_a_secret,
    "no error is swallowed whole": swallows_everything,
    "no local time": local_time,
    "no debug": lambda node: isinstance(node, ast.Call) and has(node, debug="True"),
    "no cookie past the one writer": lambda node: (
        called(node).endswith(".set_cookie") and "secure" not in ast.unparse(node)
    ),
    "no global password check": lambda node: called(node).endswith("check_password_hash"),
    "nothing is asked of other sites": asks_elsewhere,
}


def broken(root):
    """["portal/x.py:3 no eval, exec or compile"] of everything that is shipped."""
    found = []
    for path in python_files(root, *SHIPPED):
        for node in ast.walk(parsed(path)):
            for rule, breaks in RULES.items():
                if breaks(node):
                    found.append(f"{where(path, root, node)} {rule}")
    return found


def test_the_code_keeps_the_rules(figures):
    found = broken(ROOT)
    figures(rules=len(RULES), findings=len(found))
    assert found == []


def test_a_linter_for_security_finds_nothing(figures):
    command = [sys.executable, "-m", "ruff", "check", "--select", "S", "--output-format", "json"]
    command += ["portal", *FACES, "wsgi.py", "config.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found = [one for one in json.loads(done.stdout) if one["code"] not in TAKEN_FOR_PASSWORDS]
    figures(linter_findings=len(found))
    assert [f"{one['filename']}:{one['location']['row']} {one['message']}" for one in found] == []


def test_no_exception_is_made_without_a_reason(figures):
    made = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in python_files(ROOT, *SHIPPED)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if SECURITY.search(line)
    ]
    figures(exceptions=len(made))
    assert [line for line in made if not REASONED.search(line)] == []


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("eval(text)", "no eval, exec or compile"),
        ("subprocess.run(text, shell=True)", "no shell"),
        ("given_token == token", "no secret compared with =="),
        ("try:\n    go()\nexcept Exception:\n    pass", "no error is swallowed whole"),
        ("at = datetime.now()", "no local time"),
    ],
)
def test_the_rules_see_a_fault(tmp_path, fault, rule):
    tree = write(tmp_path, {"portal/x.py": f"def view(text):\n    return text\n\n\n{fault}\n"})
    assert [line.split(" ", 1)[1] for line in broken(tree)] == [rule]
