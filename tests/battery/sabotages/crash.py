"""What the rows about crashes have to find: transactions that are none, and acknowledgements that come too early."""

from tests.battery.sabotages import Sabotage

AUDIT, STORE = "portal/audit.py", "portal/store.py"
POINTS = "tests/battery/test_crash_points.py::test_an_order_and_a_change_killed_anywhere_happen_once[an order]"
KILLS = "tests/battery/test_kills.py::test_nothing_is_lost_doubled_or_oversold_while_everything_is_killed"
REFUSED = "tests/battery/test_storage_faults.py::test_a_disk_that_refuses_takes_nothing_that_was_acknowledged"
MODEL = "tests/battery/test_model.py::test_a_small_model_agrees_with_the_shop_whatever_happens"
CUT = "tests/battery/test_power_cut.py::test_no_power_cut_loses_what_was_acknowledged"

SABOTAGES = [
    Sabotage(
        "G2", "each statement of a change commits by itself", STORE,
        'with _queue(), db.atomic(), _door("everything"):', 'with _queue(), _door("everything"):', POINTS,
    ),
    Sabotage(
        "G2", "the key of a form is not kept", AUDIT,
        "            _claim_key(by, now)\n        made", "            pass\n        made", POINTS,
    ),
    Sabotage("G4", "a commit does not wait for the disk", STORE, 'onous": "full"', 'onous": "normal"', CUT),
    Sabotage("G4", "a journal in memory", STORE, '"journal_mode": "wal"', '"journal_mode": "memory"', CUT),
    Sabotage(
        "G1", "the key of a form is not kept", AUDIT,
        "            _claim_key(by, now)\n        made", "            pass\n        made", KILLS,
    ),
    Sabotage(
        "G1", "what a database that is away could not take is acknowledged", "portal/web/refusals.py",
        "is_full=troubles.is_without_room(error)))", "is_full=troubles.is_without_room(error)), 303)",
        KILLS, "postgres",
    ),
    Sabotage(
        "G1", "the page about a database that is away asks it who reads it", "portal/web/sessions.py",
        "manager.init_app(app, add_context_processor=False)", "manager.init_app(app)", KILLS, "postgres",
    ),
    Sabotage(
        "G3", "memory that runs out is a fault like any other", "portal/web/refusals.py",
        "for kind in (OSError, MemoryError):", "for kind in (OSError,):", REFUSED,
    ),
    Sabotage(
        "G3", "what could not be written is passed over in silence", "portal/web/forms.py",
        "        except Repeated as earlier:",
        "        except store.troubles.AWAY:\n            result = None\n        except Repeated as earlier:",
        REFUSED,
    ),
    Sabotage(
        "G11", "goods of a cancelled order stay kept", "portal/sales/cancelling.py",
        "reserved=OrderLine.reserved - free)", "reserved=OrderLine.reserved - 0)", MODEL,
    ),
    Sabotage(
        "G11", "a form that was sent before is carried out again", AUDIT,
        "            _claim_key(by, now)\n        made", "            pass\n        made", MODEL,
    ),
]  # fmt: skip
