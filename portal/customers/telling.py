"""Telling: who hears of what happens to an account, on the customer's side and on ours."""

from functools import lru_cache

import peewee

from portal import rows
from portal.people import employees
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.people.roles import StaffRole
from portal.values import Recipient

# Which roles in an account are told of a topic besides whoever did it. Viewers look, they are not written to.
TOLD = {
    "account": ("customer_admin",),
    "orders": ("customer_admin", "buyer"),
    "invoices": ("customer_admin", "buyer"),
}


class Told:
    """What an account knows of the people around it; members and watchers stand in modules below it."""

    def keepers(self):
        """(owner, watchers): the employees behind this account, in one query; the owner is at hand afterwards.

        In none where Placed loaded the account with its owner, and nobody watches it.
        """
        if self.__dict__.get("is_watched") is not None and not self.is_watched:
            return self.owner, []
        watcher = self.watcher_set.model
        watching = watcher.select(watcher.employee).where(watcher.account == self)
        people = Employee.select(Employee, Employee.id.in_(watching).alias("watches"))
        people = people.where((Employee.id == self.owner_id) | Employee.id.in_(watching))
        people = list(people.order_by(Employee.name))
        owner = next((person for person in people if person.id == self.owner_id), None)
        if owner:
            self.owner = owner
        return owner, [person for person in people if person.watches]

    def people_for(self, topic, by=None):
        """Who is told of a topic ("account", "orders"): the customer's side and ours; see the two below."""
        if by and by.is_quiet:  # demo data by the thousand tells nobody, so nobody is looked up
            return []
        return self.customers_for(topic, by) + self.staff_for(by)

    def customers_for(self, topic, by=None, contact=None):
        """The people of the account whose role is told of `topic`, whoever of them did it, and the `contact` (id).

        Where nobody has such a role, all its people; where nobody signs in, the account's own address.
        """
        members = _members(self.membership_set.model)(self.id)  # its module stands below this one
        if not members and self.email:
            return [Recipient(self.ref, self.name, self.email, self.language, channels=("mail",))]
        doer = by.ref if by else None
        told = [who for who in members if who.role in TOLD[topic] or who.ref == doer or contact == who.contact_id]
        books = self.billing_email if topic == "invoices" else ""
        copy = [Recipient(self.ref, self.name, books, self.language, channels=("mail",))] if books else []
        return [who.recipient for who in told or members] + copy

    def staff_for(self, by=None):
        """The owner and the watchers who may see the account, but not the employee who did it."""
        doer = (by and by.employee) or 0
        asked = (self.id, self.owner_id or 0, doer)
        keepers, in_team = _keepers(self.watcher_set.model)
        ours = in_team(*asked, self.team_id) if self.team_id else keepers(*asked)
        return [who.recipient for who in ours]


# Asked for each change that is told, so made into SQL once.


@lru_cache
def _members(members):
    """The logins of an account with their role and contact there."""
    return rows.Asked(
        lambda account: (
            Login.select(Login, members.role.alias("role"), members.contact.alias("contact_id"))
            .join(members, on=(members.login == Login.id))
            .where((members.account == account) & members.ended_at.is_null() & Login.is_active)
            .order_by(Login.id)
            .objects()
        )
    )


def _kept_by(watcher, account, owner, doer, team=None):
    """The active owner and watchers of an account without the doer; of the watchers those who see it."""
    watching = Employee.id.in_(watcher.select(watcher.employee).where(watcher.account == account))
    near = StaffRole.reach.is_null() | (StaffRole.reach == "team")  # whose reach is their own sees what he owns
    if team is not None:
        near &= Employee.team == team
    sees = (Employee.role == "admin") | (StaffRole.reach == "all") | near
    told = ((watching & sees) | (Employee.id == owner)) & Employee.is_active & (Employee.id != doer)
    people = Employee.select(Employee, Login).join(Login, peewee.JOIN.LEFT_OUTER)
    return employees.with_role(people).where(told).order_by(Employee.id)


@lru_cache
def _keepers(watcher):
    """Those behind an account, of no team and of one."""
    in_team = rows.Asked(lambda account, owner, doer, team: _kept_by(watcher, account, owner, doer, team))
    return rows.Asked(lambda account, owner, doer: _kept_by(watcher, account, owner, doer)), in_team
