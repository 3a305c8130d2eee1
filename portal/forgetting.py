"""Forgetting: values and names of a person leave the audit, and the chain that seals it still verifies."""

import peewee

from portal import audit, commitments, store, values
from portal.audit import Entry, EntryValue, Seal


def of(refs, actors=()):
    """Where-expression of the entries about these records (texts of Refs), or by these actors."""
    refs, actors = [*refs], [*actors]
    found = store.among(Entry.subject, refs) | store.among(Entry.about, refs)
    return found | store.among(Entry.actor, actors) if actors else found


def drop_values(entries):
    """Forget what changed in the entries that a where-expression names, inside a change; their commitments stay."""
    ids = Entry.select(Entry.id).where(entries)
    return EntryValue.delete().where(EntryValue.entry.in_(ids)).execute()


def drop_names(actors):
    """Forget what these actors (texts of Refs) were called, inside a change; returns (head before, head after).

    Entries of before there were marks have their names in the seals: these seals are made anew, and the two heads
    differ. Whoever asks for it writes both down.
    """
    theirs = store.among(Entry.actor, [*actors])
    before = audit.head()
    marked = peewee.fn.SUBSTR(Entry.actor_mark, len("0123456789abcdef:"))
    forgotten = Entry.update(actor_name=values.ERASED, actor_mark=marked)
    forgotten.where(theirs & (Entry.actor_mark != "") & (Entry.actor_name != values.ERASED)).execute()
    old = theirs & (Entry.actor_mark == "")
    first = Entry.select(peewee.fn.MIN(Entry.seal)).where(old).scalar()
    for entry in Entry.select().where(old):
        mark = commitments.mark_of(entry.actor_name).partition(":")[2]
        lifted = {"actor_name": values.ERASED, "actor_mark": f":{mark}"}
        Entry.update(lifted).where(Entry.id == entry.id).execute()
    if first:
        _seal_anew(first)
    return before, audit.head()


def _seal_anew(first):
    """Make the seals from this one on once more, each over what its entries say now."""
    audit.hold_chain()
    previous = None
    for link in Seal.select().where(Seal.id >= first).order_by(Seal.id):
        previous = link.previous if previous is None else previous
        entries = list(Entry.select().where(Entry.seal == link).order_by(Entry.id))
        made = {"previous": previous, "hash": commitments.batch_hash(previous, entries)}
        Seal.update(made).where(Seal.id == link.id).execute()
        previous = made["hash"]
