"""Passwords: what may be one, how it is kept, and equal work for addresses we know and those we do not."""

import base64
import re
import secrets
from functools import cache
from itertools import product
from pathlib import Path

import argon2

from portal.errors import Invalid

SHORTEST, LONGEST = 12, 1000
# argon2id. OWASP's floor is 19 MiB and 2 passes; 5 passes take 60–70 ms on one core of a small server.
MEMORY_KIB, PASSES, LANES = 19_456, 5, 1
OWN_PART = 5  # so many characters must remain once common words, rows of keys and the person's own names are gone
PLAIN = 8  # common words with figures or marks are recognised inside a password from so many characters on
KEY_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfv",
)
DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")  # figures and marks around a word
YEAR = re.compile(r"(19|20)\d\d")
LOOKALIKES = str.maketrans("@4831!0$57", "aabeiiosst")
COMMON = Path(__file__).with_name("common_passwords.txt")

_hasher = argon2.PasswordHasher(PASSES, MEMORY_KIB, LANES, type=argon2.Type.ID)
_shop_words = ()


def configure(*, memory_kib=MEMORY_KIB, passes=PASSES, shop_words=()):
    """Set the cost of a hash (only tests go below the defaults) and the shop's names, which no password may be."""
    global _hasher, _shop_words
    _hasher = argon2.PasswordHasher(passes, memory_kib, LANES, type=argon2.Type.ID)
    _shop_words = tuple(shop_words)


def scramble(password):
    """The argon2id hash to keep, of the password exactly as it was typed."""
    return _hasher.hash(_bytes(password))


def verify(kept, password):
    """Whether `password` made the hash `kept`. Without a hash the work is the same and the answer no."""
    try:
        return _hasher.verify(kept or _decoy(), _bytes(password)) and kept is not None
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def is_outdated(kept):
    """Whether the hash was made with other parameters than today's: it is made anew at the next sign-in."""
    return _hasher.check_needs_rehash(kept)


def check(password, about=(), field="password"):
    """Refuse a password that others would guess; `about` are the person's own texts: name, e-mail address.

    12 to 1,000 characters of any script, kept unchanged; no classes of characters are asked for (NIST SP 800-63B).
    Raises Invalid on `field`: password-too-short, password-too-long, password-too-common, password-too-close.
    """
    password = password or ""  # the field was left out
    if len(password) < SHORTEST:
        raise Invalid(**{field: ("password-too-short", {"shortest": SHORTEST})})
    if len(password) > LONGEST:
        raise Invalid(**{field: ("password-too-long", {"longest": LONGEST})})
    folded = password.casefold()
    bare = DECORATION.sub("", folded)
    is_common = folded in _common()[0] or (len(bare) >= SHORTEST and bare in _common()[0])
    if is_common or _is_monotonous(folded) or _is_frequent(folded) or _own_part(folded) < OWN_PART:
        raise Invalid(**{field: "password-too-common"})
    if _own_part(folded, _words((*about, *_shop_words))) < OWN_PART:
        raise Invalid(**{field: "password-too-close"})


def _bytes(password):
    return (password or "").encode("utf-8", "surrogatepass")


def _decoy():
    """A well-formed hash that no password has made; checking against it costs what checking a real one costs."""
    salt, made = (base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (16, 32))
    return f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={LANES}${salt}${made}"


@cache
def _common():
    """(whole passwords, words that passwords are glued from), the words longest first."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    entries = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    pieces = {entry for entry in entries if entry.isalpha() or len(entry) >= PLAIN}
    return frozenset(entries), tuple(sorted(pieces, key=len, reverse=True))


@cache
def _frequent():
    """(the 30,000 passwords that were found most often where passwords were stolen, how long the longest is)."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # slow import: 30 ms and 14 MB, for who chooses a password

    found = frozenset(FREQUENCY_LISTS["passwords"])
    return found, max(map(len, found))


def _is_frequent(text):
    """Whether it is one of them as it is, over and over, or with no more around it than anybody would put there.

    _is_frequent("blink182!2026") and _is_frequent("polniypizdec0211"), but not _is_frequent("blink182 and 7 more").
    """
    frequent, longest = _frequent()
    if any(text[:size] in frequent and _repeats(text, size) for size in range(1, len(text) + 1)):
        return True
    letters = [at for at, one in enumerate(text) if one.isalpha()] or [0]
    first, last = letters[0], letters[-1] + 1
    starts, ends = range(max(0, last - longest), first + 1), range(last, min(len(text), first + longest) + 1)
    for start, end in product(starts, ends):
        is_one = frequent & {text[start:end], text[start:end].translate(LOOKALIKES)}
        if is_one and _unguessed(f"{text[:start]} {text[end:]}") < OWN_PART:
            return True
    return False


def _words(texts):
    """The words of names and addresses that are long enough to be recognised, longest first."""
    found = {word for text in texts for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= 3}
    found |= {text.casefold().partition("@")[0] for text in texts if len(text) >= 3}
    return sorted(found, key=len, reverse=True)


def _is_monotonous(text):
    """A few characters, or a short unit over and over: aaaaaaaaaaaa, abc123abc123."""
    return len(set(text)) < 5 or any(_repeats(text, size) for size in range(1, 7))


def _repeats(text, size):
    """Whether its first characters come over and over: _repeats("abc123abc1", 6)."""
    return text == (text[:size] * len(text))[: len(text)]


def _own_part(text, words=()):
    """How many characters remain once everything guessable is taken out.

    _own_part("p@ssword2024!!") == 2: the word and the year go, the two marks remain.
    """
    kept = text
    for word in (*words, *_common()[1]):
        for match in re.finditer(re.escape(word), kept.translate(LOOKALIKES)):
            kept = kept[: match.start()] + " " * len(word) + kept[match.end() :]
        kept = kept.replace(word, " " * len(word))
    return _unguessed(kept)


def _unguessed(text):
    """How many characters are neither blanks nor years nor runs."""
    return len("".join(_without_runs(YEAR.sub(" ", text)).split()))


def _without_runs(text):
    """Take out what fingers type by themselves: 1234, dcba, aaaa and four or more keys of a row."""
    kept, at = [], 0
    while at < len(text):
        length = max(_run_length(text, at), _row_length(text, at))
        if length >= 4:
            kept.append(" ")
            at += length
        else:
            kept.append(text[at])
            at += 1
    return "".join(kept)


def _run_length(text, at):
    steps = [ord(b) - ord(a) for a, b in zip(text[at:], text[at + 1 :], strict=False)]
    if not steps or steps[0] not in (-1, 0, 1):
        return 1
    same = next((n for n, step in enumerate(steps) if step != steps[0]), len(steps))
    return same + 1


def _row_length(text, at):
    rows = [row for one in KEY_ROWS for row in (one, one[::-1])]
    fits = (n for n in range(min(len(text) - at, 28), 3, -1) if any(text[at : at + n] in row for row in rows))
    return next(fits, 1)
