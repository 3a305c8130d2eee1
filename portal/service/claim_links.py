"""Claim links: a claim without signing in. What was typed is answered by mail, to an address that thus proves itself.

The page looks nothing up, so it says and takes the same for every serial number and every address.
"""

from dataclasses import replace
from datetime import timedelta

from portal import audit, values
from portal.customers import memberships
from portal.customers.accounts import Account
from portal.customers.memberships import Membership
from portal.errors import Expired
from portal.people import link_requests, links, policy
from portal.people.logins import Login
from portal.service import claiming
from portal.service.warranties import Warranty, read_serial, serial_key
from portal.values import Actor, Recipient, Ref

PURPOSE = "claim"
LONGEST_TAG = 24
LONGEST_SAID = 24  # letters of a typed number that the letter repeats
MOST_ALIKE = 20  # products of different makers may bear the same number

policy.allow("claims.ask_by_mail", policy.EVERYONE)
links.allow(PURPOSE, "/warranties/claim-form/{}", timedelta(days=2))


def ask(*, by, email, serial="", tag="", client="", now=None):
    """Note that somebody wants to claim for a thing, known by the number on it. Raises Invalid by field, TooMany."""
    shown = read_serial(serial)[0] if serial or not tag else ""
    params = {"serial": shown, "tag": tag[:LONGEST_TAG]}
    link_requests.ask(by=by, purpose=PURPOSE, kind="customer", email=email, client=client, params=params, now=now)


def _answer(request, now):
    """A letter with a link to the form, the same for everybody; only what the link may do differs."""
    with audit.change(request.asker, "claim.link_asked", now=now) as change:
        if not request.claim():
            return
        login, thing = _owner(request.params, values.email(request.email)[1])
        params = {name: request.params[name] for name in ("serial", "tag")} | {"language": request.language}
        params |= {"account": thing.account_id} if thing else {}
        about = {"login": login, "subject": thing and thing.ref, "params": params, "now": change.now}
        link = links.issue(PURPOSE, "customer", request.email, **about)
        to = Recipient(Ref("link", link.id), "", request.email, request.language, channels=("mail",))
        serial = serial_key(request.params["serial"])[:LONGEST_SAID]  # it may go to anybody: no words, no address
        change.tell([to], "claim_link", url={"link": link.id}, serial=serial)


def _owner(params, key):
    """(login or None, thing) when the address is that of somebody who may claim for it, or its account's own."""
    for thing in _things(params):
        able = (Login.email_key == key) & Membership.role.in_(policy.BUYERS)
        member = Membership.in_account(thing.account_id).where(able).first()
        if member:
            return member.login, thing
        if thing.account.email and values.email(thing.account.email)[1] == key:
            return None, thing
    return None, None


def _things(params):
    """What the tag or the serial number can stand for; a thing with a number needs both to fit."""
    key = serial_key(params["serial"])
    rows = Warranty.select(Warranty, Account).join(Account).where(Warranty.state.in_(claiming.CLAIMABLE))
    if params["tag"]:
        found = rows.where(Warranty.tag == params["tag"])
        return [thing for thing in found if not thing.serial_key or thing.serial_key == key]
    return list(rows.where((Warranty.serial_key == key) & (Warranty.serial_key != "")).limit(MOST_ALIKE))


def find(token, now=None):
    """(link, the owner's thing or None) behind the token of a letter. NotFound; Expired when it changed hands."""
    link = links.find(token, PURPOSE, kind="customer", now=now)
    ref = Ref.parse(link.subject)
    if ref is None:
        return link, None
    thing = Warranty.visible_to(values.system("claims")).where(Warranty.id == ref.id).first()
    if thing is None or thing.account_id != link.params["account"]:
        raise Expired(link)
    return link, thing


def claim(*, by, link, thing, name="", product="", serial="", now=None, **given):
    """The claim of whoever got the letter: of the owner as if he had signed in, of anybody else as unproved.

    Raises Expired when the link was used, and what `claiming.claim` raises; field-needed on "name".
    """
    with audit.change(_acting(by, link, name), "claim.by_mail", now=now) as change:
        link.use(change, change.now)
        if thing is not None:
            made = claiming.claim(thing, by=change.by, now=change.now, **given)
        else:
            typed = {"serial": link.params["serial"] or serial, "product": product, "email": link.email}
            meant = next(iter(_things(link.params)), None)
            made = claiming.claim_unproved(by=change.by, warranty=meant, now=change.now, **typed, **given)
        change.subject = change.result = made.ref
        change.about = made.account.ref if made.account_id else None
    return made


def _acting(by, link, name):
    """Whoever holds the link: the owner's person with his own rights, else the letter itself under a typed name."""
    actor = memberships.actor_for(link.login, link.params["account"]) if link.login else None
    if link.login and (actor is None or actor.account != link.params["account"]):
        raise Expired(link)
    who = actor or Actor(values.ANONYMOUS.ref, values.one_line(name) or "", language=by.language)
    return replace(who, request=by.request, form=by.form)


link_requests.answered_by(PURPOSE, _answer, is_to_anybody=True)
