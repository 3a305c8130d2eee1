"""Addresses of an account: Philippine, Thai and general forms, purposes and defaults."""

import peewee

from portal import audit, store, values
from portal.customers import field_rules, notices, postal
from portal.customers.accounts import Account
from portal.customers.postal import PLACE
from portal.errors import Invalid
from portal.fields import BUYERS, EVERYONE, STAFF, Field, Table
from portal.people import policy

PURPOSES = ("shipping", "billing")
MOST_ADDRESSES = 200
WRITERS = STAFF | BUYERS

ADDRESS_FIELDS = Table(
    "address",
    Field("number", read=EVERYONE),
    Field("account", "link", EVERYONE, filter=True),
    Field("label", "text", EVERYONE, WRITERS, longest=60),
    Field("recipient", "text", EVERYONE, WRITERS),
    Field("line1", "text", EVERYONE, WRITERS, is_required=True),
    Field("line2", "text", EVERYONE, WRITERS),
    Field("district", "text", EVERYONE, WRITERS, longest=120),
    Field("city", "text", EVERYONE, WRITERS, longest=120),
    Field("region", "text", EVERYONE, WRITERS, longest=120),
    Field("postal_code", "text", EVERYONE, WRITERS, longest=20),
    Field("country", "country", EVERYONE, WRITERS, filter=True, is_required=True),
    Field("phone", "phone", EVERYONE, WRITERS, longest=60),
    Field("for_shipping", "yes", EVERYONE, WRITERS),
    Field("for_billing", "yes", EVERYONE, WRITERS),
    Field("address", "text", EVERYONE, listed=False),  # the whole of it, as notices and histories show it
    Field("is_default_shipping", "yes", EVERYONE, listed=False),
    Field("is_default_billing", "yes", EVERYONE, listed=False),
)

policy.allow("addresses.see", policy.SIGNED_IN)
policy.allow("addresses.add", policy.STAFF, policy.BUYERS)
policy.allow("addresses.edit", policy.STAFF, policy.BUYERS)
policy.allow("addresses.archive", policy.STAFF, policy.BUYERS)


class Address(store.Versioned):
    """A place to deliver or bill to. Documents copy it: editing it never edits history."""

    account = peewee.ForeignKeyField(Account)
    label = peewee.CharField(max_length=60, default="")
    recipient = peewee.CharField(max_length=200, default="")
    line1 = peewee.CharField(max_length=200)
    line2 = peewee.CharField(max_length=200, default="")
    district = peewee.CharField(max_length=120, default="")  # barangay in the Philippines, tambon/khwaeng in Thailand
    city = peewee.CharField(max_length=120, default="")  # city or municipality; amphoe/khet in Thailand
    region = peewee.CharField(max_length=120, default="")  # province or state; changwat in Thailand
    postal_code = peewee.CharField(max_length=20, default="")
    country = peewee.CharField(max_length=2, default="PH")
    phone = peewee.CharField(max_length=60, default="")
    for_shipping = peewee.BooleanField(default=True)
    for_billing = peewee.BooleanField(default=True)
    is_default_shipping = peewee.BooleanField(default=False)
    is_default_billing = peewee.BooleanField(default=False)
    archived_at = store.MomentField(null=True)
    created_at = store.MomentField(default=values.now)

    leaving = None  # its planned move, where `moves.addresses_of` looked for one

    @classmethod
    def visible_to(cls, actor):
        """Query of the addresses of the accounts this person may see, archived ones too, each with its account."""
        return cls.select(cls, Account).join(Account).where(Account.scope(actor))

    @classmethod
    def active(cls, account, purpose=None):
        """The addresses of an account in use, defaults first; of one purpose ("shipping", "billing") or of all."""
        rows = cls.select().where((cls.account == account) & cls.archived_at.is_null())
        if purpose:
            rows = rows.where(_meant_for(purpose))
        return rows.order_by(cls.is_default_shipping.desc(), cls.is_default_billing.desc(), cls.id)

    @classmethod
    def default(cls, account, purpose):
        """The address of an account for one purpose, or None."""
        return cls.active(account, purpose).where(_default(purpose)).first()

    @classmethod
    def add(cls, account, *, by, make_default=False, now=None, **details):
        """A new address; the first one of a purpose is its default, and any with `make_default`.

        Raises Invalid by field: what the country's form needs, and on "line1" address-known when the account has
        this address for this recipient already.
        """
        ADDRESS_FIELDS.check(by, details)
        fields = _clean({"line1": None, "country": account.country} | details, by)
        with audit.change(by, "address.added", about=account, now=now) as change:
            account.hold()
            here = list(cls.active(account))
            _refuse_known(here, fields, account)
            if make_default and fields.get("for_billing", True) and any(a.is_default_billing for a in here):
                _refuse_moving_invoices(by, "make_default")
            if len(here) >= MOST_ADDRESSES and not by.is_system:
                raise Invalid(line1=("address-too-many", {"most": MOST_ADDRESSES}))
            address = change.create(cls, account=account, **fields)
            settle(change, address, make_default)
            account.index_afresh()
            _tell(change, address, [("address", None, address.one_line)])
        return address

    @classmethod
    def unsaved(cls, account, *, by, **details):
        """The address that `add` would store, checked alike, for pages that show it before anything is stored."""
        ADDRESS_FIELDS.check(by, details)
        return cls(account=account, **_clean({"line1": None, "country": account.country} | details, by))

    def edit(self, *, by, version=None, make_default=False, **changes):
        """Change some details: one save, one event, one notice with the address before and after.

        Earlier documents keep what they were given. Raises Invalid by field, Stale, address-put-away.
        """
        ADDRESS_FIELDS.check(by, changes)
        field_rules.check(by, self, changes)
        return self.amend(by=by, version=version, make_default=make_default, **changes)

    def amend(self, *, by, version=None, make_default=False, is_told=True, now=None, **changes):
        """The same without asking who may set which field: for verbs that asked, and perhaps tell, themselves."""
        changes = self.cleaned(changes, by)
        before = self.one_line
        with audit.change(by, "address.edited", self, about=self.account, now=now) as change:
            self.account.hold()
            self._refuse_archived()
            if self.is_default_billing and not changes.get("for_billing", True):
                _refuse_moving_invoices(by, "for_billing")
            if make_default and not self.is_default_billing and changes.get("for_billing", self.for_billing):
                _refuse_moving_invoices(by, "make_default")
            others = [a for a in Address.active(self.account) if a.id != self.id]
            _refuse_known(others, self._fields() | changes, self.account)
            done = change.update(self, version=version, **changes)
            settle(change, self, make_default)
            if done:
                self.account.index_afresh()
                moved = [("address", before, self.one_line)] if before != self.one_line else []
                rest = [(name, *pair) for name, pair in done.items() if name not in PLACE]
                if is_told:
                    _tell(change, self, moved + rest)
        return self

    def archive(self, *, by, version=None, now=None):
        """Put the address away: it is offered no longer, documents keep it; another one becomes the default."""
        with audit.change(by, "address.archived", self, about=self.account, now=now) as change:
            self.account.hold()
            self.refuse_leaving(by)
            flags = {f"is_default_{purpose}": False for purpose in PURPOSES}
            change.update(self, version=version, archived_at=change.now, **flags)
            settle(change, self)
            self.account.index_afresh()
            _tell(change, self, [("address", self.one_line, None)])
        return self

    def bring_back(self, *, by, now=None):
        """What was put away is offered again, as the default where there is none.

        Raises Invalid(address="address-in-use", line1="address-known").
        """
        with audit.change(by, "address.brought_back", self, about=self.account, now=now) as change:
            self.account.hold()
            _refuse_known(list(Address.active(self.account)), self._fields(), self.account)
            away = (Address.id == self.id) & Address.archived_at.is_null(False)
            change.guard(Address.update(archived_at=None).where(away), Invalid(address="address-in-use"))
            self.archived_at = None
            settle(change, self)
            self.account.index()
            _tell(change, self, [("address", None, self.one_line)])
        return self

    def prefer(self, *, by, purpose):
        """Make it the default of one purpose. Raises Invalid: not-for-purpose, address-put-away."""
        if purpose not in PURPOSES or not getattr(self, f"for_{purpose}"):
            raise Invalid(purpose="not-for-purpose")
        if purpose == "billing":
            _refuse_moving_invoices(by, "purpose")
        with audit.change(by, "address.preferred", self, about=self.account) as change:
            self.account.hold()
            self._refuse_archived()
            before = Address.default(self.account, purpose)
            settle(change, self, True, (purpose,))
            if before != self:
                told = [(f"is_default_{purpose}", before.one_line if before else None, self.one_line)]
                _tell(change, self, told)
        return self

    def refuse_leaving(self, by):
        """Raise Invalid(address=…) when this person may not take it out of use, or somebody has already."""
        self._refuse_archived()
        if self.is_default_billing:
            _refuse_moving_invoices(by, "address")

    def give_way(self, other, change):
        """Put it away for another one, which is the default wherever this was; the caller tells of it."""
        held = [purpose for purpose in PURPOSES if getattr(self, f"is_default_{purpose}")]
        change.update(self, archived_at=change.now, **{f"is_default_{purpose}": False for purpose in PURPOSES})
        settle(change, other, True, held)
        self.account.index_afresh()

    def cleaned(self, changes, by):
        """The values as this address would keep them, by name. Raises Invalid by field."""
        return _clean(self._fields() | changes, by, changes.keys())

    def _refuse_archived(self):
        if Address.select().where((Address.id == self.id) & Address.archived_at.is_null(False)).exists():
            raise Invalid(address="address-put-away")

    def _fields(self):
        return {field.name: getattr(self, field.name) for field in ADDRESS_FIELDS if WRITERS & field.write}

    @property
    def name(self):
        """What it is called: its label, else its first line."""
        return self.label or self.line1

    @property
    def one_line(self):
        """The place on one line, without recipient and phone."""
        return ", ".join(self.lines)

    @property
    def lines(self):
        """The place as its country prints it, line by line."""
        return postal.lines(self)

    @property
    def is_default(self):
        return self.is_default_shipping or self.is_default_billing

    @property
    def snapshot(self):
        """A copy for a document: plain values, the recipient named."""
        kept = {name: getattr(self, name) for name in ("label", *PLACE, "phone")}
        return kept | {"recipient": self.recipient or self.account.name, "address": self.id}


def _default(purpose):
    return getattr(Address, f"is_default_{purpose}")


def _meant_for(purpose):
    return getattr(Address, f"for_{purpose}")


for _purpose in PURPOSES:
    # At most one default per account and purpose, whoever races; the verbs keep it at exactly one.
    one = Address.index(Address.account, unique=True, where=_default(_purpose), name=f"address_default_{_purpose}")
    Address.add_index(one)


def _clean(fields, by, names=None):
    """The fields as they are kept; an import may lack what a form would ask for."""
    kept = ADDRESS_FIELDS.clean(fields, fields.get("country") or "PH")
    problems = {} if by.is_system else postal.problems(kept)
    if not (kept.get("for_shipping", True) or kept.get("for_billing", True)):
        problems["for_shipping"] = "purpose-needed"
    if problems:
        raise Invalid(**problems)
    return kept if names is None else {name: kept[name] for name in names}


def _refuse_moving_invoices(by, field):
    """Where an admin ruled so, customers ask before invoices go to another place, and that by its own form."""
    if by.is_customer and field_rules.modes()["address", "address"] != "now":
        raise Invalid(**{field: "billing-place-looked-at"})


def _refuse_known(here, fields, account):
    recipient = fields.get("recipient") or account.name
    for address in here:
        if postal.same_place(address, fields) and (address.recipient or account.name) == recipient:
            raise Invalid(line1=("address-known", {"address": address.name}))


def settle(change, address, is_wanted=False, purposes=PURPOSES):
    """Leave exactly one default per purpose: this address when wanted, else the present one, else the oldest fit."""
    account = address.account
    for purpose in purposes:
        flag = f"is_default_{purpose}"
        fit = list(Address.active(account, purpose).order_by(Address.id))
        present = [a for a in fit if getattr(a, flag)]
        wanted = [a for a in fit if is_wanted and a == address]
        chosen = next(iter(wanted + present + fit), None)
        if present != [chosen]:
            _mark(flag, Address.account == account, False)
            if chosen:
                _mark(flag, Address.id == chosen.id, True)
                change.record(flag, present[0].name if present else None, chosen.name)
        setattr(address, flag, chosen == address)


def _mark(flag, where, value):
    Address.update({flag: value}).where(where & (getattr(Address, flag) != value)).execute()


def _tell(change, address, changes):
    notices.tell_changed(change, address.account, ADDRESS_FIELDS, {}, record=address, changes=changes)
