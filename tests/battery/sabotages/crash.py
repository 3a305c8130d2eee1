"""What the rows about crashes have to find: transactions that are none, and acknowledgements that come too early."""

from tests.battery.sabotages import Sabotage

AUDIT, STORE = "portal/audit.py", "portal/store.py"
POINTS = "tests/battery/test_crash_points.py::test_an_order_and_a_change_killed_anywhere_happen_once[an order]"

SABOTAGES = [
    Sabotage(
        "G2", "each statement of a change commits by itself", STORE,
        'with _queue(), db.atomic(), _door("everything"):', 'with _queue(), _door("everything"):', POINTS,
    ),
    Sabotage(
        "G2", "the key of a form is not kept", AUDIT,
        "            _claim_key(by, now)\n        made", "            pass\n        made", POINTS,
    ),
]  # fmt: skip
