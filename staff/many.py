"""Many rows at once: chosen in a list, tried out in a preview, done together or not at all."""

from flask import request, url_for
from flask_babel import gettext
from wtforms import HiddenField, StringField

from portal.deeds import Deed
from portal.errors import Invalid, NotFound
from portal.web import forms, list_addresses, list_deeds, lists, pages, speech
from portal.whole import bulk, portions
from staff.face import crm
from staff.views import is_list

CHOOSE = pages.Page("staff/many/choose.html")
PREVIEW = pages.Page("staff/many/preview.html")
MOST_PREVIEWED = 100


class RowsForm(forms.Form):
    """Which rows, as they stood when they were chosen, what to do, and where to go back to."""

    rows = HiddenField()
    deed = HiddenField()
    back = HiddenField()
    value = StringField(render_kw={"maxlength": 500})


@crm.get("/many/<noun>", may="lists.change")
def many_choose(noun, actor):
    listed = _listed(noun)
    rows, problem = _chosen(listed, actor)
    form = RowsForm(formdata=None, rows=bulk.written(rows), back=_back(request.args.get("back")))
    form.top += [problem] if problem else []
    return CHOOSE.render(422 if problem else 200, **_about(listed, actor), form=form, rows=rows)


def _listed(noun):
    if noun not in lists.KNOWN:
        raise NotFound(noun)
    return lists.KNOWN[noun]


def _chosen(listed, actor):
    """(rows, problem): those whose numbers the address names, or all that fit its filters, up to the most."""
    query = listed.rows(actor)
    try:
        if request.args.get("all"):
            asked, faults = list_addresses.parsed(request.args.get("of")), []
            query = listed.narrow(query, asked, actor, faults)
            rows = list(query.order_by(query.model.id).limit(bulk.MOST_ROWS + 1))
        else:
            rows = [_row(query, number) for number in dict.fromkeys(request.args.getlist("pick"))]
        if len(rows) > bulk.MOST_ROWS:
            raise Invalid(rows=("many-too-many", {"most": bulk.MOST_ROWS}))
        if not rows:
            raise Invalid(rows="many-none")
    except Invalid as refusal:
        message, parameters = refusal.problems["rows"]
        return [], forms.speech_of(message, **parameters)
    return rows, None


def _row(query, number):
    try:
        row = query.where(query.model.by_number(number)).first()
    except NotFound:
        row = None
    if row is None:
        raise Invalid(rows="many-foreign")
    return row


def _back(address):
    path, _, query = (address or "").partition("?")
    return f"{path}?{query}".rstrip("?") if is_list(path) else "/staff/"


def _about(listed, actor):
    deeds = list_deeds.open_to(actor, listed.many, listed.fields)
    return {"listed": listed, "deeds": deeds, "table": listed.fields, "name_of": bulk.name_of, "most": MOST_PREVIEWED}


@crm.post("/many/<noun>/preview", may="lists.change")
def many_preview(noun, actor):
    listed, form = _listed(noun), RowsForm()
    done = form.run(_tried, by=actor, listed=listed)
    about = _about(listed, actor) | {"form": form}
    if not done.ok:
        return CHOOSE.render(done.status, rows=[], **about)
    deed, tried, untried = done.result
    good = [one for one in tried if not one.problems and one.old != one.new]
    form.rows.data = bulk.written([*(one.row for one in good), *untried])
    return PREVIEW.render(deed=deed, good=good, bad=[one for one in tried if one.problems],
                          same=len(tried) - len(good), untried=len(untried), **about)  # fmt: skip


def _tried(*, by, listed, rows, deed, value, back):
    """(deed, what would come of the rows, those that are too many to try out before)."""
    deed = _deed(listed, deed, by)
    found = bulk.load(listed.rows(by), bulk.read(rows))
    few = found if len(found) <= bulk.AT_ONCE else found[:MOST_PREVIEWED]
    return deed, bulk.rehearse(few, deed.bound(value), by=by, may=deed.may, field=deed.field), found[len(few) :]


def _deed(listed, name, actor):
    deeds = {deed.name: deed for deed in list_deeds.open_to(actor, listed.many, listed.fields)}
    if name not in deeds:
        raise Invalid(deed="choice-unknown")
    return deeds[name]


@crm.post("/many/<noun>", may="lists.change")
def many_apply(noun, actor):
    listed, form = _listed(noun), RowsForm()
    done = form.run(_done, by=actor, listed=listed)
    to, said = _back(form.back.data), gettext("It is under way.")
    if isinstance(done.result, Deed):
        to = url_for("staff.journal_show", number=done.result.number)
    else:
        said = speech.wording().ngettext("One row is changed.", "%(num)s rows are changed.", done.result or 0)
    return form.answer(done, CHOOSE, to=to, said=said, rows=[], **_about(listed, actor))


def _done(*, by, listed, rows, deed, value, back):
    """How many rows were changed; of more than a page may take, the deed that the worker carries out."""
    deed, chosen, query = _deed(listed, deed, by), bulk.read(rows), listed.rows(by)
    if len(chosen) > bulk.AT_ONCE:
        work = {"noun": listed.noun, "deed": deed.name, "value": value}
        return bulk.ask(query, by=by, may=deed.may, chosen=chosen, note=deed.title(listed.noun), work=work)
    about = {"by": by, "may": deed.may, "hold": deed.hold}
    return bulk.carry_out(query, deed.bound(value), chosen=chosen, **about)


def _carry_on(made, by):
    """The next portion of a large change, for the worker."""
    listed = lists.KNOWN[made.work["noun"]]
    deed = _deed(listed, made.work["deed"], by)
    about = {"by": by, "may": deed.may, "hold": deed.hold}
    return bulk.carry_on(made, listed.rows(by), deed.bound(made.work["value"]), **about)


portions.carry("list.changed", _carry_on)
