"""The demo shop writes and gets mails: templates in three languages, answers, two strangers, and one that is doubtful."""

import itertools
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from functools import partial

from portal import audit
from portal.customers.contacts import Contact
from portal.sales.orders import Order
from portal.service import mail_fetching, mail_receiving, mail_tokens, mail_writing
from portal.service.mail_templates import MailTemplate

BOX = "demo"
# name, noun, language, subject, text
TEMPLATES = (
    ("Good day", "account", "en", "A word from {{shop.name}}",
     "Dear {{contact.name}},\n\n\n\nKind regards\n{{me.name}}\n{{shop.name}}"),
    ("Your order is on its way", "order", "en", "Your order {{order.number}}",
     "Dear {{contact.name}},\n\nyour order {{order.number}} of {{order.placed_on}} ({{order.total}}) leaves our yard today.\n\n{{me.name}}"),
    ("Your order is on its way", "order", "fil", "Ang order ninyong {{order.number}}",
     "Magandang araw po, {{contact.name}},\n\npaalis na po ngayon ang order ninyong {{order.number}} ({{order.total}}).\n\n{{me.name}}"),
    ("Your order is on its way", "order", "th", "คำสั่งซื้อ {{order.number}} ของคุณ",
     "เรียน {{contact.name}}\n\nคำสั่งซื้อ {{order.number}} ยอด {{order.total}} จะออกจากร้านวันนี้ค่ะ\n\n{{me.name}}"),
    ("A copy of the invoice", "invoice", "en", "Invoice {{invoice.number}}",
     "Dear {{contact.name}},\n\nhere is invoice {{invoice.number}} over {{invoice.total}} once more. It is due on {{invoice.due_on}}.\n\n{{me.name}}"),
    ("Thank you for asking", "lead", "en", "Your question to {{shop.name}}",
     "Dear {{lead.name}},\n\nthank you for writing to us. When may I call you?\n\n{{me.name}}"),
)  # fmt: skip
# account, hours ago, subject, our words, then (hours later, their words)
WRITTEN = (
    (0, 100, "Flour before Christmas",
     "Good morning,\n\nflour goes up by two pesos a kilo in December. Shall we put forty sacks aside for you at today's price?",
     ((5, "Yes please, forty. Can they come in two trips?\n\n-- \nPanaderya Dolor\nOpen from 4 am"),)),
    (3, 52, "Oil in smaller tins",
     "Good day Sister,\n\nthe 5 L tins are in. They cost 640 pesos each.\n\nKind regards", ()),
    (18, 30, "กะทิกล่องเล็ก", "สวัสดีค่ะ\n\nกะทิขนาด 250 มล. เข้ามาแล้วค่ะ ราคากล่องละ 28 บาท",
     ((3, "ขอ 4 ลังค่ะ ส่งพร้อมของรอบหน้าได้ไหมคะ"),)),
    (6, 26, "Delivery on Thursday", "Hello Winnie,\n\nthe truck comes between nine and eleven on Thursday.",
     ((1, "AUTO"),)),
)  # fmt: skip
STRANGERS = (
    (9, "Ramil Ocampo <ramil.ocampo@palengke-antipolo.example>", "Wholesale price for rice",
     "Good afternoon,\n\nwe run three stalls in Antipolo and use about 30 sacks of Sinandomeng a month. "
     "Do you deliver here, and what would the price be?\n\nRamil Ocampo\n0917 555 0220"),
    (3, "Kusina ni Inday <inday@kusina-inday.example>", "Catering sa Sabado",
     "Magandang araw po,\n\nmay catering po kami sa Sabado, 120 katao. Kaya po ba ninyong mag-deliver ng bigas, "
     "mantika at toyo hanggang Biyernes ng hapon?\n\nSalamat po,\nInday"),
)  # fmt: skip
ASKED = (4, 20, "Kailan po darating ang {number}? Kailangan po namin bago mag-Linggo.")  # account, hours, words
COLLEAGUE = (0, 90, "Ruel Dolor <ruel.dolor@people.example>", "Make it fifty sacks. I write from my own phone.")
_count = itertools.count(1)


def make_templates(by):
    """What the shop writes again and again."""
    for name, noun, language, subject, text in TEMPLATES:
        MailTemplate.add(by=by, name=name, noun=noun, language=language, subject=subject, text=text)


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    made = {}
    for n, (number, hours, subject, words, answers) in enumerate(WRITTEN):
        began, whose = now - timedelta(hours=hours), people[number]
        yield began, partial(_write, made, n, whose, subject, words)
        for later, answer in answers:
            yield began + timedelta(hours=later), partial(_answer, made, n, whose, answer)
    for hours, sender, subject, words in STRANGERS:
        yield now - timedelta(hours=hours), partial(_come, sender, subject, words)
    number, hours, words = ASKED
    yield now - timedelta(hours=hours), partial(_ask, people[number], words)
    number, hours, sender, words = COLLEAGUE
    yield now - timedelta(hours=hours), partial(_answer_elsewhere, made, sender, words)


def _write(made, n, whose, subject, words, moment):
    account, buyer, seller = whose
    to = f"contact:{buyer.contact}"
    made[n] = mail_writing.write(by=seller, account=account, to=[to], subject=subject, text=words, now=moment)


def _answer(made, n, whose, words, moment):
    sent, writer = made[n], Contact.get_by_id(whose[1].contact)
    more = {"Auto-Submitted": "auto-replied"} if words == "AUTO" else {}
    words = "I am away until Monday. For deliveries call Golden Palayok, 0917 555 0176." if more else words
    quoted = "\n".join(f"> {line}" for line in sent.text.split("\n"))
    text = f"{words}\n\nOn {moment:%d.%m.%Y} {sent.from_name} wrote:\n{quoted}\n"
    _come(f"{writer.name} <{writer.email}>", f"Re: {sent.subject}", text, moment, References=_mark(sent), **more)


def _answer_elsewhere(made, sender, words, moment):
    _come(sender, f"Re: {made[0].subject}", words, moment, References=_mark(made[0]))


def _ask(whose, words, moment):
    account, buyer, _ = whose
    writer = Contact.get_by_id(buyer.contact)
    order = Order.select().where(Order.account == account).order_by(Order.id.desc()).first()
    _come(f"{writer.name} <{writer.email}>", f"{order.number}", words.format(number=order.number), moment)


def _mark(sent):
    return mail_tokens.reference(sent.conversation.ref, audit.MAIL_HOST)


def _come(sender, subject, words, moment, **headers):
    """A mail comes in, as any other."""
    mail = EmailMessage()
    number = next(_count)
    own = {
        "From": sender,
        "To": "inbox@suki.example",
        "Subject": subject,
        "Message-ID": f"<{number}.demo@mail.example>",
    }
    for name, value in (own | headers).items():
        mail[name] = value
    mail.set_content(words)
    mail_fetching.take_in(BOX, number, mail.as_bytes(), moment)
    mail_receiving.receive_all(now=moment, by=replace(mail_receiving.BY, is_quiet=True))
