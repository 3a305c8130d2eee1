"""What the rows about exports have to find."""

from tests.battery.sabotages import Sabotage

EXPORTS = "tests/battery/test_exports.py"

SABOTAGES = [
    Sabotage(
        "C5", "lists guard no cell", "portal/web/feeds.py", "return guarded(value)", "return value",
        f"{EXPORTS}::test_no_cell_of_any_export_is_a_formula_and_each_reads_back_as_it_was",
    ),
    Sabotage(
        "C5", "a line break before a formula goes through", "portal/exchange/importing_files.py",
        '"\\t", "\\r", "\\n",', '"\\t", "\\r",',
        f"{EXPORTS}::test_no_cell_of_any_export_is_a_formula_and_each_reads_back_as_it_was",
    ),
    Sabotage(
        "C5", "what a customer takes along guards no cell", "portal/web/dossier_files.py",
        "feeds.cell(_flat(value))", "_flat(value)", f"{EXPORTS}::test_what_a_customer_takes_along_holds_no_formula",
    ),
    Sabotage(
        "C5", "the importer keeps the apostrophe", "portal/exchange/importing_files.py",
        """if cell[:1] == "'" and cell.lstrip""", """if cell[:1] == "~" and cell.lstrip""",
        f"{EXPORTS}::test_an_export_that_is_brought_in_again_changes_nothing",
    ),
]  # fmt: skip
