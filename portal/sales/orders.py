"""Orders: one purchase by one account, from draft to delivered or cancelled, with snapshots of what was agreed."""

import peewee

from portal import audit, search, store, values
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee
from portal.sales.branches import Branch
from portal.sales.catalogue import Product
from portal.values import Money

SOURCES = ("portal", "staff", "import", "replacement", "warranty")
STATES = ("draft", "to_approve", "placed", "confirmed", "part_shipped", "shipped", "delivered", "cancelled")
# How each state is drawn: waits for somebody, under way, done, closed.
KIND_OF = {
    "draft": "wait",
    "to_approve": "wait",
    "placed": "wait",
    "confirmed": "run",
    "part_shipped": "run",
    "shipped": "run",
    "delivered": "done",
    "cancelled": "closed",
}
NOT_PLACED = ("draft", "to_approve")  # nothing was sent to us yet
OPEN = ("placed", "confirmed", "part_shipped", "shipped")
TO_SHIP = ("placed", "confirmed", "part_shipped")  # something of it is still with us
SHIPPED = ("part_shipped", "shipped", "delivered")  # something of it has left
WAY = ("placed", "confirmed", "shipped", "delivered")
# verb -> states it starts from; what is shipped in part may still be cancelled in part
STARTS = {"confirm": ("placed",), "ship": TO_SHIP, "unship": ("part_shipped", "shipped"), "deliver": ("shipped",)}
STARTS |= dict.fromkeys(("approve", "decline", "withdraw"), ("to_approve",))
HELD = ("confirm", "ship")  # what an order on hold waits with; it can be cancelled
CANCELLABLE = {"staff": ("placed", "confirmed"), "customer": ("placed",)}
PART_CANCELLABLE = {"staff": TO_SHIP, "customer": ("placed",)}

policy.allow("orders.see", policy.SIGNED_IN)
policy.allow("orders.place", policy.BUYERS, policy.STAFF)
policy.allow("orders.confirm", policy.STAFF)
policy.allow("orders.ship", policy.STAFF)
policy.allow("orders.deliver", policy.STAFF)
policy.allow("orders.release", policy.STAFF)
policy.allow("orders.cancel", policy.BUYERS, policy.STAFF)
attachments.take("order", "/orders/{}", customers_add=True)

FIELDS = Table(
    "order",
    Field("number", read=EVERYONE, sort=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=EVERYONE),
    Field("contact", "link", EVERYONE),
    Field("rep", "link", EVERYONE, filter=True),
    Field("placed_by", read=EVERYONE),
    Field("source", "choice", STAFF, filter=True, choices=SOURCES),
    Field("external_number", read=EVERYONE),
    Field("po_number", read=EVERYONE, filter=True),
    Field("note", "words", EVERYONE, listed=False),
    Field("delivery", "choice", EVERYONE, filter=True, choices=("ship", "pickup")),
    Field("branch_name", read=EVERYONE),
    Field("currency", "currency", EVERYONE, filter=True),
    Field("subtotal_minor", "money", EVERYONE),
    Field("discount_minor", "money", EVERYONE),
    Field("tax_minor", "money", EVERYONE),
    Field("tax_included_minor", "money", EVERYONE),
    Field("freight_minor", "money", EVERYONE),
    Field("rounding_minor", "money", EVERYONE),
    Field("total_minor", "money", EVERYONE, sort=True, filter=True),
    Field("cancelled_minor", "money", EVERYONE, filter=True),
    Field("requested_on", "date", EVERYONE, filter=True),
    Field("placed_at", "moment", EVERYONE, sort=True, filter=True),
    Field("confirmed_at", "moment", EVERYONE, filter=True),
    Field("shipped_at", "moment", EVERYONE, filter=True),
    Field("delivered_at", "moment", EVERYONE, filter=True),
    Field("cancelled_at", "moment", EVERYONE, filter=True),
    Field("cancel_reason", read=EVERYONE),
    Field("held_at", "moment", STAFF, filter=True),
    Field("discount_approval", read=STAFF, listed=False),  # what the trail tells of a question to a manager
    Field("approval", read=EVERYONE, listed=False),  # what the trail tells of a question to colleagues
    Field("answer", read=EVERYONE, listed=False),
    Field("created_at", "moment", STAFF),
)


class Order(store.Versioned):
    """One purchase. Names, addresses and prices are copies: later edits elsewhere never change it."""

    NUMBER = "SO-{:06d}"

    account = peewee.ForeignKeyField(Account)
    state = peewee.CharField(max_length=12, default="draft")  # one of STATES
    account_name = peewee.CharField(max_length=200)
    contact = peewee.ForeignKeyField(Contact, null=True)
    rep = peewee.ForeignKeyField(Employee, null=True)  # who gets the credit
    placed_by = peewee.CharField(max_length=200, default="")
    source = peewee.CharField(max_length=12, default="portal")  # one of SOURCES
    external_number = peewee.CharField(max_length=60, default="", index=True)
    currency = peewee.CharField(max_length=3)
    po_number = peewee.CharField(max_length=60, default="")
    note = peewee.TextField(default="")  # the customer's words to us
    delivery = peewee.CharField(max_length=10, default="ship")  # ship, pickup
    branch = peewee.ForeignKeyField(Branch, null=True)
    branch_name = peewee.CharField(max_length=120, default="")
    ship_to = store.JSONText(default=dict)
    bill_to = store.JSONText(default=dict)
    subtotal_minor = peewee.BigIntegerField(default=0)  # sum of the lines after discounts
    discount_minor = peewee.BigIntegerField(default=0)  # what the discounts took off, for show
    tax_minor = peewee.BigIntegerField(default=0)  # tax added on top
    tax_included_minor = peewee.BigIntegerField(default=0)  # tax already inside the lines
    freight_minor = peewee.BigIntegerField(default=0)
    rounding_minor = peewee.BigIntegerField(default=0)  # imported documents: printed total less the sum of its parts
    total_minor = peewee.BigIntegerField(default=0)  # as placed, for ever
    cancelled_minor = peewee.BigIntegerField(default=0)  # of the total: what the cancelled pieces came to
    requested_on = peewee.DateField(null=True)
    placed_at = store.MomentField(null=True)
    confirmed_at = store.MomentField(null=True)
    shipped_at = store.MomentField(null=True)
    delivered_at = store.MomentField(null=True)
    cancelled_at = store.MomentField(null=True)
    cancel_reason = peewee.CharField(max_length=500, default="")
    held_at = store.MomentField(null=True)  # not to be confirmed or shipped: who placed it has to be found out
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = (
            (("account", "placed_at"), False),
            (("state", "id"), False),
            (("placed_at",), False),
            (("total_minor",), False),
        )

    @classmethod
    def visible_to(cls, actor):
        """Query of the orders a person may see: staff by their accounts, customers their own account's.

        A draft that staff are still writing is theirs. Joins the account, so that it costs no query of its own.
        """
        rows = cls.select(cls, Account).join(Account).where(Account.scope(actor))
        if actor.is_customer:
            rows = rows.where((cls.state != "draft") | (cls.source == "portal"))
        return rows

    @classmethod
    def listed_for(cls, actor):
        """`visible_to` with the rep of each order, so that a list names them without asking again."""
        rows = cls.visible_to(actor).select_extend(Employee).switch(cls)
        return rows.join(Employee, peewee.JOIN.LEFT_OUTER, on=(cls.rep == Employee.id))

    @classmethod
    def of_account(cls, account, limit=5):
        """The newest orders of an account, drafts first seen as what they are: unfinished."""
        return cls.select().where(cls.account == account).order_by(cls.id.desc()).limit(limit)

    @property
    def total(self):
        return Money(self.total_minor, self.currency)

    @property
    def owed(self):
        """What the order comes to without its cancelled pieces; freight stays while anything comes."""
        return Money(self.total_minor - self.cancelled_minor, self.currency)

    @property
    def worth(self):
        """What pages say that it comes to: without cancelled pieces; of a cancelled order what it was."""
        return self.total if self.state == "cancelled" else self.owed

    def money(self, name):
        """One of the amounts as Money: order.money("freight")."""
        return Money(getattr(self, f"{name}_minor"), self.currency)

    @property
    def kind(self):
        """How the state is drawn: wait, run, done, closed."""
        return KIND_OF[self.state]

    @property
    def shown(self):
        """The state in words: what was set aside at a branch is not shipped, it is ready there."""
        return "ready" if self.state == "shipped" and self.delivery == "pickup" else self.state

    @property
    def at(self):
        """The moment that dates the order: when it was placed, of a draft when it was begun."""
        return self.placed_at or self.created_at

    @property
    def lines(self):
        """Its lines in their order, each with its product as it is today; one query."""
        rows = OrderLine.select(OrderLine, Product).join(Product).where(OrderLine.order == self)
        rows = list(rows.order_by(OrderLine.position))
        for line in rows:
            line.order = self
        return rows

    def can(self, verb, actor):
        """Whether this person could do `verb` with the order as it stands, for the buttons of a page."""
        if self.held_at and verb in HELD:
            return False
        return self.state in starts(verb, actor) and policy.may(actor, RIGHTS.get(verb, f"orders.{verb}"), self)

    def confirm(self, *, by, now=None):
        """We will deliver it. The customer is told."""
        with audit.change(by, "order.confirmed", self, about=self.account, now=now) as change:
            self.move(change, "confirm", state="confirmed", confirmed_at=change.now)
            change.tell(self.account.people_for("orders", by), "order_confirmed", **self.told())
        return self

    def move(self, change, verb, *, state, **fields):
        """Set its state and what goes with it, if it is still as it was read; raises Invalid on "state"."""
        before, changed = self.state, {"state": state} | fields
        as_read = (Order.state == before) & Order.state.in_(starts(verb, change.by))
        if verb in HELD:
            as_read &= Order.held_at.is_null()
        moved = Order.update(changed | {"version": Order.version + 1}).where((Order.id == self.id) & as_read)
        change.guard(moved, self.refusal(verb))
        if state != before:
            change.record("state", before, state)
        for name, value in changed.items():
            setattr(self, name, value)
        self.version += 1

    def check(self, verb, by):
        """Raise Invalid on "state" when `verb` cannot start from where it stands."""
        if self.state not in starts(verb, by) or (self.held_at and verb in HELD):
            raise self.refusal(verb)

    def refusal(self, verb):
        """What to say when the order has moved on: Invalid on "state", with the state it is in now."""
        stands = Order.select(Order.state, Order.held_at).where(Order.id == self.id).tuples().first()
        now, held_at = stands or (None, None)
        if held_at and verb in HELD:
            return Invalid(state=("order-held", {"number": self.number}))
        message = "order-not-cancellable" if verb.startswith("cancel") else "order-not-in-state"
        return Invalid(state=(message, {"number": self.number, "state": now}))

    def told(self):
        """What notices about this order say, as JSON."""
        return {
            "number": self.number,
            "account": self.account_name,
            "total": {"minor": self.total_minor, "currency": self.currency},
            "delivery": self.delivery,
            "branch": self.branch_name,
            "ship_to": self.ship_to,
            "requested_on": self.requested_on.isoformat() if self.requested_on else None,
        }

    def index(self, lines):
        """Put it into the search, inside the change that touched it."""
        search.put(self.ref, self._texts(lines), self.account_id, self.account.team_id)

    def _texts(self, lines):
        words = [text for line in lines for text in (line.code, line.name)]
        return [self.number, self.external_number, self.po_number, self.account_name, *words]

    @classmethod
    def search_entries(cls, after, most):
        """The next orders as the search index holds them, for its rebuilding."""
        return cls.search_entries_of(cls.select(cls.id).where(cls.id > after).order_by(cls.id).limit(most))

    @classmethod
    def search_entries_of(cls, ids):
        """Some orders (a query or a list of ids) as the search index holds them."""
        columns = (cls.id, cls.external_number, cls.po_number, cls.account, cls.account_name)
        rows = cls.select(*columns, Account.team).join(Account).where(cls.id.in_(ids)).order_by(cls.id).objects()
        orders = {order.id: [] for order in rows}
        lines = OrderLine.select(OrderLine.order, OrderLine.code, OrderLine.name).where(OrderLine.order.in_(ids))
        for line in lines.order_by(OrderLine.order, OrderLine.position).namedtuples():
            orders[line.order].append(line)
        return [search.Entry(o.id, o._texts(orders[o.id]), o.account_id, o.team) for o in rows]


class OrderLine(store.Model):
    """One product of an order at the price that was shown; `net_minor` = quantity × price less discount."""

    order = peewee.ForeignKeyField(Order, on_delete="CASCADE", index=False)
    position = peewee.IntegerField()
    product = peewee.ForeignKeyField(Product)
    code = peewee.CharField(max_length=60)
    name = peewee.CharField(max_length=200)
    unit = peewee.CharField(max_length=40, default="piece")
    quantity = peewee.IntegerField(constraints=[peewee.Check("quantity > 0", name="orderline_quantity_positive")])
    price_minor = peewee.BigIntegerField()
    discount_bp = peewee.IntegerField(default=0)
    net_minor = peewee.BigIntegerField()
    tax_name = peewee.CharField(max_length=40, default="")
    tax_bp = peewee.IntegerField(default=0)
    tax_minor = peewee.BigIntegerField(default=0)
    is_tax_included = peewee.BooleanField(default=True)
    cost_minor = peewee.BigIntegerField(default=0)  # cost of one unit on that day
    list_minor = peewee.BigIntegerField(null=True)  # list price of one unit on that day; None for imported lines
    # Of the quantity: what is kept on the shelf, has left the house, will not come. The rest waits for goods.
    reserved = peewee.IntegerField(
        default=0, constraints=[peewee.Check("reserved >= 0", name="orderline_reserved_whole")]
    )
    shipped = peewee.IntegerField(
        default=0, constraints=[peewee.Check("shipped >= 0", name="orderline_shipped_whole")]
    )
    cancelled = peewee.IntegerField(
        default=0,
        constraints=[
            peewee.Check(
                "cancelled >= 0 AND reserved + shipped + cancelled <= quantity", name="orderline_counters_fit"
            )
        ],
    )
    invoiced = peewee.IntegerField(default=0)
    promised_on = peewee.DateField(null=True)  # of what is not on the shelf yet

    class Meta:
        indexes = ((("order", "position"), True),)

    def money(self, name):
        """One of the amounts as Money, in the currency of its order: line.money("net")."""
        return Money(getattr(self, f"{name}_minor"), self.order.currency)

    @property
    def kept(self):
        """Pieces that are still wanted or have come."""
        return self.quantity - self.cancelled

    @property
    def outstanding(self):
        """Pieces that are still with us, here or not."""
        return self.quantity - self.cancelled - self.shipped

    @property
    def waiting(self):
        """Pieces of it that are not on the shelf yet."""
        return self.outstanding - self.reserved


# This way round: SQLite turns "shipped + cancelled < quantity" about in queries, and then does not know its index.
OrderLine.OPEN = OrderLine.quantity > OrderLine.shipped + OrderLine.cancelled
# Few lines of many years are still to be shipped; who waits for a product is asked with every delivery.
OrderLine.add_index(OrderLine.index(OrderLine.product, where=OrderLine.OPEN, name="orderline_open"))


RIGHTS = {"cancel_lines": "orders.cancel"}  # verbs that another one's right covers
# What waits to be confirmed, oldest first: the page staff begin with.
_WAITS = Order.state == "placed"
Order.add_index(peewee.ModelIndex(Order, (Order.placed_at, Order.id), where=_WAITS, name="order_waiting"))
# What of each order the sums of an account are made of: ten thousand of them are added up without reading one order.
_SUMMED = (Order.account, Order.currency, Order.state, Order.placed_at, Order.total_minor, Order.cancelled_minor)
Order.add_index(peewee.ModelIndex(Order, _SUMMED, name="order_summed"))
REASON = Field("reason", "words", longest=500, is_required=True)
# What of an account's orders its people have to do with now: one who ordered ten thousand times has few of them.
BEGUN_OR_SENT = Order.state.in_(("draft", "part_shipped", "shipped"))
Order.add_index(peewee.ModelIndex(Order, (Order.account, Order.id), where=BEGUN_OR_SENT, name="order_begun_or_sent"))
Order.add_index(peewee.ModelIndex(Order, (Order.id,), where=Order.held_at.is_null(False), name="order_held"))


def lines_of(orders):
    """{order id: lines} of some orders, in one query."""
    found = {order.id: [] for order in orders}
    rows = OrderLine.select().where(OrderLine.order.in_(list(found)))
    by_id = {order.id: order for order in orders}
    for line in rows.order_by(OrderLine.order, OrderLine.position):
        line.order = by_id[line.order_id]
        found[line.order_id].append(line)
    return found


def starts(verb, actor):
    """The states from which this person may do `verb`."""
    by_side = {"cancel": CANCELLABLE, "cancel_lines": PART_CANCELLABLE}
    return by_side[verb]["customer" if actor.is_customer else "staff"] if verb in by_side else STARTS.get(verb, ())
