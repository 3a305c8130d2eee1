"""What the rows about mail have to find."""

from tests.battery.sabotages import Sabotage

SURVIVES = "tests/battery/test_mail_survives.py"
STEP = f"{SURVIVES}::test_a_worker_killed_at_any_step_delivers_after_its_lease"

SABOTAGES = [
    Sabotage(
        "H5", "what a killed worker had in hand is nobody's for ever", "portal/outbox.py",
        "free = row.lease_until.is_null() | (row.lease_until < now) |", "free = row.lease_until.is_null() |",
        f"{STEP}[claimed]",
    ),
    Sabotage(
        "H5", "a mail counts as sent before the server has it", "portal/worker.py",
        "        handlers[row.channel](row)\n", "        outbox.sent(row)\n        handlers[row.channel](row)\n",
        f"{STEP}[rcpt]",
    ),
    Sabotage(
        "H5", "each try is a mail of its own", "portal/web/posting.py",
        "        row.message_id,\n", "        f'<{row.fence}{row.message_id[1:]}',\n", f"{STEP}[dot]",
    ),
    Sabotage(
        "H8", "workers take what another one has in hand", "portal/outbox.py",
        'due = (row.state == "waiting") & (row.due_at <= now) & free',
        'due = (row.state == "waiting") & (row.due_at <= now)',
        f"{SURVIVES}::test_four_workers_and_no_kill_send_no_copy",
    ),
]  # fmt: skip
