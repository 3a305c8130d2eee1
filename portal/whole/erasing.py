"""Erasing a person: asked for by name, told to the person, carried out by the worker, and never taken back."""

import logging
from datetime import timedelta
from functools import reduce

import peewee

from portal import audit, files, store, values
from portal.activity.interactions import InteractionPerson
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.fields import NOBODY, Field, Table
from portal.outbox import Outbox
from portal.people import policy, security
from portal.people.logins import Login
from portal.sales.invoices import IS_OPEN, Invoice
from portal.sales.orders import TO_SHIP, Order
from portal.service.cases import Case
from portal.service.conversations import Conversation
from portal.store import among
from portal.values import Recipient, Ref
from portal.whole import erasing_person, erasing_rules, erasing_traces
from portal.whole.erasing_rows import Eraser
from portal.whole.erasing_rules import KEPT

log = logging.getLogger("suki.erasing")
STATES = ("told", "works", "tidies", "done")
KIND_OF = {"told": "run", "works": "run", "tidies": "run", "done": "done"}  # as drawn
WHOSE = ("person", "shop")  # who wanted it
LONGEST_WAIT = timedelta(days=3)  # for the letter, as long as a mail server may be away
CLERK = values.system("erasing")
ADMIN = frozenset(policy.ADMINS)

policy.allow("erasures.see", policy.ADMINS)
policy.allow("erasures.ask", policy.ADMINS)

FIELDS = Table(
    "erasure",
    Field("number", read=ADMIN, sort=True),
    Field("state", "choice", ADMIN, choices=STATES),
    Field("kind", "choice", ADMIN, choices=("account", "contact")),
    Field("whose", "choice", ADMIN, NOBODY, choices=WHOSE, is_required=True),
    Field("asked_name", read=ADMIN),
    Field("asked_at", "moment", ADMIN),
    Field("done_at", "moment", ADMIN),
)


class Erasure(store.Model):
    """One person who was erased, or is about to be: which rows, on whose wish, by whom. No value of the person."""

    NUMBER = "ER-{:06d}"

    kind = peewee.CharField(max_length=10)  # account: a whole household; contact: one person
    record = peewee.IntegerField()
    refs = store.JSONText(default=list)  # texts of the Refs of all that is the person
    state = peewee.CharField(max_length=8, default="told")  # one of STATES
    made_at = store.MomentField()  # when the record began: in another database its number may be somebody else's
    whose = peewee.CharField(max_length=8)  # one of WHOSE
    asked_by = peewee.CharField(max_length=40)
    asked_name = peewee.CharField(max_length=200)
    asked_at = store.MomentField()
    entry = peewee.BigIntegerField(null=True)  # the event of its letter
    reached = peewee.IntegerField(default=0)  # steps that are done
    tally = store.JSONText(default=dict)
    done_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("kind", "record"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of all of them for admins, of none for others."""
        return cls.select().where(peewee.SQL("1 = 1" if actor.role in policy.ADMINS else "1 = 0"))

    @property
    def draw(self):
        """How its state is drawn."""
        return KIND_OF[self.state]


Erasure.add_index(Erasure.index(Erasure.id, where=Erasure.state != "done", name="erasure_open"))


# Before


def kept(person):
    """{what: how many} of that which stays, and why stands beside it; one person of an account owns no papers."""
    rows = {name: model.select().where(among(column, person.accounts)) for name, (model, column) in KEPT.items()}
    return _counted(rows) if person.accounts else {}


def foreseen(person):
    """{table: how many} of that which goes, the main nouns."""
    rows = {"contact": Contact.select().where(among(Contact.id, person.contacts))}
    rows["login"] = Login.select().where(among(Login.id, person.logins))
    talks = among(InteractionPerson.contact, person.contacts)
    rows["interaction"] = InteractionPerson.select().where(talks)
    rows["conversation"] = Conversation.select().where(among(Conversation.contact, person.contacts))
    asked = among(Case.contact, person.contacts) | among(Case.asker, person.actors)
    rows["case"] = Case.select().where(asked | among(Case.account, person.accounts))
    for column, model in Account._meta.backrefs.items() if person.accounts else ():
        if model._meta.table_name in SAID:
            rows[model._meta.table_name] = model.select().where(among(column, person.accounts))
    return _counted(rows)


SAID = ("address", "attachment", "interaction", "task", "lead", "change_request", "shopping_list")


def obstacles(record):
    """{what: how many} must be settled before a household is erased: open orders, and money that is owed."""
    if record.ref.kind != "account":
        return {}
    orders = Order.select().where((Order.account == record) & Order.state.in_(TO_SHIP))
    return _counted({"order": orders, "invoice": Invoice.select().where((Invoice.account == record) & IS_OPEN)})


def _counted(rows):
    """{name: how many rows} of those queries that have any, in one statement."""
    number = peewee.fn.COUNT(peewee.SQL("*"))
    counts = [query.select(peewee.Value(name).alias("name"), number) for name, query in rows.items()]
    found = store.db.execute(reduce(peewee.Select.union_all, counts))
    return {name: count for name, count in found if count}


def ask(record, *, by, name, password, whose, now=None):
    """Have a household or a contact erased: the person is told first, then the worker does it. Returns the Erasure.

    Raises Invalid: erase-name-differs on "name", password-wrong on "password", choice-unknown on "whose",
    erase-not-household, erase-still-open, erase-asked-already on "record"; TooMany.
    """
    if (name or "").strip().casefold() != record.name.strip().casefold():
        raise Invalid(name="erase-name-differs")
    FIELDS["whose"].clean(whose)
    if record.ref.kind == "account" and record.kind != "household":
        raise Invalid(record="erase-not-household")
    if obstacles(record):
        raise Invalid(record="erase-still-open")
    security.prove(Login.get_by_id(by.ref.id), password or "", now)
    with audit.change(by, "erasure.asked", about=_about(record), now=now) as change:
        there = (Erasure.kind == record.ref.kind) & (Erasure.record == record.id)
        if Erasure.select().where(there).exists():
            raise Invalid(record="erase-asked-already")
        person = erasing_person.whole(record)
        made = Erasure.create(
            kind=record.ref.kind, record=record.id, refs=person.refs, made_at=record.created_at, whose=whose,
            asked_by=str(by.ref), asked_name=by.name, asked_at=change.now,
        )  # fmt: skip
        change.subject = change.result = made.ref
        change.record("whose", None, whose)
        change.tell(_told(record, person), "person_erased", kept=list(kept(person)), at=change.now.isoformat())
        change.once_written(lambda entry: Erasure.update(entry=entry).where(Erasure.id == made.id).execute())
    return made


def _about(record):
    return record.ref if record.ref.kind == "account" else Ref("account", record.account_id)


def _told(record, person):
    """Whoever signs in as the person, or the address that we know."""
    logins = Login.select().where(store.among(Login.id, person.logins) & Login.is_active)
    if found := [login.recipient for login in logins]:
        return found
    language = record.language or "en"
    return [Recipient(record.ref, record.name, record.email, language, channels=("mail",))] if record.email else []


# The deed, by the worker


def run(data=None, now=None):
    """Go on with what was asked: wait for the letter, erase step by step, and leave no trace behind."""
    again(data, now)
    for erasure in Erasure.select().where(Erasure.state != "done").order_by(Erasure.id):
        if erasure.state == "told" and _is_letter_on_its_way(erasure, now or values.now()):
            continue
        carry_out(erasure, data=data, now=now)


def _is_letter_on_its_way(erasure, now):
    if now - erasure.asked_at > LONGEST_WAIT:
        return False
    open_ones = (Outbox.entry == erasure.entry) & Outbox.state.in_(("waiting", "held"))
    return Outbox.select().where(open_ones).exists()


def carry_out(erasure, data=None, now=None):
    """All steps that are left, each in a transaction of its own: a crash in between costs one of them."""
    now = now or values.now()
    while erasure.reached < len(erasing_rules.STEPS):
        eraser = _step(erasure, data, now)
        files.remove(eraser.hashes)
    if erasure.state != "tidies":
        erasing_traces.write_down(data, [erasing_traces.line_of(erasure)])
        _note(erasure, now)
    erasing_traces.tidy(data)
    with audit.change(CLERK, "erasure.tidied", erasure, now=now) as change:
        change.guard(Erasure.update(state="done").where(Erasure.id == erasure.id), RuntimeError())
    erasure.state = "done"
    log.info("erasure %s is done", erasure.id)


def _step(erasure, data, now):
    with audit.change(CLERK, "erasure.step", erasure, now=now) as change:
        eraser = Eraser(erasing_person.of(erasure.refs), now, data)
        erasing_rules.STEPS[erasure.reached](eraser)
        tally = {name: erasure.tally.get(name, 0) + count for name, count in eraser.tally.items()}
        came = {"reached": erasure.reached + 1, "tally": erasure.tally | tally, "state": "works"}
        here = (Erasure.id == erasure.id) & (Erasure.reached == erasure.reached)
        change.guard(Erasure.update(came).where(here), Overtaken())
        if eraser.heads and eraser.heads[0] != eraser.heads[1]:
            change.record("seal", *eraser.heads)
        if eraser.gone:
            change.record("gone", None, sorted(eraser.gone))
    for name, value in came.items():
        setattr(erasure, name, value)
    return eraser


def _note(erasure, now):
    """The journal says that somebody was erased and on whose wish; nothing of whom."""
    record = Account.get_or_none(Account.id == erasure.record) if erasure.kind == "account" else None
    with audit.change(CLERK, "person.erased", erasure, about=record, now=now) as change:
        change.record("whose", None, erasure.whose)
        change.record("asked_name", None, erasure.asked_name)
        Erasure.update(state="tidies", done_at=now).where(Erasure.id == erasure.id).execute()
    erasure.state, erasure.done_at = "tidies", now


class Overtaken(RuntimeError):
    """Another worker did this step."""


# After a backup of before was restored


def again(data, now=None):
    """Ask anew for whoever was erased since the copy was made that stands here now; returns these Erasures.

    The worker does it before anything else is erased, and `restore` at once.
    """
    asked = []
    for line in erasing_traces.written_down(data):
        there = (Erasure.asked_at == line["asked_at"]) & (Erasure.record == line["record"])
        if Erasure.select().where(there & (Erasure.kind == line["kind"])).exists():
            continue
        model = {"account": Account, "contact": Contact}[line["kind"]]
        if not model.select().where((model.id == line["record"]) & (model.created_at == line["made_at"])).exists():
            continue
        with audit.change(CLERK, "erasure.asked_again", now=now) as change:
            made = Erasure.create(**line, state="works")
            change.subject = made.ref
            change.record("whose", None, made.whose)
        asked.append(made)
    return asked
