"""The demo shop answers questions: cases in every state, one late, one private, two put together, some rated."""

import io
from datetime import timedelta
from functools import partial

from PIL import Image, ImageDraw

from portal import files
from portal.activity.attachments import Sent
from portal.sales.orders import Order
from portal.service import case_sorting, case_steps, case_writing
from portal.service.promises import KINDS

# account, hours ago, about (or the code of a product), first words, then the steps: (hours later, who, what, words, more)
CASES = (
    (1, 2, "order", "Pwede po bang isama ang dalawang tray ng itlog sa susunod na delivery?\nPara hindi na po bumalik.", ()),
    (2, 74, "order", "Two of the GI sheets are bent at the corner.\nPhoto attached. Can you change them on the next trip?",
     ((1, "us", "note", "Driver says they were fine when they left. Ask the yard first.", {}),)),
    (0, 27, "invoice", "Our bookkeeper needs our new TIN on the last invoice.",
     ((3, "us", "answer", "Gladly. Which TIN exactly? Please write it with the branch code.", {}),)),
    (3, 50, "OIL-P17", "Is the cooking oil also sold in 5 L tins?\nThe 17 L tin is too heavy for the sisters.",
     ((2, "us", "answer", "Not yet, but our supplier has them. How many would you take a month?", {}),
      (20, "them", "reply", "About eight. Ten before fiestas.", {}),
      (21, "us", "note", "Eight tins a month: asked purchasing, answer on Monday.", {}))),
    (0, 76, "order", "The yeast we got expires next month.\nWe use one pack a week, so most of it would go bad.",
     ((1, "us", "answer", "You are right, that is too short. Eight packs with a date in June come tomorrow, please keep the old ones.",
       {}),
      (26, "them", "reply", "They came, thank you.", {}),
      (27, "us", "answer", "Good. The old packs stay with you at no charge.", {"then": "solved"}))),
    (6, 180, "invoice", "Why was delivery charged twice?",
     ((2, "us", "answer", "It was our mistake: the second trip was ours to pay. The credit note is in your account.", {"then": "solved"}),
      (5, "them", "close", "Answered within the hour.", {"rating": 5}))),
    (9, 260, "order", "The driver came at 6 pm, we close at 5.\nThis was the third time.",
     ((30, "us", "answer", "We are sorry. From now on your stop comes before noon.", {"then": "solved"}),
      (52, "them", "close", "It took you a day to answer.", {"rating": 2}))),
    (18, 5, "TH-KRA1", "กะทิ 1 ลิตร มีแบบกล่องเล็กไหมคะ\nลูกค้าถามหาบ่อย",
     ((2, "us", "answer", "มีขนาด 250 มล. เข้ามาสัปดาห์หน้าค่ะ ให้จองไว้กี่ลังดีคะ", {}),)),
    (10, 30, "order", "Hindi po namin mahanap ang resibo ng huling order.", ()),
)  # fmt: skip
AGAIN = (10, 28, "account", "Yung resibo po ulit, kailangan bukas.")  # the same question once more
PRIVATE = (12, 8, "account", "I would rather ask this alone: who of us placed the order of last week?")
URGENT = 1  # of CASES


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    found = []
    made = {}
    for n, (number, hours, kind, words, then) in enumerate(CASES):
        began, whose = now - timedelta(hours=hours), people[number]
        found.append((began, partial(_ask, made, n, whose, kind, words)))
        found += [(began + timedelta(hours=later), partial(_do, made, n, whose, *step)) for later, *step in then]
    for n, (number, hours, kind, words) in enumerate((AGAIN, PRIVATE), len(CASES)):
        found.append((now - timedelta(hours=hours), partial(_ask, made, n, people[number], kind, words)))
    found.append((now - timedelta(hours=26), partial(_merge, made, len(CASES), len(CASES) - 1, people[AGAIN[0]])))
    return found


def _ask(made, n, whose, kind, words, moment):
    account, buyer, seller = whose
    brought = [Sent("Bent sheets.jpg", files.receive(_photo()))] if n == URGENT else []
    about = (
        {"kind": kind, "number": _number_of(account, kind)} if kind in KINDS else {"kind": "product", "number": kind}
    )
    about["is_private"] = n > len(CASES)
    case = made[n] = case_writing.ask(account, by=buyer, words=words, files=brought, now=moment, **about)
    if n == URGENT:
        case_sorting.describe(case, by=seller, priority="urgent", now=moment)


def _do(made, n, whose, who, what, words, more, moment):
    _, buyer, seller = whose
    verb = {"close": case_steps.close}.get(what) or getattr(case_writing, what)
    verb(made[n], by=seller if who == "us" else buyer, words=words, now=moment, **more)


def _merge(made, again, first, whose, moment):
    case_sorting.merge(made[again], by=whose[2], number=made[first].number, now=moment)


def _number_of(account, kind):
    """What it is about: the newest delivered order of the account, or its invoice."""
    mine = Order.select().where((Order.account == account) & (Order.state == "delivered"))
    order = mine.order_by(Order.id.desc()).first()
    if order is None or kind == "account":
        return ""
    paper = order.invoice_set.order_by(order.invoice_set.model.id).first() if kind == "invoice" else order
    return paper.number if paper else ""


def _photo():
    """Two bent sheets, as a phone would show them."""
    picture = Image.new("RGB", (1200, 900), (168, 174, 176))
    draw = ImageDraw.Draw(picture)
    for sheet in range(2):
        top = 240 + sheet * 230
        draw.polygon(
            ((140, top), (900, top - 40), (1040, top - 120), (1010, top + 70), (900, top + 90), (140, top + 130)),
            fill=(206 - sheet * 14, 212 - sheet * 14, 214 - sheet * 14), outline=(120, 126, 130),
        )  # fmt: skip
        for rib in range(14):
            x = 170 + rib * 52
            draw.line((x, top + 4, x + 6, top + 122), fill=(150, 156, 160), width=5)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()
