"""What the rows about files in a browser have to find."""

from tests.battery.sabotages import Sabotage

OPENED = "tests/battery/test_files_opened.py::test_a_file_is_only_ever_saved"

SABOTAGES = [
    Sabotage(
        "D2", "files come without a sandbox", "portal/web/file_pages.py",
        'SANDBOX = "default-src \'none\'; sandbox"', 'SANDBOX = "default-src \'none\'"', OPENED,
    ),
    Sabotage(
        "D2", "browsers may guess what a file is", "portal/web/headers.py",
        '    "X-Content-Type-Options": "nosniff",\n', "", OPENED,
    ),
]  # fmt: skip
