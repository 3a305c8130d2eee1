"""Price lists and agreed prices: what an account, a group or everybody pays and from when until when."""

import peewee

from portal import store, values
from portal.customers.accounts import Account
from portal.customers.groups import AccountGroup
from portal.errors import NotFound
from portal.people import policy
from portal.sales.catalogue import Category, Product

policy.allow("prices.see", policy.STAFF)
policy.allow("prices.edit", policy.MANAGERS)
policy.allow("prices.agree", policy.STAFF)


class PriceList(store.Versioned):
    """Prices for one account, one group or (neither) everybody, in one currency, from a day until another.

    The prices agreed with an account stand in one list of its own (`is_agreed`), each with its own days.
    """

    NUMBER = "PL-{:05d}"

    name = peewee.CharField(max_length=120)
    account = peewee.ForeignKeyField(Account, null=True)
    group = peewee.ForeignKeyField(AccountGroup, null=True)
    currency = peewee.CharField(max_length=3)
    valid_from = peewee.DateField()
    valid_to = peewee.DateField(null=True)  # the last day
    is_agreed = peewee.BooleanField(default=False)
    created_at = store.MomentField(default=values.now)

    @classmethod
    def visible_to(cls, actor):
        """Query of the lists staff may see: those for groups and everybody, and of accounts within their reach."""
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        rows = cls.select(cls, Account, AccountGroup).join(Account, peewee.JOIN.LEFT_OUTER).switch(cls)
        rows = rows.join(AccountGroup, peewee.JOIN.LEFT_OUTER)
        return rows.where(cls.account.is_null() | Account.scope(actor))

    @property
    def target(self):
        """Whom it is for: account, group or everybody."""
        return "account" if self.account_id else "group" if self.group_id else "everybody"

    def is_valid(self, on_date):
        return self.valid_from <= on_date and (self.valid_to is None or self.valid_to >= on_date)


PriceList.add_index(
    PriceList.index(
        PriceList.account, PriceList.currency, unique=True, where=PriceList.is_agreed, name="pricelist_agreed_once"
    )
)


class PriceItem(store.Versioned):
    """The price of a product or of a whole category from so many pieces on: an amount, or a discount off the list.

    `valid_from` and `valid_to` are its own days within those of its list; None: as the list.
    """

    price_list = peewee.ForeignKeyField(PriceList, on_delete="CASCADE", index=False)
    product = peewee.ForeignKeyField(Product, null=True)
    category = peewee.ForeignKeyField(Category, null=True)
    from_quantity = peewee.IntegerField(
        default=1, constraints=[peewee.Check("from_quantity > 0", name="priceitem_from_one_on")]
    )
    price_minor = peewee.BigIntegerField(
        null=True, constraints=[peewee.Check("price_minor >= 0", name="priceitem_price_not_negative")]
    )
    discount_bp = peewee.IntegerField(
        null=True, constraints=[peewee.Check("discount_bp BETWEEN 0 AND 10000", name="priceitem_discount_within")]
    )
    valid_from = peewee.DateField(null=True)
    valid_to = peewee.DateField(null=True)

    class Meta:
        indexes = ((("price_list", "product"), False), (("price_list", "category"), False))
