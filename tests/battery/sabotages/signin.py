"""What the rows about signing in, links, headers, cookies and secrets have to find."""

from tests.battery.sabotages import Sabotage

WHO = "tests/battery/test_enumeration.py"
LINKS = "tests/battery/test_mail_links.py"

SABOTAGES = [
    Sabotage(
        "B5", "no hash is made for an address that nobody has", "portal/people/passwords.py",
        "    try:\n        return _hasher.verify(kept",
        "    if kept is None:\n        return False\n    try:\n        return _hasher.verify(kept",
        f"{WHO}::test_no_time_tells_a_known_address_from_an_unknown_one",
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
        "    if not link or not hmac.compare_digest(link.token, token):", "    if not link:",
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
]  # fmt: skip
