"""Rows come in once, change only what changed over there, and leave out only what cannot be read."""

import pytest

from portal import audit, externals, outbox, search
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.exchange import importing
from portal.exchange.importing_maps import Map
from portal.exchange.runs import ImportRun
from portal.externals import ExternalId
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.sales.catalogue import Product
from portal.sales.stock import StockMovement
from portal.whole import invariants
from tests.imports import ACCOUNTS, PRODUCTS, bring, table, tally

TWO = "no,what,price\nA-1,Rice 5 kg,250.50\nA-2,Café «Arabica»,1200\n"


def test_new_rows_become_records_with_their_old_names(database, tmp_path):
    done = bring(table(tmp_path, TWO), "products", PRODUCTS)
    assert tally(done) == {"created": 2}
    rice = Product.get(code="A-1")
    assert (rice.name, rice.list_minor, rice.currency, rice.stock) == ("Rice 5 kg", 25050, "PHP", None)
    assert externals.record_of("old", "product", "A-1") == rice.id
    assert Product.get(code="A-2").folded.startswith("cafe")


def test_the_same_file_again_changes_nothing(database, tmp_path):
    file = table(tmp_path, TWO)
    bring(file, "products", PRODUCTS)
    entries = audit.Entry.select().count()
    assert tally(bring(file, "products", PRODUCTS)) == {"same": 2}
    assert audit.Entry.select().count() == entries


def test_a_changed_row_changes_only_what_changed(database, tmp_path):
    bring(table(tmp_path, TWO), "products", PRODUCTS)
    before = Product.get(code="A-2").version
    done = bring(table(tmp_path, TWO.replace("250.50", "260")), "products", PRODUCTS)
    assert tally(done) == {"changed": 1, "same": 1}
    rice = Product.get(code="A-1")
    assert (rice.list_minor, rice.version, Product.get(code="A-2").version) == (26000, 2, before)
    entry = audit.Entry.get((audit.Entry.event == "import.changed") & (audit.Entry.subject == str(rice.ref)))
    assert audit.values_of([entry])[entry.id] == [("list_minor", "25050", "26000")]


def test_what_people_changed_here_survives_a_change_over_there(database, tmp_path):
    text = "no,name,phone,email\n7,Aling Nena,0917 555 0188,nena@tindahan.example\n"
    bring(table(tmp_path, text), "accounts", ACCOUNTS)
    nena = Account.get()
    with audit.change(importing.values.system("test"), "account.changed", nena) as change:
        change.update(nena, phone="+639175550199")
    bring(table(tmp_path, text.replace("nena@tindahan", "nena@palengke")), "accounts", ACCOUNTS)
    nena = Account.get()
    assert (nena.phone, nena.email) == ("+639175550199", "nena@palengke.example")


def test_a_value_that_vanished_over_there_vanishes_here(database, tmp_path):
    bring(table(tmp_path, "no,name,phone,email\n7,Nena,0917 555 0188,\n"), "accounts", ACCOUNTS)
    assert tally(bring(table(tmp_path, "no,name,phone,email\n7,Nena,,\n"), "accounts", ACCOUNTS)) == {"changed": 1}
    assert Account.get().phone == ""


def test_a_dry_run_counts_and_writes_nothing(database, tmp_path):
    bring(table(tmp_path, TWO), "products", PRODUCTS)
    entries, runs = audit.Entry.select().count(), ImportRun.select().count()
    text = TWO.replace("250.50", "260") + "A-3,Salt,12\nA-4,Sugar,twelve\n"
    done = bring(table(tmp_path, text), "products", PRODUCTS, dry=True)
    assert tally(done) == {"changed": 1, "same": 1, "created": 1, "refused": 1}
    assert (audit.Entry.select().count(), ImportRun.select().count()) == (entries, runs)
    assert Product.get(code="A-1").list_minor == 25050
    assert Product.select().count() == 2


def test_a_bad_row_is_named_and_the_rest_goes_in(database, tmp_path):
    text = "no,what,price\nA-1,Rice,250\nA-2,,10\n,Salt,10\nA-4,Oil,-\nA-5,Soap,9223372036854775808\n"
    text += f"A-6,Fish,12.345\nA-7,{'x' * 201},1\nA-8,Sugar,12.5\nA-1,Rice again,1\n"
    done = bring(table(tmp_path, text), "products", PRODUCTS)
    assert done.said == [
        (3, "what", "import-blank"),
        (4, "no", "import-key-unusable"),
        (5, "price", "import-not-a-number"),
        (6, "price", "amount-too-large"),
        (7, "price", "import-amount-too-fine"),
        (8, "what", "text-too-long"),
        (10, "no", "import-key-twice"),
    ]
    assert sorted(p.code for p in Product.select()) == ["A-1", "A-8"]
    assert tally(done) == {"created": 2, "refused": 7}


def test_an_impossible_phone_is_left_out_and_others_are_kept_as_written(database, tmp_path):
    text = "no,name,phone,email\n1,Ana,1 (11) 500 555-0140,\n2,Ben,n/a,\n3,Cy,(0)2 1,nobody\n"
    done = bring(table(tmp_path, text), "accounts", ACCOUNTS)
    assert [a.phone for a in Account.select().order_by(Account.id)] == ["1 (11) 500 555-0140", "", "(0)2 1"]
    assert done.said == [(3, "phone", "phone-impossible"), (4, "email", "email-malformed")]
    assert tally(done) == {"created": 3, "emptied": 2}
    assert tally(bring(table(tmp_path, text), "accounts", ACCOUNTS)) == {"same": 3}


def test_what_came_in_is_found(database, tmp_path):
    bring(table(tmp_path, TWO), "products", PRODUCTS)
    bring(table(tmp_path, TWO.replace("Rice", "Red rice")), "products", PRODUCTS)
    rice = Product.get(code="A-1")
    assert [row.id for row in Product.select().where(Product.id.in_(search.matches("product", "red")))] == [rice.id]
    assert [row.name for row in Product.select().where(Product.id.in_(search.matches("product", "cafe")))] == [
        "Café «Arabica»"
    ]
    bring(table(tmp_path, "no,name,phone,email\n7001,Nena,0917 555 0188,\n"), "accounts", ACCOUNTS)
    mapped = 'source = "old"\nkey = "no"\n[columns]\naccount = "who"\nline1 = "street"\ncity = "city"\n'
    bring(table(tmp_path, "no,who,street,city\n1,7001,Rizal St. 5,Baguio\n"), "addresses", mapped)
    for words in ("nena", "baguio", "9175550188", "7001"):
        assert [row.name for row in Account.select().where(Account.id.in_(search.matches("account", words)))] == [
            "Nena"
        ]


def test_an_import_mails_nobody(database, tmp_path):
    bring(table(tmp_path, TWO), "products", PRODUCTS)
    bring(table(tmp_path, TWO.replace("1200", "1300")), "products", PRODUCTS)
    assert outbox.Outbox.select().count() == 0


def test_the_run_says_what_became_of_the_file(database, tmp_path):
    run = bring(table(tmp_path, TWO + "A-3,Salt,x\n"), "products", PRODUCTS).run
    run = ImportRun.get_by_id(run.id)
    assert (run.kind, run.source, run.file, run.state) == ("products", "old", "table.csv", "done")
    assert (run.read, run.created, run.refused, len(run.sha256)) == (3, 2, 1, 64)
    entry = audit.Entry.get(audit.Entry.event == "import.rows")
    assert (entry.subject, entry.actor_role) == (str(run.ref), "system")
    assert dict(row[::2] for row in audit.values_of([entry])[entry.id]) == {"lines": '"2–3"', "created": "2"}


def test_a_code_that_is_taken_is_refused(database, tmp_path):
    bring(table(tmp_path, TWO), "products", PRODUCTS)
    done = bring(table(tmp_path, TWO + "A-3,Salt,1\n"), "products", PRODUCTS.replace('"old"', '"other"'))
    assert done.said == [(2, "no", "import-taken"), (3, "no", "import-taken")]
    assert tally(done) == {"created": 1, "refused": 2}


def test_a_record_that_was_taken_out_does_not_come_back(database, tmp_path):
    bring(table(tmp_path, TWO), "products", PRODUCTS)
    with audit.change(importing.values.system("test"), "product.removed") as change:
        change.delete(Product.get(code="A-1"))
    done = bring(table(tmp_path, TWO.replace("250.50", "1")), "products", PRODUCTS)
    assert done.said == [(2, "no", "import-record-gone")]


def test_someone_further_down_in_the_file_can_be_the_manager(database, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_ROWS", 2)
    text = "no,name,boss\n1,Rhea,3\n2,Owen,9\n3,Mona,\n4,Ben,1\n"
    mapped = 'source = "old"\nkey = "no"\n[columns]\nname = "name"\nmanager = "boss"\n[constants]\nteam = "North"\n'
    done = bring(table(tmp_path, text), "employees", mapped)
    found = {e.name: e.manager and e.manager.name for e in Employee.select()}
    assert found == {"Rhea": "Mona", "Owen": None, "Mona": None, "Ben": "Rhea"}
    assert done.said == [(3, "boss", "import-not-found")]
    assert tally(done) == {"created": 4, "emptied": 1}
    assert Team.get().name == "North"
    assert tally(bring(table(tmp_path, text), "employees", mapped)) == {"same": 4}


CONTACTS = """
source = "old"
key = ["customer", "person:{person}"]
skip_without = ["account"]
[columns]
account = "store"
name = "{first} {last}"
gender = "sex"
[values.gender]
M = "male"
F = "female"
[[case]]
when = { type = ["buyer", "boss"] }
columns = { role = "type" }
values = { role = { boss = "owner" } }
[[case]]
when = { type = "*" }
constants = { role = "family" }
"""


def test_columns_are_joined_worded_and_chosen_by_the_map(database, tmp_path):
    bring(table(tmp_path, "no,name,phone,email\n1,Store,,\n"), "accounts", ACCOUNTS)
    text = "customer,person,store,first,last,sex,type\n9,20,1, Ana , Cruz,F,boss\n10,21,1,Ben,,M,child\n"
    text += "11,22,1,Cy,Lim,,\n12,23,5,Dan,Yu,M,buyer\n"
    done = bring(table(tmp_path, text), "contacts", CONTACTS)
    found = [(c.name, c.gender, c.role, c.account.name) for c in Contact.select().order_by(Contact.id)]
    assert found == [("Ana Cruz", "female", "owner", "Store"), ("Ben", "male", "family", "Store")]
    assert tally(done) == {"created": 2, "skipped": 2}
    assert externals.known("contact", Contact.get(name="Ben").id) == [("old", "10"), ("old", "person:21")]


def test_the_same_person_of_another_table_is_not_there_twice(database, tmp_path, monkeypatch):
    bring(table(tmp_path, "no,name,phone,email\n1,Store,,\n"), "accounts", ACCOUNTS)
    people = 'source = "old"\nkey = "person:{person}"\n[columns]\naccount = "store"\nname = "name"\ntitle = "title"\n'
    bring(table(tmp_path, "person,store,name,title\n20,1,Ana Cruz,Ms.\n"), "contacts", people)
    text = "customer,person,store,first,last,sex,type\n9,20,1,Ana,Cruz,F,boss\n10,20,1,Ana,Cruz,F,boss\n"
    assert tally(bring(table(tmp_path, text), "contacts", CONTACTS)) == {"changed": 1, "same": 1}
    ana = Contact.get()
    assert (ana.name, ana.title, ana.gender, ana.role) == ("Ana Cruz", "Ms.", "female", "owner")
    assert tally(bring(table(tmp_path, text), "contacts", CONTACTS)) == {"same": 2}


def test_the_same_new_person_twice_in_one_batch_is_one_person(database, tmp_path):
    bring(table(tmp_path, "no,name,phone,email\n1,Store,,\n"), "accounts", ACCOUNTS)
    text = "customer,person,store,first,last,sex,type\n9,20,1,Ana,Cruz,F,boss\n10,20,1,Ana,Cruz,F,boss\n"
    assert tally(bring(table(tmp_path, text), "contacts", CONTACTS)) == {"created": 1, "same": 1}
    assert Contact.select().count() == 1
    assert ExternalId.select().where(ExternalId.kind == "contact").count() == 3


def test_the_first_address_of_an_account_is_its_default(database, tmp_path):
    bring(table(tmp_path, "no,name,phone,email\n1,Store,,\n2,Other,,\n"), "accounts", ACCOUNTS)
    mapped = 'source = "old"\nkey = "no"\n[columns]\naccount = "store"\nline1 = "street"\nfor_billing = "bill"\n'
    text = "no,store,street,bill\n1,1,Dock 4,no\n2,1,Office,yes\n3,2,Home,yes\n4,1,Barn,yes\n"
    bring(table(tmp_path, text), "addresses", mapped)
    found = {a.line1: (a.is_default_shipping, a.is_default_billing) for a in Address.select()}
    assert found == {"Dock 4": (True, False), "Office": (False, True), "Home": (True, True), "Barn": (False, False)}


def test_an_address_that_changes_over_there_leaves_one_default_of_each_purpose(database, tmp_path):
    bring(table(tmp_path, "no,name,phone,email\n1,Store,,\n2,Other,,\n"), "accounts", ACCOUNTS)
    mapped = 'source = "old"\nkey = "no"\n[columns]\naccount = "store"\nline1 = "street"\nfor_billing = "bill"\n'
    text = "no,store,street,bill\n1,1,Dock,yes\n2,1,Office,yes\n3,2,Home,yes\n"
    bring(table(tmp_path, text), "addresses", mapped)
    bring(table(tmp_path, text.replace("Dock,yes", "Dock,no")), "addresses", mapped)
    found = {a.line1: (a.is_default_shipping, a.is_default_billing) for a in Address.select()}
    assert found == {"Dock": (True, False), "Office": (False, True), "Home": (True, True)}
    done = bring(table(tmp_path, text.replace("3,2,Home", "3,1,Home")), "addresses", mapped)
    assert done.said == []
    found = {a.line1: (a.account.name, a.is_default_shipping) for a in Address.select()}
    assert found == {"Dock": ("Store", True), "Office": ("Store", False), "Home": ("Store", False)}


def test_codes_and_days_of_sale_obey_the_catalogue(database, tmp_path):
    mapped = PRODUCTS + 'on_sale_from = "from"\non_sale_to = "to"\n'
    text = "no,what,price,from,to\nA/1,Rice,1,,\nnew,Salt,1,,\nA-3,Oil,1,2014-02-01,2014-01-31\n"
    text += "a-4,Fish,1,,\nA-4,Fish,1,,\n"
    done = bring(table(tmp_path, text), "products", mapped)
    assert done.said == [
        (2, "no", "code-malformed"),
        (3, "no", "code-malformed"),
        (4, "to", "dates-reversed"),
        (6, "no", "import-taken"),
    ]


def test_stock_comes_with_its_movement(database, tmp_path):
    mapped = PRODUCTS + 'stock = "left"\n'
    bring(table(tmp_path, "no,what,price,left\nA-1,Rice,1,39\nA-2,Salt,1,\nA-3,Oil,1,0\n"), "products", mapped)
    bring(table(tmp_path, "no,what,price,left\nA-1,Rice,1,30\nA-2,Salt,1,5\nA-3,Oil,1,0\n"), "products", mapped)
    found = {p.code: (p.stock, [m.quantity for m in p.stockmovement_set]) for p in Product.select()}
    assert found == {"A-1": (30, [39, -9]), "A-2": (5, [5]), "A-3": (0, [])}
    assert {m.reason for m in StockMovement.select()} == {"start", "correction"}
    assert list(invariants.broken()) == []


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        (lambda text: "][", "map", "import-map-broken"),
        (lambda text: text.replace("[columns]", "[colums]"), "map", "import-map-unknown"),
        (lambda text: text.replace('key = "no"', ""), "map", "import-map-lacks"),
        (lambda text: text.replace('key = "no"', "key = 7"), "map", "import-map-wrong-value"),
        (lambda text: 'kind = "orders"\n' + text, "map", "import-map-other-kind"),
        (lambda text: 'rounding = "up"\n' + text, "map", "import-map-wrong-value"),
        (lambda text: text.replace("list =", "lust ="), "map", "import-map-unknown-field"),
        (lambda text: text.replace('name = "what"', ""), "map", "import-map-lacks-field"),
        (lambda text: text + "[[case]]\nwhat = 1\n", "map", "import-map-unknown"),
        (lambda text: text.replace('"price"', '"prize"'), "columns", "import-columns-missing"),
        (lambda text: 'encoding = "klingon"\n' + text, "encoding", "import-encoding-unknown"),
    ],
)
def test_a_map_that_does_not_fit_says_so_before_anything_starts(database, tmp_path, change, field, problem):
    with pytest.raises(Invalid) as refused:
        bring(table(tmp_path, TWO), "products", change(PRODUCTS))
    assert refused.value.problems[field][0] == problem
    assert ImportRun.select().count() == 0


def test_the_maps_of_the_project_are_sound():
    folder = importing.Path(importing.__file__).parent / "maps"
    maps = sorted(folder.glob("*.toml"))
    assert len(maps) == 15
    assert {Map(path.read_text(), importing_kind(path)).source for path in maps} == {"adventureworks", "northwind"}


def importing_kind(path):
    return next(line for line in path.read_text().splitlines() if line.startswith("kind")).split('"')[1]
