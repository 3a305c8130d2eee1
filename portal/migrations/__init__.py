"""How an older database becomes a current one: numbered steps, applied once, in order, under a lock."""
