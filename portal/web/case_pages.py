"""What the pages of cases show on either face: the conversation page by page, files, steps, panels on other pages."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext

from portal import values
from portal.sales.orders import Order
from portal.service import case_messages, case_steps, case_writing
from portal.service.cases import KIND_FOR_CUSTOMERS, STARTS, Case
from portal.service.promises import KINDS
from portal.web import pages, panels, places, speech, under_way


def about(case, actor, **shown):
    """The conversation, its files and panels, and which steps are open; three queries besides the panels."""
    beside = panels.of(case, actor)
    files = next((panel["files"] for panel in beside if panel["name"] == "files" and "files" in panel), [])
    return {
        "case": case,
        "page": turned_to(case, actor),
        "files": {file.id: file for file, _ in files},
        "panels": beside,
        "topic_url": places.address_of(case.topic_ref),
        "verbs": {verb for verb in STARTS if case.can(verb, actor)},
        "goes_on": Case.NUMBER.format(case.merged_into_id) if case.merged_into_id else None,
        "follows": Case.NUMBER.format(case.follows_id) if case.follows_id else None,
        "may_rate": case.can("rate", actor) and case_steps.may_be_rated(case),
        "is_over": actor.is_customer and case_writing.is_closed_for_good(case),
        "now": values.now(),
    } | shown


def turned_to(case, actor):
    """The page of the conversation that the address names (`before=12`, `after=0`), the newest without."""
    before, after = _mark("before"), _mark("after")
    return case_messages.page(case, actor, before=before if after is None else None, after=after)


def _mark(name):
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def state_for_customer(case):
    """(kind, word) for `ui.state` on the customer's face."""
    return KIND_FOR_CUSTOMERS[case.state], speech.term("case", "said", case.state)


def hint_of(case, is_over):
    """What comes of writing to a case that is not open any more; nothing to say of an open one."""
    if is_over:
        return gettext("It is closed for good: what you write becomes a new question.")
    return None if case.is_live else gettext("Writing opens it again.")


def answer(form, done, case, actor, page, *, to, said, show):
    """After a verb: on to the case; refused, its page as it stands now with what was typed."""
    if done.ok:
        return form.answer(done, pages.Page(page.page), to=to, said=said)
    now = Case.visible_to(actor).where(Case.id == case.id).get()
    return page.render(done.status, **show(now, actor))


# On other pages


def stand_on_records(template):
    """Let staff see what was asked about an order or an invoice on its page; it follows the page."""

    def load(record, actor):
        return {"list_url": url_for("staff.case_list", topic=record.number, state="all")}

    for kind in ("order", "invoice"):
        panels.show_on("staff", kind, "cases", template, load, may="cases.see", rank=65)


def stand_on_what_is_asked_about(template):
    """Let customers ask about an order, an invoice or a product on its page; what was asked follows the page."""

    def load(record, actor):
        if isinstance(record, Order) and record.state == "draft":
            return None
        kind, number = record.ref.kind, record.number
        ask_url = url_for("portal.case_new", kind=kind, number=number)
        return {"ask_url": ask_url, "list_url": url_for("portal.case_list", topic=number)}

    for kind in ("order", "invoice", "product"):
        panels.show_on("portal", kind, "cases", template, load, may="cases.ask", rank=65)


def stand_on_account(face, template):
    """The way to the cases of an account from its page, which asks the database enough already."""

    def load(account, actor):
        own = {"account": account.number} if face == "staff" else {}
        return {"account": account, "list_url": url_for(f"{face}.case_list", state="live", **own)}

    panels.show_on(face, "account", "cases", template, load, may="cases.see", rank=20)


def stand_on_home():
    """Tell the customer on the first page of what is asked and not solved; what we answered waits for him."""
    under_way.offer(
        Case,
        Case.open_for,
        at="last_at",
        may="cases.see",
        drawn=KIND_FOR_CUSTOMERS,
        endpoint="portal.case_show",
        word=lazy_gettext("Question"),
        needs={"for_customer": (lazy_gettext("We answered %(number)s"), lazy_gettext("Read and reply"))},
    )


def asked_from():
    """{"kind", "number"} that the page somebody came from put into the address."""
    kind = request.args.get("kind", "")
    return {"kind": kind if kind in KINDS else "other", "number": request.args.get("number", "")[:60]}
