"""What the project installs: few packages, pinned with hashes, from any index."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.gates.tree import ROOT

MOST_PACKAGES = 20
LOCKS = ("requirements.txt", "requirements-test.txt")
ADDRESS = re.compile(r"https?:|file:|git\+|^\s*-(?!-hash)|\s@\s|(^|\s)\.{0,2}/", re.MULTILINE)


def addresses(text):
    """Lines of a lock that name an index, an address or a folder."""
    return [line for line in text.splitlines() if ADDRESS.search(line.replace("--hash=", "hash="))]


def pins(text):
    """name -> (version, number of hashes)."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", "\n" + re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE))
    found = {}
    for entry in entries:
        named = re.match(r"\s*([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!-]+)", entry)
        if named:
            found[canonicalize_name(named[1])] = (named[2], entry.count("--hash=sha256:"))
    return found


def unpinned(text):
    """Requirements without an exact version or without a hash."""
    named = re.findall(r"^([A-Za-z0-9][\w.-]*)", text, flags=re.MULTILINE)
    locked = pins(text)
    return [name for name in named if not locked.get(canonicalize_name(name), ("", 0))[1]]


def unmet(wanted, locked):
    """Packages that pyproject.toml asks for and the lock does not give in that version."""
    found = []
    for text in wanted:
        need = Requirement(text)
        version = locked.get(canonicalize_name(need.name), ("", 0))[0]
        if not version or not need.specifier.contains(version, prereleases=True):
            found.append(f"{text} (locked: {version or 'nothing'})")
    return found


def _project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_few_packages_run_it():
    assert len(_project()["project"]["dependencies"]) <= MOST_PACKAGES


def test_every_package_is_pinned_with_hashes():
    assert {name: unpinned((ROOT / name).read_text()) for name in LOCKS} == {name: [] for name in LOCKS}


def test_no_lock_names_an_index_or_a_folder():
    assert {name: addresses((ROOT / name).read_text()) for name in LOCKS} == {name: [] for name in LOCKS}


def test_the_locks_give_what_the_project_asks_for():
    run, test = (pins((ROOT / name).read_text()) for name in LOCKS)
    assert unmet(_project()["project"]["dependencies"], run) == []
    assert unmet(_project()["dependency-groups"]["test"], run | test) == []


def test_both_locks_agree():
    run, test = (pins((ROOT / name).read_text()) for name in LOCKS)
    assert {name: (run[name], test[name]) for name in run.keys() & test.keys() if run[name] != test[name]} == {}


def test_the_requirements_see_each_fault():
    lock = "--index-url https://x.example/simple\n-f wheels\na==1 \\\n    --hash=sha256:00\nb==2\nc @ file:///c\n"
    lock += "    # via -r /home/me/in.txt\n"
    assert len(addresses(lock)) == 4
    assert unpinned(lock) == ["b", "c"]
    assert unmet(["a~=1.0", "a~=2.0", "d"], pins(lock)) == ["a~=2.0 (locked: 1)", "d (locked: nothing)"]
