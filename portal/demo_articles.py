"""Articles of the demo shop: answers for customers in their languages, and a playbook that colleagues confirm."""

from datetime import timedelta

from portal.people import employees
from portal.people.employees import Employee
from portal.service import publishing
from portal.service.articles import Article

# audience, products, then title and words by language
ANSWERS = (
    (
        "everybody", "",
        {
            "en": (
                "How long does delivery take?", "Within Metro Manila we deliver **the next working day** when you "
                   "order before 3 in the afternoon. Elsewhere it takes two to four days.\n\n"
                   "The order page shows the day and, once it left, a link to follow it."),
            "fil": (
                "Gaano katagal ang delivery?", "Sa Metro Manila, **kinabukasan** (araw ng trabaho) kapag nag-order "
                    "kayo bago mag-alas tres ng hapon. Sa ibang lugar, dalawa hanggang apat na araw.\n\n"
                    "Nasa pahina ng order ang araw at, pag-alis nito, ang link para masundan."),
            "th": ("จัดส่งใช้เวลานานเท่าไร", "ในกรุงเทพฯ และปริมณฑลส่งถึง**ในวันทำการถัดไป** หากสั่งก่อนบ่ายสามโมง "
                   "ต่างจังหวัดใช้เวลาสองถึงสี่วัน\n\nหน้าคำสั่งซื้อแสดงวันที่ส่ง และลิงก์ติดตามเมื่อสินค้าออกจากร้านแล้ว"),
        },
    ),
    (
        "customers", "BIG-SIN25\nBIG-DIN25\nBIG-MAL25",
        {
            "en": (
                "How do I keep rice in the kitchen?", "- Keep the sack off the floor and dry.\n- Close it after each "
                   "use; a bay leaf keeps weevils away.\n- Use the older sack first: the day it was packed stands on "
                   "the seam.\n\n## It smells or is damp\nDo not wash it. Send it back within seven days; press "
                   "*Send something back* on the page of the order."),
            "fil": (
                "Paano itago ang bigas sa kusina?", "- Huwag ilapag sa sahig ang sako at panatilihing tuyo.\n"
                    "- Isara pagkatapos gamitin; ang dahon ng laurel ay pantaboy ng bukbok.\n- Unahin ang mas lumang "
                    "sako: nasa tahi ang petsa.\n\n## May amoy o basa\nHuwag hugasan. Ibalik sa loob ng pitong araw "
                    "mula sa pahina ng order."),
        },
    ),
    (
        "customers", "",
        {
            "en": (
                "How do I pay with a QR code?", "Open the invoice and scan its code with the app of your bank: the "
                   "amount and our account fill themselves in. Write the number of the invoice as reference.\n\n"
                   "We see the payment the same or the next working day."),
        },
    ),
)  # fmt: skip
PLAYBOOK = (
    "What we do when a customer calls about a late order",
    "1. Open the order: what left, what waits and until when stands under *Goods*.\n2. Promise only the day that "
    "stands there, and move it in the system if it is wrong: the customer is told by itself.\n3. More than three days "
    "late: offer to send what is here now, at our cost.\n4. Write down what you promised.",
)


def write(writer, manager, began):
    """Published answers and a playbook, of which all but the newest colleague have confirmed it."""
    for audience, products, texts in ANSWERS:
        first, *others = texts
        title, body = texts[first]
        about = {"audience": audience, "language": first, "products": products}
        article = Article.write(by=writer, title=title, body=body, **about, now=began)
        for language in others:
            article.say(by=writer, language=language, title=texts[language][0], body=texts[language][1], now=began)
        publishing.publish(article, by=manager, now=began + timedelta(hours=2))
    title, body = PLAYBOOK
    playbook = Article.write(by=manager, title=title, body=body, audience="staff", must_acknowledge=True, now=began)
    publishing.publish(playbook, by=manager, now=began)
    for colleague in list(Employee.select().where(Employee.is_active).order_by(Employee.id))[1:-1]:
        reader = employees.actor_for(colleague.login)
        publishing.acknowledge(playbook, by=reader, now=began + timedelta(days=1))
