"""The demo shop asks strangers: two public forms, leads in every state, and two whose address has not answered."""

from dataclasses import replace
from datetime import timedelta

from portal.people import form_tokens
from portal.people.links import Link
from portal.sales import guest_orders, submissions
from portal.sales.catalogue import Product
from portal.sales.order_forms import OrderForm
from portal.values import ANONYMOUS

FEAST = {
    "title": "Handaan: rice and more for your feast",
    "slug": "handaan",
    "intro": "Tell us what you need and for which day. We call you to agree on the price of the whole and the hour.",
    "thanks": "Salamat po! Busy days fill up early: we call within one working day.",
    "languages": ["en", "fil"],
    "range": "chosen",
    "codes": ["BIG-SIN25", "BIG-DIN25", "BIG-MAL25", "GAT-400", "TOY-GAL", "STY-REP"],
    "origins": "https://handaan.example",
    "questions": [
        {"label": "For which day?", "kind": "date", "is_required": True},
        {"label": "How does it reach you?", "kind": "choice", "choices": "I pick it up in Cubao\nPlease deliver it"},
        {"label": "How many guests?", "kind": "short"},
    ],
    "consents": [
        {"text": "You may write me about offers for feasts. I can end that at any time.", "use": "news_mail"}
    ],
}
THAI = {
    "title": "สั่งข้าวหอมมะลิส่งถึงบ้าน",
    "slug": "khao-hom",
    "intro": "กรอกจำนวนที่ต้องการ เราจะโทรกลับเพื่อนัดวันส่ง",
    "thanks": "ขอบคุณค่ะ",
    "languages": ["th", "en"],
    "range": "chosen",
    "codes": ["TH-HOM15", "TH-NAM700", "TH-KRA1"],
    "currency": "THB",
    "country": "TH",
    "questions": [{"label": "สะดวกให้โทรเวลาไหน", "kind": "short"}],
}
# hours ago, form, who, company, e-mail, phone, {code: pieces}, words, answers, what staff did with it
SENT = (
    (190, "khao-hom", "วิภา ทองดี", "ร้านข้าวแกงวิภา", "wipa@khaogaeng-wipa.example", "+66 85 555 0171",
     {"TH-HOM15": "6"}, "", {"q1": "หลังสี่โมงเย็น"}, "lost"),
    (75, "handaan", "Jomar Villanueva", "Villanueva Catering", "jomar@villanueva-catering.example", "0917 555 0151",
     {"BIG-DIN25": "8", "GAT-400": "4", "STY-REP": "10"}, "For a wedding in Tagaytay, 240 guests.",
     {"q1": "2026-12-12", "q2": "Please deliver it", "q3": "240"}, "qualified"),
    (52, "handaan", "SEO Growth Team", "", "rank@growth.example", "", {}, "We put your shop on page one of all "
     "searches. Answer today.", {"q1": "2026-12-01"}, "spam"),
    (28, "handaan", "Liza Mangubat", "", "liza@mangubat.example", "0917 555 0152", {"BIG-MAL25": "1"},
     "Para sa binyag ng apo ko.", {"q1": "2026-12-06", "q2": "I pick it up in Cubao"}, "contacted"),
    (7, "khao-hom", "ปิยะ ศรีสุข", "", "piya@srisuk.example", "", {"TH-HOM15": "2"}, "", {}, "new"),
    (2, "handaan", "Arvin dela Peña", "Barangay Batasan Hills", "arvin@batasan-hills.example", "0917 555 0153",
     {"BIG-SIN25": "40"}, "Can you deliver 40 sacks for the relief packs in one go?",
     {"q1": "2026-11-28", "q2": "Please deliver it"}, "new"),
    (1, "handaan", "Cherry Uy", "", "cherry@uy.example", "", {"TOY-GAL": "2"}, "", {"q1": "2026-12-24"}, None),
    (0.4, "handaan", "Test", "", "test@nobody.example", "", {}, "test", {"q1": "2026-12-24"}, None),
)  # fmt: skip


def fill(manager, reps, began, now):
    """`reps` are who look after the feast form and the Thai one; all that happens is told to nobody."""
    forms = {}
    for composed, rep in zip((FEAST, THAI), reps, strict=True):
        form = OrderForm.compose(by=manager, owner=rep.employee, **composed, now=began).open(by=manager, now=began)
        forms[form.slug] = form
    for hours, slug, *typed, fate in SENT:
        rep = reps[list(forms).index(slug)]
        _send(forms[slug], rep, now - timedelta(hours=hours), fate, *typed)


def _send(form, rep, moment, fate, name, company, email, phone, pieces, words, answers):
    asker = replace(ANONYMOUS, language=form.language, is_quiet=True)
    key = form_tokens.issue(form.id, moment - timedelta(minutes=2))
    ids = dict(Product.select(Product.code, Product.id).where(Product.code.in_([*pieces])).tuples()) if pieces else {}
    sent = submissions.send(
        form, by=asker.with_form(key, ""), name=name, company=company, email=email, phone=phone, words=words,
        quantities={ids[code]: typed for code, typed in pieces.items()}, answers=answers, now=moment,
    )  # fmt: skip
    if fate:
        link = Link.select().where(Link.subject == str(sent.ref)).get()
        lead = guest_orders.confirm(by=asker, link=link, submission=sent, now=moment + timedelta(minutes=6))
        STEPS[fate](lead, rep, moment + timedelta(hours=3))


def _qualified(lead, rep, now):
    lead.reached(by=rep, words="Agree on the delivery to Tagaytay", now=now)
    guest_orders.open_account(lead, by=rep, now=now + timedelta(hours=1))
    lead.qualify(by=rep, now=now + timedelta(hours=20))


STEPS = {
    "new": lambda lead, rep, now: None,
    "contacted": lambda lead, rep, now: lead.reached(by=rep, words="Call again on Friday about the hour", now=now),
    "qualified": _qualified,
    "lost": lambda lead, rep, now: lead.lose(by=rep, because="price", words="แพงกว่าตลาดถุงละ 20 บาท", now=now),
    "spam": lambda lead, rep, now: lead.spam(by=rep, now=now),
}
