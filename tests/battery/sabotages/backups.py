"""What the rows about backups have to find."""

from tests.battery.sabotages import Sabotage

BACKUPS = "tests/battery/test_backups.py"
MEANWHILE = f"{BACKUPS}::test_each_backup_made_while_people_order_opens_and_keeps_the_invariants"
BACK = f"{BACKUPS}::test_one_command_brings_a_backup_back_row_for_row_and_file_by_file"
UPGRADE = f"{BACKUPS}::test_an_upgrade_makes_a_backup_first_and_one_command_goes_back"
FLIPPED = f"{BACKUPS}::test_no_flipped_bit_comes_back"

SABOTAGES = [
    Sabotage(
        "I1", "a backup is a copy of the file, without what stands in its log", "portal/exchange/backing_up.py",
        "        source.backup(copy)\n", "        to.write_bytes(Path(database).read_bytes())\n", MEANWHILE,
    ),
    Sabotage(
        "I1", "each table is read at a moment of its own", "portal/exchange/table_copy.py",
        "IsolationLevel.REPEATABLE_READ", "IsolationLevel.READ_COMMITTED", MEANWHILE, database="postgres",
    ),
    Sabotage(
        "I2", "a backup forgets a file", "portal/exchange/backing_up.py",
        "FILE_NAME.fullmatch(name) and content.is_file():", "FILE_NAME.fullmatch(name) and place % 2:", BACK,
    ),
    Sabotage(
        "I2", "a row of each table stays behind", "portal/exchange/restoring.py",
        "yield table, next(lines), lines", "yield table, next(lines), list(lines)[1:]", BACK, database="postgres",
    ),
    Sabotage(
        "I2", "an upgrade makes no backup", "portal/backup_verbs.py",
        "if not waiting or not restoring.is_inhabited(shop):", "if waiting or not restoring.is_inhabited(shop):",
        UPGRADE,
    ),
    Sabotage(
        "I10", "the seal is not looked at", "portal/exchange/archives.py",
        "if key is not None and not hmac.compare_digest(", "if key is None and not hmac.compare_digest(", FLIPPED,
    ),
]  # fmt: skip
