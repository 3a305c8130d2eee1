"""How a brought file is read: its columns and the fields they fill, confirmed in a form or by a map file."""

from zlib import crc32

from flask import Response, request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import FileField, SelectField, StringField

from portal import custom, files
from portal.errors import Invalid
from portal.exchange import importing_guesses, run_mapping
from portal.exchange.importing_kinds import KINDS
from portal.exchange.importing_map_checks import SOME_DAY
from portal.exchange.importing_maps import read_toml
from portal.exchange.map_files import ImportMap, to_toml
from portal.exchange.runs import ImportRun
from portal.web import forms, noun_forms, pages, speech, terms
from staff.face import crm

MAP = pages.Page("staff/imports/map.html")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874", "cp1252")
KEPT = "@"  # in place of a column: as the map says, which a form cannot show
MOST_TOML = 100_000
WAYS = ("", "number", "name", "email", "code")
HOW = {"encoding": ENCODINGS, "delimiter": tuple(importing_guesses.DELIMITERS), "decimal": (".", ","),
       "calendar": ("gregorian", "buddhist")}  # fmt: skip


class MapForm(forms.EditForm):
    """How the file is written. What fills a field comes as col_<field>, also_<field>, const_<field>."""

    kind = SelectField(lazy_gettext("What the rows are"), validate_choice=False)
    source = StringField(lazy_gettext("Where they come from"), render_kw={"maxlength": run_mapping.LONGEST_SOURCE})
    key = SelectField(lazy_gettext("What tells the rows apart"), validate_choice=False)
    encoding = SelectField(lazy_gettext("Letters"), validate_choice=False)
    delimiter = SelectField(lazy_gettext("Between the columns"), validate_choice=False)
    decimal = SelectField(lazy_gettext("Before the decimals"), validate_choice=False)
    date = SelectField(lazy_gettext("Days are written"), validate_choice=False)
    calendar = SelectField(lazy_gettext("Years"), validate_choice=False)
    currency = SelectField(lazy_gettext("Currency of amounts"), validate_choice=False)


class MapFileForm(forms.Form):
    """A map as a file."""

    file = FileField(lazy_gettext("Map file (TOML)"))


class NameForm(forms.Form):
    """The name under which all find a map."""

    name = StringField(lazy_gettext("Name of this map"), render_kw={"maxlength": 80})


def mapping(run, actor, status=200, form=None, kind=None, raw=None, **more):
    """The page on which the columns are confirmed."""
    if raw is None:
        kind, raw = known_map(run, actor)
    looked = run_mapping.look(run, kind, raw, actor, shop())
    form = form or form_over(run, actor, kind, raw, looked)
    fields = run_mapping.fields_for(KINDS[kind], actor)
    likely = run_mapping.columns.kind_of(looked.header, looked.rows)
    about = {"run": run, "form": form, "looked": looked, "fields": fields, "kind": kind, "raw": raw, "likely": likely}
    about |= {"maps": list(ImportMap.named(kind)), "label": field_label, "message": speech.message, "crc": crc}
    about |= {"file_form": MapFileForm(formdata=None), "name_form": NameForm(formdata=None)} | more
    return MAP.render(status, **about)


def known_map(run, actor):
    """(kind, map) as a person confirmed them, else as they are guessed."""
    return (run.kind, run.map) if run.map else run_mapping.guess(run, actor, run.kind or None)


def shop():
    """What counts where a map says nothing."""
    settings = speech.settings()
    return {"currency": settings.shop_currency, "country": settings.shop_country, "zone": settings.shop_timezone}


def field_label(kind, name):
    """The word for a field of a kind, as its noun calls it."""
    noun = KINDS[kind].noun
    added = custom.fields_of(noun, ever=True).get(name)
    if added:
        return added.label(speech.language())
    keys = ((noun, name), (noun, f"{name}_minor"))
    found = next((key for key in keys if key in terms.LABELS), None)
    return speech.term(*found) if found else name.replace("_", " ").capitalize()


def crc(text):
    """A word of the file as part of a name in the form."""
    return f"{crc32(text.encode()):x}"


@crm.post("/imports/<number>/look", may="imports.run", on=ImportRun)
def import_look(run, actor):
    """How it would be read with what is chosen now; nothing is written."""
    kind, raw = _sent(run, actor)
    return mapping(run, actor, kind=kind, raw=raw)


@crm.post("/imports/<number>/compare", may="imports.run", on=ImportRun)
def import_compare(run, actor):
    kind, raw = _sent(run, actor)
    looked = run_mapping.look(run, kind, raw, actor, shop())
    form = form_over(run, actor, kind, raw, looked, sent=True)
    done = form.run(_compared, by=actor, run=run, chosen=(kind, raw))
    if not done.ok:
        return mapping(run, actor, done.status, form, kind, raw)
    return form.answer(done, MAP, to=url_for("staff.import_show", number=run.number))


def _compared(*, by, run, chosen, version, **typed):
    kind, raw = chosen
    try:
        return run_mapping.compare(run, by=by, kind=kind, raw=raw, shop=shop(), version=version)
    except Invalid as refusal:
        known = {field.name for field in KINDS[kind].fields}
        placed = {f"col_{name}" if name in known else name: why for name, why in refusal.problems.items()}
        raise Invalid(**placed)


@crm.get("/imports/<number>/map.toml", may="imports.run", on=ImportRun)
def import_map(run, actor):
    """The map as a file that the command line takes too."""
    kind, raw = known_map(run, actor)
    named = files.disposition(f"{raw['source']}-{kind}.toml", "application/toml")
    return Response(to_toml(raw, kind), content_type="application/toml", headers={"Content-Disposition": named})


@crm.post("/imports/<number>/map", may="imports.run", on=ImportRun, uploads=True)
def import_map_bring(run, actor):
    """The columns as a map file says them."""
    form = MapFileForm()
    done = form.run(_read_map, by=actor)
    if not done.ok:
        return mapping(run, actor, done.status, file_form=form)
    kind, raw = done.result
    return mapping(run, actor, kind=kind or run_mapping.guess(run, actor)[0], raw=raw)


def _read_map(*, by, file):
    data = file.stream.read(MOST_TOML + 1) if file else b""
    if not data or len(data) > MOST_TOML:
        raise Invalid(file="file-empty" if not data else ("file-too-large", {"megabytes": 1}))
    raw = read_toml(data.decode("utf-8-sig", "replace"))
    kind = raw.pop("kind", None)
    if kind not in (None, *KINDS) or not isinstance(raw.get("columns", {}), dict):
        raise Invalid(file=("import-map-wrong-value", {"name": "kind", "value": str(kind)[:40]}))
    return kind, {"source": "file", "key": "*", "columns": {}} | raw


@crm.post("/imports/<number>/map/name", may="imports.run", on=ImportRun)
def import_map_name(run, actor):
    form = NameForm()
    header, _ = run_mapping.top(run, run.map)
    done = form.run(ImportMap.save_as, by=actor, run=run, header=header)
    if not done.ok:
        return mapping(run, actor, done.status, name_form=form)
    said = gettext("The map is kept under this name for all of us.")
    return form.answer(done, MAP, to=url_for("staff.import_show", number=run.number), said=said)


# The form


def form_over(run, actor, kind, raw, looked, sent=False):
    """The form of the columns: as it was sent, or as a map says."""
    fields = run_mapping.fields_for(KINDS[kind], actor)
    columns = forms.options([("", gettext("– not brought in –")), *((name, name) for name in looked.header if name)])
    inputs, start = {}, {}
    for field in fields:
        inputs |= _inputs_of(field, kind, raw, columns, looked)
        start |= _start_of(field, raw, looked)
    how = {name: value for name, (value, _) in looked.settings.items()} | raw
    start |= {name: how.get(name, "") for name in (*HOW, "source", "date", "currency")}
    start |= {
        "kind": kind,
        "key": how["key"] if isinstance(how["key"], str) else how["key"][0],
        "version": run.version,
    }
    form = type("ColumnsForm", (MapForm,), inputs)(**{} if sent else {"formdata": None}, data=start)
    _offer(form, actor, looked, start)
    return form


def _inputs_of(field, kind, raw, columns, looked):
    """What is asked of one field: columns, or the same for all rows; how a link is found; what words mean."""
    name, label = field.name, field_label(kind, field.name)
    kept = []
    if _simple(raw.get("columns", {}).get(name, ""))[0] == KEPT:
        kept = forms.options([(KEPT, ", ".join(looked.columns.get(name, ())))])
    asked = {f"col_{name}": kept + columns, f"also_{name}": columns}
    if field.link:
        asked[f"by_{name}"] = _words("by", [w for w in WAYS if w in ("", "number") or w in field.link._meta.fields])
    for word in looked.words.get(name, ()):
        ours = [("", gettext("refuse the row")), *((w, _word(kind, field, w)) for w in field.read.words)]
        asked[f"word_{name}_{crc(word)}"] = forms.options(ours)
    made = {key: SelectField(label, choices=choices, validate_choice=False) for key, choices in asked.items()}
    return made | {f"const_{name}": StringField(label, render_kw={"maxlength": 200})}


def _start_of(field, raw, looked):
    """What stands in them as the map says."""
    name = field.name
    first, also = _simple(raw.get("columns", {}).get(name, ""))
    start = {f"col_{name}": first, f"also_{name}": also, f"const_{name}": raw.get("constants", {}).get(name, "")}
    start[f"by_{name}"] = raw.get("links", {}).get(name, {}).get("by", "")
    meant = raw.get("values", {}).get(name, {})
    return start | {f"word_{name}_{crc(word)}": meant.get(word, "") for word in looked.words.get(name, ())}


def _offer(form, actor, looked, start):
    """The choices of how the file is written."""
    kinds = [(k.name, speech.term("import_run", "kind", k.name)) for k in run_mapping.kinds_for(actor)]
    form.kind.choices = forms.options(kinds)
    keys = [name for name in looked.header if name]
    keys += [start["key"]] if start["key"] not in (*keys, "*") else []
    form.key.choices = forms.options([*((n, n) for n in keys), ("*", gettext("nothing: all of the row"))])
    for name, values in HOW.items():
        there = dict.fromkeys([*([start[name]] if start[name] else [""]), *values])
        form[name].choices = _words(name, there) if name != "encoding" else forms.options([(v, v) for v in there])
    dates = dict.fromkeys([start["date"], "", *importing_guesses.DATES])
    form.date.choices = forms.options([(form_, _date_word(form_)) for form_ in dates])
    codes = dict.fromkeys([*filter(None, [start["currency"], shop()["currency"]]), *noun_forms.CURRENCIES])
    form.currency.choices = forms.options([(code, code) for code in codes])


def _words(name, values):
    return forms.options([(v, speech.term("import_run", name, v) if v or name == "by" else "–") for v in values])


def _date_word(form):
    if form in ("", "iso"):
        return gettext("as it looks") if not form else "2026-11-22"
    return SOME_DAY.strftime(form)


def _word(kind, field, word):
    """One of our words, as people read it."""
    noun = KINDS[kind].noun
    added = custom.fields_of(noun).get(field.name)
    if (noun, field.name, word) in terms.WORDS:
        return noun_forms.word(noun, field.name, word)
    if word in ("yes", "no"):
        return gettext("Yes") if word == "yes" else gettext("No")
    return added.option(word, speech.language()) if added else word


def _simple(spec):
    """(first column, second column) of what fills a field, (KEPT, "") for more than a form can say."""
    if isinstance(spec, str) and "{" not in spec:
        return spec, ""
    names = run_mapping.named_in(spec)
    joined = isinstance(spec, str) and spec == " ".join(f"{{{name}}}" for name in names)
    if len(names) == 2 and (joined or spec == names):
        return names[0], names[1]
    return KEPT, ""


def _sent(run, actor):
    """(kind, map) as the form that was sent says them; what it does not show stays as it was."""
    sent = request.form
    known, was = known_map(run, actor)
    kind = sent.get("kind", "")
    shape = {name: sent[name] for name in ("encoding", "delimiter") if sent.get(name) in HOW[name]}
    if kind not in KINDS or sent.get("was", kind) != kind:
        kind = kind if kind in KINDS else known
        return run_mapping.guess(run, actor, kind, shape)
    header, rows = run_mapping.top(run, shape)
    raw = {"source": sent.get("source", "").strip() or "file", "key": _key(sent, was, header)} | shape
    raw |= {name: sent[name] for name in ("decimal", "date", "calendar", "currency") if sent.get(name)}
    raw |= {
        name: was[name]
        for name in ("when", "case", "skip_without", "rounding", "discount", "country")
        if name in was and known == kind
    }
    return kind, raw | _filled(KINDS[kind], sent, was, header, rows, actor)


def _key(sent, was, header):
    key = sent.get("key", "")
    return key if key in (*header, "*") and key else was.get("key", "*")


def _filled(kind, sent, was, header, rows, actor):
    columns, constants, values, links = {}, {}, {}, {}
    for field in run_mapping.fields_for(kind, actor):
        first, also = (sent.get(f"{part}_{field.name}", "") for part in ("col", "also"))
        constant = sent.get(f"const_{field.name}", "").strip()[:200]
        if first == KEPT and field.name in was.get("columns", {}):
            columns[field.name] = was["columns"][field.name]
        elif first in header and first:
            columns[field.name] = _joined(field, first, also) if also in header and also else first
        elif constant:
            constants[field.name] = constant
        if sent.get(f"by_{field.name}") in WAYS[1:] and field.name in columns:
            links[field.name] = {"by": sent[f"by_{field.name}"]}
        words = _meant(field, columns.get(field.name), sent, header, rows)
        words = was.get("values", {}).get(field.name, {}) | words if field.name in columns else {}
        if words:
            values[field.name] = words
    named = {"columns": columns, "constants": constants, "values": values, "links": links}
    return {name: table for name, table in named.items() if table or name == "columns"}


def _joined(field, first, also):
    """Two columns in one: a text holds both, of anything else the first that is not blank counts."""
    return (
        f"{{{first}}} {{{also}}}"
        if field.name in ("name", "note", "line1", "line2", "description")
        else [first, also]
    )


def _meant(field, column, sent, header, rows):
    """{word of the file: ours} as chosen."""
    if not isinstance(column, str) or not getattr(field.read, "words", ()):
        return {}
    texts = run_mapping.columns.texts_of(column, header, rows)
    chosen = {text: sent.get(f"word_{field.name}_{crc(text)}", "") for text in texts}
    return {text: word for text, word in chosen.items() if word in field.read.words}
