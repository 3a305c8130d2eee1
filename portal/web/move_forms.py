"""Forms of moves: from when, to which address, and what becomes of an open order."""

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, StringField

from portal.customers.addresses import ADDRESS_FIELDS
from portal.web import address_forms, forms, noun_forms
from portal.web.noun_forms import DateText

ANOTHER = "new"  # the choice of an address that is not written down yet


class MoveForm(forms.Form):
    """The day, and one of the other addresses or the fields of a new one."""

    from_on = DateText(lazy_gettext("From which day on?"))
    new = RadioField(lazy_gettext("Where to?"), validate_choice=False)

    def values(self):
        asks_new = self.new.data == ANOTHER
        typed = {name: self[name].data for name in address_forms.PLACE if name in self} if asks_new else None
        return {"from_on": self.from_on.data, "new": None if asks_new else self.new.data, "new_address": typed}


class DecideForm(forms.OneClick):
    """What becomes of one open order; two buttons."""

    choice = StringField()


def planning(actor, old, addresses, **options):
    """The form that plans a move from one of these addresses; a new one is the first thing it asks for."""
    start = {"country": old.country, "recipient": old.recipient, "phone": old.phone, "new": ANOTHER}
    form = noun_forms.form_over(ADDRESS_FIELDS, address_forms.PLACE, actor, base=MoveForm, **start | options)
    others = [(str(a.id), f"{a.name}, {a.one_line}" if a.label else a.one_line) for a in addresses if a != old]
    form.new.choices = forms.options([(ANOTHER, gettext("A new address")), *others])
    return address_forms.named(form, old.country)
