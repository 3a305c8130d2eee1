"""Letters about cases: whom of the customer's people they go to, each with links of his own that need no sign-in."""

from datetime import timedelta

from portal.activity import attachments
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.people import task_links
from portal.service import case_messages
from portal.service.cases import Case, hidden_from
from portal.values import Recipient, Ref

REPLY, RATE = "cases.reply", "cases.rate"
LIFE = timedelta(days=30)
QUOTED = 2000  # letters of a message that stand in a letter; the rest on the page


def quoted(words):
    """The beginning of a message, as letters quote it."""
    return words if len(words) <= QUOTED else words[:QUOTED].rstrip() + " …"


def tell_customers(change, case, template, *, links=(REPLY,), is_receipt=False, **params):
    """Tell those of the customer's people who take part in a case; who did it only when it is a receipt.

    Where nobody takes part, whoever is told of orders. `links` are the tasks that each letter offers without signing
    in; each person has his own.
    """
    if change.by.is_system or change.by.is_quiet:
        return
    logins, writers = logins_of(case), writers_of(case)
    told = case.told(by=change.by.name, reply=None, rate=None, envelope={"thread": str(case.ref)}, **params)
    for login in logins:
        if is_receipt or login.ref != change.by.ref:
            own = {name.partition(".")[2]: _link(change, name, login, case) for name in links}
            change.tell([login.recipient], template, **told | own)
    change.tell([writer for writer in writers if writer.ref != change.by.ref], template, **told)
    if not logins and not writers:
        change.tell(_others(case), template, **told)


def tell_staff(change, case, template, *, people=None, **params):
    """Tell whom of us it concerns, but not who did it."""
    told = case.staff_for(change.by) if people is None else people
    change.tell(told, template, **case.told(by=change.by.name, reply=None, rate=None, **params))


def logins_of(case):
    """Those of the customer's people who asked or wrote in a case, still sign in for the account and may see it."""
    ids = [ref.id for ref in map(Ref.parse, case_messages.people_in(case)) if ref and ref.kind == "login"]
    places = Membership.in_account(case.account_id).where(Membership.login.in_(ids)).order_by(Membership.login)
    if case.is_private:
        places = [p for p in places if case.asker == str(p.login.ref) or p.role == "customer_admin"]
    return [place.login for place in places]


def writers_of(case):
    """The people of the account who asked or wrote by mail and do not sign in, by mail alone."""
    if case.is_private:
        return []
    ids = [ref.id for ref in map(Ref.parse, case_messages.people_in(case)) if ref and ref.kind == "contact"]
    ids += [case.contact_id] if case.contact_id and not case.asker else []
    if not ids:
        return []
    signs_in = Membership.select(Membership.contact).where(
        Membership.contact.in_(ids) & Membership.ended_at.is_null()
    )
    found = Contact.select().where(Contact.id.in_(ids) & Contact.id.not_in(signs_in) & Contact.is_active)
    here = (Contact.account == case.account_id) & Contact.standing()
    found = found.where(here & (Contact.email != "")).order_by(Contact.id)
    language = case.account.language
    return [Recipient(c.ref, c.name, c.email, c.language or language, channels=("mail",)) for c in found]


def _others(case):
    """Whom a case concerns in which nobody takes part who signs in: whoever is told of orders, unless private."""
    return [] if case.is_private else case.account.customers_for("orders", contact=case.contact_id)


def told_of_files(ref):
    """Whom of the customer's people a file of a case is told to, when one of us shares it later."""
    case = Case.get_by_id(ref.id)
    return [login.recipient for login in logins_of(case)] or _others(case)


def _link(change, task, login, case):
    return {"link": task_links.issue(change, task, login, case, account=case.account_id, life=LIFE).id}


attachments.take("case", "/cases/{}", customers_add=True, hidden=hidden_from, told=told_of_files)
