"""Navigation: the places of a face that a person may go to."""

from functools import lru_cache
from typing import NamedTuple

from flask import request, url_for

from portal.people import policy


@lru_cache
def _address(endpoint, root):
    """Address of a place, kept: a page names each three times, and building them took a tenth of it."""
    return url_for(endpoint)


class Place(NamedTuple):
    """An entry of a rail or a row of tabs; without an icon it has no tab on a phone. Pages at `also` are its, too."""

    place: str
    label: object
    endpoint: str
    icon: str
    action: str
    count: int | None = None
    also: tuple = ()

    @property
    def url(self):
        return _address(self.endpoint, request.script_root)


def within_reach(places, actor):
    """Those of `places` that this person may go to."""
    return [place for place in places if policy.may(actor, place.action)]
