"""How a name sounds: a code that spellings share, for Latin letters and, across scripts, for Thai ones."""

import re
from functools import lru_cache

# In this order; f/ph, c/k/q, z/s, y/i, b/v, j/h as Filipinos, Spaniards and English spell the same sound.
_SOUNDS = [
    (re.compile(pattern), to)
    for pattern, to in (
        ("^kn", "n"),
        ("^wr", "r"),
        ("^ps", "s"),
        ("^x", "s"),
        ("sch", "sk"),
        ("tch", "c"),
        ("ph", "f"),
        ("gh", "g"),
        ("ck", "k"),
        ("sh", "c"),
        ("ch", "c"),
        ("c(?=[eiy])", "s"),
        ("(?<![sc])c(?![eiyh])", "k"),
        ("q(u(?=[eiao]))?", "k"),
        ("x", "ks"),
        ("z", "s"),
        ("ñ|ny|ni(?=[ao])|gn", "n"),
        ("th", "t"),
        ("dh", "d"),
        ("bh", "b"),
        ("kh", "k"),
        ("v", "b"),
        ("w", "u"),
        ("ee|ea|ie|ei", "i"),
        ("oo|ou", "u"),
        ("y", "i"),
        ("ll", "l"),
        ("j", "h"),
        ("h", ""),
        ("e$", ""),
        ("e", "i"),
        ("o", "u"),
        (r"(.)\1+", r"\1"),
    )
]
_THAI_SOUNDS = {
    **dict.fromkeys("กขฃคฅฆ", "k"),
    "ง": "n",
    **dict.fromkeys("จฉชฌ", "c"),
    **dict.fromkeys("ซศษส", "s"),
    "ญ": "y",
    **dict.fromkeys("ฎดฏตฐฑฒถทธ", "t"),
    **dict.fromkeys("ณน", "n"),
    **dict.fromkeys("บปผพภ", "p"),
    **dict.fromkeys("ฝฟ", "p"),
    "ม": "m",
    "ย": "y",
    **dict.fromkeys("รลฬ", "n"),
    "ว": "w",
    "ห": "",
    "ฮ": "",
    "อ": "",
}
# Letters under the mark of silence, and an r at the end of a short syllable: ศักดิ์ is "sak", จักร "chak".
_SILENT = re.compile("(?:[ดตท]ร|(?<=ก)ษณ|[ก-ฮ])[ิีุู]?์|(?<=[ัิุ][ตทก])ร(?![ะ-ู])")
_ENDING = {"s": "t", "c": "t", "y": "", "w": ""}
_ROMAN = [
    (re.compile(pattern), to)
    for pattern, to in (
        ("[^a-z]", ""),
        ("(?<=[aeo])r(?=[tkpbdm])", ""),
        ("tch|ch|sh|j", "c"),
        ("ts", "s"),
        ("ng", "n"),
        ("ph|f|b", "p"),
        ("th|dh|d", "t"),
        ("kh|gh|g|q|k", "k"),
        ("ck", "k"),
        ("x", "ks"),
        ("z", "s"),
        ("v", "w"),
        ("[lr]", "n"),
        ("h", ""),
        ("[aeiou]+[yw]", "a"),
    )
]

_ROMANISED = [
    (re.compile(pattern), to)
    for pattern, to in (
        ("tch|ch|j", "c"),
        ("(?<=[ptk])h", ""),
        ("v", "w"),
        ("ee|ea|y|ey", "i"),
        ("oo|ou", "u"),
        ("aw|or(?![aeiou])", "o"),
        ("ae", "e"),
        ("g$", "k"),
        ("d$", "t"),
        ("l$", "n"),
        ("b$", "p"),
        (r"(.)\1+", r"\1"),
    )
]


@lru_cache(20_000)
def sound(word):
    """How a folded Latin word sounds: "cristina" and "kristina", "philip" and "felip" are the same."""
    for pattern, to in _SOUNDS:
        word = pattern.sub(to, word)
    return word


@lru_cache(20_000)
def romanised(word):
    """How a Thai name in Latin letters sounds: "phimchai" and "pimjai", "bunmi" and "boonmee" are the same."""
    for pattern, to in _ROMANISED:
        word = pattern.sub(to, word)
    return word


@lru_cache(20_000)
def skeleton(word):
    """The consonants that a Thai name and its Latin spellings share: "สมชาย" and "somchai" are "smc"."""
    code = _thai(word) if any("\u0e00" <= c <= "\u0e7f" for c in word) else _roman(word)
    return re.sub(r"(.)\1+", r"\1", code)


def _thai(word):
    word = _SILENT.sub("", word)
    word = re.sub("รร(?=[ก-ฮ])", "", word).replace("รร", "น")
    word = re.sub("^ทร|ทร(?=ัพ)", "ซ", word.replace("เพชร", "เพท")).replace("ฤ", "ร")
    word = re.sub("ญ(?![ะ-ู์])", "น", word)
    word = re.sub("สร(?=[ั-ูเ-ไาะ])", "ส", word)
    word = re.sub("ียร(?=ต)", "ีย", word)
    codes = [_THAI_SOUNDS[c] for c in word if c in _THAI_SOUNDS]
    return _closed("".join(codes))


def _roman(word):
    for pattern, to in _ROMAN:
        word = pattern.sub(to, word)
    start = word[:1] if word[:1] in "yw" else ""
    return _closed(start + "".join(c for c in word[len(start) :] if c not in "aeiou"))


def _closed(code):
    """The code with the end of the word as Thai says it, and half-vowels inside dropped."""
    code = code[:1] + re.sub("[yw]", "", code[1:])
    return code[:-1] + _ENDING.get(code[-1], code[-1]) if len(code) > 1 else code
