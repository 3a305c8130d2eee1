"""Moving on: how what a customer asks goes from state to state, when two people answer it at once too."""

from portal.errors import Invalid
from portal.people import policy


class MovesOn:
    """Beside a table with `number`, `state`, `version` and `decided_by`; of two who are at it the first one wins."""

    STARTS = {}  # verb -> states it starts from
    RIGHTS = ""  # area of its rights: "returns" for returns.approve
    MOVED_ON = ""  # id of the message for whoever comes second

    def can(self, verb, actor):
        """Whether this person could do `verb` with it as it stands, for the buttons of a page."""
        return self.state in self.STARTS[verb] and policy.may(actor, f"{self.RIGHTS}.{verb}", self)

    def move(self, change, verb, *, state, **fields):
        """Set its state and what goes with it, if nobody was faster; raises Invalid: MOVED_ON on "state"."""
        noun, before, changed = type(self), self.state, {"state": state} | fields
        as_read = (noun.state == before) & noun.state.in_(self.STARTS[verb])
        moved = noun.update(changed | {"version": noun.version + 1}).where((noun.id == self.id) & as_read)
        change.guard(moved, self.refusal())
        change.record("state", before, state)
        for name, value in changed.items():
            setattr(self, name, value)
        self.version += 1

    def refusal(self):
        """What to say when it has moved on: Invalid on "state", with the state it is in now and who decided."""
        noun = type(self)
        state, name = noun.select(noun.state, noun.decided_by).where(noun.id == self.id).tuples().get()
        return Invalid(state=(self.MOVED_ON, {"number": self.number, "state": state, "name": name}))
