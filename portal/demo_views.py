"""The demo shop's shared views: what a rep, the shelf and the one who looks after the accounts open each morning."""

from dataclasses import replace

from portal.activity.views import SavedView
from portal.people import employees

VIEWS = (
    ("/staff/orders", "Waiting for us", "state=placed&sort=number"),
    ("/staff/orders", "Mine this week", "rep=me&placed_at.from=today-7&sort=-total"),
    ("/staff/accounts", "Mine", "owner=me"),
    ("/staff/accounts", "Looked after by nobody", "owner=none&columns=number,name,kind,phone,country,created_at"),
    ("/staff/catalogue", "Running out", "stock=low&sort=stock"),
)


def keep(manager, began):
    """Share them with everybody, kept by the manager."""
    by = replace(employees.actor_for(manager.login), is_quiet=True)
    for place, name, query in VIEWS:
        SavedView.save_as(by=by, place=place, name=name, query=query, shared="all", now=began)
