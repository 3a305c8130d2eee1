"""Addresses for staff: adding one to an account, changing it, putting it away."""

from flask import request, url_for
from flask_babel import gettext

from portal.customers import address_checks
from portal.customers.accounts import Account
from portal.customers.address_checks import AddressCheck
from portal.customers.addresses import PURPOSES, Address
from portal.errors import NotFound
from portal.web import address_forms, forms, pages, places
from staff.face import crm

NEW = pages.Page("staff/addresses/new.html", address_forms.FIELDS_PIECE)
WHOLE = pages.Page(NEW.page)
EDIT = pages.Page("staff/addresses/edit.html")

places.show_at("staff", "address", places.numbered("staff.address_edit_form", Address))


@crm.get("/accounts/<number>/addresses/new", may="addresses.add", on=Account)
def address_new(account, actor):
    form = address_forms.new_form(actor, account.country, request.args)
    return NEW.render(account=account, form=form, place_url=request.path)


@crm.post("/accounts/<number>/addresses/new", may="addresses.add", on=Account)
def address_add(account, actor):
    form = address_forms.new_form(actor, account.country)
    done = form.run(lambda **typed: Address.add(account, **typed), by=actor)
    shown = {"account": account, "place_url": request.path}
    return form.answer(done, WHOLE, to=_account_of(account), said=gettext("Saved."), **shown)


@crm.get("/addresses/<number>", may="addresses.edit", on=Address)
def address_edit_form(address, actor):
    form = address_forms.edit_form(actor, address)
    return EDIT.render(address=address, form=form, **_beside(address))


@crm.post("/addresses/<number>", may="addresses.edit", on=Address)
def address_edit(address, actor):
    form = address_forms.edit_form(actor, address)
    done = form.run(address.edit, by=actor)
    return _answer(form, done, address, gettext("Saved. Earlier papers keep the old address."))


@crm.post("/addresses/<number>/archive", may="addresses.archive", on=Address)
def address_archive(address, actor):
    form = forms.OneClick()
    return _answer(form, form.run(address.archive, by=actor), address, gettext("The address is put away."))


@crm.post("/addresses/<number>/prefer/<purpose>", may="addresses.edit", on=Address)
def address_prefer(address, actor, purpose):
    if purpose not in PURPOSES:
        raise NotFound()
    form = forms.OneClick()
    done = form.run(address.prefer, by=actor, purpose=purpose)
    return _answer(form, done, address, gettext("This is the usual address now."))


@crm.post("/addresses/<number>/ask", may="addresses.ask", on=Address)
def address_ask(address, actor):
    form = forms.OneClick()
    done = form.run(lambda by: address_checks.ask(address, by=by), by=actor)
    return _answer(form, done, address, gettext("The customer is asked by mail whether it is still right."))


def _answer(form, done, address, said):
    return form.answer(done, EDIT, to=_account_of(address.account), said=said, address=address, **_beside(address))


def _beside(address):
    check = AddressCheck.newest(address)
    return {"one_click": forms.Form(formdata=None), "place_url": None, "check": check}


def _account_of(account):
    return url_for("staff.account_show", number=account.number) + "#addresses"
