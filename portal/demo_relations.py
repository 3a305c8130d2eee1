"""Relations of the demo shop's customers: tags, groups, people of several accounts, how to reach them and what they like."""

from datetime import date, timedelta
from functools import partial

from portal.customers import parents, points, reaching, tags
from portal.customers.affiliations import affiliate
from portal.customers.contacts import Contact
from portal.customers.tags import Tag
from portal.sales import likings, spending_counting

TOPICS = ("Baking", "Coffee", "Fiesta cooking", "Home repair", "ของใหม่จากไทย")
TAGS = {  # tag -> numbers of ACCOUNTS
    "VIP": (0, 6, 18),
    "Bakery": (0, 12),
    "Restaurant": (1, 4, 6, 7, 18),
    "Fiesta orders": (3, 7, 15),
    "Cash only": (8, 19),
}
GROUP, BELOW = 6, (5, 7)  # Golden Palayok owns the café and the caterer
# account, name of a contact there, also belongs to, role there, from, until, note
PLACES = (
    (0, "Anita Lopez", 4, "bookkeeper", "2024-02-01", None, "Books of both, every Friday"),
    (0, "Anita Lopez", 9, "bookkeeper", "2023-06-15", "2025-12-31", ""),
    (6, "Henry Chua", 8, "owner", "2025-07-01", None, "Bought the store from his uncle"),
    (6, "Winnie Chua", 7, "purchasing_manager", "2025-01-10", None, ""),
    (10, "Grace Evangelista", 3, "receiver", "2024-08-05", None, "Takes the deliveries of the canteen"),
    (18, "สมศรี แก้วใส", 19, "family", "2022-03-01", None, "พี่สาวของป้าแต๋ว"),
)
ABOUT = {  # account: what is known of its first person
    0: {"gender": "female", "born_on": (1974, 3), "occupation": "Baker", "best_day": "weekdays", "best_hours": "early",
        "channel": "phone", "spending_minor": 48_000_000},
    1: {"gender": "female", "born_on": (1969, 11), "occupation": "Cook", "best_hours": "afternoon"},
    6: {"gender": "female", "born_on": (1981, 2), "best_day": "tue", "best_hours": "morning", "channel": "mail"},
    10: {"gender": "female", "born_on": (1988, 6), "occupation": "Teacher", "income_band": "middle",
         "household_size": 5, "best_day": "weekend", "spending_minor": 9_600_000},
    11: {"gender": "male", "born_on": (1992, 25), "occupation": "Nurse", "income_band": "high", "household_size": 2},
    18: {"gender": "female", "born_on": (1965, 4), "occupation": "เจ้าของร้าน", "best_hours": "noon", "channel": "message"},
    21: {"gender": "male", "born_on": (1979, 9), "income_band": "high", "household_size": 4, "best_day": "sat"},
}  # fmt: skip
WAYS = (  # account, kind, value, label; of its first person
    (0, "facebook", "facebook.com/panaderya.dolor.demo", "Shop"),
    (0, "viber", "0917 555 0188", ""),
    (6, "linkedin", "in/winnie-chua-demo", ""),
    (11, "whatsapp", "0917 555 0152", "at night"),
    (18, "line", "@kruakhunmae-demo", "ร้าน"),
    (21, "line", "piya.demo", ""),
)
BARRED = (
    (11, "phone", "Works at night and sleeps by day. Asked at the counter."),
    (9, "visit", "No visits without a call before."),
)
LIKED = ((0, "HAR-1CL"), (0, "MAR-225"), (10, "BIG-DIN25"), (18, "TH-HOM15"))
CHOSEN = ((0, "Baking"), (10, "Baking"), (10, "Fiesta cooking"), (18, "ของใหม่จากไทย"))


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    yield now - timedelta(days=60), partial(_tag, people)
    yield now - timedelta(days=45), partial(_tie, people)
    yield now - timedelta(days=12), partial(_know, people)
    yield now, lambda at: spending_counting.keep(at)


def _first(people, number):
    """The person who began with an account."""
    account = people[number][0]
    return Contact.select().where(Contact.account == account).order_by(Contact.id).get()


def _tag(people, at):
    for name in TOPICS:
        Tag.add(by=people[0][2], name=name, kind="topic", now=at)
    for tag, accounts in TAGS.items():
        for number in accounts:
            account, _, seller = people[number]
            tags.put(account, by=seller, tag=tag, now=at)


def _tie(people, at):
    for number in BELOW:
        account, _, seller = people[number]
        parents.place_under(account, by=seller, parent=people[GROUP][0], now=at)
    for home, name, also, role, first, last, note in PLACES:
        person = Contact.get((Contact.account == people[home][0]) & (Contact.name == name))
        period = {"from_on": first, "until_on": last or "", "note": note}
        affiliate(person, by=people[also][2], account=people[also][0], role=role, now=at, **period)


def _know(people, at):
    for number, about in ABOUT.items():
        year, days = about["born_on"]
        birthday = at.date() + timedelta(days=days)  # so many days after this one: some are always near
        born = date(year, birthday.month, min(birthday.day, 28))
        _first(people, number).edit(by=people[number][2], **about | {"born_on": born})
    for number, kind, value, label in WAYS:
        points.add(_first(people, number), by=people[number][2], kind=kind, value=value, label=label)
    for number, channel, reason in BARRED:
        reaching.bar(_first(people, number), by=people[number][2], channel=channel, reason=reason, now=at)
    for number, code in LIKED:
        likings.like(_first(people, number), by=people[number][2], product=code, now=at)
    for number, topic in CHOSEN:
        tags.put(_first(people, number), by=people[number][2], tag=topic, now=at)
