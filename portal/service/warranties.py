"""Warranties: what a customer owns that is covered until a day, piece by piece once it has a serial number."""

import re
import secrets
import unicodedata
from datetime import timedelta

import peewee

from portal import audit, search, store, values
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import BUYERS, EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.orders import Order, OrderLine
from portal.sales.shipments import Shipment

STATES = ("sent", "waiting", "covered", "declined", "gone")
# How each state is drawn, and those that the calendar adds to what is covered.
KIND_OF = {
    "sent": "run",
    "waiting": "wait",
    "covered": "done",
    "ending": "needs",
    "over": "closed",
    "declined": "refused",
    "gone": "closed",
}
LIVE = ("sent", "waiting", "covered")  # a serial number stands in one of these at most
ENDING_DAYS = 30
LONGEST_NUMBER = 7

policy.allow("warranties.see", policy.SIGNED_IN)
policy.allow("warranties.number", policy.BUYERS, policy.STAFF)
attachments.take("warranty", "/warranties/{}", customers_add=True)

FIELDS = Table(
    "warranty",
    Field("number", read=EVERYONE, sort=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("product", "link", EVERYONE, filter=True),
    Field("product_name", read=EVERYONE),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=STAFF),
    Field("quantity", "number", EVERYONE),
    Field("serial", "text", EVERYONE, STAFF | BUYERS, longest=80),
    Field("order", read=EVERYONE),
    Field("bought_on", "date", EVERYONE, STAFF | BUYERS, filter=True, is_past=True),
    Field("covered_until", "date", EVERYONE, STAFF, sort=True, filter=True),
    Field("months", "number", EVERYONE),
    Field("is_registered", "yes", EVERYONE, filter=True),
    Field("is_elsewhere", "yes", EVERYONE, filter=True),
    Field("reply", "words", EVERYONE, STAFF, listed=False, longest=1000),
    Field("decided_by", read=STAFF),
    Field("decided_at", "moment", STAFF),
    Field("pieces", "number", EVERYONE, listed=False),
    Field("offered_to", read=EVERYONE, listed=False),  # what the trail tells of handing over
    Field("reason", "words", STAFF, listed=False),
)


def new_tag():
    """What the code on a thing says of it: nothing but which one it is, and nobody counts through it."""
    return secrets.token_urlsafe(12)


class Warranty(store.Versioned):
    """Pieces of one product that one account owns: `quantity` alike ones, or a single one with its serial number."""

    NUMBER = "WA-{:06d}"

    account = peewee.ForeignKeyField(Account, index=False)
    product = peewee.ForeignKeyField(Product)
    order_line = peewee.ForeignKeyField(OrderLine, null=True)
    shipment = peewee.ForeignKeyField(Shipment, null=True)
    state = peewee.CharField(max_length=10, default="covered")
    quantity = peewee.IntegerField(
        default=1, constraints=[peewee.Check("quantity > 0", name="warranty_quantity_positive")]
    )
    serial = peewee.CharField(max_length=80, default="")
    serial_key = peewee.CharField(max_length=80, default="", index=True)
    tag = peewee.CharField(max_length=24, unique=True, default=new_tag)
    bought_on = peewee.DateField(null=True)
    covered_until = peewee.DateField(null=True)
    months = peewee.IntegerField(default=0)
    is_registered = peewee.BooleanField(default=False)  # by the customer, with a proof that we look at
    is_elsewhere = peewee.BooleanField(default=False)  # another shop sold it
    reply = peewee.CharField(max_length=1000, default="")
    decided_by = peewee.CharField(max_length=200, default="")
    decided_at = store.MomentField(null=True)
    reminded_at = store.MomentField(null=True)
    offered_to = peewee.CharField(max_length=320, default="")  # the address whose owner may take it over
    offered_until = peewee.DateField(null=True)
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("account", "id"), False), (("state", "id"), False), (("covered_until", "id"), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the things a person may see, each with product, account and order, in one query.

        Customers see what they own by now: not what is still under way, nor what they handed over.
        """
        line, order = OrderLine, Order
        rows = cls.select(cls, Account, Product, line, order).join(Account).switch(cls).join(Product).switch(cls)
        rows = rows.join(line, peewee.JOIN.LEFT_OUTER, on=(cls.order_line == line.id))
        rows = rows.join(order, peewee.JOIN.LEFT_OUTER, on=(line.order == order.id)).where(Account.scope(actor))
        return rows.where(cls.state != "sent") if actor.is_customer else rows

    @classmethod
    def waiting_for_us(cls, actor):
        """Query of what customers registered and nobody has looked at."""
        return cls.visible_to(actor).where(cls.state == "waiting")

    @classmethod
    def ending(cls, today=None):
        """Where-expression of what is covered and will not be for long."""
        today = today or values.shop_day()
        soon = today + timedelta(days=ENDING_DAYS)
        return (cls.state == "covered") & (cls.covered_until >= today) & (cls.covered_until <= soon)

    @property
    def account_name(self):
        return self.account.name

    @property
    def product_name(self):
        return self.product.name

    @property
    def order(self):
        """The order it came with, or None."""
        return self.order_line.order if self.order_line_id else None

    def bought_by(self, account):
        """Whether this account (its id) is who bought it, and so reads its order and invoice."""
        return self.order_line_id is not None and self.order.account_id == account

    def days_left(self, today=None):
        """Days until it ends, today counted as 0; negative once it is over, None while it has not begun."""
        return None if self.covered_until is None else (self.covered_until - (today or values.shop_day())).days

    def standing(self, today=None):
        """Its state as the calendar has it: covered becomes ending, then over."""
        left = self.days_left(today)
        if self.state != "covered" or left is None:
            return self.state
        return "over" if left < 0 else "ending" if left <= ENDING_DAYS else "covered"

    @property
    def kind(self):
        """How the state is drawn."""
        return KIND_OF[self.standing()]

    @property
    def offer(self):
        """The address to which it is offered, as long as the offer stands; "" else."""
        return self.offered_to if self.offered_until and self.offered_until >= values.shop_day() else ""

    def can(self, verb, actor):
        """Whether this person could do `verb` with it as it stands, for the buttons of a page."""
        return self.state in STARTS[verb] and policy.may(actor, f"warranties.{verb}", self)

    def move(self, change, verb, **fields):
        """Set fields, if it still stands where `verb` starts and nobody was faster; Invalid on "state"."""
        as_read = (Warranty.version == self.version) & Warranty.state.in_(STARTS[verb])
        moved = Warranty.update(fields | {"version": Warranty.version + 1}).where((Warranty.id == self.id) & as_read)
        change.guard(moved, Invalid(state=("warranty-moved-on", {"number": self.number})))
        for name, value in fields.items():
            if name in FIELDS.fields:
                change.record(name, self.__data__.get(name), value)
            setattr(self, name, value)
        self.version += 1

    def pieces_of(self, quantity):
        """So many of its pieces, as typed. Raises Invalid on "quantity": quantity-malformed, pieces-too-many."""
        text = str(quantity).strip()
        if not text.isdecimal() or len(text) > LONGEST_NUMBER:
            raise Invalid(quantity="quantity-malformed")
        if not 1 <= int(text) <= self.quantity:
            raise Invalid(quantity=("pieces-too-many", {"most": self.quantity}))
        return int(text)

    def single_out(self, change, pieces=1):
        """So many of its pieces as a record of their own, inside the caller's change; itself when it is no more."""
        if pieces == self.quantity:
            return self
        self.move(change, "split", quantity=self.quantity - pieces)
        kept = {name: self.__data__[name] for name in SPLIT}
        made = Warranty.create(**kept, quantity=pieces, created_at=change.now)
        made.account, made.product = self.account, self.product
        if self.order_line_id:
            made.order_line = self.order_line
        return made

    def give_serial(self, *, by, serial, now=None):
        """Write down the serial number of one piece; of several alike ones that piece stands alone from now on.

        A number that stands there is corrected by staff only. Returns the piece. Raises Invalid on "serial":
        serial-malformed, serial-taken, serial-written; on "state" warranty-moved-on.
        """
        serial, key = read_serial(serial)
        if self.serial and by.is_customer:
            raise Invalid(serial=("serial-written", {"serial": self.serial}))
        with audit.change(by, "warranty.numbered", about=self.account, now=now) as change:
            piece = self.single_out(change)
            change.subject = change.result = piece.ref
            with store.taken(serial="serial-taken"):
                piece.move(change, "number", serial=serial, serial_key=key)
            piece.index()
        return piece

    def papers(self):
        """The invoices that billed it, oldest first."""
        if not self.order_line_id:
            return []
        billed = InvoiceLine.select(InvoiceLine.invoice).where(InvoiceLine.order_line == self.order_line_id)
        return list(Invoice.select().where(Invoice.id.in_(billed)).order_by(Invoice.id))

    def told(self):
        """What notices about it say, as JSON."""
        until = self.covered_until.isoformat() if self.covered_until else None
        about = {"number": self.number, "product": self.product.name, "serial": self.serial}
        return about | {"quantity": self.quantity, "until": until, "account": self.account.name}

    def index(self):
        """Put it into the search by its serial number, inside the change that touched it."""
        search.put(self.ref, self._texts(), self.account_id, self.account.team_id)

    def _texts(self):
        return [self.number, self.serial, self.serial_key, self.product.name] if self.serial else []

    @classmethod
    def search_entries(cls, after, most):
        """The next things with a serial number as the search index holds them, for its rebuilding."""
        rows = cls.select(cls, Account, Product).join(Account).switch(cls).join(Product)
        rows = rows.where((cls.id > after) & (cls.serial != "")).order_by(cls.id).limit(most)
        return [search.Entry(row.id, row._texts(), row.account_id, row.account.team_id) for row in rows]


SPLIT = (
    "account", "product", "order_line", "shipment", "state", "bought_on", "covered_until", "months", "is_registered",
    "is_elsewhere", "reminded_at",
)  # fmt: skip
# verb -> states it starts from
STARTS = {
    "split": LIVE,
    "number": ("sent", "covered"),
    "confirm": ("waiting",),
    "decline": ("waiting",),
    "hand_over": ("covered",),
    "renew": ("covered",),
    "end": ("covered",),
}
# A serial number of a product stands for one piece, whoever owns it; the index is the judge.
Warranty.add_index(
    peewee.ModelIndex(
        Warranty,
        (Warranty.product, Warranty.serial_key),
        unique=True,
        where=(Warranty.serial_key != "") & Warranty.state.in_(LIVE),
        name="warranty_serial",
    )
)


def read_serial(text, field="serial"):
    """(as it is shown, as it is compared) of a typed serial number: letters and figures count, case does not.

    Raises Invalid on `field`: serial-malformed when nothing is left to compare, text-too-long, text-unreadable.
    """
    shown = Field(field, longest=80).clean(text or "")
    key = serial_key(shown)
    if not key:
        raise Invalid(**{field: "serial-malformed"})
    return shown, key


def serial_key(text):
    """A serial number as it is compared: serial_key(" sn-04/7a ") == "SN047A"."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text or "")).upper()[:80]


def of_order(order):
    """Query of what an order brought, each with its product."""
    rows = Warranty.select(Warranty, Product, OrderLine).join(Product).switch(Warranty).join(OrderLine)
    return rows.where(OrderLine.order == order).order_by(Warranty.id)
