"""Links in letters: each opens one thing for one person once, and looking at it does nothing (BATTERY B8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import store, values
from portal.errors import Expired, NotFound
from portal.people import links, security, sign_in
from portal.people.links import LIFE, Link
from portal.people.logins import Login
from portal.people.sessions import Session
from portal.values import ANONYMOUS
from tests import make, routes
from tests.battery import mail_links

PASSWORD = "tsinelas sa ulan"
ODD = (
    "", " ", "%20", "%00", "%0a", "null", "None", "undefined", "[]", "{}", "0", "1", "-1", "1.", ".", "..", "%2e%2e",
    "true", "1." + "A" * 43, "0." + "A" * 43, "1." + "%00" * 43, "9" * 18 + "." + "A" * 43, "A" * 8000, "*", "%25",
)  # fmt: skip
MADE_UP = ("", " ", "\0", "null", "[]", None, "0", "1.", "1. ", "1.\0", "1." + " " * 43)


@pytest.fixture
def calm_app(app):
    app.testing = False
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def both(world):
    """{(name, purpose): live link}: one of every purpose for Carol, and one for Dave; there is one first admin."""
    made = {
        (name, key): link.id for name in ("carol", "dave") for key, link in mail_links.every_link(world, name).items()
    }
    found = {key: Link.get_by_id(number) for key, number in made.items()}
    return {key: link for key, link in found.items() if link.is_live(values.now())}


def state():
    """What a look must leave as it is."""
    used = list(Link.select(Link.id, Link.used_at, Link.outcome).order_by(Link.id).tuples())
    return routes.dbhash(), used, Session.select().count()


@pytest.mark.row("B8")
def test_a_link_opens_at_the_address_of_its_purpose_alone(calm_app, both, figures):
    assert {purpose for _, purpose in both} == set(LIFE), "a purpose without a link to try"
    client, wrong, cells = calm_app.test_client(), [], 0
    for (name, purpose), link in both.items():
        for kind in ("customer", "staff"):
            for other, path in mail_links.doors(kind).items():
                address = path.format(link.token)
                status = client.get(address).status_code
                expected = 200 if address == link.path else 404
                cells += 1
                if status != expected:
                    wrong.append(f"{purpose} of {name} at {address[:30]}: {status}")
    figures(links=len(both), cells=cells, deviations=len(wrong))
    assert wrong == []


@pytest.mark.row("B8")
def test_the_proof_of_one_link_opens_no_other(both, figures):
    tries, wrong = 0, []
    for mine in both.values():
        for other in both.values():
            if mine.id != other.id:
                tries += 1
                token = f"{other.id}.{mine.token.partition('.')[2]}"
                with pytest.raises(NotFound):
                    links.find(token, other.purpose, kind=other.kind)
    for field, text in (("email", "eve@evil.example"), ("purpose", "recover"), ("subject", "login:1"), ("epoch", 7)):
        for key, link in both.items():
            bent = Link(**link.__data__ | {field: text})
            if bent.token == link.token and getattr(link, field) != text:
                wrong.append(f"{key} is not bound to its {field}")
    figures(tries=tries, deviations=len(wrong))
    assert wrong == []


@pytest.mark.row("B8")
def test_a_look_uses_nothing_up_and_signs_nobody_in(calm_app, both, world, figures):
    """Mail programs and scanners open what they find, and so does a browser that fetches ahead."""
    looks, wrong = 0, []
    paths = [link.path for link in both.values()]
    paths += [mail_links.unsubscribing_of(login).path for login in world.logins.values()]
    before = state()
    for path in paths:
        for method, headers in (
            ("GET", {"User-Agent": "Mozilla/5.0 (compatible; MailScanner)"}), ("HEAD", {}), ("OPTIONS", {}),
            ("GET", {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}), ("GET", {"HX-Request": "true"}),
        ):  # fmt: skip
            client = calm_app.test_client()
            answer = client.open(path, method=method, headers=headers)
            looks += 1
            if answer.status_code != 200:
                wrong.append(f"{method} {path}: {answer.status_code}")
            if "no-store" not in answer.headers["Cache-Control"]:
                wrong.append(f"{path} may be kept")
    after = state()
    figures(
        links=len(paths),
        looks=looks,
        deviations=len(wrong),
        used=sum(a != b for a, b in zip(before, after, strict=True)),
    )
    assert wrong == []
    assert after == before


@pytest.mark.row("B8")
def test_odd_tokens_open_nothing(calm_app, both, figures):
    """With links in the table whose token was used up, and one whose purpose and subject are empty."""
    with store.writing():
        Link.update(used_at=values.now()).where(Link.id.bin_and(1) == 0).execute()
    client, wrong, tries = calm_app.test_client(), [], 0
    before = state()
    for rule, method in mail_links.token_routes(calm_app):
        for token in ODD:
            address = rule.rule.replace("<token>", token).replace("<slug>", "feast")
            answer = client.open(address, method=method, data={"password": PASSWORD} if method == "POST" else None)
            tries += 1
            if answer.status_code not in (404, 405, 308):
                wrong.append(f"{method} {address[:60]}: {answer.status_code}")
    for sent in (
        {"token": ""},
        {"token": " "},
        {"token": "\0"},
        {"token": ["", "1." + "A" * 43]},
        {"token[]": "1"},
        {},
    ):
        for face in ("", "/staff"):
            tries += 1
            status = client.post(f"{face}/link/again", data=sent).status_code
            if status not in (404, 422):
                wrong.append(f"{face}/link/again {sent}: {status}")
    for token in MADE_UP:
        for purpose in LIFE:
            tries += 1
            with pytest.raises(NotFound):
                links.find(token, purpose, kind="customer")
    figures(tries=tries, deviations=len(wrong))
    assert wrong == []
    assert state() == before


@pytest.mark.row("B8")
def test_a_link_is_over_at_its_moment_and_with_the_credential(both, figures):
    tries = 0
    for (_, purpose), link in both.items():
        about = {"kind": link.kind}
        assert links.find(link.token, purpose, now=link.expires_at - timedelta(seconds=1), **about) == link
        with pytest.raises(Expired):
            links.find(link.token, purpose, now=link.expires_at, **about)
        tries += 1
    assert {purpose: LIFE[purpose] for purpose in ("sign_in", "recover")} == dict.fromkeys(
        ("sign_in", "recover"), timedelta(minutes=30)
    )
    assert max(LIFE.values()) <= timedelta(days=14)
    for raised in ({"epoch": Login.epoch + 1}, {"epoch": Login.epoch - 1, "is_active": False}):
        with store.writing():
            Login.update(raised).execute()
        for link in both.values():
            if link.login_id is not None:
                tries += 1
                with pytest.raises(Expired):
                    links.find(link.token, link.purpose, kind=link.kind)
    figures(tries=tries)


@pytest.mark.row("B8")
def test_asking_for_a_link_changes_nothing_until_it_is_used(calm_app, world):
    with store.writing():
        Login.update(password_hash="kept").execute()
    calm_app.test_client().post("/recover", data={"email": "carol@kitchen.example"})
    login = Login.get_by_id(world.logins["carol"].id)
    assert (login.password_hash, login.epoch) == ("kept", 1)


@pytest.mark.row("B8")
@pytest.mark.parametrize("purpose", ["sign_in", "recover", "change_email"])
def test_of_a_hundred_who_use_a_link_one_does(postgres, purpose, figures):
    """A hundred tries, twenty-five at a time, each over a connection of its own."""
    world = make.world()
    link = links.issue(purpose, "customer", "carol@new.example", login=world.logins["carol"])
    use = {
        "sign_in": lambda found: sign_in.by_link(by=ANONYMOUS, link=found),
        "recover": lambda found: security.recover(by=ANONYMOUS, link=found, password=PASSWORD),
        "change_email": lambda found: security.confirm_email_change(by=ANONYMOUS, link=found),
    }[purpose]
    found = [links.find(link.token, purpose, kind="customer") for _ in range(100)]

    def one(mine):
        with store.connection():
            try:
                use(mine)
            except Expired:
                return 0
            return 1

    with ThreadPoolExecutor(25) as pool:
        passed = sum(pool.map(one, found))
    figures(**{f"{purpose}_passed_of_100": passed})
    assert passed == 1
    assert Session.select().count() == (0 if purpose == "change_email" else 1)
