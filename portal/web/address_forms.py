"""The one address form, used wherever an address is asked for: what its country needs, under its country's names."""

from flask import render_template, request
from wtforms import BooleanField

from portal import memory
from portal.customers import postal
from portal.customers.addresses import ADDRESS_FIELDS
from portal.web import forms, noun_forms, speech, terms
from portal.web.wording import whole

FIELDS_PIECE = "selfservice/addresses/_fields.html"
PLACE = ("country", "recipient", "line1", "line2", "district", "city", "region", "postal_code", "phone")
BLANK = memory.Latest(60)
USE = ("label", "for_shipping", "for_billing")


class NewAddress(forms.Form):
    """An address that is not there yet."""

    make_default = BooleanField()


class OldAddress(forms.EditForm):
    """An address that is there."""

    make_default = BooleanField()


def new_form(actor, country, typed=None, use=USE, **options):
    """A form for a new address in a country; `use=()` leaves label and purposes out.

    `typed` is what the page held when the country was changed on it, so that nothing is lost.
    """
    start = {"country": country, "for_shipping": True, "for_billing": True}
    start |= {name: typed[name] for name in PLACE + use if typed and name in typed}
    names = PLACE + use + (noun_forms.own_of(ADDRESS_FIELDS, actor) if actor.is_staff else ())
    form = noun_forms.form_over(ADDRESS_FIELDS, names, actor, base=NewAddress, **options, **start)
    return named(form, country)


def edit_form(actor, address, base=OldAddress, **options):
    """A form over an address."""
    form = noun_forms.form_over(ADDRESS_FIELDS, PLACE + USE, actor, address, base=base, **options)
    return named(form, address.country)


def drawn(form, place_url=None):
    """The fields of an address as markup: those in which nothing stands are drawn once for a country and language."""

    def draw():
        return whole(render_template(FIELDS_PIECE, form=form, place_url=place_url))

    place = [form[name].data for name in PLACE if name in form]
    blank = request.method == "GET" and len(place) == len(PLACE) and not any(place[1:])
    return BLANK.of((speech.language(), place[0], place_url), draw) if blank else draw()


def named(form, country):
    """Call the fields as the chosen country does, and mark what it needs; roles may leave some of them out."""
    country = form["country"].data if "country" in form else country
    needed = postal.form_of(country).needed
    for name in ("district", "city", "region"):
        own = ("address", name, country)
        if name in form:
            form[name].label.text = speech.term(*(own if own in terms.LABELS else own[:2]))
    for name in PLACE:
        if name in form:
            form[name].flags.required = name in needed
    return form
