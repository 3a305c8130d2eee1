"""Returns: goods that customers send back and pieces they no longer want, until they are credited or replaced."""

import peewee

from portal import search, store, values
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.sales import reminders, shipments
from portal.sales.catalogue import Product
from portal.sales.orders import TO_SHIP, Order, OrderLine
from portal.service.moving_on import MovesOn

STATES = ("asked", "approved", "received", "settled", "declined", "withdrawn")
# How each state is drawn: waits for us, under way, done, refused, closed.
KIND_OF = {
    "asked": "wait",
    "approved": "run",
    "received": "run",
    "settled": "done",
    "declined": "refused",
    "withdrawn": "closed",
}
OPEN = ("asked", "approved", "received")
WAY = ("asked", "approved", "received", "settled")
# verb -> states it starts from
STARTS = {
    "withdraw": ("asked",),
    "approve": ("asked",),
    "decline": ("asked",),
    "give_up": ("approved",),
    "receive": ("approved",),
    "credit": ("received",),
    "replace": ("received",),
    "settle": ("received",),
    "cancel_at_once": ("asked",),
}
REASONS = ("damaged", "wrong", "spoiled", "incomplete", "late", "too_many", "not_needed", "other")
WISHES = ("credit", "replacement")
WAYS = ("credit", "replacement", "words", "cancelled")  # how one was settled

policy.allow("returns.see", policy.SIGNED_IN)
policy.allow("returns.ask", policy.BUYERS, policy.STAFF)
policy.allow("returns.withdraw", policy.BUYERS)
policy.allow("returns.approve", policy.STAFF)
policy.allow("returns.decline", policy.STAFF)
policy.allow("returns.give_up", policy.STAFF)
policy.allow("returns.receive", policy.STAFF)
policy.allow("returns.credit", policy.MANAGERS)  # as every credit note
policy.allow("returns.replace", policy.STAFF)
policy.allow("returns.settle", policy.MANAGERS)
attachments.take("return", "/returns/{}", customers_add=True)

FIELDS = Table(
    "return",
    Field("number", read=EVERYONE, sort=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("order", "link", EVERYONE),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=STAFF),
    Field("reason", "choice", EVERYONE, filter=True, choices=REASONS),
    Field("words", "words", EVERYONE, listed=False, longest=2000),
    Field("wish", "choice", EVERYONE, filter=True, choices=WISHES),
    Field("reply", "words", EVERYONE, listed=False, longest=1000),
    Field("settled_how", "choice", EVERYONE, filter=True, choices=WAYS),
    Field("replacement", "link", EVERYONE),
    Field("asked_by", read=EVERYONE),
    Field("asked_at", "moment", EVERYONE, sort=True),
    Field("decided_by", read=EVERYONE),
    Field("decided_at", "moment", EVERYONE),
    Field("received_at", "moment", EVERYONE),
    Field("settled_at", "moment", EVERYONE),
    Field("lines", read=EVERYONE, listed=False),
    Field("unsent", read=EVERYONE, listed=False),
)


class Return(MovesOn, store.Versioned):
    """What one customer wants to send back, or no longer wants sent, of one order."""

    NUMBER = "RT-{:06d}"
    STARTS, RIGHTS, MOVED_ON = STARTS, "returns", "return-moved-on"

    order = peewee.ForeignKeyField(Order)
    account = peewee.ForeignKeyField(Account)
    state = peewee.CharField(max_length=12, default="asked")
    reason = peewee.CharField(max_length=20)
    words = peewee.TextField(default="")
    wish = peewee.CharField(max_length=12, default="credit")
    reply = peewee.TextField(default="")  # ours, which the customer reads
    settled_how = peewee.CharField(max_length=12, default="")
    replacement = peewee.ForeignKeyField(Order, null=True, backref="replaces_set")
    asked_by = peewee.CharField(max_length=200, default="")
    asked_at = store.MomentField(default=values.now)
    decided_by = peewee.CharField(max_length=200, default="")
    decided_at = store.MomentField(null=True)
    received_at = store.MomentField(null=True)
    settled_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("account", "id"), False), (("state", "id"), False), (("asked_at",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the returns a person may see, each with its account and its order, in one query."""
        rows = cls.select(cls, Account, Order).join(Account, on=(cls.account == Account.id)).switch(cls)
        return rows.join(Order, on=(cls.order == Order.id)).where(Account.scope(actor))

    @classmethod
    def around(cls, order):
        """Query of the returns of an order, and of the one that it replaces, newest first."""
        return cls.select().where((cls.order == order) | (cls.replacement == order)).order_by(cls.id.desc())

    @classmethod
    def open_for(cls, actor):
        """Query of what waits: returns that are not settled, oldest first."""
        return cls.visible_to(actor).where(cls.state.in_(OPEN)).order_by(cls.id)

    @classmethod
    def waiting_for_us(cls, actor):
        """Query of those that staff must answer or settle, without order."""
        return cls.visible_to(actor).where(cls.state.in_(("asked", "received")))

    @property
    def kind(self):
        """How the state is drawn: wait, run, done, refused, closed."""
        return KIND_OF[self.state]

    @property
    def account_name(self):
        return self.order.account_name

    @property
    def lines(self):
        """Its lines in the order of the order, each with its order line and product; one query."""
        rows = ReturnLine.select(ReturnLine, OrderLine, Product).join(OrderLine).join(Product)
        rows = list(rows.where(ReturnLine.return_ == self).order_by(OrderLine.position))
        for line in rows:
            line.return_, line.line.order = self, self.order
        return rows

    @property
    def said(self):
        """Its number and its words, as other documents quote it: "RT-000012 Two sacks were wet"."""
        return f"{self.number} {values.one_line(self.words, 400) or ''}".strip()

    def told(self, lines=None):
        """What notices about it say, as JSON; `lines` when they are at hand."""
        listed = listed_lines(self.lines if lines is None else lines)
        about = {"number": self.number, "order": self.order.number, "account": self.order.account_name}
        return about | {"reason": self.reason, "words": self.words, "wish": self.wish, "lines": listed}

    def index(self, lines):
        """Put it into the search, inside the change that touched it; `lines` are lines of its order."""
        search.put(self.ref, self._texts(lines), self.account_id, self.account.team_id)

    def _texts(self, lines):
        words = [text for line in lines for text in (line.code, line.name)]
        return [self.number, self.order.number, self.order.account_name, *words]

    @classmethod
    def search_entries(cls, after, most):
        """The next returns as the search index holds them, for its rebuilding."""
        rows = cls.select(cls, Account, Order).join(Account, on=(cls.account == Account.id)).switch(cls)
        rows = list(rows.join(Order, on=(cls.order == Order.id)).where(cls.id > after).order_by(cls.id).limit(most))
        lines = {row.id: [] for row in rows}
        found = ReturnLine.select(ReturnLine, OrderLine).join(OrderLine).where(ReturnLine.return_.in_(list(lines)))
        for line in found.order_by(ReturnLine.id):
            lines[line.return_id].append(line.line)
        return [search.Entry(r.id, r._texts(lines[r.id]), r.account_id, r.account.team_id) for r in rows]


class ReturnLine(store.Model):
    """Of one order line: how many pieces come back, and how many that were not sent shall not be.

    `live` is what of the delivered pieces this return lays claim to as it stands: asked, then approved, then what
    came. All live claims on an order line together never exceed what was delivered.
    """

    return_ = peewee.ForeignKeyField(Return, column_name="return_id", on_delete="CASCADE", index=False)
    line = peewee.ForeignKeyField(OrderLine)
    asked = peewee.IntegerField(default=0)
    approved = peewee.IntegerField(default=0)
    restocked = peewee.IntegerField(default=0)
    scrapped = peewee.IntegerField(default=0)
    live = peewee.IntegerField(default=0, constraints=[peewee.Check("live >= 0", name="returnline_live_whole")])
    unsent_asked = peewee.IntegerField(default=0)
    unsent_approved = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("return_", "line"), True),)

    @property
    def received(self):
        return self.restocked + self.scrapped


def unsent(order, line):
    """Pieces of an order line that are still with us and could be cancelled."""
    return line.outstanding if order.state in TO_SHIP else 0


def claims(order):
    """{order line id: (pieces that live returns lay claim to, pieces that wait to be cancelled)}; one query."""
    waits = peewee.Case(None, [(Return.state == "asked", ReturnLine.unsent_asked)], 0)
    sums = (peewee.fn.SUM(ReturnLine.live), peewee.fn.SUM(waits))
    rows = ReturnLine.select(ReturnLine.line, *sums).join(Return).where(Return.order == order)
    return {line: (int(live), int(waiting)) for line, live, waiting in rows.group_by(ReturnLine.line).tuples()}


def sent_back(order):
    """{order line id: pieces} that come back, or came, of an order: asking alone binds nobody."""
    rows = ReturnLine.select(ReturnLine.line, peewee.fn.SUM(ReturnLine.live)).join(Return)
    rows = rows.where((Return.order == order) & (Return.state != "asked")).group_by(ReturnLine.line)
    return {line: int(live) for line, live in rows.tuples()}


def record_lines(change, lines, goods, unsent=None):
    """Write down for the trail how many of what: columns of ReturnLine for goods and for pieces not sent."""
    for field, name in (("lines", goods), ("unsent", unsent)):
        pieces = [
            {"quantity": getattr(row, name), "name": row.line.name} for row in lines if name and getattr(row, name)
        ]
        if pieces:
            change.record(field, None, pieces)


def listed_lines(lines):
    """Lines of a return as JSON, for letters."""
    names = ("asked", "approved", "restocked", "scrapped", "unsent_asked", "unsent_approved")
    return [
        {"code": row.line.code, "name": row.line.name, "unit": row.line.unit}
        | {name: getattr(row, name) for name in names if getattr(row, name)}
        for row in lines
    ]


def orders_coming_back():
    """Query of the orders of which something is coming back: nobody is reminded of their invoices meanwhile."""
    return Return.select(Return.order).where(Return.state.in_(OPEN))


reminders.DISPUTED.append(orders_coming_back)
shipments.SENT_BACK.append(sent_back)
