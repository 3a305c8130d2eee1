"""The catalogue: goods and services, what they cost, whether they can be had today."""

import peewee

from portal import store, values

TAX_CLASSES = ("standard", "reduced", "zero", "exempt")


class Category(store.Versioned):
    """A shelf of the catalogue."""

    name = peewee.CharField(max_length=120, unique=True)


class Product(store.Versioned):
    """A good or service. `stock` None means there is always enough (services, made to order)."""

    kind = peewee.CharField(max_length=10, default="goods")  # goods, service
    code = peewee.CharField(max_length=60, unique=True)
    name = peewee.CharField(max_length=200)
    folded = peewee.CharField(max_length=200, index=True)
    category = peewee.ForeignKeyField(Category, null=True)
    description = peewee.TextField(default="")
    picture = peewee.CharField(max_length=64, default="")  # sha256 of the file, "" when none
    unit = peewee.CharField(max_length=40, default="piece")
    currency = peewee.CharField(max_length=3, default="PHP")
    list_minor = peewee.BigIntegerField(default=0)
    cost_minor = peewee.BigIntegerField(default=0)
    tax_class = peewee.CharField(max_length=10, default="standard")
    weight_g = peewee.IntegerField(default=0)
    stock = peewee.IntegerField(
        null=True, constraints=[peewee.Check("stock >= 0", name="product_stock_not_negative")]
    )
    warranty_months = peewee.IntegerField(default=0)
    on_sale_from = peewee.DateField(null=True)
    on_sale_to = peewee.DateField(null=True)
    created_at = store.MomentField(default=values.now)
