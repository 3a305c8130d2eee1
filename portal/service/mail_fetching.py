"""Fetching mails: each one that lies in the shared mailbox is kept here, once, before anything is made of it."""

import logging
from datetime import timedelta

import peewee

from portal import files, store, values
from portal.files import File
from portal.service import mail_boxes

log = logging.getLogger("suki.mailbox")
MOST_BYTES = 25 * 1024 * 1024  # of a mail; of a larger one only its head is fetched, and the rest stays where it is
MOST_HEAD = 200_000
MOST_AT_ONCE = 50
WAITS_SECONDS = (60, 120, 300, 600, 1800)  # after one, two, … visits in vain
NOTED_EVERY = timedelta(minutes=5)
MAIL = "message/rfc822"
# fetched: here, and not read yet; kept: it stands in a conversation; repeated: it was here before; own: it is ours;
# stuck: it could not be read, people are asked.
STATES = ("fetched", "kept", "repeated", "own", "stuck")


class MailboxState(store.Model):
    """How far we are with one mailbox, and whether it answers."""

    name = peewee.CharField(max_length=200, unique=True)
    validity = peewee.BigIntegerField(default=0)  # of its numbers: with another one they all begin anew
    last_uid = peewee.BigIntegerField(default=0)
    answered_at = store.MomentField(null=True)
    away_since = store.MomentField(null=True)
    failures = peewee.IntegerField(default=0)
    next_at = store.MomentField(null=True)
    error = peewee.CharField(max_length=300, default="")

    @classmethod
    def away(cls):
        """Query of the mailboxes that do not answer."""
        return cls.select().where(cls.away_since.is_null(False))


class FetchedMail(store.Model):
    """A mail as it lay in the mailbox, under its number there; what was made of it says `state`."""

    mailbox = peewee.CharField(max_length=200)
    validity = peewee.BigIntegerField()
    uid = peewee.BigIntegerField()
    file = peewee.ForeignKeyField(File)
    size = peewee.IntegerField()
    is_whole = peewee.BooleanField(default=True)  # not: it is too large, and only its head is here
    came_at = store.MomentField()
    fetched_at = store.MomentField()
    state = peewee.CharField(max_length=10, default="fetched")  # one of STATES
    error = peewee.CharField(max_length=300, default="")

    class Meta:
        indexes = ((("mailbox", "validity", "uid"), True),)

    @classmethod
    def stuck(cls):
        """Query of those that could not be made into anything."""
        return cls.select().where(cls.state == "stuck")


FetchedMail.add_index(
    FetchedMail.index(FetchedMail.id, where=(FetchedMail.state == "fetched"), name="fetched_mail_new")
)
FetchedMail.add_index(
    FetchedMail.index(FetchedMail.id, where=(FetchedMail.state == "stuck"), name="fetched_mail_stuck")
)


def fetch(box, most=MOST_AT_ONCE, now=None):
    """Fetch what is new in a mailbox; returns how many. One that does not answer is let be for a while."""
    now = now or values.now()
    state = MailboxState.get_or_none(MailboxState.name == box.name) or MailboxState(name=box.name)
    if state.next_at and state.next_at > now:
        return 0
    try:
        with box.open() as visit:
            count = _visit(visit, box.name, state, most, now)
    except mail_boxes.AWAY as trouble:
        _note_trouble(state, trouble, now)
        return 0
    _note_answer(state, now)
    return count


def trouble_with(box):
    """Why a mailbox does not answer, in one line; "" when it does."""
    try:
        with box.open():
            return ""
    except mail_boxes.AWAY as trouble:
        return values.one_line(f"{type(trouble).__name__}: {trouble}", 300) or type(trouble).__name__


def _visit(visit, name, state, most, now):
    last = state.last_uid if visit.validity == state.validity else 0
    lying = visit.after(last, most)
    for mail in lying:
        whole = mail.size <= MOST_BYTES
        content = visit.content(mail.uid, MOST_BYTES + 1) if whole else visit.head(mail.uid, MOST_HEAD)
        if content is not None:  # else somebody took it away meanwhile
            _keep(name, visit.validity, mail, content, now)
            if whole:
                visit.mark(mail.uid)  # only now: what is marked is kept here
    return len(lying)


def take_in(name, uid, content, now):
    """Keep a mail that came by another way than a mailbox: the demo shop's, which stand in no server."""
    _keep(name, 1, mail_boxes.Lying(uid, len(content), now), content, now)


def _keep(name, validity, mail, content, now):
    """One mail: its bytes on disk, then its row and how far we are, together."""
    whole = mail.size <= MOST_BYTES
    received = files.receive(content or b"\n", only=(MAIL,), most=MOST_BYTES + 1, kind=MAIL)
    came_at = min(mail.came_at or now, now)
    with store.housekeeping("mailbox"):
        kept = files.keep(received, now=now)
        row = FetchedMail.insert(
            mailbox=name, validity=validity, uid=mail.uid, file=kept, size=mail.size, is_whole=whole,
            came_at=came_at, fetched_at=now,
        )  # fmt: skip
        store.db.execute(row.on_conflict_ignore())  # another worker was faster
        _go_on(name, validity, mail.uid)


def _go_on(name, validity, uid):
    """Note how far we are: never back, unless the numbers of the mailbox begin anew."""
    store.db.execute(MailboxState.insert(name=name).on_conflict_ignore())
    is_further = (MailboxState.validity != validity) | (MailboxState.last_uid < uid)
    here = (MailboxState.name == name) & is_further
    MailboxState.update(validity=validity, last_uid=uid).where(here).execute()


def _note_trouble(state, trouble, now):
    """It is away: look again later, each time somewhat later."""
    wait = WAITS_SECONDS[min(state.failures, len(WAITS_SECONDS) - 1)]
    said = values.one_line(f"{type(trouble).__name__}: {trouble}", 300) or ""
    log.warning("the mailbox %s does not answer: %s", state.name, said)
    _note(state, away_since=state.away_since or now, failures=state.failures + 1, error=said,
          next_at=now + timedelta(seconds=wait))  # fmt: skip


def _note_answer(state, now):
    is_new = state.answered_at is None or state.answered_at < now - NOTED_EVERY
    if state.away_since or is_new:
        _note(state, answered_at=now, away_since=None, failures=0, error="", next_at=None)


def _note(state, **fields):
    with store.housekeeping("mailbox"):
        store.db.execute(MailboxState.insert(name=state.name).on_conflict_ignore())
        MailboxState.update(fields).where(MailboxState.name == state.name).execute()
