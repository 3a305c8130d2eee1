"""The pages that are measured, in one table: a new noun adds its line here."""

import base64
import json
from typing import NamedTuple


class Page(NamedTuple):
    """A page by its name, whose eyes it is seen with (rep, manager, admin, customer), and its address.

    In the address stand {account}, {twin}, {order}, {invoice}, {product}: Carol's account, one that is held against
    it, her newest order, an invoice of hers, a product; {household}: the first one; {deep}: a mark in the middle of
    the accounts by name.
    """

    name: str
    who: str
    path: str


PAGES = [
    Page("Today", "rep", "/staff/"),
    Page("Today, as manager", "manager", "/staff/"),
    Page("Today, as admin", "admin", "/staff/"),
    Page("My day", "rep", "/staff/tasks"),
    Page("Tasks", "rep", "/staff/tasks/all"),
    Page("A task", "admin", "/staff/tasks/TK-000010"),
    Page("The team’s day", "manager", "/staff/tasks/team"),
    Page("Plans of tasks", "manager", "/staff/task-plans"),
    Page("Accounts", "rep", "/staff/accounts"),
    Page("Accounts, deep in the list", "rep", "/staff/accounts?after={deep}"),
    Page("Accounts, filtered", "rep", "/staff/accounts?kind=household&owner=me"),
    Page("Accounts, searched (rare)", "rep", "/staff/accounts?q={account}"),
    Page("Accounts, searched (common)", "rep", "/staff/accounts?q=garcia"),
    Page("Likely duplicates", "rep", "/staff/duplicates"),
    Page("Two accounts side by side", "admin", "/staff/accounts/{account}/merge?with={twin}"),
    Page("An account", "rep", "/staff/accounts/{account}"),
    Page("A timeline", "rep", "/staff/accounts/{account}/timeline"),
    Page(
        "A timeline, calls with a person",
        "rep",
        "/staff/accounts/{account}/timeline?kind=call&person=contact:{account}",
    ),
    Page("Contacts", "rep", "/staff/contacts"),
    Page("A contact", "rep", "/staff/contacts/{account}"),
    Page("Contacts, tagged", "rep", "/staff/contacts?tag=vip"),
    Page("Contacts, not to be contacted", "rep", "/staff/contacts?no_contact=phone"),
    Page("Contacts, with a birthday", "rep", "/staff/contacts?birthday=7&sort=born_on"),
    Page("People of several accounts", "rep", "/staff/affiliations"),
    Page("Accounts, below a parent", "rep", "/staff/accounts?parent={account}"),
    Page("A group of companies", "rep", "/staff/accounts/{account}/group"),
    Page("Interactions", "rep", "/staff/interactions"),
    Page("Interactions, mine to come", "rep", "/staff/interactions?owner=me&state=planned&sort=at"),
    Page("Interactions, searched", "rep", "/staff/interactions?q=samples"),
    Page("An interaction", "rep", "/staff/interactions/{talk}"),
    Page("Calendar", "rep", "/staff/calendar"),
    Page("Orders", "rep", "/staff/orders"),
    Page("Orders, searched", "rep", "/staff/orders?q=ocampo+trading"),
    Page("An order", "rep", "/staff/orders/{order}"),
    Page("Invoices", "rep", "/staff/invoices"),
    Page("An invoice", "rep", "/staff/invoices/{invoice}"),
    Page("Catalogue", "rep", "/staff/catalogue"),
    Page("A product", "rep", "/staff/catalogue/{product}"),
    Page("Price lists", "rep", "/staff/prices"),
    Page("Requests", "rep", "/staff/requests"),
    Page("A request", "rep", "/staff/requests/{request}"),
    Page("Articles", "rep", "/staff/articles"),
    Page("Stock", "rep", "/staff/stock"),
    Page("Unmet demand", "rep", "/staff/demand"),
    Page("Search over all, one word", "rep", "/staff/search?q=magno"),
    Page("Search over all, two words", "rep", "/staff/search?q=magno+store"),
    Page("Audit", "manager", "/staff/audit"),
    Page("Imports", "manager", "/staff/imports"),
    Page("Journal", "rep", "/staff/journal"),
    Page("Journal, as manager", "manager", "/staff/journal"),
    Page("A deed", "admin", "/staff/journal/{deed}"),
    Page("Accounts, as admin", "admin", "/staff/accounts"),
    Page("Warranties", "rep", "/staff/warranties"),
    Page("A warranty", "rep", "/staff/warranties/{warranty}"),
    Page("Claims", "rep", "/staff/claims"),
    Page("A claim", "rep", "/staff/claims/{claim}"),
    Page("Cases", "rep", "/staff/cases"),
    Page("A case", "rep", "/staff/cases/{case}"),
    Page("Customer: talks", "customer", "/account/talks"),
    Page("Customer: a talk", "customer", "/account/talks/{talk}"),
    Page("Mailbox", "rep", "/staff/mailbox"),
    Page("Mails of an account", "rep", "/staff/mailbox?state=all&account={account}"),
    Page("A conversation by mail", "rep", "/staff/mailbox/{conversation}"),
    Page("Writing a mail", "rep", "/staff/orders/{order}/write"),
    Page("Own fields", "admin", "/staff/settings/custom-fields?noun=contact"),
    Page("Contacts, by an own field", "rep", "/staff/contacts?sort=-own_2&columns=name,own_1,own_2"),
    Page("Contacts, filtered by own fields", "rep", "/staff/contacts?own_2.from=300&own_1=dark"),
    Page("A contact, own fields", "rep", "/staff/further/contact/{account}?section=More"),
    Page("Mail templates", "rep", "/staff/settings/mail-templates"),
    Page("Customer: questions", "customer", "/cases"),
    Page("Customer: a question", "customer", "/cases/{case}"),
    Page("Customer: asking", "customer", "/cases/new"),
    Page("Customer: home", "customer", "/"),
    Page("Customer: orders", "customer", "/orders"),
    Page("Customer: an order", "customer", "/orders/{order}"),
    Page("Customer: invoices", "customer", "/invoices"),
    Page("Customer: an invoice", "customer", "/invoices/{invoice}"),
    Page("Customer: order pad of 500 lines", "customer", "/orders/new"),
    Page("Customer: lists", "customer", "/lists"),
    Page("Customer: a list", "customer", "/lists/1"),
    Page("Customer: suggested orders", "customer", "/orders/suggestions"),
    Page("Customer: a suggested order", "customer", "/orders/suggested/SG-000001"),
    Page("Customer: wishes", "customer", "/wishes"),
    Page("Customer: catalogue", "customer", "/catalogue"),
    Page("Customer: account", "customer", "/account"),
    Page("Customer: warranties", "customer", "/warranties"),
    Page("Customer: a warranty", "customer", "/warranties/{warranty}"),
    Page("Customer: asking a claim", "customer", "/warranties/{other_warranty}/claim"),
    Page("Customer: a claim", "customer", "/claims/{claim}"),
    Page("A claim without sign-in", "customer", "/warranties/claim/t1"),
    Page("Customer: addresses", "customer", "/account/addresses"),
    Page("Customer: messages", "customer", "/inbox"),
    Page("Customer: messages of a topic", "customer", "/inbox?topic=orders"),
    Page("Customer: what we tell you", "customer", "/account/notices"),
    Page("Customer: news of the shop", "customer", "/announcements"),
    Page("What one is told", "rep", "/staff/notices"),
    Page("Requests about data", "rep", "/staff/data-requests"),
    Page("Whose eyes to look with", "rep", "/staff/accounts/{account}/look"),
    Page("Announcements", "manager", "/staff/settings/announcements"),
    Page("State of the shop", "admin", "/staff/health"),
    Page("Backups", "admin", "/staff/health/backups"),
    Page("Erased people", "admin", "/staff/erasures"),
    Page("Erasing a household", "admin", "/staff/accounts/{household}/erase"),
    Page("Erasing a person", "admin", "/staff/contacts/{account}/erase"),
    Page("Leads", "rep", "/staff/leads"),
    Page("A lead", "admin", "/staff/leads/{lead}"),
    Page("Order forms", "manager", "/staff/order-forms"),
    Page("An order form", "manager", "/staff/order-forms/feast"),
    Page("A public order form", "customer", "/order-form/feast"),
    Page("Customer: guest orders", "customer", "/guest-orders"),
    Page("Customer: people of the company", "customer", "/account/people"),
    Page("Customer: what we know", "customer", "/account/data"),
    Page("Customer: consent", "customer", "/account/data/consent"),
    Page("Customer: who looked", "customer", "/account/data/looks"),
    Page("Customer: asking about data", "customer", "/account/data/requests"),
    Page("Customer: requests", "customer", "/account/requests"),
    Page("Customer: a request", "customer", "/account/requests/{request}"),
]


def mark(value, number):
    """A place in a list, as portal/web/lists.py writes it into addresses."""
    return base64.urlsafe_b64encode(json.dumps([value, number]).encode()).decode().rstrip("=")


def addresses(shop):
    """What fills the braces of the table for a shop of tests/bench/shop.py."""
    return {
        "household": 3,  # each third account is one
        "account": shop.carol,
        "twin": shop.carol - 1,
        "order": f"SO-{shop.last_order:06d}",
        "product": "P1001",
        "invoice": shop.customers + 1,
        "warranty": f"WA-{shop.last_warranty:06d}",
        "other_warranty": f"WA-{shop.last_warranty - 1:06d}",
        "claim": f"CL-{shop.customers // 20 + 1:06d}",
        "conversation": f"ML-{shop.customers // 10 + 1:06d}",
        "case": f"CS-{shop.customers // 20 + 1:06d}",
        "talk": f"IA-{shop.talks.last:06d}",
        "request": f"CR-{shop.customers // 20 + 1:06d}",
        "deed": shop.customers // 10,
        "lead": f"LD-{shop.customers // 20:06d}",
        "deep": mark("jacinto store", 0),
    }
