"""What the rows about files have to find."""

from tests.battery.sabotages import Sabotage

KINDS = "tests/battery/test_file_kinds.py"

SABOTAGES = [
    Sabotage(
        "D1", "a page is kept as plain words", "portal/files.py",
        "_MARKUP.match(text) or ", "", f"{KINDS}::test_every_kind_is_judged_by_its_content_whatever_it_is_called",
    ),
    Sabotage(
        "D1", "four letters make a PDF", "portal/files.py",
        'guess.mime != "application/pdf" or _PDF.match(data)', "True",
        f"{KINDS}::test_what_is_two_things_at_once_is_kept_as_one_or_not_at_all",
    ),
    Sabotage(
        "D4", "archives are kept", "portal/files.py", '"text/plain", "text/csv")\nENDINGS',
        '"text/plain", "text/csv", "application/zip")\nENDINGS', f"{KINDS}::test_no_archive_is_ever_unpacked",
    ),
    Sabotage(
        "D4", "a packed table may grow without end", "portal/exchange/importing_files.py",
        "if self.tell() > self.most:", "if self.tell() < 0:",
        f"{KINDS}::test_a_packed_table_that_grows_without_end_is_given_up",
    ),
    Sabotage(
        "D5", "giants are decoded", "portal/picture_work.py",
        "if picture.width * picture.height > MAX_PIXELS:", "if picture.width < 0:",
        f"{KINDS}::test_giants_are_refused_from_the_header_and_the_shop_does_not_grow",
    ),
    Sabotage(
        "D5", "the child has all the room there is", "portal/picture_work.py",
        "resource.setrlimit(resource.RLIMIT_DATA, (ROOM_BYTES, ROOM_BYTES))",
        "resource.getrlimit(resource.RLIMIT_DATA)", f"{KINDS}::test_the_child_gets_neither_room_nor_files",
    ),
    Sabotage(
        "D9", "what a photo tells is written again", "portal/picture_work.py",
        "picture.save(target, **SAVING[kind])", "picture.save(target, exif=picture.getexif(), **SAVING[kind])",
        f"{KINDS}::test_nobody_reads_place_or_author_out_of_a_photo",
    ),
]  # fmt: skip
