"""Interactions for staff: writing one down in one line, planning, the page of one, the list of all."""

from flask import g, url_for
from flask_babel import gettext, lazy_gettext

from portal import values
from portal.activity import follow_ups, interactions, meetings
from portal.activity.interactions import FIELDS, INSIDE, KIND_OF, Interaction
from portal.customers import affiliations
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.web import (
    file_pages,
    finding,
    forms,
    interaction_forms,
    interaction_pages,
    lists,
    pages,
    panels,
    places,
    timeline_pages,
)
from staff.face import crm

INDEX = pages.Page("staff/interactions/index.html")
SHOW = pages.Page("staff/interactions/show.html")
LOG = pages.Page("staff/interactions/log.html", "staff/interactions/_talks.html")
PLAN = pages.Page("staff/interactions/plan.html")
EDIT = pages.Page("staff/interactions/edit.html")
NAMES = {
    "hold": lazy_gettext("It is written down."),
    "move": lazy_gettext("It has another hour now."),
    "cancel": lazy_gettext("It is cancelled."),
}

places.show_at("staff", "interaction", places.numbered("staff.interaction_show", Interaction))
file_pages.take_files(crm, Interaction, "/interactions")


def _contact(query, text, actor):
    """`contact=12` shows what this person took part in."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(contact=("filter-record-unknown", {"value": text}))
    mine = interactions.InteractionPerson.interaction
    rows = interactions.InteractionPerson.select(mine).where(interactions.InteractionPerson.contact == int(text))
    return query.where(Interaction.id.in_(rows))


def _what(row, beside):
    """What stands as the name of a row: its line, else what it was."""
    return row.subject or interaction_pages.kind_word(row)


LIST = lists.List(
    "interaction",
    FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("at"),
        lists.Column("kind"),
        lists.Column("subject", show=_what),
        lists.Column("account", lambda row: row.account.name),
        lists.Column("people"),
        lists.Column("owner", lambda row: row.owner.name if row.owner_id else None),
        *map(lists.Column, ("state", "outcome", "direction", "minutes", "place", "join_link", "score", "is_shared")),
    ],
    sorts={"at": lists.Sort(Interaction.at), "number": lists.Sort(Interaction.id),
           "score": lists.Sort(Interaction.score, nullable=True)},
    default_sort="-at",
    filters={"contact": _contact},
    search=finding.found_in(Interaction, (INSIDE,)),
    shown=("at", "kind", "subject", "account", "owner", "state"),
    link="subject",
    at="staff.interaction_show",
    drawn={"state": KIND_OF},
    said=("kind", "state", "owner"),
    rows=lambda actor: interactions.named(Interaction.visible_to(actor)),
)  # fmt: skip


@crm.get("/interactions", may="interactions.see", feeds=("csv", "json", "ics"))
def interaction_list(actor):
    if g.feed == "ics":
        return interaction_pages.calendar("interactions", LIST.find(LIST.rows(actor), actor, 500).rows)
    return LIST.answer(None, actor, INDEX)


@crm.get("/interactions/<number>", may="interactions.see", on=Interaction, feeds=("ics",))
def interaction_show(interaction, actor):
    if g.feed == "ics":
        return interaction_pages.calendar(interaction.number, [interaction])
    return SHOW.render(**_about(interaction, actor))


def _about(interaction, actor, **sent):
    fresh = {"formdata": None}
    verbs = {verb for verb in meetings.STARTS if meetings.can(interaction, verb, actor)}
    made = {
        "hold": interaction_forms.holding(interaction, **fresh),
        "move": interaction_forms.moving(interaction, actor, is_sent=False),
        "cancel": interaction_forms.CancelForm(**fresh),
    }
    return {
        "interaction": interaction,
        "people": interaction.taking_part(),
        "about_url": places.address_of(interaction.about_ref),
        "verbs": verbs,
        "steps": made | sent,
        "refused": next((form for verb, form in sent.items() if verb not in verbs), None),
        "story": interaction_pages.story(interaction),
        "panels": panels.of(interaction, actor),
        "now": values.now(),
    }


# Writing down


@crm.get("/accounts/<number>/log", may="interactions.log", on=Account)
def interaction_log_form(account, actor):
    return LOG.render(**_log_page(account, actor, _logging(account)))


@crm.post("/accounts/<number>/log", may="interactions.log", on=Account)
def interaction_log(account, actor):
    form = _logging(account)
    done = form.run(lambda **given: follow_ups.log(account, **given), by=actor)
    return _logged(form, done, account, actor, _logging)


@crm.get("/contacts/<number>/log", may="interactions.log", on=Contact)
def interaction_log_with_form(contact, actor):
    return LOG.render(**_log_page(contact, actor, _logging_with(contact)))


@crm.post("/contacts/<number>/log", may="interactions.log", on=Contact)
def interaction_log_with(contact, actor):
    form = _logging_with(contact)

    def log(contacts=None, **given):
        return follow_ups.log(contact.account, contacts=[contact.id], **given)

    return _logged(form, form.run(log, by=actor), contact, actor, _logging_with)


def _logging(account, **given):
    return interaction_forms.logging([place.contact for place in affiliations.people_of(account)], **given)


def _logging_with(contact, **given):
    return interaction_forms.logging(None, **given)


def _logged(form, done, record, actor, again):
    """In place the form is fresh again over the story with what was said; without scripts on to the page."""
    said = gettext("It is written down.")
    if done.ok and pages.wants_piece() and not done.to:
        forms.say(said, told=done.told)
        return LOG.render(**_log_page(record, actor, again(record, formdata=None)))
    to = places.address_of(record.ref) + "#talks"
    return form.answer(done, LOG, to=to, said=said, again=lambda: _log_page(record, actor, form))


def _log_page(record, actor, form):
    """The form over the story, of an account or a contact."""
    return interaction_pages.talks(record, actor, form, timeline_pages.people_of(record))


# Planning and what comes of it


@crm.get("/accounts/<number>/plan", may="interactions.log", on=Account)
def interaction_plan_form(account, actor):
    return PLAN.render(account=account, form=interaction_forms.planning(account, actor))


@crm.post("/accounts/<number>/plan", may="interactions.log", on=Account)
def interaction_plan(account, actor):
    form = interaction_forms.planning(account, actor)
    done = form.run(lambda **given: meetings.plan(account, **given), by=actor)
    return form.answer(done, PLAN, to=_page_of, said=gettext("It is planned."), account=account)


@crm.get("/interactions/<number>/edit", may="interactions.edit", on=Interaction)
def interaction_edit_form(interaction, actor):
    return EDIT.render(interaction=interaction, form=interaction_forms.changing(interaction, actor))


@crm.post("/interactions/<number>/edit", may="interactions.edit", on=Interaction)
def interaction_edit(interaction, actor):
    form = interaction_forms.changing(interaction, actor)
    done = form.run(interaction.edit, by=actor)
    return form.answer(done, EDIT, to=_page_of(interaction), said=gettext("Saved."), interaction=interaction)


@crm.post("/interactions/<number>/hold", may="interactions.edit", on=Interaction)
def interaction_hold(interaction, actor):
    return _step(interaction, actor, "hold", interaction_forms.holding(interaction), follow_ups.hold)


@crm.post("/interactions/<number>/move", may="interactions.edit", on=Interaction)
def interaction_move(interaction, actor):
    return _step(interaction, actor, "move", interaction_forms.moving(interaction, actor), meetings.move)


@crm.post("/interactions/<number>/cancel", may="interactions.cancel", on=Interaction)
def interaction_cancel(interaction, actor):
    return _step(interaction, actor, "cancel", interaction_forms.CancelForm(), meetings.cancel)


def _step(interaction, actor, verb, form, act):
    done = form.run(lambda **given: act(interaction, **given), by=actor)
    if done.ok:
        return form.answer(done, SHOW, to=_page_of(interaction), said=NAMES[verb])
    now = Interaction.visible_to(actor).where(Interaction.id == interaction.id).get()
    return SHOW.render(done.status, **_about(now, actor, **{verb: form}))


def _page_of(interaction):
    return url_for("staff.interaction_show", number=interaction.number)
