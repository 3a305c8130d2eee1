"""The mailbox: what came and what went by mail, the queue of strangers, a conversation and its answer."""

from functools import partial

from flask import request, send_file, url_for
from flask_babel import gettext, ngettext

from portal import files, values
from portal.errors import NotFound
from portal.service import conversation_sorting, mail_fetching, mails
from portal.service.conversations import Conversation
from portal.service.mails import Mail
from portal.web import conversation_lists, file_pages, forms, mail_forms, mail_pages, pages, panels, places, queues
from staff.face import crm

INDEX = pages.Page("staff/mailbox/index.html", "staff/mailbox/_found.html")
SHOW = pages.Page("staff/mailbox/show.html")

places.show_at("staff", "conversation", places.numbered("staff.conversation_show", Conversation))
places.show_at("staff", "mail", places.numbered("staff.mail_original", Mail))
file_pages.take_files(crm, Conversation)
queues.offer(
    "mails_to_sort", Conversation.to_sort, may="mailbox.see", at="staff.conversation_list", state="to_sort",
    said=lambda count: ngettext("%(num)s mail waits to be sorted", "%(num)s mails wait to be sorted", count),
)  # fmt: skip
queues.offer(
    "mails_to_answer", Conversation.to_answer, may="mailbox.see", at="staff.conversation_list", state="for_us",
    said=lambda count: ngettext("%(num)s mail waits for an answer", "%(num)s mails wait for an answer", count),
)  # fmt: skip
queues.offer(
    "mailbox_away", lambda actor: mail_fetching.MailboxState.away(), may="mailbox.see", at="staff.conversation_list",
    is_urgent=True, said=lambda count: gettext("The mailbox does not answer: mail that came is not fetched"),
)  # fmt: skip
queues.offer(
    "mails_stuck", lambda actor: mail_fetching.FetchedMail.stuck(), may="mail.see", at="staff.conversation_list",
    said=lambda count: ngettext("%(num)s mail could not be read", "%(num)s mails could not be read", count),
)  # fmt: skip


@crm.get("/mailbox", may="mailbox.see", feeds=("csv", "json"))
def conversation_list(actor):
    away, stuck = mail_fetching.MailboxState.away().first(), mail_fetching.FetchedMail.stuck().count()
    return conversation_lists.LIST.answer(None, actor, INDEX, away=away, stuck=stuck)


@crm.get("/mailbox/<number>", may="mailbox.see", on=Conversation)
def conversation_show(conversation, actor):
    return SHOW.render(**_about(conversation, actor))


@crm.post("/mailbox/<number>/reply", may="mailbox.write", on=Conversation, uploads=True)
def conversation_reply(conversation, actor):
    found = mail_pages.composing(conversation, actor)
    form = found["form"]
    if form.look.data and form.validate():
        found["preview"] = mail_pages.preview(form, conversation, found["people"], actor)
        return SHOW.render(**_about(conversation, actor, **found))
    done = form.run(partial(mail_pages.send, conversation, found["people"]), by=actor)
    again = partial(_about, conversation, actor, **_without_form(found))
    return form.answer(done, SHOW, to=_page_of(conversation), said=gettext("The mail goes out."), again=again)


@crm.post("/mailbox/<number>/sort", may="mailbox.sort", on=Conversation)
def conversation_sort(conversation, actor):
    form = mail_forms.sorting(conversation, conversation_sorting.known_at(conversation, actor))
    done = form.run(partial(conversation_sorting.sort, conversation), by=actor)
    return _step(conversation, actor, form, done, gettext("It is sorted."), sort=form)


@crm.post("/mailbox/<number>/join", may="mailbox.sort", on=Conversation)
def conversation_join(conversation, actor):
    form = mail_forms.JoinForm()
    done = form.run(partial(conversation_sorting.join, conversation), by=actor)
    return _step(conversation, actor, form, done, gettext("Both go on here."), join=form)


@crm.post("/mailbox/<number>/done", may="mailbox.sort", on=Conversation)
def conversation_done(conversation, actor):
    return _end(conversation, actor, "done", gettext("Done."))


@crm.post("/mailbox/<number>/let-be", may="mailbox.sort", on=Conversation)
def conversation_let_be(conversation, actor):
    return _end(conversation, actor, "let_be", gettext("It is let be."))


@crm.post("/mailbox/<number>/spam", may="mailbox.sort", on=Conversation)
def conversation_spam(conversation, actor):
    return _end(conversation, actor, "spam", gettext("It is spam, and what this address sends next is too."))


@crm.post("/mailbox/<number>/reopen", may="mailbox.sort", on=Conversation)
def conversation_reopen(conversation, actor):
    form = forms.OneClick()
    done = form.run(partial(conversation_sorting.reopen, conversation), by=actor)
    return form.answer(done, SHOW, to=_page_of(conversation), said=gettext("It is open again."))


@crm.get("/mails/<number>/original", may="mailbox.see", on=Mail)
def mail_original(mail, actor):
    """What came, byte by byte; never as a page."""
    if mail.original_id is None:
        raise NotFound()
    answer = send_file(files.open_bytes(mail.original), mimetype="message/rfc822")
    answer.headers["Content-Disposition"] = files.disposition(f"{mail.subject or 'mail'}.eml", "message/rfc822")
    answer.headers["Content-Security-Policy"] = file_pages.SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _end(conversation, actor, state, said):
    form = forms.OneClick()
    done = form.run(partial(conversation_sorting.end, conversation, state=state), by=actor)
    return form.answer(done, SHOW, to=url_for("staff.conversation_list"), said=said)


def _step(conversation, actor, form, done, said, **sent):
    if done.ok:
        return form.answer(done, SHOW, to=lambda row: _page_of(row or conversation), said=said)
    now = Conversation.visible_to(actor).where(Conversation.id == conversation.id).get()
    return SHOW.render(done.status, **_about(now, actor, refused=form, **sent))


def _without_form(found):
    return {name: value for name, value in found.items() if name != "form"}


def _about(conversation, actor, **sent):
    """The conversation page by page, with the answer and what can be done with it."""
    found, earlier = mails.page(conversation, values.id_of(request.args.get("before", "")))
    beside = panels.of(conversation, actor)
    kept = next((panel["files"] for panel in beside if panel["name"] == "files" and "files" in panel), [])
    compose = sent if "people" in sent else mail_pages.composing(conversation, actor)
    return {
        "conversation": conversation,
        "mails": mail_pages.shown(found, {file.id: file for file, _ in kept}),
        "earlier": earlier,
        "panels": beside,
        "join": mail_forms.JoinForm(formdata=None),
        "one_click": forms.OneClick(formdata=None),
        "about_url": places.address_of(conversation.about_ref),
        "refused": None,
        **compose,
        **sent,
        **_sorting(conversation, actor, sent.get("sort")),
    }


def _sorting(conversation, actor, sent):
    """What sorting needs: who is known at this address, and where it may belong; nothing once it is sorted."""
    if conversation.state != "to_sort":
        return {"sort": None}
    known = conversation_sorting.known_at(conversation, actor)
    return {
        "found": known,
        "sort": sent or mail_forms.sorting(conversation, known, formdata=None),
        "hint_url": places.address_of(conversation.hint_ref),
        "hinted": conversation_sorting.hinted(conversation, actor),
    }


def _page_of(conversation):
    return url_for("staff.conversation_show", number=conversation.number)
