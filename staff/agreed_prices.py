"""Agreed prices for staff: those of an account with the short form that adds one, all of them, changing, ending."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal import values
from portal.customers.accounts import Account
from portal.customers.groups import AccountGroup
from portal.sales import agreed_prices, price_items
from portal.sales.agreed_prices import FIELDS, AgreedPrice
from portal.sales.catalogue import FIELDS as PRODUCT_FIELDS
from portal.sales.price_lists import PriceItem, PriceList
from portal.values import Money
from portal.web import forms, lists, pages, panels, speech
from portal.web.noun_forms import DateText
from staff.face import crm

SHOW = pages.Page("staff/prices/of_account.html")
PANEL = pages.Page(SHOW.page, "staff/prices/_of_account.html")
EDIT = pages.Page("staff/prices/agreed.html")


class AgreeForm(forms.Form):
    """A price for something, from so many pieces on, until a day."""

    price = StringField(lazy_gettext("Price or discount"), render_kw={"maxlength": 40})
    what = StringField(lazy_gettext("Product code or category"), render_kw={"maxlength": 120})
    from_quantity = StringField(lazy_gettext("From pieces"), render_kw={"maxlength": 12})
    valid_from = DateText(lazy_gettext("From"))
    valid_to = DateText(lazy_gettext("Until"))


class RenewForm(forms.EditForm):
    price = StringField(lazy_gettext("Price or discount"), render_kw={"maxlength": 40})
    valid_to = DateText(lazy_gettext("Until"))


class GroupForm(forms.EditForm):
    group = SelectField(lazy_gettext("Group"), validate_choice=False)


def price_of(item):
    """The agreed or listed amount of an item as Money; None for a discount."""
    return None if item.price_minor is None else Money(item.price_minor, item.price_list.currency)


def _off(item):
    return None if item.discount_bp is None else f"{item.discount_bp / 100:g}"


def _listed(item):
    return item.product.list_price if item.product_id else None


LIST = lists.List(
    "agreed_price",
    FIELDS,
    columns=[
        lists.Column("account", lambda item: item.price_list.account.name),
        lists.Column("what"),
        lists.Column("name"),
        lists.Column("from_quantity"),
        lists.Column("currency", lambda item: item.price_list.currency),
        lists.Column("price_minor", price_of, "price"),
        lists.Column("discount_bp", _off, "discount_percent", show=lambda item, beside: said_off(item)),
        lists.Column("list_minor", _listed, "list_price"),
        *map(lists.Column, ("valid_from", "valid_to")),
    ],
    sorts={
        "number": lists.Sort(PriceItem.id),
        "valid_from": lists.Sort(PriceItem.valid_from, nullable=True),
        "valid_to": lists.Sort(PriceItem.valid_to, nullable=True),
    },
    default_sort="valid_to",
    filters={"account": lists.Link("agreed_price", FIELDS["account"], PriceList.account)},
    shown=(
        "account",
        "what",
        "name",
        "from_quantity",
        "price",
        "discount_percent",
        "list_price",
        "valid_from",
        "valid_to",
    ),
    link="what",
    at="staff.agreed_price_show",
    rows=lambda actor: agreed_prices.living(agreed_prices.visible_to(actor), values.shop_day()),
)


def said_off(item):
    """A discount off the list price as it is read."""
    return None if item.discount_bp is None else speech.wording().percent(item.discount_bp / 10_000, 2)


@crm.get("/prices/agreed", may="prices.see", feeds=("csv", "json"))
def agreed_price_list(actor):
    return LIST.answer(None, actor)


@crm.get("/accounts/<number>/prices", may="prices.see", on=Account)
def account_prices(account, actor):
    return PANEL.render(form=AgreeForm(formdata=None), **_about(account, actor))


@crm.post("/accounts/<number>/prices", may="prices.agree", on=Account)
def agreed_price_agree(account, actor):
    form = AgreeForm()
    done = form.run(lambda **typed: agreed_prices.agree(account, **typed), by=actor)
    _warn(done, actor)
    said = gettext("Agreed. The customer sees it beside the product and in each order.")
    return form.answer(done, SHOW, to=_page_of(account), said=said, again=lambda: _about(account, actor))


@crm.post("/accounts/<number>/group", may="prices.edit", on=Account)
def account_regroup(account, actor):
    form = _grouping(account)
    done = form.run(_regrouped(account), by=actor)
    if done.ok:
        return form.answer(done, SHOW, to=_page_of(account), said=gettext("The account is in its group."))
    about = _about(account, actor) | {"group_form": form}
    return SHOW.render(done.status, form=AgreeForm(formdata=None), **about)


@crm.get("/prices/agreed/<number>", may="prices.see", on=AgreedPrice)
def agreed_price_show(item, actor):
    price = said_off(item) or str(price_of(item).decimal)
    form = RenewForm(formdata=None, price=price, valid_to=item.valid_to, version=item.version)
    return EDIT.render(form=form, **_about_item(item))


@crm.post("/prices/agreed/<number>", may="prices.agree", on=AgreedPrice)
def agreed_price_renew(item, actor):
    form = RenewForm()
    done = form.run(lambda **typed: agreed_prices.renew(item, **typed), by=actor)
    _warn(done, actor)
    here = _page_of(item.price_list.account)
    return form.answer(done, EDIT, to=here, said=gettext("Saved."), again=lambda: _about_item(item))


@crm.post("/prices/agreed/<number>/end", may="prices.agree", on=AgreedPrice)
def agreed_price_end(item, actor):
    form = forms.OneClick()
    done = form.run(lambda **typed: agreed_prices.end(item, **typed), by=actor)
    said = gettext("It holds no longer. Orders that are placed keep it.")
    return form.answer(done, EDIT, to=_page_of(item.price_list.account), said=said)


def _warn(done, actor):
    """A price that looks like a slip is kept, and said so; to whoever may know what the product costs us."""
    if done.ok and done.result is not None:
        item = done.result
        found = price_items.warning(item.product if item.product_id else None, item.__data__)
        knows = found != "price-under-cost" or "cost_minor" in PRODUCT_FIELDS.readable(actor)
        if found and knows:
            forms.say(speech.message(found), kind="warn")


def _page_of(account):
    return url_for("staff.account_prices", number=account.number)


def _about_item(item):
    return {"item": item, "account": item.price_list.account, "one_click": forms.Form(formdata=None)}


def _about(account, actor):
    group = AccountGroup.visible_to(actor).where(AccountGroup.id == account.group_id).first()
    lists_of = PriceList.visible_to(actor).where(~PriceList.is_agreed)
    own = PriceList.account == account
    return {
        "account": account,
        "group": group,
        "items": agreed_prices.of(account, actor, values.shop_day()),
        "price_of": price_of,
        "off_of": said_off,
        "price_lists": list(lists_of.where(own | (PriceList.group == account.group_id) if group else own)),
        "group_form": _grouping(account, is_sent=False),
        "today": values.shop_day(),
    }


def _regrouped(account):
    """The verb with the group as a number; 0 is none."""

    def call(*, by, group, version):
        group = group or ""
        key = int(group) if group.isascii() and group.isdigit() and len(group) < 10 else -1
        return account.regroup(by=by, group=key, version=version)

    return call


def _grouping(account, is_sent=True):
    form = GroupForm(**{} if is_sent else {"formdata": None}, group=account.group_id or 0, version=account.version)
    names = AccountGroup.select(AccountGroup.id, AccountGroup.name).order_by(AccountGroup.name).tuples()
    form.group.choices = [SelectChoice(*choice) for choice in [(0, gettext("No group")), *names]]
    return form


def _on_account(account, actor):
    """Nothing is asked for the page of the account: its prices come behind, or by the link where scripts are off."""
    return {"account": account, "form": AgreeForm(formdata=None)}


panels.show_on("staff", "account", "prices", "staff/prices/_later.html", _on_account, may="prices.see", rank=30)
