"""The catalogue: goods and services, what they cost, whether they can be had today."""

import re
from datetime import timedelta

import peewee

from portal import audit, files, rows, search, store, values
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.errors import Invalid, NotFound
from portal.fields import EVERYONE, MANAGERS, STAFF, Field, Table
from portal.people import policy

KINDS = ("goods", "service")
TAX_CLASSES = ("standard", "reduced", "zero", "exempt")
CODE_REFUSED = re.compile(r"[/\\?#%]|^\.")  # a code stands in addresses
RESERVED_CODES = {"new", "receive"}
MOST_SUCCESSORS = 5  # that are followed from a product to the one that is sold today

policy.allow("catalogue.see", policy.SIGNED_IN)
policy.allow("catalogue.edit", policy.MANAGERS)

FIELDS = Table(
    "product",
    Field("code", "text", EVERYONE, MANAGERS, sort=True, filter=True, longest=60, is_required=True),
    Field("name", "text", EVERYONE, MANAGERS, sort=True, is_required=True),
    Field("kind", "choice", EVERYONE, MANAGERS, filter=True, choices=KINDS, is_required=True),
    Field("category", "text", EVERYONE, MANAGERS, filter=True, longest=120),
    Field("description", "words", EVERYONE, MANAGERS, listed=False, longest=4000),
    Field("unit", "text", EVERYONE, MANAGERS, longest=40, is_required=True),
    Field("currency", "currency", EVERYONE, MANAGERS, filter=True, is_required=True),
    Field("list_minor", "money", EVERYONE, MANAGERS, sort=True, filter=True, is_required=True),
    Field("cost_minor", "money", MANAGERS, MANAGERS, filter=True),
    Field("tax_class", "choice", STAFF, MANAGERS, filter=True, choices=TAX_CLASSES, is_required=True),
    Field("weight_g", "number", STAFF, MANAGERS, filter=True),
    Field("stock", "number", STAFF, sort=True, filter=True),
    Field("reserved", "number", STAFF, sort=True, filter=True),
    Field("free", "number", STAFF),
    Field("waited_for", "number", STAFF),
    Field("low_at", "number", STAFF, STAFF, filter=True),
    Field("allows_backorder", "yes", STAFF, STAFF, filter=True),
    Field("expected_on", "date", EVERYONE, STAFF, filter=True),
    Field("warranty_months", "number", EVERYONE, MANAGERS, filter=True),
    Field("on_sale_from", "date", STAFF, MANAGERS, filter=True),
    Field("on_sale_to", "date", STAFF, MANAGERS, filter=True),
    Field("successor", "text", EVERYONE, MANAGERS, longest=60, listed=False),
)
NEVER_NONE = ("cost_minor", "weight_g", "warranty_months")  # a blank field means none of it


class Category(store.Versioned):
    """A shelf of the catalogue."""

    name = peewee.CharField(max_length=120, unique=True)

    @classmethod
    def named(cls, name, *, by):
        """The category of this name, made within the caller's change when it is new; None for a blank name."""
        name = values.one_line(name, 120)
        if name is None:
            return None
        found = cls.get_or_none(cls.name == name)
        if found is None:
            with audit.change(by, "category.added") as change, store.taken(category="name-taken"):
                found = change.create(cls, name=name)
        return found

    @classmethod
    def alphabetical(cls):
        return cls.select().order_by(cls.name)

    @classmethod
    def shelves(cls):
        """All of them as a list, by name: for a page on which people look among them."""
        return _shelves()


_shelves = rows.Asked(Category.alphabetical)


class Product(store.Versioned):
    """A good or service. `stock` None means there is always enough (services, made to order).

    `code_key` is the code as it is compared: case never tells two products apart.
    """

    kind = peewee.CharField(max_length=10, default="goods")
    code = peewee.CharField(max_length=60)
    code_key = peewee.CharField(max_length=60, unique=True)
    name = peewee.CharField(max_length=200)
    folded = peewee.CharField(max_length=400, index=True)
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
    # Of these, so many wait for orders that are placed and not shipped; what is free to sell is the rest.
    reserved = peewee.IntegerField(
        default=0, constraints=[peewee.Check("reserved >= 0 AND reserved <= stock", name="product_reserved_on_shelf")]
    )
    low_at = peewee.IntegerField(null=True)  # the shelf counts as low from here down
    allows_backorder = peewee.BooleanField(default=False)  # may be ordered while the shelf is empty
    expected_on = peewee.DateField(null=True)  # when the next pieces come in
    warranty_months = peewee.IntegerField(default=0)
    on_sale_from = peewee.DateField(null=True)
    on_sale_to = peewee.DateField(null=True)  # the last day
    successor = peewee.ForeignKeyField("self", null=True)  # what is sold instead, once this is not sold any more
    created_at = store.MomentField(default=values.now)

    @property
    def number(self):
        return self.code

    @classmethod
    def by_number(cls, text):
        """Where-expression for the code in an address, however it is cased."""
        return cls.code_key == code_key(text)

    @classmethod
    def visible_to(cls, actor, now=None):
        """Query of the products a person may see: staff all, customers what is on sale in their currency."""
        if actor.is_staff or actor.is_system:
            return cls.select()
        if actor.is_customer and actor.account is not None:
            currency = Account.select(Account.currency).where(Account.id == actor.account)
            return cls.on_sale(values.shop_day(now)).where(cls.currency == currency)
        raise NotFound()

    @classmethod
    def on_sale(cls, on_date):
        """Query of what can be ordered on a day."""
        begun = cls.on_sale_from.is_null() | (cls.on_sale_from <= on_date)
        return cls.select().where(begun & (cls.on_sale_to.is_null() | (cls.on_sale_to >= on_date)))

    @classmethod
    def with_category(cls, query):
        """The same products, each with its category, for lists."""
        return query.select_extend(Category).join(Category, peewee.JOIN.LEFT_OUTER)

    @classmethod
    def code_of(cls, id):
        """The code of a product, for addresses made from a Ref."""
        return cls.select(cls.code).where(cls.id == id).scalar()

    def is_on_sale(self, on_date):
        begun = self.on_sale_from is None or self.on_sale_from <= on_date
        return begun and (self.on_sale_to is None or self.on_sale_to >= on_date)

    @property
    def free(self):
        """Pieces that can be sold: on the shelf and not kept for an order; None when there is always enough."""
        return None if self.stock is None else self.stock - self.reserved

    @property
    def is_low(self):
        """Whether it is time to buy more: nothing free, or no more than `low_at`."""
        return self.stock is not None and self.free <= (self.low_at or 0)

    @classmethod
    def low(cls):
        """Where-expression of `is_low`."""
        return cls.stock.is_null(False) & (cls.stock - cls.reserved <= peewee.fn.COALESCE(cls.low_at, 0))

    @property
    def list_price(self):
        return values.Money(self.list_minor, self.currency)

    def edit(self, *, by, version, now=None, **given):
        """Change fields of FIELDS, guarded by the version the form was opened with.

        Raises Stale, and Invalid by field: field-not-yours, code-malformed, code-taken, field-needed,
        choice-unknown, number-out-of-range, dates-reversed, currency-unknown, product-unknown, successor-circle.
        """
        FIELDS.check(by, given)
        with audit.change(by, "product.changed", self, now=now) as change, store.taken(code="code-taken"):
            if change.update(self, version=version, **_clean(given, by=by, product=self)):
                self.index()
        return self

    def show(self, *, by, picture, now=None):
        """Give it a picture that `files.receive` took, or none."""
        with audit.change(by, "product.pictured", self, now=now) as change:
            change.update(self, picture=files.keep(picture, now=now).sha256 if picture else "")
        return self

    def withdraw(self, *, by, now=None):
        """Take it off the shelf from today on; open orders keep it."""
        with audit.change(by, "product.withdrawn", self, now=now) as change:
            change.update(self, on_sale_to=values.shop_day(now) - timedelta(days=1))
        return self

    def put_on_sale(self, *, by, now=None):
        """Sell it from today on, without an end."""
        today = values.shop_day(now)
        start = today if self.on_sale_from and self.on_sale_from > today else self.on_sale_from
        with audit.change(by, "product.put_on_sale", self, now=now) as change:
            change.update(self, on_sale_from=start, on_sale_to=None)
        return self

    def index(self):
        """Put it into the search, inside the change that touched it."""
        search.put(self.ref, self._texts())

    def _texts(self):
        return [self.code, self.name, self.category.name if self.category else "", self.description]

    @classmethod
    def search_entries(cls, after, most):
        """The next products as the search index holds them, for its rebuilding."""
        return cls.search_entries_of(cls.select(cls.id).where(cls.id > after).order_by(cls.id).limit(most))

    @classmethod
    def search_entries_of(cls, ids):
        """Some products (a query or a list of ids) as the search index holds them."""
        rows = cls.select(cls, Category).join(Category, peewee.JOIN.LEFT_OUTER).where(cls.id.in_(ids))
        return [search.Entry(product.id, product._texts()) for product in rows.order_by(cls.id)]


attachments.take("product", "/catalogue/{}", needs="catalogue.edit", shown=Product.visible_to)


def code_key(code):
    """A product code as it is compared: code_key(" bk-R93r ") == "BK-R93R"."""
    return (values.one_line(code, 60) or "").upper()[:60]


def add(*, by, code, name, now=None, **given):
    """A new product; `stock` stays None (unlimited) until the first count. Raises Invalid as `Product.edit`."""
    FIELDS.check(by, given)
    with audit.change(by, "product.added", now=now) as change, store.taken(code="code-taken"):
        given = _clean({"code": code, "name": name} | given, by=by)
        product = change.create(Product, **given, created_at=change.now)
        product.index()
        return product


def _clean(given, *, by, product=None):
    """The columns that these fields become; Invalid names every field that is wrong."""
    shelf = given.pop("category", None) if isinstance(given.get("category"), Category) else None
    currency = (given.get("currency") or "").upper() or (product.currency if product else "PHP")
    clean = FIELDS.clean(given, currency=currency)
    clean |= {name: clean[name] or 0 for name in NEVER_NONE if name in clean}
    if "code" in clean:
        if CODE_REFUSED.search(clean["code"]) or clean["code"].lower() in RESERVED_CODES:
            raise Invalid(code="code-malformed")
        clean["code_key"] = code_key(clean["code"])
    if "name" in clean:
        clean["folded"] = search.fold(clean["name"])
    start, end = (clean.get(name, getattr(product, name, None)) for name in ("on_sale_from", "on_sale_to"))
    if start and end and end < start:
        raise Invalid(on_sale_to="dates-reversed")
    if shelf or "category" in clean:
        clean["category"] = shelf or Category.named(clean["category"], by=by)
    if "successor" in clean:
        clean["successor"] = _successor(clean["successor"], product)
    return clean


def _successor(code, product):
    """The product that this code names, None when blank; a ring of successors would lead nowhere."""
    if not code:
        return None
    found = later = Product.get_or_none(Product.code_key == code_key(code))
    if found is None:
        raise Invalid(successor="product-unknown")
    for _ in range(MOST_SUCCESSORS):
        if product and later.id == product.id:
            raise Invalid(successor="successor-circle")
        if later.successor_id is None:
            return found
        later = later.successor
    raise Invalid(successor="successor-circle")
