"""How facts about the shop read: the same sentences on the page and on the command line."""

from datetime import datetime

from portal.web import terms

DRAWN = {"good": "done", "bad": "refused", "info": "closed"}
SIZES = ("size", "free")


def say(wording, fact):
    """The sentence of a Fact in the reader's language."""
    said = {name: _said(wording, name, value) for name, value in fact.parameters.items()}
    return wording.gettext(terms.MESSAGES[fact.message]) % said


def _said(wording, name, value):
    if isinstance(value, datetime):
        return wording.moment(value)
    return wording.file_size(value) if name in SIZES else value
