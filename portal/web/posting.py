"""Posting: turns a row of the outbox into a mail when it is sent, and hands it to the postbox."""

from datetime import UTC
from email.utils import format_datetime

from portal import values
from portal.activity import inbox
from portal.web import mail, postbox
from portal.worker import Undeliverable, Withheld


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
    letter = letter_for(row, shop, link_address)
    return postbox.finish(
        row.message_id,
        letter.text,
        letter.html,
        sender=(values.one_line(shop.name), shop.mail_from),
        to=(values.one_line(row.name), postbox.ascii_address(row.address)),
        subject=letter.subject,
        Date=format_datetime(row.created_at.replace(tzinfo=UTC)),  # of the event: a repeat is the same mail
        Auto_Submitted="auto-generated",
        Content_Language=shop.wording(row.language).language,
    )


def letter_for(row, shop, link_address=None, to=None, for_staff=None):
    """The letter of an outbox row; without `link_address` every one-time link reads as removed.

    `to` is the recipient when he reads it in another language; `for_staff` spares the look-up of his face.
    A template that cannot be filled is a mistake of ours that no waiting mends: Undeliverable, so staff see it.
    """
    to = to or inbox.recipient_of(row)
    for_staff = inbox.is_for_staff(row) if for_staff is None else for_staff
    params = {name: _opened(value, shop, link_address) for name, value in row.params.items()}
    try:
        return mail.render(row.template, params, to, shop, for_staff=for_staff)
    except Exception as fault:  # the letter is one function of what the row holds: next time it fails again
        raise Undeliverable(f"the letter {row.template} cannot be written: {type(fault).__name__}: {fault}")


def _opened(value, shop, link_address):
    """A {"link": id} as the address to go to; every other value as it is."""
    if not (isinstance(value, dict) and value.keys() == {"link"}):
        return value
    if link_address is None:
        return mail.REMOVED
    path = link_address(value["link"])
    if path is None:
        raise Withheld("its link is no longer good")
    return shop.link(path)
