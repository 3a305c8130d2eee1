"""The first days of a shop: what its admin arranges before it sells, on Today until all is there."""

from flask import url_for
from flask_babel import lazy_gettext

from portal.insight import opening
from portal.web import panels

# Per step what it is, why it matters, and where it is arranged.
WORDS = {
    "company": (
        lazy_gettext("Say who the shop is"),
        lazy_gettext("Name, address and tax number, as they stand on invoices."),
        "staff.company_show",
    ),
    "taxes": (
        lazy_gettext("Set the taxes"),
        lazy_gettext("What each country takes, inside the price or on top."),
        "staff.tax_list",
    ),
    "freight": (
        lazy_gettext("Set the delivery fees"),
        lazy_gettext("By weight or by amount, and from when it is free."),
        "staff.freight_list",
    ),
    "products": (
        lazy_gettext("Bring in what you sell"),
        lazy_gettext("One by one, or all at once from a file."),
        "staff.product_list",
    ),
    "payment_methods": (
        lazy_gettext("Say where customers pay"),
        lazy_gettext("Until then invoices carry no payment code."),
        "staff.payment_method_list",
    ),
    "employees": (
        lazy_gettext("Invite your colleagues"),
        lazy_gettext("Each sees the accounts of the own team."),
        "staff.employee_list",
    ),
}


def _left(_, actor):
    steps = opening.steps()
    left = [(*WORDS[step][:2], url_for(WORDS[step][2])) for step, is_done in steps if not is_done]
    return {"left": left, "done": len(steps) - len(left), "of": len(steps)} if left else None


panels.show_on("staff", "home", "opening", "staff/today/_opening.html", _left, may="opening.see", rank=1)
