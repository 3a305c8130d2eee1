"""Own sign-in data: changing password, address and language, and signing out everywhere; each change is told."""

from datetime import timedelta

import peewee

from portal import audit, values
from portal.errors import Expired, Invalid
from portal.people import attempts, links, logins, passwords, policy, revert_links, sessions
from portal.people.logins import Login

LANGUAGES = ("en", "fil", "th")
JUST_NOW = timedelta(minutes=30)  # how long coming in by a link counts as a proof, as long as the link itself holds

policy.allow("security.see", policy.SIGNED_IN)
policy.allow("security.change", policy.SIGNED_IN)
policy.allow("security.recover", policy.EVERYONE)
policy.allow("security.confirm_email", policy.EVERYONE)
links.allow("change_email", "/security/email/{}", timedelta(days=2))


def change_password(*, by, login, session, password, new_password, now=None):
    """Set a new password knowing the present one; other sessions end, this browser gets a new token (`Opened`).

    Raises Invalid(password="password-wrong" or "password-none-yet"), Invalid(new_password=…), TooMany.
    """
    prove(login, password, now)
    passwords.check(new_password, (login.name, login.email), field="new_password")
    with _changing(by, login, "login.password_changed", now) as change:
        _set_password(change, login, new_password)
        _tell(change, login)
        return sessions.renew(session, login, now=change.now)


def recover(*, by, link, password, agent="", now=None):
    """Set a new password by a link from the mail; all sessions end and this browser is signed in (`Opened`).

    Raises Expired, Invalid(password=…).
    """
    login = link.login
    passwords.check(password, (login.name, login.email))
    with _changing(login.acting(by), login, "login.password_changed", now) as change:
        link.use(change, now)
        _set_password(change, login, password)
        _tell(change, login)
        opened = sessions.open(login, agent, now=change.now)
    attempts.forgive(guess=f"{login.kind} {login.email_key}")
    return opened


def ask_email_change(*, by, login, email, password, now=None):
    """Begin to change the sign-in address: the new one gets a link, the old one is told; nothing changes yet.

    Whether somebody else signs in with the new address is never said here: its owner reads it in the letter.
    Raises Invalid(email), Invalid(password), TooMany.
    """
    shown, key = values.email(email)
    if key == login.email_key and shown == login.email:
        raise Invalid(email="email-unchanged")
    prove(login, password, now)
    attempts.count(mail=f"new address of {login.ref}", now=now)
    taken = Login.by_key(login.kind, key)
    with _changing(by, login, "login.email_asked", now) as change:
        link = links.issue("change_email", login.kind, shown, login=login, now=change.now)
        change.record("email_asked", login.email, shown)
        template = "change_email_link" if taken in (None, login) else "change_email_taken"
        change.tell([login.recipient.at(shown)], template, url={"link": link.id}, name=login.name)
        asked = {"field": "email_asked", "old": login.email, "new": shown}
        own = told(change, login, [asked]) | {"not_me": way_back(change, login)}
        change.tell([login.recipient], "login_changed", **own)
        return link


def confirm_email_change(*, by, link, session=None, now=None):
    """The new address proved itself: it signs in from now on, both addresses are told, all sessions end.

    Returns `Opened` for the browser when its `session` is one of this very login, else None.
    Raises Expired, also when somebody else took the address meanwhile.
    """
    login, old = link.login, link.login.mailbox
    shown, key = values.email(link.email)
    try:
        with _changing(login.acting(by), login, "login.email_changed", now) as change:
            link.use(change, now)
            not_me = way_back(change, login)  # to the address of before, and to no other
            change.update(login, email=shown, email_key=key, verified_at=change.now)
            logins.address_changed(login, old.email, change.by)
            login.raise_epoch(change)
            changed = {"field": "email", "old": old.email, "new": shown}
            change.tell([old], "login_changed", **told(change, login, [changed]) | {"not_me": not_me})
            change.tell(_concerned(login), "login_changed", **told(change, login, [changed]))
            own = session is not None and session.login_id == login.id
            return sessions.renew(session, login, now=change.now) if own else None
    except peewee.IntegrityError:
        raise Expired(link)


def change_language(*, by, login, language, now=None):
    """Set the language of pages and letters. Raises Invalid(language)."""
    if language not in LANGUAGES:
        raise Invalid(language="language-unknown")
    with _changing(by, login, "login.language_changed", now) as change:
        old = login.language
        if change.update(login, language=language):
            _tell(change, login, [{"field": "language", "old": old, "new": language}])


def sign_out_everywhere(*, by, login, session=None, now=None):
    """End every session and every open link of this login; `session` alone goes on, with a new token (`Opened`)."""
    with _changing(by, login, "login.signed_out_everywhere", now) as change:
        login.raise_epoch(change)
        return sessions.renew(session, login, now=change.now) if session is not None else None


def sign_out_of(*, by, session, scope, password=None, now=None):
    """End sessions of one's own login for its password: "others", "all", or one of `sessions.live` by its id.

    Returns `Opened` for this browser when its token is another one now, else None. Raises Invalid(scope) for a
    session that is over or is this one, and what `prove_again` does.
    """
    prove_again(session, password, now)
    if scope in ("others", "all"):
        return sign_out_everywhere(
            by=by, login=session.login, session=session if scope == "others" else None, now=now
        )
    place = next((row for row in sessions.live(session.login, now) if str(row.id) == scope and row != session), None)
    if place is None:
        raise Invalid(scope="choice-unknown")
    with _changing(by, session.login, "login.signed_out_elsewhere", now) as change:
        change.happened()
        sessions.end_one(place, change.now)
        return None


def sign_out(*, by, login, now=None):
    """End every session and open link of somebody else's login: a lost phone, a doubt. The person is told."""
    with _changing(by, login, "login.signed_out_by_staff", now) as change:
        login.raise_epoch(change)
        change.tell([login.recipient], "login_changed", **told(change, login))


def has_password(login):
    """Whether this login can sign in by password, or by links alone."""
    return login.password_hash is not None


def prove(login, password, now):
    """Ask for the present password again; ten tries in 15 minutes, counted apart from those at the door."""
    if not has_password(login):
        raise Invalid(password="password-none-yet")
    attempts.count(again=str(login.ref), now=now)
    if not passwords.verify(login.password_hash, password):
        raise Invalid(password="password-wrong")
    attempts.forgive(again=str(login.ref))


def has_just_come(session, now=None):
    """Whether this browser was signed in within the last half hour."""
    return session.created_at > (now or values.now()) - JUST_NOW


def prove_again(session, password, now=None):
    """Ask whoever is signed in to prove himself: by the password, or where there is none by having just come in.

    Raises Invalid on "password", or on "session" where a new link is needed; TooMany.
    """
    if has_password(session.login):
        prove(session.login, password, now)
    elif not has_just_come(session, now):
        raise Invalid(session="session-too-old")


def _set_password(change, login, password):
    change.update(login, password_hash=passwords.scramble(password), verified_at=login.verified_at or change.now)
    login.raise_epoch(change)


def _changing(by, login, event, now):
    return audit.change(by, event, login, about=logins.circle(login).about, now=now)


def _tell(change, login, changes=()):
    """Tell the person, who may answer that it was somebody else, and those who look after the account."""
    said = told(change, login, changes)
    person, *others = _concerned(login)
    change.tell([person], "login_changed", **said | {"not_me": way_back(change, login)})
    change.tell(others, "login_changed", **said)


def way_back(change, login):
    """What the letter about a change holds as `not_me`, for its person; None for those of us."""
    return revert_links.offer(change, login.mailbox) if login.kind == "customer" else None


def _concerned(login):
    return [login.recipient, *logins.circle(login).recipients]


def told(change, login, changes=(), noun="login"):
    """What a letter about sign-in data says: what happened to whom, from what to what, when, by whom, whom to ask."""
    around = logins.circle(login)
    return {
        "event": change.event,
        "name": login.name,
        "account": around.about.id if around.about else None,
        "at": change.now.isoformat(timespec="seconds"),
        "by": change.by.name,
        "person": around.person,
        "noun": noun,
        "changes": list(changes),
        "not_me": None,
    }
