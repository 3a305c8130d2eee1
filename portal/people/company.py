"""The company: who the shop is on paper, as its letters, invoices and delivery notes name it."""

import re

import peewee

from portal import audit, files, store, values
from portal.errors import Invalid, NotFound, Stale
from portal.fields import EVERYONE, Field, Table
from portal.people import policy

ADMINS = frozenset(policy.ADMINS)
ONLY = 1  # the id of the one row
NEEDED = ("name", "tax_number", "line1", "city", "country")  # what an invoice is no invoice without

policy.allow("company.see", policy.MANAGERS)
policy.allow("company.edit", policy.ADMINS)

FIELDS = Table(
    "company",
    Field("name", "text", EVERYONE, ADMINS, is_required=True),
    Field("legal_name", "text", EVERYONE, ADMINS),
    Field("tax_number", "text", EVERYONE, ADMINS, longest=60),
    Field("tax_words", "text", EVERYONE, ADMINS),
    Field("line1", "text", EVERYONE, ADMINS),
    Field("district", "text", EVERYONE, ADMINS, longest=120),
    Field("city", "text", EVERYONE, ADMINS, longest=120),
    Field("region", "text", EVERYONE, ADMINS, longest=120),
    Field("postal_code", "text", EVERYONE, ADMINS, longest=20),
    Field("country", "country", EVERYONE, ADMINS, is_required=True),
    Field("phone", "phone", EVERYONE, ADMINS, longest=60),
    Field("email", "email", EVERYONE, ADMINS),
    Field("website", "website", EVERYONE, ADMINS),
    Field("foot", "words", EVERYONE, ADMINS, listed=False, longest=600),
)


class Company(store.Versioned):
    """The shop itself, one row. What is blank is not printed; `lacks` names what invoices need."""

    name = peewee.CharField(max_length=200)
    legal_name = peewee.CharField(max_length=200, default="")
    tax_number = peewee.CharField(max_length=60, default="")
    tax_words = peewee.CharField(max_length=200, default="")  # "VAT registered", "Head office"
    line1 = peewee.CharField(max_length=200, default="")
    district = peewee.CharField(max_length=120, default="")
    city = peewee.CharField(max_length=120, default="")
    region = peewee.CharField(max_length=120, default="")
    postal_code = peewee.CharField(max_length=20, default="")
    country = peewee.CharField(max_length=2, default="PH")
    phone = peewee.CharField(max_length=60, default="")
    email = peewee.CharField(max_length=200, default="")
    website = peewee.CharField(max_length=200, default="")
    foot = peewee.TextField(default="")  # words at the foot of invoices
    picture = peewee.CharField(max_length=64, default="")  # sha256 of the logo, "" when none

    @classmethod
    def visible_to(cls, actor):
        """The one row for managers and admins; on paper everybody reads it."""
        if actor.is_system or actor.role in policy.MANAGERS:
            return cls.select()
        raise NotFound()

    @property
    def lacks(self):
        """Names of the fields that are blank and that an invoice needs."""
        return [name for name in NEEDED if not getattr(self, name)]

    def describe(self, *, by, version=None, now=None, **given):
        """Say who the shop is; papers made from now on say so.

        Raises Stale; Invalid by field: field-not-yours, field-needed, tax-number-thai, tax-number-philippine, and
        what fields of a kind refuse.
        """
        FIELDS.check(by, given)
        clean = _clean(given, self)
        try:
            with audit.change(by, "company.described", self, now=now) as change:
                if self.is_known:
                    change.update(self, version=version, **clean)
                else:
                    first = {"name": self.name, "country": self.country}
                    self.__data__.update(change.create(Company, id=ONLY, **first | clean).__data__)
        except peewee.IntegrityError:  # of two who describe it first the second sees what the first wrote
            raise Stale(Company.get(Company.id == ONLY))
        return self

    def show(self, *, by, picture, now=None):
        """Give it a logo that `files.receive` took, or none. Raises Invalid: company-unknown on "picture"."""
        if not self.is_known:
            raise Invalid(picture="company-unknown")
        with audit.change(by, "company.pictured", self, now=now) as change:
            change.update(self, picture=files.keep(picture, now=now).sha256 if picture else "")
        return self

    @property
    def is_known(self):
        """Whether anybody has said yet who the shop is."""
        return self.version > 0


def ours(name="", country="PH"):
    """The company; before anybody described it a blank one with the name and country of the settings."""
    return Company.get_or_none(Company.id == ONLY) or Company(id=ONLY, version=0, name=name, country=country)


def _clean(given, company):
    country = given.get("country") or company.country
    clean = FIELDS.clean(given, country=country)
    tax_number = re.sub(r"[\s-]", "", clean.get("tax_number", ""))
    if tax_number and country == "TH" and not values.is_thai_id(tax_number):
        raise Invalid(tax_number="tax-number-thai")
    if tax_number and country == "PH" and not re.fullmatch(r"[0-9]{9}([0-9]{3}|[0-9]{5})?", tax_number):
        raise Invalid(tax_number="tax-number-philippine")
    return clean
