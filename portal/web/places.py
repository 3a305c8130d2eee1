"""Where a record is shown: the address of a Ref on the face that asks."""

from flask import request, url_for

_places = {}


def show_at(face, kind, function):
    """Declare the address of records of `kind` on a face: `function(id)` returns it."""
    _places[face, kind] = function


def address_of(ref):
    """Address of the record on the present face, or None when it has no page there."""
    if ref is None:
        return None
    function = _places.get((request.blueprint, ref.kind))
    return function(ref.id) if function else None


def numbered(endpoint, model):
    """A function for `show_at`: the page `endpoint` takes the record's readable number."""
    return lambda record: url_for(endpoint, number=model.NUMBER.format(record))
