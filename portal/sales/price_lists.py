"""Price lists and agreed prices: what an account, a group or everybody pays and from when until when."""

import re
from datetime import timedelta
from decimal import Decimal

import peewee

from portal import audit, search, store, values
from portal.customers.accounts import Account
from portal.customers.groups import AccountGroup
from portal.errors import Invalid, NotFound
from portal.fields import MANAGERS, STAFF, Field, Table
from portal.people import policy
from portal.sales.catalogue import Category, Product

MOST_CHANGE_PERCENT = 1_000

policy.allow("prices.see", policy.STAFF)
policy.allow("prices.edit", policy.MANAGERS)
policy.allow("prices.agree", policy.STAFF)

FIELDS = Table(
    "price_list",
    Field("number", read=STAFF, sort=True),
    Field("name", "text", STAFF, MANAGERS, sort=True, longest=120, is_required=True),
    Field("account", "link", STAFF, MANAGERS, filter=True),
    Field("group", "link", STAFF, MANAGERS, filter=True),
    Field("currency", "currency", STAFF, MANAGERS, filter=True, is_required=True),
    Field("valid_from", "date", STAFF, MANAGERS, sort=True, is_required=True),
    Field("valid_to", "date", STAFF, MANAGERS, sort=True),
    Field("is_agreed", "yes", STAFF, filter=True),
    # What the trail tells of it besides its columns.
    Field("items", read=STAFF, listed=False),
    Field("price", read=STAFF, listed=False),
    Field("copied_from", read=STAFF, listed=False),
)


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

    @classmethod
    def open(cls, *, by, name, currency, valid_from=None, valid_to=None, account=None, group=None, now=None):
        """A new, empty list for an account (id), a group (id) or, with neither, everybody; from today on by default.

        Raises Invalid by field: field-needed, account-unknown, group-unknown, target-twice, dates-reversed, and
        price-list-overlaps on "valid_from" with the name and days of the list that holds for the same ones by then.
        """
        given = {"name": name, "currency": currency, "valid_from": valid_from, "valid_to": valid_to}
        FIELDS.check(by, given)
        given["valid_from"] = valid_from or values.shop_day(now)
        fields = FIELDS.clean(given) | _for_whom(by, account, group)
        with audit.change(by, "price_list.opened", about=fields["account"], now=now) as change:
            _refuse_overlap(fields)
            made = change.create(cls, **fields, created_at=change.now)
            made.index()
        return made

    def edit(self, *, by, version=None, now=None, **given):
        """Change name and days. Raises Stale, Invalid by field as `open`."""
        FIELDS.check(by, given)
        self.check_written()
        if given.keys() - {"name", "valid_from", "valid_to"}:
            raise Invalid(currency="field-not-yours")
        fields = FIELDS.clean(given)
        with audit.change(by, "price_list.changed", self, about=self.account, now=now) as change:
            _refuse_overlap(self.__data__ | fields)
            if change.update(self, version=version, **fields):
                self.index()
        return self

    def end(self, *, by, now=None):
        """It holds no longer, from today on; orders keep what they were charged. Raises Invalid(state=list-ended)."""
        self.check_written()
        today = values.shop_day(now)
        if self.valid_to is not None and self.valid_to < today:
            raise Invalid(state="list-ended")
        with audit.change(by, "price_list.ended", self, about=self.account, now=now) as change:
            change.update(self, valid_to=today - timedelta(days=1), valid_from=min(self.valid_from, today))
        return self

    def copy(self, *, by, name, percent="", valid_from=None, valid_to=None, account=None, group=None, now=None):
        """A new list with the same items, its amounts changed by so many per cent: "5", "-2.5".

        Halves go away from zero; discounts off the list price stay what they are. Raises Invalid by field as `open`,
        and percent-malformed.
        """
        self.check_written()
        factor = 1 + read_change(percent) / 100
        with audit.change(by, "price_list.copied", now=now) as change:
            made = PriceList.open(
                by=by, name=name, currency=self.currency, valid_from=valid_from, valid_to=valid_to,
                account=account, group=group, now=now,
            )  # fmt: skip
            rows = [
                {"version": 1, "price_list": made.id, "product": item.product_id, "category": item.category_id,
                 "from_quantity": item.from_quantity, "discount_bp": item.discount_bp,
                 "price_minor": None if item.price_minor is None else values.rounded(item.price_minor * factor)}
                for item in self.items
            ]  # fmt: skip
            store.insert_rows(PriceItem, rows)
            change.subject = made.ref
            change.record("copied_from", None, f"{self.number} {percent or ''}".strip())
        return made

    def check_written(self):
        """Agreed prices are agreed on one by one: as a list they are not there. Raises NotFound."""
        if self.is_agreed:
            raise NotFound()

    @property
    def items(self):
        """Its items with product or category, by product and pieces; one query."""
        rows = PriceItem.select(PriceItem, Product, Category).join(Product, peewee.JOIN.LEFT_OUTER).switch(PriceItem)
        rows = rows.join(Category, peewee.JOIN.LEFT_OUTER).where(PriceItem.price_list == self)
        return list(
            rows.order_by(Category.name.asc(nulls="FIRST"), Product.code_key, PriceItem.from_quantity, PriceItem.id)
        )

    def index(self):
        """Put the list into the search, inside the change that touched it; only staff find it."""
        team = self.account.team_id if self.account_id else None
        search.put(self.ref, [self.name, self.number], None, team)

    @classmethod
    def search_entries(cls, after, most):
        """The next lists as the search index holds them, for its rebuilding."""
        return cls.search_entries_of(cls.select(cls.id).where(cls.id > after).order_by(cls.id).limit(most))

    @classmethod
    def search_entries_of(cls, ids):
        """Some lists (a query or a list of ids) as the search index holds them; none of what was agreed."""
        rows = cls.select(cls, Account).join(Account, peewee.JOIN.LEFT_OUTER).where(cls.id.in_(ids), ~cls.is_agreed)
        found = [(row, row.account.team_id if row.account_id else None) for row in rows.order_by(cls.id)]
        return [search.Entry(row.id, [row.name, row.number], None, team) for row, team in found]

    @property
    def target(self):
        """Whom it is for: account, group or everybody."""
        return "account" if self.account_id else "group" if self.group_id else "everybody"

    def is_valid(self, on_date):
        return self.valid_from <= on_date and (self.valid_to is None or self.valid_to >= on_date)


PriceList.add_index(  # one list of agreed prices per account and currency
    peewee.ModelIndex(
        PriceList, (PriceList.account, PriceList.currency), unique=True, where=PriceList.is_agreed,
        name="pricelist_agreed_once",
    )
)  # fmt: skip


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
        indexes = ((("price_list", "product"), False),)

    @property
    def what(self):
        """The code of the product, or the name of the category."""
        return self.product.code if self.product_id else self.category.name

    @property
    def name(self):
        return self.product.name if self.product_id else self.category.name

    def minor_for(self, product):
        """The price of one piece of a product under this item."""
        if self.price_minor is not None:
            return self.price_minor
        return product.list_minor - values.share(product.list_minor, self.discount_bp)


def read_change(text):
    """A change in per cent as typed: "5", "-2.5", "+3 %"; blank is none. Raises Invalid: percent-malformed."""
    text = str(text or "").strip().rstrip("%").strip().replace("\N{MINUS SIGN}", "-").replace(",", ".")
    if not text:
        return Decimal(0)
    if not re.fullmatch(r"[+-]?\d{1,4}(\.\d{1,2})?", text) or not -100 <= Decimal(text) <= MOST_CHANGE_PERCENT:
        raise Invalid(percent="percent-malformed")
    return Decimal(text)


def _for_whom(by, account, group):
    """{"account": row, "group": row} from their ids; at most one of them."""
    if account and group:
        raise Invalid(group="target-twice")
    found = Account.visible_to(by).where(Account.id == account).first() if account else None
    if account and found is None:
        raise Invalid(account="account-unknown")
    crowd = AccountGroup.get_or_none(AccountGroup.id == group) if group else None
    if group and crowd is None:
        raise Invalid(group="group-unknown")
    return {"account": found, "group": crowd}


def _refuse_overlap(fields):
    """Refuse days that another list for the same ones in the same currency holds; one after the other decides."""
    start, end = fields["valid_from"], fields["valid_to"]
    if end and end < start:
        raise Invalid(valid_to="dates-reversed")
    if fields.get("is_agreed"):
        return
    if not store.is_sqlite():  # where two managers can write at once, the second waits for the first
        store.db.execute_sql("LOCK TABLE price_list IN SHARE ROW EXCLUSIVE MODE")
    same = (PriceList.currency == fields["currency"]) & ~PriceList.is_agreed & (PriceList.id != fields.get("id", 0))
    for name in ("account", "group"):
        column, own = getattr(PriceList, name), fields[name]
        same &= column.is_null() if own is None else (column == own)
    never = PriceList.valid_to < PriceList.valid_from  # ended before it began
    same &= PriceList.valid_to.is_null() | ((PriceList.valid_to >= start) & ~never)
    other = PriceList.select().where(same if end is None else same & (PriceList.valid_from <= end)).first()
    if other:
        raise Invalid(valid_from=("price-list-overlaps", told(other)))


def told(price_list):
    """What a message says of a list or an agreed price: name, number and days as ISO text."""
    days = {"from": price_list.valid_from, "until": price_list.valid_to}
    days = {name: day.isoformat() if day else "–" for name, day in days.items()}
    return {"name": price_list.name, "number": price_list.number, **days}
