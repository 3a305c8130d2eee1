"""Imports for staff: bring a file, look at what it would do, decide, carry it out, take it back."""

import io

from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import FileField, SelectField, SelectMultipleField

from portal.exchange import run_carrying, run_files, run_mapping, run_rows, run_undoing
from portal.exchange.map_files import ImportMap
from portal.exchange.runs import AT_WORK, FIELDS, ImportRun
from portal.web import forms, lists, pages, places, speech
from staff import import_maps
from staff.face import crm

INDEX = pages.Page("staff/imports/index.html")
SHOW = pages.Page("staff/imports/show.html")
WORK = pages.Page("staff/imports/_work.html")
DRAWN = {
    "state": {
        "mapping": "needs", "comparing": "run", "compared": "needs", "carrying": "run", "running": "run",
        "done": "done", "stopped": "refused", "undoing": "run", "undone": "closed", "discarded": "closed",
    },
}  # fmt: skip

places.show_at("staff", "import_run", places.numbered("staff.import_show", ImportRun))

LIST = lists.List(
    "import_run",
    FIELDS,
    columns=[*map(lists.Column, FIELDS.fields)],
    sorts={"number": lists.Sort(ImportRun.id)},
    default_sort="-number",
    drawn=DRAWN,
    link="number",
    at="staff.import_show",
    said=("state",),
    shown=("number", "file", "kind", "state", "read", "refused", "by_name", "started_at"),
)


class FileForm(forms.Form):
    """A file, and what its rows are when the person says so."""

    file = FileField(lazy_gettext("File"))
    kind = SelectField(lazy_gettext("What the rows are"), validate_choice=False)


class DecisionForm(forms.EditForm):
    """What happens with each kind of rows, and which fields stay as they are here."""

    created = SelectField(lazy_gettext("New"), validate_choice=False)
    changed = SelectField(lazy_gettext("Changed"), validate_choice=False)
    doubtful = SelectField(lazy_gettext("Doubtful"), validate_choice=False)
    left = SelectMultipleField(lazy_gettext("Of what changes, stays as it is here"), validate_choice=False)


@crm.get("/imports", may="imports.run", feeds=("csv", "json"))
def import_list(actor):
    return LIST.answer(ImportRun.visible_to(actor), actor, INDEX, form=_file_form(actor))


@crm.post("/imports", may="imports.run", uploads=run_files.MOST_BYTES)
def import_bring(actor):
    form = _file_form(actor)
    done = form.run(_bring, by=actor)
    again = lambda: {"found": LIST.find(ImportRun.visible_to(actor), actor)}  # noqa: E731
    said = gettext("The file is here. Nothing is written yet: look whether each column is understood.")
    return form.answer(done, INDEX, to=_page_of, said=said, again=again)


def _file_form(actor):
    form = FileForm()
    kinds = [(k.name, speech.term("import_run", "kind", k.name)) for k in run_mapping.kinds_for(actor)]
    form.kind.choices = forms.options([("", gettext("Told from the columns")), *kinds])
    return form


def _bring(*, by, file, kind):
    if not file:
        return run_files.bring(by=by, stream=io.BytesIO(), name="", kind=kind)
    return run_files.bring(by=by, stream=file.stream, name=file.filename, kind=kind)


def _page_of(run):
    return url_for("staff.import_show", number=run.number)


@crm.get("/imports/<number>", may="imports.run", on=ImportRun)
def import_show(run, actor):
    if run.state in AT_WORK:
        return _at_work(run)
    if run.state == "mapping":
        return _columns(run, actor)
    return _decision(run, actor, decision_form(run))


def _columns(run, actor):
    """The page of the columns, as a named map has them when the address asks for one."""
    found = ImportMap.of_name(request.args.get("map"))
    return (
        import_maps.mapping(run, actor, kind=found.kind, raw=found.map) if found else import_maps.mapping(run, actor)
    )


def _at_work(run):
    """The page while the worker is at it; the open page asks for what is new, 204 when nothing is."""
    since, now = request.args.get("since"), f"{run.state}-{run.share}-{run.written}-{run.undone}"
    if since == now:
        return "", 204
    page = WORK if since is not None else SHOW
    return page.render(run=run, since=now, one_click=forms.OneClick(formdata=None))


def _decision(run, actor, form, status=200):
    if request.args.get("since") is not None:  # the page was open while the worker came to its end
        return "", 200, {"HX-Redirect": _page_of(run)}
    counted = run_rows.decided(run)
    about = {"run": run, "form": form, "message": speech.message, "counted": counted}
    about |= {"is_open": run_files.is_open(run), "has_open": run_rows.has_open(run)}
    return SHOW.render(status, one_click=forms.OneClick(formdata=None), **about)


def decision_form(run):
    """What is taken of each kind of rows."""
    takes = run_rows.USUAL | run.takes
    start = {name: takes[name] for name in run_rows.USUAL} | {"left": run.takes.get("left", [])}
    form = DecisionForm(version=run.version, **start)
    take, leave = ("take", gettext("Take them")), ("leave", gettext("Leave them out"))
    form.created.choices, form.changed.choices = forms.options([take, leave]), forms.options([take, leave])
    likely = ("update", gettext("Update the record that each looks most like"))
    form.doubtful.choices = forms.options([("leave", gettext("Leave out what I do not decide singly")), likely, take])
    columns = run_rows.columns_of(run)
    form.left.choices = forms.options([(name, import_maps.field_label(run.kind, name)) for name in columns])
    return form


@crm.post("/imports/<number>/carry-out", may="imports.run", on=ImportRun)
def import_carry_out(run, actor):
    form = decision_form(run)
    done = form.run(run_carrying.carry_out, by=actor, run=run)
    if not done.ok:
        return _decision(run, actor, form, done.status)
    return form.answer(done, SHOW, to=_page_of(run))


@crm.post("/imports/<number>/stop", may="imports.run", on=ImportRun)
def import_stop(run, actor):
    form = forms.OneClick()
    done = form.run(run.stop, by=actor)
    return form.answer(done, SHOW, to=_page_of(run), said=gettext("Stopped. What was written until then is in."))


@crm.post("/imports/<number>/undo", may="imports.run", on=ImportRun)
def import_undo(run, actor):
    form = forms.OneClick()
    done = form.run(run_undoing.undo, by=actor, run=run)
    return form.answer(done, SHOW, to=_page_of(run))


@crm.post("/imports/<number>/discard", may="imports.run", on=ImportRun)
def import_discard(run, actor):
    form = forms.OneClick()
    done = form.run(run.discard, by=actor)
    return form.answer(
        done,
        INDEX,
        to=url_for("staff.import_list"),
        said=gettext("The file is thrown away; nothing of it was written."),
    )
