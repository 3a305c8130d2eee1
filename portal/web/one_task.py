"""One task by a link from a mail: its page, its one POST, and what it says when it is over. No session is opened."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

from flask import g, redirect, request
from flask_babel import lazy_gettext

from portal import audit
from portal.customers import memberships
from portal.errors import Expired, Invalid
from portal.people import policy, task_links
from portal.values import Ref
from portal.web import forms, pages, places, sessions, speech

PAGE = pages.Page("selfservice/task.html")
OVER = lazy_gettext("There is nothing to do here any more")


class Offer(NamedTuple):
    """How one kind of task is shown and done; see `offer()`."""

    on: type
    may: str
    template: str
    form: type
    verb: Callable
    show: Callable
    said: object
    title: object
    check: Callable


_offers = {}


def offer(task, *, on, may, template, form, verb, said, title=None, show=None, check=None):
    """Declare a task that letters may offer, by the noun's own verb and right.

    `template` is a piece (needs: record, form, ui, task) with the form; its action is `task.here`. `verb(record,
    by=…, **typed)` acts; `check(record, actor)` raises Invalid when the record is in no state for it. `show(record,
    task)` gives what else the piece reads; `task.place` is the membership in which `task.actor` acts. `said` is the
    sentence for afterwards: a text, or {decision: text} when the form has a field `decision`. `title` is the heading,
    a text or a function of the record.
    """
    title = title or lazy_gettext("One thing from your mail")
    _offers[task] = Offer(on, may, template, form, verb, show, said, title, check)


class Opened(NamedTuple):
    """A task whose link is good, as its person sees it now."""

    task: task_links.Task
    offer: Offer
    actor: object
    place: object
    record: object

    by_link = True

    @property
    def here(self):
        return request.path

    @property
    def params(self):
        return self.task.params

    @property
    def account(self):
        """The name of the account this is done for."""
        return self.place.account.name

    def carry_out(self, *, by, **typed):
        """Use the link up and do what it is for, both or neither."""
        about = Ref("account", by.account)
        with audit.change(by, "link.used", self.record, about=about) as change:
            task_links.use(self.task, change, typed.get("decision") or "done")
            self.offer.verb(self.record, by=by, **typed)

    def page(self, form, status=200):
        more = self.offer.show(self.record, self) if self.offer.show else {}
        return PAGE.render(
            status,
            step="open",
            task=self,
            record=self.record,
            form=form,
            title=_title(self.offer, self.record),
            piece=self.offer.template,
            **more,
        )


class Closed(Exception):
    """There is nothing to do by this link; `page` says why, or what was done."""

    def __init__(self, step, title, status=410, **context):
        self.page = PAGE.render(status, step=step, title=title, **context)


def show_here(name, record, actor):
    """The page of a task for whoever is signed in and may do it: letters show no link in the inbox."""
    return _here(name, record, actor, _offers[name].form(formdata=None))


def act_here(name, record, actor, to):
    """Do it as whoever is signed in, then go on to `to`."""
    offer = _offers[name]
    form = offer.form()
    done = form.run(partial(offer.verb, record), by=actor)
    if not done.ok:
        return _here(name, record, actor, form, done.status)
    forms.say(_said(offer, form.values().get("decision")), told=done.told)
    return redirect(done.to or to, code=303)


def _here(name, record, actor, form, status=200):
    offer, place = _offers[name], sessions.place()
    here = SimpleNamespace(here=request.path, by_link=False, params={}, actor=actor, place=place)
    try:
        if offer.check:
            offer.check(record, actor)
    except Invalid as refusal:
        return PAGE.render(status, step="unfit", title=OVER, texts=_texts(refusal), sign_in=None)
    more = offer.show(record, here) if offer.show else {}
    about = {"task": here, "record": record, "form": form, "title": _title(offer, record), "piece": offer.template}
    return PAGE.render(status, step="open", **about, **more)


def show(token):
    """What the link is for, with its button: whatever opens links in mails does nothing."""
    try:
        opened = _open(token)
    except Closed as closed:
        return closed.page
    return opened.page(opened.offer.form())


def act(token):
    """Do it. Whoever is second, or sends it twice, comes to the page that says what was done."""
    try:
        opened = _open(token)
        form = opened.offer.form()
        done = form.run(opened.carry_out, by=opened.actor)
    except (Closed, Expired):
        return redirect(request.path, code=303)
    return redirect(request.path, code=303) if done.ok else opened.page(form, done.status)


def _open(token):
    """The Opened behind a token. Raises Closed, NotFound."""
    g.plain_page = True  # no navigation: whoever is signed in here may be somebody else
    try:
        task, is_over = task_links.find(token), False
    except Expired as refusal:
        task, is_over = task_links.task_of(refusal.link), True
    if sessions.actor().is_anonymous:
        speech.prefer(task.login.language)
    offer = _offers[task.name]
    if is_over:
        raise _over(task, offer)
    places = memberships.open_of(task.login)
    actor = memberships.actor_in(task.login, task.account, places)
    if actor is None or not policy.may(actor, offer.may):
        raise _unfit(task, Invalid(task="task-not-yours"))
    actor = replace(actor, language=speech.language(), request=g.request_id)
    record = offer.on.visible_to(actor).where(offer.on.id == task.subject.id).first()
    if record is None:
        raise _unfit(task, Invalid(task="task-gone"))
    if not policy.may(actor, offer.may, record):
        raise _unfit(task, Invalid(task="task-not-yours"))
    try:
        if offer.check:
            offer.check(record, actor)
    except Invalid as refusal:
        raise _unfit(task, refusal)
    place = next(place for place in places if place.account_id == task.account)
    return Opened(task, offer, actor, place, record)


def _over(task, offer):
    """The link was used (by this person: say what came of it), or it is too old."""
    if not task.outcome:
        return Closed("late", lazy_gettext("This link is too old"), sign_in=_sign_in(task))
    return Closed("done", _said(offer, task.outcome), 200, task=task, sign_in=_sign_in(task))


def _unfit(task, refusal):
    return Closed("unfit", OVER, texts=_texts(refusal), sign_in=_sign_in(task))


def _texts(refusal):
    return [speech.message(name, **parameters) for name, parameters in refusal.problems.values()]


def _said(offer, decision):
    return offer.said[decision] if isinstance(offer.said, dict) else offer.said


def _title(offer, record):
    return offer.title(record) if callable(offer.title) else offer.title


def _sign_in(task):
    """The way to the record for whoever signs in."""
    address = places.address_of(task.subject)
    return f"/sign-in?next={address}" if address else "/sign-in"
