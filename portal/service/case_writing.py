"""Writing in cases: asking, replying from either side, and commenting among us."""

from datetime import timedelta

from portal import audit, values
from portal.customers.contacts import Contact
from portal.errors import Invalid, NotFound
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.service import case_clock, case_letters, case_messages
from portal.service.cases import FIELDS, Case
from portal.service.promises import ServiceDesk

TOPICS = {"order": Order, "invoice": Invoice, "product": Product}
THEN = ("for_customer", "for_us", "solved")  # who has the word after our answer
LONGEST_SUBJECT = 80  # of one made from the first words


def ask(
    account, *, by, kind, words, number="", files=(), is_private=False, contact=None, priority="normal", follows=None,
    now=None,
):  # fmt: skip
    """Ask us something, or write down what a customer of ours asked: a case with its first words and files.

    `number` is that of the order or invoice, or the code of the product, that it is about. `contact` (an id) is who
    asked, when staff write it down. Both sides are told, with what is promised. Raises Invalid: field-needed on
    "words", choice-unknown, topic-unknown on "number", contact-unknown, and what `attachments.attach` raises.
    """
    fields = FIELDS.clean({"kind": kind, "words": words, "priority": priority})
    topic, number = find_topic(account, by, fields["kind"], number)
    if follows:  # about the same, even where it is not sold or shown any more
        topic, number = follows.topic_ref, follows.topic_number
    words = fields.pop("words")
    if not words:
        raise Invalid(words="field-needed")
    asker = {"contact": _contact(account, contact)}
    if by.is_customer:
        asker = {"asker": str(by.ref), "contact": by.contact}
    with audit.change(by, "case.asked", about=account, now=now) as change:
        made = Case.create(
            account=account, subject=subject_of(words), topic=str(topic or ""), topic_number=number,
            is_private=bool(is_private) and by.is_customer, asked_by=by.name, asked_at=change.now, last_at=change.now,
            team=account.team_id, follows=follows,
            **fields, **asker, **case_clock.begun(fields["kind"], fields["priority"], change.now),
        )  # fmt: skip
        made.account = account
        change.subject = change.result = made.ref
        for name in ("subject", "kind", "topic_number", "priority"):
            if getattr(made, name):
                change.record(name, None, getattr(made, name))
        case_messages.write(change, made, words=words, files=files)
        told = {"words": case_letters.quoted(words), "due_at": made.answer_due_at and made.answer_due_at.isoformat()}
        case_letters.tell_customers(change, made, "case_asked", is_receipt=True, **told)
        case_letters.tell_staff(change, made, "case_asked", **told)
    return made


def reply(case, *, by, words="", files=(), now=None):
    """The customer writes back, or brings files; staff are told. Returns the case where it stands now.

    What was merged goes on in the other case; what is solved or closed is opened again; what is closed for good
    becomes a new case that names this one. Raises Invalid: field-needed on "words".
    """
    words = FIELDS["words"].clean(words or "")
    if not words and not files:
        raise Invalid(words="field-needed")
    case, desk = case.where_it_goes_on(), ServiceDesk.current()
    if is_closed_for_good(case, desk, now):
        about = {"kind": case.kind, "is_private": case.is_private, "follows": case}
        return ask(case.account, by=by, words=words or case.subject, files=files, now=now, **about)
    event = "case.replied" if case.is_live else "case.reopened"
    with audit.change(by, event, case, about=case.account, now=now) as change:
        case = case.lock().where_it_goes_on()
        change.subject = change.result = case.ref
        step = "" if case.is_live else "case.reopened"
        case_messages.write(change, case, words=words, files=files, step=step)
        if case.is_live:
            state = case.state if case.state == "open" else "for_us"
            case.move(change, "answer", **case_clock.turned(case, desk, change.now, state=state, last_at=change.now))
        else:
            case.move(change, "reopen", **case_clock.opened_again(case, desk, change.now, last_at=change.now))
        case_letters.tell_staff(change, case, "case_replied", words=case_letters.quoted(words))
    return case


def answer(case, *, by, words="", files=(), then="for_customer", seen=None, now=None):
    """One of us answers; `then` says who has the word next, or that it is solved. The customer is told.

    Whoever answers what nobody looks after takes it over. `seen` is the newest message that was on the page (its
    id): when others wrote meanwhile, that is said once before it is sent. Raises Invalid: field-needed on "words",
    choice-unknown on "then", case-written-meanwhile on "seen", case-moved-on and case-merged on "state".
    """
    words = FIELDS["words"].clean(words or "")
    if then not in THEN:
        raise Invalid(then="choice-unknown")
    if not words and not files and then != "solved":
        raise Invalid(words="field-needed")
    event = "case.solved" if then == "solved" else "case.answered"
    with audit.change(by, event, case, about=case.account, now=now) as change:
        case = case.lock()
        _refuse_unseen(case, seen, by)
        step = "case.solved" if then == "solved" else ""
        case_messages.write(change, case, words=words, files=files, step=step)
        fields = {"state": then, "last_at": change.now, "answered_at": case.answered_at or change.now}
        fields["solved_at"] = change.now if then == "solved" else None
        fields["owner"] = case.owner_id or by.employee
        case.move(change, "answer", **case_clock.turned(case, ServiceDesk.current(), change.now, **fields))
        told = {"words": case_letters.quoted(words)}
        if then == "solved":
            told |= {"links": (case_letters.REPLY, case_letters.RATE), "close_days": ServiceDesk.current().close_days}
        case_letters.tell_customers(change, case, "case_solved" if then == "solved" else "case_answered", **told)
    return case


def note(case, *, by, words="", files=(), now=None):
    """A comment among us, which no customer ever reads; the owner of the case is told. Raises Invalid as `answer`."""
    words = FIELDS["words"].clean(words or "")
    if not words and not files:
        raise Invalid(words="field-needed")
    with audit.change(by, "case.noted", case, about=case.account, now=now) as change:
        case_messages.write(change, case, words=words, files=files, is_internal=True)
        owner = [case.owner.recipient] if case.owner_id and case.owner_id != by.employee else []
        case_letters.tell_staff(change, case, "case_noted", people=owner, words=case_letters.quoted(words))
    return case


def is_closed_for_good(case, desk=None, now=None):
    """Whether it was closed so long ago that it is not opened again."""
    if case.state != "closed" or case.merged_into_id:
        return False
    days = (desk or ServiceDesk.current()).reopen_days
    return case.closed_at < (now or values.now()) - timedelta(days=days)


def find_topic(account, actor, kind, number):
    """(Ref, number) of what a case of this account is about, (None, "") without a number.

    Where the kind names no noun, it may be an order, an invoice or a product. Raises Invalid(number="topic-unknown").
    """
    number = values.one_line(number, 60) or ""
    if not number:
        return None, ""
    for model in [TOPICS[kind]] if kind in TOPICS else TOPICS.values():
        found = _find(model, account, actor, number)
        if found is not None:
            return found.ref, found.number
    raise Invalid(number="topic-unknown")


def _find(model, account, actor, number):
    rows = model.visible_to(actor)
    if "account" in model._meta.fields:
        rows = rows.where(model.account == account)
    text = model.NUMBER.format(int(number)) if model is Order and number.isdecimal() and len(number) < 10 else number
    try:
        return rows.where(model.by_number(text if model is Product else text.upper())).first()
    except NotFound:
        return None


def subject_of(words):
    """The first line of what was asked, cut where it is long: what a case is called until somebody names it."""
    line = values.one_line(words.strip().split("\n", 1)[0], 200) or ""
    return line if len(line) <= LONGEST_SUBJECT else line[:LONGEST_SUBJECT].rstrip() + "…"


def _contact(account, number):
    """The contact of the account who asked, None without. Raises Invalid(contact="contact-unknown")."""
    if not number:
        return None
    found = Contact.get_or_none((Contact.id == number) & (Contact.account == account))
    if found is None:
        raise Invalid(contact="contact-unknown")
    return found


def _refuse_unseen(case, seen, by):
    """Say once that others wrote while this was being written; both stand when it is sent again."""
    if seen is None:
        return
    others = case_messages.since(case, seen, by)
    if others:
        names = values.one_line(", ".join(dict.fromkeys(message.author_name for message in others)), 200)
        raise Invalid(seen=("case-written-meanwhile", {"names": names}))
