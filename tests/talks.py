"""Talks: makers of interactions, written past the verbs."""

from itertools import count

from portal import values
from portal.activity.interactions import Interaction, InteractionPerson
from tests import make

_next = count(1)


def talk(account=None, contacts=(), **fields):
    """A call that took place, with these people of the account (contacts) and its owner."""
    account = account or make.account()
    start = {"kind": "call", "at": values.now(), "subject": f"Talk {next(_next)}", "owner": account.owner}
    made = make.row(Interaction, **start | fields, account=account)
    for contact in contacts:
        make.row(InteractionPerson, interaction=made, contact=contact, at=made.at)
    if made.owner_id:
        make.row(InteractionPerson, interaction=made, employee=made.owner_id, at=made.at)
    return make.found_by(made)
