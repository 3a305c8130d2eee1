"""Merging two accounts or two contacts into one: chosen field by field, with everything that hangs on them."""

from datetime import timedelta

import peewee

from portal import audit, custom, search, store, values
from portal.activity.attachments import Attachment
from portal.customers import duplicates, match_keys, postal, reaching, tags
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.customers.addresses import PURPOSES, Address
from portal.customers.affiliations import GOES_ON, Affiliation
from portal.customers.contacts import CONTACT_FIELDS, Contact, derived
from portal.customers.memberships import Membership
from portal.customers.points import AccountPoint, ContactPoint
from portal.errors import Invalid
from portal.people import policy
from portal.sales import habits
from portal.sales.orders import Order
from portal.sales.price_lists import PriceList
from portal.sales.shopping_lists import ShoppingList
from portal.whole import merging_rows
from portal.whole.merging_rows import Merge

policy.allow("accounts.merge", policy.MANAGERS)
policy.allow("contacts.merge", policy.STAFF)

TABLES = {"account": ACCOUNT_FIELDS, "contact": CONTACT_FIELDS}
POINTS = {"account": AccountPoint, "contact": ContactPoint}
NOT_CHOSEN = {
    "number",
    "account",
    "owner",
    "team",
    "group",
    "currency",
    "is_active",
    "created_at",
    "tag",
    "credit_minor",
}
PEOPLE = ("both", "end")
HANGING = {  # what is counted for whoever asks before merging
    "account": (("order", Order), ("contact", Contact), ("attachment", Attachment)),
    "contact": (("order", Order),),
}
NOTHING = (None, "", [])
LATE_MINUTES, LATE_MERGES = 15, 50  # how long after a merge a change begun before it may still come in


class Side:
    """One field of both records: what stands in each, and which is taken unless somebody chooses."""

    def __init__(self, name, mine, theirs):
        self.name, self.mine, self.theirs = name, mine, theirs

    @property
    def is_taken(self):
        return self.mine in NOTHING and self.theirs not in NOTHING

    @property
    def differs(self):
        return self.mine != self.theirs and not (self.mine in NOTHING and self.theirs in NOTHING)


def sides(survivor, other, actor):
    """[Side] of the fields in which two records differ and that this person may write."""
    known = type(survivor)._meta.fields.keys() - NOT_CHOSEN | custom.fields_of(survivor.ref.kind).keys()
    return _sides(survivor, other, [name for name in TABLES[survivor.ref.kind].writable(actor) if name in known])


def _sides(survivor, other, names):
    custom.load([record for record in (survivor, other) if "_added" not in vars(record)])
    pairs = [Side(name, getattr(survivor, name), getattr(other, name)) for name in names]
    return [side for side in pairs if side.differs]


def problems(survivor, other):
    """What stands in the way of merging, as message ids; nothing when it may go on."""
    if survivor == other or survivor.merged_into or other.merged_into:
        return ["merge-gone"]
    if survivor.ref.kind == "account":
        return ["merge-currency"] if survivor.currency != other.currency else []
    is_elsewhere = survivor.account_id != other.account_id and _signs_in(Membership.contact == other.id)
    return ["merge-signs-in-elsewhere"] if is_elsewhere else []


def warnings(survivor, other, is_seen):
    """What whoever merges should know first, as message ids; `is_seen` as `needs_choice` says."""
    if survivor.ref.kind == "contact":
        return ["merge-two-accounts"] if survivor.account_id != other.account_id else []
    agreed = PriceList.account.in_([survivor.id, other.id]) & PriceList.is_agreed
    two = PriceList.select().where(agreed).count() > 1
    group = survivor.group_id != other.group_id
    return [*(["merge-see-each-other"] if is_seen else []), *(["merge-prices"] if two or group else [])]


def needs_choice(other):
    """Whether people sign in for an account that goes, so that somebody must say what becomes of them."""
    return other.ref.kind == "account" and _signs_in(Membership.account == other.id)


def _signs_in(where):
    return Membership.select().where(where & Membership.ended_at.is_null()).exists()


def merge(survivor, other, *, by, take=None, people="", now=None):
    """Put `other` into `survivor`: one change, told to those who look after them, taken back for thirty days.

    `take` names the fields that come from `other` (None: those that are empty here). What is not taken stays: further
    e-mails and phones as points, notes one below the other, the rest with the record that goes, which is kept. Of an
    account for which people sign in, `people` says what becomes of them: "both" (they see what both had) or "end".
    Raises Invalid on "merge" (merge-gone, merge-currency, merge-signs-in-elsewhere) and "people".
    """
    kind = survivor.ref.kind
    about = survivor if kind == "account" else survivor.account
    with audit.change(by, f"{kind}.merged", survivor, about=about, now=now) as change:
        survivor, other = _held(survivor, other)
        _check(survivor, other, people)
        made = Merge.create(kind=kind, survivor=survivor.id, merged=other.id, at=change.now)
        change.once_written(lambda entry: Merge.update(entry=entry).where(Merge.id == made.id).execute())
        change.record("merged", f"{other.name} ({other.number})", None)
        _before(made, survivor, other, people, change)
        for table, count in merging_rows.move_all(made, type(survivor), other, survivor).items():
            change.record(f"moved_{table}", None, count)
        _choose(made, survivor, other, take, by, change)
        _after(survivor, other)
        _tell(change, survivor, other, people)
    return survivor


def _held(*records):
    """Both rows as they are now, locked in the order of their ids, so that two people wait for each other."""
    model, ids = type(records[0]), [record.id for record in records]
    rows = model.select().where(model.id.in_(ids)).order_by(model.id)
    found = {row.id: row for row in (rows if store.is_sqlite() else rows.for_update())}
    if len(found) < 2:
        raise Invalid(merge="merge-gone")
    return [found[number] for number in ids]


def _check(survivor, other, people):
    for problem in problems(survivor, other):
        raise Invalid(merge=problem)
    if needs_choice(other) and people not in PEOPLE:
        raise Invalid(people="merge-people-needed")


def _before(made, survivor, other, people, change):
    """What must give way before anything is moved: second defaults, the same address twice, people who go."""
    if survivor.ref.kind == "contact":
        there = Affiliation.select(Affiliation.account).where(GOES_ON & (Affiliation.contact == survivor))
        known = GOES_ON & (Affiliation.contact == other)
        known &= (Affiliation.account == survivor.account_id) | Affiliation.account.in_(there)
        for row in Affiliation.select().where(known):
            merging_rows.change(made, row, until_on=values.shop_day(change.now))
        if survivor.account_id != other.account_id:
            _belongs_there_too(made, survivor, other)
        return
    _fold_addresses(made, survivor, other, change.now)
    _rename_lists(made, survivor, other)
    if survivor.parent_id == other.id:
        merging_rows.change(made, survivor, parent=None if other.parent_id == survivor.id else other.parent_id)
    for place in Membership.select().where((Membership.account == other) & Membership.ended_at.is_null()):
        is_twice = (
            Membership.select()
            .where((Membership.account == survivor) & (Membership.login == place.login_id))
            .exists()
        )
        if people == "end" or is_twice:
            merging_rows.change(made, place, ended_at=change.now)
            place.login.raise_epoch(change)
    for row in Affiliation.select(Affiliation, Contact).join(Contact).where(GOES_ON & _would_be_own(survivor, other)):
        merging_rows.change(made, row, until_on=values.shop_day(change.now))


def _rename_lists(made, survivor, other):
    """Shopping lists of one person with one name: the one that comes says where it comes from."""
    for row in ShoppingList.select().where(ShoppingList.account == other):
        mine = (ShoppingList.account == survivor) & (ShoppingList.owner == row.owner_id)
        if ShoppingList.select().where(mine & (ShoppingList.name_key == row.name_key)).exists():
            name = f"{row.name} ({other.number})"
            merging_rows.change(made, row, name=name, name_key=name.casefold())


def _would_be_own(survivor, other):
    """Affiliations that would say of a person what its own account says once both are one."""
    of_other = (Affiliation.account == survivor) & (Contact.account == other)
    return of_other | ((Affiliation.account == other) & (Contact.account == survivor))


def _belongs_there_too(made, survivor, other):
    """A person known in two accounts keeps both: the second as an affiliation."""
    here = GOES_ON & (Affiliation.contact.in_([survivor.id, other.id])) & (Affiliation.account == other.account_id)
    if not Affiliation.select().where(here).exists():
        row = {"contact": survivor, "account": other.account_id, "role": other.role, "job_title": other.job_title}
        merging_rows.made(made, Affiliation.create(**row))


def _fold_addresses(made, survivor, other, now):
    """The survivor's defaults stay; an address that both have is put away on the side that goes."""
    mine = list(Address.active(survivor))
    for address in Address.active(other):
        defaults = {
            f"is_default_{purpose}": False
            for purpose in PURPOSES
            if any(getattr(a, f"is_default_{purpose}") for a in mine)
        }
        merging_rows.change(made, address, **defaults)
        fields = {name: getattr(address, name) for name in postal.PLACE}
        if any(postal.same_place(its, fields) for its in mine):
            merging_rows.change(
                made, address, archived_at=now, **{f"is_default_{purpose}": False for purpose in PURPOSES}
            )


def _choose(made, survivor, other, take, by, change):
    """The fields that come from the other one; main e-mails and phones that lose stay as further ones."""
    differing = sides(survivor, other, by)
    taken = {side.name: side.theirs for side in differing if (side.is_taken if take is None else side.name in take)}
    lost = {side.name: side.mine if side.name in taken else side.theirs for side in differing}
    if "note" in {side.name for side in differing} and survivor.ref.kind == "account":
        taken["note"] = "\n\n".join(filter(None, (survivor.note, other.note)))
    own = _own_taken(survivor, other, taken, lost)
    done = change.update(survivor, **derived(taken), absorbed=" ".join(map(str, _absorbed(survivor, other))))
    added = merging_rows.fill_in(survivor, own)
    for name, (old, new) in added.items():
        change.record(name, old, new)
    kept = {name: [said(old), said(new)] for name, (old, new) in (done | added).items()}
    Merge.update(fields=kept).where(Merge.id == made.id).execute()
    for name in ("email", "phone"):
        _keep_point(made, survivor, name, lost.get(name))
    for name, value in lost.items():
        if value not in NOTHING and name not in ("email", "phone", "note"):
            change.record(f"kept_{name}", said(value), None)


def _own_taken(survivor, other, taken, lost):
    """{name: value} of the fields of the shop: the chosen ones, and what is empty here and nobody could choose."""
    known = custom.fields_of(survivor.ref.kind)
    unseen = _sides(survivor, other, [name for name in known if name not in lost])
    chosen = {name: taken.pop(name) for name in known if name in taken}
    return chosen | {side.name: side.theirs for side in unseen if side.is_taken}


def _absorbed(survivor, other):
    return [ref.id for ref in (*survivor.refs[1:], *other.refs)]


def said(value):
    """A value as the merge keeps it, to hold what stands there later against it."""
    return value if value is None or isinstance(value, (str, int, bool, list)) else str(value)


def _keep_point(made, record, kind, value):
    model, owner = POINTS[record.ref.kind], record.ref.kind
    here = (getattr(model, owner) == record.id) & (model.kind == kind)
    known = {point.value for point in model.select().where(here)} | {getattr(record, kind), "", None}
    if value not in known:
        merging_rows.made(made, model.create(**{owner: record.id}, kind=kind, value=value))


def _after(survivor, other):
    """The one that goes is found no longer, the one that stays by what both had."""
    type(other).update(merged_into=survivor.id, version=type(other).version + 1).where(
        (type(other).id == other.id) & type(other).merged_into.is_null()
    ).execute()
    search.drop(other)
    match_keys.drop(other.ref.kind, other.id)
    duplicates.decided(other.ref.kind, other.id)
    follow(other)
    survivor = type(survivor).get_by_id(survivor.id)
    follow(survivor)
    survivor.index()
    if survivor.ref.kind == "account":
        habits.overtaken([survivor.id])


def move_late(now=None):
    """Move what was written to a record while it was being merged, by whoever had opened it before."""
    since = (now or values.now()) - timedelta(minutes=LATE_MINUTES)
    last = Merge.select().where(Merge.back_at.is_null()).order_by(Merge.id.desc()).limit(LATE_MERGES)
    for made in sorted((merge for merge in last if merge.at > since), key=lambda merge: merge.id):
        model = store.kinds()[made.kind]
        with audit.change(merging_rows.SYSTEM, f"{made.kind}.merged", now=now):
            survivor, other = _held(model(id=made.survivor), model(id=made.merged))
            if other.merged_into == survivor.id:
                merging_rows.move_all(made, model, other, survivor)


def follow(record):
    """Let a record say in short what hangs on it now: its tags, and by which channels not to contact it."""
    tags.follow(record)
    if record.ref.kind == "contact":
        reaching.follow(record)


def counts(*records):
    """[{what: how many}] hangs on each record, for the page that asks before; one statement."""
    kind = records[0].ref.kind
    asked = [(record, name, model, getattr(model, kind)) for record in records for name, model in HANGING[kind]]
    queries = [
        model.select(peewee.fn.COUNT(model.id)).where(column == record.id) for record, _, model, column in asked
    ]
    found = peewee.Select([], queries).bind(store.db).tuples().get()
    said = {record.id: {} for record in records}
    for (record, name, *_), count in zip(asked, found, strict=True):
        said[record.id][name] = count
    return list(said.values())


def _tell(change, survivor, other, people):
    """Owners and watchers of both, and, where accounts were put together, the people who see more from now on."""
    is_account = survivor.ref.kind == "account"
    accounts = [survivor, other] if is_account else [survivor.account]
    ours = {who.ref: who for account in accounts for who in account.staff_for(change.by)}
    said = {"name": survivor.name, "other": other.name, "noun": survivor.ref.kind, "number": survivor.number}
    change.tell(list(ours.values()), "records_merged", **said)
    if is_account and people == "both":
        members = Membership.in_account(survivor).order_by(Membership.login)
        change.tell(
            [place.login.recipient for place in members], "accounts_joined", name=survivor.name, other=other.name
        )


def merged_into(record):
    """[Merge] that were put into a record and stand, the newest first."""
    here = (Merge.kind == record.ref.kind) & (Merge.survivor == record.id) & Merge.back_at.is_null()
    return list(Merge.select().where(here).order_by(Merge.id.desc()))


def faults():
    """Sentences about what still hangs on a merged record, for `verify`."""
    for model in (Account, Contact):
        gone = model.select(model.id).where(model.merged_into.is_null(False))
        for table, field in merging_rows.pointers(model):
            if any(merging_rows._uniques(table, field)):
                continue
            rows = table.select(table.id, field).where(field.in_(gone)).tuples()
            for number, record in rows.iterator():
                yield f"{table._meta.table_name} {number} hangs on the merged {model._meta.table_name} {record}"
