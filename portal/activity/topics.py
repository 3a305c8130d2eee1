"""Topics: what a notice is about, in the few plain words by which people choose what they want to be told and how.

A new letter in `templates/mail` is put under its topic here; a gate fails on one that was forgotten. Labels and the
sentence below each stand in `portal/web/terms/notices.py`.
"""

from typing import NamedTuple

CHANNELS = ("inbox", "mail")
GATHERED = "gathered"  # the letter of a day or week, which is of every topic

# What may be switched off of a topic.
ANY = "any"  # all of it: then nothing of it is told
ONE_STAYS = "one stays"  # mail or inbox, but not both: what is owed is told somewhere
NOTHING = "nothing"  # always told, at once, in every way we have


class Topic(NamedTuple):
    """One row of the page of choices: its key, what may be switched off, the letters that belong to it."""

    key: str
    may_be_off: str
    letters: tuple


TOPICS = (
    Topic(
        "orders",
        ANY,
        (
            "order_placed",
            "order_confirmed",
            "order_promised",
            "order_goods_in",
            "order_cancelled",
            "order_part_cancelled",
            "order_redirected",
            "order_to_approve",
            "order_approved",
            "order_declined",
        ),
    ),
    Topic("deliveries", ANY, ("order_shipped", "order_tracked", "order_unshipped", "order_delivered")),
    Topic(
        "invoices",
        ONE_STAYS,
        (
            "invoice_issued",
            "credit_note_issued",
            "payment_received",
            "payment_cancelled",
            "refund_paid",
            "invoice_said_paid",
        ),
    ),
    Topic("reminders", NOTHING, ("reminder_friendly", "reminder_firm", "reminder_final")),
    Topic(
        "returns",
        ANY,
        (
            "return_asked",
            "return_approved",
            "return_declined",
            "return_received",
            "return_settled",
            "return_withdrawn",
            "warranty_ending",
            "warranty_registered",
            "warranty_confirmed",
            "warranty_declined",
            "warranty_handed_over",
            "warranty_taken_over",
            "claim_asked",
            "claim_withdrawn",
            "claim_accepted",
            "claim_refused",
            "claim_received",
            "claim_settled",
        ),
    ),
    Topic(
        "requests",
        ANY,
        (
            "mail_written",
            "mail_came",
            "case_asked",
            "case_replied",
            "case_answered",
            "case_noted",
            "case_assigned",
            "case_merged",
            "case_solved",
            "case_closed",
            "case_reopened",
            "case_rated",
            "files_brought",
            "request_asked",
            "request_withdrawn",
            "request_proven",
            "request_proof",
            "request_decided",
            "request_stale",
            "wish_asked",
            "wish_answered",
        ),
    ),
    Topic("prices", ANY, ("price_agreed", "discount_asked", "discount_approved", "discount_declined")),
    Topic(
        "people",
        ANY,
        (
            "account_changed",
            "records_merged",
            "account_reassigned",
            "access_given",
            "customer_signed_up",
            "lead_arrived",
            "lead_claimed",
            "move_planned",
            "move_cancelled",
            "move_done",
            "address_to_confirm",
            "address_doubted",
            "data_request_asked",
            "backup_failed",
        ),
    ),
    Topic("tasks", ANY, ("task_assigned", "task_done", "tasks_of_day")),
    Topic(
        "meetings",
        ANY,
        (
            "interaction_planned",
            "interaction_moved",
            "interaction_cancelled",
            "interaction_rate",
            "interaction_rated",
        ),
    ),
    Topic(
        "news",
        ANY,
        ("order_suggested", "playbook_published", "import_compared", "import_done", "import_undone"),
    ),
    Topic(
        "security",
        NOTHING,
        (
            "sign_in_link",
            "recover_link",
            "confirm_email",
            "order_form_sent",
            "already_registered",
            "change_email_link",
            "change_email_taken",
            "login_changed",
            "accounts_joined",
            "own_change",
            "colleague_invited",
            "disowned",
            "disowned_elsewhere",
            "disowned_staff",
            "ordering_stopped",
            "ordering_resumed",
            "invitation",
            "staff_invitation",
            "membership_ended",
            "consent_changed",
            "data_request_answered",
            "person_erased",
            "looked_as",
            "payment_method_changed",
            "warranty_offered",
            "claim_link",
        ),
    ),
)

BY_KEY = {topic.key: topic for topic in TOPICS}
OF_LETTER = {letter: topic for topic in TOPICS for letter in topic.letters}


def of(letter):
    """The topic of a letter, by the name of its template; one nobody put under a topic is never held back."""
    return OF_LETTER.get(letter, BY_KEY["security"])
