"""Preferences: how each person wishes to be told: of which topics, by which channel, at once or gathered, when."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import peewee

from portal import audit, outbox, store, values
from portal.activity import topics
from portal.activity.topics import BY_KEY, CHANNELS, NOTHING, ONE_STAYS, TOPICS
from portal.errors import Invalid, Stale
from portal.people import logins, policy, security

RHYTHMS = ("at_once", "daily", "weekly")
HOURS = range(24)
UNSEEN = ("people", "mail")  # what somebody who signed in with another's password would switch off first
# Where people of a shop live who read it from elsewhere; the shop's own zone stands before them.
ZONES = (
    "Asia/Manila", "Asia/Bangkok", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Seoul", "Asia/Kolkata",
    "Asia/Dubai", "Asia/Riyadh", "Australia/Perth", "Australia/Sydney", "Pacific/Auckland", "Pacific/Honolulu",
    "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo",
    "Europe/London", "Europe/Berlin", "Europe/Athens", "Africa/Lagos", "Africa/Johannesburg", "UTC",
)  # fmt: skip

policy.allow("notices.see", policy.SIGNED_IN)
policy.allow("notices.choose", policy.SIGNED_IN)


class NoticePlan(store.Versioned):
    """How one person is told; who never chose has none, and is told everything at once.

    The person is a Ref: a login, or an address that nobody signs in with (an account's own, an employee's).
    """

    recipient = peewee.CharField(max_length=40, unique=True)
    rhythm = peewee.CharField(max_length=10, default="at_once")  # one of RHYTHMS
    hour = peewee.IntegerField(default=8)  # of the gathered letter, in the person's zone
    weekday = peewee.IntegerField(default=0)  # of the weekly one, Monday is 0
    quiet_from = peewee.IntegerField(null=True)  # hours between which no mail comes; None: there are none
    quiet_until = peewee.IntegerField(null=True)
    zone = peewee.CharField(max_length=40, default="")  # "" is the shop's

    @property
    def hours(self):
        """The person's time zone."""
        return ZoneInfo(self.zone) if self.zone else values.SHOP_ZONE

    def gathered_at(self, now):
        """When the next gathered letter goes out, or None for who is told at once."""
        if self.rhythm == "at_once":
            return None
        here = _local(now, self.hours)
        days = 0 if self.rhythm == "daily" else (self.weekday - here.weekday()) % 7
        due = _moment(here.date() + timedelta(days=days), self.hour, self.hours)
        if due <= now:
            days += 1 if self.rhythm == "daily" else 7
            due = _moment(here.date() + timedelta(days=days), self.hour, self.hours)
        return due

    def quiet_ends_at(self, now):
        """When this night ends, or None by day."""
        if self.quiet_from is None or self.quiet_from == self.quiet_until:
            return None
        here = _local(now, self.hours)
        since = (here.hour - self.quiet_from) % 24
        if since >= (self.quiet_until - self.quiet_from) % 24:
            return None
        is_tomorrow = self.quiet_until <= here.hour
        return _moment(here.date() + timedelta(days=is_tomorrow), self.quiet_until, self.hours)


class NoticeOff(store.Model):
    """A topic that a person does not want by one channel."""

    plan = peewee.ForeignKeyField(NoticePlan, index=False)
    topic = peewee.CharField(max_length=20)
    channel = peewee.CharField(max_length=10)

    class Meta:
        primary_key = peewee.CompositeKey("plan", "topic", "channel")


def _local(moment, zone):
    return moment.replace(tzinfo=UTC).astimezone(zone)


def _moment(day, hour, zone):
    return datetime.combine(day, time(hour), zone).astimezone(UTC).replace(tzinfo=None)


def plan_of(ref):
    """The plan of a person; a fresh one, not kept, for who never chose."""
    kept = NoticePlan.get_or_none(NoticePlan.recipient == str(ref))
    return kept or NoticePlan(recipient=str(ref))


def off_of(plan):
    """{(topic, channel)} that a person switched off."""
    if plan.id is None:
        return set()
    return {(off.topic, off.channel) for off in NoticeOff.select().where(NoticeOff.plan == plan)}


def choose(*, by, login, off, version=None, now=None, **plan):
    """Save how a login wishes to be told: `off` is {(topic, channel)}, `plan` the columns of NoticePlan.

    What must not be off stays on. Who no longer wants to read of changes to the account gets one last letter about
    that, so that nobody can first silence the letters and then change things unseen.
    Raises Invalid by field (invoices_mail: notices-one-stays), Stale.
    """
    _check(off, plan)
    wanted = {(topic, channel) for topic, channel in off if BY_KEY[topic].may_be_off != NOTHING}
    with audit.change(by, "notices.chosen", login, about=logins.circle(login).about, now=now) as change:
        kept = _kept_plan(login.ref)
        if version not in (None, kept.version):
            raise Stale(kept)
        change.update(kept, **plan)
        same = (NoticePlan.id == kept.id) & (NoticePlan.version == kept.version)
        change.guard(NoticePlan.update(version=NoticePlan.version + 1).where(same), Stale(kept))
        newly = wanted - off_of(kept)
        _switch(change, kept, wanted)
        if UNSEEN in newly:
            off = {"field": "notices_off", "old": None, "new": " ".join(UNSEEN)}
            said = security.told(change, login, [off]) | {"not_me": security.way_back(change, login)}
            change.tell([login.mailbox], "login_changed", **said)
        return kept


def stop_mail(*, by, ref, about, keys, now=None):
    """Switch the mail of some topics off for whoever the mails go to; a second time changes nothing.

    A topic of which one channel has to stay comes to the inbox from now on.
    """
    with audit.change(by, "notices.stopped", ref, about=about, now=now) as change:
        plan = _kept_plan(ref)
        to_inbox = {(key, "inbox") for key in keys if BY_KEY[key].may_be_off == ONE_STAYS}
        _switch(change, plan, (off_of(plan) | {(key, "mail") for key in keys}) - to_inbox)


def resume_mail(*, by, ref, about, keys, now=None):
    """Take a `stop_mail` back."""
    with audit.change(by, "notices.resumed", ref, about=about, now=now) as change:
        plan = _kept_plan(ref)
        _switch(change, plan, off_of(plan) - {(key, "mail") for key in keys})


def put_back(change, login, off):
    """Within a change: what is off is what was off before, as the trail lists it."""
    _switch(change, _kept_plan(login.ref), {tuple(pair.split()) for pair in off})


def _check(off, plan):
    for topic in TOPICS:
        if topic.may_be_off == ONE_STAYS and all((topic.key, channel) in off for channel in CHANNELS):
            raise Invalid(**{f"{topic.key}_mail": "notices-one-stays"})
    quiet = (plan.get("quiet_from"), plan.get("quiet_until"))
    wrong = {
        "rhythm": plan.get("rhythm", "at_once") not in RHYTHMS,
        "hour": plan.get("hour", 0) not in HOURS,
        "weekday": plan.get("weekday", 0) not in range(7),
        "quiet_until": any(hour is not None and hour not in HOURS for hour in quiet),
        "zone": plan.get("zone", "") not in ("", *ZONES),
    }
    if any(wrong.values()):
        raise Invalid(**{name: "choice-unknown" for name, is_wrong in wrong.items() if is_wrong})
    if (quiet[0] is None) != (quiet[1] is None):
        raise Invalid(quiet_until="quiet-one-hour")


def _kept_plan(ref):
    """The plan of a person inside a change, made when there is none; locked, as its rows are read and changed."""
    NoticePlan.insert(recipient=str(ref)).on_conflict_ignore().execute()
    plan = NoticePlan.select().where(NoticePlan.recipient == str(ref))
    return (plan if store.is_sqlite() else plan.for_update()).get()


def _switch(change, plan, wanted):
    """Let `wanted` be what is off. What is held of it is not sent any more; a form opened before is stale."""
    before = off_of(plan)
    if before == wanted:
        return
    NoticePlan.update(version=NoticePlan.version + 1).where(NoticePlan.id == plan.id).execute()
    for topic, channel in before - wanted:
        mine = (NoticeOff.plan == plan) & (NoticeOff.topic == topic) & (NoticeOff.channel == channel)
        NoticeOff.delete().where(mine).execute()
    for topic, channel in wanted - before:
        NoticeOff.insert(plan=plan, topic=topic, channel=channel).on_conflict_ignore().execute()
    change.record("notices_off", _listed(before), _listed(wanted))
    letters = [letter for topic, channel in wanted if channel == "mail" for letter in BY_KEY[topic].letters]
    outbox.let_go(plan.recipient, letters)


def _listed(off):
    return sorted(f"{topic} {channel}" for topic, channel in off)


# At the moment of an event


def as_wished(rows, now):
    """The rows of a change as their receivers wish to be told: without what they switched off, the rest in its time.

    Costs one statement for all receivers, none when everything is of safety.
    """
    asked = {row["recipient"] for row in rows if topics.of(row["template"]).may_be_off != NOTHING}
    plans = _plans(asked) if asked else {}
    return [row for row in rows if _put_off(row, plans.get(row["recipient"]), now)] if plans else rows


def _plans(recipients):
    """{recipient: (plan, {(topic, channel) switched off})} of those who chose."""
    columns = (NoticePlan, NoticeOff.topic.alias("topic"), NoticeOff.channel.alias("channel"))
    rows = NoticePlan.select(*columns).join(NoticeOff, peewee.JOIN.LEFT_OUTER).objects()
    found = {}
    for row in rows.where(store.among(NoticePlan.recipient, recipients)):
        _, off = found.setdefault(row.recipient, (row, set()))
        off.add((row.topic, row.channel))
    return found


def _put_off(row, chosen, now):
    """Give one row its time; False when it is not wanted at all."""
    topic = topics.of(row["template"])
    if chosen is None or topic.may_be_off == NOTHING:
        return True
    plan, off = chosen
    if (topic.key, row["channel"]) in off:
        return False
    if row["channel"] == "mail":
        gathered = None if _has_link(row["params"]) else plan.gathered_at(now)
        due_at = gathered or plan.quiet_ends_at(now)
        if due_at:
            row |= {"state": "held", "due_at": due_at, "channel": outbox.GATHERED if gathered else "mail"}
    return True


def _has_link(params):
    """A letter with a link that ends would come too late in a gathered one."""
    return any(isinstance(value, dict) and "link" in value for value in params.values())


outbox.wished_by(as_wished)
