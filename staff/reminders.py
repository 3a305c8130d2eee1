"""Reminders for staff: what goes out next, what went out, accounts on hold, and the rules."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, StringField

from portal import values
from portal.customers.accounts import Account
from portal.sales import reminders
from portal.sales.reminder_rules import LEVELS, ReminderPlan
from portal.sales.reminders import FIELDS, ReminderHold, ReminderLetter
from portal.web import forms, lists, pages, panels, places, reminder_letters
from portal.web.noun_forms import DateText
from staff.face import crm

NEXT = pages.Page("staff/reminders/next.html")
INDEX = pages.Page("staff/reminders/index.html")
SHOW = pages.Page("staff/reminders/show.html")
HOLD = pages.Page("staff/reminders/hold.html")
PLAN = pages.Page("staff/reminders/plan.html")
DRAWN = {"tone": {"friendly": "wait", "firm": "run", "final": "needs"}}

places.show_at("staff", "reminder_letter", places.numbered("staff.reminder_letter_show", ReminderLetter))
places.show_at("staff", "reminder_plan", lambda record: url_for("staff.reminder_plan_show"))

LIST = lists.List(
    "reminder_letter",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "sent_on")),
        lists.Column("account", lambda letter: letter.account.name),
        *map(lists.Column, ("tone", "invoices")),
        lists.Column("sums", lambda letter: ", ".join(f"{m.decimal} {m.currency}" for m in letter.totals)),
        lists.Column("by_name"),
    ],
    sorts={"number": lists.Sort(ReminderLetter.id), "sent_on": lists.Sort(ReminderLetter.sent_on)},
    default_sort="-number",
    filters={"tone": lambda query, text, actor: query.where(ReminderLetter.in_tone(text))},
    drawn=DRAWN,
    link="number",
    at="staff.reminder_letter_show",
)


class HoldForm(forms.Form):
    until = DateText(lazy_gettext("Until and with"))
    reason = StringField(lazy_gettext("Why?"), render_kw={"maxlength": 300})


PlanForm = type(
    "PlanForm",
    (forms.EditForm,),
    {
        "is_on": BooleanField(lazy_gettext("Send reminders")),
        "is_weekdays": BooleanField(lazy_gettext("From Monday to Friday only")),
        "least": StringField(lazy_gettext("Let be what is smaller than"), render_kw={"inputmode": "numeric"}),
    }
    | {f"is_active_{n}": BooleanField(lazy_gettext("Send this letter")) for n in LEVELS}
    | {
        f"days_{n}": StringField(lazy_gettext("Days after the due date"), render_kw={"inputmode": "numeric"})
        for n in LEVELS
    },
)


@crm.get("/reminders", may="reminders.see")
def reminder_show(actor):
    plan = ReminderPlan.current()
    today = values.shop_day()
    days = reminders.next_days(today, plan) or [today, today]
    found = reminders.upcoming(actor, (days[0], days[-1]), plan)
    on_hold = (
        ReminderHold.visible_to(actor).where(ReminderHold.standing(today)).order_by(ReminderHold.until).limit(50)
    )
    return NEXT.render(plan=plan, found=found, today=today, holds=list(on_hold), form=forms.OneClick(formdata=None))


@crm.get("/reminders/letters", may="reminders.see", feeds=("csv", "json"))
def reminder_list(actor):
    return LIST.answer(ReminderLetter.visible_to(actor), actor, INDEX)


@crm.get("/reminders/letters/<number>", may="reminders.see", on=ReminderLetter)
def reminder_letter_show(letter, actor):
    return SHOW.render(letter=letter, money_of=values.Money)


@crm.post("/reminders/accounts/<number>/send", may="reminders.send", on=Account)
def reminder_send(account, actor):
    form = forms.OneClick()
    done = form.run(reminders.send, by=actor, account=account)
    said = gettext("Written to %(name)s.", name=account.name)
    return form.answer(done, NEXT, to=url_for("staff.reminder_show"), said=said)


@crm.get("/reminders/accounts/<number>", may="reminders.see", on=Account)
def reminder_account(account, actor):
    return HOLD.render(form=HoldForm(formdata=None), **_beside(account))


@crm.post("/reminders/accounts/<number>/hold", may="reminders.hold", on=Account)
def reminder_hold(account, actor):
    form = HoldForm()
    done = form.run(lambda **given: reminders.hold(account, **given), by=actor)
    said = gettext("No reminders go to %(name)s until then.", name=account.name)
    return form.answer(done, HOLD, to=url_for("staff.reminder_show"), said=said, again=lambda: _beside(account))


@crm.post("/reminders/accounts/<number>/release", may="reminders.hold", on=Account)
def reminder_release(account, actor):
    form = forms.OneClick()
    done = form.run(lambda **given: reminders.release(account, **given), by=actor)
    said = gettext("%(name)s is reminded again as the rules say.", name=account.name)
    return form.answer(done, HOLD, to=url_for("staff.reminder_show"), said=said)


@crm.get("/settings/reminders", may="reminders.arrange")
def reminder_plan_show(actor):
    plan = ReminderPlan.current()
    return PLAN.render(form=PlanForm(formdata=None, obj=plan), samples=reminder_letters.samples(plan))


@crm.post("/settings/reminders", may="reminders.arrange")
def reminder_plan_arrange(actor):
    form = PlanForm()
    done = form.run(ReminderPlan.arrange, by=actor)
    said = gettext("Saved. The next letters follow these rules.")
    again = lambda: {"samples": reminder_letters.samples(ReminderPlan.current())}  # noqa: E731
    return form.answer(done, PLAN, to=url_for("staff.reminder_plan_show"), said=said, again=again)


def _beside(account):
    return {
        "account": account,
        "hold": reminders.held(account),
        "letters": reminders.of_account(account),
        "one_click": forms.OneClick(formdata=None),
        "account_url": places.address_of(account.ref),
    }


def _of_invoice(invoice, actor):
    """When it was reminded of; stays away from what nobody was reminded of."""
    letters = reminders.of_invoice(invoice) if not invoice.is_credit_note else []
    refs = [letter.ref for letter in letters]
    return {"letters": letters, "refs": refs, "account": invoice.account} if letters else None


def _of_account(account, actor):
    return {"account": account}


PIECES = "staff/reminders/_of_invoice.html", "staff/reminders/_of_account.html"
panels.show_on("staff", "invoice", "reminders", PIECES[0], _of_invoice, may="reminders.see", rank=60)
panels.show_on("staff", "account", "reminders", PIECES[1], _of_account, may="reminders.see", rank=25, side=True)
