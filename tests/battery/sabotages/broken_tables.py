"""Faults in how files are taken in that are no tables."""

from tests.battery.sabotages import Sabotage

TEST = "tests/battery/test_broken_tables.py::test_a_broken_file_is_refused_in_words_or_read_row_by_row"

SABOTAGES = [
    Sabotage("C8", "a packed file that cannot be read is nobody's mistake", "portal/exchange/run_files.py",
             "    except UNREADABLE as trouble:", "    except KeyError as trouble:", TEST),
]  # fmt: skip
