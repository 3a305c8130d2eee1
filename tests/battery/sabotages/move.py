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

CROWDS = "tests/battery/test_crowds.py"
TEN_TIMES = f"{CROWDS}::test_of_ten_times_the_load_as_much_is_answered_as_can_be_and_the_rest_hears_so_at_once"
TOLD = f"{CROWDS}::test_who_is_turned_away_is_told_so_in_a_page_with_every_header"
NO_FORM_LOST = f"{CROWDS}::test_restarts_lose_no_form"

SABOTAGES = [
    Sabotage(
        "G13", "nobody is turned away", "portal/usher.py",
        "waiting(listener) - LINE", "waiting(listener) - 9_999", TEN_TIMES,
    ),
    Sabotage(
        "G13", "the refusal at the door lacks its headers", "portal/web/refusals.py",
        'answer.headers.update(app.config["HEADERS_OF_REFUSALS"] | {"Retry-After": str(RETRY_SECONDS)})',
        'answer.headers["Retry-After"] = str(RETRY_SECONDS)',
        TOLD,
    ),
    Sabotage(
        "G14", "the socket is not handed on", "portal/serving.py",
        "self.listener.set_inheritable(True)", "self.listener.set_inheritable(False)", NO_FORM_LOST,
    ),
    Sabotage(
        "G16", "a silent line holds a thread", "portal/lending.py",
        "    except BlockingIOError:\n        return 1", "    except BlockingIOError:\n        return 0",
        f"{CROWDS}::test_eight_tabs_show_their_pages_beside_500_idle_lines",
    ),
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
