"""The customer's addresses: the list with the form for another one, changing one, putting it away."""

from flask import request, url_for
from flask_babel import gettext

from portal.customers import moves
from portal.customers.accounts import Account
from portal.customers.address_checks import AddressCheck
from portal.customers.addresses import PURPOSES, Address
from portal.errors import NotFound
from portal.people import policy
from portal.service import request_asking
from portal.web import address_forms, forms, pages, places, request_forms
from selfservice.face import site

INDEX = pages.Page("selfservice/addresses/index.html", address_forms.FIELDS_PIECE)
WHOLE = pages.Page(INDEX.page)
EDIT = pages.Page("selfservice/addresses/edit.html")

places.show_at("portal", "address", lambda number: url_for("portal.address_list"))


@site.get("/account/addresses", may="addresses.see")
def address_list(actor):
    account = Account.visible_to(actor).first()
    may_add = policy.may(actor, "addresses.add")
    form = address_forms.new_form(actor, account.country, request.args) if may_add else None
    return INDEX.render(**_about(account), form=form)


def _about(account):
    return {
        "account": account,
        "addresses": moves.addresses_of(account),
        "checks": AddressCheck.open_of(account),
        "one_click": forms.Form(formdata=None),
        "place_url": url_for("portal.address_list"),
    }


@site.post("/account/addresses", may="addresses.add")
def address_add(actor):
    account = Account.visible_to(actor).first()
    form = address_forms.new_form(actor, account.country)
    done = form.run(lambda **typed: Address.add(account, **typed), by=actor)
    return form.answer(done, WHOLE, to=_list(), said=gettext("Saved."), **_about(account))


@site.get("/account/addresses/<number>", may="addresses.edit", on=Address)
def address_show(address, actor):
    form = request_forms.address_form(actor, address)
    return EDIT.render(address=address, form=form, **_beside())


@site.post("/account/addresses/<number>", may="addresses.edit", on=Address, uploads=True)
def address_edit(address, actor):
    form = request_forms.address_form(actor, address)
    done = form.run(lambda **typed: request_asking.alter(address, **typed), by=actor)
    asks = done.result is not None and done.result.request is not None
    said = request_forms.said(done.result) if asks else gettext("Saved. Earlier papers keep the old address.")
    return _answer(form, done, address, said)


@site.post("/account/addresses/<number>/archive", may="addresses.archive", on=Address)
def address_archive(address, actor):
    form = forms.OneClick()
    return _answer(form, form.run(address.archive, by=actor), address, gettext("The address is put away."))


@site.post("/account/addresses/<number>/prefer/<purpose>", may="addresses.edit", on=Address)
def address_prefer(address, actor, purpose):
    if purpose not in PURPOSES:
        raise NotFound()
    form = forms.OneClick()
    done = form.run(address.prefer, by=actor, purpose=purpose)
    return _answer(form, done, address, gettext("This is the usual address now."))


def _answer(form, done, address, said):
    return form.answer(done, EDIT, to=_list(), said=said, address=address, **_beside())


def _beside():
    return {"one_click": forms.Form(formdata=None), "place_url": None}


def _list():
    return url_for("portal.address_list")
