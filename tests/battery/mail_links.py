"""One good link of every purpose for two people, and the addresses under which links are opened."""

from portal import store, values
from portal.activity import unsubscribing
from portal.audit import Entry
from portal.customers import address_checks
from portal.people import links
from portal.people.links import Link
from portal.service import handing_over
from tests import make

OF_STAFF = ("staff_invite", "first_admin")
WITHOUT_FACE = ("order_form",)  # its address stands apart from both


def every_link(world, name):
    """{purpose: a live link} for Carol or Dave, each as its verb makes it."""
    login, contact = world.logins[name], world.contacts[name]
    account, employee = contact.account, world.employees["rhea" if name == "carol" else "owen"]
    about_login = {purpose: {"login": login} for purpose in ("sign_in", "recover", "change_email")}
    answers = {"kind": "household", "name": "Nena", "account_name": "Nena", "phone": "", "country": "PH"}
    others = {
        "staff_invite": {"subject": employee.ref, "params": {"language": "en"}},
        "first_admin": {"subject": employee.ref, "params": {"language": "en"}},
        "confirm_email": {"params": answers | {"language": "en"}},
        "invite": {"subject": contact.ref, "params": {"language": "en", "by": "Aling Nena", "role": "viewer"}},
        "claim": {"params": {"serial": "", "tag": "", "language": "en"}},
        "revert": {"subject": login.ref, "params": _event_of(login)},
    }
    made = {}
    for purpose, about in (about_login | others).items():
        kind = "staff" if purpose in OF_STAFF else "customer"
        if purpose == "first_admin":
            with store.writing():  # there is one at a time
                Link.update(used_at=values.now()).where(Link.purpose == purpose).execute()
        made[purpose] = links.issue(purpose, kind, contact.email, **about)
    made["order_form"] = _newest("order_form", lambda: make.submission(email=contact.email))
    thing = make.warranty(account)
    made["hand_over"] = _newest(
        "hand_over", lambda: handing_over.offer(thing, by=getattr(world, name), email="a@b.example")
    )
    made["task"] = _newest("task", lambda: address_checks.ask(make.address(account), by=world.ada))
    return made


def _newest(purpose, act):
    act()
    return Link.select().where(Link.purpose == purpose).order_by(Link.id.desc()).get()


def _event_of(login):
    entry = Entry.select().order_by(Entry.id.desc()).first()
    return {"entry": entry.id if entry else 1, "at": values.now().isoformat()}


def doors(kind):
    """{purpose: the address under which the face of `kind` opens it, with {} for the token}."""
    prefix = "/staff" if kind == "staff" else ""
    return {purpose: prefix + path for purpose, path in links._paths.items()}


def token_routes(app):
    """[(rule, method)] of every address that holds a token."""
    found = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    return [(rule, method) for rule in found for method in sorted(rule.methods & {"GET", "POST"})]


def unsubscribing_of(login):
    return unsubscribing.Asked(login.ref, "orders")
