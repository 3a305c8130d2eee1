"""Price lists and agreed prices: what an account or a group pays and from when."""

import peewee

from portal import store, values
from portal.customers.accounts import Account
from portal.customers.groups import AccountGroup
from portal.people import policy
from portal.sales.catalogue import Category, Product

policy.allow("prices.see", policy.STAFF)
policy.allow("prices.edit", policy.MANAGERS)


class PriceList(store.Versioned):
    """Prices for one account, one group or (neither) everybody, in one currency, from a day until another."""

    name = peewee.CharField(max_length=120)
    account = peewee.ForeignKeyField(Account, null=True)
    group = peewee.ForeignKeyField(AccountGroup, null=True)
    currency = peewee.CharField(max_length=3)
    valid_from = peewee.DateField()
    valid_to = peewee.DateField(null=True)  # the last day
    is_active = peewee.BooleanField(default=True)
    created_at = store.MomentField(default=values.now)


class PriceItem(store.Model):
    """The price of a product or of a whole category from so many pieces on: an amount, or a discount off the list."""

    price_list = peewee.ForeignKeyField(PriceList, on_delete="CASCADE")
    product = peewee.ForeignKeyField(Product, null=True)
    category = peewee.ForeignKeyField(Category, null=True)
    from_quantity = peewee.IntegerField(default=1)
    price_minor = peewee.BigIntegerField(null=True)
    discount_bp = peewee.IntegerField(null=True)
