"""The town: one shop with three customers and three records of each noun per customer, made once and copied.

Beside the people of every test: Bea (buyer, Carol's colleague), Doris (Dave's colleague who may look), Tess (a third
customer), Nina and Marco (a rep and a manager whose roles an admin narrowed in the browser), Gus (an employee who was
let go) and Lea (a customer whose access was ended); the last two keep the cookies they had.
"""

import shutil
from types import SimpleNamespace

import pytest

from portal.activity.inbox import Notice
from portal.people.employees import Employee, actor_for
from portal.people.logins import Login
from portal.people.roles import StaffRole
from portal.sales.shopping_lists import ShoppingList
from portal.service import case_writing
from portal.service.cases import Case
from portal.values import ANONYMOUS
from tests import apps, databases, make, samples

STAFF = ("rhea", "mona", "owen", "ada", "nina", "marco")
CUSTOMERS = ("carol", "bea", "cora", "dave", "doris", "tess")
GONE = ("gus", "lea")
PEOPLE = ("nobody", *CUSTOMERS, *STAFF, *GONE)
EACH = 3  # records of a noun per customer, where its maker makes more than one
# Who a maker's names stand for when it makes something of another customer.
MIRRORS = {
    "carol": {},
    "dave": {"carol": "dave", "cora": "doris", "rhea": "owen"},
    "tess": {"carol": "tess", "cora": "tim", "rhea": "owen"},
}
NARROWED = {
    "nina": ("rep", {"reach": "own", "payments": "none", "orders": "look", "cases": "none", "imports": "none"}),
    "marco": ("manager", {"reach": "own", "invoices": "look", "files": "none", "audit": "none", "journal": "look"}),
}
HIDDEN = {"account": {"phone": "none", "legal_name": "look"}, "contact": {"born_on": "none", "phone": "look"}}


class Town:
    """The world of make.world() and more; `records[whose][model]` are the records of one customer."""

    def __init__(self, world, records):
        self.world, self.records = world, records
        self.app = None
        self.forms = {}  # what shown_forms found, by (name, whose): alike in each copy

    def client(self, name):
        """A browser with this person's cookie, also of somebody who may not come in any more."""
        client = self.app.test_client()
        return client if name == "nobody" else client.sign_in(getattr(self.world, name))

    def actor(self, name, rule):
        """The actor as the rule's face sees him: somebody of the other face, or who left, is nobody here."""
        actor = ANONYMOUS if name in ("nobody", *GONE) else getattr(self.world, name)
        is_public = rule.endpoint.startswith("public.")
        return ANONYMOUS if is_public or actor.is_staff != rule.rule.startswith("/staff") else actor


def build(app):
    """Fill the empty database of an app with the town."""
    world = make.world()
    _settle(world)
    _narrow(app, world)
    records = {whose: _made(_mirror(world, others)) for whose, others in MIRRORS.items()}
    records["carol alone"] = _alone(world)
    _let_go(world)
    return Town(world, records)


def _settle(world):
    """The others who live here."""
    for name, role, team in (("Nina", "rep", world.north), ("Marco", "manager", world.north), ("Gus", "rep", None)):
        person = make.employee(f"{name} Abad", role, team, email=f"{name.lower()}@shop.example")
        world.employees[name.lower()] = person
    third = make.account("Tess Lim", kind="household", owner=world.employees["nina"], team=world.south)
    for name, role, account in (
        ("Bea", "buyer", world.account),
        ("Lea", "customer_admin", world.account),
        ("Doris", "viewer", world.other_account),
        ("Tess", "customer_admin", third),
        ("Tim", "viewer", third),
    ):
        membership = make.member(account, f"{name} Dizon", role)
        world.memberships[name.lower()] = membership
        world.contacts[name.lower()] = membership.contact
        setattr(world, name.lower(), make.customer_actor(membership))
    world.logins |= {name: row.login for name, row in (world.employees | world.memberships).items()}
    world.third_account = third


def _narrow(app, world):
    """Ada makes roles of the shop's own in the browser and gives them to Nina and Marco."""
    ada = app.test_client().sign_in(world.ada)
    for name, (base, levels) in NARROWED.items():
        made = ada.send("/staff/settings/roles", "/staff/settings/roles", name=f"Like {name}", base=base)
        page = made.headers["Location"]
        assert ada.send(page, page, **levels).status_code == 303
        for noun, rights in HIDDEN.items():
            assert ada.send(page, f"{page}/fields/{noun}", **rights).status_code == 303
        role = StaffRole.get(StaffRole.name == f"Like {name}")
        person = f"/staff/settings/employees/{world.employees[name].number}"
        assert ada.send(person, person, role=role.number).status_code == 303
        world.employees[name] = Employee.get_by_id(world.employees[name].id)


def _mirror(world, others):
    """The world as a maker has to see it to make something of another customer."""
    seen = SimpleNamespace(**vars(world))
    for group in ("employees", "memberships", "logins", "contacts"):
        people = getattr(world, group)
        setattr(seen, group, people | {name: people[other] for name, other in others.items() if other in people})
    for name, other in others.items():
        setattr(seen, name, getattr(world, other))
    seen.account = seen.memberships["carol"].account
    return seen


def _made(world):
    """{model: its records} as this customer's world makes them."""
    found = {}
    for model in samples.MAKERS:
        made = [samples.make(model, world) for _ in range(EACH)]
        found[model] = list({record.id: record for record in made}.values())
    return found


def _alone(world):
    """What is Carol's own: her colleagues read nothing of it."""
    lists = [make.shopping_list(world.memberships["carol"]) for _ in range(EACH)]
    ask = {"kind": "other", "words": "Between us", "is_private": True}
    cases = [case_writing.ask(world.account, by=world.carol, **ask) for _ in range(EACH)]
    return {ShoppingList: lists, Case: cases, Notice: [samples.make(Notice, world) for _ in range(EACH)]}


def _let_go(world):
    """Gus leaves the shop and Lea the account; what they act as is what their old cookies say."""
    for name in ("nina", "marco", "gus"):
        setattr(world, name, actor_for(Login.get_by_id(world.employees[name].login_id)))
    world.employees["gus"].deactivate(by=world.ada)
    world.memberships["lea"].end(by=world.carol)


# fixtures


@pytest.fixture(scope="session")
def town_template(request, tmp_path_factory):
    """(database, folder, Town) of the kind `--database` names, made once per session."""
    folder = tmp_path_factory.mktemp("town")
    if request.config.getoption("--database") == "sqlite":
        name = folder / "suki.db"
        url = databases.sqlite_database(folder)
    else:
        postgres = request.getfixturevalue("postgres_session")
        name = postgres.fresh()
        url = postgres.url(name)
    built = build(_open(url, folder))
    databases.shut()
    return name, folder, built


def _open(url, folder):
    from wsgi import create_app  # its imports take half a second that tests of rules need not pay

    app = create_app(apps.settings_for(url, folder))
    app.test_client_class = apps.Client
    return app


@pytest.fixture(scope="module")
def town(request, town_template, tmp_path_factory):
    """The town, fresh for each module; its app answers errors as people get them, and asks for no form token."""
    name, made_in, built = town_template
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(made_in / "data", folder / "data")
    if isinstance(name, str):
        postgres = request.getfixturevalue("postgres_session")
        copy = postgres.copy(name)
        url = postgres.url(copy)
    else:
        shutil.copyfile(name, folder / "suki.db")
        url = f"sqlite:///{folder / 'suki.db'}"
    built.app = _open(url, folder)
    built.app.config["WTF_CSRF_ENABLED"] = False
    yield built
    databases.shut()
    if isinstance(name, str):
        postgres.drop(copy)
