"""Teams: the groups of employees by which staff see accounts."""

import peewee

from portal import store


class Team(store.Versioned):
    """A sales team; reps and managers see the accounts of their teams and those of none."""

    name = peewee.CharField(max_length=120, unique=True)
