"""The forms that a person is shown on all pages he may open, once per verb and set of fields."""

import contextlib
from urllib.parse import urljoin, urlsplit

from portal.errors import NotFound
from portal.people import policy
from tests import routes
from tests.apps import Forms

PASSED_OVER = ("/sign-in", "/staff/sign-in", "/staff/patterns")  # patterns: forms that go nowhere
OWN = ("csrf_token", "form_key", "version")
MOST_FORMS = 3  # of one verb, as a page of a role has one for each noun: the same code reads them all


def pages_of(town, name, whose):
    """The address of every page that this person may open about records of a customer."""
    for rule, needs, method in routes.all_routes(town.app):
        actor = town.actor(name, rule)
        if method != "GET" or rule.defaults or rule.rule in PASSED_OVER or not policy.may(actor, needs.may):
            continue
        if needs.on is None:
            yield routes.address(rule, None)
            continue
        with contextlib.suppress(NotFound):
            visible = {row.id for row in needs.on.visible_to(actor)}
            own = [record for record in town.records[whose][needs.on] if record.id in visible]
            yield from (routes.address(rule, record) for record in own[-1:])


def forms_of(town, name, whose, client):
    """[(endpoint of the verb, action, page, form)] of each form that changes something; looked up once a session."""
    if (name, whose) not in town.forms:
        town.forms[name, whose] = list(_found(town, name, whose, client))
    return town.forms[name, whose]


def _found(town, name, whose, client):
    matched = town.app.url_map.bind("localhost")
    seen = {}
    for page in pages_of(town, name, whose):
        answer = client.get(page, buffered=True)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for form in Forms(answer.text).found:
            action = urljoin(page, form.action or "")
            if form.method != "post" or action.endswith(("sign-out", "switch", "sign-out-everywhere")):
                continue
            endpoint = matched.match(urlsplit(action).path, method="POST")[0]
            shapes = seen.setdefault(endpoint, set())
            shape = tuple(sorted(form.fields))
            if shape not in shapes and len(shapes) < MOST_FORMS:
                shapes.add(shape)
                yield endpoint, action, page, form
