"""Which column of a brought file fills which field: guessed, remembered, and confirmed by a person."""

from dataclasses import dataclass, field

from portal import audit, fields
from portal.errors import Invalid, NotFound
from portal.exchange import importing_columns as columns
from portal.exchange import importing_guesses as guesses
from portal.exchange import run_files
from portal.exchange.importing import Import
from portal.exchange.importing_kinds import KINDS
from portal.exchange.importing_links import NUMBER, OURS
from portal.exchange.importing_maps import Map
from portal.exchange.importing_values import Formats
from portal.exchange.map_files import ImportMap
from portal.people import policy

MOST_WORDS = 12  # of one field that a person is asked about
EXAMPLES = 3
LONGEST_SOURCE = 40
# Words for choices that other systems and people use.
SYNONYMS = {
    "gender": {
        "female": ("f", "woman", "babae", "หญิง", "ms", "mrs"),
        "male": ("m", "man", "lalaki", "ชาย", "mr"),
    },
    "kind": {
        "household": ("person", "individual", "private", "b2c", "consumer", "บุคคล", "tao"),
        "company": ("business", "organization", "organisation", "corporate", "b2b", "store", "นิติบุคคล",
                 "บริษัท", "kumpanya"),
        "goods": ("product", "storable product", "consumable", "goods", "สินค้า"),
        "service": ("services", "บริการ"),
    },
    "language": {
        "en": ("english", "en_us", "อังกฤษ", "ingles"),
        "fil": ("filipino", "tagalog", "tl_ph"),
        "th": ("thai", "th_th", "ไทย"),
    },
    "is_active": {
        "yes": ("active", "enabled", "current", "oo", "ใช่", "ใช้งาน"),
        "no": ("inactive", "disabled", "former", "hindi", "ไม่"),
    },
}  # fmt: skip


@dataclass
class Looked:
    """How a file would be read: what stands on top of it, what is settled, and what a person has to say still."""

    header: list
    rows: list
    settings: dict = field(default_factory=dict)  # name: (value, "map", "guessed" or "usual")
    problems: dict = field(default_factory=dict)
    words: dict = field(default_factory=dict)  # field: words of the file that are none of ours
    columns: dict = field(default_factory=dict)  # field: the columns it comes from

    def examples(self, column):
        """What stands in a column, on top."""
        place = self.header.index(column)
        texts = (row[place].strip() for row in self.rows if place < len(row))
        return list(dict.fromkeys(filter(None, texts)))[:EXAMPLES]

    @property
    def unused(self):
        """Columns that nothing is taken from."""
        used = {name for names in self.columns.values() for name in names}
        return [name for name in self.header if name and name not in used]


def kinds_for(actor):
    """The kinds of rows that this person may bring in."""
    return [kind for kind in KINDS.values() if policy.may(actor, kind.may)]


def fields_for(kind, actor):
    """The fields of a kind that this person may write: as the field table says, where it says something of them."""
    table = fields.TABLES.get(kind.noun)
    if table is None or actor.is_system:
        return list(kind.fields)
    writable, readable = set(table.writable(actor)), set(table.readable(actor))
    # What nobody writes in a form follows from the right to import such rows at all.
    verbs = {f.name for f in table if not f.write} & readable
    known = {f.name for f in table}
    return [f for f in kind.fields if all(name not in known or name in writable | verbs for name in f.targets)]


def top(run, raw=None):
    """(header, sample rows) of the file as a map (or nobody) says it is written; NotFound when it is gone."""
    if not run_files.is_open(run):
        raise NotFound()
    declared = {name: raw[name] for name in ("encoding", "delimiter", "quote", "header") if raw and name in raw}
    shape, _ = guesses.shape(run.path, declared)
    return guesses.sample(run.path, shape)


def guess(run, actor, kind=None, shape=None):
    """(kind name, map) for a file: as remembered for such columns, else told from its names and its content."""
    header, rows = top(run, shape)
    known = ImportMap.recalled(header, actor)
    allowed = [k.name for k in kinds_for(actor)]
    if known and known.kind in allowed and kind in (None, known.kind):
        return known.kind, known.map | (shape or {})
    likely = columns.kind_of(header, rows)
    kind = KINDS[kind or (likely if likely in allowed else allowed[0])]
    found = columns.columns_for(kind, header, rows)
    source = columns.source_of(kind, header) or _source_of(run.file)
    # A list of ours calls what has a name by its number.
    mine = {f.name for f in fields_for(kind, actor) if not (f.named and source == OURS)}
    found = {name: column for name, column in found.items() if name in mine}
    raw = {"source": source, "key": columns.key_of(kind, header, rows, found), "columns": found}
    return kind.name, raw | _told(kind, found, header, rows, source) | (shape or {})


def _source_of(file):
    """What the old system is called when nobody says it: the file without its ending and its date."""
    stem = "".join(c if c.isalpha() else " " for c in file.partition(".")[0])
    return "-".join(stem.lower().split())[:LONGEST_SOURCE] or "file"


def _told(kind, found, header, rows, source):
    words = {}
    for fld in kind.fields:
        known = getattr(fld.read, "words", ())
        strange = _strange(fld, columns.texts_of(found.get(fld.name), header, rows)) if known else []
        meant = {text: ours for text in strange for ours, theirs in SYNONYMS.get(fld.name, {}).items()
                 if ours in known and text.lower() in theirs}  # fmt: skip
        if meant:
            words[fld.name] = meant
    linked = {f.name: {"by": NUMBER} for f in kind.fields if f.link and f.name in found}
    if source != OURS:
        linked = columns.links_for(kind, found, header, rows, source)
    return ({"values": words} if words else {}) | ({"links": linked} if linked else {})


def _strange(fld, texts):
    """Those of some texts that a reader of words does not know."""
    found = []
    for text in texts:
        try:
            fld.read(text, Formats())
        except Invalid:
            found.append(text)
    return found


def look(run, kind, raw, actor, shop):
    """What a map makes of the file, before anything is compared: a Looked, with every problem by its field."""
    header, rows = top(run, raw)
    looked = Looked(header, rows, columns=_columns_of(raw))
    try:
        mapped = Map(raw, kind)
        looked.problems |= _not_mine(mapped, actor)
        job = Import(run.path, mapped, problems=lambda problem: None, dry=True, shop=shop)
        looked.settings = {name: (value, whence) for name, value, whence in job.look()}
    except Invalid as refusal:
        looked.problems |= refusal.problems
    for name, column in raw.get("columns", {}).items():
        fld = next((f for f in KINDS[kind].fields if f.name == name), None)
        if fld and getattr(fld.read, "words", ()) and isinstance(column, str):
            looked.words[name] = _strange(fld, columns.texts_of(column, header, rows))[:MOST_WORDS]
    return looked


def _columns_of(raw):
    named = {"key": raw.get("key", ())} | raw.get("columns", {})
    return {name: named_in(spec) for name, spec in named.items()}


def named_in(spec):
    """The columns that what fills a field names."""
    parts = [spec] if isinstance(spec, str) else spec
    return [name for part in parts for name in (columns.PART.findall(part) if "{" in part else [part])]


def _not_mine(mapped, actor):
    mine = {f.name for f in fields_for(mapped.kind, actor)}
    named = {name for block in mapped.blocks for name in (*block["columns"], *block["constants"])}
    return dict.fromkeys(sorted(named - mine), ("field-not-yours", {}))


def compare(run, *, by, kind, raw, shop, version=None, now=None):
    """Confirm the columns: the worker compares each row with what is here, and no record is written yet.

    What was guessed of the file stands in the run's map from then on, and the map is remembered for files with the
    same columns. Raises Invalid by field of the map, "kind", "state" (import-moved-on).
    """
    if kind not in [k.name for k in kinds_for(by)]:
        raise Invalid(kind="import-kind-not-yours")
    if not run_files.is_open(run):
        raise Invalid(state="import-file-gone")
    looked = look(run, kind, raw, by, shop)
    if looked.problems:
        raise Invalid(**looked.problems)
    settled = {name: value for name, (value, _) in looked.settings.items() if name in SETTLED and value}
    with audit.change(by, "import.mapped", run, now=now) as change:
        fresh = dict.fromkeys(("place", "share", "written", "undone", "kept"), 0)
        run.turn(
            change, ("mapping", "compared"), "comparing", kind=kind, source=raw["source"],
            map=shop | raw | settled, takes={}, trouble=None, **fresh,
        )  # fmt: skip
        ImportMap.remember(change, run, looked.header, by)
    return run


SETTLED = ("encoding", "delimiter", "decimal", "date", "calendar", "currency", "country", "zone")
