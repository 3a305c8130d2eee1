"""What seals, draws and looks for: by well-known parts alone, never as what comes from outside says."""

import ast
import hashlib
import re

import pytest
from flask.sessions import session_json_serializer
from itsdangerous import NoneAlgorithm, Signer, URLSafeSerializer, URLSafeTimedSerializer

from portal.people import links, proofs
from tests.battery.test_dangerous_calls import ROOT, sources

# What the world reads, draws or seals with, by whatever name it could be imported.
CRYPTOGRAPHY = {
    "hashlib", "hmac", "secrets", "random", "ssl", "uuid", "crypt", "argon2", "itsdangerous", "Crypto", "Cryptodome",
    "cryptography", "nacl", "jwt", "jose", "joserfc", "authlib", "bcrypt", "passlib", "scrypt", "rsa", "ecdsa",
    "OpenSSL", "M2Crypto", "pyaes", "fernet", "md5", "sha",
}  # fmt: skip
USED = {"hashlib", "hmac", "secrets", "ssl", "argon2", "itsdangerous"}
CHANCE = {  # chance that guards nothing
    "portal/demo.py": "the invented shop",
    "portal/demo_invoices.py": "the invented shop",
    "portal/search_plans.py": "a sample of rows to measure",
}
DIGESTS = {"sha256", "blake2b", "file_digest", "new", "digest", "compare_digest"}
PATTERNS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
# Patterns that are handed over instead of standing there, and who wrote them.
WRITTEN_BY_US = {
    (
        "portal/alike/firm_names.py",
        "'(' + '|'.join(sorted(IN_THAI, key=len, ",
    ): "our list of words",
    ("portal/alike/sounding.py", "pattern"): "our tables of sounds",
    ("portal/customers/handles.py", "network.shape"): "our table of networks",
    ("portal/customers/postal.py", "f'[0-9]{{{form.postal_digits}}}'"): "our table of countries",
    ("portal/exchange/file_records.py", "pattern"): "our table of columns",
    ("portal/exchange/importing_values.py", "f'(?P<sign>[+-]?)[$€£¥₱฿]? ?(?P<whole>\\\\"): "one of two marks of ours",
    ("portal/sales/form_parts.py", "f'{letter}[1-9]\\\\d?'"): "one of two letters of ours",
    ("portal/sales/payment_codes.py", "pattern"): "two patterns in the calls",
}


def imported(tree):
    """The roots of what a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def algorithms(tree):
    """What is asked of hashlib and hmac, and the digests that are named."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("hashlib", "hmac")
        ):
            yield node.attr
        if isinstance(node, ast.ImportFrom) and node.module in ("hashlib", "hmac"):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "hmac.new",
            "hmac.digest",
            "hashlib.file_digest",
        ):
            yield from (
                one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )


@pytest.mark.row("J2")
@pytest.mark.one_database
def test_only_well_known_parts_seal_and_draw(figures):
    found, wrong, asked = set(), [], set()
    for path in sources():
        tree, name = ast.parse(path.read_text()), str(path.relative_to(ROOT))
        here = set(imported(tree)) & CRYPTOGRAPHY
        found |= here
        asked |= set(algorithms(tree))
        wrong += [f"{name}: {one}" for one in here - USED - ({"random"} if name in CHANCE else set())]
    figures(used=len(found), digests=len(asked), wrong=len(wrong))
    assert wrong == []
    assert found == USED | {"random"}
    assert asked - DIGESTS == set()


def is_ours(pattern):
    """Whether a pattern stands in the code as a whole: texts, constants of ours, and what was escaped."""
    if isinstance(pattern, ast.BinOp):
        return is_ours(pattern.left) and is_ours(pattern.right)
    if isinstance(pattern, ast.JoinedStr):
        return all(map(is_ours, pattern.values))
    if isinstance(pattern, ast.FormattedValue):
        return is_ours(pattern.value)
    if isinstance(pattern, ast.Call):
        return ast.unparse(pattern.func) == "re.escape"
    return isinstance(pattern, ast.Constant) or (isinstance(pattern, ast.Name) and pattern.id.isupper())


def handed_over(tree):
    """[the text of the code] of each pattern that is not ours as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            yield "from re import"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        whose = ast.unparse(node.func.value)
        if node.func.attr in ("regexp", "iregexp") or (whose == "re" and node.func.attr in PATTERNS):
            yield from [] if is_ours(node.args[0]) else [ast.unparse(node.args[0])[:40]]


@pytest.mark.row("C13")
@pytest.mark.one_database
def test_no_pattern_is_made_of_what_somebody_typed(figures):
    found, patterns = set(), 0
    for path in sources():
        tree = ast.parse(path.read_text())
        patterns += sum(ast.unparse(one).startswith("re.") for one in ast.walk(tree) if isinstance(one, ast.Call))
        found |= {(str(path.relative_to(ROOT)), text) for text in handed_over(tree)}
    figures(patterns=patterns, handed_over=len(found))
    assert found == set(WRITTEN_BY_US)


def test_a_pattern_of_typed_words_is_noticed():
    tree = ast.parse("re.search(text, page)\nre.compile(rf'{re.escape(word)}{_MARK}x')\nPost.title.regexp(asked)\n")
    assert list(handed_over(tree)) == ["text", "asked"]


def sealing(kind, secret, salt="cookie-session", **options):
    return kind(secret, salt=salt, serializer=session_json_serializer, signer_kwargs=options)


def forged(cookie, secret):
    """The same cookie as others would seal it: another digest, key, salt or kind of token, or none at all."""
    usual = {"key_derivation": "hmac", "digest_method": hashlib.sha1}
    held = sealing(URLSafeTimedSerializer, secret, **usual).loads(cookie)
    ways = [usual | {"digest_method": getattr(hashlib, name)} for name in ("md5", "sha256", "sha512")]
    ways += [usual | {"key_derivation": way} for way in ("concat", "django-concat", "none")]
    ways += [{"key_derivation": "hmac", "algorithm": NoneAlgorithm()}]
    for kind in (URLSafeTimedSerializer, URLSafeSerializer):
        yield from (sealing(kind, secret, **way).dumps(held) for way in ways)
        for key, salt in ((secret + "x", "cookie-session"), ("", "cookie-session"), (secret, "session")):
            yield sealing(kind, key, salt, **usual).dumps(held)
    body = cookie.rsplit(".", 1)[0]
    yield from (body, f"{body}.", Signer(secret, "x").sign(body).decode())
    for head in ("eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9"):  # as web tokens name their algorithm: none, HS256
        yield from (f"{head}.{body.split('.')[0]}.", f"{head}.{cookie}")


@pytest.mark.row("E3")
@pytest.mark.one_database
def test_nothing_says_by_itself_how_it_was_sealed(app, world, settings, figures):
    """Cookies of both faces, links and proofs: sealed in another way they are nobody's, even by our own secret."""
    opened, tried = [], 0
    for name, cookie, page in (("carol", "suki", "/orders"), ("ada", "suki-staff", "/staff/accounts")):
        client = app.test_client().sign_in(getattr(world, name))
        good = client.get_cookie(cookie, path="/").value
        for bad in forged(good, settings.secret):
            tried += 1
            answer = app.test_client(use_cookies=False).get(page, headers={"Cookie": f"{cookie}={bad}"})
            opened += [bad] if answer.status_code != 303 else []
        assert app.test_client(use_cookies=False).get(page, headers={"Cookie": f"{cookie}={good}"}).status_code == 200
    link = links.issue("sign_in", "customer", "carol@kitchen.example", login=world.logins["carol"])
    number, proof = link.token.split(".")
    ours = proofs.proof("a", "b")
    for bad in (
        proof[:-1],
        proof + "A",
        proof.upper(),
        "none",
        "HS256." + proof,
        hashlib.sha256(proof.encode()).hexdigest(),
    ):
        tried += 1
        opened += [bad] if app.test_client().get(link.path.replace(proof, bad)).status_code == 200 else []
    opened += [bad for bad in (ours[:-1], ours + "=", "sha1:" + ours, "") if proofs.holds(bad, "a", "b")]
    figures(forged=tried + 4, taken=len(opened))
    assert number == str(link.id) and re.fullmatch(r"[\w-]{43}", proof)
    assert opened == []
