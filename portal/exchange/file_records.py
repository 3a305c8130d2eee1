"""Records of a CSV file of people or companies with whatever columns, as Facts: names of columns are guessed."""

import csv
import re
from typing import NamedTuple

from portal.alike.facts import Facts, facts
from portal.alike.repairing import repaired, without_accents

# What columns are called, by what they hold; the first that fits counts, in this order.
COLUMNS = (
    ("", r".*(phone|mobile|e_?mail)_?(type|kind|promotion|opt_?in|verified|status)|household_?id|family_?id"),
    (
        "label",
        r"(is_?|are_?)?(dup(licate)?|match(ed|es)?|same|label|target|y|truth|gold)s?(_?(label|person|entity))?",
    ),
    (
        "same_as",
        r"same_?as|(dup(licate)?|copy)_?of|(merged|links?|linked)_?(in)?_?to|(original|parent)_?(rec(ord)?_?)?id",
    ),
    (
        "cluster",
        r"(true|gold|real|canonical|unique|dup(licate)?|match)?_?"
        r"(cluster|entity|group|person|master|golden|truth|gold|real|unique|true|canonical|match|dup|duplicate)"
        r"(_?(id|no|key|number|label))?",
    ),
    ("id", r"(rec(ord)?|row|customer|client|account|source)?_?(id|no|number|key)|contact_?(id|key)|record|rec|uu?id"),
    ("first", r"(first|given|fore)_?names?|fname|first|given|nombre|ชื่อ|pangalan"),
    ("middle", r"middle_?(name|initial)s?|mname|middle|mi|m_i"),
    ("last", r"(last|family|sur)_?names?|lname|last|surname|family|apelyido|apellido|นามสกุล|สกุล"),
    ("suffix", r"(name_?)?suffix|generation"),
    ("title", r"title|salutation|prefix|honorific|คำนำหน้า"),
    ("nick", r"nick_?names?|alias|known_as|ชื่อเล่น"),
    ("legal", r"(legal|registered|trade|trading|brand|former)_?(business_?)?name|dba|doing_?business_?as"),
    (
        "company",
        r"(company|business|store|organi[sz]ation|firm|employer|corporate|account|shop)(_?name)?|บริษัท|ชื่อบริษัท",
    ),
    (
        "name",
        r"(full|complete|customer|contact|display|client|person|party|whole|thai|english)?_?names?(_?(full|en|th|eng|thai))?"
        r"|ชื่อ.?นามสกุล|ชื่อ-สกุล|contact|customer|contact_?person",
    ),
    ("email", r".*e_?mail.*|mail|อีเมล"),
    ("phone", r".*(phone|mobile|cell|tel|landline|fax|contact_?(no|number|num)|numero|msisdn|viber|โทร|มือถือ).*"),
    ("born_on", r".*(birth|dob|bday|born|วันเกิด|kaarawan).*"),
    ("tax", r".*(tax|tin|vat|ภาษี).*"),
    ("gender", r"gender|sex|เพศ"),
    ("kind", r"kind|type|(record|customer|account|entity)_?type"),
    (
        "address",
        r".*(addr|street|line_?\d|city|town|municipal|brgy|barangay|village|subdivision|suburb|district|province|region|"
        r"state|zip|post|unit|house|ที่อยู่|จังหวัด|อำเภอ|ตำบล|เขต|แขวง|tirahan|lungsod).*",
    ),
)
_LEFTS = ["left", "ltable", "l", "a", "1", "one", "x", "first"]
_RIGHTS = ["right", "rtable", "r", "b", "2", "two", "y", "second"]
_MARK = "|".join((*_LEFTS, *_RIGHTS))
_AFTER = re.compile(rf"(?P<name>.+?)_?(?P<mark>{_MARK})")
_BEFORE = re.compile(rf"(?:record|rec|person|customer|contact|entity|source|row)?_?(?P<mark>{_MARK})_(?P<name>.+)")
_NAMES = {"name", "first", "last", "company"}
_YES = re.compile(r"1(\.0+)?|t(rue)?|y(es)?|oo|ใช่|(dup|match|same|positive).*")
_LOOKS = (
    ("email", re.compile(r"[^\s@]+@\S+\.\w+")),
    ("phone", re.compile(r"(?:\+|\(?0|6[36])[\d\s().\-]{8,20}")),
)
SAMPLE = 200  # rows that show what a column holds whose name says nothing


class Record(NamedTuple):
    """A row: what it is called, what it says, and the cluster or record it is said to be of ("" when nothing is)."""

    id: str
    facts: Facts
    cluster: str = ""
    same_as: str = ""


class Couple(NamedTuple):
    """A row that holds two records, and whether they are said to be one (None: it says nothing)."""

    id: str
    one: Facts
    other: Facts
    is_same: bool | None


def what_is_in(column):
    """What a column holds by its name, "" when its name says nothing."""
    name = _plain(column)
    return next((what for what, pattern in COLUMNS if re.fullmatch(pattern, name)), "")


def _plain(column):
    """The name of a column in small letters and underscores: "Mobile No." and "mobileNo" are "mobile_no"."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z](?![A-Z]))", "_", repaired(column).replace("(s)", "s").replace("#", " no "))
    return re.sub(r"[\s.\-()\[\]:/*?]+", "_", without_accents(name).strip().casefold()).strip("_")


def read(lines):
    """(records, couples) of an open CSV file: one of the two is empty."""
    rows = _rows(lines)
    columns = list(rows[0]) if rows else []
    sides = _sides(columns)
    if sides:
        return [], [_couple(str(number), row, sides) for number, row in enumerate(rows, 2)]
    named = _named(columns, rows)
    return _joined([_record(str(number), row, named) for number, row in enumerate(rows, 2)]), []


def _rows(lines):
    """[{column: cell}] whatever stands between the cells; a column named twice is counted on: "name", "name_2"."""
    head = lines.readline()
    told = re.fullmatch(r"(?i)sep=(.)\s*", head)
    head = lines.readline() if told else head
    delimiter = told[1] if told else max(",;\t|", key=head.count)
    columns, seen = [], {}
    for column in next(csv.reader([head], delimiter=delimiter), []):
        seen[column] = seen.get(column, 0) + 1
        columns.append(column if seen[column] == 1 else f"{column}_{seen[column]}")
    return [dict(zip(columns, row, strict=False)) for row in csv.reader(lines, delimiter=delimiter) if any(row)]


def _named(columns, rows):
    """{column: what it holds} of a file of records, by its name, else by what stands in it."""
    named = {column: what_is_in(column) for column in columns}
    for column in (column for column in columns if named[column] in ("", "name")):  # "contact" may be a phone
        named[column] = _by_looks([row.get(column) for row in rows[:SAMPLE]]) or named[column]
    labels = [column for column in columns if named[column] == "label"]
    if not {"cluster", "same_as"} & set(named.values()):
        named.update(dict.fromkeys((c for c in labels if len({row.get(c) for row in rows}) > 3), "cluster"))
    return named


def _by_looks(cells):
    cells = [cell.strip() for cell in cells if cell and cell.strip()]
    for what, pattern in _LOOKS:
        if cells and sum(bool(pattern.fullmatch(cell)) for cell in cells) > 0.7 * len(cells):
            return what
    return ""


def _sides(columns):
    """({column: what} of the left record, that of the right, the column of the label) where a row holds two."""
    left, right, alone = {}, {}, {}
    label = next((column for column in columns if what_is_in(column) == "label"), None)
    for column in columns:
        mark, what = _side(column)
        side = alone if not mark else left if mark in _LEFTS else right
        side[column] = what
    if not left and label and set(right.values()) <= set(alone.values()):
        left = {column: what for column, what in alone.items() if what in right.values()}
    is_of_two = _NAMES & set(left.values()) & set(right.values())
    return (left, right, label) if is_of_two and "cluster" not in alone.values() else None


def _side(column):
    """(mark, what): "name_b" is the name of the second; ("", what) of a column that is not of one side."""
    plain = _plain(column)
    if what_is_in(column) in ("first", "last", "label", "cluster", "same_as", "id"):
        return "", what_is_in(column)
    for form in (_AFTER, _BEFORE):
        found = form.fullmatch(plain)
        what = found and what_is_in(found["name"])
        if what and what not in ("label", "cluster", "same_as"):
            return found["mark"], what
    return "", what_is_in(column)


def _couple(number, row, sides):
    left, right, label = sides
    said = (row.get(label) or "").strip().casefold() if label else ""
    return Couple(number, _facts(row, left), _facts(row, right), bool(_YES.fullmatch(said)) if said else None)


def _joined(records):
    """Records that name the record they are the same as, in its cluster; nothing else changes."""
    same_as = {record.id: record.same_as for record in records if record.same_as}
    return [record._replace(cluster=_first(record.id, same_as)) for record in records] if same_as else records


def _first(id, same_as):
    """The record at the end of what one says it is the same as."""
    seen = {id}
    while same_as.get(id, id) not in seen:
        id = same_as[id]
        seen.add(id)
    return min(seen) if same_as.get(id, id) != id else id


def _record(number, row, named):
    id, cluster, same_as = (
        next((row[c].strip() for c, w in named.items() if w == what and (row.get(c) or "").strip()), "")
        for what in ("id", "cluster", "same_as")
    )
    return Record(id or number, _facts(row, named), cluster, same_as)


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
    company = (texts["company"] + texts["legal"] + [""])[0]
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
        legal_name="" if name else (texts["legal"] + [""])[0],
    )
