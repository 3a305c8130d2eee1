"""What the rows about somebody who left have to find."""

from tests.battery.sabotages import Sabotage

LEFT = "tests/battery/test_signed_out.py::test_neither_back_nor_forward_nor_storage_tells_of_who_was_here"

SABOTAGES = [
    Sabotage(
        "E8", "browsers may keep pages, and keep them after the sign-out", "portal/web/headers.py",
        """else "no-store"
    if request.method == "POST" and""",
        """else "private, max-age=600"
    if request.method == "GET" and""", LEFT,
    ),
    Sabotage(
        "E8", "the script remembers where somebody was", "static/suki.js",
        "  sayKeys();\n})();", "  sayKeys();\n  sessionStorage.setItem('last', document.title);\n})();", LEFT,
    ),
]  # fmt: skip
