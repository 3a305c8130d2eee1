"""The demo shop's imports: a list that came in last month, and a newer one that waits for a decision."""

import io
from datetime import timedelta

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.exchange import run_carrying, run_files, run_mapping, run_working

SHOP = {"currency": "PHP", "country": "PH", "zone": "Asia/Manila"}
HEAD = "Customer No,First name,Last name,Company,E-mail,Mobile,Position,Birthday\n"
PEOPLE = (
    ("Maricel", "Dela Peña", "purchasing"), ("Rodel", "Evangelista", "kitchen"), ("Jhun", "Macaraeg", "store manager"),
    ("Analyn", "Tolentino", "bookkeeping"), ("Kristoffer", "Abad", "purchasing"), ("Liezl", "Pangilinan", "owner"),
    ("Nonoy", "Batungbakal", "receiving"), ("Somchai", "Jaidee", "purchasing"), ("Malee", "Srisuk", "owner"),
)  # fmt: skip


def fill(by, now):
    """Bring in the list of a fair, and a month later the newer one, in which some moved and some are new."""
    companies = [
        a.name for a in Account.visible_to(by).where(Account.kind == "company").order_by(Account.id).limit(9)
    ]
    if len(companies) < 2:
        return
    first = [_row(n, companies, "mail.example") for n in range(6)]
    run = _bring(first, "trade-fair-october.csv", by, now - timedelta(days=24))
    run_carrying.carry_out(run, by=by, now=now - timedelta(days=24))
    run_working.run(teller=by)
    edited = Contact.visible_to(by).where(Contact.email == "jhun.macaraeg@mail.example").first()
    if edited:
        edited.edit(by=by, email="jhun@macaraeg.example")  # what the newer list says of him is a doubt
    newer = [_row(n, companies, "mail.example" if n % 2 else "office.example") for n in range(9)]
    newer.append("10,Rodel,Evangelista,No Such Company,rodel@,,,31/31/1990\n")
    _bring(newer, "trade-fair-november.csv", by, now - timedelta(hours=2))


def _row(number, companies, domain):
    first, last, position = PEOPLE[number]
    mail = f"{first}.{last}".lower().replace(" ", "").replace("ñ", "n")
    company = companies[number % len(companies)].replace('"', "")
    return (
        f'{number + 1},{first},{last},"{company}",{mail}@{domain},0917 555 {3100 + number},'
        f"{position},{13 + number}/0{number + 1}/198{number}\n"
    )


def _bring(rows, name, by, now):
    data = (HEAD + "".join(rows)).encode()
    run = run_files.bring(by=by, stream=io.BytesIO(data), name=name, kind="contacts", now=now)
    kind, raw = run_mapping.guess(run, by, "contacts")
    run_mapping.compare(run, by=by, kind=kind, raw=raw, shop=SHOP, now=now)
    run_working.run(teller=by)
    return type(run).get_by_id(run.id)
