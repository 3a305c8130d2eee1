"""Commitments: what is sealed in place of values and names, so that a person can be forgotten and the seals hold."""

import hashlib
import secrets

from portal import store, values


def commitment(field, old, new, salt):
    """Salted hash of one changed value: binds without telling."""
    return hashlib.sha256(store.canonical([salt, field, old, new]).encode()).hexdigest()


def mark_of(name):
    """What is sealed in place of the name of whoever did it: "salt:commitment"; without its salt it tells nothing."""
    salt = secrets.token_hex(8)
    return f"{salt}:{commitment('actor', None, name, salt)}"


def is_named(entry):
    """Whether an entry still names whoever was sealed, or says that the name was erased."""
    salt, _, kept = entry.actor_mark.partition(":")
    if not kept:  # of before there were marks: the name itself is sealed
        return True
    return commitment("actor", None, entry.actor_name, salt) == kept if salt else entry.actor_name == values.ERASED


def batch_hash(previous, entries):
    """Hash of a seal: the one before it, and all that its entries say."""
    digest = hashlib.sha256(previous.encode())
    for e in entries:
        name = e.actor_mark.rpartition(":")[2] or e.actor_name
        line = [e.id, e.at.isoformat(), e.event, e.actor, name, e.actor_role, e.subject, e.about]
        digest.update(store.canonical([*line, e.fields, e.commitments, e.request]).encode())
    return digest.hexdigest()
