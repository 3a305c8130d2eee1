"""What the pages of warranties show on either face: a thing with its days, papers, code and story, and its panels."""

from flask import current_app, url_for
from flask_babel import gettext, ngettext

from portal import audit, values
from portal.customers.contacts import Contact
from portal.people import policy
from portal.sales.orders import SHIPPED, Order
from portal.service import claims, warranties, warranty_terms
from portal.service.claiming import CLAIMABLE
from portal.web import calendars, order_pages, panels, qr_codes, speech, warranty_forms

DAYS_IN_WORDS = 60  # from there on months are said
MOST_ON_ORDER = 50


def about(thing, actor, **shown):
    """All that the page of one thing shows; five queries, one less where no order brought it."""
    known = [claim for claim in claims.of(thing) if actor.is_staff or not claim.is_unproved]
    mine = [claim for claim in known if actor.is_staff or claim.account_id == actor.account]
    beside = panels.of(thing, actor)
    is_ours = actor.is_staff or thing.bought_by(actor.account)
    return {
        "thing": thing,
        "until": until(thing),
        "terms": warranty_terms.book([thing.product]).of(thing.product).said(speech.language()),
        "claims": mine,
        "open_claim": next((claim for claim in mine if claim.is_open and not claim.is_unproved), None),
        "papers": thing.papers() if is_ours else [],
        "order": thing.order if is_ours else None,
        "panels": beside,
        "story": _story(thing, actor, [claim.ref for claim in known] + panels.refs(beside)),
        "names": panels.names(beside) | {str(claim.ref): claim.number for claim in mine},
        "may_name": may_name(actor),
        "may_claim": thing.state in CLAIMABLE and policy.may(actor, "claims.ask"),
        "numbering": warranty_forms.SerialForm(formdata=None),
        "handing": warranty_forms.HandOverForm(formdata=None, quantity=str(thing.quantity)),
    } | shown


def _story(thing, actor, refs):
    """What happened to it, under former owners too; what a claim cost stays with us."""
    entries = audit.story(thing, refs)
    return [entry for entry in entries if entry.event != "claim.costed"] if actor.is_customer else entries


def may_name(actor):
    """Whose doing an entry of the story is: a former owner's people stay unnamed to the present one."""
    mine = f"account:{actor.account}"
    return lambda entry: actor.is_staff or entry.about == mine or entry.actor_role in policy.STAFF


def left(thing):
    """How long it is still covered, in words; "" while that has not begun or is over for good."""
    days = thing.days_left() if thing.state in ("covered", "waiting") else None
    if days is None:
        return ""
    if days < 0:
        return ngettext("over for %(num)s day", "over for %(num)s days", -days)
    if days == 0:
        return gettext("the last day is today")
    if days < DAYS_IN_WORDS:
        return ngettext("%(num)s day left", "%(num)s days left", days)
    return ngettext("%(num)s month left", "%(num)s months left", days // 30)


def until(thing):
    """The same with the day it ends, for the small picture: "19 days left, until Saturday, 12 December"."""
    words = left(thing)
    if not words:
        return ""
    day = speech.wording().long_day(thing.covered_until)
    if thing.days_left() < 0:
        return gettext("%(left)s, it ended on %(day)s", left=words, day=day)
    return gettext("%(left)s, until %(day)s", left=words, day=day)


def share_left(thing):
    """(days left, days in all) for the small picture beside the words."""
    whole = (thing.covered_until - thing.bought_on).days if thing.covered_until and thing.bought_on else 0
    return max(0, thing.days_left() or 0), max(1, whole)


def code(thing):
    """The drawn QR code that stands on the thing and leads to the page of a claim without sign-in."""
    return qr_codes.drawn(claim_address(thing))


def claim_address(thing):
    """The address in the code: it holds a tag, and nothing of the owner."""
    return current_app.config["SETTINGS"].base_url + url_for("portal.claim_ask", tag=thing.tag)


def label(thing):
    """What stands on a printed label."""
    return {"thing": thing, "drawn": code(thing), "address": claim_address(thing)}


def calendar(name, things):
    """The .ics file of the last days of things that are covered."""
    today = values.shop_day()
    return calendars.answer(name, [_day(thing) for thing in things if _counts(thing, today)])


def _counts(thing, today):
    return thing.state == "covered" and thing.covered_until and thing.covered_until >= today


def _day(thing):
    settings = current_app.config["SETTINGS"]
    title = gettext("Warranty ends: %(product)s", product=thing.product.name)
    words = [f"{speech.term('warranty', 'serial')}: {thing.serial}" if thing.serial else "", thing.number]
    page = settings.base_url + url_for("portal.warranty_show", number=thing.number)
    uid = f"{thing.number}@{settings.hostname}"
    return calendars.Day(uid, thing.covered_until, title, "\n".join(filter(None, words)), page, thing.created_at)


def reach_of(actor):
    """The phone number that stands in the form already."""
    phone = Contact.select(Contact.phone).where(Contact.id == actor.contact).scalar() if actor.contact else ""
    return speech.wording().phone(phone) if phone else ""


def stand_on_orders(face, template, load):
    """Put what an order brought and is covered on its page."""
    order_pages.ask_along("things", warranties.of_order(Order.id))
    panels.show_on(face, "order", "warranties", template, load, may="warranties.see", rank=65)


def of_order(order, actor):
    """The things that an order brought, for those who serve; one query."""
    has_any = order.state in SHIPPED and getattr(order, "has_things", True)
    found = list(warranties.of_order(order).limit(MOST_ON_ORDER)) if has_any else []
    return {"things": found} if found else None


def is_covered(order, actor):
    """Whether something of a delivered order is covered, without asking the database again: a link leads there."""
    is_here = any(shipment.state == "delivered" for shipment in order.shipments) or order.state == "delivered"
    return {} if is_here and any(line.product.warranty_months for line in order.at_hand) else None
