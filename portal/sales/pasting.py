"""Pasted lists: lines like "RICE 5" or "5 sinandomeng" read into what is wanted."""

from typing import NamedTuple

from portal import search, values
from portal.sales import pasted_lines
from portal.sales.catalogue import Product, code_key
from portal.sales.pasted_lines import western
from portal.sales.quotes import Wanted
from portal.store import among

MOST_LINES = 500
MOST_LETTERS = 1_000_000
MOST_NAMES = 40  # lines that need a search of their own
CHOICES_SHOWN = 3


class Read(NamedTuple):
    """What a list says: `wanted` in its order, and [(line, message id, parameters)] of what could not be read.

    `rest` are the lines of a list that is too long, after the one that says so.
    """

    wanted: list
    unread: list
    rest: list


def read(text, by):
    """Read a list against the catalogue that this person sees: a code or a name, with a number before or after it.

    "BIG-25 6", "6 x BIG-25", "BIG-25" (one), "6 sinandomeng", rows of a spreadsheet with a heading or without are
    understood; a name must fit one product only. Costs one query for all codes and one for each line that goes by
    name, of which it reads at most 40.
    """
    lines = [line for line in values.paragraphs(text, MOST_LETTERS).split("\n") if line.strip()]
    unread = [(line, "list-too-long", {"most": MOST_LINES}) for line in lines[MOST_LINES:][:1]]
    rows = pasted_lines.read(lines[:MOST_LINES])
    known = _known({key for row in rows for meant in row.meanings for key in _keys(meant.what)}, by)
    wanted, names = [], 0
    for row in rows:
        sure = _by_code(row.meanings, known)
        if not row.meanings:
            sure = "list-line-long", {"most": pasted_lines.LONGEST_SAID}
        elif sure is None:
            names += 1
            sure = _by_name(row.meanings, by) if names <= MOST_NAMES else ("list-names-many", {"most": MOST_NAMES})
        if isinstance(sure[0], Product):
            wanted.append(Wanted(sure[0].code, sure[1]))
        else:
            unread.append((row.text, *sure))
    return Read(wanted, unread, lines[MOST_LINES + 1 :])


def _by_code(meanings, known):
    """(product, count) of the first meaning that is a code we know, else None."""
    pairs = ((known.get(key), meant.count) for meant in meanings for key in _keys(meant.what))
    return next((pair for pair in pairs if pair[0]), None)


def _keys(what):
    """How a code may be meant: as it stands, and with the digits of any script as our own."""
    return dict.fromkeys((code_key(what), code_key(western(what))))


def _known(keys, by):
    rows = Product.visible_to(by).where(among(Product.code_key, keys - {""}))
    return {product.code_key: product for product in rows}


def _by_name(meanings, by):
    """(product, count), or (message id, parameters): the words with the number taken off name one product."""
    named = [meant for meant in meanings if not meant.loose and any(map(str.isalpha, meant.what))]
    for meant in named[:2]:
        rows = Product.visible_to(by).where(Product.id.in_(search.matches("product", meant.what)))
        found = list(rows.limit(CHOICES_SHOWN + 1))
        if len(found) == 1:
            return found[0], meant.count
        if found:
            names = ", ".join(product.name for product in found[:CHOICES_SHOWN])
            return "list-ambiguous", {"names": names}
    said = min(named or meanings, key=lambda meant: len(meant.what))
    return "list-unknown", {"what": said.what, "pieces": said.count}
