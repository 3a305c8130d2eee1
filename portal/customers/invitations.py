"""Invitations: staff let a person of an account sign in, seeing first who will get the letter."""

from datetime import timedelta

import peewee

from portal import audit, values
from portal.customers import first_steps
from portal.customers.accounts import Account
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.customers.memberships import Membership, rights
from portal.errors import Expired, Invalid, NotFound, Stale
from portal.people import attempts, link_requests, links, passwords, policy, revert_links, sessions
from portal.people.logins import Login
from portal.values import Actor, Recipient, Ref

PURPOSE = "invite"

policy.allow("invitations.send", policy.STAFF, policy.CUSTOMER_ADMINS)
policy.allow("invitations.accept", policy.EVERYONE)
links.allow(PURPOSE, "/invitation/{}", timedelta(days=7))


def membership_of(contact):
    """The open membership through which this person signs in, or None."""
    query = Membership.select(Membership, Login).join(Login)
    found = query.where((Membership.contact == contact) & Membership.ended_at.is_null()).first()
    if found is not None:
        found.account = contact.account
    return found


def open_membership_of(contact):
    """The same, where there must be one: NotFound when somebody took it away meanwhile."""
    found = membership_of(contact)
    if found is None:
        raise NotFound()
    return found


def waiting(contact, now=None):
    """The invitation that is on its way to this person, or None."""
    return links.open_for(PURPOSE, contact.ref, now)


def waiting_of(account, now=None):
    """[(contact, link)] of the invitations that are on their way to people of an account, in two queries."""
    now = now or values.now()
    people = {str(contact.ref): contact for contact in Contact.of(account).where(Contact.is_active)}
    live = (links.Link.purpose == PURPOSE) & links.Link.used_at.is_null() & (links.Link.expires_at > now)
    rows = links.Link.select().where(live & links.Link.subject.in_(list(people))).order_by(links.Link.id)
    return [(people[row.subject], row) for row in rows]


def invite(contact, *, by, role, order_limit="", may_approve=False, language="", version=None, now=None):
    """Send a person of an account the letter with which to sign in; an earlier one dies. Returns the Link.

    It goes to the address the contact has in `version`, the one the page showed. Raises Invalid as
    `memberships.rights`, Invalid(email) with contact-without-email or already-member,
    Invalid(contact="contact-gone"), Stale, TooMany for a customer who has us write too often.
    """
    if version is not None and version != contact.version:
        raise Stale(contact)
    given = rights(contact.account, role=role, order_limit=order_limit, may_approve=may_approve)
    if not contact.is_active or not contact.account.is_active:
        raise Invalid(contact="contact-gone")
    if not contact.email:
        raise Invalid(email="contact-without-email")
    language = language or contact.language or contact.account.language
    with audit.change(by, "contact.invited", contact, about=contact.account, now=now) as change:
        if _signs_in(contact):
            raise Invalid(email="already-member")
        attempts.count_named(by, contact.account, contact.email, change.now)
        change.record("invited", None, contact.email)
        if by.is_customer:
            doer = Login.get_by_id(by.ref.id).recipient
            said = {"name": contact.name, "email": contact.email, "role": role, "account_name": contact.account.name}
            change.tell([doer], "colleague_invited", not_me=revert_links.offer(change, doer), **said)
        return _send(change, contact, given | {"language": language, "by": by.name})


def invite_colleague(account, *, by, name, email, role, order_limit="", may_approve=False, now=None):
    """Invite somebody new to work for an account; a person whom it knows by that address is not made twice.

    Raises Invalid(name), Invalid(email), and what `invite` raises. Returns the Link.
    """
    email = CONTACT_FIELDS["email"].clean(email)
    if not email:
        raise Invalid(email="field-needed")
    with audit.change(by, "contact.invited", about=account, now=now) as change:
        here = (Contact.account == account) & Contact.is_active & Contact.standing()
        known = Contact.select().where(here & (Contact.email == email))
        contact = known.first() or Contact.bring_in(account, by=by, now=change.now, name=name, email=email)
        contact.account = account
        change.result = contact.ref
        given = {"role": role, "order_limit": order_limit, "may_approve": may_approve}
        return invite(contact, by=by, **given, language=contact.language or by.language, now=change.now)


def withdraw(contact, *, by, now=None):
    """Take an invitation back: its link is dead."""
    with audit.change(by, "contact.invitation_withdrawn", contact, about=contact.account, now=now) as change:
        if waiting(contact, change.now):
            change.happened()
            links.withdraw(PURPOSE, contact.ref, change.now)


def _send(change, contact, params):
    links.withdraw(PURPOSE, contact.ref, change.now)
    link = links.issue(PURPOSE, "customer", contact.email, subject=contact.ref, params=params, now=change.now)
    to = Recipient(contact.ref, contact.name, contact.email, params["language"], channels=("mail",))
    said = {"name": contact.name, "by": params["by"], "account_name": contact.account.name}
    said |= _rights_told(contact.account, _rights_in(params))
    change.tell([to], "invitation", url={"link": link.id}, **said)
    return link


def _signs_in(contact):
    key = values.email(contact.email)[1]
    members = Membership.select().join(Login)
    here = (Membership.account == contact.account_id) & Membership.ended_at.is_null()
    return members.where(here & (Login.kind == "customer") & (Login.email_key == key)).exists()


def find(token, now=None):
    """(link, contact) behind the token of an invitation. NotFound; Expired when the person or the address changed."""
    link = links.find(token, PURPOSE, kind="customer", now=now)
    return link, _contact_of(link)


def _contact_of(link):
    query = Contact.select(Contact, Account).join(Account).where(Contact.id == Ref.parse(link.subject).id)
    contact = query.first()
    gone = contact is None or not (contact.is_active and contact.account.is_active)
    if gone or contact.email != link.email:
        raise Expired(link)
    return contact


def login_of(link):
    """The login that the address of an invitation has already, or None: it must prove itself before it accepts."""
    return Login.find("customer", link.email)


def accept(*, by, link, contact, login=None, password="", agent="", now=None):
    """Join the account and be signed in there (`sessions.Opened`); without a password, links from the mail do.

    `login` is who is signed in: where the address signs in already, only that login may accept.
    Raises Expired, Invalid(password), Invalid(login="sign-in-first").
    """
    known = login_of(link)
    if known is not None and (login is None or login.id != known.id):
        raise Invalid(login="sign-in-first")
    if known is None and password:
        passwords.check(password, (contact.name, link.email))
    try:
        with audit.change(
            _accepting(by, contact, known), "membership.accepted", about=contact.account, now=now
        ) as change:
            link.use(change, now)
            login = known or _open_login(change, link, contact, password)
            place = _join(change, login, contact, _rights_in(link.params))
            change.subject = login.ref
            if known is None:
                first_steps.begin(login, contact.account)
            _tell(change, place, login, contact)
            return sessions.open(login, agent, account=contact.account_id, now=change.now)
    except peewee.IntegrityError:  # a twin of this press was first
        raise Expired(link)


def _accepting(by, contact, login):
    return login.acting(by) if login else Actor(contact.ref, contact.name, language=by.language, request=by.request)


def _open_login(change, link, contact, password):
    shown, key = values.email(link.email)
    return change.create(
        Login,
        kind="customer",
        name=contact.name,
        email=shown,
        email_key=key,
        language=link.params["language"],
        password_hash=passwords.scramble(password) if password else None,
        verified_at=change.now,
    )


def _rights_in(params):
    """The rights that an invitation carries; one of before there were limits carries none."""
    start = {"order_limit_minor": None, "may_approve": False}
    return start | {name: params[name] for name in ("role", *start) if name in params}


def _rights_told(account, given):
    """The same as letters say it."""
    minor = given["order_limit_minor"]
    limit = None if minor is None else {"minor": minor, "currency": account.currency}
    return {"role": given["role"], "order_limit": limit, "may_approve": given["may_approve"]}


def _join(change, login, contact, given):
    """A new place in the account, or the former one opened again."""
    place = Membership.get_or_none((Membership.login == login) & (Membership.account == contact.account_id))
    if place is None:
        return change.create(Membership, login=login, account=contact.account, contact=contact, **given)
    change.update(place, contact=contact, ended_at=None, **given)
    return place


def _tell(change, place, login, contact):
    """The person, the people of the account who manage it, and those who look after it."""
    account = contact.account
    owner = account.owner
    change.tell(
        [login.recipient, *account.customers_for("account"), *account.staff_for()],
        "access_given",
        name=login.name,
        email=login.email,
        account=account.number,
        account_name=account.name,
        **_rights_told(account, _rights_in(place.__data__)),
        at=change.now.isoformat(timespec="seconds"),
        person=owner and {"name": owner.name, "phone": owner.phone, "email": owner.address},
    )


def _send_again(request, now):
    """Answer the wish for a new letter where an invitation ran out unused and nothing changed since."""
    link = links.Link.get_or_none(links.Link.id == request.params.get("after"))
    with audit.change(request.asker, "contact.invited", link and Ref.parse(link.subject), now=now) as change:
        if not request.claim() or link is None or link.used_at is not None:
            return
        try:
            contact = _contact_of(link)
        except Expired:
            return
        change.about = contact.account.ref
        if not waiting(contact, change.now) and not _signs_in(contact):
            _send(change, contact, _rights_in(link.params) | {key: link.params[key] for key in ("language", "by")})


link_requests.answered_by(PURPOSE, _send_again)
