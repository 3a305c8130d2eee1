"""Employees: the shop's people, their role, team and manager."""

import peewee

from portal import store, values
from portal.people.logins import Login
from portal.people.teams import Team


class Employee(store.Versioned):
    """Somebody who works here; a login is optional (imported staff have none until invited)."""

    name = peewee.CharField(max_length=200)
    email = peewee.CharField(max_length=320, default="")
    phone = peewee.CharField(max_length=60, default="")
    job_title = peewee.CharField(max_length=120, default="")
    department = peewee.CharField(max_length=120, default="")
    role = peewee.CharField(max_length=12, default="rep")  # rep, manager, admin
    team = peewee.ForeignKeyField(Team, null=True)
    manager = peewee.ForeignKeyField("self", null=True)
    login = peewee.ForeignKeyField(Login, null=True, unique=True)
    hired_on = peewee.DateField(null=True)
    is_active = peewee.BooleanField(default=True)
    created_at = store.MomentField(default=values.now)

    @property
    def recipient(self):
        """This employee as somebody to be told: inbox and language of the login, else mail alone."""
        if self.login is None:
            return values.Recipient(self.ref, self.name, self.email or None, channels=("mail",))
        return values.Recipient(self.ref, self.name, self.login.email, self.login.language)
