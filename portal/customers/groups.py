"""Groups of accounts that buy at the same prices: resellers, schools, members."""

import peewee

from portal import store


class AccountGroup(store.Versioned):
    """A group; an account is in one or none."""

    name = peewee.CharField(max_length=120, unique=True)
