"""The journal: what was done lately and can be taken back, what that would change, and the button that does it."""

from flask import url_for
from flask_babel import gettext
from wtforms import SelectMultipleField

from portal.activity import trail
from portal.deeds import Deed
from portal.values import Ref
from portal.web import forms, lists, pages, places, speech
from portal.whole import undo, undo_imports, undo_nouns
from staff.face import crm

INDEX = pages.Page("staff/journal/index.html")
SHOW = pages.Page("staff/journal/show.html", "staff/journal/_deed.html")
DRAWN = {"state": {"done": "done", "waits": "wait", "works": "run", "back": "closed"}}
# The events that these modules offer when they are imported.
OFFERED = (*undo_nouns.OFFERED, undo_imports.EVENT)

places.show_at("staff", "deed", places.numbered("staff.journal_show", Deed))


def _what(deed, beside):
    """What was done, and to how many when it was many."""
    said = speech.term(deed.event)
    return f"{said}: {deed.note}" if deed.note else said


def _which(deed, beside):
    """The record by its name, or how many there were."""
    ref = Ref.parse(deed.subject)
    if ref is None or ref.kind == "deed":
        return speech.wording().ngettext("One change", "%(num)s changes", deed.count)
    return beside.get(ref, "")


def _names(rows):
    return trail.names_of({Ref.parse(row.subject) for row in rows} - {None})


LIST = lists.List(
    "deed",
    undo.FIELDS,
    columns=[
        *map(lists.Column, ("number", "at", "kind")),
        lists.Column("event", show=_what),
        lists.Column("actor_name"),
        lists.Column("subject", show=_which),
        *map(lists.Column, ("account", "count", "note", "state", "back_at", "back_by")),
    ],
    sorts={"number": lists.Sort(Deed.id)},
    default_sort="-number",
    filters={
        "who": lambda query, text, actor: query.where(Deed.actor_name.startswith(text)),
        "subject": lists.choice(Deed.subject),
    },
    drawn=DRAWN,
    beside=_names,
    shown=("at", "event", "subject", "actor_name", "state"),
    link="event",
    at="staff.journal_show",
    said=("kind", "who", "state"),
)


class TakeBackForm(forms.Form):
    """One press; `over` are the newer values that give way all the same."""

    over = SelectMultipleField(validate_choice=False)


@crm.get("/journal", may="journal.see", feeds=("csv", "json"))
def journal_list(actor):
    return LIST.answer(Deed.visible_to(actor), actor, INDEX)


@crm.get("/journal/<number>", may="journal.see", on=Deed)
def journal_show(deed, actor):
    return SHOW.render(**_about(deed, actor), form=TakeBackForm(formdata=None))


def _about(deed, actor):
    """The deed, and what would change back while it can."""
    problem = undo.why_not(deed)
    found = undo.preview(deed, actor) if problem in (None, "undo-nothing-fits") and deed.count else None
    made = Deed.visible_to(actor).where(Deed.undoes == deed.id).order_by(Deed.id.desc()).first()
    subject = Ref.parse(deed.subject)
    return {
        "deed": deed, "problem": problem, "found": found, "made": made, "subject": subject,
        "name": trail.names_of({subject})[subject] if subject else "", "address_of": places.address_of,
    }  # fmt: skip


@crm.post("/journal/<number>/take-back", may="journal.take_back", on=Deed)
def journal_take_back(deed, actor):
    form = TakeBackForm()
    done = form.run(lambda by, over: undo.take_back(deed, by=by, over=over or ()), by=actor)
    done = done._replace(deed=None)  # the next page is where it leads
    return form.answer(done, SHOW, to=_page_of, said=gettext("Taken back."), again=lambda: _about(deed, actor))


def _page_of(deed):
    return url_for("staff.journal_show", number=deed.number)
