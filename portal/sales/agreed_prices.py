"""Agreed prices: what one account pays for a product or category, until when, as staff agreed with it."""

from dataclasses import replace
from datetime import timedelta

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid, NotFound
from portal.fields import STAFF, Field, Table
from portal.people import policy
from portal.sales import discounts, price_items
from portal.sales.catalogue import Category, Product
from portal.sales.price_items import Typed
from portal.sales.price_lists import PriceItem, PriceList

NAME = "Agreed prices"  # of the list behind them; people read "agreed" instead
FROM, UNTIL = Field("valid_from", "date"), Field("valid_to", "date")

FIELDS = Table(
    "agreed_price",
    Field("account", read=STAFF),
    Field("what", read=STAFF),
    Field("name", read=STAFF),
    Field("from_quantity", "number", STAFF),
    Field("currency", "currency", STAFF),
    Field("price_minor", "money", STAFF),
    Field("discount_bp", "number", STAFF),
    Field("list_minor", "money", STAFF),
    Field("valid_from", "date", STAFF, sort=True),
    Field("valid_to", "date", STAFF, sort=True, filter=True),
)


def visible_to(actor):
    """Query of the agreed prices of the accounts staff see, each with its list, account, product and category."""
    if not (actor.is_staff or actor.is_system):
        raise NotFound()
    rows = PriceItem.select(PriceItem, PriceList, Account, Product, Category).join(PriceList).join(Account)
    rows = rows.switch(PriceItem).join(Product, peewee.JOIN.LEFT_OUTER).switch(PriceItem)
    rows = rows.join(Category, peewee.JOIN.LEFT_OUTER)
    return rows.where(PriceList.is_agreed, Account.scope(actor))


class AgreedPrice:
    """An item of an account's agreed prices, as a page loads it."""

    id = PriceItem.id
    by_number = PriceItem.by_number
    visible_to = staticmethod(visible_to)


def living(rows, on_date):
    """Of a query of agreed prices those that hold on a day or will."""
    return rows.where(PriceItem.valid_to.is_null() | (PriceItem.valid_to >= on_date))


def of(account, actor, on_date):
    """The agreed prices of an account that hold on a day or will, by what they are for; one query."""
    rows = living(visible_to(actor).where(PriceList.account == account), on_date)
    return list(
        rows.order_by(
            Category.name.asc(nulls="FIRST"), Product.code_key, PriceItem.from_quantity, PriceItem.valid_from
        )
    )


def agree(account, *, by, what, price, from_quantity="", valid_from=None, valid_to=None, now=None):
    """Agree on a price with an account, from so many pieces on, from a day (today) until another or for good.

    `what` is a product's code or a category, `price` an amount or "10 %". Reps agree on what they could give as a
    discount, managers on any. The customer reads it in the inbox. Raises Invalid by field: as `price_items.read`,
    discount-too-high on "price", dates-reversed, day-passed, and agreed-overlaps on "what" with the other one.
    """
    today = values.shop_day(now)
    start, end = FROM.clean(valid_from) or today, UNTIL.clean(valid_to)
    (one,) = price_items.read([Typed(what, from_quantity, price)], account.currency)
    problems = one.problems | _days(start, end, today)
    if problems:
        raise Invalid(**problems)
    _within_limit(by, one.fields)
    with audit.change(by, "price.agreed", about=account, now=now) as change:
        agreed = _list_of(account, today)
        change.subject = agreed.ref
        price_items.lock(agreed)
        _refuse_overlap(agreed, one.fields, start, end)
        item = PriceItem.create(price_list=agreed, **one.fields, valid_from=start, valid_to=end)
        change.record("price", None, price_items.said(item, account.currency))
        _tell(change, account, item)
    return item


def renew(item, *, by, price, version=None, valid_to=None, now=None):
    """Agree on another price or another last day for the same. Raises Stale, Invalid as `agree`."""
    agreed, today = item.price_list, values.shop_day(now)
    end = UNTIL.clean(valid_to)
    fields = price_items.read_price(price, agreed.currency, item.product)
    problems = _days(item.valid_from, end, min(today, item.valid_from))
    if problems:
        raise Invalid(**problems)
    new = {"product": item.product, "category": item.category, "from_quantity": item.from_quantity} | fields
    is_longer = item.valid_to is not None and (end is None or end > item.valid_to)
    if is_longer or fields != {name: getattr(item, name) for name in fields}:
        _within_limit(by, new)
    with audit.change(by, "price.renewed", agreed, about=agreed.account, now=now) as change:
        price_items.lock(agreed)
        _refuse_overlap(agreed, new, item.valid_from, end, item.id)
        before = price_items.said(item, agreed.currency)
        if change.update(item, version=version, **fields, valid_to=end):
            change.record("price", before, price_items.said(item, agreed.currency))
            _tell(change, agreed.account, item)
    return item


def end(item, *, by, now=None):
    """It holds no longer, from today on; one that has not begun is taken away. The customer reads it in the inbox."""
    agreed, yesterday = item.price_list, values.shop_day(now) - timedelta(days=1)
    with audit.change(by, "price.ended", agreed, about=agreed.account, now=now) as change:
        price_items.lock(agreed)
        if item.valid_to is not None and item.valid_to <= yesterday:
            return item
        change.record("price", price_items.said(item, agreed.currency), None)
        if item.valid_from > yesterday:
            change.guard(PriceItem.delete().where(PriceItem.id == item.id), Invalid(state="changed-meanwhile"))
        else:
            change.update(item, valid_to=yesterday)
        _tell(change, agreed.account, item)
    return item


def _days(start, end, today):
    if start < today:
        return {"valid_from": ("day-passed", {})}
    if end and end < start:
        return {"valid_to": ("dates-reversed", {})}
    return {}


def _within_limit(by, fields):
    """Reps agree on no more than they could give as a discount; for a category that is a per cent."""
    if by.is_system or by.role in policy.MANAGERS:
        return
    most, product = discounts.most_of(by), fields["product"]
    if fields["discount_bp"] is not None:
        is_within = fields["discount_bp"] <= most
    else:
        is_within = product and fields["price_minor"] >= product.list_minor - values.share(product.list_minor, most)
    if not is_within:
        raise Invalid(price=("agreed-too-low", {"percent": most / 100 if most % 100 else most // 100}))


def _list_of(account, today):
    """The list that holds the agreed prices of an account in its currency, made the first time."""
    here = (PriceList.account == account) & (PriceList.currency == account.currency) & PriceList.is_agreed
    found = PriceList.get_or_none(here)
    if found:
        return found
    with store.taken(price="changed-meanwhile"):
        start = {"name": NAME, "currency": account.currency, "valid_from": today, "is_agreed": True}
        return PriceList.create(account=account, **start)


def _refuse_overlap(agreed, fields, start, last, own=0):
    """Two agreed prices for the same, from as many pieces on, never hold on the same day."""
    same = (PriceItem.price_list == agreed) & (PriceItem.from_quantity == fields["from_quantity"])
    same &= (PriceItem.id != own) & (PriceItem.valid_to.is_null() | (PriceItem.valid_to >= start))
    for name in ("product", "category"):
        column = getattr(PriceItem, name)
        same &= column.is_null() if fields[name] is None else (column == fields[name])
    other = PriceItem.select().where(same if last is None else same & (PriceItem.valid_from <= last)).first()
    if other:
        params = {"price": price_items.said(other, agreed.currency)}
        raise Invalid(**{"valid_to" if own else "what": ("agreed-overlaps", params)})


def _tell(change, account, item):
    """One notice per change, in the inbox only: people look prices up where they order."""
    people = [replace(who, channels=("inbox",)) for who in account.people_for("orders", change.by) if _has_inbox(who)]
    change.tell(people, "price_agreed", **_said(change, account, item))


def _has_inbox(who):
    return "inbox" in who.channels


def _said(change, account, item):
    price = item.price_minor
    listed = {"minor": item.product.list_minor, "currency": account.currency} if item.product_id else None
    return {
        "event": change.event,
        "account": {"name": account.name, "number": account.number},
        "what": item.name,
        "code": item.product.code if item.product_id else "",
        "price": {"minor": price, "currency": account.currency} if price is not None else None,
        "percent_bp": item.discount_bp,
        "list": listed,
        "from_quantity": item.from_quantity,
        "start": item.valid_from.isoformat(),
        "until": item.valid_to.isoformat() if item.valid_to else None,
        "by": change.by.name,
    }
