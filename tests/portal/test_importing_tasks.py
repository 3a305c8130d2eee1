"""Tasks come in with their people and accounts, open or closed, and hold together afterwards."""

from portal import externals, search
from portal.activity.tasks import Task
from portal.whole import invariants
from tests.imports import ACCOUNTS, bring, table, tally

EMPLOYEES = 'source = "old"\nkey = "no"\n[columns]\nname = "name"\n'
TASKS = """
source = "old"
key = "no"
[columns]
title = "what"
owner = "who"
account = "customer"
due_on = "due"
state = "state"
"""
ROWS = "no,what,who,customer,due,state\n1,Call about rice,7,A1,2026-11-30,open\n2,Send the list,7,,2026-10-01,done\n"


def test_tasks_come_in_with_owner_account_and_state(database, tmp_path):
    bring(table(tmp_path, "no,name\n7,Rhea Cruz\n", "e.csv"), "employees", EMPLOYEES)
    bring(table(tmp_path, "no,name,phone,email\nA1,Corner Store,,\n", "a.csv"), "accounts", ACCOUNTS)
    done = bring(table(tmp_path, ROWS + "3,Nobody’s,99,,,open\n"), "tasks", TASKS)
    assert tally(done) == {"created": 2, "refused": 1}
    call, sent = Task.select().order_by(Task.id)
    assert (call.owner.name, call.account.name, call.state) == ("Rhea Cruz", "Corner Store", "open")
    assert sent.state == "done" and sent.closed_at is not None
    assert externals.record_of("old", "task", "1") == call.id
    assert [row.id for row in Task.select().where(Task.id.in_(search.matches("task", "rice")))] == [call.id]
    assert tally(bring(table(tmp_path, ROWS), "tasks", TASKS)) == {"same": 2}
    assert list(invariants.broken(with_files=False)) == []
