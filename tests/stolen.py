"""A stolen sign-in: what a thief with Carol's password does, and the letters that it brings."""

from portal import store
from portal.customers.accounts import Account
from portal.outbox import Outbox
from portal.people import passwords, security, sessions
from portal.people.links import Link
from portal.people.logins import Login
from portal.sales import placing
from portal.sales.quotes import Wanted
from portal.values import ANONYMOUS
from tests import make

PASSWORD = "my purple elephant dances"


def prepare(world):
    """Carol's account with an address and an invoice of before, and passwords that a thief has found out."""
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).where(Login.kind == "customer").execute()
    make.address(world.account, label="Kitchen")
    world.invoice = make.invoice(world.account)
    return world


def carol_of(shop):
    return Login.get_by_id(shop.logins["carol"].id)


def sent_link(address, template=None):
    """The revert link in the newest letter to an address."""
    rows = Outbox.select().where((Outbox.channel == "mail") & (Outbox.address == address)).order_by(Outbox.id.desc())
    row = next(row for row in rows if row.params.get("not_me") and template in (None, row.template))
    return Link.get_by_id(row.params["not_me"]["link"])


def take_over(shop, email="thief@evil.example"):
    """What a thief with Carol's password does first: her address, then her password. Returns the owner's link."""
    login = carol_of(shop)
    link = security.ask_email_change(by=shop.carol, login=login, email=email, password=PASSWORD)
    security.confirm_email_change(by=ANONYMOUS, link=Link.get_by_id(link.id))
    owners = sent_link("carol@kitchen.example", "login_changed")
    login = carol_of(shop)
    session = sessions.open(login).session
    security.change_password(
        by=shop.carol, login=login, session=session, password=PASSWORD, new_password="a thief was here 99"
    )
    return owners


def order_of(shop, pieces=2):
    item = make.product(stock=50)
    return placing.place(
        by=shop.carol, account=Account.get_by_id(shop.account.id), lines=[Wanted(item.code, pieces)],
        shown_total_minor=pieces * 10_000, shown_currency="PHP",
    )  # fmt: skip
