"""The group of companies around an account: its tree on the page, its sums, and who stands below whom."""

from collections import defaultdict
from functools import partial

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField

from portal.customers import parents
from portal.customers.accounts import Account
from portal.sales import figures, statements
from portal.values import Money
from portal.web import forms, pages, panels
from staff.face import crm

SHOW = pages.Page("staff/parents/show.html", "staff/parents/_tree.html")
EDIT = pages.Page("staff/parents/edit.html")


class ParentForm(forms.EditForm):
    """The company above, empty for none."""

    parent = StringField(lazy_gettext("Parent company"), render_kw={"maxlength": 200, "autocomplete": "off"})


@crm.get("/accounts/<number>/group", may="accounts.see", on=Account)
def account_group(account, actor):
    nodes = parents.tree(account, actor)
    ids = [node.account.id for node in nodes]
    bought, owed = figures.bought(ids), statements.balances(ids)
    sums = {"bought": _summed(money for one in bought.values() for money in one.year)}
    sums["owed"] = _summed(balance.total for one in owed.values() for balance in one)
    sums["open"] = sum(one.open for one in bought.values())
    numbers = ",".join(node.account.number for node in nodes)
    return SHOW.render(account=account, nodes=nodes, bought=bought, owed=owed, sums=sums, numbers=numbers)


def _summed(amounts):
    """[Money], one for each currency: they are not added without a rate."""
    found = defaultdict(int)
    for money in amounts:
        found[money.currency] += money.minor
    return [Money(minor, currency) for currency, minor in sorted(found.items()) if minor]


@crm.get("/accounts/<number>/parent", may="accounts.place", on=Account)
def account_parent_form(account, actor):
    name = account.parent.number if account.parent_id else ""
    return EDIT.render(account=account, form=ParentForm(formdata=None, parent=name, version=account.version))


@crm.post("/accounts/<number>/parent", may="accounts.place", on=Account)
def account_place_under(account, actor):
    form = ParentForm()
    done = form.run(partial(parents.place_under, account), by=actor)
    here = url_for("staff.account_show", number=account.number)
    return form.answer(done, EDIT, to=here, said=gettext("Saved."), account=account)


def _of_account(account, actor):
    """Whether there is a tree, which comes by a request of its own: the page of an account asks enough."""
    alone = parents.stands_alone(account)
    return None if alone and account.kind == "household" else {"account": account, "is_alone": alone}


panels.show_on("staff", "account", "group", "staff/parents/_panel.html", _of_account, may="accounts.see", side=True)
