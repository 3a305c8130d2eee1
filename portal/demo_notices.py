"""The demo shop's announcements, how some of its people wish to be told, and one who is new there."""

from datetime import timedelta

from portal import store, values
from portal.activity import preferences
from portal.activity.announcements import Announcement
from portal.customers import first_steps
from portal.customers.memberships import Membership
from portal.people.logins import Login

# (days from today: first, last; audience; what is said, in English, Filipino and Thai)
SAID = (
    (-60, -45, "customers", {
        "title": "New opening hours at Cubao", "text": "From eight in the morning, on Saturdays until noon.",
        "title_fil": "Bagong oras sa Cubao", "text_fil": "Mula alas-otso ng umaga, tuwing Sabado hanggang tanghali.",
        "title_th": "เวลาเปิดใหม่ที่สาขาคูเบา", "text_th": "เปิดตั้งแต่แปดโมงเช้า วันเสาร์ถึงเที่ยง",
    }),
    (-2, 12, "customers", {
        "title": "Rice of the new harvest is here.", "text": "Ask your person here for a sample.",
        "leads_to": "/catalogue", "title_fil": "Narito na ang bigas ng bagong ani.",
        "text_fil": "Humingi ng sample sa inyong kausap dito.",
        "title_th": "ข้าวใหม่มาถึงแล้ว", "text_th": "ขอตัวอย่างได้จากผู้ดูแลของคุณ",
    }),
    (-1, 3, "staff", {
        "title": "Stocktaking on Friday from six.", "text": "Please receive no goods after five.",
    }),
    (14, 21, "customers", {
        "title": "Closed over the holidays.", "text": "What you order waits for us and leaves on the first day after.",
    }),
)  # fmt: skip


def fill(manager, now):
    """Announcements past, present and to come; two who want their mail otherwise; one in the middle of first steps."""
    today = values.shop_day(now)
    for first, last, audience, texts in SAID:
        days = {"from_on": today + timedelta(first), "until_on": today + timedelta(last)}
        Announcement.write(by=manager, audience=audience, **days, **texts, now=now + timedelta(min(first, 0)))
    customers = list(Login.select().where(Login.kind == "customer").order_by(Login.id).limit(3))
    night = {"quiet_from": 21, "quiet_until": 7}
    for login, off, plan in (
        (customers[0], {("news", "mail")}, night),
        (customers[1], {("deliveries", "inbox")}, {"rhythm": "daily", "hour": 8}),
    ):
        preferences.choose(by=login.acting(), login=login, off=off, now=now, **plan)
    newcomer = Membership.get(Membership.login == customers[2])
    with store.housekeeping("first_steps"):
        first_steps.begin(newcomer.login, newcomer.account)
        first_steps.FirstSteps.update(done="address details").execute()
