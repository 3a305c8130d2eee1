"""Every refusal has words, and the catalogues of all languages are whole."""

import ast
import functools
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

from babel.messages import extract, pofile

from portal.web import terms
from tests.gates.tree import ROOT, calls, parsed, python_files, where, write

LANGUAGES = ("fil", "th")
KEYWORDS = {
    "N_": None, "_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
    "lazy_ngettext": (1, 2), "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def _constants(node):
    """Message ids in a value: "id", ("id", {…}), or either side of `a if b else c`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Tuple) and node.elts:
        yield from _constants(node.elts[0])
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def raised(root):
    """(message id, place) of every Invalid(field="message-id") that portal and the faces write out."""
    for path in python_files(root, "portal", "staff", "selfservice"):
        for call, name in calls(path):
            if name == "Invalid":
                for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
                    for message in _constants(value):
                        yield message, where(path, root, call)


def worded(root):
    """Message ids that stand in a MESSAGES of portal/web."""
    known = set()
    for path in python_files(root / "portal", "web"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["MESSAGES"]:
                known |= {key.value for key in getattr(node.value, "keys", []) if isinstance(key, ast.Constant)}
    return known


def without_words(root):
    """Refusals that no reader could be told about."""
    known = worded(root)
    unsaid = {(message, place) for message, place in raised(root) if message not in known}
    return sorted(f"{place} raises {message}, which has no words" for message, place in unsaid)


@functools.cache
def texts(root):
    """{(context, text or (singular, plural))} that the code and the templates want translated."""
    mappings = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    method_map = [(pattern, part["method"]) for part in mappings for pattern in part["pattern"]]
    options = {pattern: {"silent": "false"} for pattern, method in method_map if method == "jinja2"}
    found = extract.extract_from_dir(root, method_map, options, KEYWORDS, directory_filter=_is_ours)
    return {(context, message) for _, _, message, _, context in found}


def _is_ours(path):
    return Path(path).name != "build" and not Path(path).name.startswith((".", "_"))


def gaps(wanted, catalogue):
    """What a catalogue lacks: texts that are missing, unsure, or have lost a placeholder."""
    found = []
    for context, message in sorted(wanted, key=repr):
        entry = catalogue.get(message, context)
        single = message if isinstance(message, str) else message[0]
        if entry is None or not all(entry.string if isinstance(entry.string, tuple) else (entry.string,)):
            found.append(f"{single!r} is not translated")
        elif entry.fuzzy:
            found.append(f"{single!r} is unsure (fuzzy)")
        else:
            found += _lost(message, entry.string)
    return found


def _lost(message, translated):
    sources = (message,) if isinstance(message, str) else message
    allowed = [set(PLACEHOLDER.findall(source)) for source in sources]
    strings = (translated,) if isinstance(translated, str) else translated
    wrong = [text for text in strings if set(PLACEHOLDER.findall(text)) not in allowed]
    return [f"{sources[0]!r} has other placeholders" for _ in wrong]


def catalogue_gaps(root, language):
    """Gaps of one language; none while nothing was translated yet."""
    if not (root / "translations").is_dir():
        return []
    path = root / "translations" / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return [f"{where(path, root)} is not there"]
    with path.open("rb") as source:
        return gaps(texts(root), pofile.read_po(source, locale=language))


def said_twice(areas):
    """Ids that two areas word: the later one would take the words of the other."""
    found = []
    for book in ("MESSAGES", "LABELS", "WORDS", "EVENTS"):
        owners = {}
        for area in areas:
            for key in getattr(area, book):
                owners.setdefault(key, []).append(area.__name__)
        found += [f"{key} in {', '.join(names)}" for key, names in owners.items() if len(names) > 1]
    return found


def test_every_refusal_has_words():
    assert without_words(ROOT) == []


def test_every_text_is_in_filipino_and_thai():
    assert {language: catalogue_gaps(ROOT, language) for language in LANGUAGES} == {"fil": [], "th": []}


def test_every_text_can_be_found():
    assert texts(ROOT)


def test_make_collects_what_is_checked_here():
    collected = set(re.findall(r"-k (\w+)", (ROOT / "Makefile").read_text())) | set(extract.DEFAULT_KEYWORDS)
    assert set(KEYWORDS) <= collected


def test_the_messages_see_each_fault(tmp_path):
    root = write(
        tmp_path,
        {
            "portal/orders.py": 'Invalid(a="said", b=("unsaid", {}), c="unsaid-too" if x else "said")\n',
            "portal/web/words.py": 'MESSAGES = {"said": N_("Said.")}\n',
            "pyproject.toml": '[[tool.babel.mappings]]\nmethod = "python"\npattern = ["portal/**.py"]\n',
        },
    )
    assert [problem.split(" ")[2] for problem in without_words(root)] == ["unsaid,", "unsaid-too,"]
    assert texts(root) == {(None, "Said.")}
    assert catalogue_gaps(root, "th") == []
    write(root, {"translations/fil/LC_MESSAGES/messages.po": ""})
    assert catalogue_gaps(root, "th") == ["translations/th/LC_MESSAGES/messages.po is not there"]
    assert catalogue_gaps(root, "fil") == ["'Said.' is not translated"]


def test_catalogues_are_read_closely():
    source = b'msgid "a %(n)s"\nmsgstr "b %(m)s"\n\n#, fuzzy\nmsgid "c"\nmsgstr "d"\n\n'
    source += b'msgid "e"\nmsgid_plural "%(num)s e"\nmsgstr[0] "%(num)s f"\n\nmsgid "g"\nmsgstr "h"\n'
    wanted = {(None, "a %(n)s"), (None, "c"), (None, ("e", "%(num)s e")), (None, "g"), ("menu", "g")}
    assert sorted(gaps(wanted, pofile.read_po(source.splitlines(keepends=True), locale="th"))) == [
        "'a %(n)s' has other placeholders",
        "'c' is unsure (fuzzy)",
        "'g' is not translated",
    ]


def test_each_id_is_worded_by_one_area():
    assert said_twice(terms._AREAS) == []
    first, second = (
        SimpleNamespace(__name__=name, MESSAGES={"a": name}, LABELS={}, WORDS={}, EVENTS={}) for name in "xy"
    )
    assert said_twice([first, second]) == ["a in x, y"]
