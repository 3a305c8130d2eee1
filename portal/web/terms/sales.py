"""Words of portal/sales."""

from portal.web.terms.marks import N_  # noqa: F401

MESSAGES = {}  # message id of an Invalid -> sentence that says how to mend it; parameters as %(name)s
LABELS = {}  # (noun, field) -> label
WORDS = {}  # (noun, field, value) -> word of a choice or state
EVENTS = {}  # event of an audit entry -> what happened, past tense
