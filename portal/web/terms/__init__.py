"""The words for what portal/ only names: message ids, field labels, states, events; one module per area.

Every text is English and marked with `N_`, so that the catalogues hold it; the faces translate when they show it.
"""

from portal import custom
from portal.web.terms import (
    activity,
    articles,
    bank,
    cases,
    custom_fields,
    customers,
    data,
    duplicates,
    erasing,
    exchange,
    fulfilment,
    ground,
    health,
    imports,
    insight,
    interactions,
    invoices,
    leads,
    lists,
    mailbox,
    notices,
    papers,
    people,
    prices,
    relations,
    reminders,
    requests,
    returns,
    sales,
    shopping,
    tasks,
    undo,
    warranties,
)

_AREAS = (
    ground,
    people,
    customers,
    data,
    duplicates,
    erasing,
    activity,
    interactions,
    sales,
    shopping,
    prices,
    fulfilment,
    invoices,
    returns,
    articles,
    cases,
    papers,
    exchange,
    imports,
    lists,
    bank,
    reminders,
    notices,
    requests,
    warranties,
    leads,
    mailbox,
    tasks,
    insight,
    undo,
    relations,
    custom_fields,
    health,
)

MESSAGES = {key: text for area in _AREAS for key, text in area.MESSAGES.items()}
LABELS = {key: text for area in _AREAS for key, text in area.LABELS.items()}
WORDS = {key: text for area in _AREAS for key, text in area.WORDS.items()}
EVENTS = {key: text for area in _AREAS for key, text in area.EVENTS.items()}


def word(gettext, *key, language=""):
    """The word for a label `("order", "note")`, a value `("order", "state", "placed")` or an event, translated.

    A state begins with a capital, whichever noun it is of. Of a field that the shop added, its own words.
    """
    found = LABELS.get(key) or WORDS.get(key) or EVENTS.get(key[0] if len(key) == 1 else key)
    said = gettext(found) if found else _added(key, language) or str(key[-1])
    return said[:1].upper() + said[1:] if len(key) == 3 and key[1] == "state" else said


def _added(key, language):
    """The word of a field that the shop added, or of one of its options; "" for what is none."""
    field = custom.fields_of(key[0], ever=True).get(key[1]) if len(key) in (2, 3) else None
    if field is None:
        return ""
    return field.label(language) if len(key) == 2 else field.option(key[2], language)
