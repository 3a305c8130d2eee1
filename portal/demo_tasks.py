"""The demo shop has things to do: a plan for new accounts, tasks of every day, and some that somebody forgot."""

from datetime import timedelta

from portal import values
from portal.activity import plan_starting, task_doing
from portal.activity.task_plans import TaskPlan
from portal.activity.tasks import Task
from portal.customers.accounts import Account

WELCOME = (  # title, days after the start, who
    ("Call and thank for the first order", 0, "owner"),
    ("Agree on the delivery day and who receives the goods", 2, "owner"),
    ("Send the price list and the order form", 3, "owner"),
    ("Look at the first three orders together", 21, "owner"),
    ("Offer a credit limit that fits", 45, "manager"),
)
AUDIT = (
    ("Ask for the mayor's permit and tax registration", 0, "owner"),
    ("Visit the kitchen or the store", 7, "owner"),
    ("Set the payment terms", 10, "manager"),
)
# who (index of sellers), account (name or ""), title, days from today, hour, priority, more
TASKS = (
    (1, "Golden Palayok", "Bring samples of the new dinorado", 0, "10:30", "high", {}),
    (1, "Panaderya Dolor", "Ask about flour for December", 0, "", "normal", {"text": "They baked 40 % more last year."}),
    (1, "JBT Hardware", "Send the quote for 200 bags of cement", -2, "", "high", {}),
    (1, "Kantina ng San Roque", "Collect the signed delivery notes", -1, "", "normal", {}),
    (1, "Kapihan sa Kanto", "Find out why the cups were late", 1, "", "normal", {}),
    (1, "Tres Marias Catering", "Plan the wedding season with Marites", 4, "14:00", "normal",
     {"steps": "Guest numbers of last year\nRice and oil per month\nWho takes deliveries on Sundays"}),
    (1, "", "Count the sample bags in the car", 0, "", "low", {"repeats": "weekly", "repeat_days": "mon"}),
    (1, "", "Send the weekly list of visits to Teresa", 2, "", "normal", {"repeats": "weekly", "repeat_days": "fri"}),
    (2, "ครัวคุณแม่ บางจาก", "โทรถามเรื่องข้าวหอมมะลิถุงใหม่", 0, "09:30", "normal", {}),
    (2, "Siam Garden Deli", "Agree on prices for the new year", -3, "", "normal", {}),
    (0, "Golden Palayok", "Decide on their credit limit", 0, "", "high", {}),
    (0, "", "Prepare the goals of December", 6, "", "normal", {"steps": "Metro Manila\nLuzon at Visayas\nKrung Thep"}),
    (0, "", "Close the books of the month", 8, "", "normal",
     {"repeats": "monthly", "remind_days": 3, "is_private": True}),
)  # fmt: skip
GIVEN = (1, "Carinderia Aurora", "Take the broken tub back and bring a new one", 0)  # by the manager, to a rep


def fill(people, now):
    """`people` are the manager and the reps who look after Manila and Bangkok; everybody is told nothing."""
    manager, rep, _ = people
    began = now - timedelta(days=60)
    for name, steps in (("Welcome to a new account", WELCOME), ("Opening credit", AUDIT)):
        TaskPlan.make(by=manager, name=name, steps=[_step(*step) for step in steps], now=began)
    for who, account, title, days, hour, priority, more in TASKS:
        _add(people[who], account, title, days, now, due_time=hour, priority=priority, **more)
    to, account, title, days = GIVEN
    _add(manager, account, title, days, now, owner=people[to].employee)
    _past(rep, now)
    _follow_up(people, now)


def _step(title, days, who):
    return {"title": title, "after_days": str(days), "who": who}


def _add(by, account, title, days, now, *, remind_days=None, **more):
    due_on = values.shop_day(now) + timedelta(days=days)
    if remind_days is not None:
        more["remind_on"] = due_on - timedelta(days=remind_days)
    about = Account.get_or_none(Account.name == account) if account else None
    given_at = now - timedelta(days=max(2, 2 - days), hours=3)
    return Task.add(title, by=by, about=about and about.ref, due_on=due_on, now=given_at, **more)


def _past(rep, now):
    """A plan that is half done, and a task done this morning."""
    account = Account.get(Account.name == "Himala Laundry")
    plan = TaskPlan.get(TaskPlan.name == "Welcome to a new account")
    began = now - timedelta(days=3)
    started = plan_starting.start(plan, account.ref, by=rep, begins_on=values.shop_day(began), now=began)
    for number, task in enumerate(started[:2]):
        task_doing.finish(task, by=rep, now=began + timedelta(hours=20 * (number + 1)))
    done = _add(rep, "Golden Palayok", "Confirm the delivery window", 0, now)
    task_doing.finish(done, by=rep, now=now - timedelta(hours=1))


def _follow_up(people, now):
    """What talks of long ago asked for was done on the next day."""
    by_employee = {person.employee: person for person in people}
    long_ago = values.shop_day(now) - timedelta(days=10)
    for task in Task.select().where((Task.state == "open") & (Task.due_on < long_ago)):
        done_at = values.shop_midnight(task.due_on) + timedelta(days=1, hours=10)
        task_doing.finish(task, by=by_employee.get(task.owner_id, people[0]), now=done_at)
