"""What the rows about mail have to find."""

from tests.battery.sabotages import Sabotage

SURVIVES = "tests/battery/test_mail_survives.py"
STEP = f"{SURVIVES}::test_a_worker_killed_at_any_step_delivers_after_its_lease"

QUEUE = "tests/battery/test_mail_queue.py"

SABOTAGES = [
    Sabotage(
        "H6", "what people are called is taken for a part of the letter", "portal/web/mail.py",
        "autoescape=True", "autoescape=False",
        "tests/battery/test_letters_whole.py::test_letters_are_whole_whatever_people_are_called",
    ),
    Sabotage(
        "H1", "of those who are told one gets a letter", "portal/audit.py",
        "outbox.Outbox.insert_many(wished).execute()", "outbox.Outbox.insert_many(wished[:1]).execute()",
        f"{QUEUE}::test_what_is_told_is_what_goes_out_and_what_is_taken_back_tells_nobody",
    ),
    Sabotage(
        "H2", "a server that is away uses up the tries of its letters", "portal/outbox.py",
        "    if age > AWAY_PATIENCE:\n", "    if age > timedelta(days=3):\n",
        f"{QUEUE}::test_a_server_that_was_away_gets_every_letter_in_order[a week]",
    ),
    Sabotage(
        "H2", "letters to one address overtake each other", "portal/outbox.py",
        "where(due & ~peewee.fn.EXISTS(ahead)).order_by(row.due_at, row.id)",
        "where(due).order_by(row.due_at, row.id)",
        f"{QUEUE}::test_a_server_that_was_away_gets_every_letter_in_order[an hour]",
    ),
    Sabotage(
        "H2", "on its return the server gets everything at once", "portal/web/postbox.py",
        "time.sleep(max(0.0, turn - time.monotonic()))", "time.sleep(0)",
        f"{QUEUE}::test_on_its_return_the_server_gets_no_more_than_it_takes",
    ),
    Sabotage(
        "H3", "what is refused for now is given up", "portal/web/postbox.py",
        "    if code >= 500:\n", "    if code >= 400:\n",
        f"{QUEUE}::test_whatever_a_server_does_a_letter_is_sent_waits_or_is_put_before_staff",
    ),
    Sabotage(
        "H4", "letters go out one after the other", "portal/worker.py",
        "LANES = 4 ", "LANES = 1 ", f"{QUEUE}::test_one_poisoned_letter_holds_up_nobody_else",
    ),
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
