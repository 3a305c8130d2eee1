"""Who stands in the demo shop twice: typed anew at the counter, spelt in two scripts, and a resort opened again."""

from datetime import timedelta

from portal import store
from portal.customers import duplicates
from portal.customers.accounts import Account
from portal.customers.contacts import Contact

AGAIN = "Isla Verde Beach Resort"
BAKERY, RESORT, KITCHEN = 0, 13, 18  # of ACCOUNTS


def fill(people, now):
    """Three pairs, by the sellers of [(account, who orders, who serves)], and the queue as the worker would make it."""
    bakery, _, seller = people[BAKERY]
    at = now - timedelta(days=3)
    Contact.add(bakery, by=seller, now=at, name="Bautista, Ruel B.", phone="0917 555 0189", role="receiver")
    kitchen, _, thai_seller = people[KITCHEN]
    about = {"name": "Somsri Kaewsai", "phone": kitchen.phone, "role": "buyer"}
    Contact.add(kitchen, by=thai_seller, now=at + timedelta(hours=5), **about)
    resort, _, seller = people[RESORT]
    again = {"name": AGAIN, "kind": "company", "phone": resort.phone, "country": "PH"}
    Account.open(by=seller, now=at + timedelta(hours=26), **again)
    with store.housekeeping("likeness"):
        for model in (Account, Contact):
            duplicates.look(model._meta.table_name, [row.id for row in model.select(model.id)])
