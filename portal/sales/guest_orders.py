"""Guest orders: a proved address becomes a lead with a draft, which joins an account, opens one or is claimed."""

from dataclasses import replace
from typing import NamedTuple

from portal import audit, search, values
from portal.audit import Entry, EntryValue
from portal.customers import consent, known_already, memberships, sign_up
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.people import attempts, links, policy
from portal.people.logins import Login
from portal.sales import placing
from portal.sales.catalogue import Product
from portal.sales.leads import OPEN, Lead
from portal.sales.quotes import Wanted
from portal.sales.submissions import Submission

CLERK = values.clock("Order form")  # writes the draft of a known person who does not sign in
MOST_ALIKE = 20


def confirm(*, by, link, submission, now=None):
    """The address proved itself: a lead, and a draft order in the account it belongs to. Returns the Lead.

    A login that may order in one account gets the draft as his own; a contact of one account, or the account's own
    address, as one that we write; everybody else waits for an account. The lead's people are told. Of two presses one
    passes. Raises Expired.
    """
    with audit.change(by, "submission.confirmed", submission, now=now) as change:
        link.use(change, now)
        proved = (Submission.id == submission.id) & (Submission.state == "unconfirmed")
        confirmed = Submission.update(state="confirmed", confirmed_at=change.now).where(proved)
        change.guard(confirmed, Invalid(state="changed-meanwhile"))
        submission.state, submission.confirmed_at = "confirmed", change.now
        attempts.forgive(form_letter=submission.email_key)
        lead = _arrive(change, submission)
        if not lead.account_id:
            _invite_to_sign_up(change, submission)
        change.result = lead.ref
    return lead


def _arrive(change, submission):
    form, who, account, contact = submission.form, *_known(submission)
    lead = Lead.create(
        form=form, submission=submission, account=account, contact=contact, created_at=change.now,
        owner=account.owner_id if account and account.owner_id else form.owner,
        team=account.team_id if account else form.team,
        **{name: getattr(submission, name) for name in COPIED},
    )  # fmt: skip
    with audit.change(change.by, "lead.arrived", lead, about=account, now=change.now) as arrival:
        for name in ("name", "company", "lines", "words"):
            if getattr(lead, name):
                arrival.record(name, None, getattr(lead, name))
        if account:
            _draft(lead, by=who, now=change.now)
            _remember_consents(lead)
        lead.index()
        arrival.tell(lead.people(), "lead_arrived", **lead.told())
    return lead


COPIED = ("name", "company", "email", "email_key", "phone", "language", "lines", "words")


def _known(submission):
    """(who writes the draft, account, contact) of a proved address; no account when it is nobody's or several's."""
    login = Login.by_key("customer", submission.email_key)
    places = memberships.open_of(login) if login and login.is_active else []
    if len(places) == 1:
        place = places[0]
        who = memberships.actor_for(login, place.account_id, places)
        return (who if place.role != "viewer" else CLERK), place.account, place.contact
    if places:
        return CLERK, None, None
    found = _contacts_at(submission)
    accounts = {contact.account_id: contact for contact in found}
    if len(accounts) == 1:
        return CLERK, found[0].account, found[0]
    alike = Account.select().where(Account.id.in_(search.matches("account", submission.email)) & Account.is_active)
    own = _with_address(alike, submission)
    return (CLERK, own[0], None) if len(own) == 1 and not accounts else (CLERK, None, None)


def _contacts_at(submission):
    """The active people with exactly this address."""
    alike = Contact.select(Contact, Account).join(Account)
    alike = alike.where(
        Contact.id.in_(search.matches("contact", submission.email)) & Contact.is_active & Account.is_active
    )
    return _with_address(alike, submission)


def _with_address(alike, submission):
    """Of such rows those with exactly this address, as we know it: what a customer wrote down is nobody's proof."""
    found = [row for row in alike.limit(MOST_ALIKE) if row.email.casefold() == submission.email_key]
    theirs = _written_by_customers(found) if found else set()
    return [row for row in found if str(row.ref) not in theirs]


def _written_by_customers(rows):
    """Refs in text of those whose address a customer wrote down last; one query."""
    told = EntryValue.select(Entry.subject, Entry.actor_role).join(Entry).where(EntryValue.field == "email")
    told = told.where(Entry.subject.in_([str(row.ref) for row in rows])).order_by(Entry.id)
    last = dict(told.tuples())
    return {subject for subject, role in last.items() if role in policy.CUSTOMERS}


def _draft(lead, *, by, now):
    """Keep what of the lead can be ordered as a draft of its account, and name what cannot."""
    keys = [line["code"] for line in lead.lines]
    sold = Product.on_sale(values.shop_day(now)).where(Product.currency == lead.account.currency)
    sold = {product.code for product in sold.where(Product.code.in_(keys))} if keys else set()
    wanted = [Wanted(line["code"], line["quantity"]) for line in lead.lines if line["code"] in sold]
    lead.left_out = [line["name"] for line in lead.lines if line["code"] not in sold]
    about = {"note": lead.words, "contact": None if by.is_customer else lead.contact_id, "now": now}
    try:
        if wanted:
            lead.order = placing.save_draft(by=by, account=lead.account, lines=wanted, **about)
    except Invalid:  # more money than an order holds: somebody reads it, and asks
        lead.left_out = [line["name"] for line in lead.lines]
    Lead.update(order=lead.order, left_out=lead.left_out).where(Lead.id == lead.id).execute()


def _remember_consents(lead):
    """What the person agreed to by the form holds for the contact, where it is one of our purposes.

    A box that was not ticked is no answer: it takes nothing back.
    """
    given = {row["use"]: True for row in lead.submission.consents if row["given"] and row["use"]}
    if given and lead.contact:
        by = replace(CLERK, name=lead.name)
        consent.choose(lead.contact, by=by, how=lead.form.title, now=lead.submission.confirmed_at, **given)


# An account for it


def attach(lead, *, by, account="", now=None):
    """Give the lead to the account (its number) that it belongs to, with a draft. Raises Invalid on "account"."""
    number = (account or "").strip()
    found = Account.visible_to(by).where(Account.id == int(number)).first() if _is_number(number) else None
    if found is None or not found.is_active:
        raise Invalid(account="account-not-found")
    with audit.change(by, "lead.attached", lead, about=found, now=now) as change:
        _join(change, lead, found, by)
    return lead


def _is_number(text):
    return text.isascii() and text.isdigit() and len(text) < 10


def open_account(lead, *, by, is_another=False, now=None):
    """An account and a contact out of what the lead says, and its draft in it: one press.

    Raises Invalid on "is_another" (account-like) when an account like it is known, and on "state".
    """
    country, currency = (lead.form.country, lead.form.currency) if lead.form else ("PH", "PHP")
    with audit.change(by, "lead.attached", lead, now=now) as change:
        account = known_already.open_account(
            by=by, is_another=is_another, now=change.now, kind="company" if lead.company else "household",
            name=lead.who, email=lead.email, phone=lead.phone, language=lead.language, country=country,
            currency=currency,
        )  # fmt: skip
        change.about = account.ref
        contact = change.create(
            Contact, account=account, name=lead.name, folded=search.fold(lead.name), email=lead.email,
            role="buyer" if lead.company else "owner", phone=lead.phone, language=lead.language,
        )  # fmt: skip
        contact.index()
        _join(change, lead, account, by, contact)
    return lead


def _join(change, lead, account, by, contact=None):
    lead.move(change, "attach", account=account, contact=contact, team=account.team_id)
    _draft(lead, by=by, now=change.now)
    _remember_consents(lead)
    lead.index()


# The person himself


def unclaimed(actor):
    """Query of what this customer sent before he had an account, proved by the address he signs in with."""
    return Lead.visible_to(actor).where(Lead.account.is_null() & Lead.state.in_(OPEN)).order_by(Lead.id)


def claim(lead, *, by, now=None):
    """Take it into one's account as a draft to go on with. Raises Invalid on "state" when it moved on."""
    account = Account.get_by_id(by.account)
    with audit.change(by, "lead.claimed", lead, about=account, now=now) as change:
        _join(change, lead, account, by, by.contact)
        change.tell(lead.people(), "lead_claimed", account=account.name, **lead.told())
        change.result = lead.order.ref if lead.order else None
    return lead


class Next(NamedTuple):
    """What whoever proved an address may do: sign in, open an account at a path, or wait; and what was left out."""

    signs_in: bool
    sign_up: str | None
    left_out: list


def what_next(submission, now=None):
    """The Next of a confirmed submission, for whoever holds its link."""
    lead = Lead.get_or_none(Lead.submission == submission.id)
    link = links.open_for(sign_up.PURPOSE, submission.ref, now)
    signs_in = Login.by_key("customer", submission.email_key) is not None
    return Next(signs_in, link.path if link and not signs_in else None, lead.left_out if lead else [])


def _invite_to_sign_up(change, submission):
    """A link to open an account with the address that proved itself just now, unless it signs in already."""
    if Login.by_key("customer", submission.email_key):
        return
    answers = {
        "kind": submission.kind,
        "name": submission.name,
        "account_name": submission.company or submission.name,
        "phone": submission.phone,
        "country": submission.form.country,
        "language": submission.language,
    }
    to = submission.email
    links.issue(sign_up.PURPOSE, "customer", to, subject=submission.ref, params=answers, now=change.now)
