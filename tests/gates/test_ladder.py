"""A module imports only what stands above it, so that a reader can learn the house from the top down."""

import ast

from tests.gates.tree import (
    FACES,
    ROOT,
    functions,
    imports,
    is_own,
    is_stdlib,
    name_of,
    parsed,
    python_files,
    where,
    write,
)

LADDER = [
    "portal.errors", "portal.values", "portal.folding", "portal.fields", "portal.levels", "portal.masking",
    "portal.memory", "portal.rows", "portal.read_only", "portal.troubles", "portal.store", "portal.asked",
    "portal.custom_kinds", "portal.custom", "portal.field_list", "portal.outbox", "portal.deeds", "portal.bin",
    "portal.commitments", "portal.audit",
    "portal.forgetting", "portal.worker", "portal.picture_work", "portal.pictures", "portal.files",
    "portal.asked_words",
    "portal.search_plans", "portal.custom_finding", "portal.search",
    "portal.custom_index", "portal.reindexing", "portal.erased", "portal.externals",
    "portal.alike",
    "portal.people", "portal.customers", "portal.activity", "portal.sales", "portal.service", "portal.insight",
    "portal.exchange", "portal.whole", "portal.migrations", "portal.web", "config",
    "portal.preflight", "portal.safekeeping", "portal.health", "portal.backup_verbs", "portal.usher",
    "portal.lending",
    "portal.serving",
    "portal.demo_articles", "portal.demo_bank", "portal.demo_cases", "portal.demo_custom", "portal.demo_deliveries",
    "portal.demo_demand", "portal.demo_duplicates", "portal.demo_goods", "portal.demo_imports",
    "portal.demo_interactions", "portal.demo_invoices", "portal.demo_journal", "portal.demo_kept_safe",
    "portal.demo_leads", "portal.demo_links", "portal.demo_mailbox", "portal.demo_notices", "portal.demo_papers",
    "portal.demo_people", "portal.demo_prices", "portal.demo_relations", "portal.demo_requests",
    "portal.demo_returns", "portal.demo_roles", "portal.demo_tasks", "portal.demo_views", "portal.demo_warranties",
    "portal.demo", "staff", "selfservice", "wsgi", "portal.__main__",
]  # fmt: skip
FLASK_ROOMS = ("portal/web/", "staff/", "selfservice/", "wsgi.py")
CODE = ("portal", *FACES, "wsgi", "config")


def step_of(module):
    """The step of the ladder a module belongs to: portal.sales.orders -> portal.sales."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "portal" else parts[0]


def off_the_ladder(root):
    """Modules that have no step: a new area or ground module is put on the list knowingly."""
    steps = {(step_of(name_of(path, root)), path) for path in python_files(root, *CODE)}
    return sorted(f"{where(p, root)} has no place in LADDER" for s, p in steps if s not in (*LADDER, "portal"))


def downward(root):
    """Imports that reach for something further down the ladder."""
    found = []
    for path in python_files(root, *CODE):
        here = step_of(name_of(path, root))
        if here not in LADDER:
            continue
        for node, module in imports(path, root):
            there = step_of(module)
            if there in FACES and here in FACES:
                continue  # face_leaks reports it
            if is_own(module) and there in LADDER and LADDER.index(there) > LADDER.index(here):
                found.append(f"{where(path, root, node)} imports {module}, which stands below {here}")
    return found


def face_leaks(root):
    """A face imports portal and itself, nothing else of ours."""
    found = []
    for face in FACES:
        for path in python_files(root, face):
            for node, module in imports(path, root):
                if is_own(module) and module.split(".")[0] not in ("portal", face):
                    found.append(f"{where(path, root, node)} imports {module}")
    return found


def _graph(root):
    """module -> the own modules it imports."""
    names = {name_of(path, root): path for path in python_files(root, *CODE)}
    return {name: {m for _, m in imports(path, root) if m in names and m != name} for name, path in names.items()}


def cycles(root):
    """Rings of modules that import each other, within an area too."""
    graph, rings, done = _graph(root), set(), set()

    def walk(name, trail):
        if name in trail:
            rings.add(tuple(sorted(trail[trail.index(name) :])))
        elif name not in done:
            for other in sorted(graph[name]):
                walk(other, [*trail, name])
            done.add(name)

    for name in sorted(graph):
        walk(name, [])
    return [" <-> ".join(ring) for ring in sorted(rings)]


def hidden_imports(root):
    """Imports inside functions: never our own, others only when slow and marked so."""
    found = set()
    for path in python_files(root, *CODE):
        lines = path.read_text().splitlines()
        for function in functions(path):
            for node, module in imports(path, root, ast.walk(function)):
                if is_own(module):
                    found.add(f"{where(path, root, node)} imports {module} inside a function")
                elif not is_stdlib(module) and "# slow import: " not in lines[node.lineno - 1]:
                    found.add(f"{where(path, root, node)} hides {module}; mark it `# slow import: N ms` or lift it")
    return sorted(found)


def flask_outside(root):
    """Flask is known in portal/web, the faces and wsgi.py only."""
    found = []
    for path in python_files(root, *CODE):
        inside = str(path.relative_to(root)).startswith(FLASK_ROOMS)
        for node, module in imports(path, root):
            top = module.split(".")[0]
            if not inside and (top in ("flask", "htmx_flask") or top.startswith("flask_")):
                found.append(f"{where(path, root, node)} imports {module}")
    return found


def without_opening(root):
    """Modules that do not say in one sentence what they own."""
    return [
        f"{where(path, root)} starts without a sentence about what it owns"
        for path in python_files(root, *CODE)
        if path.read_text().strip() and not ast.get_docstring(parsed(path)) and path.name != "__init__.py"
    ]


def test_every_module_has_its_place():
    assert off_the_ladder(ROOT) == []


def test_modules_import_only_upward():
    assert downward(ROOT) == []


def test_faces_import_only_portal():
    assert face_leaks(ROOT) == []


def test_no_modules_import_each_other():
    assert cycles(ROOT) == []


def test_no_import_hides_in_a_function():
    assert hidden_imports(ROOT) == []


def test_only_the_web_knows_flask():
    assert flask_outside(ROOT) == []


def test_modules_say_what_they_own():
    assert without_opening(ROOT) == []


def test_the_ladder_sees_each_fault(tmp_path):
    root = write(
        tmp_path,
        {
            "portal/store.py": "from portal.sales import orders\nimport flask_login\n",
            "portal/cellar.py": "",
            "portal/sales/orders.py": "from . import pricing\ndef f():\n    import portal.store\n    import numpy\n",
            "portal/sales/pricing.py": "from portal.sales.orders import X\n",
            "staff/orders.py": "import selfservice.orders\n",
            "selfservice/orders.py": '"""Customers\' orders."""\n',
        },
    )
    assert off_the_ladder(root) == ["portal/cellar.py has no place in LADDER"]
    assert downward(root) == ["portal/store.py:1 imports portal.sales.orders, which stands below portal.store"]
    assert face_leaks(root) == ["staff/orders.py:1 imports selfservice.orders"]
    assert cycles(root)[0].startswith("portal.sales.orders <-> portal.sales.pricing")
    assert [problem.split(" ")[1:3] for problem in hidden_imports(root)] == [
        ["imports", "portal.store"],
        ["hides", "numpy;"],
    ]
    assert flask_outside(root) == ["portal/store.py:2 imports flask_login"]
    assert len(without_opening(root)) == 4
