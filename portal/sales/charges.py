"""Charges: tax by product class and country, freight by weight or amount with a threshold for free delivery."""

import peewee

from portal import store


class TaxRate(store.Versioned):
    """Tax of one product class in one country; `is_included` when list prices already hold it."""

    country = peewee.CharField(max_length=2)
    tax_class = peewee.CharField(max_length=10)
    name = peewee.CharField(max_length=40, default="VAT")
    basis_points = peewee.IntegerField()
    is_included = peewee.BooleanField(default=True)

    class Meta:
        indexes = ((("country", "tax_class"), True),)


class FreightRule(store.Versioned):
    """Delivery fee within a country from `from_value` on (grams or minor units), free from `free_from_minor`."""

    country = peewee.CharField(max_length=2)
    currency = peewee.CharField(max_length=3)
    basis = peewee.CharField(max_length=10, default="weight")  # weight, amount
    from_value = peewee.BigIntegerField(default=0)
    fee_minor = peewee.BigIntegerField()
    free_from_minor = peewee.BigIntegerField(null=True)

    class Meta:
        indexes = ((("country", "currency", "basis", "from_value"), True),)
