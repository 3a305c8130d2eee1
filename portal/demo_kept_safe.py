"""What keeps the demo shop safe: a backup to begin with, and somebody who left and asked to be forgotten."""

from dataclasses import replace
from datetime import timedelta

from portal.customers import memberships
from portal.customers.contacts import Contact
from portal.customers.data_requests import DataRequest
from portal.exchange.backups import Backup
from portal.people.logins import Login
from portal.whole import erasing

LEFT, EMAIL = 4, "joy@carinderia-aurora.example"  # of ACCOUNTS, and of COLLEAGUES
ASKED, REPLIED = timedelta(days=3), timedelta(hours=5)


def fill(people, owner, password, now):
    """The owner has a backup made and the colleague erased; the worker does both as soon as the shop is open."""
    account, _, seller = people[LEFT]
    login = Login.find("customer", EMAIL)
    asker = replace(memberships.actor_in(login, account.id), is_quiet=True)
    words = "Hindi na po ako nagtatrabaho rito. Pakibura po lahat ng tungkol sa akin."
    asked = DataRequest.ask(by=asker, kind="deletion", words=words, now=now - ASKED)
    asked.settle(by=seller, decision="done", reply="Buburahin na po namin.", now=now - REPLIED)
    leaver = Contact.get_by_id(asker.contact)
    by = replace(owner, is_quiet=True)
    erasing.ask(leaver, by=by, name=leaver.name, password=password, whose="person", now=now)
    Backup.ask(by=owner)
