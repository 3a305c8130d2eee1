"""Invariants of change requests and moves: no open request without an open detail, no address leaving that left."""

import peewee

from portal.customers.addresses import Address
from portal.customers.moves import AddressMove
from portal.service.requests import OPEN, ChangeRequest, RequestedField


def requests():
    """A request is open exactly as long as one of its details is."""
    waiting = RequestedField.state.in_(("asked", "approved"))
    here = RequestedField.select().where((RequestedField.request == ChangeRequest.id) & waiting)
    has_open = peewee.fn.EXISTS(here)
    is_open = ChangeRequest.state.in_(OPEN)
    wrong = (is_open & ~has_open) | (~is_open & has_open)
    for request in ChangeRequest.select().where(wrong).iterator():
        yield f"request {request.number} is {request.state}, and its details are not"


def moves():
    """Both addresses of a planned move belong to its account."""
    old, new = Address.alias(), Address.alias()
    rows = AddressMove.select().join(old, on=(AddressMove.old == old.id))
    rows = rows.switch(AddressMove).join(new, on=(AddressMove.new == new.id))
    wrong = (old.account != AddressMove.account) | (new.account != AddressMove.account) | (old.id == new.id)
    for move in rows.where(wrong).iterator():
        yield f"move {move.number} is between addresses of others"


CHECKS = (requests, moves)
