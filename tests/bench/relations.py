"""Relations of the bench: tags, people of two accounts, groups of companies, whom not to contact, birthdays."""

from portal.customers.affiliations import Affiliation
from portal.customers.reaching import NoContact
from portal.customers.tags import Tag, Tagged
from tests.bench.filling import fill

EVERY = 20  # one in so many has a tag, and belongs to the next account as well
BARRED_EVERY = 100
GROUP = 50  # companies: the first of them owns the nine after it


def birthday(number):
    return f"(({number} % 12 + 1) * 100 + {number} % 28 + 1)"


def parent(number):
    """The company above an account, itself the first of its fifty."""
    return f"(CASE WHEN {number} % {GROUP} BETWEEN 2 AND 10 THEN {number} - {number} % {GROUP} + 1 ELSE NULL END)"


def labels(number):
    return f"(CASE WHEN {number} % {EVERY} = 0 THEN 'VIP' ELSE '' END)"


def found_by(number):
    """What the search keeps of it behind the last word."""
    return f"(CASE WHEN {number} % {EVERY} = 0 THEN '  vip' ELSE '' END)"


def barred(number):
    return f"(CASE WHEN {number} % {BARRED_EVERY} = 0 THEN 'phone' ELSE '' END)"


def make(shop):
    """The rows beside accounts and contacts; their own columns are filled with them."""
    fill(Tag, 1, name="'VIP'", folded="'vip'")
    some = shop.customers // EVERY
    for first, kind in ((1, "account"), (some + 1, "contact")):
        record = f"((i - {first - 1}) * {EVERY})"
        fill(Tagged, first + some - 1, first, tag="1", kind=f"'{kind}'", record=record)
    place = {"contact": f"i * {EVERY}", "account": f"i * {EVERY} - 1 - i % 7", "role": "'bookkeeper'"}
    fill(Affiliation, some, **place)
    said = {"channel": "'phone'", "by": "'login:1'", "by_name": "'Staff'", "reason": "'Asked us'"}
    fill(NoContact, shop.customers // BARRED_EVERY, contact=f"i * {BARRED_EVERY}", **said)
