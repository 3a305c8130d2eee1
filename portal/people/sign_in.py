"""Signing in and out: by password, by a link, and asking for a link when the password is gone."""

import logging
from datetime import timedelta

from portal import audit, values
from portal.errors import Invalid
from portal.people import attempts, link_requests, links, passwords, policy, sessions
from portal.people.logins import Login

security = logging.getLogger("suki.security")

policy.allow("sign_in.enter", policy.EVERYONE)
policy.allow("sign_in.leave", policy.EVERYONE)
links.allow("sign_in", "/link/{}", timedelta(minutes=30))
links.allow("recover", "/recover/{}", timedelta(minutes=30))


def by_password(*, by, kind, email, password, client="", agent="", device="", now=None):
    """Sign a browser in: a `sessions.Opened`. The work is the same for an address that nobody has.

    Raises Invalid(email), Invalid(password="sign-in-refused"), TooMany. At most 10 guesses per address and
    100 per client are looked at within 15 minutes; guesses from a browser that knows the address are counted apart.
    """
    _, key = values.email(email)
    who = attempts.counted_as(f"{kind} {key}", device)
    attempts.count(guess=who, client=client, now=now)
    number, kept = Login.proof(kind, key)
    if not passwords.verify(kept, password):
        refused = values.Ref("login", number) if number else "nobody we know"
        security.warning("sign-in refused at the %s face to %s from %s", kind, refused, client or "nowhere")
        raise Invalid(password="sign-in-refused")
    login = Login.get_by_id(number)
    if passwords.is_outdated(login.password_hash):
        opened = _enter(login, by, agent, now, password_hash=passwords.scramble(password))
    else:
        opened = _enter(login, by, agent, now)
    attempts.forgive(guess=who, client=client)
    return opened


def by_link(*, by, link, agent="", now=None):
    """Sign a browser in by a link from the mail, which is used up. Raises Expired."""
    with _signing_in(link.login, by, now) as change:
        link.use(change, now)
        return sessions.open(link.login, agent, now=change.now)


def leave(*, by, kind, token, now=None):
    """Sign out: the token is dead at once. Signing out twice is no trouble."""
    found = sessions.find(token, kind, now)
    if found:
        login = found[1]
        with audit.change(login.acting(by), "login.signed_out", login, now=now) as change:
            change.happened()
            sessions.end(token, now)


def ask_link(*, by, kind, email, purpose="sign_in", client="", now=None):
    """Ask for a link to sign in with, or ("recover") to set a new password with. Never tells who has a login."""
    link_requests.ask(by=by, purpose=purpose, kind=kind, email=email, client=client, now=now)


def device_mark(login):
    """What the browser keeps, so that guesses from elsewhere do not lock this person out."""
    return attempts.device_mark(f"{login.kind} {login.email_key}")


def _signing_in(login, by, now):
    return audit.change(login.acting(by), "login.signed_in", login, now=now)


def _enter(login, by, agent, now, **kept):
    with _signing_in(login, by, now) as change:
        change.happened()
        if kept:
            Login.update(**kept).where((Login.id == login.id) & (Login.epoch == login.epoch)).execute()
        return sessions.open(login, agent, now=change.now)


def _send_link(request, now):
    """Answer a request for a link: a letter when the address may sign in here, else nothing at all."""
    login = Login.find(request.kind, request.email)
    wanted = login is not None and login.is_active
    by = login.acting(request.asker) if wanted else request.asker
    with audit.change(by, f"login.{request.purpose}_asked", login if wanted else None, now=now) as change:
        if request.claim() and wanted:
            link = links.issue(request.purpose, login.kind, login.email, login=login, now=change.now)
            change.tell([login.mailbox], f"{request.purpose}_link", url={"link": link.id}, name=login.name)


link_requests.answered_by("sign_in", _send_link)
link_requests.answered_by("recover", _send_link)
