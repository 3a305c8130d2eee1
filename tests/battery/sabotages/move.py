"""What the rows about moves, upgrades and a crowd at the door have to find."""

from tests.battery.sabotages import Sabotage

MOVING = "tests/battery/test_moving.py"
THERE_AND_BACK = f"{MOVING}::test_a_shop_goes_to_postgresql_and_back_row_for_row"
KILLED = f"{MOVING}::test_a_move_that_is_killed_leaves_the_source_as_it_is_and_the_target_empty"
FLAT = f"{MOVING}::test_memory_does_not_grow_with_the_rows"

UPGRADING = "tests/battery/test_upgrading.py"
CLIMB = f"{UPGRADING}::test_an_upgrade_from_every_version_keeps_rows_and_ends_as_a_fresh_shop"
CUT = f"{UPGRADING}::test_a_migration_that_is_killed_at_any_statement_leaves_nothing_and_is_completed_by_the_next"
BEFORE = f"{UPGRADING}::test_the_version_before_goes_on_writing_on_the_new_schema"

SABOTAGES = [
    Sabotage(
        "I4", "a step empties what it only had to read", "portal/migrations/0004_staffs_half.py",
        "UPDATE contact SET birthday = CAST(strftime",
        "UPDATE contact SET born_on = NULL, birthday = CAST(strftime",
        CLIMB,
    ),
    Sabotage(
        "I4", "a column comes with another length than in a fresh shop", "portal/migrations/0004_staffs_half.py",
        '"barred", peewee.CharField(max_length=60', '"barred", peewee.CharField(max_length=50', CLIMB, "postgres",
    ),
    Sabotage(
        "I5", "a step is no transaction", "portal/migrations/running.py",
        "        setattr(module, direction, careful)",
        "        setattr(module, direction, careful)\n        module.atomic = False",
        CUT,
    ),
    Sabotage(
        "I6", "a new column wants a value that the version before lacks", "portal/migrations/0004_staffs_half.py",
        '("entry", "deed", peewee.IntegerField(null=True))',
        '("entry", "deed", peewee.IntegerField(default=0))',
        BEFORE,
    ),
    Sabotage(
        "I7", "moments lose their fraction on the way back", "portal/exchange/table_copy.py",
        'return value.isoformat(" ")', 'return value.isoformat(" ", "seconds")', THERE_AND_BACK, "postgres",
    ),
    Sabotage(
        "I7", "rows are kept table by table", "portal/exchange/database_move.py",
        "                target.load(table, source.columns(table), source.rows(table))",
        "                target.load(table, source.columns(table), source.rows(table))\n"
        "                target.connection.commit()",
        KILLED, "postgres",
    ),
    Sabotage(
        "I7", "a table is read whole before it is written", "portal/exchange/database_move.py",
        "source.rows(table))", "list(source.rows(table)))", FLAT, "postgres",
    ),
]  # fmt: skip
