"""First steps of a customer who is new: a slim head on our usual pages, left and resumed as one likes."""

from flask import redirect, request, url_for
from flask_babel import gettext, lazy_gettext

from portal.customers import first_steps
from portal.web import forms, pages, sessions
from selfservice.face import site

HOME = pages.Page("selfservice/home/show.html")
PAGES = {
    "details": "portal.account_show",
    "address": "portal.address_list",
    "notices": "portal.notices",
    "order": "portal.order_pad",
}
# What is saved on the page of a step takes it, too.
SAVED_BY = {
    "portal.account_edit": "details",
    "portal.contact_edit": "details",
    "portal.address_add": "address",
    "portal.address_edit": "address",
    "portal.notices_choose": "notices",
    "portal.order_place": "order",
}
# Per step its name, what to do there, and the button for who has nothing to do.
WORDS = {
    "details": (
        lazy_gettext("Your details"),
        lazy_gettext("Is this right? Change what is not."),
        lazy_gettext("It is right"),
    ),
    "address": (
        lazy_gettext("Address"),
        lazy_gettext("Where do we deliver, and where does the bill go?"),
        lazy_gettext("Go on"),
    ),
    "notices": (
        lazy_gettext("How you are told"),
        lazy_gettext("Choose what we write to you about, and when."),
        lazy_gettext("As it is"),
    ),
    "order": (
        lazy_gettext("First order"),
        lazy_gettext("Write how many you need. The next page shows what it costs; nothing is ordered before."),
        lazy_gettext("Not now"),
    ),
}


@site.get("/first-steps", may="first_steps.take")
def first_steps_resume(actor):
    return redirect(_next_page(actor), code=303)


@site.post("/first-steps/<step>", may="first_steps.take")
def first_steps_take(actor, step):
    form = forms.OneClick()
    done = form.run(lambda by: first_steps.take(step, by=by), by=actor)
    return form.answer(done, HOME, to=_next_page(actor, step))


@site.post("/first-steps", may="first_steps.take")
def first_steps_stop(actor):
    form = forms.OneClick()
    done = form.run(first_steps.stop, by=actor)
    return form.answer(done, HOME, to="/", said=gettext("You find all of this under Account, whenever you want."))


@site.blueprint.after_request
def take_what_was_saved(response):
    step = SAVED_BY.get(request.endpoint)
    if step and response.status_code == 303 and _taken() is not None:
        first_steps.take(step, by=sessions.actor())
    return response


@site.blueprint.context_processor
def head():
    """What `_first_steps.html` shows: on the page of a step its head, on Home how many are left; else nothing."""
    taken = _taken()
    here = next((step for step, page in PAGES.items() if page == request.endpoint), None)
    if taken is None or not (here or request.endpoint == "portal.home"):
        return {"first_steps": None}
    steps = first_steps.steps_of(sessions.actor())
    if here and here not in steps:
        return {"first_steps": None}
    way = [(WORDS[step][0], "now" if step == here else "done" if step in taken else "next") for step in steps]
    form = forms.OneClick(formdata=None)
    left = [step for step in steps if step not in taken]
    return {"first_steps": {"here": here, "words": WORDS.get(here), "way": way, "left": len(left), "form": form}}


def _taken():
    """The steps this person has taken, or None when he is not new."""
    place = sessions.place() if sessions.actor().is_customer else None
    return None if place is None or place.first_steps is None else place.first_steps.split()


def _next_page(actor, *just_taken):
    taken = first_steps.STEPS if _taken() is None else [*_taken(), *just_taken]
    left = [step for step in first_steps.steps_of(actor) if step not in taken]
    return url_for(PAGES[left[0]]) if left else "/"
