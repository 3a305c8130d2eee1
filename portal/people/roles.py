"""Roles that the shop makes of the base roles: whose accounts they see, what they do, which fields they work with."""

import json
from functools import lru_cache

import peewee

from portal import audit, fields, masking, store
from portal.errors import Invalid, NotFound
from portal.fields import NOBODY, STAFF, Field, Table
from portal.people import policy
from portal.values import NO_LIMITS, Limits

BASES = ("rep", "manager")  # an admin's rights are never narrowed, or nobody could widen them again
REACHES = ("own", "team", "all")
FULL, LOOK, NONE = "full", "look", "none"
LEVELS = (FULL, LOOK, NONE)
ADMIN = frozenset(policy.ADMINS)
# What a role can be kept from: an area as people name it, and the first words of the actions in it.
AREAS = {
    "accounts": (
        "accounts", "addresses", "moves", "looks", "memberships", "invitations", "order_stops", "tags", "duplicates",
    ),
    "contacts": ("contacts", "affiliations", "likings"),
    "tasks": ("tasks", "task_plans"),
    "interactions": ("interactions", "calendar"),
    "mailbox": ("mailbox", "mail_templates"),
    "leads": ("leads", "order_forms"),
    "orders": ("orders", "approvals"),
    "shipments": ("shipments",),
    "stock": ("stock",),
    "invoices": ("invoices", "statements", "reminders"),
    "payments": ("payments", "bank"),
    "catalogue": ("catalogue", "demand", "wishes"),
    "prices": ("prices", "groups"),
    "returns": ("returns",),
    "warranties": ("warranties", "claims"),
    "requests": ("requests", "data_requests", "erasures"),
    "cases": ("cases",),
    "articles": ("articles",),
    "imports": ("imports",),
    "files": ("files",),
    "journal": ("journal", "bin"),
    "audit": ("audit",),
}  # fmt: skip
# Nouns whose fields a role may be kept from, in the order of the page.
NOUNS = (
    "account", "contact", "address", "interaction", "order", "invoice", "payment", "product", "lead", "case",
    "warranty",
)  # fmt: skip

FIELDS = Table(
    "staff_role",
    Field("name", read=STAFF, write=ADMIN, is_required=True, longest=80),
    Field("base", "choice", STAFF, ADMIN, choices=BASES, is_required=True),
    Field("reach", "choice", STAFF, ADMIN, choices=REACHES, is_required=True),
    Field("number", read=STAFF, write=NOBODY),
)

policy.allow("roles.manage", policy.ADMINS)


class StaffRole(store.Versioned):
    """A base role, narrowed. `standard` is the base whose employees have it when no role of their own is named."""

    name = peewee.CharField(max_length=80, unique=True)
    base = peewee.CharField(max_length=12)
    standard = peewee.CharField(max_length=12, null=True, unique=True)
    reach = peewee.CharField(max_length=8, default="team")
    areas = peewee.TextField(default="{}")  # {"payments": "none"}: levels of what is not full
    rights = peewee.TextField(default="{}")  # {"contact.born_on": "look"}: the same of fields

    @classmethod
    def visible_to(cls, actor):
        """Query of the roles: all of them for staff, none for others."""
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        return cls.select()

    @classmethod
    def add(cls, *, by, name, base, reach="team"):
        """A new role, as wide as its base. Raises Invalid by field; name="role-known"."""
        kept = FIELDS.clean({"name": name, "base": base, "reach": reach})
        with store.taken(name="role-known"), audit.change(by, "staff_role.added") as change:
            return change.create(cls, **kept)

    @classmethod
    def arrange(cls, *, by, base, name):
        """The role of everybody of a base who has none of his own, to be narrowed; made when it is first wanted."""
        base = FIELDS["base"].clean(base)
        found = cls.get_or_none(cls.standard == base)
        if found:
            return found
        with store.taken(name="role-known"), audit.change(by, "staff_role.added") as change:
            return change.create(cls, name=FIELDS["name"].clean(name), base=base, standard=base)

    def edit(self, *, by, version=None, **typed):
        """Rename it, change its reach, and say by area how far it is open. Raises Invalid by field, Stale."""
        areas = {name: typed.pop(name) for name in AREAS if name in typed}
        _check_levels(areas, dict.fromkeys(AREAS, LEVELS))
        kept = FIELDS.clean(typed) | {"areas": _narrowed(self.area_levels | areas)}
        with store.taken(name="role-known"), audit.change(by, "staff_role.edited", self) as change:
            change.update(self, version=version, **kept)
        return self

    def allow_fields(self, *, by, noun, version=None, **rights):
        """Say by field of a noun how far it is open. Raises Invalid by field, Stale."""
        if noun not in NOUNS:
            raise NotFound()
        _check_levels(rights, {name: self.levels_of(noun, name) for name in self.open_fields(noun)})
        others = {key: level for key, level in self.field_levels.items() if key.partition(".")[0] != noun}
        kept = _narrowed(others | {f"{noun}.{name}": level for name, level in rights.items()}, self)
        with audit.change(by, "staff_role.edited", self) as change:
            change.update(self, version=version, rights=kept)
        return self

    def remove(self, *, by):
        """Forget a role that nobody has. Raises Invalid(role="role-in-use"): the database is the judge."""
        with store.taken(role="role-in-use"), audit.change(by, "staff_role.removed", self) as change:
            change.delete(self)

    @property
    def area_levels(self):
        """{area: level} of what is not full."""
        return json.loads(self.areas)

    @property
    def field_levels(self):
        """{"noun.field": level} of what is not as the base role has it."""
        return json.loads(self.rights)

    def open_fields(self, noun):
        """Names of the fields of a noun that can be narrowed for this role, in the order of its table."""
        return [f.name for f in fields.TABLES[noun] if len(self.levels_of(noun, f.name)) > 1]

    def levels_of(self, noun, name):
        """The levels that a field may have: full where the base role sets it, none where it may be blank."""
        field, model = fields.TABLES[noun][name], store.kinds()[noun]
        if self.base not in field.read:
            return ()
        levels = (FULL, LOOK) if self.base in field.write else (LOOK,)
        return (*levels, NONE) if masking.can_hide(model, name) else levels

    @property
    def limits(self):
        """What it takes from its base, as Limits."""
        return _limits(self.reach, self.areas, self.rights)


@lru_cache(200)
def _limits(reach, areas, rights):
    levels, open_fields = json.loads(areas), json.loads(rights)
    prefixes = {
        level: {p for area, of in levels.items() if of == level for p in AREAS.get(area, ())} for level in LEVELS
    }
    hidden = frozenset(key for key, level in open_fields.items() if level == NONE)
    return Limits(reach, hidden, frozenset(open_fields), frozenset(prefixes[NONE]), frozenset(prefixes[LOOK]))


def limits_of(role):
    """Limits of an employee's role (None: nothing is narrowed)."""
    return role.limits if role is not None and role.id else NO_LIMITS


def _check_levels(levels, allowed):
    wrong = [name for name, level in levels.items() if level not in allowed.get(name, ())]
    if wrong:
        raise Invalid(**dict.fromkeys(wrong, "choice-unknown"))


def _narrowed(levels, role=None):
    """The levels as they are kept: without those that take nothing away."""
    widest = lambda key: role.levels_of(*key.split("."))[0] if role else FULL  # noqa: E731
    return store.canonical({key: level for key, level in sorted(levels.items()) if level != widest(key)})
