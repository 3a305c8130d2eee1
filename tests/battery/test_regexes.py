"""Every regular expression of the product against texts that are made to slow it down (BATTERY F5)."""

import re
import time

import pytest

from portal.alike import facts
from portal.sales import pasted_lines
from tests.battery.regexes import patterns

REPEATED = (
    "a", "A", "0", " ", "\t", "\n", "-", "_", ".", ",", "/", "@", "<", ">", "(", "[", "{", "{{", '"', "'", "=", "=?",
    "&", "#", "%", "|", ":", ";", "*", "\\", "a ", "a.", "a@", "a-", "0.", "0,", "0 ", "- ", "<a", "\r\n", "\n ",
    "\n\n", "> ", "\n>", "ก", "é", "\u0301", "http://", "a,", "(a", "a=", '"a', "1:", "x\n",
)  # fmt: skip
ENDS = ("!", "", "\x00", "x", "\n", "@", ">")
SHORT = (24, 200)  # letters in which every attack is tried
LONG = (2_000, 20_000)  # and the worst of them
LONGER = (2_000, 20_000, 100_000)
# Modules that cut their texts, and where; READERS are the ways in.
CUT = {"portal.alike": facts.LONGEST, "portal.sales.pasted_lines": pasted_lines.LONGEST_SAID}
READERS = {
    "line": lambda text: pasted_lines.read([text]),
    "facts": lambda text: facts.facts(name=text, emails=[text], phones=[text]),
}
FLOOR = 0.001  # seconds that say nothing
ENDLESS = 0.3  # seconds that no text of a few thousand letters may take
STEEPER = 3  # times as long for each letter as in a text of a fifth to a tenth of the length


def seconds_for(ask, text, tries=1):
    """CPU seconds of the quickest try."""
    seconds = []
    for _ in range(tries):
        began = time.thread_time()
        for _ in ask(text):
            pass
        seconds.append(time.thread_time() - began)
    return min(seconds)


def asked(pattern, way):
    """A function that asks a text as the product does: the whole of it, its beginning, or all that is found."""
    if way == "search":
        return pattern.finditer
    return lambda text: (getattr(pattern, way)(text),)


def worst_of(ask, ends, many):
    """The attacks that take longest in a short text: [(seconds, part, end)]; only the one that takes for ever."""
    tried = []
    for part in REPEATED:
        for end in ends:
            for size in SHORT:
                seconds = seconds_for(ask, part * (size // len(part)) + end)
                if seconds > ENDLESS:
                    return [(seconds, part, end)]
            tried.append((seconds, part, end))
    return sorted(tried, reverse=True)[:many]


def steepest(ask, ends, many, sizes):
    """(letters, seconds, part, end) of an attack whose time grows faster than its text, or None."""
    for seconds, part, end in worst_of(ask, ends, many):
        before, size = None, SHORT[-1]
        for longer in sizes:
            if seconds > ENDLESS and size < LONG[1]:
                return size, seconds, part, end
            text = part * (longer // len(part)) + end
            size, seconds = longer, seconds_for(ask, text)
            if before and seconds > FLOOR + STEEPER * before * size:
                seconds = seconds_for(ask, text, tries=2)
                if seconds > FLOOR + STEEPER * before * size:
                    return size, seconds, part, end
            before = seconds / size
        if seconds > ENDLESS and size < LONG[1]:
            return size, seconds, part, end
    return None


def sizes_for(where, sizes):
    """The lengths to try in this module: up to where it cuts its texts."""
    cut = next((cut for module, cut in CUT.items() if where.replace("/", ".").startswith(module)), None)
    return (cut,) if cut else sizes


@pytest.mark.row("F5")
@pytest.mark.one_database
def test_no_regular_expression_slows_down_faster_than_its_text_grows(figures, sized):
    found, wrong = patterns(), []
    ends, sizes = ENDS[: sized(gate=2, night=len(ENDS))], sized(gate=LONG, night=LONGER)
    for (text, flags, way), where in sorted(found.items(), key=str):
        many = sized(gate=4, night=40)
        if slow := steepest(asked(re.compile(text, flags), way), ends, many, sizes_for(where, sizes)):
            letters, seconds, part, end = slow
            wrong.append(f"{where}: {way} {text!r} in {part!r} … {end!r}: {seconds:.2f} s for {letters} letters")
    figures(expressions=len(found), attacks=len(found) * len(REPEATED) * len(ends), steep=len(wrong))
    assert len(found) > 200
    assert wrong == []


@pytest.mark.row("F5")
@pytest.mark.one_database
@pytest.mark.parametrize("part", [",", ";", " ", "\t", ",111", "x", "1", "a,", "| "])
def test_texts_that_are_cut_cost_no_more_when_they_are_longer(part, figures):
    cut, whole = (part * (size // len(part)) for size in (2_000, 200_000))
    for name, read in READERS.items():
        short, long = (seconds_for(lambda text: [read(text)], text, tries=3) for text in (cut, whole))
        figures(**{f"{name}_ms": round(short * 1e3, 1), f"{name}_ms_of_100_times": round(long * 1e3, 1)})
        assert long < 0.05 + 10 * short, "a text 100 times as long"
