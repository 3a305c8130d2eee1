"""A small shop in plain Python: what orders, goods and money should come to, by the rules and nothing else."""

from dataclasses import dataclass, field

OWED = ("placed", "confirmed", "shipped", "delivered")
CANCELLABLE = {"staff": ("placed", "confirmed"), "customer": ("placed",)}


@dataclass
class Order:
    """`lines` is {product: pieces}, `owed` what of its invoice is open, None while there is none."""

    account: str
    lines: dict
    total: int
    state: str = "placed"
    owed: int | None = None


@dataclass
class Goods:
    """A counted product: what stands on the shelf, and what of it is kept for orders."""

    price: int
    stock: int
    reserved: int = 0


@dataclass
class Shop:
    """Each verb says whether it is done (True) or refused (False), and then nothing has changed."""

    goods: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)
    credit: dict = field(default_factory=dict)  # {account: money that no invoice took}
    phones: dict = field(default_factory=dict)

    def place(self, number, account, lines):
        if any(pieces > self.goods[name].stock - self.goods[name].reserved for name, pieces in lines.items()):
            return False
        for name, pieces in lines.items():
            self.goods[name].reserved += pieces
        total = sum(self.goods[name].price * pieces for name, pieces in lines.items())
        self.orders[number] = Order(account, lines, total)
        return True

    def confirm(self, number):
        return self._move(number, ("placed",), "confirmed")

    def cancel(self, number, side):
        order = self.orders[number]
        if order.owed is not None or not self._move(number, CANCELLABLE[side], "cancelled"):
            return False
        for name, pieces in order.lines.items():
            self.goods[name].reserved -= pieces
        return True

    def ship(self, number):
        if not self._move(number, ("placed", "confirmed"), "shipped"):
            return False
        for name, pieces in self.orders[number].lines.items():
            self.goods[name].stock -= pieces
            self.goods[name].reserved -= pieces
        return True

    def deliver(self, number):
        return self._move(number, ("shipped",), "delivered")

    def _move(self, number, states, state):
        order = self.orders[number]
        if order.state not in states:
            return False
        order.state = state
        return True

    def invoice(self, number):
        order = self.orders[number]
        if order.state not in OWED or order.owed is not None:
            return False
        order.owed = order.total
        return True

    def pay(self, account, minor):
        """Money settles what was invoiced first; what no invoice takes is kept."""
        for order in self.invoiced(account):
            part = min(order.owed, minor)
            order.owed, minor = order.owed - part, minor - part
        self.credit[account] = self.credit.get(account, 0) + minor
        return True

    def invoiced(self, account):
        return [order for order in self.orders.values() if order.account == account and order.owed]

    def receive(self, name, pieces):
        self.goods[name].stock += pieces
        return True

    def count(self, name, counted):
        if counted < self.goods[name].reserved:
            return False
        self.goods[name].stock = counted
        return True

    def telephone(self, account, phone):
        self.phones[account] = phone
        return True

    def owed(self, account):
        return sum(order.owed for order in self.invoiced(account))
