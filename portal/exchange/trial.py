"""`python -m portal duplicates FILE`: likely duplicates within any CSV, and how good that is if the file knows."""

import codecs
import csv
import io
import re
from itertools import combinations
from pathlib import Path

from portal.alike import pairing, weighing
from portal.exchange import file_records

MOST_SHOWN = 200


def add_arguments(parser):
    parser.add_argument("file", help="CSV of people or companies, a record or a pair of records per row")
    parser.add_argument("--output", metavar="FILE", help="write all likely pairs there, as CSV")
    parser.add_argument("--all", action="store_true", help=f"print all pairs, not the first {MOST_SHOWN}")


def run(asked):
    """(exit status, lines to print): the pairs with their scores and reasons, and how good that was."""
    try:
        records, couples = file_records.read(io.StringIO(_text(Path(asked.file).read_bytes()), newline=""))
    except OSError as trouble:
        return 2, [f"{asked.file} cannot be read ({trouble.strerror})."]
    except csv.Error as trouble:
        return 2, [f"{asked.file} is no CSV file ({trouble})."]
    if not records and not couples:
        return 2, [f"{asked.file} holds no rows."]
    found, figures = _of_couples(couples) if couples else _of_records(records)
    lines = [_line(*row) for row in found]
    if asked.output:
        with open(asked.output, "w", encoding="utf-8", newline="") as kept:
            csv.writer(kept).writerows([("score", "one", "other", "name", "other_name", "reasons"), *lines])
    said = ["\t".join(line) for line in (lines if asked.all else lines[:MOST_SHOWN])]
    said.append(f"{len(found)} likely pairs among {len(couples or records)} {'couples' if couples else 'records'}.")
    if figures:
        said.append(f"precision {figures.precision:.4f}  recall {figures.recall:.4f}  F1 {figures.f1:.4f}")
        said.append(f"rightly found {figures.right}, wrongly found {figures.wrong}, missed {figures.missed}")
    return 0, said


def _text(raw):
    """The text of a file, in UTF-8 or -16 or, of older programs, in the letters of Thailand or of the West."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        is_thai = re.search(rb"[\xa1-\xfb]{4}", raw)
        return raw.decode("cp874" if is_thai else "cp1252", "replace")


def _of_records(records):
    """Likely pairs of the rows of a file, held against their clusters where it has some."""
    found = pairing.pairs([record.facts for record in records])
    rows = [(pair.weight, records[pair.one].id, records[pair.other].id,
             records[pair.one].facts, records[pair.other].facts) for pair in found]  # fmt: skip
    clusters = {}
    for place, record in enumerate(records):
        if record.cluster:
            clusters.setdefault(record.cluster, []).append(place)
    true = {pair for places in clusters.values() for pair in combinations(places, 2)}
    figures = pairing.figures({(pair.one, pair.other) for pair in found}, true) if true else None
    return rows, figures


def _of_couples(couples):
    """Which couples are likely one, held against what the file says of them."""
    everybody = [facts for couple in couples for facts in (couple.one, couple.other)]
    crowd = pairing.crowd_of(dict.fromkeys(everybody))
    weights = {couple.id: weighing.weigh_couple(couple.one, couple.other, crowd) for couple in couples}
    found = [(weights[c.id], c.id, c.id, c.one, c.other) for c in couples if weights[c.id].is_likely]
    told = [couple for couple in couples if couple.is_same is not None]
    likely = {couple.id for couple in told if weights[couple.id].is_likely}
    figures = pairing.figures(likely, {couple.id for couple in told if couple.is_same}) if told else None
    return found, figures


def _line(weight, one, other, facts, other_facts):
    reasons = ", ".join(f"{reason.id} {reason.bits:+.1f}" for reason in weight.reasons)
    return (f"{weight.score:.3f}", one, other, facts.name, other_facts.name, reasons)
