"""Letters: who is told by a notice, and what stands in the mail as its receiver reads it."""

from portal.activity import inbox
from portal.outbox import Outbox
from portal.web import mail

SHOP = mail.Shop("Aling Nena", base_url="https://shop.example")


def told(template):
    """Names of those who are told by this notice, in alphabetical order."""
    return sorted({row.name for row in Outbox.select().where(Outbox.template == template)})


def letters(template):
    """{name of the receiver: his letter} of the mails that wait to be sent."""
    rows = Outbox.select().where((Outbox.template == template) & (Outbox.channel == "mail"))
    return {
        row.name: mail.render(
            row.template, row.params, inbox.recipient_of(row), SHOP, for_staff=inbox.is_for_staff(row)
        )
        for row in rows
    }
