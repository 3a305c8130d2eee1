"""Addresses of lists: what one asks for in its one readable spelling, and the addresses of its neighbours."""

from urllib.parse import parse_qsl, quote

from flask import request

LONGEST_QUERY = 200
LONGEST_COLUMNS = 600
PLACES = ("after", "before", "show")  # where somebody stands in a list, not which list it is

OWN_NAMES = {*PLACES, "sort", "columns", "group", "lang", "view"}  # what no filter may be called


def asked(pairs=None):
    """{name: text} of the address: blanks left out, a name that comes several times joined by commas."""
    found = {}
    for name, text in request.args.items(multi=True) if pairs is None else pairs:
        text = text.strip()[: LONGEST_COLUMNS if name == "columns" else LONGEST_QUERY]
        if text:
            found[name] = f"{found[name]},{text}" if name in found and name not in PLACES else text
    return found


def parsed(text):
    """`asked` of the part of an address after the question mark."""
    return asked(parse_qsl(text or "", max_num_fields=60) if text else [])


def query_text(asked, without=PLACES):
    """The part of an address after the question mark, without what belongs to one place in the list."""
    return "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in asked.items() if k not in without)


def same(one, other):
    """Whether two addresses ask for the same list, wherever one stands in it."""
    kept = [{k: v for k, v in asked.items() if k not in (*PLACES, "lang")} for asked in (one, other)]
    return kept[0] == kept[1]


def url(asked, feed=None, path=None, **changes):
    """Address with some names changed; None takes one out."""
    arguments = {k: v for k, v in (asked | changes).items() if v}
    path = (path or request.path) + (f".{feed}" if feed else "")
    query = query_text(arguments, without=())
    return f"{path}?{query}" if query else path


def is_untidy():
    """Whether the address carries blanks, as a form of filters without scripts sends them."""
    return request.method == "GET" and any(not text.strip() for _, text in request.args.items(multi=True))


def _quoted(text):
    return quote(text, safe=",:")
