"""Invariants of interactions: what must hold for what was said, whatever was moved, merged or imported."""

from functools import reduce
from operator import or_

from portal.activity.interactions import INTERNAL, OUTCOMES, Interaction, InteractionPerson


def faults():
    """People stand at the moment of their interaction; nothing internal is shared, nothing unshared was rated."""
    rows = InteractionPerson.select(InteractionPerson.id, InteractionPerson.interaction).join(Interaction)
    for row in rows.where(InteractionPerson.at != Interaction.at).iterator():
        yield f"person {row.id} of interaction {row.interaction_id} stands at another moment than it"
    shared = Interaction.is_shared & Interaction.kind.in_(INTERNAL)
    for one in Interaction.select(Interaction.id, Interaction.kind).where(shared).iterator():
        yield f"interaction {one.number} is a {one.kind} and shared with the customer"
    wrong = Interaction.score.is_null(False) & ((Interaction.state != "done") | ~Interaction.score.between(1, 5))
    for one in Interaction.select(Interaction.id, Interaction.score).where(wrong).iterator():
        yield f"interaction {one.number} has the rating {one.score} and cannot"
    fits = [(Interaction.kind == kind) & Interaction.outcome.in_(("", *found)) for kind, found in OUTCOMES.items()]
    for one in Interaction.select(Interaction.id, Interaction.outcome).where(~reduce(or_, fits)).iterator():
        yield f"interaction {one.number} came to {one.outcome}, which its kind cannot"
