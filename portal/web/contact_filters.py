"""Filters of contacts beside those of their fields: who is not to be contacted, and whose birthday comes."""

from flask_babel import gettext

from portal import rows, values
from portal.customers import birthdays
from portal.customers.contacts import BARRED, BARRED_CHANNELS, CONTACT_FIELDS, SPARSE, Contact
from portal.web import speech
from portal.web.list_filters import ANY, NONE, Choice, Filter, parts

BIRTHDAYS = {"today": 1, "7": 7, "30": 30}  # offered; the address takes any number of days


class _Picked(Filter):
    """A filter that is a choice of few words."""

    kind = "pick"

    def __init__(self, name):
        self.noun, self.name, self.keys = "contact", name, (name,)

    @property
    def label(self):
        return speech.term(self.noun, self.name)

    def words(self, asked, actor):
        return dict(self.options()).get(asked[self.name], asked[self.name])

    def control(self, asked, actor):
        made = super().control(asked, actor)
        known = [("", gettext("any")), *self.options()]
        return made | {"options": known if made["value"] in dict(known) else [*known, (made["value"],) * 2]}


class NoContactFilter(_Picked):
    """`no_contact=any` shows who is not to be contacted by some channel, `no_contact=phone` whom not to call."""

    def options(self):
        channels = [(channel, speech.term("contact", "no_contact", channel)) for channel in BARRED_CHANNELS]
        return [(ANY, gettext("some channel")), *channels, (NONE, gettext("may be reached by all"))]

    def where(self, text, actor):
        if text == NONE:
            return Contact.barred == ""
        if text != ANY and text not in BARRED_CHANNELS:
            raise self.refuse("filter-choice-unknown", value=text)
        some = rows.as_indexed(BARRED)
        return some if text == ANY else some & (Contact.barred.contains("all") | Contact.barred.contains(text))


class SparseChoice(Choice):
    """A choice that few contacts made: looked up in the index of those who did."""

    def where(self, text, actor):
        chosen = super().where(text, actor)
        return chosen & rows.as_indexed(self.column != "") if NONE not in parts(text) else chosen


def sparse():
    """{name: filter} of the choices that have an index of those who made them."""
    return {column.name: SparseChoice("contact", CONTACT_FIELDS[column.name], column) for column in SPARSE}


class BirthdayFilter(_Picked):
    """`birthday=7` shows whose birthday it is today or on the six days after, `birthday=today` on this one."""

    sort = "born_on"

    def options(self):
        weeks = [("7", gettext("within a week")), ("30", gettext("within a month"))]
        return [("today", gettext("today")), *weeks]

    def control(self, asked, actor):
        return super().control(asked, actor) if "born_on" in CONTACT_FIELDS.readable(actor) else None

    def where(self, text, actor):
        days = BIRTHDAYS.get(text) or (int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0)
        if "born_on" not in CONTACT_FIELDS.readable(actor) or not 1 <= days <= 366:
            raise self.refuse("filter-choice-unknown", value=text)
        return birthdays.within(values.shop_day(), days)
