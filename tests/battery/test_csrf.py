"""No form counts that this browser was not given: whatever changes something, sent without its token (BATTERY E4)."""

import pytest

from portal.people import policy
from tests import routes
from tests.battery.town import PEOPLE
from tests.traces import Watch

FOREIGN = "ImZvcmVpZ24i.aaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaa"  # shaped as ours are
TEXT = {"content_type": "text/plain"}
PART = {True: 3_000, False: 300}
NO_FORMS = ("as plain text", "as JSON")


def tries(others):
    """{what: how the form is sent}; `others` is the token of somebody else's browser."""
    by_other_site = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    return {
        "no token": {},
        "an empty one": {"data": {"csrf_token": ""}},
        "a foreign one": {"data": {"csrf_token": FOREIGN}},
        "somebody else's": {"data": {"csrf_token": others}},
        "two": {"data": {"csrf_token": [others, FOREIGN]}},
        "in brackets": {"data": {"csrf_token[]": others}},
        "in the address": {"query_string": {"csrf_token": others}},
        "somebody else's in a header": {"headers": {"X-CSRFToken": others}},
        "from another site": {"headers": by_other_site},
        "from a sister site": {"headers": {"Sec-Fetch-Site": "same-site"}},
        "as plain text": {"data": f"csrf_token={others}", **TEXT},
        "as JSON": {"json": {"csrf_token": others}},
        "another method in a header": {"headers": {"X-HTTP-Method-Override": "GET"}},
    }


def senders(town):
    """(route, somebody who may send it) of each route that changes something; strangers' pages know no browser."""
    for rule, needs, method in routes.all_routes(town.app):
        if method != "POST" or rule.endpoint.startswith("public."):
            continue
        records = town.records["carol"][needs.on] if needs.on else [None]
        for name in PEOPLE:
            actor = town.actor(name, rule)
            if policy.may(actor, needs.may) and (not needs.on or needs.on.visible_to(actor).exists()):
                yield routes.address(rule, records[-1]), name
                break


@pytest.mark.row("E4")
def test_no_form_is_taken_without_the_token_of_this_browser(town, figures, rng, sized):
    town.app.config["WTF_CSRF_ENABLED"] = True
    clients = {name: town.client(name) for name in PEOPLE}
    # One token for each face of another browser: whoever may send, it is not his.
    others = town.client("tess").form("/wishes").fields["csrf_token"]
    watch, wrong = Watch(), []
    sent = [(address, name, *one) for address, name in senders(town) for one in tries(others).items()]
    chosen = rng.sample(sent, min(len(sent), sized(gate=PART[watch.is_sqlite], night=10**6)))
    for address, name, what, given in chosen:
        answer = clients[name].post(address, buffered=True, **given)
        left = watch.changed()
        expected = 400 if what not in NO_FORMS else 415
        if answer.status_code != expected or left:
            wrong.append(f"{address} as {name}, {what}: {answer.status_code}, changed {left}")
    town.app.config["WTF_CSRF_ENABLED"] = False
    figures(routes=len(sent) // len(tries("")), tries=len(chosen), taken=len(wrong))
    assert not (wrong := wrong + watch.changed_at_last()), "\n".join(wrong[:30])
    watch.close()
