"""Claiming: asking us to make good what is wrong with a thing, by its owner or by somebody we do not know yet."""

from portal import audit, store, values
from portal.activity import attachments
from portal.errors import Invalid
from portal.service import claims
from portal.service.claims import FIELDS, Claim
from portal.service.warranties import Warranty

CLAIMABLE = ("covered", "waiting")


def claim(warranty, *, by, words, since_on=None, reach="", quantity=1, files=(), now=None):
    """The owner says what is wrong, since when, how to reach him, and shows it; both sides are told.

    After the end of the warranty he may ask as well, and the claim says so. Raises Invalid: field-needed or
    text-too-long on "words", date-malformed or date-not-past on "since_on", pieces-too-many or quantity-malformed on
    "quantity", warranty-not-claimable or claim-open on "warranty".
    """
    fields = _clean(words=words, since_on=since_on, reach=reach)
    pieces = warranty.pieces_of(quantity or 1)
    with audit.change(by, "claim.asked", about=warranty.account, now=now) as change:
        _hold(change, warranty)
        _refuse_second(warranty)
        left = warranty.days_left(values.shop_day(change.now))
        about = {"account": warranty.account, "warranty": warranty, "product": warranty.product, "quantity": pieces}
        about |= {"serial": warranty.serial, "is_late": left is not None and left < 0}
        about["currency"] = warranty.account.currency
        return _ask(change, about | fields, files)


def claim_unproved(*, by, warranty, serial, product, email, words, since_on=None, reach="", files=(), now=None):
    """Somebody who proved nothing but his e-mail address asks: staff look whose thing it is. Raises as `claim`.

    `warranty` is what the serial number stands for, if anything; its owner is not told, and the person reads nothing
    of it. `product` is what the person calls the thing.
    """
    fields = _clean(words=words, since_on=since_on, reach=reach)
    if not by.name:
        raise Invalid(name="field-needed")
    with audit.change(by, "claim.asked", now=now) as change:
        about = {"warranty": warranty, "product": warranty.product if warranty else None, "serial": serial[:80]}
        about |= {"product_words": values.one_line(product) or "", "email": email, "language": by.language}
        about["currency"] = warranty.account.currency if warranty else "PHP"
        return _ask(change, about | fields, files)


def _clean(**given):
    return FIELDS.clean(given)


def _hold(change, warranty):
    """It is his, and can be claimed for: asked again in the UPDATE, so that nobody takes it over at the same time."""
    here = (Warranty.id == warranty.id) & (Warranty.account == warranty.account_id)
    held = Warranty.update(version=Warranty.version + 1).where(here & Warranty.state.in_(CLAIMABLE))
    change.guard(held, Invalid(warranty=("warranty-not-claimable", {"number": warranty.number})))
    warranty.version += 1


def _refuse_second(warranty):
    known = claims.open_of(warranty)
    if known:
        raise Invalid(warranty=("claim-open", {"number": known.number}))


def _ask(change, fields, files):
    """The claim, its photos and its notices, inside the change of whoever asks."""
    by, started = change.by, {"asked_by": change.by.name, "asked_at": change.now}
    twice = Invalid(warranty=("claim-open", {"number": ""}))
    with store.taken(**twice.problems):
        made = Claim.create(**fields, **started, answer_by=claims.promised(change.now))
    change.subject = change.result = made.ref
    made.index()
    for name in ("words", "since_on", "reach", "serial", "is_late"):
        if fields.get(name):
            change.record(name, None, fields[name])
    if files:
        attachments.attach(made, by=by, files=files, is_shared=True, is_told=False, now=change.now)
    _tell(change, made)
    return made


def _tell(change, made):
    """Both sides; who has proved nothing reads what he calls the thing, and not what its number stands for."""
    people, told = made.people(change.by), {"by": change.by.name} | made.told()
    if made.is_unproved:
        change.tell(people[:1], "claim_asked", **told | {"product": made.product_words})
        people = people[1:]
    change.tell(people, "claim_asked", **told)


def withdraw(claim, *, by, now=None):
    """It works again, as long as we have not answered. Staff are told."""
    with audit.change(by, "claim.withdrawn", claim, about=claim.account, now=now) as change:
        claim.move(change, "withdraw", state="withdrawn")
        change.tell(claim.people(by), "claim_withdrawn", by=by.name, **claim.told())
    return claim
