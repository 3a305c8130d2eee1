"""A cache that several people share stands before the shop: nobody reads what was another’s (BATTERY E5)."""

import pytest

from tests import routes

BY_HEURISTICS = (
    200,
    203,
    204,
    300,
    301,
    308,
    404,
    405,
    410,
    414,
    501,
)  # RFC 9110, 15.1: may be kept when nothing is said
PAIRS = (("carol", "dave"), ("ada", "owen"))


class SharedCache:
    """The greediest that RFC 9111 allows: what may be kept at all is kept, and given to everybody."""

    def __init__(self):
        self.kept = {}

    def ask(self, client, address, **headers):
        """(answer, whether it came out of the cache)."""
        for wanted, answer in self.kept.get(address, ()):
            if all(headers.get(name, "") == text for name, text in wanted.items()):
                return answer, True
        answer = client.get(address, headers={k: v for k, v in headers.items() if k != "Cookie"}, buffered=True)
        if self.may_keep(answer):
            wanted = {
                name: headers.get(name, "")
                for name in answer.headers.get("Vary", "").replace(" ", "").split(",")
                if name
            }
            if "*" not in wanted:
                self.kept.setdefault(address, []).append((wanted, answer))
        return answer, False

    @staticmethod
    def may_keep(answer):
        told = answer.cache_control
        if told.no_store or told.private:
            return False
        is_told = told.public or told.max_age or told.s_maxage or answer.headers.get("Expires")
        return bool(is_told) or (answer.status_code in BY_HEURISTICS and not told.no_cache)


@pytest.mark.row("E5")
@pytest.mark.one_database
def test_two_people_behind_one_cache_share_no_body(app, world, figures):
    app.testing = False
    asked, shared, kept = 0, [], 0
    for pair in PAIRS:
        cache = SharedCache()
        for name in pair:
            client = app.test_client().sign_in(getattr(world, name))
            for rule, needs, method in routes.all_routes(app):
                is_theirs = rule.rule.startswith("/staff") == (name in PAIRS[1])
                if method != "GET" or not is_theirs or (name in PAIRS[1] and needs.on is not None):
                    continue
                address = routes.address(rule, None if needs.on is None else routes.sample(needs, world))
                asked += 1
                answer, is_from_cache = cache.ask(client, address, Cookie=name)
                shared += [address] if is_from_cache else []
        kept += len(cache.kept)
    figures(asked=asked, kept=kept, shared_bodies=len(shared))
    assert asked > 400
    assert (shared, kept) == ([], 0)


@pytest.mark.row("E5")
@pytest.mark.one_database
def test_the_cache_does_keep_what_is_for_everybody(app, world):
    """Else the test above would hold for a cache that keeps nothing."""
    cache, carol, dave = SharedCache(), app.test_client().sign_in(world.carol), app.test_client().sign_in(world.dave)
    address = "/static/suki.css?v=1"
    assert not cache.ask(carol, address, Cookie="carol")[1]
    assert cache.ask(dave, address, Cookie="dave")[1]
