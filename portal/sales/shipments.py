"""Shipments: what left the house of an order, or waits at a branch: in part or whole, with its delivery note."""

import peewee

from portal import audit, search, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.sales import stock
from portal.sales.branches import Branch
from portal.sales.catalogue import Product
from portal.sales.orders import SHIPPED, Order, OrderLine

STATES = ("sent", "ready", "delivered", "undone")
KIND_OF = {"sent": "run", "ready": "needs", "delivered": "done", "undone": "closed"}
UNDER_WAY = ("sent", "ready")

# Functions of an order that give {line id: pieces} which its customer sends or sent back. Nouns that stand further
# down hand theirs in, as returns do.
SENT_BACK = []
# Functions of (change, order, [shipment ids]) that keep what a customer received, within the delivery's own change;
# nouns further down hand theirs in, as warranties do.
KEPT_BY = []

policy.allow("shipments.see", policy.SIGNED_IN)
policy.allow("shipments.deliver", policy.STAFF)
policy.allow("shipments.track", policy.STAFF)
policy.allow("shipments.undo", policy.STAFF)

FIELDS = Table(
    "shipment",
    Field("number", read=EVERYONE, sort=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("order", read=EVERYONE),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=EVERYONE),
    Field("branch_name", read=EVERYONE, filter=True),
    Field("carrier", "text", EVERYONE, STAFF, longest=80),
    Field("tracking_number", "text", EVERYONE, STAFF, longest=80),
    Field("tracking_url", "website", EVERYONE, STAFF, longest=300),
    Field("note", "text", EVERYONE, STAFF, longest=500),
    Field("by_name", read=EVERYONE),
    Field("shipped_at", "moment", EVERYONE, sort=True),
    Field("delivered_at", "moment", EVERYONE),
    Field("received_by", "text", EVERYONE, STAFF),
)


class Shipment(store.Versioned):
    """One delivery of an order: sent or ready to be picked up, then delivered; or undone, when it never was."""

    NUMBER = "DN-{:06d}"

    order = peewee.ForeignKeyField(Order)
    state = peewee.CharField(max_length=10, default="sent")  # sent, ready (pick-up), delivered, undone
    carrier = peewee.CharField(max_length=80, default="")
    tracking_number = peewee.CharField(max_length=80, default="")
    tracking_url = peewee.CharField(max_length=300, default="")
    note = peewee.CharField(max_length=500, default="")
    by_name = peewee.CharField(max_length=200, default="")
    shipped_at = store.MomentField(default=values.now)
    delivered_at = store.MomentField(null=True)
    received_by = peewee.CharField(max_length=200, default="")

    class Meta:
        indexes = ((("state", "id"), False), (("shipped_at", "id"), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the shipments of the orders a person may see, with order and account; undone ones for staff."""
        rows = cls.select(cls, Order, Account).join(Order).join(Account).where(Account.scope(actor))
        return rows.where(cls.state != "undone") if actor.is_customer else rows

    @classmethod
    def of_order(cls, order):
        """Its shipments that are real, oldest first."""
        return cls.select().where((cls.order == order) & (cls.state != "undone")).order_by(cls.id)

    @property
    def kind(self):
        """How the state is drawn: run, needs, done, closed."""
        return KIND_OF[self.state]

    @property
    def lines(self):
        """Its lines in the order of the order, each with the order line; one query."""
        rows = ShipmentLine.select(ShipmentLine, OrderLine).join(OrderLine).where(ShipmentLine.shipment == self)
        return list(rows.order_by(OrderLine.position))

    def can(self, verb, actor):
        """Whether this person could do `verb` (deliver, track, undo) with it as it stands."""
        states = (*UNDER_WAY, "delivered") if verb == "track" else UNDER_WAY
        return self.state in states and policy.may(actor, f"shipments.{verb}", self)

    def deliver(self, *, by, received_by="", now=None):
        """The customer has it: delivered, or picked up by somebody. The order is, with its last one.

        Raises Invalid on "state" when it was delivered or undone meanwhile.
        """
        received_by = FIELDS["received_by"].clean(received_by or "")
        order = self.order
        with audit.change(by, "order.part_delivered", order, about=order.account, now=now) as change:
            _hold_order(order)
            fields = {"state": "delivered", "delivered_at": change.now, "received_by": received_by}
            self._move(change, fields)
            change.record("shipment", None, self.number)
            if received_by:
                change.record("received_by", None, received_by)
            is_last = not Shipment.select().where((Shipment.order == order) & Shipment.state.in_(UNDER_WAY)).exists()
            if is_last and order.state == "shipped":
                change.event = "order.delivered"
                order.move(change, "deliver", state="delivered", delivered_at=change.now)
            _hand_on(change, order, [self.id])
            tell = {"shipment": self.number, "received_by": received_by, "is_all": order.state == "delivered"}
            change.tell(order.account.people_for("orders", by), "order_delivered", **tell, **order.told())
        return self

    def track(self, *, by, version, now=None, **given):
        """Say who carries it and under which number; the customer is told when there is something to follow.

        Raises Stale, and Invalid by field: link-not-https on "tracking_url", text-too-long; shipment-not-in-state on
        "state" of one that was undone.
        """
        given = _clean(given)
        order = self.order
        if self.state == "undone":
            raise Invalid(state=("shipment-not-in-state", {"number": self.number}))
        with audit.change(by, "order.tracked", order, about=order.account, now=now) as change:
            if change.update(self, version=version, **given):
                self._index(order)
                change.record("shipment", None, self.number)
                if self.tracking_number or self.tracking_url:
                    people = order.account.people_for("orders", by)
                    change.tell(people, "order_tracked", **self._told(), **order.told())
        return self

    def undo(self, *, by, reason, now=None):
        """It never left, or came straight back: the goods stand on the shelf again, kept for their order.

        Not once it is delivered, invoiced or sent back. Raises Invalid: reason-needed on "reason",
        shipment-on-invoice and shipment-not-in-state on "state".
        """
        reason = Field("reason", "words", longest=500, is_required=True).clean(reason)
        order = self.order
        with audit.change(by, "order.unshipped", order, about=order.account, now=now) as change:
            lines = {line.id: line for line in stock.hold(order)}
            self._move(change, {"state": "undone"})
            pieces = [(lines[part.line_id], part.quantity) for part in self.lines]
            _unship_lines(pieces)
            self._refuse_sent_back(order, lines)
            stock.untake(pieces, now=change.now)
            left = any(line.shipped for line in lines.values())
            order.move(change, "unship", state="part_shipped" if left else "confirmed", shipped_at=None)
            for name, new in (("shipment", self.number), ("reason", reason)):
                change.record(name, None, new)
            search.drop(self)
            tell = {"shipment": self.number, "reason": reason} | order.told()
            change.tell(order.account.people_for("orders", by), "order_unshipped", **tell)
        return self

    def _refuse_sent_back(self, order, lines):
        """What a customer sent back was with him: it cannot stand on the shelf a second time."""
        for claimed in SENT_BACK:
            if any(pieces > lines[line].shipped for line, pieces in claimed(order).items()):
                raise Invalid(state=("shipment-not-in-state", {"number": self.number}))

    def _move(self, change, fields):
        """From under way to another state, for whoever is first."""
        changed = fields | {"version": Shipment.version + 1}
        still = (Shipment.id == self.id) & Shipment.state.in_(UNDER_WAY)
        refusal = Invalid(state=("shipment-not-in-state", {"number": self.number}))
        change.guard(Shipment.update(changed).where(still), refusal)
        for name, value in fields.items():
            setattr(self, name, value)
        self.version += 1

    def _told(self):
        names = ("carrier", "tracking_number", "tracking_url", "note")
        return {"shipment": self.number} | {name: getattr(self, name) for name in names}

    def _index(self, order):
        """Put it into the search by its numbers, inside the change that touched it."""
        search.put(self.ref, self._texts(), order.account_id, order.account.team_id)

    def _texts(self):
        return [self.number, self.tracking_number, self.carrier]

    @classmethod
    def search_entries(cls, after, most):
        """The next shipments as the search index holds them, for its rebuilding."""
        rows = cls.select(cls, Order, Account).join(Order).join(Account).order_by(cls.id).limit(most)
        rows = rows.where((cls.id > after) & (cls.state != "undone"))
        return [search.Entry(s.id, s._texts(), s.order.account_id, s.order.account.team_id) for s in rows]


class ShipmentLine(store.Model):
    """How many of an order line went with it."""

    shipment = peewee.ForeignKeyField(Shipment, on_delete="CASCADE")
    line = peewee.ForeignKeyField(OrderLine)
    quantity = peewee.IntegerField(constraints=[peewee.Check("quantity > 0", name="shipmentline_quantity_positive")])


def ship(order, quantities=None, *, by, now=None, **given):
    """Send `quantities`, {line id: pieces}, or all that is kept for it; of an order to be picked up: put it ready.

    `given`: carrier, tracking_number, tracking_url (https), note. A placed order counts as confirmed with it. What
    was not kept is taken from what is free. The customer is told what comes now and what is still to come. Returns
    the Shipment. Raises Invalid: order-not-in-state on "state"; nothing-to-ship on "lines"; ship-too-many on
    "line_<id>"; stock-ran-out on "lines"; link-not-https on "tracking_url".
    """
    given = _clean(given)
    with audit.change(by, "order.shipped", order, about=order.account, now=now) as change:
        order.check("ship", by)
        lines = stock.hold(order)
        pieces = _pieces(lines, quantities)
        is_all = sum(line.outstanding for line in lines) == sum(quantity for _, quantity, _ in pieces)
        _move_order(change, order, is_all)
        _ship_lines(pieces)
        stock.take(pieces, now=change.now)
        shipment = _write(change, order, given, pieces)
        tell = {"lines": _listed((line, quantity) for line, quantity, _ in pieces), "rest": _rest(lines)}
        change.record("lines", None, tell["lines"])
        people = order.account.people_for("orders", by)
        change.tell(people, "order_shipped", **tell, **shipment._told(), **order.told())
    return shipment


def deliver_all(order, *, by, received_by="", now=None):
    """The customer has all of a shipped order: every shipment that is under way is delivered with it."""
    received_by = FIELDS["received_by"].clean(received_by or "")
    with audit.change(by, "order.delivered", order, about=order.account, now=now) as change:
        order.move(change, "deliver", state="delivered", delivered_at=change.now)
        done = {"state": "delivered", "delivered_at": change.now, "received_by": received_by}
        moved = Shipment.update(done | {"version": Shipment.version + 1}).where(
            (Shipment.order == order) & Shipment.state.in_(UNDER_WAY)
        )
        _hand_on(change, order, [shipment.id for shipment in moved.returning(Shipment.id).execute()])
        tell = {"shipment": "", "received_by": received_by, "is_all": True} | order.told()
        change.tell(order.account.people_for("orders", by), "order_delivered", **tell)
    return order


def _hand_on(change, order, shipments):
    for keep in KEPT_BY:
        keep(change, order, shipments)


def lines_of(order):
    """The lines of an order as `order.lines`, and its real shipments, newest first, each with its `parts`; one query.

    A part has the `quantity` of a `line` that went with the shipment. The shipments are kept as `order.shipments`,
    as `order.counter` the branch where they can be picked up, and as `order.at_hand` the lines of what has left.
    """
    order.shipments, order.counter, order.at_hand = [], None, []
    if order.state not in SHIPPED:
        return order.lines
    is_real = (ShipmentLine.shipment == Shipment.id) & (Shipment.state != "undone")
    rows = OrderLine.select(OrderLine, Product, ShipmentLine, Shipment).join(Product).switch(OrderLine)
    rows = rows.join(ShipmentLine, peewee.JOIN.LEFT_OUTER, on=(ShipmentLine.line == OrderLine.id), attr="went")
    rows = rows.join(Shipment, peewee.JOIN.LEFT_OUTER, on=is_real, attr="sent").where(OrderLine.order == order)
    if order.delivery == "pickup":
        rows = rows.switch(OrderLine).select_extend(Branch)
        rows = rows.join(Branch, peewee.JOIN.LEFT_OUTER, on=(Branch.id == order.branch_id), attr="counter")
    lines, sent = {}, {}
    for row in rows.order_by(OrderLine.position, ShipmentLine.id):
        line = lines.setdefault(row.id, row)
        line.order, part = order, getattr(row, "went", None)
        order.counter = getattr(row, "counter", None)
        if part is not None and getattr(part, "sent", None) is not None:
            shipment = sent.setdefault(part.sent.id, part.sent)
            shipment.order, part.line = order, line
            shipment.parts = [*getattr(shipment, "parts", ()), part]
    order.shipments = sorted(sent.values(), key=lambda shipment: -shipment.id)
    order.at_hand = list(lines.values())
    return list(lines.values())


def under_way(account):
    """Query of what is on its way to an account or waits for it at a branch, newest first, each with its order."""
    rows = Shipment.select(Shipment, Order).join(Order).where(Order.account == account)
    return rows.where(Shipment.state.in_(UNDER_WAY)).order_by(Shipment.id.desc())


def with_under_way(orders, also):
    """Of a query of orders those of which something is under way, a row for each shipment, and those `also` meant.

    `under_way_of(order)` is the shipment of a row, with the order and the branch where it is picked up.
    """
    here = (Shipment.order == Order.id) & Shipment.state.in_(UNDER_WAY)
    rows = orders.select_extend(Shipment, Branch).switch(Order)
    rows = rows.join(Shipment, peewee.JOIN.LEFT_OUTER, on=here, attr="moving").switch(Order)
    return rows.join(Branch, peewee.JOIN.LEFT_OUTER).where(also | Shipment.id.is_null(False))


def under_way_of(order):
    """The shipment of a row of `with_under_way`."""
    order.moving.order = order
    return order.moving


def _clean(given):
    """What is written on a shipment; a link must be one that can be followed safely."""
    kept = FIELDS.clean({name: value or "" for name, value in given.items()})
    if kept.get("tracking_url", "https://").startswith("http://"):
        raise Invalid(tracking_url="link-not-https")
    return kept


def _hold_order(order):
    """Lock the order's row and read its state anew: of two who bring its last parts, one closes it."""
    row = Order.select(Order.state, Order.version).where(Order.id == order.id)
    order.state, order.version = (row if store.is_sqlite() else row.for_update("FOR NO KEY UPDATE")).tuples().get()


def _pieces(lines, quantities):
    """[(line, quantity, how many of them were kept)] of what is to leave."""
    if quantities is None:
        quantities = {line.id: line.reserved for line in lines}
    problems, pieces = {}, []
    for line in lines:
        quantity = quantities.get(line.id) or 0
        if not 0 <= quantity <= line.outstanding:
            problems[f"line_{line.id}"] = ("ship-too-many", {"most": line.outstanding, "name": line.name})
        elif quantity:
            pieces.append((line, quantity, min(quantity, line.reserved)))
    if problems:
        raise Invalid(**problems)
    if not pieces or quantities.keys() - {line.id for line in lines}:
        raise Invalid(lines="nothing-to-ship")
    return pieces


def _move_order(change, order, is_all):
    fields = {"state": "shipped", "shipped_at": change.now} if is_all else {"state": "part_shipped"}
    if order.state == "placed":
        fields["confirmed_at"] = change.now
    if not is_all:
        change.event = "order.part_shipped"
    order.move(change, "ship", **fields)


def _ship_lines(pieces):
    """Raise what is shipped of each line, unless somebody else did meanwhile."""
    gone = peewee.Case(OrderLine.id, [(line.id, quantity) for line, quantity, _ in pieces], 0)
    kept = peewee.Case(OrderLine.id, [(line.id, held) for line, _, held in pieces], 0)
    fits = (OrderLine.shipped + gone <= OrderLine.quantity - OrderLine.cancelled) & (OrderLine.reserved >= kept)
    update = OrderLine.update(shipped=OrderLine.shipped + gone, reserved=OrderLine.reserved - kept)
    if update.where(OrderLine.id.in_([line.id for line, *_ in pieces]) & fits).execute() < len(pieces):
        raise Invalid(lines="shipped-meanwhile")
    for line, quantity, held in pieces:
        line.shipped, line.reserved = line.shipped + quantity, line.reserved - held


def _unship_lines(pieces):
    """Lower what is shipped of each line again, unless it is invoiced."""
    back = peewee.Case(OrderLine.id, [(line.id, quantity) for line, quantity in pieces], 0)
    fits = OrderLine.invoiced <= OrderLine.shipped - back
    update = OrderLine.update(shipped=OrderLine.shipped - back, reserved=OrderLine.reserved + back)
    if update.where(OrderLine.id.in_([line.id for line, _ in pieces]) & fits).execute() < len(pieces):
        raise Invalid(state="shipment-on-invoice")
    for line, quantity in pieces:
        line.shipped, line.reserved = line.shipped - quantity, line.reserved + quantity


def _write(change, order, given, pieces):
    state = "ready" if order.delivery == "pickup" else "sent"
    shipment = change.create(
        Shipment, order=order, state=state, shipped_at=change.now, by_name=change.by.name, **given
    )  # fmt: skip
    change.result = order.ref
    rows = [{"shipment": shipment, "line": line, "quantity": quantity} for line, quantity, _ in pieces]
    ShipmentLine.insert_many(rows).execute()
    shipment._index(order)
    return shipment


def _rest(lines):
    """What is still to come, with the day we promised; `lines` are as they stand after this shipment."""
    still = [line for line in lines if line.outstanding]
    days = [line.promised_on.isoformat() if line.promised_on and line.waiting else None for line in still]
    listed = _listed((line, line.outstanding) for line in still)
    return [row | {"promised_on": day} for row, day in zip(listed, days, strict=True)]


def _listed(pieces):
    """Lines with their pieces, as JSON for letters and the audit."""
    return [{"code": line.code, "name": line.name, "quantity": n, "unit": line.unit} for line, n in pieces]
