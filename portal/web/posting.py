"""Posting: turns a row of the outbox into a mail when it is sent, and hands it to the postbox."""

import html
import re
from datetime import UTC
from email.utils import format_datetime

from portal.activity import gathering, inbox, topics, unsubscribing
from portal.web import calendars, enveloping, mail, postbox
from portal.worker import Undeliverable, Withheld

GO = re.compile(r'<a class="go" href="([^"]*)"')  # where a letter's one button leads


def handlers(shop, send, link_address):
    """What `worker.run` needs to deliver mail.

    `send(mail, sender, address)` is a postbox; `link_address(link_id)` derives the path of a one-time link, None when
    the link is no longer good.
    """

    def post(row):
        send(message_for(row, shop, link_address), shop.mail_from, row.address)

    return {"mail": post}


def message_for(row, shop, link_address):
    """The finished mail of an outbox row, written now: what its recipient may read at this moment."""
    if not inbox.may_be_read(row):
        raise Withheld("the recipient may not read this any more")
    letter, stops = letter_for(row, shop, link_address), _stops(row, shop)
    return postbox.finish(
        row.message_id,
        letter.text,
        letter.html,
        subject=letter.subject,
        calendar=calendars.of_letter(row.params, shop),
        Date=format_datetime(row.created_at.replace(tzinfo=UTC)),  # of the event: a repeat is the same mail
        **enveloping.of(row, shop),
        Content_Language=shop.wording(row.language).language,
        **({"List_Unsubscribe": f"<{stops}>"} if stops else {}),
        # RFC 8058 promises a POST that needs nothing but the address, and that over https.
        **({"List_Unsubscribe_Post": "List-Unsubscribe=One-Click"} if stops and stops.startswith("https:") else {}),
    )


def _stops(row, shop):
    """The address by which the receiver stops such mail, or None."""
    asked = unsubscribing.of_letter(row)
    return asked and shop.link(asked.path)


def letter_for(row, shop, link_address=None, to=None, for_staff=None, hidden=None):
    """The letter of an outbox row; without `link_address` every one-time link reads as removed.

    `to` is the recipient when he reads it in another language; `for_staff` spares the look-up of his face, and
    `hidden` that of the fields ("contact.phone") of whose changes it must not tell.
    A template that cannot be filled is a mistake of ours that no waiting mends: Undeliverable, so staff see it.
    """
    to = to or inbox.recipient_of(row)
    for_staff = inbox.is_for_staff(row) if for_staff is None else for_staff
    params = {name: _opened(value, shop, link_address) for name, value in row.params.items()}
    if row.template == topics.GATHERED:
        params["notices"] = _gathered(row, shop, link_address, to, for_staff)
    if params.get("changes") and "noun" in params:
        params["changes"] = _open(params, inbox.hidden_from(row) if hidden is None else hidden)
    choices = _choices(row, for_staff, shop)
    try:
        return mail.render(row.template, params, to, shop, for_staff=for_staff, choices=choices)
    except Exception as fault:  # the letter is one function of what the row holds: next time it fails again
        raise Undeliverable(f"the letter {row.template} cannot be written: {type(fault).__name__}: {fault}")


def _open(params, hidden):
    """The changes of which its reader may know."""
    return [change for change in params["changes"] if f"{params['noun']}.{change['field']}" not in hidden]


def _opened(value, shop, link_address):
    """A {"link": id} as the address to go to; every other value as it is.

    A letter whose link is over is not sent, unless the link is "spare": what it tells counts without it.
    """
    if not (isinstance(value, dict) and "link" in value and value.keys() <= {"link", "spare"}):
        return value
    if link_address is None:
        return mail.REMOVED
    path = link_address(value["link"])
    if path is None and not value.get("spare"):
        raise Withheld("its link is no longer good")
    return path and shop.link(path)


def _gathered(row, shop, link_address, to, for_staff):
    """What a gathered letter says of each notice; those that can be read no more are left out.

    Whose right ended is asked when it is sent (`link_address`), not each time somebody looks at the letter.
    """
    said, entries = [], gathering.inbox_numbers(row)
    page = "/staff/inbox/" if for_staff else "/inbox/"
    for notice in gathering.still_readable(row) if link_address else gathering.notices_of(row):
        try:
            letter = letter_for(notice, shop, link_address, to, for_staff)
        except (Withheld, Undeliverable):
            continue
        go, number = GO.search(letter.html), entries.get(notice.entry)
        address = html.unescape(go[1]) if go else number and shop.link(f"{page}{number}")
        said.append({"subject": letter.subject, "at": notice.created_at, "address": address})
    if not said:
        raise Withheld("nothing is left of it that the recipient may read")
    return said


def _choices(row, for_staff, shop):
    """Where the receiver chooses what we write to him, in {"topic", "address"}; None for what is always told."""
    asked = unsubscribing.of_letter(row)
    if asked is None:
        return None
    page = "/staff/notices" if for_staff else "/account/notices"
    return {"topic": asked.topic, "address": shop.link(page if asked.ref.kind == "login" else asked.path)}
