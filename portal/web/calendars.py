"""Calendars: days and hours as an .ics file that phones and mail programs take."""

from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Response

from portal import audit

MIMETYPE = "text/calendar; charset=utf-8"
LONGEST_LINE = 74  # octets; the standard allows 75 with the break


class Day(NamedTuple):
    """A whole day: which record it belongs to, what happens, more words, where to read on, when to remind.

    None in `remind_days` reminds of nothing.
    """

    uid: str
    on: object
    title: str
    text: str
    url: str
    made_at: object
    remind_days: int | None = 30


class Hour(NamedTuple):
    """A span of time, in moments; `version` counts its changes, and what `is_off` will not take place."""

    uid: str
    at: object
    ends_at: object
    title: str
    text: str
    url: str
    place: str
    made_at: object
    version: int = 1
    is_off: bool = False


def uid(kind, number):
    """The name of a record's entry in calendars: the same for ever, so that a changed one takes its place."""
    return f"{kind}-{number}@{audit.MAIL_HOST}"


def answer(name, days):
    """The .ics file of some days and hours."""
    made = Response(body(days), content_type=MIMETYPE)
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    made.headers["Cache-Control"] = "private, no-store"
    return made


def body(days):
    """The text of such a file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Suki//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for day in days:
        lines += _hour(day) if isinstance(day, Hour) else _day(day)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def of_letter(params, shop):
    """The file that goes with a letter about an interaction, whose notice holds its hour; None with any other."""
    if "ends_at" not in params:
        return None
    at, ends_at = datetime.fromisoformat(params["at"]), datetime.fromisoformat(params["ends_at"])
    title, text = params["subject"] or params["account"], f"{params['people']}\n{params['words']}".strip()
    uid_, url = uid("interaction", params["id"]), params["join_link"] or shop.base_url
    is_off = params["state"] == "cancelled"
    return body([Hour(uid_, at, ends_at, title, text, url, params["place"], at, params["version"], is_off)])


def _hour(hour):
    return [
        "BEGIN:VEVENT",
        f"UID:{hour.uid}",
        f"SEQUENCE:{hour.version}",
        f"DTSTAMP:{hour.made_at:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{hour.at:%Y%m%dT%H%M%SZ}",
        f"DTEND:{hour.ends_at:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{_escaped(hour.title)}",
        f"DESCRIPTION:{_escaped(hour.text)}",
        *([f"LOCATION:{_escaped(hour.place)}"] if hour.place else []),
        f"URL:{hour.url}",
        f"STATUS:{'CANCELLED' if hour.is_off else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def _day(day):
    return [
        "BEGIN:VEVENT",
        f"UID:{day.uid}",
        f"DTSTAMP:{day.made_at:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(day.title)}",
        f"DESCRIPTION:{_escaped(day.text)}",
        f"URL:{day.url}",
        "TRANSP:TRANSPARENT",
        *(_reminder(day) if day.remind_days is not None else []),
        "END:VEVENT",
    ]


def _reminder(day):
    lines = ["ACTION:DISPLAY", f"TRIGGER:-P{day.remind_days}D", f"DESCRIPTION:{_escaped(day.title)}"]
    return ["BEGIN:VALARM", *lines, "END:VALARM"]


def _escaped(text):
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line):
    """A line in pieces that no program cuts, never within a letter."""
    pieces, room = [""], LONGEST_LINE
    for letter in line:
        room -= len(letter.encode())
        if room < 0:
            pieces.append(" ")
            room = LONGEST_LINE - 1 - len(letter.encode())
        pieces[-1] += letter
    return "\r\n".join(pieces)
