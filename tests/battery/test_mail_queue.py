"""H1–H4: what is told goes out once, whatever a mail server does, and nobody waits for another's letter."""

import contextlib
import threading
import time
from datetime import timedelta

import pytest
from peewee import fn

from portal import audit, health, outbox, values, worker
from portal.activity import outgoing
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.outbox import Outbox
from portal.sales import cancelling
from portal.sales.orders import Order
from portal.web import mail, postbox, posting
from portal.worker import Undeliverable
from tests import make
from tests.bad_servers import FAULTS, BadServer
from tests.battery.mail_office import event

SHOP = mail.Shop("Tindahan", "tindahan@shop.example", "https://shop.example")


class Street:
    """Where mail goes: it notes what came and when, by address; `rules` are {address: what happens there}."""

    def __init__(self, **rules):
        self.rules, self.came, self.lock = rules, [], threading.Lock()

    def send(self, finished, sender, address):
        rule = self.rules.get(address)
        if rule is not None:
            rule(finished, sender, address)
        with self.lock:
            self.came.append((finished.message_id, address, time.monotonic()))

    @property
    def handlers(self):
        return posting.handlers(SHOP, self.send, None)


def promised():
    return {row.message_id for row in Outbox.select(Outbox.message_id).where(Outbox.channel == "mail")}


# H1


def change_something(world, chance, number):
    """One change of an account, a person or an order, by a customer or one of us."""
    what, by = chance.choice(("account", "contact", "order")), chance.choice((world.rhea, world.carol))
    if what == "account":
        Account.get_by_id(world.account.id).edit(by=by, phone=f"+63917{1_000_000 + number}")
    elif what == "contact":
        Contact.get_by_id(world.contacts["carol"].id).edit(by=by, job_title=f"Buyer {number}")
    else:
        cancelling.cancel(make.order(world.account), by=by, reason=f"Too late {number}")


def change_and_take_back(world, chance, number):
    with contextlib.suppress(InterruptedError), audit.change(world.rhea, "many.changed"):
        change_something(world, chance, number)
        raise InterruptedError


def newest():
    return Outbox.select(fn.MAX(Outbox.id)).scalar() or 0


@pytest.mark.row("H1")
def test_what_is_told_is_what_goes_out_and_what_is_taken_back_tells_nobody(world, figures, sized, rng):
    many, street, undone = sized(gate=250, night=100_000), Street(), 0
    wrong = []
    for number in range(many):
        last = newest()
        if rng.random() < 0.2:
            undone += 1
            change_and_take_back(world, rng, number)
            wrong += ["taken back, and told"] if newest() != last else []
            continue
        change_something(world, rng, number)
        names = {row.name for row in Outbox.select(Outbox.name).where(Outbox.id > last)}
        wrong += [names] if not names or names != {*audit.last_told()} else []
    rows = promised()
    worker.deliver(street.handlers)
    came = [name for name, _, _ in street.came]
    entries = {row.entry for row in Outbox.select(Outbox.entry)}
    known = {entry.id for entry in audit.Entry.select(audit.Entry.id)}
    figures(
        changes=many, taken_back=undone, mails=len(rows), missing=len(rows - {*came}), surplus=len({*came} - rows)
    )
    assert undone > many / 10 and len(rows) >= many - undone
    assert wrong == []
    assert {*came} == rows and len(came) == len({*came})
    assert entries <= known
    assert Order.select().where(Order.state == "cancelled").count() > many / 10


# H2


@pytest.mark.row("H2")
@pytest.mark.parametrize("away", [timedelta(hours=1), timedelta(days=7)], ids=["an hour", "a week"])
def test_a_server_that_was_away_gets_every_letter_in_order(database, figures, sized, rng, away):
    """By a virtual clock: the queue's own claim and waits decide when what is tried."""
    people = [f"p{n}" for n in range(sized(gate=3, night=50))]
    for _ in range(sized(gate=12, night=2000)):
        event(*rng.sample(people, 2))
    begun, tries, street, hidden = values.now(), 0, Street(), 0
    step = min(away / 60, timedelta(minutes=9))  # shorter than the waits are apart, so that letters could overtake
    clock, back = begun, begun + away
    while waiting := Outbox.select(Outbox.due_at).where(Outbox.state == "waiting").order_by(Outbox.due_at).first():
        clock = max(clock, waiting.due_at) + step
        if timedelta(minutes=3) < clock - begun < away:
            hidden += next(health._outbox(clock)).parameters["minutes"] < 2
        for row in outbox.claim(most=10_000, now=clock):
            tries += 1
            if clock < back:
                outbox.server_away(row, "ConnectionRefusedError", now=clock)
            else:
                street.send(posting.message_for(row, SHOP, None), "", row.address)
                outbox.sent(row, now=clock)
    states = {row.state for row in Outbox.select(Outbox.state)}
    order = {}
    for name, address, _ in street.came:
        order.setdefault(address, []).append(name)
    rows = Outbox.select().where(Outbox.channel == "mail").order_by(Outbox.id)
    wanted = {address: [r.message_id for r in rows if r.address == address] for address in order}
    figures(mails=len(street.came), tries=tries, late=str(clock - back), hidden=hidden)
    assert states == {"sent"} and len(street.came) == len(promised())
    assert order == wanted
    assert clock - back < timedelta(hours=1) + away / 2 and hidden == 0


@pytest.mark.row("H2")
def test_on_its_return_the_server_gets_no_more_than_it_takes(database, figures, rng):
    for _ in range(2):
        event(*rng.sample("abcdefgh", 5))
    street = Street()
    paced = postbox.Paced(street.send, per_minute=120)  # slower than a busy machine would be without being told
    worker.deliver(posting.handlers(SHOP, paced.send, None))
    moments = [at for _, _, at in street.came]
    gaps = [later - earlier for earlier, later in zip(moments, moments[1:], strict=False)]
    figures(mails=len(moments), per_minute=round(60 * (len(moments) - 1) / (moments[-1] - moments[0])))
    assert len(moments) == 10
    assert moments[-1] - moments[0] >= 9 * 0.5 - 0.05 and sum(gaps) / len(gaps) >= 0.45


# H3


@pytest.mark.row("H3")
def test_whatever_a_server_does_a_letter_is_sent_waits_or_is_put_before_staff(world, figures):
    servers = {f"f{n}@people.example": BadServer(step, fault) for n, (step, fault, _) in enumerate(FAULTS)}
    wanted = {f"f{n}@people.example": expected for n, (_, _, expected) in enumerate(FAULTS)}
    event(*(address.partition("@")[0] for address in servers))
    sends = {address: postbox.open_postbox(server.url, None) for address, server in servers.items()}
    street = Street(**sends)
    began = time.monotonic()
    try:
        work_until(
            street.handlers, lambda: not Outbox.select().where(Outbox.state == "waiting", Outbox.error == "").exists()
        )
    finally:
        for server in servers.values():
            server.__exit__()
    seconds = time.monotonic() - began
    ended = {row.address: row for row in Outbox.select().where(Outbox.channel == "mail")}
    states = {"sent": "sent", "retry": "waiting", "dead": "dead"}
    wrong = {
        a: ended[a].state for a, e in wanted.items() if ended[a].state not in [states[one] for one in e.split(" or ")]
    }
    unsaid = [row.address for row in ended.values() if row.state == "dead" and not row.error]
    figures(servers=len(servers), wrong=len(wrong), seconds=round(seconds, 1))
    assert wrong == {} and unsaid == []
    dead = {row.address for row in outgoing.failed(world.ada)}
    assert dead == {address for address, row in ended.items() if row.state == "dead"}
    worker_later(street)
    assert {row.state for row in Outbox.select().where(Outbox.channel == "mail")} == {"sent", "dead"}


def worker_later(street):
    """The next day all servers are well, and what waited goes out."""
    street.rules = {}
    later = values.now() + timedelta(days=2)
    while rows := outbox.claim(most=100, now=later):
        for row in rows:
            street.send(posting.message_for(row, SHOP, None), "", row.address)
            outbox.sent(row, now=later)


def work_until(handlers, is_over, seconds=120):
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(handlers,), kwargs={"stop": stop})
    thread.start()
    until = time.monotonic() + seconds
    while not is_over() and time.monotonic() < until:
        time.sleep(0.1)
    stop.set()
    thread.join()


# H4


def refuses(*_):
    raise Undeliverable("550 nobody here")


def breaks(*_):
    raise ConnectionResetError("in the middle of it")


@pytest.mark.row("H4")
def test_one_poisoned_letter_holds_up_nobody_else(world, figures, sized, rng):
    people = [f"p{n}" for n in range(50)]
    event("hangs", "breaks", "refuses")
    for _ in range(sized(gate=150, night=5_000)):
        event(*rng.sample(people, 2))
    freed = threading.Event()
    rules = {"hangs": lambda *_: freed.wait(300), "breaks": breaks, "refuses": refuses}
    street = Street(**{f"{name}@people.example": rule for name, rule in rules.items()})
    others = Outbox.select().where((Outbox.state == "waiting") & Outbox.address.startswith("p"))
    many, began = others.count(), time.monotonic()
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(street.handlers,), kwargs={"stop": stop})
    thread.start()
    while others.exists() and time.monotonic() - began < 60:
        time.sleep(0.1)
    seconds, left = time.monotonic() - began, others.count()
    freed.set()
    stop.set()
    thread.join()
    states = {
        row.name: (row.state, bool(row.error))
        for row in Outbox.select()
        if row.channel == "mail" and row.name in rules
    }
    figures(letters=many, left=left, seconds=round(seconds, 1), poisoned=len(rules))
    assert left == 0
    assert states == {"hangs": ("sent", False), "breaks": ("waiting", True), "refuses": ("dead", True)}
    assert [row.name for row in outgoing.failed(world.ada)] == ["refuses"]
