"""The demo shop hears what it does not have: wishes in every state, searches in vain; its customers keep lists."""

from datetime import timedelta
from functools import partial

from portal import values
from portal.customers.accounts import Account
from portal.sales import missed, stock, wishes
from portal.sales.catalogue import Product
from portal.sales.quotes import Wanted
from portal.sales.shopping_lists import ShoppingList
from portal.sales.wishes import Wish

# account, days ago, words, how many, state, product, our words
WISHES = (
    (0, 12, "Bread flour without bleach, 25 kg", "10", "coming", "", "Our mill sends the first sacks next month."),
    (12, 9, "bread flour 25 kg WITHOUT bleach", "16", "open", "", ""),
    (3, 6, "Cooking oil in 5 L tins", "8", "open", "", ""),
    (4, 5, "cooking oil, 5 L tins", "6", "open", "", ""),
    (1, 20, "Calamansi concentrate, 1 L", "12", "declined", "", "It spoils on the way; ask the market at Cubao."),
    (7, 15, "Paper meal boxes with a lid", "20", "found", "STY-REP", "These come with a lid since May."),
    (20, 2, "กะทิกล่องเล็ก 250 มล.", "48", "open", "", ""),
)
# words, where, days ago, by which accounts
MISSED = (
    ("oat milk", "catalogue", 3, (5, 14, 13)),
    ("oat milk 1 L", "catalogue", 11, (5, 14)),
    ("almond milk", "catalogue", 18, (5,)),
    ("cooking oil 5 L tins", "pad", 7, (3, 8, 10)),
    ("biodegradable straws", "catalogue", 25, (5, 13, 14, 6)),
    ("brown paper bags small", "list", 30, (0, 8)),
    ("calamansi", "catalogue", 21, (1, 4)),
    ("Fish sauce, 1 gal", "stock", 4, (4, 6)),
    ("ซอสหอยนางรม", "catalogue", 13, (18, 19, 20)),
)
# account, name, shared, [(code, how many)]
LISTS = (
    (0, "Monday baking", True, (("HAR-1CL", 6), ("LEB-500", 8), ("MAR-225", 2), ("ASU-WHT", 1))),
    (0, "Fiesta week", True, (("HAR-1CL", 12), ("ASU-WHT", 3), ("ITL-DOZ", 20), ("SUP-PAN", 6), ("CUP-12Z", 10))),
    (0, "My own trial mix", False, (("HAR-3CL", 1), ("MAN-001", 2))),
    (18, "ของประจำสัปดาห์", True, (("TH-HOM15", 4), ("TH-KRA1", 2), ("TH-PRI1", 3))),
)
OLD, NEW = (
    "MAR-225",
    {"code": "MAR-250", "name": "Margarine, 250 g × 24", "list_minor": 139_000, "cost_minor": 120_500},
)


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    found = [(now - timedelta(days=days), partial(_wish, people[n], *rest)) for n, days, *rest in WISHES]
    for words, source, days, accounts in MISSED:
        moments = (now - timedelta(days=days, hours=n) for n in range(len(accounts)))
        found += [
            (moment, partial(_miss, people[n][0], source, words)) for n, moment in zip(accounts, moments, strict=True)
        ]
    found += [(now - timedelta(days=40), partial(_list, people[n], *rest)) for n, *rest in LISTS]
    return [*found, (now - timedelta(minutes=50), _replace)]


def _wish(whose, words, quantity, state, product, said, moment):
    account, buyer, seller = whose
    wish = wishes.ask(by=buyer, account=account, words=words, quantity=quantity, now=moment)
    if state != "open":
        later = moment + timedelta(hours=5)
        wishes.answer([Wish.get_by_id(wish.id)], by=seller, state=state, product=product, words=said, now=later)


def _miss(account: Account, source, words, moment):
    missed.note(account, source, [(words, 4 if source in ("list", "stock") else 0)], now=moment)


def _list(whose, name, is_shared, lines, moment):
    account, buyer, _ = whose
    wanted = [Wanted(*line) for line in lines]
    ShoppingList.keep(by=buyer, account=account, name=name, lines=wanted, is_shared=is_shared, now=moment)


def _replace(moment):
    """A larger pack takes the place of one that is not made any more."""
    by, old = values.system("Suki"), Product.get(Product.code == OLD)
    names = ("category", "unit", "currency", "kind", "tax_class")
    like = {name: getattr(old, name) for name in names}
    stock.add_product(by=by, counted=80, weight_g=6_200, now=moment, **like, **NEW)
    old.edit(by=by, version=None, successor=NEW["code"], now=moment)
    old.withdraw(by=by, now=moment)
