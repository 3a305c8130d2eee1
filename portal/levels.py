"""Levels of protection: how much care each column asks for; what each level asks is written in SECURITY.md."""

SECRET, CLOSE, PERSONAL, HOUSE = LEVELS = ("secret", "close", "personal", "house")

# Names that hold a word of ours wherever they stand, never one that somebody typed: they go by their table.
WORDS_OF_OURS = {
    "kind", "state", "currency", "language", "country", "channel", "role", "source", "priority", "purpose", "noun",
    "unit", "method", "topic", "event", "audience", "template", "tax_class", "settled_how", "rhythm", "standard",
    "basis",
}  # fmt: skip

# Table -> its columns that hold words or signs. Numbers, days and links, named or not, go by their table.
BY_LEVEL = {
    # Opens a door, or is counted and nobody's to read: only a hash of it is kept.
    SECRET: {
        "login": "password_hash", "session": "token_hash", "attempt": "key", "erased_key": "fingerprint",
        "submission": "client", "form_ban": "client",
    },
    # What would hurt somebody in other hands, and copies of whatever stood somewhere.
    CLOSE: {
        "contact": "born_on gender occupation income_band birthday household_size preferences spending_minor barred",
        "contact_spending": "",
        "bank_line": "text reference payer payer_account payer_key plan why note print", "bank_statement": "problems",
        "binned": "data", "entry_value": "old new field salt", "merged_row": "was", "merge": "fields",
        "import_row": "name fields reasons likely", "outbox": "params",
    },
    # Says who somebody is, what he wrote, bought or did: customers, strangers who ask, and those who work here.
    PERSONAL: {
        "account": "name folded legal_name tax_number phone email billing_email website note labels absorbed",
        "account_point": "value label",
        "address": "label recipient line1 line2 district city region postal_code phone",
        "address_check": "asked_by answer words answered_by", "address_move": "planned_by",
        "affiliation": "job_title note", "announcement": "written_by", "announcement_seen": "actor",
        "approval": "reason fingerprint answer", "article_rating": "words", "article_revision": "published_by",
        "attachment": "subject name added_by added_name", "backup": "by_name", "bank_line": "decided_by",
        "bank_statement": "by_name", "binned": "root", "bounced_address": "address_key reason",
        "case": "subject topic_number asker asked_by rating_words rated_by",
        "case_message": "author author_name words step files",
        "change_request": "subject reason reply asked_ref asked_by decided_by",
        "claim": "product_words serial words reach email asked_by reply decided_by", "consent": "by by_name how",
        "contact": "name folded title job_title email phone best_day best_hours best_time labels absorbed",
        "contact_point": "value label", "conversation": "subject reason name address address_key about hint",
        "custom_value": "text folded", "data_request": "asked_name words answer answered_name",
        "deed": "actor actor_name subject note back_by tally work", "earlier_revision": "name added_by added_name",
        "employee": "name email phone job_title department",
        "entry": "actor actor_name actor_mark actor_role subject about fields commitments request",
        "erasure": "refs whose asked_by asked_name tally", "external_id": "value line_hash marks",
        "fetched_mail": "mailbox error", "file": "sha256 type thumbnail", "first_steps": "done",
        "habit_sheet": "habits", "import_map": "by_name", "import_row": "outcome choice",
        "import_run": "file sha256 by_name takes worker trouble",
        "interaction": "direction subject text place join_link app outcome score_words reason about",
        "invoice": "number reason cause account_name tax_number order_number po_number bill_to ship_to taxes "
                   "issued_by",
        "lead": "name company email email_key phone lines left_out words next_step lost_because lost_words",
        "likely_pair": "reasons", "link": "subject email params outcome", "link_request": "email params request",
        "login": "email email_key name",
        "mail": "from_name from_address to cc subject text automatic checks message_id identity files left_out "
                "author",
        "match_key": "", "merged_row": "table column", "missed_search": "key words",
        "move_decision": "choice decided_by",
        "no_contact": "reason by by_name lifted_name", "notice_plan": "recipient zone",
        "order": "account_name placed_by external_number po_number note delivery branch_name ship_to bill_to "
                 "cancel_reason",
        "order_line": "code name tax_name", "order_stop": "lifted_by reason",
        "outbox": "recipient address name message_id error",
        "payment": "reference note cause by_name cancel_reason", "refund": "reference by_name",
        "reminder_hold": "reason by_name ended_by", "reminder_letter": "lines sums by_name",
        "requested_field": "field old new", "requisition": "answer",
        "return": "reason words wish reply asked_by decided_by", "saved_view": "place name query shared",
        "search_entry": "right text", "seen_mark": "actor", "sent_form": "actor key body_hash result",
        "session": "agent",
        "shipment": "carrier tracking_number tracking_url note by_name received_by",
        "shopping_list": "name name_key", "stock_movement": "reason cause note by_name",
        "submission": "name company email email_key phone lines words answers consents",
        "suggestion": "lines settled_by", "suggestion_switch": "changed_by",
        "task": "title text about repeats repeat_days counts_from closed_by", "task_step": "title done_by",
        "view_log": "viewer viewer_name subject about",
        "warranty": "serial serial_key tag reply decided_by offered_to",
        "wish": "asked_by words key answer answered_by",
        **dict.fromkeys((
            "account_rhythm", "acknowledgement", "allocation", "bank_booking", "calendar_feed", "interaction_person",
            "invoice_line", "liking", "look", "membership", "notice_off", "price_item", "price_list", "reminder",
            "return_line", "shipment_line", "shopping_line", "tagged", "task_morning", "watcher",
        ), ""),
    },
    # What the shop sells, how it works, and what it says of itself.
    HOUSE: {
        "account_group": "name", "adjustment": "reason params cause",
        "announcement": "title text title_fil text_fil title_th text_th leads_to", "article": "title",
        "article_revision": "title body", "article_text": "title body", "backup": "name trouble",
        "bank_account": "name layouts", "bank_statement": "name layout",
        "branch": "name line1 city phone hours", "category": "name",
        "company": "name legal_name tax_number tax_words line1 district city region postal_code phone email website "
                   "foot picture",
        "custom_field": "key labels helps section options default least most target readers writers shown_if "
                        "shown_for work",
        "field_rule": "field mode", "first_view": "place", "import_map": "signature name map",
        "import_run": "map", "invoice_line": "code name tax_name", "kept_figure": "name",
        "mail_template": "name subject text", "mailbox_state": "name error",
        "order_form": "slug title intro thanks languages range codes questions consents origins",
        "payment_method": "title promptpay_id biller_id code bank account_name account_number swift city words",
        "price_list": "name", "product": "code code_key name folded description picture",
        "promise": "case_kind", "seal": "previous hash", "series": "name", "service_desk": "hours",
        "staff_role": "name base reach areas rights", "tag": "name folded", "task_plan": "name",
        "task_plan_step": "title", "tax_rate": "name", "team": "name",
        "warranty_terms": "reach words_en words_fil words_th",
        **dict.fromkeys((
            "article_product", "custom_stamp", "discount_limit", "freight_rule", "last_number", "likeness_sweep",
            "reminder_plan", "reminder_rule",
        ), ""),
    },
}  # fmt: skip
COLUMNS = {
    level: {table: frozenset(names.split()) for table, names in rows.items()} for level, rows in BY_LEVEL.items()
}


def of(table, column):
    """The level of a column or field; what is not named in words goes by its table."""
    return next((level for level in LEVELS if column in COLUMNS[level].get(table, ())), of_table(table))


def of_table(table):
    """The level of a row as a whole: personal, unless the shop's own is all that stands in it."""
    somebodys = any(table in COLUMNS[level] for level in (SECRET, CLOSE, PERSONAL))
    return HOUSE if table in COLUMNS[HOUSE] and not somebodys else PERSONAL
