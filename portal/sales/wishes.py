"""Wishes: "Do you have …?" asked by customers, and what we answered."""

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid, NotFound
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.people.logins import Login
from portal.sales import quotes
from portal.sales.catalogue import Product, code_key
from portal.sales.missed import LONGEST, key_of

STATES = ("open", "found", "coming", "declined")
ANSWERS = STATES[1:]
KIND_OF = {"open": "wait", "found": "done", "coming": "run", "declined": "refused"}  # how each is drawn
KIND_FOR_STAFF = KIND_OF | {"open": "needs"}
MOST_OPEN = 30  # of one account

policy.allow("wishes.see", policy.SIGNED_IN)
policy.allow("wishes.ask", policy.CUSTOMERS)
policy.allow("wishes.answer", policy.STAFF)

FIELDS = Table(
    "wish",
    Field("number", read=EVERYONE),
    Field("words", "text", EVERYONE, EVERYONE, longest=LONGEST, is_required=True),
    Field("quantity", "number", EVERYONE, EVERYONE),
    Field("wanted_by", "date", EVERYONE, EVERYONE),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("account", "link", STAFF),
    Field("asked_by", read=EVERYONE),
    Field("asked_at", "moment", EVERYONE, sort=True, filter=True),
    Field("product", "link", EVERYONE),
    Field("answer", "text", EVERYONE, STAFF, longest=500),
    Field("answered_by", read=EVERYONE),
    Field("answered_at", "moment", EVERYONE),
)


class Wish(store.Model):
    """Something that a customer wants and did not find; open until we say what becomes of it, once."""

    account = peewee.ForeignKeyField(Account)
    login = peewee.ForeignKeyField(Login)
    asked_by = peewee.CharField(max_length=200)
    asked_at = store.MomentField(default=values.now, index=True)
    words = peewee.CharField(max_length=LONGEST)
    key = peewee.CharField(max_length=LONGEST, index=True)
    quantity = peewee.IntegerField(null=True)
    wanted_by = peewee.DateField(null=True)
    state = peewee.CharField(max_length=10, default="open")
    product = peewee.ForeignKeyField(Product, null=True)
    answer = peewee.CharField(max_length=500, default="")
    answered_by = peewee.CharField(max_length=200, default="")
    answered_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("account", "id"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the wishes a person may see, each with its account and the product that answered it."""
        if not (actor.is_staff or actor.is_customer or actor.is_system):
            raise NotFound()
        rows = cls.select(cls, Account, Product).join(Account).switch(cls).join(Product, peewee.JOIN.LEFT_OUTER)
        return rows.where(Account.scope(actor))

    def told(self):
        """What notices about it say, as JSON."""
        return {
            "account": {"name": self.account.name, "number": self.account.number},
            "words": self.words,
            "key": self.key,
            "quantity": self.quantity,
            "wanted_by": self.wanted_by.isoformat() if self.wanted_by else None,
        }


def ask(*, by, account, words, quantity="", wanted_by=None, now=None):
    """A customer asks whether we have something; whoever looks after the account is told.

    Raises Invalid: field-needed, text-too-long, wish-needed on "words", as `quotes.read_quantity` on "quantity",
    date-malformed, day-passed on "wanted_by", wishes-too-many on "words".
    """
    given = {name: FIELDS[name].clean(value) for name, value in (("words", words), ("wanted_by", wanted_by))}
    given["quantity"] = quotes.read_quantity(quantity) if str(quantity or "").strip() else None
    given["key"] = key_of(given["words"])
    if not given["key"]:
        raise Invalid(words="wish-needed")
    with audit.change(by, "wish.asked", about=account, now=now) as change:
        if given["wanted_by"] and given["wanted_by"] < values.shop_day(change.now):
            raise Invalid(wanted_by="day-passed")
        if Wish.select().where((Wish.account == account) & (Wish.state == "open")).count() >= MOST_OPEN:
            raise Invalid(words=("wishes-too-many", {"most": MOST_OPEN}))
        wish = change.create(Wish, account=account, login=by.ref.id, asked_by=by.name, asked_at=change.now, **given)
        change.tell(account.staff_for(by), "wish_asked", by=by.name, **wish.told())
    return wish


def answer(wishes, *, by, state, product="", words="", now=None):
    """Say to all who asked what becomes of it: "found" is `product` (its code), "coming", or "declined".

    Each wish is an event of its own, told to whoever asked; what was answered meanwhile is passed over. Returns how
    many were answered. Raises Invalid: choice-unknown on "state", answer-product-needed or product-unknown on
    "product", text-too-long on "words", wish-answered on "state" when none was open any more.
    """
    if state not in ANSWERS:
        raise Invalid(state="choice-unknown")
    said = FIELDS["answer"].clean(words or "")
    found = _product(product, state)
    with audit.change(by, "wish.answering", now=now) as change:
        told = [wish for wish in wishes if _answer(wish, found, said, state, by=by, now=change.now)]
        if not told:
            raise Invalid(state="wish-answered")
    return told


def _answer(wish, product, said, state, *, by, now):
    """Answer one wish, if it is still open."""
    with audit.change(by, "wish.answered", wish, about=wish.account, now=now) as change:
        fields = {"state": state, "product": product, "answer": said, "answered_by": by.name, "answered_at": now}
        if not Wish.update(fields).where((Wish.id == wish.id) & (Wish.state == "open")).execute():
            return False
        change.record("state", "open", state)
        change.record("answer", None, said)
        shown = {"code": product.code, "product": product.name} if product else {"code": "", "product": ""}
        told = wish.told() | shown | {"state": state, "answer": said, "by": by.name}
        change.tell([wish.login.recipient], "wish_answered", **told)
    return True


def _product(code, state):
    if state != "found":
        return None
    if not (code or "").strip():
        raise Invalid(product="answer-product-needed")
    found = Product.get_or_none(Product.code_key == code_key(code))
    if found is None:
        raise Invalid(product="product-unknown")
    return found
