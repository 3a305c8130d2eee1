"""Saved views: names for addresses of lists, one's own or shared, and the one a person's list begins with."""

import peewee

from portal import audit, fields, store, values
from portal.errors import Invalid, NotFound
from portal.fields import STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee
from portal.people.teams import Team

SHARED = ("", "team", "all")
LONGEST_QUERY = 1000
MOST_VIEWS = 30  # of one person over one list

VIEW_FIELDS = Table(
    "saved_view",
    Field("number", "number", STAFF, sort=True),
    Field("name", "text", STAFF, STAFF, sort=True, longest=60, is_required=True),
    Field("place", "text", STAFF, filter=True, longest=120),
    Field("query", "text", STAFF, longest=LONGEST_QUERY),
    Field("shared", "choice", STAFF, fields.MANAGERS, filter=True, choices=SHARED),
    Field("employee", "link", STAFF, filter=True),
    Field("created_at", "moment", STAFF),
)


def _own(actor, view):
    """One's own; and what somebody who left has shared stays in the hands of admins."""
    return view.employee_id == actor.employee or (actor.role == "admin" and bool(view.shared))


policy.allow("views.see", policy.STAFF)
policy.allow("views.save", policy.STAFF)
policy.allow("views.edit", policy.STAFF, when=_own)
policy.allow("views.share", policy.MANAGERS)


class SavedView(store.Versioned):
    """A name for what a list shows: `place` is its path, `query` the rest of its address."""

    employee = peewee.ForeignKeyField(Employee)
    place = peewee.CharField(max_length=120)
    name = peewee.CharField(max_length=60)
    query = peewee.CharField(max_length=LONGEST_QUERY, default="")
    shared = peewee.CharField(max_length=8, default="")  # "" is one's own, "team", "all"
    team = peewee.ForeignKeyField(Team, null=True)  # whose, when it is shared with a team
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("employee", "place", "name"), True), (("place",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of one's own views and those that are shared with everybody or one's team."""
        if not actor.is_staff or actor.employee is None:
            raise NotFound()
        teams = (cls.shared == "team") & cls.team.in_(list(actor.teams))
        return cls.select().where((cls.employee == actor.employee) | (cls.shared == "all") | teams)

    @classmethod
    def over(cls, place, actor):
        """Query of the views over one list, each with `is_first`: whether this person's list begins with it."""
        chosen = FirstView.view.is_null(False).alias("is_first")
        mine = (FirstView.view == cls.id) & (FirstView.employee == actor.employee)
        query = cls.visible_to(actor).select_extend(chosen).join(FirstView, peewee.JOIN.LEFT_OUTER, on=mine)
        return query.where(cls.place == place).order_by(cls.name, cls.id)

    @property
    def address(self):
        return f"{self.place}?{self.query}" if self.query else f"{self.place}?view=all"

    @classmethod
    def save_as(cls, *, by, place, name, query, shared="", now=None):
        """Keep an address under a name; one's own view of that name over the same list is replaced.

        Raises Invalid: field-needed, text-too-long, text-unreadable on "name", "place" and "query", field-not-yours
        on "shared" (for managers), view-too-many on "name".
        """
        kept = VIEW_FIELDS.clean({"name": name, "query": query, "shared": shared or ""})
        given, place = _shared(by, kept.pop("shared")), VIEW_FIELDS["place"].clean(place)
        mine = (cls.employee == by.employee) & (cls.place == place)
        with audit.change(by, "view.saved", now=now) as change:
            row = cls.get_or_none(mine & (cls.name == kept["name"]))
            if row:
                change.subject = row.ref
                change.update(row, query=kept["query"], **given)
                return row
            if cls.select().where(mine).count() >= MOST_VIEWS:
                raise Invalid(name=("view-too-many", {"most": MOST_VIEWS}))
            with store.taken(name="view-known"):
                return change.create(cls, employee=by.employee, place=place, created_at=change.now, **kept, **given)

    def edit(self, *, by, version=None, name=None, shared=None):
        """Another name, or other people who see it. Raises Invalid as `save_as`, view-known on "name", Stale."""
        given = {} if name is None else VIEW_FIELDS.clean({"name": name})
        if shared is not None and shared != self.shared:
            given |= _shared(by, VIEW_FIELDS.clean({"shared": shared})["shared"])
        with audit.change(by, "view.edited", self) as change, store.taken(name="view-known"):
            change.update(self, version=version, **given)
            if given.get("shared") == "":
                FirstView.delete().where((FirstView.view == self) & (FirstView.employee != self.employee)).execute()
        return self

    def remove(self, *, by):
        """Forget it, also as the first of those who began with it."""
        with audit.change(by, "view.removed", self) as change:
            FirstView.delete().where(FirstView.view == self).execute()
            change.delete(self)
        return self

    def begin_with(self, *, by):
        """This person's list begins with this view from now on."""
        with audit.change(by, "view.chosen", self) as change:
            _forget_first(by, self.place)
            change.create(FirstView, employee=by.employee, place=self.place, view=self)
        return self

    def begin_without(self, *, by):
        """This person's list begins with everything again."""
        with audit.change(by, "view.unchosen", self) as change:
            if _forget_first(by, self.place):
                change.happened()
        return self


class FirstView(store.Model):
    """The view that a person's list begins with; one for each list."""

    employee = peewee.ForeignKeyField(Employee)
    place = peewee.CharField(max_length=120)
    view = peewee.ForeignKeyField(SavedView)

    class Meta:
        indexes = ((("employee", "place"), True),)


def _forget_first(by, place):
    return FirstView.delete().where((FirstView.employee == by.employee) & (FirstView.place == place)).execute()


def _shared(by, shared):
    """{"shared": …, "team": …} as this person may share."""
    if shared and not policy.may(by, "views.share"):
        raise Invalid(shared="field-not-yours")
    if shared == "team" and not by.teams:
        raise Invalid(shared="view-without-team")
    return {"shared": shared, "team": by.teams[0] if shared == "team" else None}
