"""The rows of an import for staff: what each would do, the decision of each, and those to be mended as a file."""

import csv
import io

from flask import Response, request, stream_with_context, url_for
from flask_babel import gettext

from portal import store, values
from portal.errors import NotFound
from portal.exchange import run_files, run_rows
from portal.exchange.importing_kinds import KINDS
from portal.exchange.map_files import REASON
from portal.exchange.run_rows import FIELDS, ImportRow
from portal.exchange.runs import ImportRun
from portal.web import feeds, forms, lists, pages, places, speech
from portal.whole import bulk
from staff import import_maps
from staff.face import crm

ROWS = pages.Page("staff/imports/rows.html")
DRAWN = {
    "outcome": {"created": "done", "changed": "run", "doubtful": "needs", "refused": "refused"},
    "state": {"open": "wait", "waits": "run", "written": "done", "same": "done", "undone": "closed", "kept": "needs"},
}


def _changes(row):
    """What changes, as a feed and a search read it."""
    return "; ".join(f"{name}: {old if old is not None else ''} → {new}" for name, (old, new) in shown(row))


def shown(row):
    """[(column, (old, new))] of a row without what only follows from others."""
    return [(name, pair) for name, pair in row.fields.items() if name not in run_rows.DERIVED]


def _reasons(row):
    return " ".join(sentence(reason) for reason in row.reasons)


def sentence(reason):
    """Why, at the column it is about."""
    column, value, problem, params = reason
    said = speech.message(problem, **params)
    said = f"{said} {gettext('Left empty.')}" if params.get("emptied") else said
    return f"{column} “{value}”: {said}" if column and value else said


LIST = lists.List(
    "import_row",
    FIELDS,
    columns=[
        *map(lists.Column, ("line", "outcome", "name")),
        lists.Column("fields", _changes),
        lists.Column("reasons", _reasons),
        *map(lists.Column, ("choice", "state")),
    ],
    sorts={"line": lists.Sort(ImportRow.line)},
    default_sort="line",
    drawn=DRAWN,
    link="line",
    said=("outcome", "state"),
    shown=("line", "outcome", "name", "state"),
)


@crm.get("/imports/<number>/rows", may="imports.run", on=ImportRun, feeds=("csv", "json"))
def import_row_list(run, actor):
    return LIST.answer(ImportRow.of(run), actor, ROWS, form=forms.Form(formdata=None), **_about(run, actor))


def _about(run, actor):
    """What the table of rows needs besides its rows."""
    here = request.query_string.decode("utf-8", "replace")
    may_decide = run.state in run_rows.DECIDABLE
    return {"run": run, "told": lambda rows: Told(run, rows, actor), "may_decide": may_decide, "here": here}


class Told:
    """The rows of one page as people read them: names in place of numbers, and the records they are likely to be."""

    def __init__(self, run, rows, actor):
        self.run, self.kind = run, KINDS[run.kind]
        model = self.kind.model
        wanted = {key for row in rows for key, _ in row.likely} | {row.record for row in rows if row.record}
        query = model.visible_to(actor) if hasattr(model, "visible_to") else model.select()
        self.records = {record.id: record for record in query.where(store.among(model.id, wanted))} if wanted else {}
        self.names = self._links(rows)

    def _links(self, rows):
        """{(column, id): name} of what these rows point to."""
        found = {}
        for name, field in self.kind.model._meta.fields.items():
            target = getattr(field, "rel_model", None)
            ids = {v for row in rows for v in row.fields.get(name, ()) if isinstance(v, int)} if target else set()
            if ids:
                there = target.select().where(store.among(target.id, ids))
                found |= {(name, record.id): bulk.name_of(record) for record in there}
        return found

    def pairs(self, row):
        """[(word, old, new)] of what changes."""
        return [(import_maps.field_label(self.run.kind, name), *(self._said(name, v) for v in pair))
                for name, pair in shown(row)]  # fmt: skip

    def values(self, row):
        """What a new record has, without words."""
        return [self._said(name, new) for name, (_, new) in shown(row) if name != "name"]

    def against(self, row, record):
        """[(word, old, new)] of what would change of a record that the row is likely to be."""
        pairs = ((name, run_rows.kept_value(record.__data__.get(name)), new) for name, (_, new) in shown(row))
        return [(import_maps.field_label(self.run.kind, name), self._said(name, old), self._said(name, new))
                for name, old, new in pairs if old != new]  # fmt: skip

    def _said(self, name, value):
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        return self.names.get((name, value), value) if not isinstance(value, dict | list) else str(value)

    def likely(self, row):
        """[(record, what it is called)] that the row may be."""
        return [(self.records[key], bulk.name_of(self.records[key])) for key, _ in row.likely if key in self.records]

    def url(self, record):
        """Where a record is shown, or "#"."""
        return places.address_of(self.records[record].ref) or "#"

    def choices(self, row):
        """[(value, word)] of what can be decided of a row."""
        likely = [(f"update {record.id} {record.version}", name) for record, name in self.likely(row)]
        updates = [(value, gettext("update %(name)s", name=name)) for value, name in likely]
        take = gettext("take it as a new one") if row.outcome == "created" or row.likely else gettext("take it")
        return [("", gettext("as all of its kind")), *updates, ("take", take), ("leave", gettext("leave it out"))]

    def chosen(self, row):
        """The value of what was decided of it."""
        if row.choice != "update":
            return row.choice
        return next(
            (value for value, _ in self.choices(row) if value.startswith(f"update {row.record} ")), row.choice
        )

    def reasons(self, row):
        """Why it is refused or doubted."""
        return [sentence(reason) for reason in row.reasons]


@crm.post("/imports/<number>/rows", may="imports.run", on=ImportRun)
def import_row_choose(run, actor):
    """The decisions of the rows of one page: take_<line> is "take", "leave" or "update <record> <version>"."""
    form = forms.Form()
    back = request.form.get("back", "")
    sent = {name.removeprefix("take_"): value for name, value in request.form.items() if name.startswith("take_")}
    done = form.run(_choose, by=actor, run=run, sent=sent)
    to = url_for("staff.import_row_list", number=run.number) + (f"?{back}" if back.isprintable() and back else "")
    again = lambda: {"found": LIST.find(ImportRow.of(run), actor)} | _about(run, actor)  # noqa: E731
    return form.answer(
        done, ROWS, to=to, said=gettext("Kept. Nothing is written before you carry it out."), again=again
    )


def _choose(*, by, run, sent):
    return run_rows.choose(
        run, by=by, choices={values.id_of(line): choice for line, choice in sent.items() if values.id_of(line)}
    )


@crm.get("/imports/<number>/refused.csv", may="imports.run", on=ImportRun)
def import_refused(run, actor):
    """The refused rows as they stand in the file, each with the reason, to be mended and brought again."""
    if not (run.map and run_files.is_open(run)):
        raise NotFound()
    lines = stream_with_context(_refused(run))
    named = f'attachment; filename="{run.number}-refused.csv"'
    return Response(lines, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": named})


def _refused(run):
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for cells, reasons in run_rows.refused(run):
        writer.writerow(
            [*map(feeds.cell, cells), feeds.cell(" ".join(map(sentence, reasons)) if reasons is not None else REASON)]
        )
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
