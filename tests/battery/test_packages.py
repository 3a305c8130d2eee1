"""What Suki is made of: every part known, pinned by its hashes, few of them, none older than a fault we know of."""

import json
import subprocess
import sys
import tomllib
from datetime import date, timedelta
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.battery.shops import ROOT
from tests.gates.test_requirements import LOCKS, MOST_PACKAGES, pins

pytestmark = [pytest.mark.row("J1"), pytest.mark.one_database]
# The first version without a fault that was made public, of what answers requests and reads what strangers send.
MENDED_IN = {
    "flask": "3.1.3", "werkzeug": "3.1.9", "jinja2": "3.1.6", "gunicorn": "23.0.0", "pillow": "12.1.1",
    "markdown-it-py": "3.0.0", "peewee": "3.17.9", "idna": "3.7", "urllib3": "2.6.3",
}  # fmt: skip


def test_every_part_is_pinned_and_none_is_known_to_be_faulty(figures):
    locked = pins((ROOT / LOCKS[0]).read_text())
    direct = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    faulty = [
        name for name, least in MENDED_IN.items() if name in locked and Version(locked[name][0]) < Version(least)
    ]
    figures(packages=len(locked), asked_for_directly=len(direct), known_faults=len(faulty))
    assert [name for name, (_, hashes) in locked.items() if not hashes] == []
    assert {canonicalize_name(Requirement(text).name) for text in direct} <= set(locked)
    assert len(direct) <= MOST_PACKAGES
    assert faulty == []


def test_what_runs_is_what_is_pinned(figures):
    locked = pins((ROOT / LOCKS[0]).read_text())
    other = [name for name, (version, _) in locked.items() if metadata.version(name) != version]
    figures(installed_as_pinned=len(locked) - len(other))
    assert other == []


def test_all_parts_were_looked_through_as_often_as_promised(figures):
    """SECURITY.md promises it; counted to the newest change, so that a version of then stays as good as it was."""
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["suki"]["parts"]
    days = (newest_change() - promised["looked_through"]) // timedelta(days=1)
    figures(days_since_parts_were_looked_through=days)
    assert days <= promised["routine_days"]
    assert promised["critical_days"] <= promised["high_days"] <= promised["medium_days"] <= promised["low_days"]


def newest_change():
    """The day of the newest commit; today where there is no history."""
    told = subprocess.run(["git", "log", "-1", "--format=%cs"], cwd=ROOT, capture_output=True, text=True)
    return date.fromisoformat(told.stdout.strip()) if told.returncode == 0 else date.today()


def test_the_list_of_parts_can_be_read_by_machines(tmp_path, figures):
    target = tmp_path / "parts.json"
    done = subprocess.run([sys.executable, ".ci/parts", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    listed = json.loads(target.read_text())
    parts = {part["name"]: part for part in listed["components"]}
    figures(parts_listed=len(parts))
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    assert {name: part["version"] for name, part in parts.items()} == {
        name: version for name, (version, _) in pins((ROOT / LOCKS[0]).read_text()).items()
    }
    assert all(part["purl"] == f"pkg:pypi/{name}@{part['version']}" for name, part in parts.items())
    assert all(part["hashes"] for part in parts.values())
