"""Deeds of the bench: an edit of every tenth customer within thirty days, each with its event."""

from portal.audit import Entry, EntryValue
from portal.deeds import Deed
from tests.bench.filling import fill, moment


def make(shop):
    """As many deeds and events of them, after those of the orders."""
    count, first = shop.customers // 10, shop.last_order
    number, account = f"(i - {first})", f"((i - {first}) * 10)"
    who = "(i % 50 + 1)"
    at = moment(f"({count} - i) * 30 * 86400.0 / {count}", shop.now)
    doer = {"event": "'account.edited'", "actor": f"'login:' || {who}", "actor_name": "'Ana'"}
    about = {"subject": "'account:' || (i * 10)", "account": "i * 10", "employee": who}
    fill(Deed, count, at=at, kind="'edit'", **doer, **about)
    told = {"subject": f"'account:' || {account}", "about": f"'account:' || {account}", "actor_role": "'rep'"}
    fill(
        Entry,
        first + count,
        first + 1,
        at=moment(f"({first + count} - i)", shop.now),
        seal="1",
        deed=number,
        **doer,
        **told,
    )
    value = {"position": "0", "field": "'legal_name'", "old": "'\"\"'", "new": "'\"Store\"'", "salt": "''"}
    fill(EntryValue, first + count, first + 1, entry="i", **value)
