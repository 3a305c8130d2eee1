"""Price lists for staff: the list of them, one with its sheet of prices, copying it with a change, ending it."""

from datetime import timedelta

from flask import redirect, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal import search, values
from portal.customers.accounts import Account
from portal.customers.groups import AccountGroup
from portal.people import policy
from portal.sales import price_items
from portal.sales.price_lists import FIELDS, PriceItem, PriceList
from portal.web import forms, lists, noun_forms, pages, panels, places, speech
from staff.agreed_prices import price_of, said_off
from staff.face import crm
from staff.price_sheets import PasteForm, SheetForm, warn

INDEX = pages.Page("staff/prices/index.html")
SHOW = pages.Page("staff/prices/show.html")
NEW = pages.Page("staff/prices/new.html")
COPY = pages.Page("staff/prices/copy.html")
NAMES = ("name", "currency", "valid_from", "valid_to")
EDITED = ("name", "valid_from", "valid_to")
MOST_SHOWN = 200  # prices of a list on its page; the file has all

places.show_at("staff", "price_list", places.numbered("staff.price_list_show", PriceList))


def _whom(row, beside=None):
    named = row.account if row.account_id else row.group if row.group_id else None
    return named.name if named else speech.term("price_list", "target", "everybody")


def _state(row):
    """Whether it holds today: to come, holds, ended."""
    today = values.shop_day()
    return "coming" if row.valid_from > today else "holds" if row.is_valid(today) else "ended"


LIST = lists.List(
    "price_list",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "name")),
        lists.Column("account", lambda row: row.account.name if row.account_id else None),
        lists.Column("group", lambda row: row.group.name if row.group_id else None),
        lists.Column("whom", _whom, show=_whom, label=lazy_gettext("For")),
        *map(lists.Column, ("currency", "valid_from", "valid_to")),
    ],
    sorts={
        "number": lists.Sort(PriceList.id),
        "name": lists.Sort(PriceList.name),
        "valid_from": lists.Sort(PriceList.valid_from),
        "valid_to": lists.Sort(PriceList.valid_to, nullable=True),
    },
    default_sort="-number",
    search=lambda query, text: query.where(PriceList.id.in_(search.matches("price_list", text))),
    shown=("number", "name", "whom", "currency", "valid_from", "valid_to"),
    link="name",
    at="staff.price_list_show",
    rows=lambda actor: PriceList.visible_to(actor).where(~PriceList.is_agreed),
)


class WhomForm(forms.Form):
    """For whom a list is: an account by its number, a group, or with neither everybody."""

    account = StringField(lazy_gettext("Account number"), render_kw={"maxlength": 12})
    group = SelectField(lazy_gettext("or group"), validate_choice=False)


class CopyForm(WhomForm):
    percent = StringField(lazy_gettext("Change the amounts by per cent"), render_kw={"maxlength": 12})


def _form(actor, base=WhomForm, names=NAMES, **start):
    form = noun_forms.form_over(FIELDS, names, actor, base=base, **start)
    groups = AccountGroup.select(AccountGroup.id, AccountGroup.name).order_by(AccountGroup.name).tuples()
    form.group.choices = [SelectChoice(*choice) for choice in [("", gettext("everybody")), *groups]]
    return form


def _named(verb):
    """The verb with account and group as ids; a number that is none is no account's."""

    def call(*, by, account="", group="", **typed):
        return verb(by=by, account=_id(account), group=_id(group), **typed)

    return call


def _id(text):
    text = str(text or "").strip()
    return None if text in ("", "0") else int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@crm.get("/prices", may="prices.see", feeds=("csv", "json"))
def price_list_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/prices/new", may="prices.edit")
def price_list_new(actor):
    return NEW.render(form=_form(actor, valid_from=values.shop_day()))


@crm.post("/prices", may="prices.edit")
def price_list_open(actor):
    form = _form(actor)
    done = form.run(_named(PriceList.open), by=actor)
    return form.answer(done, NEW, to=_page_of, said=gettext("The list is there. Now write its prices."))


@crm.get("/prices/<number>", may="prices.see", on=PriceList)
def price_list_show(price_list, actor):
    if price_list.is_agreed:
        return redirect(url_for("staff.account_prices", number=price_list.account.number), code=303)
    return SHOW.render(**_about(price_list, actor))


@crm.post("/prices/<number>/edit", may="prices.edit", on=PriceList)
def price_list_edit(price_list, actor):
    form = noun_forms.form_over(FIELDS, EDITED, actor, price_list)
    done = form.run(price_list.edit, by=actor)
    return _answer(price_list, actor, form, done, gettext("Saved. Orders keep what they were charged."), "edit_form")


@crm.post("/prices/<number>/sheet", may="prices.edit", on=PriceList)
def price_list_write(price_list, actor):
    form = SheetForm()
    done = form.run(lambda **typed: price_items.write(price_list, **typed), by=actor)
    if done.ok:
        warn(done.result or ())
    return _answer(price_list, actor, form, done, gettext("The prices are kept."), "form")


@crm.post("/prices/<number>/paste", may="prices.edit", on=PriceList)
def price_list_paste(price_list, actor):
    form = PasteForm()
    done = form.run(lambda **typed: price_items.paste(price_list, **typed), by=actor)
    if not (done.ok and done.result and done.result[1]):
        warn(done.result[0] if done.ok and done.result else ())
        return _answer(price_list, actor, form, done, gettext("All of the list is kept."), "paste_form")
    good, bad = done.result
    form = PasteForm(formdata=None)
    form.keep(bad)
    said = ngettext("%(num)s line is kept.", "%(num)s lines are kept.", len(good)) if good else ""
    return SHOW.render(422, **_about(price_list, actor) | {"paste_form": form, "said": said})


@crm.get("/prices/<number>/copy", may="prices.edit", on=PriceList)
def price_list_copy_form(price_list, actor):
    following = price_list.valid_to and price_list.valid_to + timedelta(days=1)
    start = {"name": price_list.name, "valid_from": following or values.shop_day()}
    start["account"] = price_list.account.number if price_list.account_id else ""
    form = _form(actor, CopyForm, EDITED, **start, group=price_list.group_id or "")
    return COPY.render(form=form, price_list=price_list)


@crm.post("/prices/<number>/copy", may="prices.edit", on=PriceList)
def price_list_copy(price_list, actor):
    form = _form(actor, CopyForm, EDITED)
    done = form.run(_named(price_list.copy), by=actor)
    return form.answer(done, COPY, to=_page_of, said=gettext("The copy is there."), price_list=price_list)


@crm.post("/prices/<number>/end", may="prices.edit", on=PriceList)
def price_list_end(price_list, actor):
    form = forms.OneClick()
    done = form.run(price_list.end, by=actor)
    return form.answer(done, SHOW, to=_page_of(price_list), said=gettext("It holds no longer, from today on."))


def _page_of(price_list):
    return url_for("staff.price_list_show", number=price_list.number)


def _answer(price_list, actor, form, done, said, name):
    if done.ok:
        return form.answer(done, SHOW, to=_page_of(price_list), said=said)
    now = PriceList.visible_to(actor).where(PriceList.id == price_list.id).get()
    return SHOW.render(done.status, **_about(now, actor) | {name: form})


def _about(price_list, actor):
    items = price_list.items
    blank = {"formdata": None}
    may_edit = policy.may(actor, "prices.edit", price_list)
    return {
        "price_list": price_list,
        "whom": _whom(price_list),
        "state": _state(price_list),
        "items": items[:MOST_SHOWN],
        "count": len(items),
        "form": SheetForm(**blank, version=price_list.version),
        "paste_form": PasteForm(**blank),
        "edit_form": noun_forms.form_over(FIELDS, EDITED, actor, price_list, is_sent=False) if may_edit else None,
        "one_click": forms.Form(**blank),
        "may_edit": may_edit,
        "said": "",
    }


def _of_product(product, actor):
    """Every list that prices this product now or later, within reach; what is agreed stands with the accounts."""
    rows = PriceItem.select(PriceItem, PriceList, Account, AccountGroup).join(PriceList)
    rows = rows.join(Account, "LEFT OUTER JOIN").switch(PriceList).join(AccountGroup, "LEFT OUTER JOIN")
    here = (PriceItem.product == product) | (PriceItem.category == product.category_id)
    rows = rows.where(here, PriceList.account.is_null() | Account.scope(actor))
    rows = rows.where(PriceList.valid_to.is_null() | (PriceList.valid_to >= values.shop_day()))
    rows = rows.where(PriceItem.valid_to.is_null() | (PriceItem.valid_to >= values.shop_day()))
    items = list(rows.order_by(PriceItem.from_quantity, PriceItem.id).limit(MOST_SHOWN))
    return {"priced": items, "whom": _whom, "off_of": said_off, "price_of": price_of} if items else None


panels.show_on("staff", "product", "prices", "staff/prices/_of_product.html", _of_product, may="prices.see", rank=20)
