"""Shopping lists: products with quantities that customers keep under a name, their own or shared in the account."""

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid, NotFound
from portal.fields import BUYERS, EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.people.logins import Login
from portal.sales import pasting, quotes
from portal.sales.catalogue import Product, code_key
from portal.sales.quotes import Wanted
from portal.store import among

MOST_LISTS = 100  # of one account
MOST_LINES = quotes.MOST_LINES
MOST_SAID = 5  # lines that a refusal repeats

FIELDS = Table(
    "shopping_list",
    Field("number", read=EVERYONE),
    Field("name", "text", EVERYONE, BUYERS, sort=True, longest=80, is_required=True),
    Field("is_shared", "yes", EVERYONE, BUYERS, filter=True),
    Field("account", "link", STAFF, filter=True),
    Field("owner", "link", EVERYONE),
    Field("products", "number", EVERYONE),
    Field("changed_at", "moment", EVERYONE, sort=True),
)


def _own(actor, kept):
    """One's own; the company's admin also puts away what others have shared."""
    return kept.owner_id == actor.ref.id or actor.role == "customer_admin"


policy.allow("lists.see", policy.SIGNED_IN)
policy.allow("lists.keep", policy.BUYERS)
policy.allow("lists.remove", policy.BUYERS, when=_own)


class ShoppingList(store.Versioned):
    """A name for what is bought together. A shared one is changed by whoever buys for the account."""

    account = peewee.ForeignKeyField(Account)
    owner = peewee.ForeignKeyField(Login)
    name = peewee.CharField(max_length=80)
    name_key = peewee.CharField(max_length=160)
    is_shared = peewee.BooleanField(default=False)
    changed_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("account", "owner", "name_key"), True), (("name_key",), False), (("changed_at",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the lists a person may see: customers their own and what is shared; staff what is shared."""
        rows = cls.select(cls, Account, Login.id, Login.name).join(Account).switch(cls).join(Login)
        rows = rows.where(Account.scope(actor))
        if actor.is_staff or actor.is_system:
            return rows.where(cls.is_shared)
        if actor.is_customer:
            return rows.where(cls.is_shared | (cls.owner == actor.ref.id))
        raise NotFound()

    @classmethod
    def listed_for(cls, actor):
        """`visible_to` with the number of `products` of each list."""
        count = ShoppingLine.select(peewee.fn.COUNT(ShoppingLine.id)).where(ShoppingLine.shopping_list == cls.id)
        return cls.visible_to(actor).select_extend(count.alias("products"))

    @property
    def lines(self):
        """Its lines in their order, each with its product as it is today; one query."""
        rows = ShoppingLine.select(ShoppingLine, Product).join(Product)
        return list(rows.where(ShoppingLine.shopping_list == self).order_by(ShoppingLine.position, ShoppingLine.id))

    @property
    def wanted(self):
        """What it orders, as Wanted."""
        return [Wanted(line.product.code, line.quantity) for line in self.lines]

    @classmethod
    def keep(cls, *, by, account, name, lines, is_shared=False, now=None):
        """Keep these Wanted under a name.

        Raises Invalid: field-needed, text-too-long, list-known, lists-too-many on "name"; on "lines" as `_read`.
        """
        given = FIELDS.clean({"name": name, "is_shared": is_shared})
        with audit.change(by, "shopping_list.kept", about=account, now=now) as change, store.taken(name="list-known"):
            if cls.select().where(cls.account == account).count() >= MOST_LISTS:
                raise Invalid(name=("lists-too-many", {"most": MOST_LISTS}))
            rows = _read(lines, by)
            start = {"account": account, "owner": by.ref.id, "changed_at": change.now}
            made = change.create(cls, **start, **given, name_key=_key(given["name"]))
            made._write(change, [], rows)
        return made

    def edit(self, *, by, name, is_shared, quantities, more="", version=None, now=None):
        """Another name, other quantities {product id: pieces}, a product without any is left out; `more` is pasted.

        The owner alone shares it or takes it back. Raises Stale when somebody else changed it meanwhile. Raises
        Invalid: field-needed, text-too-long, list-known on "name", field-not-yours on "is_shared",
        list-lines-unread on "more" with the lines that could not be read, lines-too-many on "lines".
        """
        given = FIELDS.clean({"name": name, "is_shared": is_shared})
        if given["is_shared"] != self.is_shared and not _own(by, self):
            raise Invalid(is_shared="field-not-yours")
        with audit.change(by, "shopping_list.changed", self, about=self.account, now=now) as change:
            lines, added = self.lines, _pasted(more, by)
            fields = given | {"name_key": _key(given["name"]), "changed_at": change.now}
            with store.taken(name="list-known"):
                change.update(self, version=version, **fields)
            kept = {line.product: quantities[line.product_id] for line in lines if quantities.get(line.product_id)}
            self._write(change, lines, _together(kept, added))
        return self

    def add(self, *, by, lines, now=None):
        """Put more Wanted on it; of what stands there already so many more. Raises Invalid as `keep`."""
        with audit.change(by, "list.added_to", self, about=self.account, now=now) as change:
            more = _read(lines, by)
            bump = {"version": ShoppingList.version + 1, "changed_at": change.now}  # holds others off meanwhile
            change.guard(ShoppingList.update(bump).where(ShoppingList.id == self.id), NotFound())
            before = self.lines
            self._write(change, before, _together({line.product: line.quantity for line in before}, more))
        return self

    def remove(self, *, by, now=None):
        """Forget it; orders made from it stay."""
        with audit.change(by, "shopping_list.removed", self, about=self.account, now=now) as change:
            change.record("lines", _said(self.lines), None)
            change.guard(ShoppingList.delete().where(ShoppingList.id == self.id), NotFound())
        return self

    def _write(self, change, before, rows):
        """Its lines anew, {product: quantity}, and in the trail what stood there."""
        if len(rows) > MOST_LINES:
            raise Invalid(lines=("lines-too-many", {"most": MOST_LINES}))
        ShoppingLine.delete().where(ShoppingLine.shopping_list == self).execute()
        kept = [
            {"shopping_list": self, "product": product, "quantity": quantity, "position": position}
            for position, (product, quantity) in enumerate(rows.items(), 1)
        ]
        if kept:
            ShoppingLine.insert_many(kept).execute()
        was, now = _said(before), [[product.code, quantity] for product, quantity in rows.items()]
        if was != now:
            change.record("lines", was or None, now)


class ShoppingLine(store.Model):
    """So many of a product on a list."""

    shopping_list = peewee.ForeignKeyField(ShoppingList, on_delete="CASCADE", index=False)
    product = peewee.ForeignKeyField(Product)
    quantity = peewee.IntegerField(constraints=[peewee.Check("quantity > 0", name="shopping_line_quantity_positive")])
    position = peewee.IntegerField()

    class Meta:
        indexes = ((("shopping_list", "product"), True),)


def _key(name):
    return name.casefold()


def _said(lines):
    return [[line.product.code, line.quantity] for line in lines]


def _read(lines, by):
    """{product: quantity} of these Wanted, the same product added up; one query.

    Raises Invalid on "lines": lines-needed, lines-too-many, list-line-unknown, and as `quotes.read_quantity`.
    """
    if not lines:
        raise Invalid(lines="lines-needed")
    if len(lines) > MOST_LINES:
        raise Invalid(lines=("lines-too-many", {"most": MOST_LINES}))
    rows = Product.visible_to(by).where(among(Product.code_key, {code_key(line.code) for line in lines}))
    products, found = {product.code_key: product for product in rows}, {}
    for line in lines:
        product = products.get(code_key(line.code))
        if product is None:
            raise Invalid(lines=("list-line-unknown", {"code": line.code}))
        try:
            found = _together(found, {product: quotes.read_quantity(line.quantity)})
        except Invalid:
            raise Invalid(lines=("list-line-malformed", {"name": product.name, "quantity": str(line.quantity)}))
    return found


def _pasted(text, by):
    """{product: quantity} of a pasted list, all of which must be read."""
    read = pasting.read(text, by)
    unread = [line for line, *_ in read.unread] + read.rest
    if unread:
        raise Invalid(more=("list-lines-unread", {"lines": "; ".join(unread[:MOST_SAID])}))
    return _read(read.wanted, by) if read.wanted else {}


def _together(rows, more):
    """{product: quantity} of both, the same product added up."""
    rows = dict(rows)
    for product, quantity in more.items():
        rows[product] = min(rows.get(product, 0) + quantity, quotes.MOST_PIECES)
    return rows
