"""Naming: the one account or contact that somebody means by a number, an e-mail or a name."""

from portal import search
from portal.errors import Invalid

NEWEST = 20  # of what a word finds; whoever means an older one writes its number


def named(model, text, by, field):
    """The one record of `model` that this person sees under a number, an e-mail or a name.

    Raises Invalid on `field`: field-needed, <kind>-not-found, <kind>-several.
    """
    text, kind = (text or "").strip(), model._meta.table_name
    if not text:
        raise Invalid(**{field: "field-needed"})
    if text.isascii() and text.isdigit():
        rows = list(model.visible_to(by).where(model.by_number(text))) if len(text) < 10 else []
    else:
        rows = list(model.visible_to(by).where(model.folded == search.fold(text)).limit(2))
        found = [] if rows else search.newest(kind, text, by).records[:NEWEST]
        rows = rows or list(model.visible_to(by).where(model.id.in_(found)).limit(2))
    if len(rows) != 1:
        raise Invalid(**{field: f"{kind}-several" if rows else f"{kind}-not-found"})
    return rows[0]
