"""The table of the battery, made from the lines that its tests wrote and from nothing else."""

from collections import Counter, defaultdict

from tests.battery import lines

WORDS = {"passed": "holds", "failed": "FAILS", "skipped": "skipped", "": "open"}
HEAD = ("row", "what", "goal", "measured", "result", "seconds")


def table(written):
    """[(id, what, goal, measured, result, seconds)] for every row, those that no test served included."""
    by_row = defaultdict(list)
    for line in written:
        for name in line["rows"]:
            by_row[name].append(line)
    told = lambda served: (_measured(served), _result(served), _seconds(served))  # noqa: E731
    return [(*row, *told(by_row[row.id])) for row in lines.rows().values()]


def _result(served):
    """The worst of what its tests said; a row with a skipped test beside passed ones says both."""
    outcomes = {line["outcome"] for line in served}
    if "failed" in outcomes:
        return WORDS["failed"]
    return " / ".join(WORDS[outcome] for outcome in ("passed", "skipped") if outcome in outcomes) or WORDS[""]


def _seconds(served):
    return f"{sum(line['seconds'] for line in served):.0f}" if served else ""


def _measured(served):
    """Figures of all tests of a row; those of the two databases stand together where they are the same."""
    told = defaultdict(list)
    for line in served:
        text = _figures(line)
        if text and line["database"] not in told[text]:
            told[text].append(line["database"])
    databases = {line["database"] for line in served}
    return "; ".join(text if len(databases) == 1 or len(on) > 1 else f"{text} ({on[0]})" for text, on in told.items())


def _figures(line):
    if line["outcome"] == "skipped":
        return f"skipped: {line['why'].removeprefix('Skipped: ')}"
    return ", ".join(f"{name.replace('_', ' ')} {_number(value)}" for name, value in line["measured"].items())


def _number(value):
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def plain(rows):
    """The table for a terminal: a line for each row, what was measured under it."""
    for name, what, _goal, measured, result, seconds in rows:
        yield f"{name:<4} {result:<16} {seconds:>5} s  {what}" if seconds else f"{name:<4} {result:<16} {what}"
        if measured:
            yield f"     {measured}"


def page(rows, written):
    """FIGURES.md: the same as a table, with size, seed and the sum."""
    size, seeds = written[0]["size"], sorted({line["seed"] for line in written})
    yield "# What the battery measured"
    yield ""
    yield f"Made by `make battery SIZE={size}` from the lines of its tests; seed {', '.join(map(str, seeds))}. Both"
    yield "databases where they could differ; the seconds are those of the tests, two of which run side by side."
    yield ""
    yield summary(rows)
    yield ""
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{'---|' * len(HEAD)}"
    for row in rows:
        yield f"| {' | '.join(_cell(text) for text in row)} |"


def _cell(text):
    return " ".join(text.split()).replace("|", "\\|")


def summary(rows):
    """How many rows hold, fail, were skipped or stand open."""
    results = Counter(row[4] for row in rows)
    return f"{len(rows)} rows: " + ", ".join(f"{number} {word}" for word, number in results.most_common())
