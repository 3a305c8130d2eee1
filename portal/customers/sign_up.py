"""Signing up: a household or company opens its account alone, once its address has proved itself."""

from datetime import timedelta

import peewee

from portal import audit, search, values
from portal.customers import first_steps
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.customers.memberships import Membership
from portal.errors import Expired, Invalid
from portal.people import employees, link_requests, links, passwords, policy, sessions
from portal.people.logins import Login
from portal.values import Recipient, Ref

PURPOSE = "confirm_email"
MOST_ALIKE = 5

policy.allow("sign_up.ask", policy.EVERYONE)
links.allow(PURPOSE, "/sign-up/{}", timedelta(days=2))


def ask(*, by, kind, name, email, account_name="", phone="", country="PH", client="", now=None):
    """Begin an account: the address gets a letter, and nothing exists before it is confirmed.

    Whether the address signs in already is never said here; its owner reads it in the letter. A household without
    a name of its own is called after the person. Raises Invalid by field, TooMany.
    """
    answers = _cleaned(kind, name, account_name, phone, country)
    link_requests.ask(by=by, purpose=PURPOSE, kind="customer", email=email, client=client, params=answers, now=now)


def _cleaned(kind, name, account_name, phone, country):
    """What was typed as it is kept; every fault at once."""
    problems, kept = {}, {}
    account = {"kind": kind, "name": account_name or (name if kind == "household" else ""), "country": country}
    country = country if len(country or "") == 2 else "PH"
    person = {"name": name, "phone": phone}
    for table, given, as_typed in ((ACCOUNT_FIELDS, account, {"name": "account_name"}), (CONTACT_FIELDS, person, {})):
        try:
            kept |= {as_typed.get(field, field): value for field, value in table.clean(given, country).items()}
        except Invalid as refusal:
            problems |= {as_typed.get(field, field): problem for field, problem in refusal.problems.items()}
    if kind == "household" and "name" in problems:
        problems.pop("account_name", None)  # it would have been the same name
    if problems:
        raise Invalid(**problems)
    return kept


def _answer(request, now):
    """Send a letter to confirm, or one that says the address signs in already; the page told neither."""
    login = Login.find("customer", request.email)
    answers = {key: value for key, value in request.params.items() if key != "after"}
    with audit.change(request.asker, "login.sign_up_asked", now=now) as change:
        if not request.claim():
            return
        if login is None:
            answers |= {"language": request.language}
            link = links.issue(PURPOSE, "customer", request.email, params=answers, now=change.now)
            to = Recipient(Ref("link", link.id), answers["name"], request.email, request.language, channels=("mail",))
            said = {"name": answers["name"], "account_name": answers["account_name"]}
            change.tell([to], "confirm_email", url={"link": link.id}, **said)
        elif login.is_active:
            change.tell([login.mailbox], "already_registered", name=login.name, account_name=answers["account_name"])


def find(token, now=None):
    """The live link behind the token of a letter to confirm. NotFound, Expired."""
    return links.find(token, PURPOSE, kind="customer", now=now)


def confirm(*, by, link, password="", agent="", now=None):
    """Open the account for good and sign its first person in (`sessions.Opened`); without a password, links do.

    Staff hear of it, and of accounts of the same name that were there before. Raises Expired, Invalid(password).
    """
    answers = link.params
    if password:
        passwords.check(password, (answers["name"], answers["account_name"], link.email))
    try:
        with audit.change(by, "account.signed_up", now=now) as change:
            link.use(change, now)
            login = _open_login(change, link, password)
            change.by = login.acting(by)
            account = _open_account(change, login, link)
            _tell_staff(change, account, login)
            return sessions.open(login, agent, account=account.id, now=change.now)
    except peewee.IntegrityError:  # the address signs in by now, through an invitation or a twin of this letter
        raise Expired(link)


def _open_login(change, link, password):
    shown, key = values.email(link.email)
    return change.create(
        Login,
        kind="customer",
        name=link.params["name"],
        email=shown,
        email_key=key,
        language=link.params["language"],
        password_hash=passwords.scramble(password) if password else None,
        verified_at=change.now,
    )


def _open_account(change, login, link):
    answers = link.params
    details = {"kind": answers["kind"], "name": answers["account_name"], "country": answers["country"]}
    details |= {"email": login.email, "phone": answers["phone"] or "", "language": login.language}
    account = Account.open(by=change.by, now=change.now, **details)
    change.subject = change.about = account.ref
    role = "owner" if account.kind == "household" else "buyer"
    contact = change.create(
        Contact,
        account=account,
        name=login.name,
        folded=search.fold(login.name),
        role=role,
        email=login.email,
        phone=answers["phone"] or "",
        language=login.language,
    )
    contact.index()
    change.create(Membership, login=login, account=account, contact=contact, role="customer_admin")
    first_steps.begin(login, account)
    return account


def _tell_staff(change, account, login):
    """An account of its own making belongs to nobody yet: the admins hear of it, and of its likely twins."""
    alike = Account.select().where((Account.folded == account.folded) & (Account.id != account.id))
    alike = [{"number": twin.number, "name": twin.name} for twin in alike.order_by(Account.id).limit(MOST_ALIKE)]
    if alike:
        change.record("alike", None, [twin["number"] for twin in alike])
    change.tell(
        [admin.recipient for admin in employees.admins()],
        "customer_signed_up",
        account=account.number,
        account_name=account.name,
        name=login.name,
        email=login.email,
        alike=alike,
    )


link_requests.answered_by(PURPOSE, _answer, is_to_anybody=True)
