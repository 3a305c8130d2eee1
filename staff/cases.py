"""Cases for staff: the queue, the conversation with answers and comments among us, and the steps of a case."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext, ngettext

from portal.customers.accounts import Account
from portal.service import case_messages, case_sorting, case_steps, case_writing
from portal.service.cases import Case
from portal.web import case_forms, case_lists, case_pages, file_pages, forms, pages, places, queues
from staff.face import crm

INDEX = pages.Page("staff/cases/index.html", "staff/cases/_found.html")
NEW = pages.Page("staff/cases/new.html")
SHOW = pages.Page("staff/cases/show.html")
NEWS = pages.Page("staff/cases/_news.html")
LIST = case_lists.staff_list(at="staff.case_show")
SAID = {
    "answer": lazy_gettext("The answer is written."),
    "note": lazy_gettext("The comment stands there, among us."),
    "assign": lazy_gettext("It is given."),
    "describe": lazy_gettext("Saved."),
    "merge": lazy_gettext("Both go on here."),
}

places.show_at("staff", "case", places.numbered("staff.case_show", Case))
file_pages.take_files(crm, Case)
case_pages.stand_on_records("staff/cases/_panel.html")
case_pages.stand_on_account("staff", "staff/cases/_of_account.html")

queues.offer(
    "late_cases",
    lambda actor: Case.waiting_for_us(actor).where(Case.overdue()),
    may="cases.answer",
    said=lambda count: ngettext("%(num)s case later than promised", "%(num)s cases later than promised", count),
    at="staff.case_list",
    is_urgent=True,
    state="ours",
    due="overdue",
)
queues.offer(
    "my_cases",
    lambda actor: Case.waiting_for_us(actor).where(Case.owner == actor.employee),
    may="cases.answer",
    said=lambda count: ngettext("%(num)s case waits for your answer", "%(num)s cases wait for your answer", count),
    at="staff.case_list",
    state="ours",
    owner="me",
)
queues.offer(
    "free_cases",
    lambda actor: Case.waiting_for_us(actor).where(Case.owner.is_null()),
    may="cases.answer",
    said=lambda count: ngettext("%(num)s case nobody works on yet", "%(num)s cases nobody works on yet", count),
    at="staff.case_list",
    state="ours",
    owner="none",
)


@crm.get("/cases", may="cases.answer", feeds=("csv", "json"))
def case_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/accounts/<number>/case", may="cases.ask", on=Account)
def case_new(account, actor):
    start = case_pages.asked_from() | {"priority": "normal"}
    return NEW.render(account=account, form=case_forms.asking(case_forms.WriteDownForm, **start))


@crm.post("/accounts/<number>/case", may="cases.ask", on=Account, uploads=True)
def case_ask(account, actor):
    form = case_forms.asking(case_forms.WriteDownForm)
    done = form.run(lambda **given: case_writing.ask(account, **given), by=actor)
    return form.answer(done, NEW, to=_page_of, said=gettext("It is written down."), account=account)


@crm.get("/cases/<number>", may="cases.answer", on=Case)
def case_show(case, actor):
    since = request.args.get("since", "")
    if since.isdecimal() and len(since) < 16:  # the open page asks whether others wrote meanwhile
        others = case_messages.since(case, int(since), actor)
        return NEWS.render(others=others, case=case) if others else ("", 204)
    return SHOW.render(**_about(case, actor))


@crm.post("/cases/<number>/answer", may="cases.answer", on=Case, uploads=True)
def case_answer(case, actor):
    return _step(case, actor, "answer", case_forms.answering(), case_writing.answer)


@crm.post("/cases/<number>/note", may="cases.note", on=Case, uploads=True)
def case_note(case, actor):
    return _step(case, actor, "note", case_forms.named(case_forms.NoteForm(), "note"), case_writing.note)


@crm.post("/cases/<number>/assign", may="cases.assign", on=Case)
def case_assign(case, actor):
    return _step(case, actor, "assign", case_forms.assigning(case), case_sorting.assign)


@crm.post("/cases/<number>/describe", may="cases.describe", on=Case)
def case_describe(case, actor):
    return _step(case, actor, "describe", case_forms.describing(case), case_sorting.describe)


@crm.post("/cases/<number>/merge", may="cases.merge", on=Case)
def case_merge(case, actor):
    return _step(case, actor, "merge", case_forms.MergeForm(), case_sorting.merge)


@crm.post("/cases/<number>/take", may="cases.assign", on=Case)
def case_take(case, actor):
    return _one_click(case, actor, case_sorting.take, gettext("It is yours now."))


@crm.post("/cases/<number>/close", may="cases.close", on=Case)
def case_close(case, actor):
    return _one_click(case, actor, case_steps.close, gettext("It is closed."))


@crm.post("/cases/<number>/reopen", may="cases.reopen", on=Case)
def case_reopen(case, actor):
    return _one_click(case, actor, case_steps.reopen, gettext("It is open again."))


def _step(case, actor, name, form, verb):
    done = form.run(lambda **given: verb(case, **given), by=actor)
    to = _page_of(done.result or case)
    return case_pages.answer(
        form, done, case, actor, SHOW, to=to, said=SAID[name], show=lambda now, by: _about(now, by, **{name: form})
    )


def _one_click(case, actor, verb, said):
    form = forms.OneClick()
    done = form.run(lambda **given: verb(case, **given), by=actor)
    return form.answer(done, SHOW, to=_page_of(case), said=said)


def _about(case, actor, **sent):
    found = case_pages.about(case, actor, account_url=places.address_of(case.account.ref))
    wanted = request.args.get("do", "")
    fresh = {"formdata": None}
    made = {
        "answer": case_forms.answering(found["page"], **fresh),
        "note": case_forms.named(case_forms.NoteForm(**fresh), "note"),
        "assign": case_forms.assigning(case, **fresh) if wanted == "assign" else None,
        "describe": case_forms.describing(case, **fresh) if wanted == "describe" else None,
        "merge": case_forms.MergeForm(**fresh) if wanted == "merge" else None,
        "one_click": forms.OneClick(**fresh),
    }
    if "answer" in sent and sent["answer"].seen.errors:  # it was said that others wrote: the next press counts
        sent["answer"].seen.data = str(case_messages.newest_id(case, actor))
    refused = next(iter(sent.values()), None)
    return found | made | sent | {"refused": refused, "story": case.story()}


def _page_of(case):
    return url_for("staff.case_show", number=case.number)
