"""Countries to choose from, named in the reader's language; those the shop sells to most stand first."""

import phonenumbers
from babel import Locale

from portal.web import speech

FIRST = ("PH", "TH")


def options():
    """[(code, name)]: the first ones, then all others by name."""
    names = Locale.parse(speech.language()).territories
    others = sorted((names.get(code, code), code) for code in phonenumbers.SUPPORTED_REGIONS if code not in FIRST)
    return [*((code, names[code]) for code in FIRST), *((code, name) for name, code in others)]
