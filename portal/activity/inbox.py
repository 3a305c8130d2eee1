"""The inbox: what each person was told, whether they may still read it, and how far they have read."""

from collections import Counter

import peewee

from portal import rows, store
from portal.activity import topics, trail
from portal.audit import Entry
from portal.customers import first_steps, memberships
from portal.customers.accounts import Account
from portal.customers.memberships import Membership
from portal.outbox import Outbox
from portal.people import employees, policy
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.values import Actor, Recipient, Ref

policy.allow("inbox.see", policy.SIGNED_IN)

# Events by which people lose access; they are told of them although they lost it.
LAST_WORDS = frozenset({"membership.ended", "account.closed"})
COUNTED_UNREAD = 99


class SeenMark(store.Model):
    """How far a login has read its inbox in one account (0 for staff): everything up to outbox row `upto`."""

    actor = peewee.CharField(max_length=40)
    account = peewee.IntegerField(default=0)
    upto = peewee.BigIntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("actor", "account")


class Notice:
    """One inbox entry: an outbox row of the channel "inbox", seen by the person it was written to and nobody else."""

    id = Outbox.id
    by_number = Outbox.by_number

    @staticmethod
    def visible_to(actor):
        """Query of this login's notices: of the accounts it sees now (a customer: the current one) and its own."""
        own = (Entry.about == "") | (Entry.subject == str(actor.ref))
        if actor.is_staff:  # a sign-in may work in accounts of several teams
            own |= Entry.subject.startswith("login:")
        mine = (Outbox.recipient == str(actor.ref)) & (Outbox.channel == "inbox")
        return Outbox.select().join(Entry, on=(Entry.id == Outbox.entry)).where(mine & (own | trail.within(actor)))


def read_upto(actor):
    """Id of the newest notice that was on this person's screen."""
    mark = SeenMark.select(SeenMark.upto).where(_mine(actor)).scalar()
    return mark or 0


def unread_by(actor):
    """Query of the notices that came since."""
    mark = SeenMark.select(SeenMark.upto).where(_mine(actor))
    return Notice.visible_to(actor).where(Outbox.id > peewee.fn.COALESCE(mark, 0))


def unread(actor):
    """How many they are, counted up to 99."""
    return unread_by(actor).limit(COUNTED_UNREAD).count()


def _new_at(ref):
    """How many notices are new in the account of each membership of a query, counted up to 99."""
    here = peewee.Value("account:").concat(Membership.account.cast("TEXT"))
    mark = SeenMark.select(SeenMark.upto).where((SeenMark.actor == ref) & (SeenMark.account == Membership.account))
    new = (Outbox.recipient == ref) & (Outbox.channel == "inbox") & (Outbox.id > peewee.fn.COALESCE(mark, 0))
    own = (Entry.about == here) | (Entry.about == "") | (Entry.subject == ref)
    found = Outbox.select(peewee.Value(1)).join(Entry, on=(Entry.id == Outbox.entry)).where(new & own)
    return peewee.Select([found.limit(COUNTED_UNREAD)], [peewee.fn.COUNT(peewee.SQL("*"))])


def _places_query(login, ref):
    steps = first_steps.done_by(login, Membership.account)
    return memberships.open_query(login).select_extend(_new_at(ref).alias("new"), steps.alias("first_steps"))


_places = rows.Asked(_places_query)


def places_of(login):
    """What `memberships.open_of` gives, and what every page says of it besides, in one query.

    `new` is how many notices are new there, `first_steps` those that were taken (None for who is not new there).
    """
    return _places(login.id, str(login.ref))


def unread_topics(actor):
    """{topic: how many} of them, counted up to 99 in all."""
    letters = unread_by(actor).select(Outbox.template).limit(COUNTED_UNREAD).tuples()
    return Counter(topics.of(letter).key for (letter,) in letters)


def about(query, topic):
    """The notices of one topic."""
    return query.where(Outbox.template.in_(topics.BY_KEY[topic].letters))


def mark_all_read(*, by):
    """Nothing is new any more."""
    newest = Notice.visible_to(by).select(peewee.fn.MAX(Outbox.id)).scalar()
    mark_read(by, newest or 0)


def mark_read(actor, upto):
    """Note that the notices up to this one were on the screen; never goes back."""
    if upto <= read_upto(actor):
        return
    row = SeenMark.insert(actor=str(actor.ref), account=actor.account or 0, upto=upto)
    further = row.on_conflict(
        conflict_target=[SeenMark.actor, SeenMark.account],
        update={SeenMark.upto: upto},
        where=SeenMark.upto < upto,
    )
    with store.housekeeping("seen"):
        further.execute()


def _mine(actor):
    return (SeenMark.actor == str(actor.ref)) & (SeenMark.account == (actor.account or 0))


# At the time of sending


def recipient_of(row):
    """The person an outbox row was written to."""
    return Recipient(Ref.parse(row.recipient), row.name, row.address or None, row.language)


def is_for_staff(row):
    """Whether this was written to one of the shop's people."""
    recipient = Ref.parse(row.recipient)
    if recipient is None or recipient.kind != "login":
        return recipient is not None and recipient.kind == "employee"
    return Login.select().where((Login.id == recipient.id) & (Login.kind == "staff")).exists()


def hidden_from(row):
    """The fields ("contact.phone") that his role keeps from the one of us to whom an outbox row was written."""
    recipient = Ref.parse(row.recipient)
    key = recipient and {"login": Employee.login, "employee": Employee.id}.get(recipient.kind)
    return employees.limits_where(key == recipient.id).hidden if key else frozenset()


def may_be_read(row):
    """Whether the recipient may read this now: still one of us, or still in the account it is about.

    What is about no account, or about the recipient's own sign-in, concerns nobody but the recipient.
    """
    entry = Entry.get_by_id(row.entry)
    about, subject, recipient = (Ref.parse(text) for text in (entry.about, entry.subject, row.recipient))
    if about is None or about.kind != "account" or subject == recipient or entry.event in LAST_WORDS:
        return True
    if recipient is None or recipient.kind not in ("login", "employee"):
        return True
    reader = _reader(recipient, about.id)
    concerned = [about.id, *_accounts_of(subject)]
    return reader is not None and Account.visible_to(reader).where(Account.id.in_(concerned)).exists()


def _accounts_of(subject):
    """A login may work in several accounts; an event of its sign-in concerns them all."""
    if subject is None or subject.kind != "login":
        return []
    return [place.account_id for place in memberships.open_of(subject.id)]


def _reader(recipient, account):
    """The recipient as an Actor in that account; None when he is no longer anybody here."""
    if recipient.kind == "employee":
        found = Employee.get_or_none((Employee.id == recipient.id) & Employee.is_active)
        return found and Actor(recipient, found.name, found.role, (found.team_id,) if found.team_id else ())
    login = Login.get_or_none((Login.id == recipient.id) & Login.is_active)
    if login is None:
        return None
    return employees.actor_for(login) if login.kind == "staff" else memberships.actor_for(login, account)
