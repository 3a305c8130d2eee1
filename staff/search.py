"""Find anything: one box over all nouns, grouped, within the reach of whoever asks."""

from flask import redirect, request

from portal import search
from portal.activity.attachments import Attachment
from portal.activity.interactions import INSIDE as INSIDE_TALKS
from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from portal.customers.accounts import Account
from portal.customers.affiliations import Affiliation
from portal.customers.contacts import Contact
from portal.customers.tags import Tag
from portal.exchange.bank_lines import BankLine
from portal.people import policy
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.leads import Lead
from portal.sales.orders import Order
from portal.sales.payments import Payment
from portal.sales.price_lists import PriceList
from portal.sales.shipments import Shipment
from portal.service.articles import STAFF_ONLY, Article
from portal.service.cases import INSIDE, Case
from portal.service.claims import Claim
from portal.service.conversations import INSIDE as INSIDE_MAILS
from portal.service.conversations import Conversation
from portal.service.requests import ChangeRequest
from portal.service.returns import Return
from portal.service.warranties import Warranty
from portal.web import pages, places
from staff.face import crm

SHOW = pages.Page("staff/search/show.html")
ROWS = 8
NOUNS = {
    "account": Account,
    "contact": Contact,
    "order": Order,
    "shipment": Shipment,
    "invoice": Invoice,
    "payment": Payment,
    "product": Product,
    "price_list": PriceList,
    "return": Return,
    "change_request": ChangeRequest,
    "warranty": Warranty,
    "claim": Claim,
    "lead": Lead,
    "case": Case,
    "conversation": Conversation,
    "attachment": Attachment,
    "tag": Tag,
    "affiliation": Affiliation,
    "interaction": Interaction,
    "task": Task,
}
KEPT = {"bank_line": (BankLine, "bank.see"), "article": (Article, STAFF_ONLY)}  # what only those with a right find
WITH_COMMENTS = (INSIDE, INSIDE_TALKS, INSIDE_MAILS)  # rights under which nouns are also found by what only we read
NAMES = {  # what a found record is called, when not by its own name
    "order": lambda order: order.account_name,
    "shipment": lambda shipment: shipment.order.account_name,
    "invoice": lambda invoice: invoice.account_name,
    "payment": lambda payment: payment.account_name,
    "return": lambda return_: return_.account_name,
    "change_request": lambda request: request.account_name,
    "warranty": lambda thing: f"{thing.product_name} {thing.serial}",
    "claim": lambda claim: f"{claim.product_name} {claim.serial}",
    "lead": lambda lead: lead.who,
    "affiliation": lambda place: f"{place.contact.name}, {place.account.name}",
    "case": lambda case: case.subject,
    "task": lambda task: task.title,
    "interaction": lambda talk: talk.subject or talk.account.name,
    "conversation": lambda mails: f"{mails.who}: {mails.subject}",
    "article": lambda article: article.title,
    "bank_line": lambda line: line.payer or line.text or line.number,
}
LISTS = {
    "account": "accounts",
    "contact": "contacts",
    "order": "orders",
    "shipment": "shipments",
    "invoice": "invoices",
    "payment": "payments",
    "product": "catalogue",
    "price_list": "prices",
    "return": "returns",
    "change_request": "requests",
    "warranty": "warranties",
    "claim": "claims",
    "lead": "leads",
    "case": "cases",
    "conversation": "mailbox",
    "attachment": "files",
    "bank_line": "bank/lines",
    "article": "articles",
    "tag": "settings/tags",
    "affiliation": "affiliations",
    "interaction": "interactions",
    "task": "tasks/all",
}


@crm.get("/search", may="search.use")
def search_show(actor):
    query = request.args.get("q", "").strip()[: search.LONGEST_QUERY]
    kept = {kind: right for kind, (_, right) in KEPT.items() if policy.may(actor, right)}
    rights = [*kept.values(), *(right for right in WITH_COMMENTS if policy.may(actor, right))]
    found = search.find(query, [*NOUNS, *kept], actor, limit=ROWS, rights=rights)
    groups = [(kind, rows_of(kind, hits.records, actor), hits.more) for kind, hits in found.items()]
    groups = [group for group in groups if group[1]]
    if len(groups) == 1 and len(groups[0][1]) == 1:
        return redirect(groups[0][1][0][-1], code=303)
    return SHOW.render(query=query, groups=groups, lists=LISTS)


def rows_of(kind, ids, actor):
    """[(number, name, address)] in the order of the finding; what the person may not see after all is left out."""
    model = NOUNS[kind] if kind in NOUNS else KEPT[kind][0]
    seen = {row.id: row for row in model.visible_to(actor).where(model.id.in_(ids))} if ids else {}
    found = [seen[i] for i in ids if i in seen]
    return [(row.number, name_of(kind, row), places.address_of(row.ref)) for row in found]


def name_of(kind, record):
    """What a line of the page calls a record, beside its number."""
    return NAMES[kind](record) if kind in NAMES else record.name
