"""Settings: the way to everything an admin or manager arranges."""

from flask import current_app
from flask_babel import lazy_gettext

from portal.people import policy
from portal.web import pages
from staff.face import Place, crm

SHOW = pages.Page("staff/settings/show.html")

# What can be arranged, and a sentence on what it is for.
PLACES = (
    (
        Place("employees", lazy_gettext("Employees"), "staff.employee_list", "people", "employees.manage"),
        lazy_gettext("Who works here, in which team, and who may do what."),
    ),
    (
        Place("teams", lazy_gettext("Teams"), "staff.team_list", "people", "teams.manage"),
        lazy_gettext("Reps and managers see the accounts of their team and those of none."),
    ),
    (
        Place("roles", lazy_gettext("Roles"), "staff.role_list", "shield", "roles.manage"),
        lazy_gettext("Whose accounts people see, what they may do, and which fields they read and set."),
    ),
    (
        Place("company", lazy_gettext("Company"), "staff.company_show", "building", "company.see"),
        lazy_gettext("Who the shop is on invoices and other papers: name, tax number, address, logo."),
    ),
    (
        Place(
            "payment_methods",
            lazy_gettext("Payment methods"),
            "staff.payment_method_list",
            "swap",
            "payment_methods.see",
        ),
        lazy_gettext("Where customers send their money: PromptPay, QR Ph, bank accounts."),
    ),  # fmt: skip
    (
        Place("reminder_plan", lazy_gettext("Reminders"), "staff.reminder_plan_show", "bell", "reminders.arrange"),
        lazy_gettext("When overdue invoices are reminded of, in which tone, and what is let be."),
    ),
    (
        Place(
            "mail_templates", lazy_gettext("Mail templates"), "staff.mail_template_list", "mail", "mail_templates.see"
        ),
        lazy_gettext("What is written again and again, with places that a record fills."),
    ),
    (
        Place("promises", lazy_gettext("Service promises"), "staff.promise_list", "clock", "promises.see"),
        lazy_gettext("By when questions of customers are answered and solved, and in which hours that counts."),
    ),
    (
        Place("taxes", lazy_gettext("Taxes"), "staff.tax_list", "invoice", "charges.see"),
        lazy_gettext("What each country takes of each class of products, inside the price or on top."),
    ),
    (
        Place("freight", lazy_gettext("Delivery fees"), "staff.freight_list", "truck", "charges.see"),
        lazy_gettext("What bringing an order costs, by weight or by amount, and from when it is free."),
    ),
    (
        Place("discounts", lazy_gettext("Discounts"), "staff.discount_limits", "tag", "discounts.see"),
        lazy_gettext("How much reps and managers may take off a line without asking."),
    ),
    (
        Place(
            "fields",
            lazy_gettext("Details that customers change"),
            "staff.field_rule_show",
            "shield",
            "field_rules.see",
        ),
        lazy_gettext("What customers change at once, and what we look at first, with a paper or without."),
    ),
    (
        Place(
            "custom_fields",
            lazy_gettext("Own fields"),
            "staff.custom_field_list",
            "edit",
            "custom_fields.arrange",
        ),
        lazy_gettext("What you want to know of accounts, products and all else, and find no place for."),
    ),  # fmt: skip
    (
        Place("health", lazy_gettext("State of the shop"), "staff.health_show", "shield", "health.see"),
        lazy_gettext("What is well and what needs care: backups, disk, mail, the worker."),
    ),
    (
        Place("erasures", lazy_gettext("Erased people"), "staff.erasure_list", "trash", "erasures.see"),
        lazy_gettext("Who was erased for good, when and on whose wish; nothing of whom."),
    ),
    (
        Place("imports", lazy_gettext("Imports"), "staff.import_list", "inbox", "imports.run"),
        lazy_gettext("Bring in lists of contacts, accounts and products, and see what would change before it does."),
    ),
    (
        Place("journal", lazy_gettext("Journal"), "staff.journal_list", "undo", "journal.see"),
        lazy_gettext(
            "What was done in the last 30 days and can be taken back. Open one to see what would change; nothing "
            "happens before you press."
        ),
    ),
    (
        Place("duplicates", lazy_gettext("Likely duplicates"), "staff.duplicate_list", "people", "duplicates.see"),
        lazy_gettext(
            "Whoever is new or changed is held against all others, within a minute. Pairs that may be one wait here "
            "until you merge them or say they are two."
        ),
    ),
    (
        Place("groups", lazy_gettext("Groups of accounts"), "staff.group_list", "people", "groups.edit"),
        lazy_gettext("Resellers, schools, members: accounts that buy at the same prices."),
    ),
    (
        Place("tags", lazy_gettext("Tags"), "staff.tag_list", "tag", "tags.see"),
        lazy_gettext("Words on accounts and contacts: renamed, made one, taken away; topics of interest."),
    ),
    (
        Place(
            "announcements", lazy_gettext("Announcements"), "staff.announcement_list", "info", "announcements.manage"
        ),
        lazy_gettext("What customers or colleagues read once on their first page, from a day until another."),
    ),
    (
        Place(
            "warranty_terms",
            lazy_gettext("Warranty terms"),
            "staff.warranty_terms_list",
            "shield",
            "warranty_terms.see",
        ),
        lazy_gettext("How long what is sold is covered, and what that means, in each language."),
    ),  # fmt: skip
    (
        Place("branches", lazy_gettext("Branches"), "staff.branch_list", "store", "branches.see"),
        lazy_gettext("Where orders can be picked up, and when somebody is there."),
    ),
)


@crm.get("/settings", may="settings.see")
def settings(actor):
    known = current_app.view_functions
    places = [(p, text) for p, text in PLACES if p.endpoint in known and policy.may(actor, p.action)]
    return SHOW.render(places=places)
