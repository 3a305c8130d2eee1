"""Policy: which role may do which action. Default no; what rows a person sees is each noun's `visible_to`."""

from portal.values import CUSTOMER_ROLES, STAFF_ROLES

STAFF = STAFF_ROLES
MANAGERS = ("manager", "admin")
ADMINS = ("admin",)
CUSTOMERS = CUSTOMER_ROLES
BUYERS = ("buyer", "customer_admin")
CUSTOMER_ADMINS = ("customer_admin",)
SIGNED_IN = STAFF + CUSTOMERS
EVERYONE = ("anonymous", *SIGNED_IN)
LOOKING = ("see", "see_all", "read")  # the verbs of an action that change nothing

_roles = {}
_conditions = {}


def allow(action, *groups, when=None):
    """Declare who may do `action` ("orders.cancel"); each noun declares its own, once.

    `groups` are tuples of roles; `when(actor, obj)` narrows it for one record.
    """
    if action in _roles:
        raise ValueError(f"{action} is declared twice")
    _roles[action] = frozenset(role for group in groups for role in group)
    if when is not None:
        _conditions[action] = when


def may(actor, action, obj=None):
    """Whether this person may do this, to this record. An action nobody declared is refused to all."""
    if actor.is_system:
        return action in _roles
    if actor.role not in _roles.get(action, ()) or _is_shut(actor.limits, action):
        return False
    condition = _conditions.get(action)
    return condition is None or obj is None or bool(condition(actor, obj))


def _is_shut(limits, action):
    """Whether the shop's own role of this person leaves the action out."""
    if not (limits.closed or limits.looked):
        return False
    area, _, verb = action.partition(".")
    return area in limits.closed or (area in limits.looked and verb not in LOOKING)


def actions():
    """{action: roles} of everything declared, for the start-up check and the access matrix."""
    return dict(_roles)


allow("patterns.see", STAFF)
allow("settings.see", MANAGERS)
allow("help.see", EVERYONE)
allow("search.use", STAFF)
