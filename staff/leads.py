"""Leads for staff: the queue, the page of one, and the steps from new to won, lost or spam."""

from functools import partial

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from portal import audit, search
from portal.people.employees import Employee
from portal.sales import guest_orders, leads, submissions
from portal.sales.leads import FIELDS, KIND_OF, OPEN, REASONS, STARTS, Lead
from portal.sales.orders import Order
from portal.web import composing, forms, lists, noun_forms, order_pages, pages, panels, places, queues, speech
from portal.web.list_deeds import Deed
from portal.web.terms.marks import N_
from staff.face import crm

INDEX = pages.Page("staff/leads/index.html")
SHOW = pages.Page("staff/leads/show.html")
SAID = {
    "take": lazy_gettext("You look after it now."),
    "contact": lazy_gettext("Noted that you were in touch."),
    "qualify": lazy_gettext("It is qualified."),
    "note": lazy_gettext("The next step is noted."),
    "win": lazy_gettext("Won."),
    "lose": lazy_gettext("It is closed as lost."),
    "spam": lazy_gettext("It is gone from the queue, and its sender can send no form for a day."),
    "reopen": lazy_gettext("It is open again."),
    "attach": lazy_gettext("It belongs to the account now."),
}


class WordsForm(forms.Form):
    words = StringField(lazy_gettext("What comes next"), render_kw={"maxlength": 300})


class NoteForm(forms.Form):
    next_step = StringField(lazy_gettext("What comes next"), render_kw={"maxlength": 300})
    next_on = noun_forms.DateText(lazy_gettext("on"))
    owner = SelectField(lazy_gettext("by"), validate_choice=False)

    def values(self):
        typed = super().values()
        return typed | {"owner": composing.picked(typed["owner"])}


class LoseForm(forms.Form):
    because = SelectField(lazy_gettext("Because"), validate_choice=False)
    words = TextAreaField(lazy_gettext("In words"), render_kw={"maxlength": 1000, "rows": 2})


class AttachForm(forms.Form):
    account = StringField(lazy_gettext("Account number"), render_kw={"maxlength": 12})


class OpenForm(forms.Form):
    is_another = BooleanField(lazy_gettext("It is another customer of the same name"))


MANY = (
    Deed("take", "leads.work", lambda row, by, value: row.take(by=by), "owner", lazy_gettext("Take")),
    Deed("qualify", "leads.work", lambda row, by, value: row.qualify(by=by), "state", lazy_gettext("Qualify")),
    Deed("spam", "leads.work", lambda row, by, value: row.spam(by=by), "state", lazy_gettext("Spam")),
)
LIST = lists.List(
    "lead",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "state", "name", "company", "email", "phone", "language", "source")),
        lists.Column("form", lambda row: row.form.title if row.form_id else None),
        lists.Column("account", lambda row: row.account.number if row.account_id else None),
        lists.Column("order", lambda row: row.order.number if row.order_id else None),
        lists.Column("owner", lambda row: row.owner.name if row.owner_id else None),
        *map(lists.Column, ("next_step", "next_on", "lost_because", "created_at", "closed_at")),
    ],
    sorts={"number": lists.Sort(Lead.id), "created_at": lists.Sort(Lead.created_at)},
    default_sort="-number",
    filters={"state": lists.Choice("lead", FIELDS["state"], Lead.state, {"open": (N_("not over yet"), OPEN)})},
    search=lambda query, text: query.where(Lead.id.in_(search.matches("lead", text))),
    drawn={"state": KIND_OF},
    shown=("number", "state", "name", "company", "form", "owner", "next_step", "next_on", "created_at"),
    said=("state", "owner"),
    at="staff.lead_show",
    rows=Lead.visible_to,
    many=MANY,
)

places.show_at("staff", "lead", places.numbered("staff.lead_show", Lead))


def _of_order(order, actor):
    if not getattr(order, "has_lead", True):
        return None
    lead = Lead.visible_to(actor).where(Lead.order == order.id).first()
    return {"lead": lead} if lead else None


order_pages.ask_along("lead", Lead.select().where(Lead.order == Order.id))
panels.show_on("staff", "order", "lead", "staff/leads/_of_order.html", _of_order, may="leads.see", rank=80)
queues.offer(
    "leads",
    lambda actor: Lead.open_for(actor).where(Lead.state == "new"),
    may="leads.see",
    said=lambda count: ngettext("%(num)s new lead", "%(num)s new leads", count),
    at="staff.lead_list",
    state="new",
)


@crm.get("/leads", may="leads.see", feeds=("csv", "json"))
def lead_list(actor):
    return LIST.answer(None, actor, INDEX, unconfirmed=submissions.unconfirmed())


@crm.get("/leads/<number>", may="leads.see", on=Lead)
def lead_show(lead, actor):
    return SHOW.render(**_about(lead, actor))


@crm.post("/leads/<number>/take", may="leads.work", on=Lead)
def lead_take(lead, actor):
    return _step(lead, actor, "take", forms.Form(), lead.take)


@crm.post("/leads/<number>/contact", may="leads.work", on=Lead)
def lead_contact(lead, actor):
    return _step(lead, actor, "contact", WordsForm(), lead.reached)


@crm.post("/leads/<number>/qualify", may="leads.work", on=Lead)
def lead_qualify(lead, actor):
    return _step(lead, actor, "qualify", forms.Form(), lead.qualify)


@crm.post("/leads/<number>/note", may="leads.work", on=Lead)
def lead_note(lead, actor):
    return _step(lead, actor, "note", NoteForm(), lead.note)


@crm.post("/leads/<number>/attach", may="leads.work", on=Lead)
def lead_attach(lead, actor):
    return _step(lead, actor, "attach", AttachForm(), partial(guest_orders.attach, lead))


@crm.post("/leads/<number>/open-account", may="leads.work", on=Lead)
def lead_open_account(lead, actor):
    return _step(lead, actor, "attach", OpenForm(), partial(guest_orders.open_account, lead), "open")


@crm.post("/leads/<number>/win", may="leads.work", on=Lead)
def lead_win(lead, actor):
    return _step(lead, actor, "win", forms.Form(), lead.win)


@crm.post("/leads/<number>/lose", may="leads.work", on=Lead)
def lead_lose(lead, actor):
    return _step(lead, actor, "lose", LoseForm(), lead.lose)


@crm.post("/leads/<number>/spam", may="leads.work", on=Lead)
def lead_spam(lead, actor):
    return _step(lead, actor, "spam", forms.Form(), lead.spam)


@crm.post("/leads/<number>/reopen", may="leads.work", on=Lead)
def lead_reopen(lead, actor):
    return _step(lead, actor, "reopen", forms.Form(), lead.reopen)


def _step(lead, actor, verb, form, call, name=None):
    """After a verb: on to the page; refused, the page as it stands now with what was typed."""
    done = form.run(call, by=actor)
    if done.ok:
        return form.answer(done, SHOW, to=url_for("staff.lead_show", number=lead.number), said=SAID[verb])
    now = Lead.visible_to(actor).where(Lead.id == lead.id).get()
    return SHOW.render(done.status, **_about(now, actor, {name or verb: form}, form))


def _about(lead, actor, sent=None, refused=None):
    """The lead, what can be done with it now, and a form for each of that."""
    steps = _blank_steps(lead) | (sent or {})
    _offer_choices(steps, actor)
    return {
        "lead": lead,
        "way": _way(lead),
        "verbs": [verb for verb in STARTS if lead.can(verb, actor)],
        "steps": steps,
        "refused": refused,
        "form": forms.Form(formdata=None),
        "story": audit.story(lead),
        "panels": panels.of(lead, actor),
        "account_url": places.address_of(lead.account.ref) if lead.account_id else None,
    }


def _blank_steps(lead):
    blank = {"formdata": None}
    return {
        "contact": WordsForm(**blank),
        "note": NoteForm(**blank, next_step=lead.next_step, next_on=lead.next_on, owner=str(lead.owner_id or "")),
        "lose": LoseForm(**blank),
        "attach": AttachForm(**blank),
        "open": OpenForm(**blank),
    }


def _offer_choices(steps, actor):
    people = Employee.visible_to(actor).where(Employee.is_active).order_by(Employee.name)
    nobody = ("", gettext("nobody yet"))
    steps["note"].owner.choices = forms.options([nobody, *((str(row.id), row.name) for row in people)])
    reasons = [(reason, speech.term("lead", "lost_because", reason)) for reason in REASONS]
    steps["lose"].because.choices = forms.options([("", "–"), *reasons])


def _way(lead):
    """[(word, done | now | next)] from new to won; nothing once it was lost or spam."""
    if lead.state not in leads.WAY:
        return []
    here, last = leads.WAY.index(lead.state), len(leads.WAY) - 1
    at = ["done" if n < here or here == last else "now" if n == here else "next" for n in range(len(leads.WAY))]
    return [(speech.term("lead", "state", state), at[n]) for n, state in enumerate(leads.WAY)]
