"""What the rows about hostile input have to find: texts that are mended, run, taken for code or not caught."""

from tests.battery.sabotages import Sabotage

STRINGS = "tests/battery/test_strings.py::test_eight_thousand_texts_are_kept_as_they_are_or_refused"
LINES = "tests/battery/test_strings.py::test_whatever_is_asked_for_one_event_is_one_line_of_the_log"
HOSTILE = "tests/battery/test_hostile.py::test_no_form_breaks"
HEADERS = "tests/battery/test_letter_headers.py::test_no_text_adds_a_header_or_a_receiver"
CALLS = "tests/battery/test_dangerous_calls.py::test_nothing_in_the_product_makes_code_or_programs_out_of_texts"
FAULTS = "tests/battery/test_forced_errors.py::test_a_fault_in_any_route_is_a_plain_page_and_taken_back"
STATES = "tests/battery/test_states.py::test_what_is_illegal_in_a_state_is_refused_and_changes_nothing"
PLACES = "tests/battery/test_templates.py::test_a_place_that_nothing_fills_is_an_error_at_the_form"
RAW = "tests/battery/test_raw_http.py"

SABOTAGES = [
    Sabotage(
        "C13", "what the address asks for is merged into an object", "static/suki.js",
        "  wake(document);\n  sayKeys();\n",
        "  new URLSearchParams(location.search).forEach(function (value, name) {\n"
        '    var at = {}, parts = name.split("."), last = parts.pop();\n'
        "    parts.forEach(function (part) { at = at[part] || {}; });\n"
        "    Reflect.set(at, last, value);\n  });\n  wake(document);\n  sayKeys();\n",
        "tests/battery/test_prototypes.py::test_no_name_in_address_form_or_storage_reaches_a_prototype",
    ),
    Sabotage(
        "C1", "angle brackets are taken out of texts", "portal/fields.py",
        "    text = text.strip()\n    if len(text) > longest:",
        '    text = text.strip().replace("<", "")\n    if len(text) > longest:', STRINGS,
    ),
    Sabotage(
        "C3", "a text stands in the statement itself", "portal/audit.py",
        "        self._changes.append((field, None, None) if secret else (field, old, new))",
        "        self._changes.append((field, None, None) if secret else (field, old, new))\n"
        "        store.db.execute_sql(\"SELECT '\" + str(new).replace(\"'\", \"''\") + \"'\")", STRINGS,
    ),
    Sabotage(
        "C7", "line breaks of a traceback stay as they are", "portal/web/log_lines.py",
        "BELOW + _visible(more) for more in below", "more for more in below", LINES,
    ),
    Sabotage(
        "C9", "a number that no column holds reaches the database", "portal/web/forms.py",
        "int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0", "int(version or 0)",
        HOSTILE,
    ),
    Sabotage(
        "F1", "NUL reaches the verbs", "portal/web/forms.py",
        '"\\0" in text for text', '"\\0\\0" in text for text', HOSTILE, "postgres",
    ),
    Sabotage(
        "C6", "names and subjects stand in the head as they are", "portal/web/postbox.py",
        'return Header(text, "utf-8", header_name=name).encode(linesep="\\r\\n")', "return text", HEADERS,
    ),
    Sabotage(
        "C13", "a value is read by eval", "portal/values.py",
        'text = unicodedata.normalize("NFC", text or "")\n    text = "".join(" " if',
        'text = eval(repr(text or ""))\n    text = "".join(" " if', CALLS,
    ),
    Sabotage(
        "F2", "a body in broken chunks is a mistake of ours", "portal/web/refusals.py",
        "for kind in BROKEN_OFF:", "for kind in ():", f"{RAW}::test_what_is_no_http_is_refused_and_costs_no_worker",
    ),
    Sabotage(
        "F7", "a thread waits for whoever dribbles", "portal/serving.py",
        '"worker_class": lending.Worker,', '"worker_class": "gthread",',
        f"{RAW}::test_what_exhausts_is_refused_while_others_are_answered",
    ),
    Sabotage(
        "F3", "a return that was settled is settled again", "portal/service/returns.py",
        '"settle": ("received",)', '"settle": ("received", "settled")', STATES,
    ),
    Sabotage(
        "F8", "an error tells what it was", "portal/web/refusals.py",
        "    g.actor = values.ANONYMOUS\n    return page(500)", "    return make_response(repr(error), 500)", FAULTS,
    ),
    Sabotage(
        "F8", "an error is logged twice", "portal/web/refusals.py",
        "    g.actor = values.ANONYMOUS\n    return page(500)",
        '    g.actor = values.ANONYMOUS\n    log.error("again %s", error)\n    return page(500)', FAULTS,
    ),
    Sabotage(
        "C4", "an open brace is let be", "portal/service/mail_templates.py",
        'if "{{" in rest or "}}" in rest:', "if False:", PLACES,
    ),
]  # fmt: skip
