"""Text that tries to be more than text, put into every free-text column of every row."""

import peewee

from portal import store

FROM = 40  # shorter columns hold words of a list: states, kinds, currencies
# Columns that the product itself writes or checks letter by letter: no person's free text ever stands in them.
CHECKED = {
    "absorbed", "actor", "added_by", "address_key", "areas", "asked_ref", "asker", "author", "biller_id",
    "billing_email", "by", "cause", "client", "code", "code_key", "commitments", "email", "email_key", "event",
    "fields", "fingerprint", "folded", "from_address", "habits", "hash", "hint", "join_link", "key", "labels",
    "leads_to", "line_hash", "marks", "message_id", "name_key", "outcome", "password_hash", "payer_key",
    "phone", "picture", "preferences", "previous", "print", "promptpay_id", "repeat_days", "request", "rights",
    "root", "serial_key", "sha256", "slug", "template", "thumbnail", "topic", "topic_number", "tracking_url",
    "type", "viewer", "website",
}  # fmt: skip
CHECKED_IN = {
    "account_point.value", "address_check.answer", "attachment.subject", "bounced_address.reason",
    "change_request.subject", "contact.barred", "contact_point.value", "conversation.about",
    "conversation.address", "custom_field.section", "deed.subject", "entry.about", "entry.subject",
    "entry_value.field", "entry_value.new", "entry_value.old", "fetched_mail.mailbox", "field_rule.field",
    "first_steps.done", "first_view.place", "import_run.file", "import_run.source", "interaction.about",
    "interaction.app", "link.subject", "mail.checks", "mail.identity", "merged_row.column", "merged_row.table",
    "notice_plan.recipient", "notice_plan.zone", "outbox.address", "outbox.recipient", "requested_field.field",
    "saved_view.place", "saved_view.query", "tagged.kind", "task.about", "view_log.about", "view_log.subject",
    "warranty.offered_to", "warranty_terms.reach",
}  # fmt: skip
PASSED_OVER = {
    "attempt", "external_id", "file", "form_ban", "kept_figure", "last_number", "likeness_sweep", "link_request",
    "mailbox_state", "match_key", "missed_search", "search_entry", "seal", "seen_mark", "sent_form", "session",
}  # fmt: skip


def free_texts():
    """[(model, field)] of all columns into which people may write what they like."""
    models = sorted(store.tables(), key=lambda model: model._meta.table_name)
    return [
        (model, field)
        for model in models
        if model._meta.table_name not in PASSED_OVER
        for field in model._meta.sorted_fields
        if type(field) in (peewee.TextField, peewee.CharField) and is_free(model._meta.table_name, field)
    ]


def is_free(table, field):
    name = field.column_name
    return longest(field) >= FROM and name not in CHECKED and f"{table}.{name}" not in CHECKED_IN


def longest(field):
    return field.max_length if isinstance(field, peewee.CharField) else 4_000


def plant(text_of):
    """Write `text_of(number, longest)` into each free-text column of every row; returns {number: "table.column"}."""
    planted = {}
    with store.writing():
        for number, (model, field) in enumerate(free_texts(), 1):
            text = text_of(number, longest(field))
            if field.unique:
                text = peewee.fn.SUBSTR(
                    peewee.Value(f"{text[:30]} ").concat(model.id.cast("text")), 1, longest(field)
                )
            if model.update({field: text}).where(field.is_null(False), field != "").execute():
                planted[number] = f"{model._meta.table_name}.{field.column_name}"
    return planted


def markup(number, most):
    """A text that would become an element `<suki-NUMBER>` and a script wherever it is not escaped."""
    short = f"'\"><suki-{number}>"
    whole = (
        f"{short}<script>alert({number})</script><img src=//evil.example/{number} onerror=alert({number})>${{7*7}}"
    )
    return whole if len(whole) <= most else short
