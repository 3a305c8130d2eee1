"""Who is meant when a person is erased: records, sign-ins, and by what words they are known."""

import json
from dataclasses import dataclass, field

from portal import store
from portal.customers.accounts import Account
from portal.customers.affiliations import Affiliation
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.customers.points import AccountPoint, ContactPoint
from portal.people.logins import Login
from portal.values import ERASED, Ref

SHORTEST = 5  # letters of a name that is looked for in words: "Ana" stands in too many


@dataclass
class Person:
    """Ids of the records: `accounts` are whole households, `contacts` people, `logins` sign-ins that end with them.

    `places` are the other accounts in which something of the person may stand.
    """

    accounts: set = field(default_factory=set)
    contacts: set = field(default_factory=set)
    logins: set = field(default_factory=set)
    places: set = field(default_factory=set)
    names: set = field(default_factory=set)
    emails: set = field(default_factory=set)
    phones: set = field(default_factory=set)

    @property
    def refs(self):
        """The texts of their Refs."""
        kinds = {"account": self.accounts, "contact": self.contacts, "login": self.logins}
        return [str(Ref(kind, record)) for kind, ids in kinds.items() for record in sorted(ids)]

    @property
    def actors(self):
        return [str(Ref("login", record)) for record in sorted(self.logins)]

    @property
    def homes(self):
        """Texts of the Refs of the households."""
        return [str(Ref("account", record)) for record in sorted(self.accounts)]

    @property
    def words(self):
        """By what the person is named in words of others: longest first, so that no part is left of a name."""
        found = {name for name in self.names if len(name) >= SHORTEST} | self.emails | self.phones
        return sorted(found, key=len, reverse=True)


def whole(record):
    """The Person behind a household or a contact, with whoever was merged into them."""
    if record.ref.kind == "account":
        accounts = _absorbing(Account, {record.id})
        found = Person(accounts, _ids(Contact, store.among(Contact.account, accounts)))
    else:
        found = Person(set(), {record.id})
    found.contacts = _absorbing(Contact, found.contacts)
    found.logins = _logins(found)
    return known(found)


def of(refs):
    """The Person of these Refs (texts), as an erasure keeps them."""
    found = Person()
    sets = {"account": found.accounts, "contact": found.contacts, "login": found.logins}
    for ref in map(Ref.parse, refs):
        sets[ref.kind].add(ref.id)
    return known(found)


def known(person):
    """Look up where else the person stands, and by what words."""
    people = list(Contact.select().where(store.among(Contact.id, person.contacts)))
    logins = list(Login.select().where(store.among(Login.id, person.logins)))
    homes = list(Account.select().where(store.among(Account.id, person.accounts)))
    elsewhere = Affiliation.select(Affiliation.account).where(store.among(Affiliation.contact, person.contacts))
    signed = Membership.select(Membership.account).where(store.among(Membership.login, person.logins))
    places = {one.account_id for one in people} | {row for (row,) in (*elsewhere.tuples(), *signed.tuples())}
    person.places = places - person.accounts
    points = [
        *ContactPoint.select().where(store.among(ContactPoint.contact, person.contacts)),
        *AccountPoint.select().where(store.among(AccountPoint.account, person.accounts)),
    ]
    rows = [*people, *logins, *homes]
    person.names = {row.name for row in rows} | {home.legal_name for home in homes} - {"", ERASED}
    person.emails = {row.email for row in rows} | {home.billing_email for home in homes}
    person.emails |= {point.value for point in points if point.kind == "email"}
    person.phones = {row.phone for row in (*people, *homes)} | {p.value for p in points if p.kind != "email"}
    for words in (person.names, person.emails, person.phones):
        words -= {"", ERASED, None}
    return person


def _absorbing(model, ids):
    """The ids, and those of all that was merged into them."""
    found, fresh = set(ids), set(ids)
    while fresh:
        fresh = _ids(model, store.among(model.merged_into, fresh)) - found
        found |= fresh
    return found


def _logins(person):
    """Who signs in as one of them and works nowhere else."""
    theirs = store.among(Membership.contact, person.contacts) | store.among(Membership.account, person.accounts)
    logins = {login for (login,) in Membership.select(Membership.login).where(theirs).tuples()}
    rows = Membership.select(Membership.login, Membership.contact, Membership.account)
    rows = rows.where(store.among(Membership.login, logins) & Membership.ended_at.is_null()).tuples()
    return logins - {
        login for login, contact, account in rows if contact not in person.contacts and account not in person.accounts
    }


def _ids(model, where):
    return {record for (record,) in model.select(model.id).where(where).tuples()}


def spellings(word):
    """A word as it stands in a text, and as it stands within JSON."""
    return {word, json.dumps(word, ensure_ascii=False)[1:-1]}
