"""The policy says no to whatever it does not know (BATTERY A1)."""

from dataclasses import replace

import pytest

from portal.people import policy
from portal.values import ANONYMOUS, CUSTOMER_ROLES, STAFF_ROLES, Actor, Limits, Ref

pytestmark = [pytest.mark.row("A1"), pytest.mark.one_database]
UNKNOWN_ACTIONS = (
    "", ".", "orders", "orders.", ".cancel", "orders.cancel ", " orders.cancel", "Orders.cancel", "orders.CANCEL",
    "orders.*", "*", "orders.cancel.all", "order.cancel", "orders.cancle", "nonsense.see", "orders.cancel\n", None, 0,
    ("orders", "cancel"),
)  # fmt: skip
UNKNOWN_ROLES = (
    "",
    " ",
    "Admin",
    "ADMIN",
    "admin ",
    "owner",
    "root",
    "superuser",
    "staff",
    "customer",
    "*",
    None,
    0,
    True,
)


def actors():
    kinds = [Actor(Ref("login", 1), role=role) for role in (*STAFF_ROLES, *CUSTOMER_ROLES)]
    return [ANONYMOUS, Actor(Ref("system", 0), role="system"), *kinds]


def test_what_nobody_declared_is_nobodys(app, figures):
    wrong = [(actor.role, action) for actor in actors() for action in UNKNOWN_ACTIONS if policy.may(actor, action)]
    wrong += [
        (actor.role, action, "on") for actor in actors() for action in UNKNOWN_ACTIONS if policy.may(actor, action, 1)
    ]
    figures(people=len(actors()), unknown_actions=len(UNKNOWN_ACTIONS), allowed=len(wrong))
    assert wrong == []
    assert [action for action in UNKNOWN_ACTIONS if action in policy.actions()] == []


def test_whom_nobody_declared_may_nothing(app, world, figures):
    """A role that is none, of whatever login, at every action; also where the action is for everybody."""
    wrong, asked = [], 0
    for role in UNKNOWN_ROLES:
        for person in (ANONYMOUS, world.carol, world.ada):
            for action in policy.actions():
                asked += 1
                wrong += [(role, action)] if policy.may(replace(person, role=role), action) else []
    figures(asked=asked, allowed=len(wrong))
    assert wrong == []


def test_each_declaration_names_roles_that_there_are(app, figures):
    known = {"anonymous", *STAFF_ROLES, *CUSTOMER_ROLES}
    figures(declared=len(policy.actions()))
    assert {action: roles - known for action, roles in policy.actions().items() if roles - known or not roles} == {}


def test_what_is_declared_cannot_be_declared_again_or_changed_from_outside(app):
    with pytest.raises(ValueError, match="twice"):
        policy.allow("orders.cancel", policy.EVERYONE)
    policy.actions()["orders.cancel"] = frozenset(("anonymous",))
    policy.actions()["nonsense.see"] = frozenset(("anonymous",))
    assert not policy.may(ANONYMOUS, "orders.cancel")
    assert not policy.may(ANONYMOUS, "nonsense.see")


def test_a_role_of_the_shop_opens_nothing(app, world, figures):
    """Limits take away, whatever they name: areas, things that are no areas, both at once."""
    wrong = []
    for limits in (
        Limits(closed=frozenset(("nonsense",))),
        Limits(looked=frozenset(("orders", "*", ""))),
        Limits(reach="all"),
    ):
        narrowed = replace(world.rhea, limits=limits)
        wrong += [(limits, action) for action in policy.actions() if _opens(narrowed, world.rhea, action)]
    figures(opened=len(wrong))
    assert wrong == []


def _opens(narrowed, usual, action):
    return policy.may(narrowed, action) and not policy.may(usual, action)
