"""Calendars: days as an .ics file that phones and mail programs take, each with a reminder before it."""

from datetime import timedelta
from typing import NamedTuple

from flask import Response

MIMETYPE = "text/calendar; charset=utf-8"
LONGEST_LINE = 74  # octets; the standard allows 75 with the break


class Day(NamedTuple):
    """A whole day: which record it belongs to, what happens, more words, where to read on, when to remind."""

    uid: str
    on: object
    title: str
    text: str
    url: str
    made_at: object
    remind_days: int = 30


def answer(name, days):
    """The .ics file of some days."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Suki//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for day in days:
        lines += _event(day)
    body = "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])
    made = Response(body, content_type=MIMETYPE)
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    made.headers["Cache-Control"] = "private, no-store"
    return made


def _event(day):
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
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:-P{day.remind_days}D",
        f"DESCRIPTION:{_escaped(day.title)}",
        "END:VALARM",
        "END:VEVENT",
    ]


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
