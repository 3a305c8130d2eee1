"""Tasks for tests: the smallest valid one, written past its verbs."""

from portal import values
from portal.activity.tasks import Task
from tests import make


def task(owner, title="Call about the rice", **fields):
    """An open task of an employee, due today, which he gave to himself."""
    start = {"due_on": values.shop_day(), "made_by": owner}
    return make.found_by(make.row(Task, **start | fields, owner=owner, title=title))
