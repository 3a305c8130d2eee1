"""What of accounts, contacts, addresses, products, tasks and interactions can be taken back, beside deletions."""

import json

from portal import audit, store
from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from portal.customers import tags
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.errors import Denied
from portal.people import policy
from portal.sales.catalogue import Category, Product
from portal.values import Ref
from portal.whole import bulk, undo_each, undo_fields
from portal.whole.undo import Line
from portal.whole.undo_each import Told


def _reassign(row, by, changes):
    wanted = {"owner": row.owner_id, "team": row.team_id} | changes
    row.reassign(by=by, version=row.version, **wanted)


def _regroup(row, by, changes):
    row.regroup(by=by, version=row.version, **changes)


def _turn(row, by, changes):
    """Close what was open, open what was closed."""
    (row.reopen if changes["is_active"] else row.close)(by=by, version=row.version)


def _product(row, by, changes):
    """The form of a product knows categories and successors by what people call them."""
    if changes.get("category"):
        changes["category"] = Category.get_or_none(Category.id == changes["category"])
    if changes.get("successor"):
        changes["successor"] = Product.code_of(changes["successor"])
    row.edit(by=by, version=row.version, **changes)


def _assign(row, by, changes):
    row.assign(by=by, **changes)


OFFERED = {
    "account.edited": (Account, "accounts.edit", undo_fields.edit),
    "account.reassigned": (Account, "accounts.reassign", _reassign),
    "account.regrouped": (Account, "accounts.reassign", _regroup),
    "account.closed": (Account, "accounts.close", _turn),
    "account.reopened": (Account, "accounts.close", _turn),
    "contact.edited": (Contact, "contacts.edit", undo_fields.edit),
    "contact.closed": (Contact, "contacts.close", _turn),
    "contact.reopened": (Contact, "contacts.close", _turn),
    "address.edited": (Address, "addresses.edit", undo_fields.edit),
    "product.changed": (Product, "catalogue.edit", _product),
    "product.withdrawn": (Product, "catalogue.edit", _product),
    "product.put_on_sale": (Product, "catalogue.edit", _product),
    "task.edited": (Task, "tasks.work", undo_fields.edit),
    "task.assigned": (Task, "tasks.work", _assign),
    "interaction.edited": (Interaction, "interactions.edit", undo_fields.edit),
}
for _event, (_model, _may, _put) in OFFERED.items():
    undo_fields.offer(_event, _model, may=_may, put=_put)


# Addresses that were put away


def _bring_back(entry, by):
    address = undo_each.visible(Address, Ref.parse(entry.subject), by)
    if not policy.may(by, "addresses.archive", address):
        raise Denied("addresses.archive")
    address.bring_back(by=by)


def _put_away(entry, by):
    address = undo_each.visible(Address, Ref.parse(entry.subject), by)
    if not policy.may(by, "addresses.archive", address):
        raise Denied("addresses.archive")
    address.archive(by=by)


def _address(will):
    """What happens to it, under the name that it has."""

    def told(entry, values):
        row = Address.get_or_none(Address.id == Ref.parse(entry.subject).id)
        return Told(row.name if row else entry.subject, will=(will, {}))

    return told


undo_each.offer("address.archived", _bring_back, _address("undo-offered-again"), kind="delete")
undo_each.offer("address.brought_back", _put_away, _address("undo-put-away-again"))


# Tags


def _untag(entry, by):
    _tag(entry, by, tags.take)


def _tag_again(entry, by):
    _tag(entry, by, tags.put)


def _tag(entry, by, verb):
    ref = Ref.parse(entry.subject)
    for _, old, new in audit.values_of([entry])[entry.id]:
        verb(undo_each.visible(store.kinds()[ref.kind], ref, by), by=by, tag=json.loads(old or new))


def _tagged(entry, values):
    ref = Ref.parse(entry.subject)
    row = store.kinds()[ref.kind].get_or_none(store.kinds()[ref.kind].id == ref.id)
    lines = tuple(Line(field, new, old) for field, old, new in values)
    return Told(bulk.name_of(row) if row else entry.subject, lines)


for _noun in ("account", "contact"):
    undo_each.offer(f"{_noun}.tagged", _untag, _tagged)
    undo_each.offer(f"{_noun}.untagged", _tag_again, _tagged)
