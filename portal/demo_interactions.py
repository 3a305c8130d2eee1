"""The demo shop talks with its customers: half a year of calls, visits and letters, and what is planned next."""

from datetime import timedelta
from functools import partial

from portal import values
from portal.activity import follow_ups, meetings
from portal.activity.interactions import Interaction
from portal.customers.contacts import Contact

# Said again and again, with who is called and how it went: kind, direction, line, words, outcome, minutes.
TALKS = (
    ("call", "out", "Usual order for the week", "", "reached", 4),
    ("call", "out", "Asked whether Thursday morning suits", "", "left_word", 1),
    ("call", "in", "Wants to add two sacks to the order on its way", "Told the yard; it goes with the second trip.", "reached", 3),
    ("visit", "out", "Round of the month", "Shelf is full, moves well. Asked for smaller packs of coffee.", "met", 35),
    ("message", "in", "Po, late po ba ang delivery?", "", "answered", None),
    ("call", "out", "Payment of last month", "Will pay on Friday, as always.", "reached", 6),
    ("letter", "out", "Price list for the season", "", "arrived", None),
    ("call", "out", "New prices of cooking oil", "", "no_answer", None),
    ("visit", "out", "Brought samples of brown rice", "Liked it. To decide with the cook.", "met", 50),
    ("note", "", "Closes at 5 pm since June", "Deliver before noon.", "", None),
    ("message", "out", "Sent the photo of the new label", "", "answered", None),
    ("call", "in", "Asks for a copy of the last invoice", "Sent by mail while we spoke.", "reached", 5),
)  # fmt: skip
APPS = ("Viber", "Messenger", "LINE")
PACE_DAYS = 16  # between two talks with the same account
FAMILIES_LESS = 3  # households are called so many times more rarely
LAST_YEAR_DAYS = 180
# account, days ahead, hour later, kind, line, words, place, join link, invited
PLANNED = (
    (0, 2, 1, "meeting", "The list for December", "We go through what the bakery needs until Christmas.", "",
     "https://meet.example/dolor-december", True),
    (1, 1, 2, "visit", "See the new kitchen", "Bring the samples of vinegar.", "5 Batasan-San Mateo Road", "", True),
    (6, 3, 4, "call", "Terms for the hall they open", "", "", "", False),
    (12, 6, 0, "visit", "Yearly talk with the cooperative", "With the board, at their office.", "Paniqui", "", True),
    (18, 4, 3, "meeting", "เมนูปีใหม่", "", "", "https://meet.example/krua-newyear", True),
    (3, 1, 3, "call", "How many eggs for the fiesta?", "", "", "", False),
)  # fmt: skip
HELD = (  # account, days ago, kind, line, what came of it, the score it was given
    (0, 34, "meeting", "Tasting of the new flour", "She takes the third class for the pandesal. Two sacks a week to begin with.", 5),
    (6, 20, "visit", "Where the second fridge could stand", "Measured: 190 cm are free beside the door.", 4),
    (13, 48, "meeting", "Delivery by boat in the rainy season", "Twice a month from June, on Tuesdays.", 3),
)  # fmt: skip


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    found = []
    for n, whose in enumerate(people):
        pace = PACE_DAYS * (FAMILIES_LESS if whose[0].kind == "household" else 1)
        for turn in range(LAST_YEAR_DAYS // pace):
            moment = _in_hours(now, -2 - turn * pace - n % pace, n + turn)
            found.append((moment, partial(_log, whose, TALKS[(n * 5 + turn) % len(TALKS)], n)))
    for number, days, kind, line, words, score in HELD:
        moment = _in_hours(now, -days, number)
        found.append((moment, partial(_hold, people[number], kind, line, words, score)))
    for order, (number, days, hours, *what) in enumerate(PLANNED):
        at = _in_hours(now, days, hours)
        found.append((now - timedelta(hours=30 + order), partial(_plan, people[number], at, *what)))
    return found


def _in_hours(now, days, turn):
    """A moment so many days from now, between eight and five by the shop's clock."""
    midnight = values.shop_midnight(values.shop_day(now) + timedelta(days=days))
    return midnight + timedelta(hours=8 + turn * 5 % 9, minutes=turn * 25 % 60)


def _log(whose, talk, n, moment):
    account, _, by = whose
    kind, direction, line, words, outcome, minutes = talk
    told = {"kind": kind, "direction": direction, "subject": line, "text": words, "outcome": outcome}
    told |= {"minutes": minutes, "app": APPS[n % len(APPS)] if kind == "message" else ""}
    people = [] if kind == "note" else _main(account)
    follow = {"then": "3", "then_title": "Call again about the oil"} if outcome == "no_answer" and n % 9 == 0 else {}
    follow_ups.log(
        account, by=by, at=moment, contacts=people, now=moment, is_shared=kind == "visit", **told, **follow
    )


def _hold(whose, kind, line, words, score, moment):
    account, buyer, by = whose
    planned = {"kind": kind, "subject": line, "contacts": _main(account), "is_invited": True}
    meeting = meetings.plan(account, by=by, at=moment, now=moment - timedelta(days=4), **planned)
    done = {"outcome": "met" if kind == "visit" else "took_place", "text": words, "minutes": 40}
    meetings.hold(meeting, by=by, is_score_asked=True, now=moment, **done)
    fresh = Interaction.visible_to(by).where(Interaction.id == meeting.id).get()
    meetings.rate(fresh, by=buyer, rating=score, now=moment + timedelta(hours=5))


def _plan(whose, at, kind, line, words, place, link, is_invited, moment):
    account, _, by = whose
    at -= timedelta(minutes=at.minute % 30)
    told = {"kind": kind, "subject": line, "text": words, "place": place, "join_link": link, "minutes": 45}
    meetings.plan(account, by=by, at=at, contacts=_main(account), is_invited=is_invited, now=moment, **told)


def _main(account):
    return [person.id for person in Contact.of(account).limit(1)]
