"""What the calendar shows: a month or a week as rows of days, who it is of, and its entries for other programs."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from flask import current_app, url_for
from flask_babel import gettext

from portal import store, values
from portal.activity import agenda
from portal.errors import Invalid
from portal.web import calendars, speech

WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
YEARS = range(1900, 2199)
MOST_IN_DAY = 6  # of a month; the week of the day shows all
ENDPOINTS = {"interaction": "staff.interaction_show", "task": "staff.task_show"}


class Span(NamedTuple):
    """A month or a week: its name in addresses, its first day, and the days it shows in whole weeks."""

    key: str  # "month" or "week"
    first: date
    days: list

    @property
    def edges(self):
        return self.days[0], self.days[-1]

    @property
    def text(self):
        """How an address calls it: 2026-11, 2026-W47."""
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}" if self.key == "week" else f"{self.first:%Y-%m}"

    def beside(self, step):
        """The one before (-1) or after (1)."""
        if self.key == "week":
            return week_of(self.first + timedelta(days=7 * step))
        return month_of(self.first + timedelta(days=31 if step > 0 else -1))


def week_of(day):
    first = day - timedelta(days=day.weekday())
    return Span("week", first, [first + timedelta(days=n) for n in range(7)])


def month_of(day):
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    start, end = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    return Span("month", first, [start + timedelta(days=n) for n in range((end - start).days + 1)])


def asked(given):
    """The Span an address asks for, this month without one. Raises Invalid by name (filter-choice-unknown)."""
    for name, pattern, read in (("week", WEEK, _read_week), ("month", MONTH, _read_month)):
        text = given.get(name)
        if text:
            parts = pattern.fullmatch(text)
            try:
                return read(*map(int, parts.groups())) if parts and int(parts[1]) in YEARS else _refuse(name, text)
            except ValueError:
                _refuse(name, text)
    return month_of(values.shop_day())


def _read_week(year, week):
    return week_of(date.fromisocalendar(year, week, 1))


def _read_month(year, month):
    return month_of(date(year, month, 1))


def _refuse(name, text):
    raise Invalid(**{name: ("filter-choice-unknown", {"value": text})})


def shown(span, whose, slots):
    """What `staff/calendar/show.html` reads."""
    by_day = {}
    for slot in slots:
        by_day.setdefault(slot.on, []).append(slot)
    days = [{"day": day, "slots": by_day.get(day, []), "is_near": _is_near(day, span)} for day in span.days]
    people = [(agenda.ME, gettext("mine")), (agenda.TEAM, gettext("of the team"))]
    people += [(str(number), name) for number, name in agenda.colleagues()]
    return {
        "span": span,
        "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        "whose": whose,
        "people": people,
        "today": values.shop_day(),
        "most": MOST_IN_DAY if span.key == "month" else agenda.MOST,
        "is_empty": not slots,
        "url": lambda other: url_for("staff.calendar_show", **{other.key: other.text}, whose=whose),
        "week_of": week_of,
        "month_of": month_of,
        "ics_url": url_for("staff.calendar_show_ics", **{span.key: span.text}, whose=whose),
        "address": address,
        "name": name,
        "title": title(span),
    }


def _is_near(day, span):
    return span.key == "week" or day.month == span.first.month


def address(slot):
    """The page of what stands on a day."""
    return url_for(ENDPOINTS[slot.kind], number=store.kinds()[slot.kind].NUMBER.format(slot.id))


def name(slot):
    """What it is called: its title, else what it is."""
    return slot.title or speech.term(*slot.what).capitalize()


def entry(slot):
    """One Slot as an entry of an .ics file."""
    uid = calendars.uid(slot.kind, slot.id)
    title = f"{name(slot)} – {slot.about}" if slot.about else name(slot)
    page = current_app.config["SETTINGS"].base_url + address(slot)
    if slot.at is None:
        return calendars.Day(uid, slot.on, title, slot.text, page, slot.made_at, None)
    return calendars.Hour(
        uid, slot.at, slot.ends_at, title, slot.text, page, slot.place, slot.made_at, slot.version, slot.is_off
    )


def title(span):
    """The heading: November 2026, or the days of the week."""
    words = speech.wording()
    if span.key == "month":
        return words.month_year(span.first)
    return gettext("%(first)s to %(last)s", first=words.day(span.days[0]), last=words.day(span.days[-1]))
