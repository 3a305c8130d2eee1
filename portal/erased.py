"""What was erased must not come back by itself: fingerprints of the names by which other systems called it."""

import hmac

import peewee

from portal import store

_secrets = [b""]  # the one that new fingerprints are made with, and perhaps the one before it


class ErasedKey(store.Model):
    """A name that some system had for a record which was erased. Without our secret nobody reads it out of this."""

    fingerprint = peewee.CharField(max_length=64, unique=True)
    at = store.MomentField()


def configure(secret, before=b""):
    """Hand in the secret under which fingerprints are made; those of the one before are still known."""
    _secrets[:] = [hmac.digest(one, b"erased keys", "sha256") for one in (secret, before) if one]


def fingerprint(source, kind, value, secret=None):
    told = store.canonical([source, kind, str(value)]).encode()
    return hmac.new(secret or _secrets[0], told, "sha256").hexdigest()


def remember(fingerprints, now):
    """Keep what must not come back, inside a change; what is known already stays."""
    for one in fingerprints:
        store.db.execute(ErasedKey.insert(fingerprint=one, at=now).on_conflict_ignore())


def among(source, kind, keys):
    """Those of the keys that a system would call something by which was erased here; no query without any."""
    keys = set(keys)
    if not keys or not ErasedKey.select(ErasedKey.id).limit(1).exists():
        return set()
    found = {fingerprint(source, kind, key, secret): key for key in keys for secret in _secrets}
    rows = ErasedKey.select(ErasedKey.fingerprint).where(store.among(ErasedKey.fingerprint, found)).tuples()
    return {found[one] for (one,) in rows}
