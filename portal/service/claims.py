"""Claims: what is wrong with a covered thing, until it is repaired, replaced, refunded or refused."""

from datetime import timedelta

import peewee

from portal import search, store, values
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import employees, policy
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.service.moving_on import MovesOn
from portal.service.warranties import Warranty
from portal.values import Money, Recipient

STATES = ("asked", "accepted", "received", "repaired", "replaced", "refunded", "closed", "refused", "withdrawn")
# How each state is drawn: waits for us, under way, done, refused, closed.
KIND_OF = {
    "asked": "wait",
    "accepted": "run",
    "received": "run",
    "repaired": "done",
    "replaced": "done",
    "refunded": "done",
    "closed": "closed",
    "refused": "refused",
    "withdrawn": "closed",
}
OPEN = ("asked", "accepted", "received")
SETTLED = ("repaired", "replaced", "refunded")
OURS = ("asked", "received")  # it is our turn
WAY = ("asked", "accepted", "received", "settled", "closed")
# verb -> states it starts from
STARTS = {
    "withdraw": ("asked",),
    "accept": ("asked",),
    "refuse": ("asked",),
    "give_up": ("accepted", "received"),
    "receive": ("accepted",),
    "repair": ("received",),
    "replace": ("received",),
    "refund": ("received",),
    "close": SETTLED,
    "cost": STATES,
}
COSTS = ("labour_minor", "parts_minor", "freight_minor")
ANSWER_DAYS = 3  # until we have answered, as every claim promises

policy.allow("claims.see", policy.SIGNED_IN)
policy.allow("claims.ask", policy.BUYERS, policy.STAFF)
policy.allow("claims.withdraw", policy.BUYERS)
for _verb in ("accept", "refuse", "give_up", "receive", "repair", "replace", "close", "cost"):
    policy.allow(f"claims.{_verb}", policy.STAFF)
policy.allow("claims.refund", policy.MANAGERS)  # as every credit note
attachments.take("claim", "/claims/{}", customers_add=True)

FIELDS = Table(
    "claim",
    Field("number", read=EVERYONE, sort=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("settled_how", "choice", EVERYONE, filter=True, choices=SETTLED),
    Field("answer_by", "date", EVERYONE, sort=True, filter=True),
    Field("warranty", "link", EVERYONE),
    Field("product", "link", EVERYONE, filter=True),
    Field("product_name", read=EVERYONE),
    Field("serial", read=EVERYONE),
    Field("quantity", "number", EVERYONE),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=STAFF),
    Field("email", read=STAFF),
    Field("words", "words", EVERYONE, listed=False, longest=2000, is_required=True),
    Field("since_on", "date", EVERYONE, is_past=True),
    Field("reach", "text", EVERYONE, listed=False, longest=200),
    Field("is_late", "yes", EVERYONE, filter=True),
    Field("asked_by", read=EVERYONE),
    Field("asked_at", "moment", EVERYONE, sort=True),
    Field("reply", "words", EVERYONE, listed=False, longest=1000),
    Field("decided_by", read=EVERYONE),
    Field("decided_at", "moment", EVERYONE),
    Field("received_at", "moment", EVERYONE),
    Field("settled_at", "moment", EVERYONE),
    Field("closed_at", "moment", EVERYONE),
    Field("replacement", "link", EVERYONE),
    Field("credit_note", read=EVERYONE, listed=False),
    Field("currency", "currency", STAFF),
    Field("labour_minor", "money", STAFF, STAFF),
    Field("parts_minor", "money", STAFF, STAFF),
    Field("freight_minor", "money", STAFF, STAFF),
)


class Claim(MovesOn, store.Versioned):
    """What one person says is wrong with a thing. Without an account nobody has proved yet that it is his."""

    NUMBER = "CL-{:06d}"
    STARTS, RIGHTS, MOVED_ON = STARTS, "claims", "claim-moved-on"

    account = peewee.ForeignKeyField(Account, null=True, index=False)
    warranty = peewee.ForeignKeyField(Warranty, null=True)
    product = peewee.ForeignKeyField(Product, null=True)
    product_words = peewee.CharField(max_length=200, default="")  # as somebody unknown to us calls it
    serial = peewee.CharField(max_length=80, default="")
    quantity = peewee.IntegerField(
        default=1, constraints=[peewee.Check("quantity > 0", name="claim_quantity_positive")]
    )
    state = peewee.CharField(max_length=10, default="asked")
    settled_how = peewee.CharField(max_length=10, default="")
    words = peewee.TextField()
    since_on = peewee.DateField(null=True)
    reach = peewee.CharField(max_length=200, default="")
    email = peewee.CharField(max_length=320, default="")  # of a person without an account, proved by a letter
    language = peewee.CharField(max_length=8, default="en")
    is_late = peewee.BooleanField(default=False)  # the warranty was over when it was asked
    asked_by = peewee.CharField(max_length=200, default="")
    asked_at = store.MomentField(default=values.now)
    answer_by = peewee.DateField()
    reply = peewee.TextField(default="")  # ours, which the customer reads
    decided_by = peewee.CharField(max_length=200, default="")
    decided_at = store.MomentField(null=True)
    received_at = store.MomentField(null=True)
    settled_at = store.MomentField(null=True)
    closed_at = store.MomentField(null=True)
    replacement = peewee.ForeignKeyField(Order, null=True)
    currency = peewee.CharField(max_length=3)
    labour_minor = peewee.BigIntegerField(default=0)
    parts_minor = peewee.BigIntegerField(default=0)
    freight_minor = peewee.BigIntegerField(default=0)

    class Meta:
        indexes = (
            (("account", "id"), False),
            (("state", "answer_by"), False),
            (("answer_by",), False),
            (("asked_at",), False),
        )

    @classmethod
    def visible_to(cls, actor):
        """Query of the claims a person may see, each with account, product and thing, in one query.

        Those that nobody has proved to be his are for all staff, and for no customer.
        """
        rows = cls.select(cls, Account, Product, Warranty).join(Account, peewee.JOIN.LEFT_OUTER).switch(cls)
        rows = rows.join(Product, peewee.JOIN.LEFT_OUTER).switch(cls).join(Warranty, peewee.JOIN.LEFT_OUTER)
        if actor.is_customer:
            return rows.where(Account.scope(actor))
        return rows.where(cls.account.is_null() | Account.scope(actor))

    @classmethod
    def open_for(cls, actor):
        """Query of what is under way, oldest first."""
        return cls.visible_to(actor).where(cls.state.in_(OPEN)).order_by(cls.id)

    @classmethod
    def waiting_for_us(cls, actor):
        """Query of those that staff must answer or settle, without order."""
        return cls.visible_to(actor).where(cls.state.in_(OURS))

    @property
    def kind(self):
        """How the state is drawn: wait, run, done, refused, closed."""
        return KIND_OF[self.state]

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def is_unproved(self):
        """Whether it came from somebody whose thing it may not be."""
        return self.account_id is None

    @property
    def account_name(self):
        return self.account.name if self.account_id else ""

    @property
    def product_name(self):
        return self.product.name if self.product_id else self.product_words

    def days_late(self, today=None):
        """Days since we had promised an answer, negative before; None once it is decided."""
        return ((today or values.shop_day()) - self.answer_by).days if self.state == "asked" else None

    def money(self, name):
        """One of its costs as Money: claim.money("labour")."""
        return Money(getattr(self, f"{name}_minor"), self.currency)

    @property
    def costs(self):
        """What it cost us besides goods that were sent again or credited."""
        return Money(sum(getattr(self, name) for name in COSTS), self.currency)

    @property
    def said(self):
        """Its number and its words, as other documents quote it."""
        return f"{self.number} {values.one_line(self.words, 400) or ''}".strip()

    def people(self, by=None):
        """Who is told: the customer and his keepers; of an unproved one the person, and whoever keeps the thing."""
        if by and by.is_quiet:
            return []
        if self.account_id:
            return self.account.people_for("orders", by)
        person = Recipient(self.ref, self.asked_by, self.email, self.language, channels=("mail",))
        owner = self.warranty.account if self.warranty_id else None
        ours = owner.staff_for(by) if owner else [admin.recipient for admin in employees.admins()]
        return [person, *ours]

    def told(self):
        """What notices about it say, as JSON."""
        about = {"number": self.number, "product": self.product_name, "serial": self.serial}
        about |= {"account": self.account_name, "has_page": self.account_id is not None}
        return about | {"words": self.words, "answer_by": self.answer_by.isoformat(), "is_late": self.is_late}

    def index(self):
        """Put it into the search, inside the change that touched it."""
        search.put(self.ref, self._texts(), self.account_id, self.account.team_id if self.account_id else None)

    def _texts(self):
        return [self.number, self.serial, self.product_name, self.account_name, self.asked_by]

    @classmethod
    def search_entries(cls, after, most):
        """The next claims as the search index holds them, for its rebuilding."""
        rows = cls.select(cls, Account, Product).join(Account, peewee.JOIN.LEFT_OUTER).switch(cls)
        rows = rows.join(Product, peewee.JOIN.LEFT_OUTER).where(cls.id > after).order_by(cls.id).limit(most)
        team = lambda row: row.account.team_id if row.account_id else None  # noqa: E731
        return [search.Entry(row.id, row._texts(), row.account_id, team(row)) for row in rows]


# One open claim per thing, of those who own it; the index is the judge.
Claim.add_index(
    peewee.ModelIndex(
        Claim,
        (Claim.warranty,),
        unique=True,
        where=Claim.account.is_null(False) & Claim.warranty.is_null(False) & Claim.state.in_(OPEN),
        name="claim_open",
    )
)
# What is under way, by the day we promised: staff begin with it, however many were settled.
IS_OPEN = peewee.fn.COALESCE(Claim.state, "").in_(OPEN)  # of the plain column SQLite gathers each state and sorts
Claim.add_index(peewee.ModelIndex(Claim, (Claim.answer_by, Claim.id), where=IS_OPEN, name="claim_waiting"))


def promised(now):
    """The day by which a claim that is asked now is answered: so many days on which the shop works."""
    day, left = values.shop_day(now), ANSWER_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5  # noqa: PLR2004 Saturday and Sunday do not count
    return day


def open_of(warranty):
    """The open claim of its owner about a thing, or None."""
    here = (Claim.warranty == warranty) & Claim.account.is_null(False) & Claim.state.in_(OPEN)
    return Claim.get_or_none(here)


def of(warranty):
    """All claims about a thing, of whoever owned it and of those who proved nothing, newest first."""
    return list(Claim.select().where(Claim.warranty == warranty).order_by(Claim.id.desc()))
