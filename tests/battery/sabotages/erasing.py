"""What the row about erasing a person has to find."""

from tests.battery.sabotages import Sabotage

ERASING = "tests/battery/test_erasing.py"
HOUSEHOLD = f"{ERASING}::test_of_a_household_nothing_is_left_but_what_the_law_asks"

SABOTAGES = [
    Sabotage(
        "I9", "the audit goes on naming whoever did it", "portal/whole/erasing_rows.py",
        "self.heads = forgetting.drop_names(self.person.actors)", "self.heads = None", HOUSEHOLD,
    ),
    Sabotage(
        "I9", "a name goes and the seal over it stays as it was", "portal/forgetting.py",
        "        _seal_anew(first)\n", "        pass\n", HOUSEHOLD,
    ),
    Sabotage(
        "I9", "the database keeps what stood in its free pages", "portal/whole/erasing_traces.py",
        'store.db.execute_sql("VACUUM")\n            store.db.execute_sql("PRAGMA',
        'store.db.execute_sql("PRAGMA', HOUSEHOLD,
    ),
    Sabotage(
        "I9", "files wait for the sweeper", "portal/whole/erasing.py",
        "        files.remove(eraser.hashes)\n", "        files.sweep()\n", HOUSEHOLD,
    ),
    Sabotage(
        "I9", "everybody is signed out for good", "portal/whole/erasing_rules.py",
        "    e.drop(Session, mine)\n", "    e.drop(Session, Session.id > 0)\n", HOUSEHOLD,
    ),
    Sabotage(
        "I9", "a restored copy brings the person back", "portal/whole/erasing.py",
        "    again(data, now)\n    for erasure", "    for erasure",
        f"{ERASING}::test_who_was_erased_is_erased_again_once_a_copy_of_before_is_restored",
    ),
    Sabotage(
        "I9", "a restore asks nobody who was erased since", "portal/backup_verbs.py",
        "erasing_traces.write_down(shop.data, erased or [])", "erasing_traces.write_down(shop.data, [])",
        "tests/battery/test_erased_again.py::test_who_was_about_to_be_erased_is_erased_in_what_comes_back",
    ),
    Sabotage(
        "I9", "a restore leaves the erasing for later", "portal/whole/erasing_again.py",
        "    for erasure in made:\n", "    for erasure in made[:0]:\n",
        "tests/battery/test_erased_again.py::test_who_was_erased_since_stays_erased_wherever_a_backup_comes_back",
    ),
]  # fmt: skip
