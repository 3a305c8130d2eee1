"""Postal addresses: abbreviations written out, numbers apart from words, and compared."""

import re
from functools import lru_cache
from typing import NamedTuple

from portal.alike.aligning import alike
from portal.alike.repairing import is_thai, repaired, without_accents, words_in
from portal.alike.sounding import skeleton, sound
from portal.alike.spelling import unscanned

SAME, NEAR, NEIGHBOUR, FAR = 8, 4, -1, -2
_FULL = {
    word: full
    for full, words in {
        "street": "st str",
        "avenue": "ave av avn",
        "road": "rd",
        "boulevard": "blvd blvrd",
        "barangay": "brgy bgy bry brg bgry",
        "block": "blk bl",
        "lot": "lt",
        "phase": "ph phs",
        "subdivision": "subd subdiv sub",
        "village": "vill vlg",
        "building": "bldg bld",
        "floor": "flr fl",
        "room": "rm",
        "apartment": "apt aprt",
        "unit": "un",
        "compound": "cmpd comp",
        "extension": "ext extn",
        "highway": "hwy",
        "drive": "dr",
        "lane": "ln",
        "corner": "cor cnr",
        "saint": "st.",
        "santo": "sto",
        "santa": "sta",
        "poblacion": "pob",
        "province": "prov",
        "municipality": "mun",
        "city": "cty",
        "north": "n",
        "south": "s",
        "east": "e",
        "west": "w",
        "court": "ct",
        "place": "pl",
        "circle": "cir",
        "square": "sq",
        "center": "ctr centre",
        "general": "gen",
        "national": "natl",
        "purok": "prk",
        "ถนน": "ถ",
        "ซอย": "ซ",
        "ตำบล": "ต",
        "อำเภอ": "อ",
        "จังหวัด": "จ",
        "หมู่": "ม",
        "กรุงเทพมหานคร": "กทม กรุงเทพ กรุงเทพฯ bkk bangkok",
        "qc": "quezon",
        "metro": "mm ncr",
        "makati": "mkt",
    }.items()
    for word in words.split()
}
_NOISE = words_in(
    "street avenue road barangay block lot phase subdivision village building floor room apartment unit city no "
    "number province municipality metro manila philippines thailand house bahay corner near beside "
    "house the of ng sa at "
    "and ถนน ซอย ตำบล อำเภอ จังหวัด หมู่ แขวง เขต เลขที่ ph th usa us"
)
_THAI_MARKS = re.compile("(ถนน|ถ\\.|ซอย|ซ\\.|ตำบล|ต\\.|อำเภอ|อ\\.|จังหวัด|จ\\.|แขวง|เขต|หมู่ที่|หมู่|ม\\.|กทม\\.?|เลขที่)")
_SPLIT = re.compile(r"[\s,;:()\[\]#|\"'’.]+")


class Place(NamedTuple):
    """An address: the numbers in it, the words of its own, and how the post calls its place."""

    house: str
    numbers: frozenset
    words: frozenset
    postcode: str


@lru_cache(50_000)
def read(text):
    """The Place of an address in one line."""
    text = _THAI_MARKS.sub(r" \1 ", without_accents(repaired(text)).casefold())
    words = [_FULL.get(word, word) for word in _SPLIT.split(text.replace("-", " ").replace("/", " ")) if word]
    words = ["qc" if word == "quezon" else unscanned(word) for word in words]
    numbers = [word.lstrip("0") for word in words if word[:1].isdigit()]
    codes = [number for number in numbers if number.isdigit() and len(number) in (4, 5)]
    own = [word for word in words if not word[:1].isdigit() and word not in _NOISE and len(word) > 1]
    house = next((number for number in numbers if number != (codes[-1:] or [""])[0]), "")
    return Place(
        house, frozenset(n for n in numbers if n != (codes[-1:] or [""])[0]), frozenset(own), (codes[-1:] or [""])[0]
    )


def compare(one, other):
    """(bits, reason) over two places: same house, same street, elsewhere."""
    if not one.words or not other.words:
        return 0, ""
    short, long = sorted((one.words, other.words), key=len)
    shared = sum(1 for word in short if word in long or any(_is_one_word(word, its) for its in long))
    overlap = shared / len(short)
    if overlap < 0.34:
        return (FAR, "address-other") if not one.postcode or one.postcode != other.postcode else (-0.5, "")
    few = min(len(one.numbers), len(other.numbers))
    is_one = one.house in other.numbers or other.house in one.numbers
    is_house = few and is_one and 2 * len(one.numbers & other.numbers) >= few
    if overlap >= 0.5 and is_house:
        return SAME if overlap >= 0.6 else NEAR, "address-same"
    if one.house and other.house and not is_house:
        return NEIGHBOUR, ""
    if overlap >= 0.75:
        return (NEAR if shared > 1 else 1), "address-near"
    return (1, "address-near") if is_house else (0, "")


def _is_one_word(word, other):
    """Whether two words of addresses are one; that begin with another sound are not looked at."""
    return _start(word) == _start(other) and alike(word, other) not in (None, "initial")


@lru_cache(20_000)
def _start(word):
    return skeleton(word)[:1] if is_thai(word) else sound(word)[:1]
