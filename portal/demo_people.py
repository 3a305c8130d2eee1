"""The people of the demo shop's customers: order limits, orders to be approved, consent, who looked, what was asked."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from portal.activity import view_log
from portal.customers import consent, memberships
from portal.customers.contacts import Contact
from portal.customers.data_requests import DataRequest
from portal.customers.looks import Look
from portal.customers.memberships import Membership
from portal.people.logins import Login
from portal.sales import placing, requisition_approving, requisitions
from portal.sales.quotes import Wanted

BAKERY, FAMILY, BAKERS = 0, 10, 12  # of ACCOUNTS
RUEL, BEN = "ruel@panaderya-dolor.example", "ben@paniqui-bakers.example"
NO_SESSION = SimpleNamespace(id=0)


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    ago = lambda **time: now - timedelta(**time)  # noqa: E731
    account, boss, seller = people[BAKERY]
    bakers, chief, _ = people[BAKERS]
    family, grace, their_seller = people[FAMILY]
    yield ago(days=40), lambda at: _allow(account, RUEL, boss, "5000", at)
    yield ago(days=40), lambda at: _allow(bakers, BEN, chief, "3000", at, may_approve=True)
    yield ago(days=33), lambda at: _agree(boss, boss, at, news_mail=True, news_phone=True, suggestions_portal=True)
    yield ago(days=30), lambda at: _ask(grace, "correction", "Teachers Village East na kami.", at)
    yield ago(days=29), lambda at: _answer(family, their_seller, "Naitama na po sa lahat ng papel.", at)
    yield ago(days=21), lambda at: _agree(boss, seller, at, how="On the phone", news_phone=False)
    yield ago(days=9), lambda at: view_log.note(seller, account, account, at)
    yield ago(days=8), lambda at: _look(account, RUEL, seller, at)
    yield ago(days=6), lambda at: _decline(boss, _order(account, RUEL, "MAR-225", 12, at), at)
    yield ago(days=5), lambda at: _approve(chief, _order(bakers, BEN, "HAR-3CL", 4, at), at)
    yield ago(days=2), lambda at: view_log.note(seller, account, account, at)
    yield ago(days=2), lambda at: _ask(_acting(account, RUEL), "deletion", "Please delete my old mobile number.", at)
    yield ago(hours=4), lambda at: _order(account, RUEL, "HAR-1CL", 10, at)


def _place(account, email):
    return Membership.get((Membership.account == account) & (Membership.login == Login.find("customer", email)))


def _acting(account, email):
    return replace(memberships.actor_in(Login.find("customer", email), account.id), is_quiet=True)


def _allow(account, email, boss, limit, at, may_approve=False):
    given = {"role": "buyer", "order_limit": limit, "may_approve": may_approve}
    _place(account, email).change_rights(by=boss, now=at, **given)


def _agree(person, by, at, how="", **given):
    contact = Contact.get_by_id(person.contact)
    consent.choose(contact, by=by, how=how, now=at, **given)


def _order(account, email, code, pieces, at):
    """An order above the limit of whoever sends it: it waits for a colleague."""
    by, lines = _acting(account, email), [Wanted(code, pieces)]
    quote, _ = placing.prepare(by, account, lines, now=at)
    shown = {"shown_total_minor": quote.total_minor, "shown_currency": quote.currency}
    return requisitions.of_order(placing.place(by=by, account=account, lines=lines, now=at, **shown))


def _decline(boss, question, at):
    question.decline(by=boss, words="May natira pa sa bodega. Kalahati muna.", now=at + timedelta(hours=2))


def _approve(chief, question, at):
    shown = {"shown_total_minor": question.order.total_minor, "shown_currency": question.order.currency}
    requisition_approving.approve(question, by=chief, now=at + timedelta(hours=1), **shown)


def _ask(by, kind, words, at):
    DataRequest.ask(by=by, kind=kind, words=words, now=at)


def _answer(account, seller, words, at):
    request = DataRequest.get(DataRequest.account == account)
    request.take(by=seller, now=at)
    request.settle(by=seller, decision="done", reply=words, now=at)


def _look(account, email, seller, at):
    look = Look.begin(_place(account, email), by=seller, session=NO_SESSION, now=at)
    look.end(by=seller, now=at + timedelta(minutes=12))
