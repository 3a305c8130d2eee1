"""Outgoing mail in the staff face: what was sent, what waits, what failed and is sent again."""

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext

from portal.activity import outgoing
from portal.activity.outgoing import MAIL_FIELDS, Mail
from portal.outbox import STATES, Outbox
from portal.web import letters, queues, speech
from portal.web.forms import Form
from portal.web.list_deeds import Deed
from portal.web.lists import Column, List, Sort
from portal.web.pages import Page
from staff.face import crm

LIST = Page("staff/mail/list.html")
SHOW = Page("staff/mail/show.html")


def _to(query, text, actor):
    """Whose name or address begins so."""
    return query.where(Outbox.address.startswith(text) | Outbox.name.startswith(text))


STATE_KINDS = {"held": "wait", "waiting": "wait", "sent": "done", "gathered": "done", "dead": "refused",
               "withheld": "closed"}  # fmt: skip

MAILS = List(
    "mail",
    MAIL_FIELDS,
    [Column("subject", letters.subject) if f.name == "subject" else Column(f.name) for f in MAIL_FIELDS],
    {"number": Sort(Outbox.id)},
    "-number",
    {"to": _to},
    shown=("number", "created_at", "name", "address", "subject", "state", "attempts"),
    link="subject",
    at="staff.mail_show",
    drawn={"state": STATE_KINDS},
    said=("state", "to"),
    rows=Mail.visible_to,
    many=(
        Deed("again", "mail.send_again", lambda row, by, value: outgoing.send_again(row, by=by), "state",
             lazy_gettext("Send again")),
    ),
)  # fmt: skip

queues.offer(
    "failed_mail",
    outgoing.failed,
    may="mail.see",
    said=lambda count: ngettext("%(num)s mail was not delivered", "%(num)s mails were not delivered", count),
    at="staff.mail_list",
    is_urgent=True,
    state="dead",
)
queues.offer(
    "late_mail",
    outgoing.late,
    may="mail.see",
    said=lambda count: ngettext(
        "%(num)s mail waits for the mail server", "%(num)s mails wait for the mail server", count
    ),
    at="staff.mail_list",
    is_urgent=True,
    state="waiting",
)


@crm.get("/mail", may="mail.see", feeds=("csv", "json"))
def mail_list(actor):
    return MAILS.answer(None, actor, LIST, states=STATES)


@crm.get("/mail/<number>", may="mail.see", on=Mail)
def mail_show(mail, actor):
    return SHOW.render(form=Form(), **_facts(mail))


@crm.post("/mail/<number>/again", may="mail.send_again", on=Mail)
def mail_send_again(mail, actor):
    form = Form()
    done = form.run(outgoing.send_again, by=actor, mail=mail)
    said = gettext("It is on its way again.")
    return form.answer(done, SHOW, to=url_for("staff.mail_show", number=mail.number), said=said, **_facts(mail))


def _facts(mail):
    return {"mail": mail, "letter": letters.letter(mail, mail.language, reveal=speech.settings().demo)}
