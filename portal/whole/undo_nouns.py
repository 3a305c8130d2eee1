"""What of accounts, contacts, addresses and products can be taken back field by field."""

from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.sales.catalogue import Category, Product
from portal.whole import undo_fields


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
}
for _event, (_model, _may, _put) in OFFERED.items():
    undo_fields.offer(_event, _model, may=_may, put=_put)
