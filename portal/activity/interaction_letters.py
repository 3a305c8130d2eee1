"""Letters about interactions: our people who take part hear of each; the customer's where they are invited."""

import peewee

from portal.activity.interactions import InteractionPerson
from portal.customers.memberships import Membership
from portal.people import task_links
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.values import Recipient

RATE = "interactions.rate"
QUOTED = 2000  # letters of the words that stand in a letter; the rest on the page


def tell(change, interaction, template, *, is_invited, **params):
    """Tell our people who take part, but not who did it, and with `is_invited` the customer’s too.

    Each letter carries the hour as a file for the receiver's calendar.
    """
    by = change.by
    if by.is_system or by.is_quiet:
        return
    told = _told(interaction, by) | params
    change.tell(_ours(interaction, by), template, **told)
    if is_invited:
        change.tell([recipient for recipient, _ in theirs(interaction)], template, **told)


def ask_for_rating(change, interaction):
    """Ask the customer's people who took part how it was; who signs in answers by one press in the letter."""
    if change.by.is_system or change.by.is_quiet:
        return
    told = _told(interaction, change.by)
    for recipient, login in theirs(interaction):
        if login:
            link = task_links.issue(change, RATE, login, interaction, account=interaction.account_id)
            change.tell([recipient], "interaction_rate", rate={"link": link.id}, **told)


def tell_rated(change, interaction):
    """Tell our people who took part what the customer thought of it."""
    told = _told(interaction, change.by) | {"score": interaction.score, "score_words": interaction.score_words}
    change.tell(_ours(interaction, change.by), "interaction_rated", **told)


def theirs(interaction):
    """[(Recipient, Login or None)] of the customer's people who take part and may be written to."""
    contacts = [row.contact for row in _people(interaction) if row.contact_id and row.contact.is_active]
    here = Membership.in_account(interaction.account_id)
    logins = {place.contact_id: place.login for place in here.where(Membership.contact.in_([c.id for c in contacts]))}
    found = []
    for contact in contacts:
        login = logins.get(contact.id)
        if login and contact.may_be_reached("mail"):
            found.append((login.recipient, login))
        elif contact.email and contact.may_be_reached("mail"):
            language = contact.language or interaction.account.language
            mail = Recipient(contact.ref, contact.name, contact.email, language, channels=("mail",))
            found.append((mail, None))
    return found


def _people(interaction):
    return InteractionPerson.select().where(InteractionPerson.interaction == interaction.id)


def _ours(interaction, by):
    mine = _people(interaction).select(InteractionPerson.employee).where(InteractionPerson.employee.is_null(False))
    rows = Employee.select(Employee, Login).join(Login, peewee.JOIN.LEFT_OUTER).where(Employee.id.in_(mine))
    rows = rows.where(Employee.is_active & (Employee.id != (by.employee or 0))).order_by(Employee.id)
    return [person.recipient for person in rows]


def _told(interaction, by):
    """What letters say of it, as JSON."""
    words = interaction.text
    return {
        "id": interaction.id,
        "number": interaction.number,
        "kind": interaction.kind,
        "state": interaction.state,
        "version": interaction.version,
        "subject": interaction.subject,
        "account": interaction.account.name,
        "at": interaction.at.isoformat(timespec="seconds"),
        "ends_at": interaction.ends_at.isoformat(timespec="seconds"),
        "minutes": interaction.minutes,
        "people": interaction.people,
        "place": interaction.place,
        "join_link": interaction.join_link,
        "is_shared": interaction.is_shared,
        "words": words if len(words) <= QUOTED else words[:QUOTED].rstrip() + " …",
        "by": by.name,
    }
