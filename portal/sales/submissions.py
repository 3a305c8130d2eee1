"""Submissions: what people sent by a public order form; without a proof of the address kept for a fortnight."""

from datetime import date, datetime, timedelta

import peewee

from portal import audit, fields, store, values
from portal.errors import Expired, Invalid, TooMany
from portal.people import attempts, form_tokens, links
from portal.sales import form_parts, quotes
from portal.sales.catalogue import Product
from portal.sales.order_forms import OrderForm
from portal.values import Recipient

PURPOSE = "order_form"
CLERK = values.clock("forms")
KEPT = timedelta(days=14)  # without a proof
BANNED = timedelta(days=1)
MOST_LINES = 100
DROPPED_AT_ONCE = 500
LONGEST = {"name": 120, "company": 200, "words": 2000}
READ = {"date": date.fromisoformat}  # kinds of answers that are more than words

links.allow(PURPOSE, "/order-form/confirm/{}", timedelta(days=7))


class Submission(store.Model):
    """One form as it was sent. Nothing in it is believed before its address has proved itself."""

    NUMBER = "FS-{:06d}"

    form = peewee.ForeignKeyField(OrderForm)
    state = peewee.CharField(max_length=12, default="unconfirmed")  # unconfirmed, confirmed
    name = peewee.CharField(max_length=120)
    company = peewee.CharField(max_length=200, default="")
    email = peewee.CharField(max_length=320)
    email_key = peewee.CharField(max_length=320)
    phone = peewee.CharField(max_length=60, default="")
    language = peewee.CharField(max_length=8, default="en")
    lines = store.JSONText(default=list)  # [{"code", "name", "unit", "quantity"}]
    words = peewee.TextField(default="")
    answers = store.JSONText(default=list)
    consents = store.JSONText(default=list)  # in their wording of that moment, given or not
    client = peewee.CharField(max_length=64, default="")  # form_tokens.mark() of who sent it
    sent_at = store.MomentField()
    confirmed_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("state", "sent_at"), False),)

    @property
    def kind(self):
        """A company when it names itself, else a household."""
        return "company" if self.company else "household"

    def drop(self, *, by, now=None):
        """Forget it, unless its address proved itself this moment; says whether it did."""
        with audit.change(by, "submission.removed", self, now=now) as change:
            still = (Submission.id == self.id) & (Submission.state == "unconfirmed")
            gone = Submission.delete().where(still).execute()
            if gone:
                change.happened()
        return bool(gone)

    def said(self):
        """[(wording, given or not, moment)] of the consents it was sent with."""
        return [(row["text"], row["given"], datetime.fromisoformat(row["at"])) for row in self.consents]

    def answered(self):
        """[(label, kind, answer)] to the questions of the form, a day as a date."""
        return [(row["label"], row["kind"], READ.get(row["kind"], str)(row["answer"])) for row in self.answers]

    def asked(self):
        """What was ordered as a letter may say it: products of ours, and never a word that a stranger wrote."""
        return [{name: line[name] for name in ("code", "name", "unit", "quantity")} for line in self.lines]


class FormBan(store.Model):
    """A client whose forms are not taken until a moment, because one of them was spam."""

    client = peewee.CharField(max_length=64, unique=True)
    until_at = store.MomentField()


def send(form, *, by, client="", homepage="", quantities=None, answers=None, ticked=(), words="", now=None, **person):
    """Take what a stranger filled in, and write to the address he gave: nothing else happens before he answers.

    `by.form.key` is the token the form was shown with; the same one sends once, however often it arrives. `person`
    holds name, company, email, phone; `quantities` {product id: as typed}, `answers` {key: text}, `ticked` keys of
    consents, `homepage` the field that people do not see. Raises Invalid by field ("form_key", "homepage", "form",
    "lines", "quantity_<id>", keys of questions and consents; "email" also while three letters to it wait for an
    answer), and TooMany for a client or a form.
    """
    now = now or values.now()
    form_tokens.check(by.form.key if by.form else "", form.id, now)
    if homepage:
        raise Invalid(homepage="form-trap-filled")
    mark = form_tokens.mark(client)
    _refuse_banned(mark, now)
    attempts.count(form=str(form.id), form_client=f"{form.id} {client}" if client else "", now=now)
    kept = _cleaned(form, person, words, quantities or {}, answers or {}, ticked, now)
    with audit.change(by, "submission.sent", now=now) as change:
        if not form.is_open(now):
            raise Invalid(form="order-form-closed")
        form.count_one(change)
        made = Submission.create(form=form, language=by.language, client=mark, sent_at=now, **kept)
        change.subject = change.result = made.ref  # the trail keeps no word of it: it may be anybody's
        _write_letter(change, made)
    return made


def _write_letter(change, made):
    """The letter with the link. It goes to whoever was named, so it carries nothing that the sender could write."""
    try:
        attempts.count(form_letter=made.email_key, now=change.now)
    except TooMany:
        raise Invalid(email="form-letters-many")
    link = links.issue(PURPOSE, "customer", made.email, subject=made.ref, now=change.now)
    to = Recipient(made.ref, "", made.email, made.language, channels=("mail",))
    change.tell([to], "order_form_sent", url={"link": link.id}, title=made.form.title, lines=made.asked())


def find(token, now=None):
    """(link, Submission) behind the token of such a letter, also once it was used. NotFound, Expired."""
    try:
        link = links.find(token, PURPOSE, kind="customer", now=now)
    except Expired as over:
        link = over.link
    made = Submission.get_or_none(Submission.id == values.Ref.parse(link.subject).id)
    if made is None or (made.state == "unconfirmed" and not link.is_live(now or values.now())):
        raise Expired(link)
    return link, made


def slug_of(submission):
    """The form that a submission (its id) was sent by, as addresses name it."""
    row = OrderForm.select(OrderForm.slug).join(Submission).where(Submission.id == submission)
    return row.scalar()


def ban(change, mark):
    """Take no form of this client for a day, inside the change that found it out."""
    if mark:
        until = change.now + BANNED
        row = FormBan.insert(client=mark, until_at=until)
        store.db.execute(row.on_conflict(conflict_target=[FormBan.client], update={FormBan.until_at: until}))
        change.happened()


def _refuse_banned(mark, now):
    ban = FormBan.get_or_none((FormBan.client == mark) & (FormBan.until_at > now)) if mark else None
    if ban:
        raise TooMany(int((ban.until_at - now).total_seconds()) + 1)


def unconfirmed():
    """How many wait for their address to prove itself; counted, never shown, so that spam fills no list."""
    return Submission.select().where(Submission.state == "unconfirmed").count()


def unconfirmed_by_form():
    """{id of a form: how many of it}, in one query."""
    rows = Submission.select(Submission.form, peewee.fn.COUNT(Submission.id))
    return dict(rows.where(Submission.state == "unconfirmed").group_by(Submission.form).tuples())


def drop_old(now=None):
    """Forget what nobody confirmed in a fortnight, and bans that are over; returns how many were dropped."""
    now, dropped = now or values.now(), 0
    old = (Submission.state == "unconfirmed") & (Submission.sent_at < now - KEPT)
    while rows := list(Submission.select(Submission.id).where(old).limit(DROPPED_AT_ONCE)):
        with audit.change(CLERK, "submission.dropped", now=now):
            dropped += sum(row.drop(by=CLERK, now=now) for row in rows)
    over = FormBan.until_at <= now
    if FormBan.select().where(over).exists():
        with audit.change(CLERK, "form_ban.ended", now=now):
            FormBan.delete().where(over).execute()
    return dropped


# What was typed


def _cleaned(form, person, words, quantities, answers, ticked, now):
    """The columns of what was sent, as they are kept; every fault at once in one Invalid."""
    kept, problems = _person(person, form.country)
    kept["words"] = _sound(problems, "words", words) if form.takes_words else ""
    kept["lines"] = _lines(form, quantities, problems, now)
    kept["answers"], wrong = form_parts.answers(form.questions, answers)
    kept["consents"], missing = form_parts.ticks(form.consents, set(ticked), now)
    problems |= wrong | missing
    if not problems and not (kept["lines"] or kept["words"] or (form.range == "none" and kept["answers"])):
        problems["lines"] = "order-form-empty"
    if problems:
        raise Invalid(**problems)
    return kept


def _person(given, country):
    kept, problems = {}, {}
    for name in ("name", "company"):
        kept[name] = _sound(problems, name, given.get(name))
    if not kept["name"]:
        problems.setdefault("name", "field-needed")
    try:
        kept["email"], kept["email_key"] = values.email(given.get("email"))
    except Invalid as fault:
        problems |= fault.problems
    try:
        kept["phone"] = values.phone(given.get("phone"), country) or ""
    except Invalid as fault:
        problems |= fault.problems
    return kept, problems


def _sound(problems, name, text):
    try:
        return fields.sound(text or "", name, LONGEST[name], lines=name == "words")
    except Invalid as fault:
        problems |= fault.problems
        return ""


def _lines(form, quantities, problems, now):
    """[{code, name, unit, quantity}] of what was chosen of the form's products; a blank or 0 is not chosen."""
    kept, typed_in = (
        [],
        {id: typed for id, text in quantities.items() if (typed := str(text or "").strip()).strip("0")},
    )
    for product in form.products(now) if typed_in else ():
        typed = typed_in.pop(product.id, None)
        if typed is None:
            continue
        try:
            pieces = quotes.read_quantity(typed)
        except Invalid as fault:
            problems[f"quantity_{product.id}"] = fault.problems["quantity"]
            continue
        kept.append({"code": product.code, "name": product.name, "unit": product.unit, "quantity": pieces})
    gone = Product.get_or_none(Product.id.in_(list(typed_in))) if typed_in else None
    if gone:  # it was on the page when that was shown
        problems["lines"] = ("order-form-product-gone", {"name": gone.name})
    if len(kept) > MOST_LINES:
        problems["lines"] = ("lines-too-many", {"most": MOST_LINES})
    return kept
