"""Pasted lists: lines like "RICE 5" or "5 sinandomeng" read into what is wanted."""

import re
from typing import NamedTuple

from portal import search, values
from portal.sales.catalogue import Product, code_key
from portal.sales.quotes import Wanted

MOST_LINES = 500
MOST_NAMES = 20  # lines that need a search of their own
CHOICES_SHOWN = 3
_COUNT = r"(?P<count>\d[\d,]*)"
_CODE_FIRST = re.compile(rf"(?P<what>.*?\S)[\s,;:=×*]+(?:x\s*)?{_COUNT}\s*(?:pcs?|x)?\.?", re.IGNORECASE)
_COUNT_FIRST = re.compile(rf"{_COUNT}\s*(?:[x×*,;:]\s*|pcs?\.?\s+|\s)\s*(?P<what>\S.*)", re.IGNORECASE)


class Read(NamedTuple):
    """What a list says: `wanted` in its order, and [(line, message id, parameters)] of what could not be read.

    `rest` are the lines of a list that is too long, after the one that says so.
    """

    wanted: list
    unread: list
    rest: list


def read(text, by):
    """Read a list against the catalogue that this person sees: a code or a name, with a number before or after it.

    "BIG-25 6", "6 x BIG-25", "BIG-25" (one) and "6 sinandomeng" are understood; a name must fit one product only.
    Costs one query for all codes and one for each line that goes by name, of which it reads at most 20.
    """
    lines = [line for line in map(values.one_line, values.paragraphs(text, 100_000).split("\n")) if line]
    guesses = [(line, _guesses(line)) for line in lines[:MOST_LINES]]
    known = _known({code_key(what) for _, pairs in guesses for what, _ in pairs}, by)
    wanted, unread, names = [], [(line, "list-too-long", {"most": MOST_LINES}) for line in lines[MOST_LINES:][:1]], 0
    for line, pairs in guesses:
        sure = next(((known[code_key(what)], count) for what, count in pairs if code_key(what) in known), None)
        if sure is None:
            names += 1
            sure = _by_name(pairs, by) if names <= MOST_NAMES else ("list-unknown", {})
        if isinstance(sure[0], Product):
            wanted.append(Wanted(sure[0].code, sure[1]))
        else:
            unread.append((line, *sure))
    return Read(wanted, unread, lines[MOST_LINES + 1 :])


def _guesses(line):
    """[(what, count)] that a line may mean, the likelier first."""
    found = [
        (match["what"], match["count"])
        for match in (_CODE_FIRST.fullmatch(line), _COUNT_FIRST.fullmatch(line))
        if match
    ]
    return [*found, (line, "1")]


def _known(keys, by):
    rows = Product.visible_to(by).where(Product.code_key.in_(keys - {""}))
    return {product.code_key: product for product in rows}


def _by_name(pairs, by):
    """(product, count), or (message id, parameters): the words with the number taken off name one product."""
    pairs = [pair for pair in pairs if any(map(str.isalpha, pair[0]))][-2:]
    for what, count in sorted(pairs, key=lambda pair: len(pair[0])):
        found = list(
            Product.visible_to(by).where(Product.id.in_(search.matches("product", what))).limit(CHOICES_SHOWN + 1)
        )
        if len(found) == 1:
            return found[0], count
        if found:
            names = ", ".join(product.name for product in found[:CHOICES_SHOWN])
            return "list-ambiguous", {"names": names}
    return "list-unknown", {}
