"""The demo shop writes letters that ask one thing, and one customer took his sign-in back: "this was not me"."""

from dataclasses import replace
from datetime import timedelta

from portal import audit
from portal.audit import Entry
from portal.customers import address_checks
from portal.customers.address_checks import AddressCheck
from portal.customers.addresses import Address
from portal.people import links, revert_links
from portal.people.logins import Login
from portal.sales import habits, placing, suggestions
from portal.sales.catalogue import Product
from portal.sales.quotes import Wanted
from portal.sales.suggestions import Suggestion
from portal.values import ANONYMOUS
from portal.whole import disowning

WANT_SUGGESTIONS = (0, 2, 3, 4, 6, 9, 10, 12)  # accounts that asked for it
SHOWN = 0  # whose sign-in the demo prints: there one waits, whatever the day
ASKED, ANSWERED = 4, 9  # whose address we asked about
ROBBED = 11  # whose sign-in somebody else used this morning
THIEFS_PHONE = "0917 555 0199"
GONE_FROM = "We left that stall last week; please deliver to the bakery itself."


def fill(people, by, now):
    """People are [(account, who orders, who serves)]; nobody hears of any of it."""
    for number in WANT_SUGGESTIONS:
        account, buyer, _ = people[number]
        suggestions.switch(account, by=buyer, is_on=True, now=now - timedelta(days=40))
        suggestions.suggest(account, by=by, now=now - timedelta(hours=3))
    _suggest(people[SHOWN][0], by, now - timedelta(hours=3))
    _ask(*people[ASKED], now - timedelta(days=1))
    account, buyer, seller = people[ANSWERED]
    _ask(account, buyer, seller, now - timedelta(days=3))
    check = AddressCheck.visible_to(seller).order_by(AddressCheck.id.desc()).get()
    check.settle(by=buyer, decision="wrong", words=GONE_FROM, now=now - timedelta(days=2))
    _rob(*people[ROBBED][:2])


def _suggest(account, by, moment):
    if Suggestion.open_for(account) is None:
        with audit.change(by, "suggestion.sent", about=account, now=moment) as change:
            suggestions.put(change, account, list(habits.habits(account).values())[:3])


def _ask(account, buyer, seller, moment):
    address = Address.default(account, "shipping")
    address.account = account
    address_checks.ask(address, by=seller, now=moment)


def _rob(account, buyer):
    """Somebody changed the phone and ordered; the owner pressed the link in the letter about the phone."""
    login = Login.get_by_id(buyer.ref.id)
    account.edit(by=buyer, phone=THIEFS_PHONE)
    entry = Entry.select().where(Entry.actor == str(buyer.ref)).order_by(Entry.id.desc()).get()
    usual = next(iter(habits.habits(account).values()))
    wanted = [Wanted(Product.get_by_id(usual.product).code, usual.last_quantity)]
    shown = placing.prepare(buyer, account, wanted, now=None)[0]
    if shown.can_be_placed:
        total = {"shown_total_minor": shown.total_minor, "shown_currency": shown.currency}
        placing.place(by=buyer, account=account, lines=wanted, **total)
    event = {"entry": entry.id, "at": entry.at.isoformat()}
    link = links.issue(revert_links.PURPOSE, "customer", login.email, subject=login.ref, params=event)
    disowning.disown(link, by=replace(ANONYMOUS, is_quiet=True))
