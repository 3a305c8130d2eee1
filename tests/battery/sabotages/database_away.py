"""What the rows about a database that is away have to find."""

from tests.battery.sabotages import Sabotage

AWAY = "tests/battery/test_postgres_away.py"
KEPT = f"{AWAY}::test_a_form_sent_while_the_database_is_away_is_kept_and_sent_again"

SABOTAGES = [
    Sabotage(
        "G5", "a database that is away is a fault like any other", "portal/web/refusals.py",
        "for kind in store.AWAY:", "for kind in ():", KEPT, "postgres",
    ),
]  # fmt: skip
