"""Faults in what is shipped: an old part, a broken rule, a start that should be refused, an open door."""

from tests.battery.sabotages import Sabotage

PARTS = "tests/battery/test_packages.py::test_every_part_is_pinned_and_none_is_known_to_be_faulty"
LOOKED = "tests/battery/test_packages.py::test_all_parts_were_looked_through_as_often_as_promised"
RULES = "tests/battery/test_house_rules.py::test_the_code_keeps_the_rules"
REASONS = "tests/battery/test_house_rules.py::test_no_exception_is_made_without_a_reason"
REFUSED = "tests/battery/test_preflight.py::test_a_bad_setting_is_refused_with_one_line"
ASKED = "tests/battery/test_shipped.py::test_only_database_and_mail_server_are_asked"
OPEN = "tests/battery/test_shipped.py::test_nothing_was_left_open"

SABOTAGES = [
    Sabotage("J1", "an old Flask is pinned", "requirements.txt", "\nflask==3.1.3", "\nflask==3.1.2", PARTS),
    Sabotage(
        "J1", "nobody looked through the parts for years", "pyproject.toml",
        "looked_through = 20", "looked_through = 19",
        LOOKED,
    ),
    Sabotage(
        "J2", "a proof is compared as a text", "portal/people/proofs.py",
        "return hmac.compare_digest(given.encode(), ours.encode())",
        "given_proof, our_proof = given, ours\n    return given_proof == our_proof",
        RULES,
    ),
    Sabotage(
        "J2", "a rule is left out without a reason", "portal/migrations/running.py",
        "# noqa: S608 names of ours", "# noqa: S608",
        REASONS,
    ),
    Sabotage(
        "J4", "plain http is taken for the whole world", "portal/preflight.py",
        'elif base.scheme == "http" and base.hostname not in LOOPBACK:', "elif False:",
        REFUSED,
    ),
    Sabotage(
        "J4", "PostgreSQL on another machine may be spoken to in the clear", "portal/preflight.py",
        'ENCRYPTED = ("require", ', 'ENCRYPTED = ("prefer", "allow", "disable", "require", ',
        "tests/battery/test_preflight.py::test_what_goes_to_another_machine_is_encrypted_or_was_asked_for",
    ),
    Sabotage(
        "J7", "the worker asks somebody else whether there is a newer version", "portal/serving.py",
        "import threading\n",
        'import threading\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", 9))\n',
        ASKED,
    ),
    Sabotage(
        "J8", "a page for whoever mends it is left in", "wsgi.py",
        "    guard_fields()\n    return app",
        '    guard_fields()\n    app.add_url_rule("/version", view_func=lambda: "Suki")\n    return app',
        OPEN,
    ),
]  # fmt: skip
