"""A form for each route that changes something: found on a page of its record, and filled in as a person might."""

from datetime import timedelta
from types import SimpleNamespace

from portal import values
from tests import routes
from tests.apps import VOID, Forms
from tests.routes import NONSENSE

PEOPLE = ("carol", "mona", "ada", "rhea", "nobody")
TYPED = (  # by what a field is called; the first that fits
    ("email", "nena@abad.example"),
    ("phone", "+639175550177"),
    ("website", "https://kitchen.example"),
    ("quantity", "1"),
    ("percent", "5"),
    ("price", "12.50"),
    ("amount", "12.50"),
    ("minor", "12.50"),
    ("days", "3"),
    ("hours", "3"),
    ("count", "3"),
    ("year", "2026"),
    ("time", "10:00"),
    ("postal", "1121"),
)
BY_KIND = {"email": "nena@abad.example", "tel": "+639175550177", "url": "https://kitchen.example", "number": "1"}


class Inputs(Forms):
    """The forms of a page with what each field takes: `inputs` {name: (kind, choices, is required)}."""

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        a = dict(attrs)
        if tag == "form":
            self.found[-1].inputs = {}
        if not self.found or "disabled" in a or (tag == "input" and a.get("type") in VOID - {"file"}):
            return
        if tag in ("input", "textarea", "select") and a.get("name"):
            kind = a.get("type", "text") if tag == "input" else tag
            is_needed = "required" in a
            self.found[-1].inputs.setdefault(a["name"], (kind, [], is_needed))
            if kind in ("radio", "checkbox"):
                self.found[-1].inputs[a["name"]][1].append(a.get("value", "on"))
        elif tag == "option" and self.select:
            self.found[-1].inputs[self.select.name][1].append(a.get("value", ""))


def forms_of(app, world, rule, needs, most_pages=3):
    """[(client, form)] that lead to a route, each with its own way of being filled in; [] where none was found."""
    record = routes.sample(needs, world)
    action = routes.address(rule, record)
    for name in PEOPLE:
        if routes.expectation(routes.person(world, name, rule), needs, record) != "allowed":
            continue
        client = app.test_client() if name == "nobody" else app.test_client().sign_in(getattr(world, name))
        for page in _pages(app, rule, record)[:most_pages]:
            shown = client.get(page)
            for form in Inputs(shown.text).found if shown.mimetype == "text/html" else ():
                if form.method == "post" and _leads(form.action or page, rule, action):
                    form.action = form.action or page
                    return [(client, filled) for filled in _fillings(form)]
        return []
    return []


def _leads(to, rule, action):
    """Whether a form goes to this route, about this record: what stands behind its number may differ."""
    parts = zip(to.partition("?")[0].split("/"), action.split("/"), rule.rule.split("/"), strict=False)
    is_as_long = to.count("/") == action.count("/")
    return is_as_long and all(one == other or (name[:1] == "<" and other == NONSENSE) for one, other, name in parts)


def _pages(app, rule, record):
    """Addresses of pages on which the form may stand: that of the route itself, then shorter and shorter ones."""
    parts, found = rule.rule.split("/"), []
    pages = {other.rule: other for other, _, method in routes.all_routes(app) if method == "GET"}
    for length in range(len(parts), 0, -1):
        other = pages.get("/".join(parts[:length]) or "/")
        if other is not None and len(other.arguments) <= 1:
            found.append(routes.address(other, record))
    return found


def _fillings(form):
    """The form filled in wholly with words, then with figures, only where it must be, and as it stands."""
    made = []
    for word, only_needed in (("Rice", False), ("1", False), ("Rice", True), (None, True)):
        fields = dict(form.fields)
        for name, (kind, choices, is_needed) in form.inputs.items():
            if word and not fields.get(name) and (is_needed or not only_needed):
                fields |= _typed(name, kind, choices, word)
        if fields not in [other.fields for other in made]:
            made.append(SimpleNamespace(action=form.action, fields=fields))
    return made


def _typed(name, kind, choices, word):
    """{name: what somebody types there}, {} where it is not for typing."""
    if kind in ("hidden", "password"):
        return {}
    if kind == "file":
        return {name: b"Two sacks were wet."}
    if choices:
        return {name: choice for choice in choices[:2] if choice}
    if kind == "date" or name.endswith(("_on", "_from", "_until", "day")):
        return {name: (values.shop_day() + timedelta(days=3)).isoformat()}
    return {name: next((text for part, text in TYPED if part in name.lower()), BY_KIND.get(kind, word))}


# What is cut off in the middle says so on its page, and another press goes on where it stood.
IN_PORTIONS = ("staff.bank_statement_take",)


def verbs_of(app):
    """[(rule, needs)] of every route whose change is one, in the order of their addresses."""
    found = [(rule, needs) for rule, needs, method in routes.all_routes(app) if method == "POST"]
    found = [(rule, needs) for rule, needs in found if rule.endpoint not in IN_PORTIONS]
    return sorted(found, key=lambda pair: pair[0].rule)
