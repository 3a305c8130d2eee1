"""The words for what portal/ only names: message ids, field labels, states, events; one module per area.

Every text is English and marked with `N_`, so that the catalogues hold it; the faces translate when they show it.
"""

from portal.web.terms import (
    activity,
    articles,
    bank,
    cases,
    customers,
    data,
    exchange,
    fulfilment,
    ground,
    interactions,
    invoices,
    leads,
    lists,
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
    lists,
    bank,
    reminders,
    notices,
    requests,
    warranties,
    leads,
    tasks,
    undo,
    relations,
)

MESSAGES = {key: text for area in _AREAS for key, text in area.MESSAGES.items()}
LABELS = {key: text for area in _AREAS for key, text in area.LABELS.items()}
WORDS = {key: text for area in _AREAS for key, text in area.WORDS.items()}
EVENTS = {key: text for area in _AREAS for key, text in area.EVENTS.items()}


def word(gettext, *key):
    """The word for a label `("order", "note")`, a value `("order", "state", "placed")` or an event, translated.

    A state begins with a capital, whichever noun it is of.
    """
    found = LABELS.get(key) or WORDS.get(key) or EVENTS.get(key[0] if len(key) == 1 else key)
    said = gettext(found) if found else str(key[-1])
    return said[:1].upper() + said[1:] if len(key) == 3 and key[1] == "state" else said
