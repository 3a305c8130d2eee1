"""Secrets: none stands in the tree or its history, and the one of the shop changes without signing anybody out
(BATTERY J3).
"""

import math
import re
import subprocess
from collections import Counter
from dataclasses import replace

import pytest
from itsdangerous import BadSignature

import wsgi
from portal.people import attempts, keys, links, proofs
from tests.apps import Client, settings_for
from tests.battery.shops import ROOT

OLD, NEW = "the secret of yesterday, drawn by chance", "another one for today, also drawn by chance"
KNOWN = {  # what secrets of others look like
    "key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "token of GitHub": r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{40,})",
    "token of GitLab": r"\bglpat-[0-9A-Za-z_-]{20}",
    "token of Slack": r"\bxox[abprs]-[0-9A-Za-z-]{10,}",
    "key of Stripe": r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{20,}",
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\n[A-Za-z0-9+/=]{30}",
    "web token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "hash of a password": r"\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}",
    "link of a letter": r"/(?:link|recover|invitation|do|sign-up)/[1-9]\d*\.[A-Za-z0-9_-]{43}\b",
}
DRAWN = re.compile(r"""["'=:\s]([A-Za-z0-9+/_-]{32,}={0,2})["'\s]""")
LOCKED = re.compile(r"--hash=sha256:[0-9a-f]{64}")  # of the packages: public by nature
LEAST_BITS = 4.6  # a letter: words of any language stay below, what is drawn from 64 letters comes close to 6
NOT_TEXT = (".png", ".ttf", ".woff2", ".gz", ".mo", ".ico", ".pdf", ".jpg", ".webp")


def bits(text):
    """Entropy of a letter: bits("aaaa") == 0, bits("abcd") == 2."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)


def secrets_in(text):
    """[(what it is, the beginning of it)] of what must not stand in a public file."""
    text = LOCKED.sub("", text)
    found = [(what, match[0][:24]) for what, pattern in KNOWN.items() for match in re.finditer(pattern, text)]
    drawn = (match[1] for match in DRAWN.finditer(text))
    return found + [("drawn by chance", one[:24]) for one in drawn if _is_drawn(one)]


def _is_drawn(text):
    is_mixed = all(re.search(letters, text) for letters in ("[a-z]", "[A-Z]", "[0-9]"))
    return is_mixed and bits(text) >= LEAST_BITS


def asked_git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


@pytest.mark.row("J3")
@pytest.mark.one_database
def test_no_secret_stands_in_the_tree(figures):
    paths = [path for path in ROOT.rglob("*") if path.is_file() and path.suffix not in NOT_TEXT and _is_ours(path)]
    found = [
        (str(path.relative_to(ROOT)), *one) for path in paths for one in secrets_in(path.read_text(errors="replace"))
    ]
    figures(files=len(paths), secrets_in_the_tree=len(found))
    assert len(paths) > 500
    assert found == []


def _is_ours(path):
    """Whether it would be shipped: not what tools and a shop that runs here leave."""
    outer = path.relative_to(ROOT).parts[0]
    return outer not in (
        ".git",
        ".venv",
        "var",
        "build",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        "node_modules",
    )


@pytest.mark.row("J3")
@pytest.mark.night
@pytest.mark.one_database
def test_no_secret_ever_stood_in_the_history(figures):
    if not (ROOT / ".git").exists():
        pytest.skip("there is no history here")
    names = [
        line.split()[0] for line in asked_git("rev-list", "--objects", "--all").decode(errors="replace").splitlines()
    ]
    kinds = asked_git_batch("--batch-check", names).decode().splitlines()
    blobs = [line.split()[0] for line in kinds if " blob " in line and int(line.split()[2]) < 2_000_000]
    found = secrets_in(asked_git_batch("--batch", blobs).decode(errors="replace"))
    figures(objects=len(blobs), secrets_in_history=len(found))
    assert found == []


def asked_git_batch(how, names):
    given = "\n".join(names).encode()
    return subprocess.run(["git", "cat-file", how], cwd=ROOT, input=given, capture_output=True, check=True).stdout


@pytest.mark.row("J3")
@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ('key = "q9Zt4LmXv7RkB2sW' + 'd8FhY3nCpJ6uGaEe"', True),
        ("AKIA" + "ABCDEFGHIJKLMNOP", True),
        ('name = "test_a_link_opens_at_the_address_of_its_purpose_alone"', False),
        ("-----BEGIN " + "PRIVATE KEY-----\n" + "A" * 40, True),
    ],
)
def test_the_search_finds_what_it_is_for(text, is_found):
    assert bool(secrets_in(text)) is is_found


@pytest.mark.row("J3")
def test_another_secret_signs_nobody_out(world, database, tmp_path, figures):
    """Cookies, links, addresses in letters and known devices of before are good until the old secret is unset."""
    old = settings_for(database.url, tmp_path, secret=OLD)
    new = replace(old, secret=NEW, secret_before=OLD)
    alone = replace(old, secret=NEW)
    try:
        before = app_of(old)
        carol, ada = (before.test_client().sign_in(person) for person in (world.carol, world.ada))
        link = links.issue("sign_in", "customer", "carol@kitchen.example", login=world.logins["carol"])
        path, mark, proof = link.path, attempts.device_mark("customer carol@kitchen.example"), proofs.proof("x", "y")
        after = app_of(new)
        kept = {
            "customer": moved(carol, after).get("/orders").status_code == 200,
            "employee": moved(ada, after).get("/staff/accounts").status_code == 200,
            "link": after.test_client().get(path).status_code == 200,
            "device": attempts.counted_as("customer carol@kitchen.example", mark) != "customer carol@kitchen.example",
            "proof": proofs.holds(proof, "x", "y"),
        }
        with moved(carol, after) as client:
            resigned = client.get("/orders").headers.getlist("Set-Cookie")
        sealed = sealed_by(after, world)
        fresh = {"link": links.Link.get_by_id(link.id).path != path, "proof": proofs.proof("x", "y") != proof}
        last = app_of(alone)
        gone = {
            "customer": moved(carol, last).get("/orders").status_code == 303,
            "link": last.test_client().get(path).status_code == 404,
            "proof": not proofs.holds(proof, "x", "y"),
        }
        figures(kept=sum(kept.values()), of=len(kept), signed_anew=sum(fresh.values()), cookies=len(resigned))
        assert all(kept.values()), kept
        assert all(fresh.values()), fresh
        assert sealed == {"suki": [NEW], "suki-staff": [NEW]}
        assert all(gone.values()), gone
    finally:
        keys.hand_in("a secret of tests " * 2, "Aling Nena", is_test=True)


def sealed_by(app, world):
    """{name of a cookie: which secrets open it} of the cookies that this app gives out."""
    found = {}
    for person, page in ((world.carol, "/security/language"), (world.ada, "/staff/security/language")):
        client = app.test_client().sign_in(person)
        client.send(page.removesuffix("/language"), page, language="th")
        for cookie in client._cookies.values():
            found[cookie.key] = [secret for secret in (OLD, NEW) if _opens(app, secret, cookie.value)]
    return found


def _opens(app, secret, sealed):
    """Whether a cookie opens with this secret alone."""
    kept, app.secret_key, app.config["SECRET_KEY_FALLBACKS"] = app.secret_key, secret, []
    try:
        app.session_interface.get_signing_serializer(app).loads(sealed)
        return True
    except BadSignature:
        return False
    finally:
        app.secret_key, app.config["SECRET_KEY_FALLBACKS"] = kept, [OLD]


def app_of(settings):
    app = wsgi.create_app(settings)
    app.test_client_class = Client
    return app


def moved(client, app):
    """The same browser at another app: it holds its cookies."""
    other = app.test_client()
    other._cookies = dict(client._cookies)
    return other
