"""Keys: what a deployment hands in for signing in: the secret, the shop's names, and what a hash may cost."""

from portal import erased
from portal.people import attempts, links, passwords, proofs

CHEAP = {"memory_kib": 64, "passes": 1}  # tests only: a hash in less than a millisecond


def hand_in(secret, shop_name="", is_test=False, before=""):
    """Give each part its own key, derived from the one secret; what was made with the one `before` is still read."""
    secret, before = secret.encode(), before.encode()
    for part in (links, proofs, attempts, erased):
        part.configure(secret, before)
    passwords.configure(shop_words=(shop_name, "suki"), **(CHEAP if is_test else {}))
