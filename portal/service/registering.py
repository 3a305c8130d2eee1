"""Registering: a customer brings a thing into his wallet by serial number and proof; staff confirm it or decline."""

from portal import audit, search, store
from portal.activity import attachments
from portal.errors import Invalid
from portal.people import attempts, policy
from portal.sales.catalogue import Product, code_key
from portal.service import warranty_terms
from portal.service.warranties import FIELDS, LIVE, Warranty, read_serial

policy.allow("warranties.register", policy.BUYERS)
policy.allow("warranties.confirm", policy.STAFF)
policy.allow("warranties.decline", policy.STAFF)


def register(account, *, by, product, serial, bought_on, is_elsewhere=False, files=(), now=None):
    """Ask us to keep a thing that no order here stands for: bought at the counter, as a present, or elsewhere.

    `product` is a code or a name as typed, `files` are [attachments.Sent], the proof. Staff are told. Raises Invalid:
    thing-unknown, warranty-none or warranty-not-elsewhere on "product", serial-malformed, serial-yours or
    serial-taken on "serial", field-needed, date-malformed or date-not-past on "bought_on", warranty-proof-needed on
    "files", and what was wrong with each of them at once; TooMany for whoever tries number after number.
    """
    attempts.count(serial=f"account {account.id}", now=now)
    (item, terms), (shown, key), bought_on = _read(product, is_elsewhere, serial, bought_on, files)
    _refuse_known(account, item, key)
    until = warranty_terms.last_day(bought_on, terms.months)
    taken = store.taken(serial="serial-taken")
    with audit.change(by, "warranty.registered", about=account, now=now) as change, taken:
        about = {"account": account, "product": item, "serial": shown, "serial_key": key, "bought_on": bought_on}
        made = change.create(
            Warranty, **about, covered_until=until, months=terms.months, state="waiting", is_registered=True,
            is_elsewhere=bool(is_elsewhere), created_at=change.now,
        )  # fmt: skip
        made.index()
        attachments.attach(made, by=by, files=files, is_told=False, now=change.now)
        change.result = made.ref
        change.tell(account.people_for("orders", by), "warranty_registered", by=by.name, **made.told())
    return made


def _read(product, is_elsewhere, serial, bought_on, files):
    """(product, its terms), (serial number, its key) and the day as they are kept; every fault at once."""
    problems, found = {}, []
    for read in (lambda: _product(product, is_elsewhere), lambda: read_serial(serial), lambda: _bought(bought_on)):
        try:
            found.append(read())
        except Invalid as fault:
            problems |= fault.problems
    if not files:
        problems["files"] = ("warranty-proof-needed", {})
    if problems:
        raise Invalid(**problems)
    return found


def _bought(bought_on):
    day = FIELDS["bought_on"].clean(bought_on)
    if day is None:
        raise Invalid(bought_on="field-needed")
    return day


def _product(text, is_elsewhere):
    """The one product that a typed code or name means, and its terms."""
    text = (text or "").strip()
    found = Product.get_or_none(Product.code_key == code_key(text)) if text else None
    if found is None and text:
        named = list(Product.select().where(Product.folded == search.fold(text)).limit(2))
        found = named[0] if len(named) == 1 else None
    if found is None:
        raise Invalid(product="thing-unknown" if text else "field-needed")
    terms = warranty_terms.book([found]).of(found)
    if not terms.months:
        raise Invalid(product=("warranty-none", {"name": found.name}))
    if is_elsewhere and not terms.takes_elsewhere:
        raise Invalid(product=("warranty-not-elsewhere", {"name": found.name}))
    return found, terms


def _refuse_known(account, product, key):
    """Whose it is stays with us; that it is his own already, the owner may read."""
    here = (Warranty.product == product) & (Warranty.serial_key == key) & Warranty.state.in_(LIVE)
    known = Warranty.get_or_none(here)
    if known and known.account_id == account.id and known.state != "sent":
        raise Invalid(serial=("serial-yours", {"number": known.number}))
    if known:
        raise Invalid(serial="serial-taken")


def confirm(warranty, *, by, bought_on=None, months=None, now=None):
    """The proof holds: it is covered, from the day and for the months that we read in it. The customer is told.

    Raises Invalid: date-malformed, date-not-past on "bought_on", number-not-between on "months", warranty-moved-on.
    """
    day = FIELDS["bought_on"].clean(bought_on) or warranty.bought_on
    months = warranty.months if months in (None, "") else FIELDS["months"].clean(months)
    if not 1 <= months <= warranty_terms.LONGEST_MONTHS:
        raise Invalid(months=("number-not-between", {"least": 1, "most": warranty_terms.LONGEST_MONTHS}))
    with audit.change(by, "warranty.confirmed", warranty, about=warranty.account, now=now) as change:
        decided = {"state": "covered", "decided_by": by.name, "decided_at": change.now}
        until = warranty_terms.last_day(day, months)
        warranty.move(change, "confirm", bought_on=day, months=months, covered_until=until, **decided)
        told = {"by": by.name} | warranty.told()
        change.tell(warranty.account.people_for("orders", by), "warranty_confirmed", **told)
    return warranty


def decline(warranty, *, by, reply, now=None):
    """The proof does not hold; the customer reads why.

    Raises Invalid: reason-needed on "reply", warranty-moved-on on "state".
    """
    reply = FIELDS["reply"].clean(reply or "")
    if not reply:
        raise Invalid(reply="reason-needed")
    with audit.change(by, "warranty.declined", warranty, about=warranty.account, now=now) as change:
        decided = {"state": "declined", "decided_by": by.name, "decided_at": change.now}
        warranty.move(change, "decline", reply=reply, **decided)
        told = {"by": by.name, "reply": reply} | warranty.told()
        change.tell(warranty.account.people_for("orders", by), "warranty_declined", **told)
    return warranty
