"""Rights that are taken away hold from the next request, for whoever is signed in with a form open (BATTERY A8)."""

import contextlib
from collections import Counter

import pytest

from portal import store
from portal.activity import calendar_feeds
from portal.customers import address_checks
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.memberships import Membership
from portal.deeds import Deed
from portal.errors import NotFound
from portal.exchange import run_carrying, run_undoing, run_working
from portal.people import policy
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.roles import AREAS, StaffRole
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.sales.payments import Payment
from portal.service.conversations import Conversation
from portal.service.returns import Return
from portal.service.warranties import Warranty
from portal.whole import bulk, portions, undo
from tests import make, routes, runs
from tests.traces import Watch, dbhash, writes

CLOSED = "invoices"
# Of the nouns that stand in an account, some: the sweep of foreign records tries all of them.
OF_ACCOUNT = {Account, Address, Order, Invoice, Payment, Return, Warranty, Conversation}


def employee(world, name):
    return Employee.get_by_id(world.employees[name].id)


def membership(world, name):
    return Membership.get_by_id(world.memberships[name].id)


def narrow(world):
    role = StaffRole.get_by_id(world.employees["nina"].staff_role_id)
    role.edit(by=world.ada, name=role.name, base=role.base, reach=role.reach, **{CLOSED: "none"})


def give_away(world):
    Account.get_by_id(world.account.id).reassign(by=world.ada, owner=world.employees["owen"].id, team=world.south.id)


# What happens to whom, and which doors that were open to him it shuts: all, those of an area, those to Carol's.
CHANGES = {
    "let go": ("rhea", "all", lambda world: employee(world, "rhea").deactivate(by=world.ada)),
    "made a rep": ("mona", "all", lambda world: employee(world, "mona").edit(by=world.ada, role="rep")),
    "of another team": ("rhea", "all", lambda world: employee(world, "rhea").edit(by=world.ada, team=world.south)),
    "a narrower role": ("nina", "area", narrow),
    "an account given away": ("rhea", "records", give_away),
    "access ended": ("bea", "all", lambda world: membership(world, "bea").end(by=world.carol)),
    "made a viewer": ("carol", "all", lambda world: make_viewer(world)),
}


def make_viewer(world):
    membership(world, "bea").change_rights(by=world.ada, role="customer_admin")
    membership(world, "carol").change_rights(by=world.ada, role="viewer")


def open_doors(town, name):
    """(rule, needs, method, address) of all that this person may do, about Carol's records."""
    for rule, needs, method in routes.all_routes(town.app):
        actor, record = town.actor(name, rule), None
        if actor.is_anonymous or not policy.may(actor, needs.may) or policy.may(make.ANONYMOUS, needs.may):
            continue
        if needs.on:
            record = town.records["carol"][needs.on][-1]
            with contextlib.suppress(NotFound):
                if not needs.on.visible_to(actor).where(needs.on.id == record.id).exists():
                    continue
        yield rule, needs, method, routes.address(rule, record)


def is_shut(what, needs, owned):
    """Whether this door has to be shut after what happened."""
    if what == "area":
        return needs.may.partition(".")[0] in AREAS[CLOSED]
    return what == "all" or needs.on in owned


@pytest.mark.row("A8")
@pytest.mark.parametrize("change", CHANGES)
def test_what_is_taken_away_is_gone_with_the_next_request(town, figures, change):
    who, what, act = CHANGES[change]
    watch, late, statuses, client = Watch(), [], Counter(), town.client(who)
    assert client.get("/staff/" if who in town.world.employees else "/").status_code == 200
    doors = [door for door in open_doors(town, who) if is_shut(what, door[1], OF_ACCOUNT)]
    with watch.taken_back():
        act(town.world)
        before = dbhash()
        for _, _, method, address in doors:
            mark, cookies = writes(), dict(client._cookies)
            answer = client.open(address, method=method, buffered=True)
            client._cookies = cookies
            statuses[answer.status_code] += 1
            to_the_door = answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
            if not (to_the_door or answer.status_code in (401, 403, 404)):
                late.append(f"{method} {address} as {who}: {answer.status}")
            if writes() != mark and dbhash() != before:
                late.append(f"{method} {address} as {who}: changed something")
    figures(trials=len(doors), statuses=dict(statuses), late=len(late))
    assert len(doors) > 5
    assert not late, "\n".join(late[:30])
    watch.close()


@pytest.mark.row("A8")
def test_feeds_and_links_die_with_the_right(town, figures):
    watch, world, late = Watch(), town.world, []
    nobody = town.client("nobody")
    with watch.taken_back():
        feed = calendar_feeds.make(by=world.rhea).path
        address_checks.ask(make.address(world.account), by=world.rhea)
        links = [link.path for link in Link.select().where(Link.login == world.logins["bea"], Link.used_at.is_null())]
        opened = [nobody.get(path).status_code for path in (feed, *links)]
        employee(world, "rhea").deactivate(by=world.ada)
        membership(world, "bea").end(by=world.carol)
        before = dbhash()
        for path in (feed, *links):
            for method in ("GET", "POST") if path in links else ("GET",):
                answer = nobody.open(path, method=method, buffered=True)
                if answer.status_code < 400 and method == "GET":
                    late.append(f"{method} {path}: {answer.status}")
        late += ["something changed"] if dbhash() != before else []
    figures(trials=1 + 2 * len(links), late=len(late))
    assert opened == [200] * len(opened) and links
    assert not late, "\n".join(late)
    watch.close()


# What Mona has the worker do to these stores, and what she may no longer do when the worker comes to it.
STORES = "ID,Name,Town\n1,Aling Nena,Iloilo\n2,Bahay Kubo,Cebu\n3,Carinderia Luz,Davao\n"
ELSEWHERE = STORES.replace("\n", ",0917 555 0199\n").replace("Town,0917 555 0199", "Town,Phone", 1)


def moved_to_thailand(world, rows):
    """A bulk edit that waits for the worker."""
    work = {"noun": "account", "deed": "country", "value": "TH"}
    about = {"may": "accounts.edit", "chosen": bulk.read(bulk.written(rows)), "note": "", "work": work}
    return bulk.ask(Account.visible_to(world.mona), by=world.mona, **about)


def moved_back(world, rows):
    """A bulk edit that was carried out and waits to be taken back."""
    made = moved_to_thailand(world, rows)
    portions.run()
    return undo.take_back(Deed.get_by_id(made.id), by=world.mona)


def brought_again(world, rows):
    """An import that is compared and waits to be written."""
    return run_carrying.carry_out(runs.compared(world.mona, ELSEWHERE), by=world.mona, update="all")


def brought_and_undone(world, rows):
    """An import that was written and waits to be taken back."""
    run = runs.brought(world.mona, ELSEWHERE)
    return run_undoing.undo(runs.again(run), by=world.mona)


def no_role_for_it(world):
    role = StaffRole.get_by_id(world.employees["marco"].staff_role_id)
    employee(world, "mona").edit(by=world.ada, staff_role=role.number)
    levels = {"accounts": "look", "imports": "none", "journal": "look"}
    role.edit(by=world.ada, name=role.name, base=role.base, reach="all", **levels)


QUEUED = (moved_to_thailand, moved_back, brought_again, brought_and_undone)
DEMOTIONS = {
    "let go": lambda world: employee(world, "mona").deactivate(by=world.ada),
    "of another team": lambda world: employee(world, "mona").edit(by=world.ada, team=world.south),
    "a narrower role": no_role_for_it,
    "nothing": lambda world: None,  # so that the others prove something
}


def stand(rows):
    return [(row.country, row.phone) for row in Account.select().where(Account.id.in_(rows)).order_by(Account.id)]


@pytest.mark.row("A8")
@pytest.mark.parametrize("demotion", DEMOTIONS)
@pytest.mark.parametrize("job", QUEUED)
def test_a_job_that_waits_is_done_with_the_rights_of_when_it_is_done(town, figures, monkeypatch, job, demotion):
    watch, world = Watch(), town.world
    monkeypatch.setattr(undo, "AT_ONCE", 1)  # the worker takes back what would take a page too long
    with watch.taken_back():
        runs.brought(world.mona, STORES)
        rows = list(Account.select().where(Account.name.in_(["Aling Nena", "Bahay Kubo", "Carinderia Luz"])))
        with store.writing():
            Account.update(team=world.north).where(Account.id.in_(rows)).execute()
        asked = job(world, rows)
        before = stand(rows)
        DEMOTIONS[demotion](world)
        portions.run()
        run_working.run()
        after, again = stand(rows), type(asked).get_by_id(asked.id)
    late = sum(one != other for one, other in zip(before, after, strict=True))
    figures(trials=len(rows), late=late if demotion != "nothing" else 0, ended=again.state)
    assert again.state in ("done", "stopped", "undone"), again.state
    assert late == (len(rows) if demotion == "nothing" else 0), (before, after)
    watch.close()
