"""Templates declare what they need, hold no script or style of their own, and every change is a form with a key."""

import re
from html.parser import HTMLParser

import jinja2
from jinja2 import meta

from portal.web.speech import FILTERS
from tests.gates.tree import ROOT, is_piece, markup, templates, where, write

NEEDS = re.compile(r"\{# needs: ([\w, ]+) #\}$")
# What every template may use without declaring it: Jinja's, Flask's, and what portal/web/speech.py gives to all.
GLOBALS = {
    "range", "dict", "cycler", "joiner", "namespace", "caller", "varargs", "kwargs", "self", "super", "loop",
    "_", "gettext", "ngettext", "pgettext", "npgettext", "url_for",
    "static", "term", "message", "language_url", "place", "csrf_token", "languages",
    "actor", "face", "lang", "shop", "nav", "current", "memberships", "may", "flashes", "is_demo",
}  # fmt: skip
FORM = re.compile(r"<form\b[^>]*\bmethod\s*=\s*[\"']?post\b.*?</form>", re.IGNORECASE | re.DOTALL)
KEY = re.compile(r"\b(hidden|csrf)\(|\bcsrf_token\b")


def environment(root):
    """Jinja as the app sets it up."""
    made = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    made.filters |= dict.fromkeys((*FILTERS, "reads"), str)
    return made


def broken(root):
    """Templates that Jinja cannot compile (an unknown filter, say), or that name a template which is not there."""
    found, jinja = [], environment(root)
    for path in templates(root):
        name = str(path.relative_to(root / "templates"))
        try:
            jinja.compile(path.read_text(), name)
            named = meta.find_referenced_templates(jinja.parse(path.read_text()))
            gone = [other for other in named if other and not (root / "templates" / other).is_file()]
        except jinja2.TemplateSyntaxError as error:
            found.append(f"{where(path, root)}:{error.lineno} {error.message}")
        else:
            found += [f"{where(path, root)} names {other}, which is not there" for other in gone]
    return found


def undeclared(root):
    """Pieces whose first line does not name all that they use, or names what they do not use."""
    found, jinja = [], environment(root)
    for path in filter(is_piece, templates(root)):
        text = path.read_text()
        line = NEEDS.match(text.partition("\n")[0].strip())
        if not line:
            found.append(f"{where(path, root)}:1 starts without {{# needs: a, b #}} (or {{# needs: nothing #}})")
            continue
        declared = {name.strip() for name in line[1].split(",")} - {"nothing"}
        used = meta.find_undeclared_variables(jinja.parse(text))
        found += [
            f"{where(path, root)} uses {name}: name it on line 1" + (" or import ui.html" if name == "ui" else "")
            for name in sorted(used - declared - GLOBALS)
        ]
        if not re.search(r"\{%-?\s*(include|extends)\b", text):  # an included piece may be what needs it
            found += [f"{where(path, root)} declares {name} and does not use it" for name in sorted(declared - used)]
    return found


class _Tags(HTMLParser):
    def __init__(self, may_style):
        super().__init__()
        self.may_style = may_style
        self.faults = []

    def note(self, what):
        self.faults.append((self.getpos()[0], what))

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "script" and "src" not in names:
            self.note("a script in the page")
        if not self.may_style and (tag == "style" or "style" in names):
            self.note("a style in the page")
        for name, value in attrs:
            if re.match(r"on[a-z]+$|hx-on", name):
                self.note(f"the handler {name}")
            if (value or "").strip().lower().startswith(("javascript:", "data:text")):
                self.note(f"{name}={value[:20]}")
            if name.startswith("hx-vals") and (value or "").startswith("js:"):
                self.note("hx-vals with script")


def inline_parts(root):
    """Scripts, styles and handlers in templates (mails may have style attributes: they have no stylesheet)."""
    found = []
    for path in templates(root):
        tags = _Tags(may_style="mail" in path.relative_to(root).parts)
        tags.feed(markup(path.read_text()))
        found += [f"{where(path, root)}:{line} holds {what}" for line, what in tags.faults]
        found += [f"{where(path, root)} marks text as safe" for _ in re.findall(r"\|\s*safe\b", path.read_text())]
    return found


def forms_without_key(root):
    """Forms that change something and carry neither form key nor CSRF token."""
    return [
        f"{where(path, root)}:{text.count(chr(10), 0, form.start()) + 1} posts without ui.hidden(form)"
        for path in templates(root)
        for text in [path.read_text()]
        for form in FORM.finditer(text)
        if not KEY.search(form.group())
    ]


def test_templates_compile():
    assert broken(ROOT) == []


def test_pieces_declare_what_they_need():
    assert undeclared(ROOT) == []


def test_pages_hold_no_script_and_no_style():
    assert inline_parts(ROOT) == []


def test_forms_that_change_something_carry_a_key():
    assert forms_without_key(ROOT) == []


def test_the_template_gates_see_each_fault(tmp_path):
    write(
        tmp_path,
        {
            "templates/a.html": "{% if x %}",
            "templates/b.html": '{% include "gone.html" %}{{ now|day }}',
            "templates/g.html": "{{ now|day_of_the_dead }}",
            "templates/_c.html": "<p>{{ order }}</p>",
            "templates/_d.html": "{# needs: order, form #}\n{{ order.number }} {{ ui.icon('x') }} {{ _('a') }}",
            "templates/e.html": "<p style='x' onclick=\"{{ f('x') }}\">{{ x|safe }}</p>\n<script>1</script>",
            "templates/f.html": '<form method="post">{{ ui.hidden(form) }}</form><form method="post">\n</form>',
        },
    )
    assert [problem.split(" ")[0] for problem in broken(tmp_path)] == [
        "templates/a.html:1",
        "templates/b.html",
        "templates/g.html:1",
    ]
    (tmp_path / "templates/a.html").unlink()
    assert [problem.split(" ", 1)[1] for problem in undeclared(tmp_path)] == [
        "starts without {# needs: a, b #} (or {# needs: nothing #})",
        "uses ui: name it on line 1 or import ui.html",
        "declares form and does not use it",
    ]
    assert [problem.split(" ", 1)[1] for problem in inline_parts(tmp_path)] == [
        "holds a style in the page",
        "holds the handler onclick",
        "holds a script in the page",
        "marks text as safe",
    ]
    assert forms_without_key(tmp_path) == ["templates/f.html:1 posts without ui.hidden(form)"]
