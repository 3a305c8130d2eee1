"""Who buys: accounts, contacts, memberships, addresses."""
