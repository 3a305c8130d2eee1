"""Foreign records: who tries whose, by which keys, and whether an answer differs from that for a missing one."""

import re

from portal.activity.announcements import Announcement
from portal.activity.task_plans import TaskPlan
from portal.activity.views import SavedView
from portal.custom import CustomField
from portal.customers.groups import AccountGroup
from portal.customers.tags import Tag
from portal.exchange.bank_lines import BankLine
from portal.exchange.bank_statements import BankStatement
from portal.exchange.runs import ImportRun
from portal.people.employees import Employee
from portal.people.roles import StaffRole
from portal.people.teams import Team
from portal.sales.branches import Branch
from portal.sales.catalogue import Product
from portal.sales.charges import FreightRule, TaxRate
from portal.sales.discounts import DiscountLimit
from portal.sales.leads import Lead
from portal.sales.order_forms import OrderForm
from portal.sales.payment_methods import PaymentMethod
from portal.sales.price_lists import PriceList
from portal.service.articles import Article
from portal.service.mail_templates import MailTemplate
from portal.service.promises import Promise
from portal.service.warranty_terms import WarrantyTerms

# What belongs to no customer: the shop's own, which whoever may do the action may do it to.
OF_THE_SHOP = {
    AccountGroup, Announcement, Article, BankLine, BankStatement, Branch, CustomField, DiscountLimit, Employee,
    FreightRule, ImportRun, Lead, MailTemplate, OrderForm, PaymentMethod, PriceList, Product, Promise, SavedView,
    StaffRole, Tag, TaskPlan, TaxRate, Team, WarrantyTerms,
}  # fmt: skip
# Whose records are tried by whom: another customer, a colleague with fewer rights, a rep of another team, one whose
# role reaches his own accounts only, one who was let go, nobody.
STRANGERS = {
    "carol": ("dave", "tess", "owen", "nina", "gus", "nobody"),
    "dave": ("carol", "bea", "rhea", "lea", "nobody"),
    "carol alone": ("bea", "cora", "dave", "nobody"),
}
FAR = 700_000  # what is added to a number to get one that is nobody's
OWN_MARKS = re.compile(
    r'(name="(?:csrf_token|form_key)"[^>]*value=")[^"]*|(value=")[^"]*("[^>]*name="(?:csrf_token|form_key)")'
)
REFERENCE = re.compile(r'<p class="sub ref">.*?</p>')
FLEETING = ("Date", "Content-Length", "X-Request-Id", "Set-Cookie")


def keys_of(record):
    """Every text that names a record: number, id in many spellings, its Ref, and what else is unique about it."""
    id, number = str(record.id), str(record.number)
    wide = id.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})
    found = [
        number,
        id,
        number.lower(),
        number.zfill(9),
        f"{record._meta.table_name}:{id}",
        f"{id}.0",
        f"+{id}",
        wide,
    ]
    found += [f" {number}", f"{number} ", f"{number}%00", f"{id}e0", f"0x{record.id:x}", f"{id},{id}"]
    for field in record._meta.sorted_fields:
        text = record.__data__.get(field.name)
        if field.unique and isinstance(text, str):
            found.append(text)
    return [key for key in dict.fromkeys(found) if key and "/" not in key]


def twin_of(key):
    """The same key of a record that does not exist."""
    digits = re.findall(r"\d+", key)
    if not digits:
        return key + "x"
    before, _, after = key.rpartition(digits[-1])
    return f"{before}{str(int(digits[-1]) + FAR).zfill(len(digits[-1]))}{after}"


def seen(answer):
    """What somebody sees of an answer, without what differs each time and without the address that was asked for."""
    headers = {name: text for name, text in answer.headers.items() if name not in FLEETING}
    headers["Location"] = re.sub("next=.*", "next=", headers.get("Location", ""))
    text = REFERENCE.sub("", OWN_MARKS.sub(r"\1\2\3", answer.data.decode(errors="replace")))
    text = re.sub(r'next=[^"<]*', "next=", re.sub(r"(<time[^>]*>)[^<]*", r"\1", text))  # how long ago moves on
    return answer.status_code, sorted(headers.items()), text
