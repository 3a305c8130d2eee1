"""Backups as staff see them: asked for or made by night, tried, kept for a while, and taken along by an admin."""

from datetime import timedelta

import peewee

from portal import audit, memory, store, values
from portal.audit import Entry
from portal.errors import Invalid, NotFound
from portal.fields import Field, Table
from portal.people import employees, policy, security

KINDS = ("nightly", "asked", "upgrade")
STATES = ("asked", "making", "checking", "good", "failed")
AT_WORK = ("asked", "making", "checking")
KIND_OF = {"asked": "wait", "making": "run", "checking": "run", "good": "done", "failed": "refused"}  # as drawn
NIGHT_AT = timedelta(hours=2)  # of the shop's day
CLOCK = values.clock("backups")
LATE = timedelta(hours=26)  # a day, and what making one may take
FIRST_AFTER = timedelta(hours=1)  # of a new shop: there is little to lose yet
SILENT = timedelta(minutes=2)  # who is at it says so each ten seconds
REMEMBERED_SECONDS = 60
ADMINS = frozenset(policy.ADMINS)

policy.allow("health.see", policy.ADMINS)
policy.allow("backups.make", policy.ADMINS)
policy.allow("backups.download", policy.ADMINS)

FIELDS = Table(
    "backup",
    Field("number", read=ADMINS, sort=True),
    Field("state", "choice", ADMINS, filter=True, choices=STATES),
    Field("kind", "choice", ADMINS, filter=True, choices=KINDS),
    Field("asked_at", "moment", ADMINS, sort=True, filter=True),
    Field("made_at", "moment", ADMINS),
    Field("checked_at", "moment", ADMINS),
    Field("size", "number", ADMINS),
    Field("rows", "number", ADMINS),
    Field("files", "number", ADMINS),
    Field("name", read=ADMINS),
    Field("by_name", read=ADMINS),
    Field("trouble", "words", ADMINS),
)


class Backup(store.Model):
    """One backup: `good` once it was brought back into a scratch shop and compared. `name` is "" when it is gone."""

    NUMBER = "BK-{:05d}"

    kind = peewee.CharField(max_length=10)
    state = peewee.CharField(max_length=10, default="asked")
    night_on = peewee.DateField(null=True, unique=True)  # one a night, whatever worker asks
    name = peewee.CharField(max_length=120, default="")
    size = peewee.BigIntegerField(default=0)
    rows = peewee.BigIntegerField(default=0)
    files = peewee.IntegerField(default=0)
    asked_at = store.MomentField()
    made_at = store.MomentField(null=True)
    checked_at = store.MomentField(null=True)
    beat_at = store.MomentField(null=True)
    share = peewee.IntegerField(default=0)  # of the work, in percent
    trouble = peewee.TextField(default="")
    by_name = peewee.CharField(max_length=200, default="")

    class Meta:
        indexes = ((("state", "made_at"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of all backups, for admins."""
        if actor.role != "admin" and not actor.is_system:
            raise NotFound()
        return cls.select()

    @property
    def draw(self):
        """How its state is drawn."""
        return KIND_OF[self.state]

    @classmethod
    def ask(cls, *, by, now=None):
        """Have one made now. Raises Invalid(backup="backup-under-way")."""
        with audit.change(by, "backup.asked", now=now) as change:
            if cls.select().where(cls.state.in_(AT_WORK)).exists():
                raise Invalid(backup="backup-under-way")
            made = change.create(cls, kind="asked", asked_at=change.now, by_name=by.name)
            change.result = made.ref
        return made

    def hand_out(self, *, by, login, password, now=None):
        """Let an admin who proves himself take it along. Raises Invalid on "password", "backup"; TooMany."""
        if not self.name:
            raise Invalid(backup="backup-gone")
        security.prove(login, password, now)
        with audit.change(by, "backup.fetched", self, now=now) as change:
            change.happened()
        return self

    # By the worker

    @classmethod
    def next(cls, now):
        """The oldest that waits; that of the night when its hour has come, also when Suki slept through it."""
        night = night_of(now)
        if not cls.select().where(cls.night_on >= night).exists() and not is_younger(FIRST_AFTER, now):
            with store.housekeeping("backups"):
                row = cls.insert(kind="nightly", night_on=night, asked_at=now)
                store.db.execute(row.on_conflict_ignore())
        return cls.select().where(cls.state == "asked").order_by(cls.id).first()

    def claim(self, name, now):
        """Whether it is this worker's from now on; of two that ask one gets it."""
        mine = (Backup.id == self.id) & (Backup.state == "asked")
        with store.housekeeping("backups"):
            return bool(Backup.update(state="making", name=name, beat_at=now).where(mine).execute())

    def note(self, **fields):
        """Write down how far it is, or how it ended."""
        with store.housekeeping("backups"):
            Backup.update(fields).where(Backup.id == self.id).execute()
        memory.forget()

    def fail(self, trouble, now=None):
        """It could not be made, or does not come back as it was; admins are told when that is news."""
        before = Backup.select(Backup.state).where((Backup.id < self.id) & Backup.state.not_in(AT_WORK))
        is_news = before.order_by(Backup.id.desc()).limit(1).scalar() != "failed"
        trouble = values.one_line(trouble, 500) or "?"
        with audit.change(CLOCK, "backup.failed", self, now=now) as change:
            change.update(self, state="failed", trouble=trouble, checked_at=change.now)
            if is_news:
                change.tell(
                    [admin.recipient for admin in employees.admins()],
                    "backup_failed",
                    trouble=trouble,
                    number=self.number,
                )

    @classmethod
    def note_upgrade(cls, fields):
        """One that was made and tried before the schema changed, noted when there is a table for it."""
        now = values.now()
        with store.housekeeping("backups"):
            cls.create(kind="upgrade", state="good", share=100, asked_at=fields["made_at"], checked_at=now, **fields)

    @classmethod
    def take_up_silent(cls, now):
        """Those that a worker began who was then stopped wait again; for a day, then they failed."""
        begun = cls.state.in_(("making", "checking")) & (cls.beat_at < now - SILENT)
        for one in cls.select().where(begun):
            if one.asked_at < now - LATE:
                one.fail("Suki was stopped each time while it was made.", now)
            else:
                one.note(state="asked", share=0)

    @classmethod
    def outdated(cls, kind, kept):
        """Query of those of a kind that are more than are kept, among those whose file is there."""
        there = (cls.kind == kind) & (cls.name != "") & cls.state.not_in(AT_WORK)
        return cls.select().where(there).order_by(cls.id.desc()).offset(kept)


def night_of(now):
    """The day whose night hour was the last that came."""
    day = values.shop_day(now)
    return day if now >= values.shop_midnight(day) + NIGHT_AT else day - timedelta(days=1)


def last_good():
    """The newest backup that came back as it was, or None."""
    return Backup.select().where(Backup.state == "good").order_by(Backup.made_at.desc()).first()


def needs_care(now=None):
    """The newest that failed, "late" where a shop older than a day has no good one of 26 hours, or None.

    Asked once a minute.
    """
    ask = lambda: store.uncounted(lambda: _needs_care(now or values.now()))  # noqa: E731
    return memory.remembered("backups", REMEMBERED_SECONDS, ask)


def _needs_care(now):
    last = Backup.select().where(Backup.state.not_in(AT_WORK)).order_by(Backup.id.desc()).first()
    if last is not None and last.state == "failed":
        return last
    good = Backup.select().where((Backup.state == "good") & (Backup.made_at >= now - LATE))
    return None if good.exists() or is_younger(LATE, now) else "late"


def is_younger(age, now):
    """Whether nothing happened in the shop before that."""
    first = Entry.select(Entry.at).order_by(Entry.id).first()
    return first is None or first.at >= now - age


def under_way():
    """The one that waits or is being made, or None."""
    return Backup.select().where(Backup.state.in_(AT_WORK)).order_by(Backup.id).first()
