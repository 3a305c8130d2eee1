"""Every address of the app with a record in it, for the access matrix, the accessibility crawl and the headers."""

from types import SimpleNamespace

from portal.people import policy
from portal.values import ANONYMOUS
from tests import samples
from tests.traces import dbhash as dbhash

PEOPLE = ("nobody", "carol", "cora", "dave", "rhea", "mona", "owen", "ada")
NONSENSE = "nonsense"


def all_routes(app):
    """[(rule, needs, method)] of everything but static files, in the order of the map."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            needs = SimpleNamespace(**app.view_functions[rule.endpoint].needs)
            needs.method = "POST" if "POST" in rule.methods else "GET"
            found.append((rule, needs, needs.method))
    return found


def address(rule, record):
    """The rule's address about `record`; arguments that are no record's number get nonsense."""
    arguments = {}
    names = [a for a in rule.arguments if a not in (rule.defaults or {})]
    for position, name in enumerate(sorted(names, key=rule.rule.index)):
        arguments[name] = record.number if record is not None and position == 0 else NONSENSE
    return rule.build(arguments, append_unknown=False)[1]


def sample(needs, world):
    """The record this route is about: one of Carol's, or of the shop where it belongs to no customer."""
    return samples.make(needs.on, world) if needs.on is not None else None


def person(world, name, rule):
    """The actor as the rule's face sees him: somebody of the other face is nobody here."""
    if name == "nobody":
        return ANONYMOUS
    actor = getattr(world, name)
    return actor if actor.is_staff == rule.rule.startswith("/staff") else ANONYMOUS


def expectation(actor, needs, record):
    """What must come of it: "denied", "missing" or "allowed"; from the declaration alone."""
    if not policy.may(actor, needs.may):
        return "denied"
    if record is not None:
        if not needs.on.visible_to(actor).where(needs.on.id == record.id).exists():
            return "missing"
        if not policy.may(actor, needs.may, record):
            return "denied"
    return "allowed"
