"""Conversations of the bench: one of every tenth customer, one in ten of them open, and a long one of Carol’s."""

from portal.service.conversations import Conversation
from portal.service.mail_templates import MailTemplate
from portal.service.mails import Mail
from tests.bench.filling import fill, moment, text

LONG = 400  # mails of Carol's conversation


def make(shop):
    """Two mails of each, and templates."""
    count = shop.customers // 10
    account = f"(CASE WHEN i > {count} THEN {shop.carol} ELSE i * 10 END)"
    state = f"CASE WHEN i > {count} OR i % 10 = 0 THEN 'for_us' ELSE 'done' END"
    address = f"'p' || {text('i')} || '@people.example'"
    about = {"subject": "'Your order'", "name": "'Ana'", "address": address, "address_key": address}
    times = {"begun_at": shop.at("i"), "last_at": shop.at("i")}
    fill(Conversation, count + 1, account=account, state=state, **about, **times)
    said = {"subject": "'Your order'", "text": "'It left today. ' || 'Thank you. '", "from_name": "'Ana'"}
    fill(Mail, 2 * count, conversation="(i + 1) / 2", is_ours="i % 2 = 1", at=shop.at("(i + 1) / 2"), **said)
    mine = {"conversation": f"{count + 1}", "at": moment("i", shop.now), "is_ours": "i % 2 = 0"}
    fill(Mail, 2 * count + LONG, 2 * count + 1, **mine, **said)
    words = {
        "subject": "'{{order.number}}'",
        "text": "'Dear {{contact.name}}'",
        "noun": "'order'",
        "language": "'en'",
    }
    fill(MailTemplate, 20, name=f"'Number ' || {text('i')}", **words)
