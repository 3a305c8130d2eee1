"""House rules that a linter does not know: who may print, mark text as safe, load rows and write them."""

import ast

from tests.gates.tree import FACES, ROOT, calls, imports, parsed, python_files, where, write

SPEAKERS = {"portal/__main__.py", "portal/backup_verbs.py", "portal/serving.py"}
TRUSTED_TEXT = ("portal/web/wording.py", "portal/web/prose.py")
LOADS = {"get_by_id", "get_or_none", "get_or_create"}
WRITES = {"save", "delete_instance", "execute", "bulk_create", "bulk_update", "insert_many", "insert_from"}
WRITES_ON_A_CLASS = {"insert", "update", "delete", "create", "replace", "create_table", "drop_table"}


def prints(root):
    """print() in portal; only the command line and the server talk to the terminal."""
    return [
        where(path, root, call)
        for path in python_files(root, "portal")
        if str(path.relative_to(root)) not in SPEAKERS
        for call, name in calls(path)
        if name == "print" and isinstance(call.func, ast.Name)
    ]


def marked_safe(root):
    """Markup outside the two modules that may build HTML."""
    found = []
    for path in python_files(root, "portal", *FACES, "wsgi"):
        if str(path.relative_to(root)) in TRUSTED_TEXT:
            continue
        named = [n for n in ast.walk(parsed(path)) if "Markup" in (getattr(n, "id", ""), getattr(n, "attr", ""))]
        found += [where(path, root, node) for node in named]
        found += [where(path, root, node) for node, module in imports(path, root) if module == "markupsafe"]
    return sorted(set(found))


def loaded_past_the_scope(root):
    """Faces load through `visible_to`, never by id alone."""
    return [
        f"{where(path, root, call)} .{name}("
        for path in python_files(root, *FACES)
        for call, name in calls(path)
        if name in LOADS and isinstance(call.func, ast.Attribute)
    ]


def _is_class(node):
    return isinstance(node, ast.Name) and node.id[:1].isupper() and not node.id.isupper()


def written_outside(root):
    """Rows written anywhere but in portal/, where the two doors are."""
    return [
        f"{where(path, root, call)} .{name}("
        for path in python_files(root, *FACES, "wsgi", "config")
        for call, name in calls(path)
        if isinstance(call.func, ast.Attribute)
        and (name in WRITES or (name in WRITES_ON_A_CLASS and _is_class(call.func.value)))
    ]


def test_portal_does_not_print():
    assert prints(ROOT) == []


def test_only_wording_marks_text_as_safe():
    assert marked_safe(ROOT) == []


def test_faces_load_through_visible_to():
    assert loaded_past_the_scope(ROOT) == []


def test_faces_write_nothing_themselves():
    assert written_outside(ROOT) == []


def test_the_style_sees_each_fault(tmp_path):
    root = write(
        tmp_path,
        {
            "portal/a.py": "print(1)\n",
            "portal/serving.py": "print(1)\n",
            "portal/web/wording.py": "from markupsafe import Markup\n",
            "staff/orders.py": "from markupsafe import Markup\nOrder.get_by_id(1)\norder.save()\n"
            "Order.update(x=1).execute()\nFOUND.update(x)\nquery.update(y)\n",
        },
    )
    assert prints(root) == ["portal/a.py:1"]
    assert marked_safe(root) == ["staff/orders.py:1"]
    assert loaded_past_the_scope(root) == ["staff/orders.py:2 .get_by_id("]
    assert [problem.split(" ")[1] for problem in written_outside(root)] == [".save(", ".execute(", ".update("]
