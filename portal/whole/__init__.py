"""What touches every noun: the invariants that must always hold."""
