"""Names come from the trade, not from the furniture store."""

from tests.gates.tree import FACES, ROOT, functions, python_files, where, write

EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "service", "services", "base", "misc", "tools"}
EMPTY_VERBS = ("get_", "process_", "handle_", "do_")
GIVEN = "# name given by"


def empty_modules(root):
    """Modules and folders whose name says nothing (the area `portal/service` is customer service)."""
    return [
        where(path, root)
        for path in python_files(root, "portal", *FACES, "tests")
        if path.stem in EMPTY_NAMES or EMPTY_NAMES.intersection(path.relative_to(root).parts[:-1]) - {"service"}
    ]


def empty_verbs(root):
    """Functions that get, process, handle or do; a library may force such a name: `# name given by …`."""
    found = []
    for path in python_files(root, "portal"):
        lines = path.read_text().splitlines()
        for function in functions(path):
            if function.name.lstrip("_").startswith(EMPTY_VERBS) and GIVEN not in lines[function.lineno - 1]:
                found.append(f"{where(path, root, function)} {function.name}")
    return found


def test_modules_are_named_after_what_they_own():
    assert empty_modules(ROOT) == []


def test_functions_are_named_after_what_they_do():
    assert empty_verbs(ROOT) == []


def test_the_names_see_each_fault(tmp_path):
    root = write(
        tmp_path,
        {
            "portal/sales/util.py": "",
            "portal/misc/orders.py": "",
            "portal/service/cases.py": "def handle_case(): pass\ndef get_x(): pass  # name given by WTForms\n",
        },
    )
    assert empty_modules(root) == ["portal/misc/orders.py", "portal/sales/util.py"]
    assert empty_verbs(root) == ["portal/service/cases.py:1 handle_case"]
