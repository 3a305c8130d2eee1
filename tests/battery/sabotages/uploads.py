"""What the row about uploads has to find."""

from tests.battery.sabotages import Sabotage

UPLOADS = "tests/battery/test_uploads.py"

SABOTAGES = [
    Sabotage(
        "D6", "forms with files may be of any size", "portal/web/surfaces.py",
        "request.max_content_length = UPLOAD_BYTES if", "request.max_content_length = 1 << 62 if",
        f"{UPLOADS}::test_a_body_without_a_length_is_read_no_further_than_it_may_be",
    ),
    Sabotage(
        "D6", "what customers bring is not counted", "portal/activity/attachments.py",
        "> CUSTOMER_BYTES:", "< 0:", f"{UPLOADS}::test_customers_cannot_fill_the_disk",
    ),
]  # fmt: skip
