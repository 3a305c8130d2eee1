"""Announcements: what the shop says to its customers, a group of them or its own people, from a day until another."""

import peewee

from portal import audit, memory, store, values
from portal.customers.accounts import Account
from portal.customers.groups import AccountGroup
from portal.errors import Invalid, NotFound
from portal.fields import EVERYONE, MANAGERS, STAFF, Field, Table
from portal.people import policy

AUDIENCES = ("customers", "group", "staff")
STATES = ("planned", "running", "over")
KIND_OF = {"planned": "wait", "running": "run", "over": "closed"}  # how each state is drawn
TRANSLATED = ("fil", "th")  # the first text is in English, or whatever everybody reads
SECONDS = 60  # how late another process may learn of an announcement

policy.allow("announcements.read", policy.SIGNED_IN)
policy.allow("announcements.manage", policy.MANAGERS)

_texts = [
    (Field(f"title_{code}", "text", MANAGERS, MANAGERS, longest=120, listed=False),
     Field(f"text_{code}", "words", MANAGERS, MANAGERS, longest=600, listed=False))
    for code in TRANSLATED
]  # fmt: skip
FIELDS = Table(
    "announcement",
    Field("number", read=EVERYONE, sort=True),
    Field("title", "text", EVERYONE, MANAGERS, longest=120, is_required=True),
    Field("text", "words", EVERYONE, MANAGERS, longest=600),
    Field("leads_to", "text", EVERYONE, MANAGERS, longest=300),
    Field("from_on", "date", EVERYONE, MANAGERS, sort=True, is_required=True),
    Field("until_on", "date", EVERYONE, MANAGERS, is_required=True),
    Field("state", "choice", STAFF, choices=STATES),
    Field("audience", "choice", STAFF, MANAGERS, filter=True, choices=AUDIENCES, is_required=True),
    Field("group", "link", STAFF, MANAGERS),
    *(field for pair in _texts for field in pair),
)


class Announcement(store.Versioned):
    """One thing said, in the first language and those it was put into."""

    title = peewee.CharField(max_length=120)
    text = peewee.TextField(default="")
    title_fil = peewee.CharField(max_length=120, default="")
    text_fil = peewee.TextField(default="")
    title_th = peewee.CharField(max_length=120, default="")
    text_th = peewee.TextField(default="")
    leads_to = peewee.CharField(max_length=300, default="")  # a page of ours, or an https address
    from_on = peewee.DateField(index=True)
    until_on = peewee.DateField()
    audience = peewee.CharField(max_length=10, default="customers")  # one of AUDIENCES
    group = peewee.ForeignKeyField(AccountGroup, null=True)
    written_by = peewee.CharField(max_length=200, default="")
    ended_at = store.MomentField(null=True)  # taken away before its last day

    @classmethod
    def visible_to(cls, actor):
        """Query: managers see all, others what was or is said to them."""
        if policy.may(actor, "announcements.manage"):
            return cls.select()
        begun = cls.select().where(cls.from_on <= values.shop_day())
        if actor.is_staff:
            return begun.where(cls.audience == "staff")
        if not actor.is_customer:
            raise NotFound()
        mine = Account.select(Account.group).where(Account.id == actor.account)
        return begun.where((cls.audience == "customers") | ((cls.audience == "group") & cls.group.in_(mine)))

    @property
    def state(self):
        today = values.shop_day()
        if self.ended_at or self.until_on < today:
            return "over"
        return "running" if self.from_on <= today else "planned"

    def said(self, language):
        """(title, text) in a language, in the first one where it was not put into that."""
        title = getattr(self, f"title_{language}", "")
        return (title, getattr(self, f"text_{language}")) if title else (self.title, self.text)

    @classmethod
    def write(cls, *, by, now=None, **given):
        """Say something from a day on. Raises Invalid by field."""
        FIELDS.check(by, given)
        fields = _clean({"title": "", "from_on": "", "until_on": "", "audience": ""} | given)
        with audit.change(by, "announcement.written", now=now) as change:
            return change.create(cls, **fields, written_by=by.name)

    def edit(self, *, by, version=None, now=None, **given):
        """Say it otherwise; who pressed it away is not shown it again. Raises Invalid by field, Stale."""
        FIELDS.check(by, given)
        fields = _clean({name: getattr(self, name) for name in ("from_on", "until_on", "audience")} | given)
        with audit.change(by, "announcement.edited", self, now=now) as change:
            change.update(self, version=version, **fields)
        return self

    def end(self, *, by, now=None):
        """Take it away before its last day; a second time changes nothing."""
        with audit.change(by, "announcement.ended", self, now=now) as change:
            if self.ended_at is None:
                change.update(self, ended_at=change.now)
        return self

    def press_away(self, *, by):
        """This person has seen it."""
        row = AnnouncementSeen.insert(actor=str(by.ref), announcement=self).on_conflict_ignore()
        with store.housekeeping("seen"):
            row.execute()


class AnnouncementSeen(store.Model):
    """Somebody pressed an announcement away."""

    actor = peewee.CharField(max_length=40)
    announcement = peewee.ForeignKeyField(Announcement, index=False)

    class Meta:
        primary_key = peewee.CompositeKey("actor", "announcement")


def newest_for(actor, group=None):
    """What is to be said to this person now, or None; `group` is the id of a customer's group.

    Costs no query while nothing is said to anybody, and one when something is.
    """
    running = memory.remembered("announcements", SECONDS, lambda: store.uncounted(_running))
    mine = [one for one in running if one.state == "running" and _is_for(one, actor, group)]
    if not mine:
        return None
    gone = AnnouncementSeen.select(AnnouncementSeen.announcement).where(AnnouncementSeen.actor == str(actor.ref))
    gone = {number for (number,) in gone.tuples()}
    return next((one for one in mine if one.id not in gone), None)


def _running():
    today = values.shop_day()
    rows = Announcement.select().where((Announcement.until_on >= today) & Announcement.ended_at.is_null())
    return list(rows.order_by(Announcement.from_on.desc(), Announcement.id.desc()))


def _is_for(one, actor, group):
    if one.audience == "group":
        return actor.is_customer and group is not None and one.group_id == group
    return one.audience == ("staff" if actor.is_staff else "customers")


def _clean(given):
    group = given.pop("group", None)
    fields = FIELDS.clean(given)
    problems = {}
    if fields["until_on"] < fields["from_on"]:
        problems["until_on"] = "until-before-from"
    if fields.get("leads_to") and not _is_address(fields["leads_to"]):
        problems["leads_to"] = "leads-nowhere"
    if fields["audience"] == "group":
        fields["group"] = AccountGroup.get_or_none(AccountGroup.id == group) if group else None
        if fields["group"] is None:
            problems["group"] = "field-needed"
    else:
        fields["group"] = None
    problems |= {
        f"title_{code}": "field-needed"
        for code in TRANSLATED
        if fields.get(f"text_{code}") and not fields.get(f"title_{code}")
    }
    if problems:
        raise Invalid(**problems)
    return fields


def _is_address(text):
    """A page of ours ("/catalogue", not "//elsewhere"), or an address of another site by https."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\"))
    return (is_ours or text.startswith("https://")) and " " not in text
