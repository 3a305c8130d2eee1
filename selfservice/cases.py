"""The customer's cases: asking in one page, the conversation, the rating; reply and rating by a letter's link."""

from flask import url_for
from flask_babel import gettext, lazy_gettext

from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.service import case_letters, case_messages, case_steps, case_writing
from portal.service.cases import Case
from portal.web import case_forms, case_lists, case_pages, file_pages, forms, one_task, pages, panels, places
from portal.web.rating_forms import RateForm
from selfservice.face import site

INDEX = pages.Page("selfservice/cases/index.html", "selfservice/cases/_lines.html")
NEW = pages.Page("selfservice/cases/new.html")
SHOW = pages.Page("selfservice/cases/show.html")
LIST = case_lists.customer_list()
QUOTED = 3  # newest messages on the page of a letter's link

places.show_at("portal", "case", places.numbered("portal.case_show", Case))
file_pages.take_files(site, Case)
case_pages.stand_on_what_is_asked_about("selfservice/cases/_panel.html")
case_pages.stand_on_account("portal", "selfservice/cases/_of_account.html")
case_pages.stand_on_home()


@site.get("/cases", may="cases.see", feeds=("csv", "json"))
def case_list(actor):
    return LIST.answer(Case.visible_to(actor), actor, INDEX, state=case_pages.state_for_customer)


@site.get("/cases/new", may="cases.ask")
def case_new(actor):
    form = case_forms.asking(case_forms.AskForm, **case_pages.asked_from())
    return NEW.render(form=form, **_beside_asking(actor))


@site.post("/cases", may="cases.ask", uploads=True)
def case_ask(actor):
    form = case_forms.asking(case_forms.AskForm)
    account = Account.visible_to(actor).get()
    done = form.run(lambda **given: case_writing.ask(account, **given), by=actor)
    said = gettext("We have your question.")
    return form.answer(done, NEW, to=_page_of, said=said, again=lambda: _beside_asking(actor))


@site.get("/cases/<number>", may="cases.see", on=Case)
def case_show(case, actor):
    return SHOW.render(**_about(case, actor))


@site.post("/cases/<number>/reply", may="cases.reply", on=Case, uploads=True)
def case_reply(case, actor):
    form = case_forms.named(case_forms.ReplyForm(), "reply")
    done = form.run(lambda **given: case_writing.reply(case, **given), by=actor)
    return _answer(form, done, case, actor, "reply", _said_of(case, done.result))


@site.post("/cases/<number>/close", may="cases.close", on=Case)
def case_close(case, actor):
    form = case_forms.named(RateForm(), "close")
    done = form.run(lambda **given: case_steps.close(case, **given), by=actor)
    return _answer(form, done, case, actor, "rating", gettext("It is closed. Thank you."))


@site.post("/cases/<number>/reopen", may="cases.reopen", on=Case)
def case_reopen(case, actor):
    form = forms.OneClick()
    done = form.run(lambda **given: case_steps.reopen(case, **given), by=actor)
    return form.answer(done, SHOW, to=_page_of(case), said=gettext("It is open again."))


@site.post("/cases/<number>/rate", may="cases.rate", on=Case)
def case_rate(case, actor):
    form = case_forms.named(RateForm(), "close")
    done = form.run(lambda **given: case_steps.rate(case, **given), by=actor)
    return _answer(form, done, case, actor, "rating", gettext("Thank you. We read it."))


def _beside_asking(actor):
    """What stands beside the form: panels of the kind "asking", such as answers that may save the question."""
    return {"panels": panels.of(None, actor, "asking")}


def _about(case, actor, **sent):
    fresh = {"formdata": None}
    rating = RateForm(data={"rating": str(case.rating or ""), "words": case.rating_words}, **fresh)
    made = {
        "reply": case_forms.named(case_forms.ReplyForm(**fresh), "reply"),
        "rating": case_forms.named(rating, "close"),
        "one_click": forms.OneClick(**fresh),
    }
    found = case_pages.about(case, actor, state=case_pages.state_for_customer(case), **made | sent)
    return found | {"hint": case_pages.hint_of(case, found["is_over"])}


def _answer(form, done, case, actor, name, said):
    to = _page_of(done.result or case)
    return case_pages.answer(
        form, done, case, actor, SHOW, to=to, said=said, show=lambda now, by: _about(now, by, **{name: form})
    )


def _said_of(case, landed):
    """Where a reply went: to this case, to the one it was merged into, or into a new one."""
    if landed is None or landed.id == case.id:
        return gettext("We have it.")
    if landed.follows_id == case.id:
        return gettext("%(old)s is closed for good, so this became %(new)s.", old=case.number, new=landed.number)
    return gettext("%(old)s goes on in %(new)s. Your reply stands there.", old=case.number, new=landed.number)


def _page_of(case):
    return url_for("portal.case_show", number=case.number)


# By a link from a letter, without signing in


def _quoted(case, task):
    """What the page of a letter's link shows of the conversation, and where it goes on by now."""
    now = case.where_it_goes_on()
    page = case_messages.page(now, task.actor, most=QUOTED)
    hint = case_pages.hint_of(now, case_writing.is_closed_for_good(now))
    return {"messages": page.messages, "goes_on": now if now.id != case.id else None, "hint": hint}


def _refuse_late(case, actor):
    if not case_steps.may_be_rated(case):
        raise Invalid(state="rating-too-late")


one_task.offer(
    case_letters.REPLY,
    on=Case,
    may="cases.reply",
    template="selfservice/cases/_task_reply.html",
    form=case_forms.WordsForm,
    verb=case_writing.reply,
    show=_quoted,
    title=lambda case: case.subject,
    said=lazy_gettext("We have your reply, and will answer."),
)
one_task.offer(
    case_letters.RATE,
    on=Case,
    may="cases.rate",
    template="selfservice/cases/_task_rate.html",
    form=RateForm,
    verb=case_steps.rate,
    check=_refuse_late,
    title=lambda case: case.subject,
    said=lazy_gettext("Thank you. We read it."),
)
