"""Interactions of another system on their way in: what a row becomes, and who took part."""

from portal import store
from portal.activity import interactions
from portal.activity.interactions import INTERNAL, OUTCOMES, Interaction, InteractionPerson
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.exchange import importing_values as read
from portal.exchange.importing_links import account_of
from portal.exchange.importing_shapes import Field, Kind, text
from portal.people.employees import Employee


def row(cells, formats):
    """The columns of a row; the account may follow from the contact, whose id goes along under "contact"."""
    cells = dict(cells)
    contact = cells.pop("contact", None)
    account = account_of(cells.pop("account", None), contact)
    if cells.get("outcome") and cells["outcome"] not in OUTCOMES[cells["kind"]]:
        raise Invalid(outcome="choice-unknown")
    if cells.get("is_shared") and cells["kind"] in INTERNAL:
        raise Invalid(is_shared="interaction-internal")
    return cells | {"account": account} | ({"contact": contact.id} if contact is not None else {})


def take_contacts(rows):
    """{line: contact id} of new rows, taken out of their columns: people stand in a table of their own."""
    return {row.line: row.columns.pop("contact") for row in rows if "contact" in row.columns}


def put_people(ids, rows, contacts):
    """Write who took part in the new interactions: the contact and the owner."""
    people = []
    for row in rows:
        here = {"interaction": ids[row.line], "at": row.columns["at"]}
        owner = row.columns.get("owner")
        people += [here | {"contact": contacts[row.line], "employee": None}] if row.line in contacts else []
        people += [here | {"contact": None, "employee": owner}] if owner else []
    store.insert_rows(InteractionPerson, people)


def take_people_along(rows):
    """People stand at the moment of their interaction, wherever another row moved it; its new owner is among them."""
    for moved in rows:
        mine = InteractionPerson.interaction == moved.record.id
        if "at" in moved.differences:
            InteractionPerson.update(at=moved.differences["at"]).where(mine).execute()
        owner = moved.differences.get("owner")
        if owner and not InteractionPerson.select().where(mine & (InteractionPerson.employee == owner)).exists():
            at = Interaction.select(Interaction.at).where(Interaction.id == moved.record.id)
            InteractionPerson.insert(interaction=moved.record.id, employee=owner, at=at.scalar()).execute()


KIND = Kind(
    "interactions",
    Interaction,
    (
        Field("account", link=Account, quiet=True),
        Field("contact", link=Contact, soft=True, columns=("account",)),  # stands among the people, not in a column
        Field("kind", read.choice(*interactions.KINDS), required=True),
        Field("at", read.moment, required=True),
        Field("state", read.choice(*interactions.STATES)),
        Field("direction", read.choice("in", "out")),
        text("subject"),
        Field("text", read.paragraphs),
        text("place"),
        text("app", 40),
        Field("minutes", read.whole(biggest=interactions.LONGEST_MINUTES)),
        Field("outcome", read.choice(*interactions.EVERY_OUTCOME[1:])),
        Field("owner", link=Employee, soft=True),
        Field("is_shared", read.yes),
    ),
    row,
    may="interactions.log",
)
