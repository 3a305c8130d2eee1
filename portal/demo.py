"""The demo shop: invented people, goods and half a year of orders, made through the same doors as real ones."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from portal import (
    audit,
    demo_articles,
    demo_bank,
    demo_cases,
    demo_custom,
    demo_deliveries,
    demo_demand,
    demo_duplicates,
    demo_imports,
    demo_interactions,
    demo_invoices,
    demo_journal,
    demo_kept_safe,
    demo_leads,
    demo_links,
    demo_mailbox,
    demo_notices,
    demo_papers,
    demo_people,
    demo_prices,
    demo_relations,
    demo_requests,
    demo_returns,
    demo_roles,
    demo_tasks,
    demo_views,
    demo_warranties,
    preflight,
    values,
)
from portal.customers import memberships
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.demo_goods import CATEGORIES, GOODS, THAI_GOODS
from portal.people import employees, passwords
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.people.teams import Team
from portal.sales import branches, cancelling, placing, quotes, shipments, stock
from portal.sales.catalogue import Category
from portal.sales.charges import FreightRule, TaxRate
from portal.sales.orders import Order
from portal.values import Actor

PASSWORD = "suki-mabuhay-2026"  # noqa: S105 known to everybody: demo people exist on no real shop
CUSTOMER = "dolor@panaderya-dolor.example"
STAFF = "nena@aling-nena.example"
SEED = 20261122
HISTORY_DAYS = 190
MANILA = ZoneInfo("Asia/Manila")

TEAMS = ("Metro Manila", "Luzon at Visayas", "Krung Thep")
EMPLOYEES = (  # name, e-mail, role, team, title, phone, language
    ("Nena Ocampo", STAFF, "admin", None, "Owner", "0917 555 0101", "en"),
    ("Teresa Ilagan", "teresa@aling-nena.example", "manager", 0, "Sales manager", "0917 555 0102", "en"),
    ("Rico Salazar", "rico@aling-nena.example", "rep", 0, "Sales, Metro Manila", "0917 555 0142", "en"),
    ("Mayumi Abad", "mayumi@aling-nena.example", "rep", 1, "Sales, Luzon and Visayas", "0917 555 0143", "fil"),
    ("กานดา สุวรรณ", "kanda@aling-nena.example", "rep", 2, "Sales, Bangkok", "+66 81 555 0144", "th"),
)
# kind, account, owner (index of EMPLOYEES), days between orders, person, role, e-mail, phone, address, favourites
ACCOUNTS = (
    ("company", "Panaderya Dolor", 2, 9, "Dolor Bautista", "owner", CUSTOMER, "0917 555 0188",
     ("14 Kamias Road", "Sikatuna Village", "Quezon City", "Metro Manila", "1101"), "HAR-1CL LEB-500 MAR-225 ASU-WHT SUP-PAN"),
    ("company", "Kusina ni Aling Baby", 2, 7, "Beatriz Mercado", "owner", "baby@kusina-baby.example", "0918 555 0121",
     ("22 Batasan Road", "Batasan Hills", "Quezon City", "Metro Manila", "1126"), "BIG-SIN25 OIL-P17 TOY-GAL SUK-GAL ITL-DOZ"),
    ("company", "JBT Hardware", 2, 14, "Jaime Tolentino", "owner", "jaime@jbt-hardware.example", "0919 555 0177",
     ("301 Visayas Avenue", "Tandang Sora", "Quezon City", "Metro Manila", "1116"), "SEM-40K PLY-HAL PAK-3IN YER-GI8 PIN-LAT"),
    ("company", "Kantina ng San Roque", 2, 5, "Sister Amparo Lim", "buyer", "kantina@sanroque.example", "0920 555 0133",
     ("8 Esteban Abada St.", "Loyola Heights", "Quezon City", "Metro Manila", "1108"), "BIG-SIN25 SAR-155 KAP-3IN ITL-DOZ STY-REP"),
    ("company", "Carinderia Aurora", 2, 8, "Aurora Pineda", "owner", "aurora@carinderia-aurora.example", "0921 555 0115",
     ("77 P. Tuazon Blvd.", "Cubao", "Quezon City", "Metro Manila", "1109"), "BIG-SIN25 PAT-GAL SUK-GAL OIL-P17 BAN-KET"),
    ("company", "Kapihan sa Kanto", 2, 10, "Migs Fajardo", "owner", "migs@kapihan-kanto.example", "0922 555 0166",
     ("5 Maginhawa St.", "Teachers Village", "Quezon City", "Metro Manila", "1101"), "CUP-12Z GAT-EVA ASU-BRN KAP-3IN TUB-350"),
    ("company", "Golden Palayok", 2, 6, "Winnie Chua", "purchasing_manager", "winnie@golden-palayok.example", "0917 555 0176",
     ("18 Eastwood Ave.", "Bagumbayan", "Quezon City", "Metro Manila", "1110"), "BIG-DIN25 OIL-P17 TOY-GAL SOF-237 STY-REP"),
    ("company", "Tres Marias Catering", 2, 12, "Marites Roque", "owner", "marites@tresmarias.example", "0923 555 0190",
     ("66 Scout Rallos", "Laging Handa", "Quezon City", "Metro Manila", "1103"), "BIG-MAL25 GAT-400 STY-REP DIS-GAL ITL-DOZ"),
    ("company", "Sari-Sari ni Ka Berto", 2, 4, "Berto Magsaysay", "owner", "berto@kaberto.example", "0915 555 0119",
     ("Blk 7 Lot 12 Sampaguita St.", "Commonwealth", "Quezon City", "Metro Manila", "1121"), "SAR-155 KAP-3IN SOF-237 PLA-LAB ASI-001"),
    ("company", "Himala Laundry", 2, 16, "Elsa Aunor", "owner", "elsa@himala-laundry.example", "0916 555 0120",
     ("41 Anonas St.", "Quirino 3-A", "Quezon City", "Metro Manila", "1102"), "SAB-BAR BLE-GAL DIS-GAL"),
    ("household", "Pamilya Evangelista", 2, 28, "Grace Evangelista", "family", "grace@evangelista.example", "0917 555 0151",
     ("9 Mabait St.", "Teachers Village West", "Quezon City", "Metro Manila", "1101"), "BIG-DIN25 OIL-C01 SAR-155"),
    ("household", "Pamilya Kalaw", 2, 35, "Andres Kalaw", "family", "andres@kalaw.example", "0917 555 0152",
     ("12 Matahimik St.", "Malaya", "Quezon City", "Metro Manila", "1101"), "BIG-SIN25 KAP-3IN DIS-GAL KAL-2BN"),
    ("company", "Paniqui Bakers Cooperative", 3, 11, "Ligaya Tañedo", "purchasing_manager", "ligaya@paniqui-bakers.example",
     "0927 555 0131", ("M. H. del Pilar St.", "Poblacion Norte", "Paniqui", "Tarlac", "2307"), "HAR-3CL HAR-1CL LEB-500 MAN-001 GAT-EVA"),
    ("company", "Isla Verde Resort", 3, 13, "Nonoy Villaflor", "buyer", "nonoy@islaverde.example", "0928 555 0132",
     ("Sitio Baybayin", "Talipanan", "Puerto Galera", "Oriental Mindoro", "5203"), "BIG-DIN25 TUN-180 SOF-237 TUB-350 SRV-DEL"),
    ("company", "Balay Sang Kape", 3, 15, "Inday Ledesma", "owner", "inday@balaykape.example", "0929 555 0134",
     ("Iznart St.", "Danao", "Iloilo City", "Iloilo", "5000"), "CUP-12Z ASU-BRN GAT-EVA KAP-3IN"),
    ("company", "Vigan Longganisa House", 3, 9, "Crisanto Quirino", "owner", "santo@vigan-house.example", "0930 555 0135",
     ("V. de los Reyes St.", "Barangay VIII", "Vigan City", "Ilocos Sur", "2700"), "SUK-GAL ASI-001 ASU-BRN BIG-SIN25"),
    ("company", "Bohol Builders Depot", 3, 18, "Emong Sarmiento", "owner", "emong@bohol-builders.example", "0931 555 0136",
     ("CPG Avenue", "Cogon", "Tagbilaran City", "Bohol", "6300"), "SEM-40K YER-GI8 PAK-3IN PIN-LAT TIM-100"),
    ("household", "Pamilya Dimaculangan", 3, 30, "Rosario Dimaculangan", "family", "rosario@dimaculangan.example", "0932 555 0137",
     ("Purok 3", "San Isidro", "Batangas City", "Batangas", "4200"), "BIG-SIN25 OIL-C01 ITL-DOZ BLN-HD1"),
    ("company", "ครัวคุณแม่ บางจาก", 4, 9, "สมศรี แก้วใส", "owner", "somsri@krua-khunmae.example", "+66 81 555 0161",
     ("88 ซอยสุขุมวิท 62", "บางจาก", "พระโขนง", "กรุงเทพมหานคร", "10260"), "TH-HOM15 TH-NAM700 TH-KRA1 TH-PRI1"),
    ("company", "ร้านป้าแต๋ว", 4, 6, "แต๋ว ใจดี", "owner", "taew@raan-pa-taew.example", "+66 82 555 0162",
     ("12/4 ซอยอ่อนนุช 17", "สวนหลวง", "สวนหลวง", "กรุงเทพมหานคร", "10250"), "TH-HOM15 TH-NAMM13 TH-TAN1"),
    ("company", "Siam Garden Deli", 4, 12, "Napat Wong", "purchasing_manager", "napat@siamgarden.example", "+66 83 555 0163",
     ("55 Sukhumvit Soi 49", "Khlong Tan Nuea", "Watthana", "Bangkok", "10110"), "TH-HOM15 TH-KRA1 TH-PRI1 TH-NAM700"),
    ("household", "ครอบครัวศรีสุข", 4, 32, "ปิยะ ศรีสุข", "family", "piya@srisuk.example", "+66 84 555 0164",
     ("199 ถนนพหลโยธิน", "จตุจักร", "จตุจักร", "กรุงเทพมหานคร", "10900"), "TH-HOM15 TH-TAN1"),
)  # fmt: skip
COLLEAGUES = (  # account, name, role there, role of the sign-in, e-mail, phone
    (0, "Ruel Bautista", "buyer", "buyer", "ruel@panaderya-dolor.example", "0917 555 0189"),
    (0, "Anita Lopez", "bookkeeper", "viewer", "anita@panaderya-dolor.example", "0917 555 0190"),
    (4, "Joy Natividad", "buyer", "viewer", "joy@carinderia-aurora.example", "0921 555 0191"),
    (6, "Henry Chua", "owner", "customer_admin", "henry@golden-palayok.example", "0917 555 0179"),
    (12, "Ben Tañedo", "buyer", "buyer", "ben@paniqui-bakers.example", "0927 555 0139"),
)
SECOND_PLACE = ("Stall 6, Kamuning Market", "Kamuning", "Quezon City", "Metro Manila", "1103")
MOVED, MOVED_TO = 1, ("5 Batasan-San Mateo Road", "Batasan Hills", "Quezon City", "Metro Manila", "1126")
CALLED, NEW_PHONE = 6, "0917 555 0170"
# What Today shows: account, hours ago, how far it has come (0 placed, 1 confirmed, 2 shipped).
OPEN_ORDERS = ((6, 0.7, 0), (3, 1.6, 0), (18, 2.5, 0), (13, 5, 1), (10, 7, 1), (1, 26, 2), (0, 29, 2))
DELIVERED, CANCELLED = 3, -1
SILENT = {7: 40, 14: 45}  # accounts that have ordered nothing for so many days: somebody should call


VERBS = {
    "confirm": Order.confirm,
    "ship": shipments.ship,
    "deliver": shipments.deliver_all,
    "cancel": partial(cancelling.cancel, reason="Ordered twice by mistake"),
} | demo_invoices.VERBS


class Planned(NamedTuple):
    """An order of the past: when, whose (index of ACCOUNTS), what, whether the customer placed it, and its fate."""

    moment: datetime
    account: int
    wanted: dict
    is_own: bool
    steps: int


def fill(now=None):
    """Make the demo shop in one transaction; a database with accounts or employees is left as it is.

    Returns whether anything was made. The same `now` makes the same shop.
    """
    if not has_room():
        return False
    now = (now or values.now()).replace(microsecond=0)
    began = now - timedelta(days=HISTORY_DAYS + 5)
    chance = random.Random(SEED)  # noqa: S311 invented data, not secrets
    by = values.system("Suki")
    with audit.change(by, "demo.made"):
        with audit.change(by, preflight.DEMO_EVENT) as change:
            change.happened()  # the first entry, so that each start sees at once what shop this is
        staff = _staff(by, began)
        demo_roles.make_roles(by)
        demo_mailbox.make_templates(by)
        _charges(by, began)
        demo_papers.describe(by, began)
        demo_views.keep(staff[1], began)
        plan = sorted(_plan(chance, now), key=lambda planned: (planned.moment, planned.account))
        _catalogue(by, began, plan)
        demo_warranties.describe(by, began)
        demo_articles.write(*(_quiet(employees.actor_for(staff[n].login)) for n in (2, 1)), began)
        people = _customers(by, staff, began)
        demo_prices.agree(people, by, began)
        _happen(chance, people, plan, now)
        demo_prices.ask(people, now)
        demo_bank.fill(by, now)
        sellers = [_quiet(employees.actor_for(staff[n].login)) for n in (1, 2, 4)]
        demo_leads.fill(sellers[0], sellers[1:], began, now)
        demo_imports.fill(sellers[0], now)
        demo_tasks.fill(sellers, now)
        demo_notices.fill(sellers[0], now)
        demo_links.fill(people, by, now)
        demo_custom.describe(by, now)
        demo_duplicates.fill(people, now)
        demo_journal.fill(sellers[0], now)
        demo_kept_safe.fill(people, employees.actor_for(staff[0].login), PASSWORD, now)
    return True


def has_room():
    """Whether nobody has begun a shop in this database."""
    return not Account.select().exists() and not Employee.select().exists()


def _staff(by, began):
    teams = [Team.add(by=by, name=name, now=began) for name in TEAMS]
    made = []
    for name, email, role, team, title, phone, language in EMPLOYEES:
        employee = Employee.add(
            by=by, name=name, email=email, role=role, job_title=title, phone=phone,
            team=teams[team] if team is not None else None, manager=made[1] if role == "rep" else None, now=began,
        )  # fmt: skip
        with audit.change(by, "employee.signed_up", employee, now=began) as change:
            change.update(employee, login=_login(change, "staff", name, email, language))
        made.append(employee)
    return made


def _login(change, kind, name, email, language):
    shown, key = values.email(email)
    return change.create(
        Login, kind=kind, email=shown, email_key=key, name=name, language=language,
        password_hash=_password_hash(), verified_at=change.now,
    )  # fmt: skip


_hashes = []


def _password_hash():
    """One hash for all demo people: argon2 is slow on purpose, and they share the password."""
    if not _hashes:
        _hashes.append(passwords.scramble(PASSWORD))
    return _hashes[0]


def _charges(by, began):
    for country, name, rate in (("PH", "VAT", 1200), ("TH", "VAT", 700)):
        TaxRate.add(by=by, country=country, tax_class="standard", name=name, basis_points=rate, is_included=True,
                    now=began)  # fmt: skip
        TaxRate.add(by=by, country=country, tax_class="zero", name=name, basis_points=0, is_included=True,
                    now=began)  # fmt: skip
    for from_kg, fee in ((0, 150), (50, 350), (300, 900)):
        FreightRule.add(
            by=by, country="PH", currency="PHP", basis="weight", from_value=from_kg * 1000, fee_minor=fee * 100,
            free_from_minor=15_000_00, now=began,
        )  # fmt: skip
    FreightRule.add(
        by=by, country="TH", currency="THB", basis="amount", from_value=0, fee_minor=120_00,
        free_from_minor=3_000_00, now=began,
    )  # fmt: skip
    week = "mon-fri 08:00-17:00\nsat 08:00-12:00"
    branches.add(by=by, name="Cubao", line1="112 Aurora Blvd.", city="Quezon City", country="PH",
                 phone="02 8555 0110", hours=week, now=began)  # fmt: skip
    branches.add(by=by, name="Bang Na", line1="40 ถนนบางนา-ตราด", city="กรุงเทพฯ", country="TH",
                 phone="+66 2 555 0120", hours=week, now=began)  # fmt: skip


def _catalogue(by, began, plan):
    """The shelves began with what stands on them today and all that was ordered since."""
    sold = Counter()
    for planned in plan:
        sold.update(planned.wanted)
    shelves = [Category.named(name, by=by) for name in CATEGORIES]
    for currency, rows in (("PHP", GOODS), ("THB", THAI_GOODS)):
        for code, name, shelf, unit, price, cost, weight, pieces, warranty in rows:
            stock.add_product(
                by=by, code=code, name=name, category=shelves[shelf], unit=unit, currency=currency, now=began,
                kind="service" if shelf == 9 else "goods", list_minor=price * 100, cost_minor=cost * 100,
                weight_g=weight, warranty_months=warranty, tax_class="zero" if shelf == 0 else "standard",
                counted=None if pieces is None else pieces + sold[code],
            )  # fmt: skip


def _customers(by, staff, began):
    """[(account, customer who orders, rep who serves)], as in ACCOUNTS."""
    made = []
    for n, (kind, name, owner, _every, person, role, email, phone, place, _codes) in enumerate(ACCOUNTS):
        rep = staff[owner]
        thai = rep.login.language == "th"
        language = "th" if thai and not name.isascii() else "fil" if n % 3 == 1 and not thai else "en"
        country, currency = ("TH", "THB") if thai else ("PH", "PHP")
        account = Account.open(
            by=by, kind=kind, name=name, phone=phone, email=email, language=language, country=country,
            currency=currency, owner=rep, team=rep.team,
            since_on=(began - timedelta(days=210 + 37 * n)).date(), now=began,
        )  # fmt: skip
        _address(by, account, person, place, country, make_default=True, now=began)
        member = _member(by, account, person, role, "customer_admin", email, phone, language, began)
        made.append((account, member, _quiet(employees.actor_for(rep.login))))
    _address(by, made[0][0], "Panaderya Dolor, Kamuning", SECOND_PLACE, "PH", now=began)
    for n, name, role, right, email, phone in COLLEAGUES:
        _member(by, made[n][0], name, role, right, email, phone, "en", began)
    both = Login.find("customer", "henry@golden-palayok.example")
    with audit.change(by, "membership.made", about=made[8][0], now=began) as change:
        change.create(Membership, login=both, account=made[8][0], role="customer_admin")
    return made


def _address(by, account, recipient, place, country, **more):
    line1, district, city, region, postal_code = place
    Address.add(
        account, by=by, recipient=recipient, line1=line1, district=district, city=city, region=region,
        postal_code=postal_code, country=country, **more,
    )  # fmt: skip


def _member(by, account, name, role, right, email, phone, language, began):
    about = {"name": name, "role": role, "email": email, "phone": phone, "language": language}
    contact = Contact.add(account, by=by, now=began, **about)
    with audit.change(by, "membership.made", about=account, now=began) as change:
        login = _login(change, "customer", name, email, language)
        change.create(Membership, login=login, account=account, contact=contact, role=right)
    return _quiet(memberships.actor_for(login, account.id))


def _quiet(actor: Actor):
    return replace(actor, is_quiet=True)


def _plan(chance, now):
    """Orders at each account's own pace, and those of today."""
    for n, (kind, *_, every, _person, _role, _email, _phone, _place, codes) in enumerate(ACCOUNTS):
        at = now - timedelta(days=HISTORY_DAYS - chance.random() * every)
        while at < now - timedelta(days=2):
            moment, steps = _working_hour(chance, at), CANCELLED if chance.random() < 0.03 else DELIVERED
            planned = Planned(moment, n, _basket(chance, kind, codes.split()), chance.random() < 0.8, steps)
            if at < now - timedelta(days=SILENT.get(n, 0)):
                yield planned
            at += timedelta(days=max(1.0, chance.gauss(every, every * 0.18)))
    for n, hours, steps in OPEN_ORDERS:
        kind, codes = ACCOUNTS[n][0], ACCOUNTS[n][-1].split()
        yield Planned(now - timedelta(hours=hours), n, _basket(chance, kind, codes), True, steps)


def _working_hour(chance, at):
    day = at.replace(tzinfo=UTC).astimezone(MANILA).date()
    clock = time(chance.choice((6, 7, 8, 9, 9, 10, 11, 14, 15, 20)), chance.randrange(60))
    return datetime.combine(day, clock, MANILA).astimezone(UTC).replace(tzinfo=None)


def _basket(chance, kind, codes):
    """{code: quantity} of the usual things: a company takes some of each, a household one or two."""
    usual = [code for code in codes if chance.random() < 0.75] or codes[:1]
    if kind == "household":
        return {code: chance.choice((1, 1, 2)) for code in usual}
    return {code: max(1, round(chance.gauss(4, 2))) for code in usual}


def _happen(chance, people, plan, now):
    """Everything in the order in which it happened, so that the audit reads like a diary."""
    events = [(now - timedelta(hours=9), "move", None)]
    for n, planned in enumerate(plan):
        way = list(_steps(chance, planned))
        events += [(moment, verb, n) for moment, verb in way]
        for shipped_at in (moment for moment, verb in way if verb == "ship"):
            events += [(at, verb, n) for at, verb in demo_invoices.steps(n, planned.account, shipped_at, now)]
    told_by = (demo_returns, demo_deliveries, demo_warranties, demo_cases, demo_requests, demo_demand, demo_people)
    for told in (*told_by, demo_relations, demo_interactions, demo_mailbox):
        events += [(moment, "step", step) for moment, step in told.steps(people, now)]
    orders = {}
    for moment, verb, n in sorted(events, key=lambda event: event[0]):
        if verb == "step":
            n(moment)
        elif verb == "move":
            _address(people[MOVED][1], people[MOVED][0], "Beatriz Mercado", MOVED_TO, "PH", now=moment)
        elif verb == "place":
            orders[n] = _place(chance, people[plan[n].account], plan[n])
        else:
            VERBS[verb](orders[n], by=people[plan[n].account][2], now=moment)
    account, buyer, _ = people[CALLED]
    account.edit(by=buyer, phone=NEW_PHONE)


def _steps(chance, planned):
    """[(moment, verb)] of an order, from placing to its fate."""
    moment = planned.moment
    yield moment, "place"
    if planned.steps == CANCELLED:
        yield moment + timedelta(hours=1), "cancel"
    waits = (chance.uniform(0.5, 4), chance.uniform(16, 22), chance.uniform(3, 9))  # hours
    for step in range(max(0, planned.steps)):
        moment += timedelta(hours=waits[step])
        yield moment, ("confirm", "ship", "deliver")[step]


def _place(chance, whose, planned):
    account, buyer, seller = whose
    wanted = [quotes.Wanted(code, quantity) for code, quantity in planned.wanted.items()]
    by = buyer if planned.is_own else seller
    address = Address.default(account, "shipping").id
    shown = placing.prepare(by, account, wanted, now=planned.moment, address=address)[0]
    return placing.place(
        by=by, account=account, lines=wanted, shown_total_minor=shown.total_minor, shown_currency=shown.currency,
        address=address, po_number=f"PO-{chance.randrange(1000, 9999)}" if account.kind == "company" else "",
        now=planned.moment,
    )  # fmt: skip


def sign_ins():
    """The two sign-ins that `make run` prints: (face, address, e-mail)."""
    return (("Customer", "/sign-in", CUSTOMER), ("Staff", "/staff/sign-in", STAFF))
