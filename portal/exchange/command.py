"""The command `python -m portal import`: what it takes, what it says while it works, and the report it leaves."""

import csv
import sys
import time
from pathlib import Path

from portal import values
from portal.errors import Invalid
from portal.exchange.importing import Import
from portal.exchange.importing_files import guarded
from portal.exchange.importing_kinds import KINDS
from portal.exchange.importing_maps import Map

SHOWN = 20
BAR = 24
EVERY_SECONDS = 0.2
OUTCOMES = (
    ("created", "new"),
    ("changed", "changed"),
    ("same", "same as before"),
    ("skipped", "left out by the map"),
    ("refused", "refused"),
    ("emptied", "single values left out"),
)


def add_arguments(parser):
    """Declare the arguments of `import`."""
    parser.add_argument("kind", choices=sorted(KINDS), help="what the rows are")
    parser.add_argument("file", type=Path, help="a CSV file, plain or gzip")
    parser.add_argument("--map", type=Path, required=True, help="map file (TOML): which column is what; see README")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.add_argument("--report", type=Path, help="where refused rows are listed (default: in SUKI_DATA/imports)")


def run(args, settings, texts):
    """Import one file into the open store; `texts` are the sentences of message ids (portal/web/terms).

    Returns 0 when every row went in, 1 when some were refused, 2 when the import could not start or broke off.
    """
    report = Report(args.report or _report_path(settings.data / "imports", args), texts)
    bar = Bar()
    try:
        shop = {"currency": settings.shop_currency, "country": settings.shop_country, "zone": settings.shop_timezone}
        table_map = Map(_map_text(args.map), args.kind)
        job = Import(args.file, table_map, report.add, bar.show, dry=args.dry_run, shop=shop)
        for name, value, whence in job.look():
            _say(f"{name:12} {_shown(value):24} ({whence})")
        counts = job.bring_in()
    except Invalid as refusal:
        bar.clear()
        for _, (problem, params) in refusal.problems.items():
            _say(_sentence(texts, problem, params))
        return 2
    finally:
        bar.clear()
        report.close()
    _sum_up(args, counts, bar, report)
    return 1 if counts["refused"] else 0


def _sum_up(args, counts, bar, report):
    seconds = max(time.monotonic() - bar.began, 0.001)
    _say(f"{'Would be' if args.dry_run else 'Done'}: {counts['read']:,} rows of {args.kind}, "
         f"{counts['read'] / seconds:,.0f} rows/s")  # fmt: skip
    for name, words in OUTCOMES:
        if counts[name] or name in ("created", "changed", "same", "refused"):
            _say(f"{counts[name]:>12,} {words}")
    for line in report.first:
        _say(line)
    if report.count > len(report.first):
        _say(f"… and {report.count - len(report.first):,} more.")
    if report.count:
        _say(f"All of them: {report.path}")


def _map_text(path):
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise Invalid(map=("import-file-unreadable", {"why": str(trouble)}))


def _report_path(folder, args):
    return folder / f"{values.now():%Y%m%d-%H%M%S}-{args.kind}-{args.file.name.partition('.')[0]}.csv"


def _say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _shown(value):
    return ", ".join(value) if isinstance(value, tuple) else {"\t": "tab"}.get(value, str(value))


def _sentence(texts, problem, params):
    return str(texts.get(problem, problem)) % params if params else str(texts.get(problem, problem))


class Report:
    """The list of what was refused: a CSV file that is made with its first line, and the first lines to show."""

    def __init__(self, path, texts):
        self.path, self.texts = path, texts
        self.count, self.first, self.file = 0, [], None

    def add(self, problem):
        """One Problem more."""
        reason = _sentence(self.texts, problem.problem, problem.params)
        effect = "left empty" if problem.emptied else "row left out"
        if self.file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = self.path.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace")
            self.writer = csv.writer(self.file)
            self.writer.writerow(["line", "column", "value", "reason", "effect"])
        self.writer.writerow([problem.line, *map(guarded, (problem.column, problem.value[:500], reason)), effect])
        self.count += 1
        if len(self.first) < SHOWN:
            where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
            self.first.append(f"{where}: {reason} ({effect})")

    def close(self):
        """Put the list on disk."""
        if self.file:
            self.file.close()


class Bar:
    """Progress on a terminal; silent anywhere else."""

    def __init__(self):
        self.began = time.monotonic()
        self.drawn_at = 0.0
        self.on = sys.stderr.isatty()

    def show(self, share, counts):
        """Draw how far it is, a few times a second."""
        now = time.monotonic()
        if not self.on or now - self.drawn_at < EVERY_SECONDS:
            return
        self.drawn_at = now
        full = round(share * BAR)
        speed = counts["read"] / max(now - self.began, 0.001)
        line = f"[{'#' * full}{'.' * (BAR - full)}] {share:4.0%} {counts['read']:,} rows, {speed:,.0f}/s"
        sys.stderr.write(f"\r{line} ")
        sys.stderr.flush()

    def clear(self):
        """Leave a clean line."""
        if self.on and self.drawn_at:
            sys.stderr.write("\r\x1b[K")
            self.drawn_at = 0.0
