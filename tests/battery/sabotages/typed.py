"""What the rows about texts typed in a browser have to find."""

from tests.battery.sabotages import Sabotage

TYPED = "tests/battery/test_typed.py::test_what_is_typed_is_saved_shown_and_read_back_to_the_letter"

SABOTAGES = [
    Sabotage(
        "C1", "the lines of an address are taken for markup", "templates/ui.html",
        "<b>{{ line }}</b>{% else %}{{ line }}{% endif %}",
        "<b>{{ line|safe }}</b>{% else %}{{ line|safe }}{% endif %}",
        TYPED,
    ),
    Sabotage(
        "C1", "what is kept is mended", "portal/fields.py",
        "text = text.strip()\n    if len(text)", 'text = text.strip().replace("&", "and")\n    if len(text)', TYPED,
    ),
]  # fmt: skip
