"""Records of a CSV file of people or companies with whatever columns, as Facts: names of columns are guessed."""

import csv
import re
from typing import NamedTuple

from portal.alike.facts import Facts, facts
from portal.alike.repairing import repaired, without_accents

# What columns are called, by what they hold; the first that fits counts, in this order.
COLUMNS = (
    ("label", r"(is_?)?(dup(licate)?|match|same|label|target|y|truth|gold)s?(_?label)?"),
    (
        "cluster",
        r"(true_?|gold_?|dup(licate)?_?)?(cluster|entity|group|person|master|golden|truth|real|unique)(_?(id|no|key|number))?|same_as",
    ),
    ("id", r"(rec(ord)?|row|customer|client|account|source)?_?(id|no|number|key)|contact_?(id|key)|record|rec"),
    ("first", r"(first|given|fore)_?names?|fname|first|given|nombre|ชื่อ|pangalan"),
    ("middle", r"middle_?(name|initial)s?|mname|middle|mi|m_i"),
    ("last", r"(last|family|sur)_?names?|lname|last|surname|family|apelyido|apellido|นามสกุล|สกุล"),
    ("suffix", r"(name_?)?suffix|generation"),
    ("title", r"title|salutation|prefix|honorific|คำนำหน้า"),
    ("nick", r"nick_?names?|alias|known_as|ชื่อเล่น"),
    (
        "company",
        r"(company|business|store|organi[sz]ation|firm|employer|corporate|legal|trade|account|shop)(_?name)?|บริษัท",
    ),
    (
        "name",
        r"(full|complete|customer|contact|display|client|person|whole)?_?names?|ชื่อ.?นามสกุล|ชื่อ-สกุล|contact|customer",
    ),
    ("email", r".*e_?mail.*|อีเมล"),
    ("phone", r".*(phone|mobile|cell|tel|landline|fax|contact_?(no|number|num)|numero|msisdn|โทร|มือถือ).*"),
    ("born_on", r".*(birth|dob|bday|born|วันเกิด|kaarawan).*"),
    ("tax", r".*(tax|tin|vat|ภาษี).*"),
    ("gender", r"gender|sex|เพศ"),
    ("kind", r"kind|type|(record|customer|account|entity)_?type"),
    (
        "address",
        r".*(addr|street|line_?\d|city|town|brgy|barangay|district|province|region|state|zip|post|unit|house|ที่อยู่|tirahan|lungsod).*",
    ),
)
_SIDES = re.compile(
    r"^(?:(?P<before>left|right|a|b|l|r|1|2|one|two|first|second|x|y)[_.\- ](?P<name>.+)|"
    r"(?P<named>.+?)[_.\- ]?(?P<after>left|right|a|b|l|r|1|2|x|y))$",
    re.I,
)
LEFT = {"left", "a", "l", "1", "one", "first", "x"}


class Record(NamedTuple):
    """A row: what it is called, what it says, and the cluster it is said to belong to ("" when nothing is said)."""

    id: str
    facts: Facts
    cluster: str = ""


class Couple(NamedTuple):
    """A row that holds two records, and whether they are said to be one (None: it says nothing)."""

    id: str
    one: Facts
    other: Facts
    is_same: bool | None


def what_is_in(column):
    """What a column holds by its name, "" when its name says nothing."""
    name = re.sub(r"[\s.\-]+", "_", without_accents(repaired(column)).strip().casefold()).strip("_")
    return next((what for what, pattern in COLUMNS if re.fullmatch(pattern, name)), "")


def read(lines):
    """(records, couples) of an open CSV file: one of the two is empty."""
    sample = lines.read(20_000)
    lines.seek(0)
    delimiter = max(",;\t|", key=sample.partition("\n")[0].count)
    rows = list(csv.DictReader(lines, delimiter=delimiter))
    columns = [column for column in (rows[0] if rows else ()) if column]
    sides = _sides(columns)
    if sides:
        return [], [_couple(str(number), row, sides) for number, row in enumerate(rows, 2)]
    named = {column: what_is_in(column) for column in columns}
    return [_record(str(number), row, named) for number, row in enumerate(rows, 2)], []


def _sides(columns):
    """({column: what} of the left record, that of the right, the column of the label) where a row holds two."""
    left, right, label = {}, {}, None
    for column in columns:
        found = _SIDES.match(column.strip())
        name = found and (found["name"] or found["named"])
        what = what_is_in(name) if name else ""
        if what and what not in ("label", "cluster"):
            side = left if (found["before"] or found["after"]).lower() in LEFT else right
            side[column] = what
        elif what_is_in(column) == "label":
            label = column
    whats = set(left.values()) - {"id", "address"}
    return (
        (left, right, label)
        if whats and whats == set(right.values()) - {"id", "address"} and len(whats) > 0
        else None
    )


def _couple(number, row, sides):
    left, right, label = sides
    said = (row.get(label) or "").strip().casefold() if label else ""
    is_same = (
        None if said == "" else said in ("1", "1.0", "true", "yes", "y", "dup", "duplicate", "match", "same", "t")
    )
    return Couple(number, _facts(row, left), _facts(row, right), is_same)


def _record(number, row, named):
    of = {what: [row[c].strip() for c, w in named.items() if w == what and row[c]] for what in ("id", "cluster")}
    return Record((of["id"] or [number])[0], _facts(row, named), (of["cluster"] or [""])[0])


def _facts(row, named):
    """The Facts of the columns of one record."""
    texts = {what: [] for what, _ in COLUMNS}
    for column, what in named.items():
        if what and row.get(column) and str(row[column]).strip():
            texts[what].append(str(row[column]).strip())
    parts = [word for what in ("title", "first", "middle", "last", "suffix") for word in texts[what]]
    name = (
        " ".join(parts)
        if texts["first"] or texts["last"]
        else " ".join(texts["title"] + texts["name"][:1] + texts["suffix"])
    )
    if texts["nick"]:
        name += f' "{texts["nick"][0]}"'
    company = texts["company"][0] if texts["company"] else ""
    kind = (texts["kind"] or [""])[0].casefold()
    is_firm = (
        True
        if (company and not name) or kind in ("company", "business", "store", "organization", "firm", "b2b")
        else None
    )
    is_firm = False if kind in ("person", "contact", "individual", "household", "customer") and name else is_firm
    return facts(
        name or company,
        is_firm=is_firm,
        emails=texts["email"],
        phones=texts["phone"],
        gender=(texts["gender"] or [""])[0],
        addresses=[", ".join(texts["address"])],
        born_on=(texts["born_on"] or [""])[0] or None,
        tax=(texts["tax"] or [""])[0],
        employer=company if name else "",
    )
