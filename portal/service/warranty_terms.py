"""Warranty terms: how long things are covered and what that means, for a product, a category or everything."""

from calendar import monthrange
from datetime import date
from typing import NamedTuple

import peewee

from portal import audit, store
from portal.errors import Invalid, Stale
from portal.fields import EVERYONE, MANAGERS, Field, Table
from portal.people import policy
from portal.sales.catalogue import Category, Product, code_key

LANGUAGES = ("en", "fil", "th")
LONGEST_MONTHS = 1200
EVERYTHING = "all"

policy.allow("warranty_terms.see", policy.STAFF)
policy.allow("warranty_terms.edit", policy.MANAGERS)

FIELDS = Table(
    "warranty_terms",
    Field("number", read=EVERYONE),
    Field("product", "link", EVERYONE),
    Field("category", "link", EVERYONE),
    Field("months", "number", EVERYONE, MANAGERS),
    Field("words_en", "words", EVERYONE, MANAGERS, longest=4000),
    Field("words_fil", "words", EVERYONE, MANAGERS, longest=4000),
    Field("words_th", "words", EVERYONE, MANAGERS, longest=4000),
    Field("takes_elsewhere", "yes", EVERYONE, MANAGERS),
)


class WarrantyTerms(store.Versioned):
    """What is promised for one product or one category; with neither, for everything the shop sells.

    `reach` is "product:5", "category:3" or "all": one row each.
    """

    reach = peewee.CharField(max_length=40, unique=True)
    product = peewee.ForeignKeyField(Product, null=True)
    category = peewee.ForeignKeyField(Category, null=True)
    months = peewee.IntegerField(default=0)  # of products that say nothing themselves
    words_en = peewee.TextField(default="")
    words_fil = peewee.TextField(default="")
    words_th = peewee.TextField(default="")
    takes_elsewhere = peewee.BooleanField(default=False)  # what another shop sold may be registered here

    @classmethod
    def visible_to(cls, actor):
        """The shop's own rules: every employee reads them."""
        rows = cls.select(cls, Product, Category).join(Product, peewee.JOIN.LEFT_OUTER).switch(cls)
        rows = rows.join(Category, peewee.JOIN.LEFT_OUTER)
        return rows if actor.is_staff or actor.is_system else rows.where(cls.id.is_null())

    def edit(self, *, by, version, now=None, **given):
        """Change what is promised from now on; what is covered already keeps its last day. Raises Stale, Invalid."""
        with audit.change(by, "warranty_terms.changed", self, now=now) as change:
            change.update(self, version=version, **_clean(by, given))
        return self

    def remove(self, *, by, version=None, now=None):
        """Let what stands above it hold: the category, then everything."""
        if version is not None and version != self.version:
            raise Stale(self)
        with audit.change(by, "warranty_terms.removed", self, now=now) as change:
            change.delete(self)


def meant(product, category):
    """(Product, None), (None, Category) or, of two blank texts, (None, None): what a typed code or name stands for.

    Raises Invalid: product-unknown on "product", category-unknown on "category".
    """
    if product:
        found = Product.get_or_none(Product.code_key == code_key(product))
        if found is None:
            raise Invalid(product="product-unknown")
        return found, None
    found = Category.get_or_none(Category.name == category.strip()) if category else None
    if category and found is None:
        raise Invalid(category="category-unknown")
    return None, found


def write(*, by, product=None, category=None, now=None, **given):
    """Terms for a product, a category, or, with neither, everything. Raises Invalid: terms-known on "reach"."""
    reach = str(product.ref) if product else str(category.ref) if category else EVERYTHING
    fields = _clean(by, given)
    with audit.change(by, "warranty_terms.added", now=now) as change, store.taken(reach="terms-known"):
        return change.create(WarrantyTerms, reach=reach, product=product, category=category, **fields)


def _clean(by, given):
    FIELDS.check(by, given)
    fields = FIELDS.clean(given)
    if "months" in fields:
        fields["months"] = fields["months"] or 0
        if fields["months"] > LONGEST_MONTHS:
            raise Invalid(months=("number-not-between", {"least": 0, "most": LONGEST_MONTHS}))
    return fields


class Terms(NamedTuple):
    """What holds for one product: so many months, in these words by language, and whether bought anywhere."""

    months: int
    words: dict
    takes_elsewhere: bool

    def said(self, language):
        """What is covered, in a language or the first in which it was written; "" when nobody wrote it down."""
        return self.words.get(language) or next((text for text in self.words.values() if text), "")


class Book:
    """The terms of some products, read at once."""

    def __init__(self, rows):
        self.rows = {row.reach: row for row in rows}

    def of(self, product):
        """The Terms of a product: its own before its category's before those for everything."""
        reaches = (f"product:{product.id}", f"category:{product.category_id}", EVERYTHING)
        found = [self.rows[reach] for reach in reaches if reach in self.rows]
        months = product.warranty_months or next((row.months for row in found if row.months), 0)
        spoken = next((row for row in found if _words(row)), None)
        return Terms(months, _words(spoken) if spoken else {}, bool(found and found[0].takes_elsewhere))


def _words(row):
    words = {language: getattr(row, f"words_{language}") for language in LANGUAGES}
    return {language: text for language, text in words.items() if text}


def book(products):
    """The Book over these products; one query."""
    reaches = {EVERYTHING} | {f"product:{product.id}" for product in products}
    reaches |= {f"category:{product.category_id}" for product in products if product.category_id}
    return Book(WarrantyTerms.select().where(WarrantyTerms.reach.in_(sorted(reaches))))


def covered_products():
    """Where-expression of the products that are sold with a warranty."""
    shelves = WarrantyTerms.select(WarrantyTerms.category).where(
        (WarrantyTerms.months > 0) & WarrantyTerms.category.is_null(False)
    )
    for_all = WarrantyTerms.select(peewee.SQL("1")).where(
        (WarrantyTerms.months > 0) & (WarrantyTerms.reach == EVERYTHING)
    )
    return (Product.warranty_months > 0) | Product.category.in_(shelves) | peewee.fn.EXISTS(for_all)


def longest():
    """The most months for which anything is covered."""
    months = (
        Product.select(peewee.fn.MAX(Product.warranty_months)),
        WarrantyTerms.select(peewee.fn.MAX(WarrantyTerms.months)),
    )
    return max(rows.scalar() or 0 for rows in months)


def last_day(bought_on, months):
    """The last covered day: the same day so many months later, or the last of a shorter month.

    last_day(date(2026, 1, 31), 1) == date(2026, 2, 28).
    """
    years, month = divmod(bought_on.month - 1 + months, 12)
    year, month = bought_on.year + years, month + 1
    return date(year, month, min(bought_on.day, monthrange(year, month)[1]))
