"""Likings: the products that a person likes, as we wrote them down."""

import peewee

from portal import audit, store, values
from portal.activity import trail
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.fields import STAFF, Field, Table
from portal.people import policy
from portal.sales import catalogue
from portal.sales.catalogue import Product

MOST = 50  # of one person

FIELDS = Table(
    "liking",
    Field("product", read=STAFF, write=STAFF, is_required=True),
    Field("at", "moment", STAFF),
)

EVENTS = ("contact.liked", "contact.unliked")
trail.keep_from_customers(lambda actor: trail.Entry.event.in_(EVENTS))  # what we noticed is among us

policy.allow("likings.see", policy.STAFF)
policy.allow("likings.arrange", policy.STAFF)


class Liking(store.Model):
    """That a person likes a product."""

    contact = peewee.ForeignKeyField(Contact, index=False)
    product = peewee.ForeignKeyField(Product)
    at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("contact", "product"), True),)

    @classmethod
    def names_of(cls, contact):
        """The names of the products that a person likes."""
        rows = cls.select(Product.name).join(Product).where(cls.contact == contact).order_by(Product.folded)
        return [name for (name,) in rows.tuples()]


def of(contact):
    """The products that a person likes, by name."""
    return list(Product.select().join(Liking).where(Liking.contact == contact).order_by(Product.folded))


def like(contact, *, by, product, now=None):
    """A person likes a product (its code); twice changes nothing.

    Raises Invalid(product=field-needed, product-unknown, liking-too-many).
    """
    liked = _product(product)
    with audit.change(by, EVENTS[0], contact, about=contact.account, now=now) as change:
        contact.hold()
        row = Liking.insert(contact=contact, product=liked, at=change.now).on_conflict_ignore()
        if store.db.execute(row).rowcount:
            change.record("likes", None, liked.name)
            if Liking.select().where(Liking.contact == contact).count() > MOST:
                raise Invalid(product=("liking-too-many", {"most": MOST}))
    return contact


def unlike(contact, *, by, product, now=None):
    """A person likes a product (its code) no longer; a second time changes nothing."""
    liked = _product(product)
    with audit.change(by, EVENTS[1], contact, about=contact.account, now=now) as change:
        mine = (Liking.contact == contact) & (Liking.product == liked)
        if Liking.delete().where(mine).execute():
            change.record("likes", liked.name, None)
    return contact


def _product(code):
    code = FIELDS["product"].clean(code)
    found = Product.get_or_none(Product.code_key == catalogue.code_key(code))
    if found is None:
        raise Invalid(product="product-unknown")
    return found
