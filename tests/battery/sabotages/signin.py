"""What the rows about signing in, links, headers, cookies and secrets have to find."""

from tests.battery.sabotages import Sabotage

WHO = "tests/battery/test_enumeration.py"
LINKS = "tests/battery/test_mail_links.py"
SECRETS = "tests/battery/test_secrets.py"
LIFE = "tests/battery/test_session_life.py"
RULES = "tests/battery/test_password_rules.py"
NOTICES = "tests/battery/test_sign_in_notices.py"
COOKIES = "tests/battery/test_cookies.py"
CACHE = "tests/battery/test_shared_cache.py"
LEADING = "tests/battery/test_redirects.py"
LOG = "tests/battery/test_security_log.py"
SET_UP = "tests/battery/test_setting_up.py"
HEADERS = "tests/battery/test_headers.py"
EVERY = f"{HEADERS}::test_every_answer_carries_every_header_and_no_private_one_is_kept"

SABOTAGES = [
    Sabotage(
        "B5", "no hash is made for an address that nobody has", "portal/people/passwords.py",
        "    try:\n        return _hasher.verify(kept",
        "    if kept is None:\n        return False\n    try:\n        return _hasher.verify(kept",
        f"{WHO}::test_an_unknown_address_costs_a_hash_as_well",
    ),
    Sabotage(
        "B5", "an unknown address is refused in other words", "portal/people/sign_in.py",
        'raise Invalid(password="sign-in-refused")',
        'raise Invalid(**{"password" if kept else "email": "sign-in-refused"})',
        f"{WHO}::test_every_answer_reads_the_same_for_an_address_that_is_known",
    ),
    Sabotage(
        "B5", "a row is read for known addresses only", "portal/people/sign_in.py",
        "    if not passwords.verify(kept, password):",
        "    if kept:\n        Login.get_by_id(number)\n    if not passwords.verify(kept, password):",
        f"{WHO}::test_every_address_costs_the_same_statements",
    ),
    Sabotage(
        "B5", "a known address takes longer", "portal/people/sign_in.py",
        "    if not passwords.verify(kept, password):",
        "    for _ in range(20 if kept else 0):\n        passwords.verify(kept, password)\n"
        "    if not passwords.verify(kept, password):",
        f"{WHO}::test_no_time_tells_a_known_address_from_an_unknown_one[sign-in]",
    ),
    Sabotage(
        "B8", "a token is not bound to its purpose", "portal/people/links.py",
        "if link.purpose not in purposes or link.kind != kind:", "if link.kind != kind:",
        f"{LINKS}::test_a_link_opens_at_the_address_of_its_purpose_alone",
    ),
    Sabotage(
        "B8", "the proof is not bound to the link", "portal/people/links.py",
        "[self.id, self.purpose, self.kind, self.login_id, self.subject, self.email, self.epoch]", "[self.kind]",
        f"{LINKS}::test_the_proof_of_one_link_opens_no_other",
    ),
    Sabotage(
        "B8", "a look uses the link up", "portal/people/links.py",
        "        raise Expired(link)\n    return link",
        '        raise Expired(link)\n    with store.housekeeping("links"):\n'
        "        Link.update(used_at=values.now()).where(Link.id == link.id).execute()\n    return link",
        f"{LINKS}::test_a_look_uses_nothing_up_and_signs_nobody_in",
    ),
    Sabotage(
        "B8", "an empty token is looked up", "portal/people/links.py",
        "    if not link or not link.is_opened_by(token):", "    if not link:",
        f"{LINKS}::test_odd_tokens_open_nothing",
    ),
    Sabotage(
        "B8", "a link outlives its credential", "portal/people/links.py",
        "overtaken = self.login is not None and (self.login.epoch != self.epoch or not self.login.is_active)",
        "overtaken = False",
        f"{LINKS}::test_a_link_is_over_at_its_moment_and_with_the_credential",
    ),
    Sabotage(
        "B8", "a link is used by everybody who saw it unused", "portal/people/links.py",
        "mine = (Link.id == self.id) & Link.used_at.is_null() & (Link.expires_at > now)",
        "mine = (Link.id == self.id) & (Link.expires_at > now)",
        f"{LINKS}::test_of_a_hundred_who_use_a_link_one_does",
    ),
    Sabotage(
        "E2", "what is too large is refused undressed", "portal/web/headers.py",
        "    for name, value in _standing().items():",
        '    for name, value in {} if response.status_code == 413 else _standing().items():',
        EVERY,
    ),
    Sabotage(
        "E2", "an error page goes out undressed", "portal/web/headers.py",
        "    for name, value in _standing().items():",
        "    for name, value in {} if response.status_code >= 500 else _standing().items():",
        f"{HEADERS}::test_what_breaks_carries_the_headers_too",
    ),
    Sabotage(
        "J2", "a link is drawn by mere chance", "portal/people/form_tokens.py",
        "import secrets\n", "import random\nimport secrets\n",
        "tests/battery/test_sealing.py::test_only_well_known_parts_seal_and_draw",
    ),
    Sabotage(
        "C13", "what is looked for is read as a pattern", "portal/people/passwords.py",
        "re.finditer(re.escape(word), ", "re.finditer(word, ",
        "tests/battery/test_sealing.py::test_no_pattern_is_made_of_what_somebody_typed",
    ),
    Sabotage(
        "A1", "what nobody declared is let through", "portal/people/policy.py",
        "        return action in _roles\n    if actor.role not in _roles.get(action, ())",
        "        return action in _roles\n    if actor.role not in _roles.get(action, SIGNED_IN)",
        "tests/battery/test_policy.py::test_what_nobody_declared_is_nobodys",
    ),
    Sabotage(
        "J3", "new cookies are sealed with the secret of before", "wsgi.py",
        "        SECRET_KEY=settings.secret,", "        SECRET_KEY=settings.secret_before or settings.secret,",
        "tests/battery/test_secrets.py::test_another_secret_signs_nobody_out",
    ),
    Sabotage(
        "B6", "a password runs out", "portal/people/sign_in.py",
        "    if not passwords.verify(kept, password):",
        "    if not passwords.verify(kept, password) or (now or values.now()).year > 2040:",
        f"{RULES}::test_no_password_runs_out",
    ),
    Sabotage(
        "E2", "a plain line does not name its letters", "portal/serving.py",
        "Content-Type: text/plain; charset=utf-8", "Content-Type: text/plain",
        f"{HEADERS}::test_what_the_server_itself_refuses_carries_them_and_repeats_nothing",
    ),
    Sabotage(
        "E2", "hosts below the shop's are left to plain http", "portal/web/headers.py",
        '"; includeSubDomains" if settings.https_below', '"; includeSubDomains" if not settings.https_below',
        f"{HEADERS}::test_browsers_are_kept_to_https_by_every_answer",
    ),
    Sabotage(
        "E2", "the server refuses by itself, undressed", "portal/serving.py",
        '        util.write_error = refusal(self.app.config["HEADERS_OF_REFUSALS"])\n', "",
        f"{HEADERS}::test_what_the_server_itself_refuses_carries_them_and_repeats_nothing",
    ),
    Sabotage(
        "E5", "what is private may be kept", "portal/web/headers.py",
        '"no-cache" if request.endpoint == "static" else "no-store"', '"no-cache"', EVERY,
    ),
    Sabotage(
        "B2", "a page of customers has no way out", "templates/selfservice/layout.html",
        '<form method="post" action="/sign-out">', '<form method="post" action="/out">', EVERY,
    ),
    Sabotage(
        "B10", "addresses are compared case-folded", "portal/values.py",
        "return shown, shown.lower()", "return shown, shown.casefold()",
        "tests/battery/test_confusable_addresses.py::test_no_lookalike_is_taken_for_somebody_else",
    ),
    Sabotage(
        "B10", "a letter goes to the address as it was typed", "portal/people/sign_in.py",
        "change.tell([login.mailbox]", "change.tell([login.recipient.at(request.email)]",
        "tests/battery/test_confusable_addresses.py::test_letters_go_to_kept_addresses_alone",
    ),
    Sabotage(
        "J3", "cookies of the secret of before are forgotten", "wsgi.py",
        "SECRET_KEY_FALLBACKS=[settings.secret_before] if settings.secret_before else [],", "",
        f"{SECRETS}::test_another_secret_signs_nobody_out",
    ),
    Sabotage(
        "J3", "what is new is still signed with the secret of before", "portal/people/keys.py",
        "secret, before = secret.encode(), before.encode()",
        "secret, before = (before or secret).encode(), secret.encode()",
        f"{SECRETS}::test_another_secret_signs_nobody_out",
    ),
    Sabotage(
        "J3", "somebody keeps a key in the tree", "portal/people/keys.py",
        "CHEAP = {", 'SPARE = "4eC39HqLyjWDarjt' + 'T1zdp7dcQvT2xZk8"\nCHEAP = {',
        f"{SECRETS}::test_no_secret_stands_in_the_tree",
    ),
    Sabotage(
        "B1", "the token that the browser gets is shorter than drawn", "portal/web/sessions.py",
        "    login_user(SignedIn(token, session, login))",
        "    login_user(SignedIn(token[:-1], session, login))",
        f"{LIFE}::test_every_way_in_makes_another_token_than_the_browser_brought",
    ),
    Sabotage(
        "B1", "signing out leaves the token good", "portal/people/sessions.py",
        '    _end(Session.token_hash == _digest(token or ""), now)', "    return None",
        f"{LIFE}::test_what_proves_or_ends_something_makes_another_token",
    ),
    Sabotage(
        "B2", "a session does not grow old", "portal/people/sessions.py",
        "self.created_at > now - LONGEST[login.kind]", "True",
        f"{LIFE}::test_a_session_ends_idle_and_ends_old",
    ),
    Sabotage(
        "B3", "a changed sign-in spares the sessions of before", "portal/people/sessions.py",
        "self.epoch == login.epoch and ", "",
        f"{LIFE}::test_what_changes_a_sign_in_ends_its_sessions_with_the_next_request",
    ),
    Sabotage(
        "B4", "guesses are counted in the memory of a process", "portal/people/attempts.py",
        "    return store.db.execute(statement).rowcount > 0",
        '    seen = globals().setdefault("SEEN", {})\n    seen[key] = seen.get(key, 0) + 1\n'
        "    return seen[key] <= most",
        "tests/battery/test_guessing.py::test_sessions_and_limits_hold_over_processes_and_restarts",
    ),
    Sabotage(
        "B4", "a client is known by the address that it names itself", "portal/web/door.py",
        'request.remote_addr or "127.0.0.1"', 'request.headers.get("X-Forwarded-For") or "127.0.0.1"',
        "tests/battery/test_guessing.py::test_sessions_and_limits_hold_over_processes_and_restarts",
    ),
    Sabotage(
        "B6", "common words are known as they stand alone", "portal/people/passwords.py",
        "for word in (*words, *_common()[1]):", "for word in words:",
        f"{RULES}::test_what_everybody_tries_is_refused_with_its_usual_decorations",
    ),
    Sabotage(
        "B6", "what was stolen most often is known as it stands alone", "portal/people/passwords.py",
        'if is_one and _unguessed(f"{text[:start]} {text[end:]}") < OWN_PART:',
        "if is_one and text == text[start:end]:",
        f"{RULES}::test_what_was_found_most_often_is_refused_in_every_usual_length",
    ),
    Sabotage(
        "B6", "a password is cut", "portal/people/passwords.py",
        '(password or "").encode("utf-8", "surrogatepass")', '(password or "")[:72].encode("utf-8", "surrogatepass")',
        f"{RULES}::test_any_text_of_twelve_to_a_thousand_characters_is_taken_as_it_is",
    ),
    Sabotage(
        "B7", "a hash takes too little", "portal/people/passwords.py",
        "MEMORY_KIB, PASSES, LANES = 19_456, 5, 1", "MEMORY_KIB, PASSES, LANES = 4_096, 5, 1",
        f"{RULES}::test_a_hash_costs_what_it_should_and_is_made_anew_when_that_rises",
    ),
    Sabotage(
        "B7", "the trail keeps what is secret", "portal/people/logins.py",
        'SECRET = frozenset({"password_hash"})', "SECRET = frozenset()",
        f"{NOTICES}::test_no_hash_is_written_down_where_a_change_is",
    ),
    Sabotage(
        "B11", "the password is not asked again", "portal/people/security.py",
        "    if not passwords.verify(login.password_hash, password):\n        raise", "    if False:\n        raise",
        f"{NOTICES}::test_what_could_shut_somebody_out_asks_for_the_password_again",
    ),
    Sabotage(
        "B11", "anybody at this browser ends the others", "portal/people/security.py",
        '    prove_again(session, password, now)\n    if scope in ("others", "all"):',
        '    if scope in ("others", "all"):',
        f"{NOTICES}::test_what_could_shut_somebody_out_asks_for_the_password_again",
    ),
    Sabotage(
        "B11", "all data is handed out to any session", "portal/whole/dossier.py",
        "    security.prove_again(session, password, now)\n", "",
        f"{NOTICES}::test_what_could_shut_somebody_out_asks_for_the_password_again",
    ),
    Sabotage(
        "B11", "another token makes an old session young", "portal/people/sessions.py",
        "created_at=since or now,", "created_at=now,",
        f"{NOTICES}::test_who_has_no_password_came_in_just_now",
    ),
    Sabotage(
        "B12", "the address of before is not told", "portal/people/security.py",
        '            change.tell([old], "login_changed", **told(change, login, [changed]) | {"not_me": not_me})\n',
        "",
        f"{NOTICES}::test_a_change_is_told_once_to_each_address",
    ),
    Sabotage(
        "C10", "next leads wherever it says", "portal/web/door.py",
        r'OWN_PATH = re.compile(r"/(?![/\\])[!-~]*", re.ASCII)', 'OWN_PATH = re.compile(r"/.*", re.DOTALL)',
        f"{LEADING}::test_nobody_is_led_elsewhere_after_signing_in",
    ),
    Sabotage(
        "C11", "any name is answered under", "wsgi.py",
        "TRUSTED_HOSTS=trusted_hosts(settings),", "",
        f"{LEADING}::test_under_a_foreign_name_nothing_is_answered",
    ),
    Sabotage(
        "C11", "links in letters do not begin with our address", "portal/web/mail.py",
        "return self.base_url + path", 'return "https://evil.example" + path',
        f"{LEADING}::test_links_in_letters_begin_with_our_address_whoever_asked_under_which_name",
    ),
    Sabotage(
        "E3", "a cookie is open to scripts", "portal/web/door.py",
        "httponly=True", "httponly=False", f"{COOKIES}::test_every_cookie_is_closed",
    ),
    Sabotage(
        "E3", "the cookie of one face opens the other", "portal/people/sessions.py",
        "if session is None or session.login.kind != kind or not session.is_live(now):",
        "if session is None or not session.is_live(now):",
        f"{COOKIES}::test_hostile_cookies_open_nothing_and_break_nothing",
    ),
    Sabotage(
        "E5", "private pages may be kept for a minute", "portal/web/headers.py",
        '"no-cache" if request.endpoint == "static" else "no-store"', '"max-age=60"',
        f"{CACHE}::test_two_people_behind_one_cache_share_no_body",
    ),
    Sabotage(
        "J5", "whose record it was stays unsaid", "portal/web/surfaces.py",
        "                    _note_foreign(on, actor, number)\n", "",
        "tests/battery/test_security_log.py::test_who_tries_a_foreign_record_is_written_down_and_nothing_of_the_record",
    ),
    Sabotage(
        "J5", "a line tells the machine's own time", "portal/web/log_lines.py",
        "    converter = time.gmtime", "    converter = time.localtime",
        "tests/battery/test_security_log.py::test_every_part_writes_its_lines_in_utc_and_says_so",
    ),
    Sabotage(
        "J5", "a line does not say in which request", "portal/web/log_lines.py",
        'g.get("request_id", "-") if has_request_context() else "-"', '"-"',
        f"{LOG}::test_every_event_says_when_what_who_from_where_and_in_which_request",
    ),
    Sabotage(
        "J5", "guesses that are put off leave no line", "portal/web/forms.py",
        '            security.warning("too many attempts at %s", request.path)\n', "",
        f"{LOG}::test_guesses_that_are_put_off_are_written_down",
    ),
    Sabotage(
        "J6", "tokens reach the log", "portal/web/log_lines.py",
        "line, *below = without_secrets(super().format(record))", "line, *below = super().format(record)",
        f"{LOG}::test_no_password_token_or_cookie_reaches_the_log",
    ),
    Sabotage(
        "J10", "an invented admin is there from the start", "portal/people/staff_invitations.py",
        "    waiting = _admins()",
        '    change.create(Login, kind="staff", name="x", email="x@y.example", email_key="x@y.example")\n'
        "    waiting = _admins()",
        f"{SET_UP}::test_a_fresh_shop_knows_no_password",
    ),
    Sabotage(
        "J10", "two set-ups at once write two admins down", "portal/people/staff_invitations.py",
        '"SELECT pg_advisory_xact_lock(%s)", (LOCK,)', '"SELECT 1"',
        f"{SET_UP}::test_of_a_hundred_set_ups_and_a_hundred_uses_one_counts",
    ),
]  # fmt: skip
