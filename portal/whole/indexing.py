"""The search over all nouns: where the texts of each come from, to make the index anew and to see whether it fits."""

from portal import reindexing, search
from portal.activity.attachments import Attachment
from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from portal.customers.accounts import Account
from portal.customers.affiliations import Affiliation
from portal.customers.contacts import Contact
from portal.customers.tags import Tag
from portal.exchange.bank_lines import BankLine
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.leads import Lead
from portal.sales.orders import Order
from portal.sales.payments import Payment
from portal.sales.price_lists import PriceList
from portal.sales.shipments import Shipment
from portal.service import case_messages, mails
from portal.service.articles import Article
from portal.service.claims import Claim
from portal.service.requests import ChangeRequest
from portal.service.returns import Return
from portal.service.warranties import Warranty

NOUNS = (
    Account, Affiliation, Article, Attachment, BankLine, ChangeRequest, Claim, Contact, Interaction, Invoice, Lead,
    Order, Payment, PriceList, Product, Return, Shipment, Tag, Task, Warranty,
)  # fmt: skip
SOURCES = {
    **{model._meta.table_name: model.search_entries for model in NOUNS},
    "case": case_messages.search_entries,
    "conversation": mails.search_entries,
}

search.know(SOURCES)


def rebuild(kinds=None):
    """Make the index of these kinds (None: of all) anew while people work; yields (kind, records) as each is done."""
    for kind in kinds or SOURCES:
        yield kind, reindexing.rebuild({kind: SOURCES[kind]})


def stale(kinds=None):
    """Refs of the records of these kinds that the index holds otherwise than their rows say."""
    return reindexing.stale({kind: SOURCES[kind] for kind in kinds or SOURCES})
