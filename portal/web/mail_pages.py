"""What the pages of mails show: writing one from a record, a conversation with what was quoted folded, panels."""

from functools import partial
from typing import NamedTuple

from flask import request, url_for

from portal import masking, values
from portal.activity import attachments
from portal.errors import Invalid
from portal.people import policy
from portal.service import mail_people, mail_templates, mail_text, mail_writing, mails
from portal.service.conversations import Conversation
from portal.service.mail_templates import MailTemplate
from portal.values import Recipient
from portal.web import mail, mail_forms, panels, speech, terms
from portal.web.mail import Shop

WRITTEN_FROM = ("account", "order", "invoice", "case", "lead")


class Shown(NamedTuple):
    """A mail as its page shows it: its parts, its files, how it went with each recipient."""

    mail: object
    parts: list
    files: list
    deliveries: list


# Writing


def noun_of(record):
    """The noun by whose templates one writes from a record."""
    ref = record.ref
    if ref.kind == "conversation":
        ref = record.about_ref or ref
        if ref.kind not in WRITTEN_FROM:
            return "lead" if record.lead_id and not record.account_id else "account"
    return ref.kind if ref.kind in WRITTEN_FROM else "account"


def composing(record, actor, **more):
    """What `_compose.html` needs to write from a record: the form, templates, addressees; four queries."""
    with masking.hiding(actor.limits.hidden):  # also when a form was sent: whose address is hidden gets no mail
        people = _people(record)
    brought = _brought(record, actor)
    chosen = _chosen(people)
    form = mail_forms.writing(people, brought, to=[chosen.key] if chosen else [], subject=_subject(record))
    template = _template(record, actor)
    if template is not None and chosen is not None and request.method == "GET":
        _fill_in(form, template, record, chosen, actor)
    return {
        "form": form,
        "people": people,
        "templates": _templates(record, chosen, actor),
        "template": template,
        "known": mail_templates.known_for(noun_of(record)),
        "preview": None,
        "record": record,
        **more,
    }


def _people(record):
    account, lead = mail_writing.account_of(record)
    return mail_people.of(account=account, lead=lead, **_besides(record))


def _besides(record):
    """What else a record says of whom a mail goes to."""
    kind = record.ref.kind
    return {
        "conversation": record if kind == "conversation" else None,
        "contact": record if kind == "contact" else None,
    }


def _brought(record, actor):
    if record.ref.kind in ("lead", "contact"):
        return []
    return [file for file, _ in attachments.of(record, actor)]


def _chosen(people):
    """Whom the address names (`to=contact:5`), else the first."""
    wanted = request.args.get("to", "")
    return next((one for one in people if one.key == wanted), people[0] if people else None)


def _subject(record):
    if isinstance(record, Conversation):
        subject = record.subject
        return subject if subject.lower().startswith("re:") else f"Re: {subject}"[:200]
    return ""


def _template(record, actor):
    text = request.args.get("template", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    return MailTemplate.for_noun(noun_of(record), actor).where(MailTemplate.id == int(text)).first()


def _templates(record, person, actor):
    """Those of the noun, in the reader's language first."""
    found = MailTemplate.for_noun(noun_of(record), actor)
    return sorted(found, key=lambda one: person is not None and one.language != person.language)


def _fill_in(form, template, record, person, actor):
    worth = worth_of(record, person, actor, template.language)
    for name in ("subject", "text"):
        written = getattr(template, name)
        try:
            written = mail_templates.fill(written, template.noun, worth, name)
        except Invalid as refusal:
            form.accuse(refusal)
        form[name].data = written


def send(record, people, *, by, subject, text, **given):
    """The verb of the form: fill what stands for something, and write. Raises Invalid as `mail_writing.write`."""
    chosen = next((one for one in people if one.key in given["to"]), None)
    words = filled(record, chosen, by, subject, text)
    account, lead = mail_writing.account_of(record)
    return mail_writing.write(
        by=by, account=account, lead=lead, about=record.ref, **_besides(record), **words, **given
    )


def filled(record, person, actor, subject, text):
    """{"subject", "text"} with every place filled. Raises Invalid on its field."""
    words = {"subject": subject or "", "text": text or ""}
    if person is None or not any("{{" in part or "}}" in part for part in words.values()):
        return words
    worth, noun = worth_of(record, person, actor, person.language), noun_of(record)
    return {name: mail_templates.fill(part, noun, worth, name) for name, part in words.items()}


def preview(form, record, people, actor):
    """How the mail of a form would read, or None when something of it is refused."""
    person = next((one for one in people if one.key in (form.to.data or ())), None)
    try:
        words = filled(record, person, actor, form.subject.data, form.text.data)
    except Invalid as refusal:
        form.accuse(refusal)
        return None
    named = [f"{one.name} <{one.address}>" for one in people if one.key in (form.to.data or ())]
    shop = Shop.of(speech.settings())
    to = Recipient(person.ref, person.name, person.address, person.language) if person else Recipient(record.ref, "")
    letter = mail.render("mail_written", words | {"envelope": {}}, to, shop)
    return {"to": named, "subject": letter.subject, "text": letter.text}


def worth_of(record, person, actor, language):
    """{place: text} of a record for one reader, in a language."""
    shop = Shop.of(speech.settings())
    wording = shop.wording(language)
    account, lead = mail_writing.account_of(record)
    found = {"me.name": actor.name, "shop.name": shop.name, "today": wording.day(values.shop_day())}
    found |= {"contact.name": person.name, "contact.title": person.contact.title if person.contact else ""}
    if account is not None:
        found |= {"account.name": account.name, "account.number": account.number}
    if lead is not None:
        found |= {"lead.name": lead.name, "lead.company": lead.company, "lead.number": lead.number}
    about = topic_of(record)
    return found | (OF_NOUN[about.ref.kind](about, wording) if about is not None else {})


def topic_of(record):
    """The order, invoice or case that a mail from this record is about; None without one."""
    if isinstance(record, Conversation):
        return mail_writing.topic_of(record)
    return record if record.ref.kind in OF_NOUN else None


def _of_order(order, wording):
    state = terms.word(wording.catalogue.gettext, "order", "state", order.state)
    placed = wording.day(order.placed_at) if order.placed_at else ""
    total = wording.money_text(order.total)
    return {"order.number": order.number, "order.total": total, "order.placed_on": placed, "order.state": state}


def _of_invoice(invoice, wording):
    return {
        "invoice.number": invoice.number,
        "invoice.total": wording.money_text(invoice.total),
        "invoice.open": wording.money_text(invoice.open),
        "invoice.due_on": wording.day(invoice.due_on) if invoice.due_on else "",
    }


def _of_case(case, wording):
    return {"case.number": case.number, "case.subject": case.subject}


OF_NOUN = {"order": _of_order, "invoice": _of_invoice, "case": _of_case}


# Reading


def shown(found, files):
    """Some mails as the page shows them, with the files of their conversation {id: Attachment}."""
    sent = mails.deliveries(found)
    return [
        Shown(one, mail_text.parts(one.text), [files[i] for i in one.files if i in files], sent.get(one.entry, ()))
        for one in found
    ]


# On other pages


def stand_on_records(template):
    """A button to write and the conversations of a record on its page; they follow the page."""
    for kind, rank in (("account", 14), ("contact", 14), ("order", 66), ("invoice", 66), ("case", 66), ("lead", 14)):
        panels.show_on("staff", kind, "mails", template, partial(_load, kind), may="mailbox.see", rank=rank)


def _load(kind, record, actor):
    narrowed = {"about": record.number} if kind in ("order", "invoice", "case") else {kind: record.number}
    may_write = policy.may(actor, "mailbox.write")
    return {
        "list_url": url_for("staff.conversation_list", state="all", **narrowed),
        "write_url": url_for(f"staff.{kind}_write", number=record.number) if may_write else None,
    }


def stand_on_interactions(template):
    """The way from the timeline to the conversation of a mail."""
    panels.show_on("staff", "interaction", "mail", template, _of_interaction, may="mailbox.see", rank=10)


def _of_interaction(talk, actor):
    conversation = mails.conversation_of(talk) if talk.kind == "email" else None
    if conversation is None:
        return None
    return {"url": url_for("staff.conversation_show", number=Conversation.NUMBER.format(conversation))}
