"""Keys: what a deployment hands in for signing in: the secret, the shop's names, and what a hash may cost."""

from portal.people import attempts, links, passwords, proofs

CHEAP = {"memory_kib": 64, "passes": 1}  # tests only: a hash in less than a millisecond


def hand_in(secret, shop_name="", is_test=False):
    """Give each part its own key, derived from the one secret."""
    secret = secret.encode() if isinstance(secret, str) else secret
    links.configure(secret)
    proofs.configure(secret)
    attempts.configure(secret)
    passwords.configure(shop_words=(shop_name, "suki"), **(CHEAP if is_test else {}))
