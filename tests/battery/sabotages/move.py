"""What the rows about moves, upgrades and a crowd at the door have to find."""

from tests.battery.sabotages import Sabotage

MOVING = "tests/battery/test_moving.py"
THERE_AND_BACK = f"{MOVING}::test_a_shop_goes_to_postgresql_and_back_row_for_row"
KILLED = f"{MOVING}::test_a_move_that_is_killed_leaves_the_source_as_it_is_and_the_target_empty"
FLAT = f"{MOVING}::test_memory_does_not_grow_with_the_rows"

SABOTAGES = [
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
