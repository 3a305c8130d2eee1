"""Where a record is shown: the address of a Ref on the face that asks."""

from typing import NamedTuple

from flask import current_app, request, url_for

from portal.people import policy

_places = {}


class Numbered(NamedTuple):
    """A place at an endpoint that takes the record's readable number."""

    endpoint: str
    model: type

    def __call__(self, record):
        return url_for(self.endpoint, number=self.model.NUMBER.format(record))

    def may_open(self, actor):
        return policy.may(actor, current_app.view_functions[self.endpoint].needs["may"])


def show_at(face, kind, function):
    """Declare the address of records of `kind` on a face: `function(id)` returns it."""
    _places[face, kind] = function


def address_of(ref):
    """Address of the record on the present face, or None when it has no page there."""
    if ref is None:
        return None
    function = _places.get((request.blueprint, ref.kind))
    return function(ref.id) if function else None


def open_to(actor, ref):
    """The same, and None also when this person's role keeps that page from them: a link there would only refuse."""
    function = _places.get((request.blueprint, ref.kind)) if ref else None
    if isinstance(function, Numbered) and not function.may_open(actor):
        return None
    return address_of(ref)


def numbered(endpoint, model):
    """A function for `show_at`: the page `endpoint` takes the record's readable number."""
    return Numbered(endpoint, model)
