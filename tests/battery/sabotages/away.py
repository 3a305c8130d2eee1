"""Faults in what is said and kept while the database is away or the disk is full."""

from tests.battery.sabotages import Sabotage

AWAY = "tests/battery/test_postgres_away.py"
FULL = "tests/battery/test_disk_full.py::test_a_full_disk_is_said_and_over_when_there_is_room"
KEPT = f"{AWAY}::test_a_form_sent_while_the_database_is_away_is_kept_and_sent_again"

SABOTAGES = [
    Sabotage(
        "G5", "a database that is away is a fault like any other", "portal/web/refusals.py",
        "for kind in troubles.AWAY:", "for kind in ():", KEPT, "postgres",
    ),
    Sabotage(
        "G6", "what the full disk took back is taken back once more", "portal/store.py",
        "if self.connection().in_transaction:", "if True:",
        FULL,
    ),
    Sabotage(
        "G6", "a file that finds no room is a fault like any other", "portal/web/refusals.py",
        "for kind in (OSError, MemoryError):", "for kind in ():",
        FULL,
    ),
]  # fmt: skip
