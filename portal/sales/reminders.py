"""Reminders of overdue invoices: one letter per account and run, an invoice one tone at a time; and holds."""

import contextlib
from datetime import date, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import EVERYONE, MANAGERS, STAFF, Field, Table
from portal.people import policy
from portal.sales.invoices import Invoice
from portal.sales.reminder_rules import TONES, ReminderPlan
from portal.values import Money

FROM_HOUR, TO_HOUR = time(8), time(18)  # of the shop: nobody is reminded of money at night
GAP_DAYS = 3  # between two letters to an account, however many invoices fall due meanwhile
LONGEST_HOLD_DAYS = 366
SAID_PAID_DAYS = 7  # what a customer says is paid has time to arrive
BATCH = 200  # accounts
CLOCK = values.clock("Suki")

policy.allow("reminders.see", policy.SIGNED_IN)
policy.allow("reminders.send", policy.MANAGERS)
policy.allow("reminders.hold", policy.MANAGERS)

FIELDS = Table(
    "reminder_letter",
    Field("number", read=EVERYONE, sort=True),
    Field("account", "link", EVERYONE, filter=True),
    Field("tone", "choice", EVERYONE, choices=tuple(TONES.values())),
    Field("sent_on", "date", EVERYONE, sort=True),
    Field("invoices", read=EVERYONE),
    Field("sums", read=EVERYONE),
    Field("by_name", read=STAFF),
)
HOLD_FIELDS = Table(
    "reminder_hold",
    Field("until", "date", STAFF, MANAGERS, is_required=True),
    Field("reason", "text", STAFF, MANAGERS, longest=300, is_required=True),
)


class ReminderLetter(store.Model):
    """One letter to an account, with what was overdue that day. `lines`: [{number, due_on, days, open}], as told."""

    NUMBER = "RL-{:06d}"

    account = peewee.ForeignKeyField(Account, index=False)
    level = peewee.IntegerField()
    sent_on = peewee.DateField()
    lines = store.JSONText(default=list)
    sums = store.JSONText(default=list)  # one per currency
    by_name = peewee.CharField(max_length=200, default="")
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("account", "sent_on"), True), (("sent_on",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the letters a person may see, each with its account: staff by their accounts, customers theirs."""
        return cls.select(cls, Account).join(Account).where(Account.scope(actor))

    @property
    def tone(self):
        return TONES[self.level]

    @classmethod
    def in_tone(cls, tone):
        """Where-expression of the letters in one of the three tones."""
        return cls.level.in_([level for level, name in TONES.items() if name == tone])

    @property
    def invoices(self):
        """The numbers it lists."""
        return ", ".join(line["number"] for line in self.lines)

    @property
    def totals(self):
        """What was overdue, one Money per currency."""
        return [Money(each["minor"], each["currency"]) for each in self.sums]


class Reminder(store.Model):
    """An invoice reached a tone: at most once each, the index is the judge."""

    invoice = peewee.ForeignKeyField(Invoice, index=False)
    level = peewee.IntegerField()
    letter = peewee.ForeignKeyField(ReminderLetter)

    class Meta:
        indexes = ((("invoice", "level"), True),)


class ReminderHold(store.Model):
    """No reminders to an account until a day has passed, and why."""

    account = peewee.ForeignKeyField(Account)
    until = peewee.DateField()
    reason = peewee.CharField(max_length=300)
    by_name = peewee.CharField(max_length=200, default="")
    created_at = store.MomentField(default=values.now)
    ended_at = store.MomentField(null=True)
    ended_by = peewee.CharField(max_length=200, default="")

    @classmethod
    def visible_to(cls, actor):
        return cls.select(cls, Account).join(Account).where(Account.scope(actor))

    @classmethod
    def standing(cls, day=None):
        """Where-expression of the holds that hold on a day."""
        return cls.ended_at.is_null() & (cls.until >= (day or values.shop_day()))


class Due(NamedTuple):
    """A letter that would go out: `reached` is [(invoice, level)] of this letter, `invoices` all that it lists."""

    account: Account
    level: int
    invoices: list
    reached: list

    @property
    def tone(self):
        return TONES[self.level]

    @property
    def sums(self):
        found = {}
        for invoice in self.invoices:
            found[invoice.currency] = found.get(invoice.currency, 0) + invoice.open_minor
        return [Money(minor, currency) for currency, minor in sorted(found.items())]


# What is disputed: functions that give a query of orders of whose invoices nobody is reminded. Nouns that stand
# further down hand theirs in, as open returns do.
DISPUTED = []


# Holding


def hold(account, *, by, until, reason, now=None):
    """No reminders to this account until `until` has passed; staff read `reason`. A standing hold is replaced.

    Raises Invalid: field-needed, text-too-long on "reason", date-malformed, date-not-between on "until".
    """
    fields = HOLD_FIELDS.clean({"until": until, "reason": reason})
    with audit.change(by, "reminders.held", about=account, now=now) as change:
        today = values.shop_day(change.now)
        if not today <= fields["until"] <= today + timedelta(days=LONGEST_HOLD_DAYS):
            limits = {"first": today, "last": today + timedelta(days=LONGEST_HOLD_DAYS)}
            raise Invalid(until=("date-not-between", limits))
        _end(account, by, change.now)
        return change.create(ReminderHold, account=account, by_name=by.name, created_at=change.now, **fields)


def release(account, *, by, now=None):
    """Remind this account again as the rules say."""
    with audit.change(by, "reminders.released", account, about=account, now=now) as change:
        if _end(account, by, change.now):
            change.happened()


def _end(account, by, now):
    open_still = (ReminderHold.account == account) & ReminderHold.ended_at.is_null()
    return ReminderHold.update(ended_at=now, ended_by=by.name).where(open_still).execute()


# What falls due


def due(day, *, plan=None, where=None, limit=None):
    """[Due] of a day, in the order of the accounts; `where` narrows the accounts. Two queries.

    An invoice takes the next tone in use above its last one as soon as that tone's days have passed; an account that
    got a letter in the last days, or is on hold, waits.
    """
    return _page(day, plan or ReminderPlan.current(), where, limit)[0]


def _page(day, plan, where, limit):
    """([Due], id of the last account looked at or None when there is none)."""
    if not plan.active:
        return [], None
    rows = _asked(day, plan) if where is None else _asked(day, plan).where(where)
    ids = [row for (row,) in rows.select(Invoice.account).distinct().order_by(Invoice.account).limit(limit).tuples()]
    if not ids:
        return [], None
    overdue = Invoice.select(Invoice, Account, _reminded.alias("reminded")).join(Account)
    overdue = overdue.where(Invoice.overdue(day), store.among(Invoice.account, ids), *_undisputed(day))
    by_account = {}
    for invoice in overdue.order_by(Invoice.account, Invoice.due_on, Invoice.id):
        if invoice.open_minor >= plan.least_minor(invoice.currency):
            by_account.setdefault(invoice.account_id, []).append(invoice)
    found = (_letter(invoices, plan, day) for invoices in by_account.values())
    return [letter for letter in found if letter], ids[-1]


# The last tone of an invoice, 0 for none.
_reminded = peewee.fn.COALESCE(
    Reminder.select(peewee.fn.MAX(Reminder.level)).where(Reminder.invoice == Invoice.id), 0
)


def _asked(day, plan):
    """Query of the invoices that reach their next tone, of accounts that may be written to."""
    holds = (ReminderHold.account == Invoice.account) & ReminderHold.standing(day)
    lately = (ReminderLetter.account == Invoice.account) & (ReminderLetter.sent_on > day - timedelta(days=GAP_DAYS))
    reaches, before = peewee.Value(False), 0
    for rule in plan.active:
        late = Invoice.due_on <= day - timedelta(days=rule.days)
        step = late & (_reminded >= before) & (_reminded < rule.level)
        reaches, before = step if before == 0 else reaches | step, rule.level
    softest = Invoice.due_on <= day - timedelta(days=plan.active[0].days)
    rows = Invoice.select().join(Account).where(Invoice.unpaid() & softest & reaches, *_undisputed(day))
    return rows.where(
        ~peewee.fn.EXISTS(ReminderHold.select(ReminderHold.id).where(holds)),
        ~peewee.fn.EXISTS(ReminderLetter.select(ReminderLetter.id).where(lately)),
    )


def _undisputed(day):
    """Where-expressions: nothing of the order is coming back, and nobody said lately that the invoice is paid."""
    subject = peewee.Value("invoice:").concat(Invoice.id.cast("text"))
    lately = values.shop_midnight(day - timedelta(days=SAID_PAID_DAYS))
    said = (audit.Entry.subject == subject) & (audit.Entry.event == "invoice.said_paid") & (audit.Entry.at >= lately)
    paid = peewee.fn.EXISTS(audit.Entry.select(audit.Entry.id).where(said))
    return [~paid, *(Invoice.order.is_null() | Invoice.order.not_in(orders()) for orders in DISPUTED)]


def _letter(invoices, plan, day):
    """The Due of an account's overdue invoices, None when none of them reaches a tone."""
    reached = []
    for invoice in invoices:
        rule = next((rule for rule in plan.active if rule.level > (invoice.reminded or 0)), None)
        if rule and (day - invoice.due_on).days >= rule.days:
            reached.append((invoice, rule.level))
    if not reached:
        return None
    return Due(invoices[0].account, max(level for _, level in reached), invoices, reached)


# Sending


def run(now=None, *, by=CLOCK):
    """Send what is due today; the worker calls it by the clock. Returns how many letters were written.

    Each account is a transaction of its own, so a run that is killed goes on where it stood, and nothing goes twice.
    """
    now = now or values.now()
    plan = ReminderPlan.current()
    day, clock = values.shop_day(now), _shop_clock(now)
    if not plan.sends_on(day) or not FROM_HOUR <= clock < TO_HOUR:
        return 0
    sent, after = 0, 0
    while after is not None:
        found, after = _page(day, plan, Invoice.account > after, BATCH)
        for letter in found:
            with contextlib.suppress(Invalid):  # nobody to write to, so that it stays due; or somebody was faster
                send(letter.account, by=by, now=now)
                sent += 1
    return sent


def send(account, *, by, now=None):
    """Write to one account now, whatever the hour. The customer's people are told.

    Two that send at once write one letter: the second finds it there. Raises Invalid on "account": reminder-nobody,
    reminder-nothing-due.
    """
    try:
        with audit.change(by, "reminder.sent", about=account, now=now) as change:
            Account.update(version=Account.version).where(Account.id == account.id).execute()  # in line with payments
            day = values.shop_day(change.now)
            found = due(day, where=Invoice.account == account.id)
            if not found:
                raise Invalid(account="reminder-nothing-due")
            return _write(change, found[0], by, day)
    except peewee.IntegrityError:
        raise Invalid(account="reminder-nothing-due")


def _write(change, found, by, day):
    account = found.account
    people = account.customers_for("invoices")
    if not people:
        raise Invalid(account=("reminder-nobody", {"name": account.name}))
    lines = [_line(invoice, day) for invoice in found.invoices]
    sums = [{"minor": money.minor, "currency": money.currency} for money in found.sums]
    letter = ReminderLetter.create(
        account=account,
        level=found.level,
        sent_on=day,
        lines=lines,
        sums=sums,
        by_name=by.name,
        created_at=change.now,
    )
    change.subject = letter.ref
    change.record("tone", None, found.tone)
    change.record("invoices", None, letter.invoices)
    Reminder.insert_many(
        [{"invoice": invoice.id, "level": level, "letter": letter.id} for invoice, level in found.reached]
    ).execute()
    told = {"account": {"name": account.name, "number": account.number}, "invoices": lines, "sums": sums}
    change.tell(people, f"reminder_{found.tone}", **told)
    return letter


def _line(invoice, day):
    return {
        "number": invoice.number,
        "due_on": invoice.due_on.isoformat(),
        "days": (day - invoice.due_on).days,
        "open": {"minor": invoice.open_minor, "currency": invoice.currency},
    }


def _shop_clock(now):
    return now.replace(tzinfo=ZoneInfo("UTC")).astimezone(values.SHOP_ZONE).time()


# Looking ahead and back


def next_days(day, plan, most=7):
    """The next days, from `day` on, on which letters go out: at most two of them."""
    days = [day + timedelta(days=n) for n in range(most)]
    return [each for each in days if plan.sends_on(each)][:2]


def upcoming(actor, days, plan, limit=50):
    """{day: [Due]} of what would go out on two days to accounts this person sees, each once; three queries."""
    first, last = days
    mine = Account.scope(actor)
    today = {row for (row,) in _asked(first, plan).where(mine).select(Invoice.account).distinct().tuples()}
    found, _ = _page(last, plan, mine, limit)
    split = {first: [], last: []}
    for letter in found:
        early = _letter(letter.invoices, plan, first) if letter.account.id in today else None
        split[first if early else last].append(early or letter)
    return split


def of_invoice(invoice):
    """The letters that reminded of an invoice, oldest first."""
    rows = ReminderLetter.select(ReminderLetter, Reminder.level.alias("reached")).join(Reminder)
    return list(rows.where(Reminder.invoice == invoice).order_by(ReminderLetter.id))


def of_account(account, most=5):
    """Its newest letters."""
    rows = ReminderLetter.select().where(ReminderLetter.account == account)
    return list(rows.order_by(ReminderLetter.id.desc()).limit(most))


def held(account, day: date | None = None):
    """The hold that stands over an account, or None."""
    rows = ReminderHold.select().where((ReminderHold.account == account) & ReminderHold.standing(day))
    return rows.order_by(ReminderHold.id.desc()).first()


def faults():
    """Reminders without their letter's account, or of credit notes: for the invariants."""
    wrong = (Invoice.kind != "invoice") | (Invoice.account != ReminderLetter.account)
    rows = Reminder.select(Reminder, ReminderLetter, Invoice).join(ReminderLetter).switch(Reminder).join(Invoice)
    for row in rows.where(wrong).iterator():
        yield f"reminder {row.id}: letter {row.letter.number} is not about {row.invoice.number}"
