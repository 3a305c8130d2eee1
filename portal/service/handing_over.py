"""Handing over: a thing moves to another account with its warranty and its history, once the receiver accepts."""

from datetime import timedelta

from portal import audit, values
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.errors import Expired, Invalid, NotFound
from portal.people import attempts, links, policy
from portal.service import claims
from portal.service.warranties import Warranty
from portal.values import Recipient, Ref

PURPOSE = "hand_over"

policy.allow("warranties.hand_over", policy.BUYERS)
policy.allow("warranties.take_over", policy.EVERYONE)
links.allow(PURPOSE, "/warranties/take-over/{}", timedelta(days=14))


def offer(warranty, *, by, email, quantity=None, now=None):
    """Ask whoever reads mail at `email` to take it over, or so many pieces of it; an earlier offer dies.

    Returns what was offered. Raises Invalid: email-malformed on "email", quantity-malformed or pieces-too-many on
    "quantity", claim-open or warranty-moved-on on "state"; TooMany for a customer who has us write too often.
    """
    shown = values.email(email)[0]
    pieces = warranty.pieces_of(quantity or warranty.quantity)
    with audit.change(by, "warranty.offered", about=warranty.account, now=now) as change:
        _check(warranty)
        attempts.count_named(by, warranty.account, shown, change.now)
        thing = warranty.single_out(change, pieces)
        change.subject = change.result = thing.ref
        links.withdraw(PURPOSE, thing.ref, change.now)
        about = {"from": warranty.account.name, "language": by.language}
        link = links.issue(PURPOSE, "customer", shown, subject=thing.ref, params=about, now=change.now)
        until = values.shop_day(link.expires_at)
        thing.move(change, "hand_over", offered_to=shown, offered_until=until)
        to = Recipient(Ref("link", link.id), "", shown, by.language, channels=("mail",))
        told = {"by": by.name} | thing.told()
        change.tell([to], "warranty_offered", url={"link": link.id}, **told)
    return thing


def keep(warranty, *, by, now=None):
    """Take the offer back: its link is dead."""
    with audit.change(by, "warranty.kept", warranty, about=warranty.account, now=now) as change:
        if warranty.offered_to:
            warranty.move(change, "hand_over", offered_to="", offered_until=None)
            links.withdraw(PURPOSE, warranty.ref, change.now)


def find(token, now=None):
    """(link, thing) behind the token of an offer. NotFound; Expired when it is over or the thing moved on."""
    link = links.find(token, PURPOSE, kind="customer", now=now)
    return link, _thing_of(link)


def _thing_of(link):
    rows = Warranty.visible_to(values.system("offers"))
    thing = rows.where(Warranty.id == Ref.parse(link.subject).id).first()
    if thing is None or thing.state != "covered":
        raise Expired(link)
    return thing


def may_accept(actor):
    """Whether this person could take something over: somebody who buys for an account."""
    return actor.role in policy.BUYERS and actor.account is not None


def accept(*, by, link, thing, now=None):
    """Take it over into the account in which this person works; both sides are told, and its papers stay behind.

    Raises Expired when somebody was faster, Invalid: warranty-yours on "account", NotFound for whoever has none.
    """
    if not may_accept(by):
        raise NotFound()
    receiver, giver = Account.get_by_id(by.account), thing.account
    if receiver.id == giver.id:
        raise Invalid(account="warranty-yours")
    with audit.change(by, "warranty.taken_over", thing, about=receiver, now=now) as change:
        link.use(change, now)
        _check(thing)
        with audit.change(by, "warranty.handed_over", thing, about=giver, now=change.now) as given:
            told = {"receiver": receiver.name} | thing.told()
            thing.move(given, "hand_over", account=receiver, offered_to="", offered_until=None)
            given.tell(giver.people_for("orders", by), "warranty_handed_over", **told)
        thing.index()
        attachments.unshare_all(thing)
        told = {"giver": giver.name} | thing.told()
        change.tell(receiver.people_for("orders", by), "warranty_taken_over", **told)
        change.result = thing.ref
    return thing


def _check(warranty):
    """What is being mended or judged stays with whoever asked."""
    known = claims.open_of(warranty)
    if known:
        raise Invalid(state=("claim-open", {"number": known.number}))
