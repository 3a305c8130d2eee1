"""What the rows about names of files have to find."""

from tests.battery.sabotages import Sabotage

NAMES = "tests/battery/test_file_names.py"

SABOTAGES = [
    Sabotage(
        "D3", "direction marks stay in names", "portal/files.py",
        '_NOT_IN_NAMES = {"Cc", "Cf",', '_NOT_IN_NAMES = {"Cc",',
        f"{NAMES}::test_what_is_left_of_a_name_leads_nowhere_and_hides_nothing",
    ),
    Sabotage(
        "D3", "the name of a file is taken for markup", "templates/selfservice/files/_file.html",
        "download>{{ file.name }}</a>", "download>{{ file.name|safe }}</a>",
        f"{NAMES}::test_no_name_becomes_a_path_or_markup_on_its_way_through_the_shop",
    ),
    Sabotage(
        "D7", "percent signs stand in the plain name", "portal/files.py",
        """re.sub(r'[\\\\"%;]', "_", plain)""", """re.sub(r'[\\\\";]', "_", plain)""",
        f"{NAMES}::test_content_disposition_is_exact_for_every_name",
    ),
    Sabotage(
        "D7", "the exact name is not encoded", "portal/files.py", "{quote(name, safe='')}", "{name}",
        f"{NAMES}::test_content_disposition_is_exact_for_every_name",
    ),
]  # fmt: skip
