"""Mails as others send them, and the way of each into the shop: what tests of the mailbox ask again and again."""

import itertools
from email.message import EmailMessage

from portal.outbox import Outbox
from portal.service import mail_boxes, mail_fetching, mail_receiving, mail_tokens, mail_writing
from portal.service.mail_templates import MailTemplate
from portal.service.mails import Mail

BOX = "inbox@shop.example"
_count = itertools.count(1)


def mail(words="Hello", *, sender="Carol <carol@kitchen.example>", to=BOX, subject="A question", files=(), **headers):
    """The bytes of a mail; `headers` as In_Reply_To="<…>", a page as html="<p>…"."""
    made = EmailMessage()
    page = headers.pop("html", None)
    named = {"Message-ID": f"<{next(_count)}@elsewhere.example>", "From": sender, "To": to, "Subject": subject}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in named.items():
        if value is not None:
            made[name] = value
    made.set_content(words)
    if page:
        made.add_alternative(page, subtype="html")
    for name, kind, content in files:
        made.add_attachment(content, *kind.split("/"), filename=name)
    return made.as_bytes()


def arrive(tmp_path, *contents, now=None):
    """Let mails come in through a folder, as through any mailbox; returns the newest Mail, None without any."""
    mail_tokens.hand_in(BOX, "mx.shop.example")
    folder = tmp_path / "mailbox"
    folder.mkdir(exist_ok=True)
    for content in contents:
        (folder / f"{next(_count):06d}.eml").write_bytes(content)
    before = Mail.select().count()
    box = mail_boxes.open_box("", tmp_path)
    mail_fetching.fetch(box, now=now)
    mail_receiving.receive_all(now=now)
    found = list(Mail.select().order_by(Mail.id))
    return found[-1] if len(found) > before else None


def sent_by(written):
    """The outbox rows of a Mail of ours, oldest first."""
    entry = Mail.get_by_id(written.id).entry
    return list(Outbox.select().where(Outbox.entry == entry).order_by(Outbox.id))


def written(world, **more):
    """A mail that Rhea wrote to Carol."""
    given = {"to": [str(world.contacts["carol"].ref)], "subject": "Your order", "text": "It comes on Monday."}
    return mail_writing.write(by=world.rhea, account=world.account, **given | more)


def template(world, **more):
    """A template for orders; another one each time."""
    text = "Dear {{contact.name}}, your order {{order.number}} of {{order.total}} is on its way. {{me.name}}"
    about = {"name": f"On its way {next(_count)}", "noun": "order", "language": "en", "subject": "{{order.number}}"}
    return MailTemplate.add(by=world.mona, **about | {"text": text} | more)
