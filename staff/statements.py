"""Statements of account for staff, and what an account owes on its page."""

from portal.customers.accounts import Account
from portal.sales import statements
from portal.web import pages, panels, statement_pages
from staff.face import crm

SHOW = pages.Page("staff/statements/show.html")


@crm.get("/accounts/<number>/statement", may="statements.see", on=Account, feeds=("csv", "json"))
def statement_show(account, actor):
    return statement_pages.answer(account, actor, SHOW)


def _of_account(account, actor):
    """What it owes, in each currency."""
    return {"account": account, "balances": statements.balances([account]).get(account.id, [])}


panels.show_on(
    "staff", "account", "owed", "staff/statements/_owed.html", _of_account, may="statements.see", rank=20, side=True
)
