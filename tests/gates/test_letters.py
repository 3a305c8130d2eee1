"""Every notice that the business sends has its letter, and every letter the topic under which people choose it."""

import ast

from portal.activity import topics
from tests.gates.tree import ROOT, calls, python_files, where, write

FRAMES = {"base", "parts"}  # what letters extend and import


def letters(root):
    """Names of the letters."""
    folder = root / "templates" / "mail"
    named = {path.stem for path in folder.glob("*.html")} - FRAMES
    return {name for name in named if "{% block body %}" in (folder / f"{name}.html").read_text()}


def told(root):
    """(letter, place) of each change.tell(people, "letter")."""
    for path in python_files(root, "portal"):
        for call, name in calls(path):
            if name == "tell" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                yield call.args[1].value, where(path, root, call)


def without_letter(root):
    """Notices that could not be written."""
    known = letters(root)
    return sorted(f"{place} tells {name}, which has no letter" for name, place in told(root) if name not in known)


def without_topic(root, known=(*topics.OF_LETTER, topics.GATHERED)):
    """Letters that nobody put under a topic."""
    return sorted(f"templates/mail/{name}.html has no topic" for name in letters(root) - {*known})


def test_each_notice_has_its_letter():
    assert without_letter(ROOT) == []


def test_each_letter_has_its_one_topic():
    assert without_topic(ROOT) == []
    named = [letter for topic in topics.TOPICS for letter in topic.letters]
    assert sorted(named) == sorted(set(named))


def test_the_letter_gate_sees_its_fault(tmp_path):
    body = "{% block body %}{% endblock %}"
    files = {f"templates/mail/{name}.html": body for name in ("base", "known")}
    code = 'change.tell(people, "known")\nchange.tell(people, "base")\nchange.tell(people, f"{x}_link")\n'
    write(tmp_path, {**files, "portal/orders.py": code})
    assert without_letter(tmp_path) == ["portal/orders.py:2 tells base, which has no letter"]
    assert without_topic(tmp_path, ["base"]) == ["templates/mail/known.html has no topic"]
