"""Whether an address still holds, as the customer answers it: by the link of a letter, or signed in."""

from flask import url_for
from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField

from portal.customers import address_checks
from portal.customers.address_checks import AddressCheck
from portal.web import forms, one_task, places
from selfservice.face import site

places.show_at("portal", "address_check", places.numbered("portal.address_check_show", AddressCheck))


class CheckForm(forms.Form):
    decision = StringField()
    words = TextAreaField(lazy_gettext("What is right instead?"))


one_task.offer(
    address_checks.TASK,
    on=AddressCheck,
    may="addresses.confirm",
    template="selfservice/address_checks/_task.html",
    form=CheckForm,
    verb=AddressCheck.settle,
    check=AddressCheck.refuse_answered,
    title=lazy_gettext("Is this address still right?"),
    said={
        "right": lazy_gettext("Thank you. We go on delivering there."),
        "wrong": lazy_gettext("Thank you. We read it and put the address right."),
    },
)


@site.get("/account/addresses/checks/<number>", may="addresses.confirm", on=AddressCheck)
def address_check_show(check, actor):
    return one_task.show_here(address_checks.TASK, check, actor)


@site.post("/account/addresses/checks/<number>", may="addresses.confirm", on=AddressCheck)
def address_check_settle(check, actor):
    return one_task.act_here(address_checks.TASK, check, actor, url_for("portal.address_list"))
